package opencloud

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
)

// The forms of error bodies (section 1.1).
type (
	gatewayErrors struct {
		Errors []gatewayError `json:"errors"`
	}
	gatewayError struct {
		Code    int    `json:"code"`
		Message string `json:"message"`
	}
	standardError struct {
		Error   code             `json:"error"`
		Message string           `json:"message"`
		Details []standardDetail `json:"errorDetails"`
	}
	standardDetail struct {
		Type string `json:"errorDetailType"`
		Code string `json:"datastoreErrorCode"`
	}
	validationError struct {
		Errors     map[string][]string `json:"errors"`
		Type       string              `json:"type"`
		Title      string              `json:"title"`
		Status     int                 `json:"status"`
		Extensions map[string]string   `json:"extensions"`
	}
	resourceError struct {
		Code    code   `json:"code"`
		Message string `json:"message"`
	}
)

// explain makes the answer that tells a failure in the route's own form.
func (c *call) explain(err error) response {
	var ready *refusal
	if errors.As(err, &ready) {
		return ready.answer
	}
	f := failed(err)
	text, err := encode(c.failureBody(f))
	if err != nil {
		panic(err) // the forms are plain
	}
	answer := response{status: f.status(), typ: typeJSON, body: text}
	answer.set("Savestone-Reason", headerText(cmp.Or(f.reason, f.message)))
	if f.retry > 0 {
		answer.set("Retry-After", strconv.Itoa(int(math.Ceil(f.retry.Seconds()))))
	}
	return answer
}

// refusal is a failure whose answer is not one of the forms (O18).
type refusal struct{ answer response }

func (r *refusal) Error() string { return http.StatusText(r.answer.status) }

func (c *call) failureBody(f *failure) any {
	switch {
	case f.gateway != 0:
		return gatewayErrors{[]gatewayError{{Message: f.message}}}
	case c.route.family == standardV1 && f.field != "":
		return validationError{
			Errors: map[string][]string{f.field: {f.message}},
			Type:   "https://tools.ietf.org/html/rfc9110#section-15.5.1",
			Title:  "One or more validation errors occurred.", Status: f.status(),
			Extensions: map[string]string{"traceId": c.handler.trace()},
		}
	case c.route.family == standardV1:
		return standardError{f.code, f.message, []standardDetail{
			{"DatastoreErrorInfo", cmp.Or(f.detail, "Unknown")},
		}}
	}
	return resourceError{f.code, f.message}
}

// trace makes an id in the form of those that .NET gives to requests.
func (h *Handler) trace() string {
	n := h.traces.Add(1)
	return fmt.Sprintf("00-%032x-%016x-00", n, n)
}

// headerText makes a text fit for a header.
func headerText(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, text)
}
