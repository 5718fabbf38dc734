package memorystore

import "fmt"

// Error is a failure that Roblox names (R211).
type Error struct {
	Code    int    // the number in the older text, or 0
	Name    string // Roblox's name for the failure, as documented now
	Message string // the text without number and name

	// Documented is the newer text without the name, where it is another.
	Documented string
}

// Texts is a generation of error texts. Nobody outside of Roblox knows when they changed.
type Texts uint8

// The generations.
const (
	Observed   Texts = iota // what scripts were seen to get in 2023
	Documented              // what the documentation says since; its form is assumed
)

// Error returns the text that scripts were seen to get.
func (e *Error) Error() string { return e.Text(Observed) }

// Text returns the text that a script gets.
func (e *Error) Text(texts Texts) string {
	switch {
	case texts == Documented && e.Documented != "":
		return e.Name + ": " + e.Documented
	case texts == Documented:
		return e.Name + ": " + e.Message
	case e.Code == 0:
		return e.Message
	}
	return fmt.Sprintf("Code: %d, Error: %s", e.Code, e.Message)
}

// Is makes errors.Is compare what target tells: each of its Code, Name and Message that is set must
// be the same.
func (e *Error) Is(target error) bool {
	want, ok := target.(*Error)
	if !ok || *want == (Error{}) {
		return false
	}
	return (want.Code == 0 || want.Code == e.Code) &&
		(want.Name == "" || want.Name == e.Name) &&
		(want.Message == "" || want.Message == e.Message)
}

// invalid is code 2: an argument that the backend does not take.
func invalid(message string) *Error {
	return &Error{Code: 2, Name: "InvalidRequest", Message: message}
}

// What is wrong with an argument. The texts for keys, names of sorted maps, counts and bounds are
// Roblox's; those alike are assumed.
var (
	ErrProblems = &Error{ // more than one argument is wrong
		Code: 1, Name: "InvalidRequest", Message: "There is a problem with the request.",
	}
	ErrNameEmpty    = invalid("The name field is required.")
	ErrKeyEmpty     = invalid("The key field is required.")
	ErrKeyInvalid   = invalid("The provided key is not valid.")
	ErrLowerInvalid = invalid("The provided lower bound is not valid")
	ErrUpperInvalid = invalid("The provided upper bound is not valid")

	ErrSortKeyInvalid      = invalid("The provided sort key is not valid.")             // assumed
	ErrPriorityInvalid     = invalid("The provided priority is not valid.")             // assumed
	ErrInvisibilityInvalid = invalid("The provided invisibility timeout is not valid.") // assumed
	ErrCursorInvalid       = invalid("The provided cursor is not valid.")               // assumed

	ErrExpirationInvalid = &Error{ // R199
		Code: 2, Name: "InvalidExpirationTime",
		Message:    "The field expires must be between 0 and 3888000000.",
		Documented: "The field 'expiration' time must be between 0 and 3,888,000.",
	}
	ErrValueLarge = &Error{
		Code: 4, Name: "ItemValueSizeTooLarge", Message: "The provided value is too long.",
	}
	ErrValueInvalid = &Error{ // R198
		Name: "InvalidRequest", Message: "Unable to convert value to json.",
	}
	ErrSortKeyType = &Error{ // R207
		Name:    "InvalidRequest",
		Message: "Unable to convert sortKey to a valid number or string.",
	}
)

// What a request comes to when its arguments are right. Where only a name is known, the text is
// assumed.
var (
	ErrUnits = &Error{
		Code: 6, Name: "TotalRequestsOverLimit", Message: rateMessage, Documented: rateDocumented,
	}
	ErrStructureUnits = &Error{
		Code: 6, Name: "DataStructureRequestsOverLimit",
		Message: rateMessage, Documented: rateDocumented,
	}
	ErrStructureItems = &Error{
		Code: 5, Name: "DataStructureItemsOverLimit",
		Message: "The number of items exceeds the limit of the data structure.",
	}
	ErrStructureMemory = &Error{
		Code: 5, Name: "DataStructureMemoryOverLimit",
		Message: "The memory usage exceeds the limit of the data structure.",
	}
	// ErrConflict answers a write whose IfEtag no longer held.
	ErrConflict = &Error{
		Name: "DataUpdateConflict", Message: "The item was changed since it was read.",
	}
	ErrRetries = &Error{ // R203
		Name: "UpdateConflict", Message: "Exceeded max number of retries.",
	}
	ErrTransform = &Error{
		Name: "TransformCallbackFailed", Message: "Failed to invoke transformation function",
		Documented: "Failed to invoke transformation callback function.",
	}
	ErrInternal = &Error{
		Code: 18, Name: "InternalError", Message: "There was an internal server error.",
	}
	ErrRequestFailed = &Error{Name: "InternalError", Message: "Request Failed."}
	ErrUnreadable    = &Error{Name: "InternalError", Message: "Failed to read response."}
)

const (
	rateMessage    = "The rate of requests exceeds the allowed limit."
	rateDocumented = "Recent MemoryStores requests hit one or more limits."
)

// ErrMemory is code 5 in general, for errors.Is; its message has the numbers (R201).
var ErrMemory = &Error{Code: 5, Name: "TotalMemoryOverLimit"}

func overQuota(usage, quota int64) *Error {
	return &Error{Code: ErrMemory.Code, Name: ErrMemory.Name, Message: fmt.Sprintf(
		"Memory usage of %d bytes would exceed the quota of %d bytes", usage, quota)}
}

// nameInvalid refuses the name of a structure. The words for hash maps and queues are assumed.
func nameInvalid(kind Kind) *Error {
	return invalid(fmt.Sprintf("The provided %s name is not valid.", kind))
}

// CountInvalid refuses a number of items that is not from 1 to countMax.
func CountInvalid(countMax int) *Error {
	return invalid(fmt.Sprintf("The field count must be between 1 and %d.", countMax))
}
