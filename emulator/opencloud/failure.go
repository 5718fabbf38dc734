package opencloud

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"savestone/emulator"
	"savestone/emulator/memorystore"
)

// code is what the API calls a kind of failure (section 1.1).
type code string

const (
	invalidArgument    code = "INVALID_ARGUMENT"
	failedPrecondition code = "FAILED_PRECONDITION"
	insufficientScope  code = "INSUFFICIENT_SCOPE"
	permissionDenied   code = "PERMISSION_DENIED"
	notFound           code = "NOT_FOUND"
	aborted            code = "ABORTED"
	alreadyExists      code = "ALREADY_EXISTS"
	resourceExhausted  code = "RESOURCE_EXHAUSTED"
	cancelled          code = "CANCELLED"
	internal           code = "INTERNAL"
	notImplemented     code = "NOT_IMPLEMENTED"
	unavailable        code = "UNAVAILABLE"
)

// statusCancelled is how the API tells that the caller hung up.
const statusCancelled = 499

// statuses are the HTTP statuses of the codes.
var statuses = map[code]int{
	invalidArgument:    http.StatusBadRequest,
	failedPrecondition: http.StatusPreconditionFailed,
	insufficientScope:  http.StatusForbidden,
	permissionDenied:   http.StatusForbidden,
	notFound:           http.StatusNotFound,
	aborted:            http.StatusConflict,
	alreadyExists:      http.StatusConflict,
	resourceExhausted:  http.StatusTooManyRequests,
	cancelled:          statusCancelled,
	internal:           http.StatusInternalServerError,
	notImplemented:     http.StatusNotImplemented,
	unavailable:        http.StatusServiceUnavailable,
}

// failure is why a request is refused.
type failure struct {
	code    code
	detail  string // what v1 of standard stores calls it: its datastoreErrorCode
	message string
	reason  string        // for Savestone-Reason; "" means the message
	retry   time.Duration // after which a throttled client may come again

	gateway int    // status, if it comes from the gateway and has no code
	field   string // the parameter that v1 could not read
}

func (f *failure) Error() string { return f.message }

func (f *failure) status() int { return cmp.Or(f.gateway, statuses[f.code]) }

// because adds what only Savestone tells.
func (f *failure) because(format string, args ...any) *failure {
	f.reason = fmt.Sprintf(format, args...)
	return f
}

// invalid refuses an argument. detail is for v1 of standard stores.
func invalid(detail, format string, args ...any) *failure {
	return &failure{code: invalidArgument, detail: detail, message: fmt.Sprintf(format, args...)}
}

// What is not there. The messages were seen in v1; those of v2 are assumed to be the same.
func noEntry() *failure {
	return &failure{
		code: notFound, detail: "EntryNotFound", message: "Entry not found in the datastore.",
	}
}

func noStore() *failure {
	return &failure{code: notFound, detail: "DatastoreNotFound", message: "Datastore not found."}
}

func entryExists() *failure { return invalid("", "Entry already exists.") }

// condition is how a failure of the layers below looks from outside.
type condition struct {
	is      error
	code    code
	detail  string
	message string // "" means the failure's own
}

