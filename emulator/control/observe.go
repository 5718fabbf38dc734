package control

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"savestone/emulator"
	"savestone/emulator/universe"
	"savestone/faults"
)

// answerPatience is what a client has to read an answer. It counts from when there is one: by a
// fault, or by a clock that stands still, an answer can be long in coming, and that is no reason to
// break off. (Where a connection has no deadlines, as in a test, none is missed.)
const answerPatience = time.Minute

// observed is the writer of an answer that the log is told of.
type observed struct {
	http.ResponseWriter
	control *http.ResponseController
	trace   *universe.Trace
	status  int
	sent    int64
}

// Unwrap is for http.ResponseController.
func (o *observed) Unwrap() http.ResponseWriter { return o.ResponseWriter }

// WriteHeader adds which faults made the answer what it is.
func (o *observed) WriteHeader(status int) {
	if reason := faultReason(o.trace.Seen().Faults); reason != "" && o.status == 0 {
		o.Header().Set("Savestone-Reason", headerText(reason))
	}
	o.status = status
	_ = o.control.SetWriteDeadline(emulator.Wall{}.Now().Add(answerPatience))
	o.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (o *observed) Write(data []byte) (int, error) {
	if o.status == 0 {
		o.WriteHeader(http.StatusOK)
	}
	n, err := o.ResponseWriter.Write(data)
	o.sent += int64(n)
	return n, err
}

// faultReason says which faults hit a request.
func faultReason(events []faults.Event) string {
	parts := make([]string, len(events))
	for i, e := range events {
		effect := string(e.Kind)
		switch {
		case e.Delay > 0:
			effect += " " + e.Delay.Round(time.Millisecond).String()
		case e.Class == faults.Info:
			effect += ", the write may have been applied"
		}
		parts[i] = fmt.Sprintf("fault %s (%s)", e.Rule, effect)
	}
	return strings.Join(parts, "; ")
}

// observe answers a request to a universe, and tells the log of it. Done may change what is told.
func (h *Handler) observe(
	w http.ResponseWriter, r *http.Request, u *universe.Universe,
	answer func(w http.ResponseWriter, r *http.Request), done func(*Entry),
) {
	began := emulator.Wall{}.Now()
	o := &observed{
		ResponseWriter: w, control: http.NewResponseController(w), trace: &universe.Trace{},
	}
	body := &received{ReadCloser: r.Body, control: o.control}
	if r.ContentLength == 0 {
		body.end()
	}
	r = r.WithContext(universe.WithTrace(r.Context(), o.trace))
	r.Body = body
	answer(o, r)
	now := emulator.Wall{}.Now()
	e := Entry{
		Time: shownTime(now), UniverseTime: shownTime(u.Clock.Now()), Universe: u.ID,
		Origin: "open-cloud", Method: r.Method, Path: r.URL.EscapedPath(), Status: o.status,
		Millis:   float64(now.Sub(began).Microseconds()) / 1000,
		Received: body.bytes, Sent: o.sent, Reason: o.Header().Get("Savestone-Reason"),
	}
	e.tell(o.trace.Seen())
	if done != nil {
		done(&e)
	}
	h.metrics.count(&e, now.Sub(began))
	h.log.add(e)
}

// tell notes what became of the request in the universe.
func (e *Entry) tell(seen universe.Seen) {
	if seen.Requests > 0 {
		e.Op, e.Kind, e.Key = seen.Op.String(), seen.Store.Kind.String(), seen.Key
		e.Store, e.Scope, e.Version = seen.Store.Name, seen.Store.Scope, seen.Version
	}
	for _, f := range seen.Faults {
		e.Faults = append(e.Faults, Hit{
			f.Rule, string(f.Kind), string(f.Class), float64(f.Delay.Microseconds()) / 1000,
		})
	}
}

// received counts the bytes of a body.
type received struct {
	io.ReadCloser
	control *http.ResponseController
	bytes   int64
}

// end lets a request that was read take its time: past the deadline for reading, net/http would
// take the client for gone.
func (r *received) end() { _ = r.control.SetReadDeadline(time.Time{}) }

// Read implements io.Reader.
func (r *received) Read(into []byte) (int, error) {
	n, err := r.ReadCloser.Read(into)
	r.bytes += int64(n)
	if err == io.EOF {
		r.end()
	}
	return n, err
}
