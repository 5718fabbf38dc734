package suite

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"time"

	"savestone/emulator"
)

// Call is one data store request as the game server saw it.
type Call struct {
	At      time.Duration // since the case began, in virtual time
	Took    time.Duration
	Op      emulator.Op
	Store   string
	Key     string
	Outcome string // "ok", the version written, or the error
}

// recorder is the Service nearest to the game server: it notes what the server asked and was told,
// and folds it into the run's hash.
type recorder struct {
	next  emulator.Service
	clock emulator.Clock
	start time.Time // of the current case
	trace []Call
	calls Calls
	asked func(Calls) // told of calls after each request; nil: nobody
	hash  uint64
}

const traceMax = 1000 // calls kept for one case, the last ones

// Do implements emulator.Service.
func (r *recorder) Do(ctx context.Context, req emulator.Request) (emulator.Result, error) {
	asked := r.clock.Now()
	result, err := r.next.Do(ctx, req)
	r.calls.Requests++
	call := Call{
		At: asked.Sub(r.start), Took: r.clock.Now().Sub(asked),
		Op: req.Op, Store: req.Store.Name, Key: req.Key, Outcome: outcome(result, err),
	}
	if err != nil {
		r.calls.Failed++
	}
	if len(r.trace) == traceMax {
		r.trace = r.trace[1:]
	}
	r.trace = append(r.trace, call)
	r.fold(asked.UnixNano(), int64(call.Took), req.Op, req.Server, req.Store, req.Key,
		string(req.Value), req.Delta, call.Outcome, string(result.Value))
	if r.asked != nil {
		r.asked(r.calls)
	}
	return result, err
}

func outcome(result emulator.Result, err error) string {
	var named *emulator.Error
	switch {
	case errors.As(err, &named):
		return named.Error()
	case err != nil:
		return err.Error()
	case result.Info.Version != "":
		return "ok " + result.Info.Version
	}
	return "ok"
}

// fold adds an event to the hash.
func (r *recorder) fold(event ...any) {
	h := fnv.New64a()
	fmt.Fprintf(h, "%016x", r.hash)
	for _, part := range event {
		fmt.Fprintf(h, "|%v", part)
	}
	r.hash = h.Sum64()
}

// begin starts the trace of a case.
func (r *recorder) begin() {
	r.start, r.trace = r.clock.Now(), nil
}

// traceShown is how many requests a printed trace has at most: those at the end, where the failure
// is.
const traceShown = 40

// WriteTrace prints a case's requests, a line each, the first of them left out if there are many.
func WriteTrace(w io.Writer, trace []Call) {
	if hidden := len(trace) - traceShown; hidden > 0 {
		fmt.Fprintln(w, "   … earlier requests")
		trace = trace[hidden:]
	}
	for _, call := range trace {
		fmt.Fprintf(w, "   +%.3fs  %-9s %s/%s  %s\n",
			call.At.Seconds(), call.Op, call.Store, call.Key, call.Outcome)
	}
}