// conditions has the failures that are no internal error, the special before the general. The
// messages but for "Invalid version id." and "Invalid cursor." are assumed (OU7).
var conditions = []condition{
	{emulator.ErrStoreRemoved, notFound, "DatastoreNotFound", "The data store is deleted."}, // OU6
	{emulator.ErrVersionInvalid, invalidArgument, "InvalidVersionId", "Invalid version id."},
	{emulator.ErrCursorInvalid, invalidArgument, "InvalidCursor", "Invalid cursor."},
	{emulator.ErrNotNumeric, invalidArgument, "ExistingValueNotNumeric",
		"The existing value is not numeric."},
	{emulator.ErrValueLarge, invalidArgument, "ContentTooBig", "The content is too big."},
	{&emulator.Error{Code: 104}, invalidArgument, "ContentNotJson", "The content is not JSON."},
	{&emulator.Error{Code: 103}, invalidArgument, "ContentNotJson", "The value is not valid."},
	{&emulator.Error{Code: 101}, invalidArgument, "InvalidEntryKey", ""},
	{&emulator.Error{Code: 102}, invalidArgument, "InvalidEntryKey", ""},
	{&emulator.Error{Code: 107}, invalidArgument, "", ""},
	{emulator.ErrMetadataLarge, invalidArgument, "InvalidAttributes", ""},
	{emulator.ErrMetadataInvalid, invalidArgument, "InvalidAttributes", ""},
	{emulator.ErrUserIDsMany, invalidArgument, "InvalidUserIds", ""},
	{emulator.ErrUserIDsInvalid, invalidArgument, "InvalidUserIds", ""},
	{emulator.ErrTimestampInvalid, invalidArgument, "", ""},
	{emulator.ErrPageSizeInvalid, invalidArgument, "InvalidLimit", ""},
	{emulator.ErrVersionConflict, aborted, "", ""}, // OU2
	{emulator.ErrKeyThrottled, resourceExhausted, "TooManyRequests",
		"The request rate exceeds the allowed maximum for the key."},
	{emulator.ErrStoreThrottled, resourceExhausted, "TooManyRequests",
		"The request rate exceeds the allowed maximum for the datastore."},
	{emulator.ErrClosed, unavailable, "Unknown", "The service is unavailable."},
	{emulator.ErrNotEmulated, notImplemented, "Unknown", "Not implemented."},
	{context.Canceled, cancelled, "Unknown", "The request was cancelled."},
	{context.DeadlineExceeded, unavailable, "Unknown", "The service is unavailable."},

	{memorystore.ErrConflict, aborted, "", ""},
	{memorystore.ErrRetries, aborted, "", ""},
	{&memorystore.Error{Code: 6}, resourceExhausted, "", ""},
	{&memorystore.Error{Code: 5}, resourceExhausted, "", ""},
	{&memorystore.Error{Code: 4}, invalidArgument, "", ""},
	{&memorystore.Error{Code: 2}, invalidArgument, "", ""},
	{&memorystore.Error{Code: 1}, invalidArgument, "", ""},
	{memorystore.ErrValueInvalid, invalidArgument, "", ""},
}

// throttleRetry is after when a limit that rolls over a minute has room for certain.
const throttleRetry = time.Minute

// failed finds out what a failure looks like from outside.
func failed(err error) *failure {
	var known *failure
	if errors.As(err, &known) {
		return known
	}
	f := &failure{code: internal, detail: "Unknown", message: "An internal error occurred."}
	for _, c := range conditions {
		if errors.Is(err, c.is) {
			f.code, f.detail, f.message = c.code, c.detail, cmp.Or(c.message, plain(err))
			break
		}
	}
	var refusal *emulator.Error
	if errors.As(err, &refusal) {
		f.ofExperience(refusal)
		f.ofGateway(refusal)
	}
	if f.code == resourceExhausted {
		f.retry = throttleRetry
	}
	f.reason = reasonOf(err)
	return f
}

// StatusOf returns the status by which the API answers a failure of Roblox's.
func StatusOf(refusal *emulator.Error) int { return failed(refusal).status() }

// ofExperience says that the universe's budget is spent (O11).
func (f *failure) ofExperience(refusal *emulator.Error) {
	bucket, ok := strings.CutSuffix(refusal.Name, "ExperienceThrottled")
	if !ok {
		return
	}
	words := regexp.MustCompile("[A-Z][a-z]+").FindAllString(bucket, -1)
	f.code, f.detail = resourceExhausted, "TooManyRequests"
	f.message = fmt.Sprintf("The %s request rate exceeds the allowed maximum for the experience.",
		strings.ToLower(strings.Join(words, " ")))
}

var httpStatus = regexp.MustCompile(`HTTP (\d{3}) `)

// ofGateway passes on the HTTP status that a rejection tells.
func (f *failure) ofGateway(refusal *emulator.Error) {
	found := httpStatus.FindStringSubmatch(refusal.Message)
	if found == nil || f.code != internal {
		return
	}
	status, _ := strconv.Atoi(found[1])
	switch status {
	case http.StatusServiceUnavailable:
		f.code = unavailable
	case http.StatusTooManyRequests:
		f.code, f.detail = resourceExhausted, "TooManyRequests"
	case http.StatusBadRequest:
		f.code, f.detail, f.message = invalidArgument, "", "The request is not valid."
	}
}

// plain is the text of a failure without the number that Luau sees.
func plain(err error) string {
	var refusal *emulator.Error
	var memory *memorystore.Error
	switch {
	case errors.As(err, &refusal):
		return refusal.Message
	case errors.As(err, &memory):
		return memory.Message
	}
	return err.Error()
}

// reasonOf says what Roblox would not: which failure it was, and whether a write may be there.
func reasonOf(err error) string {
	var refusal *emulator.Error
	var memory *memorystore.Error
	switch {
	case errors.As(err, &refusal):
		text := refusal.Name + ": " + strings.TrimPrefix(refusal.Message, refusal.Name+": ")
		if refusal.MayHaveApplied {
			text += "; it may have been applied"
		}
		return text
	case errors.As(err, &memory):
		return fmt.Sprintf("%s: %s", memory.Name, memory.Message)
	}
	return err.Error()
}
