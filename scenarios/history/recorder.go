package history

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"savestone/emulator"
)

// Recorder notes a history while it happens. Many goroutines may use it at once; where only one at
// a time runs, the same run gives the same history.
type Recorder struct {
	clock emulator.Clock
	start time.Time

	mu       sync.Mutex
	seq      int64
	ops      []Op
	commits  []Commit
	names    names
	entries  []Entry // what each version was first seen to hold, by VersionID
	inFlight map[KeyID]*sync.Mutex
}

// NewRecorder returns a Recorder of a history that begins now.
func NewRecorder(clock emulator.Clock) *Recorder {
	return &Recorder{
		clock: clock, start: clock.Now(), names: newNames(), inFlight: map[KeyID]*sync.Mutex{},
	}
}

// History returns what was noted so far. Requests without an answer are in it, as Info.
func (r *Recorder) History() *History {
	r.mu.Lock()
	defer r.mu.Unlock()
	h := &History{Ops: slices.Clone(r.ops), Commits: slices.Clone(r.commits)}
	h.Keys, h.Versions = slices.Clone(r.names.Keys), slices.Clone(r.names.Versions)
	h.arrange()
	return h
}

// Clients passes requests on to next and notes what those who send them ask and are told.
func (r *Recorder) Clients(next emulator.Service) emulator.Service { return &clients{r, next} }

// Truth passes requests on to next, which must not wait on the clock, and notes the writes that it
// applies. Writes to one key of an ordered store are passed on one after the other: entries there
// have no versions that would tell their order.
func (r *Recorder) Truth(next emulator.Service) emulator.Service { return &truth{r, next} }

// Now is the present moment, with a place of its own in the order of events.
func (r *Recorder) Now() Moment {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.moment()
}

// Key is the place of a key in the history's Keys.
func (r *Recorder) Key(key Key) KeyID {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.names.key(key)
}

// RequestID is the ID of the Op that a request belongs to by its context, 0 if it has none.
func RequestID(ctx context.Context) int {
	id, _ := ctx.Value(requestID{}).(int)
	return id
}

// requestID is the key of a context's value: the ID of the Op that a request belongs to.
type requestID struct{}

type clients struct {
	*Recorder
	next emulator.Service
}

// Do implements emulator.Service.
func (c *clients) Do(ctx context.Context, req emulator.Request) (emulator.Result, error) {
	id := c.call(&req)
	result, err := c.next.Do(context.WithValue(ctx, requestID{}, id), req)
	c.answered(id, &result, err)
	return result, err
}

func (r *Recorder) call(req *emulator.Request) (id int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	key := r.names.key(Key{req.Store, req.Key})
	op := Op{
		ID: len(r.ops) + 1, Server: req.Server, Kind: req.Op, Key: key,
		Value: string(req.Value), Delta: req.Delta,
		Attributes: attributes(req.UserIDs, req.Metadata), Named: r.names.version(key, req.Version),
		Call: r.moment(),
	}
	if req.IfVersion != nil {
		op.Conditional, op.Named = true, r.names.version(key, *req.IfVersion)
	}
	r.ops = append(r.ops, op)
	return op.ID
}

func (r *Recorder) answered(id int, result *emulator.Result, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	op := &r.ops[id-1]
	op.Return = r.moment()
	op.Outcome = outcome(op.Kind, err)
	if err != nil {
		op.Error = err.Error()
		return
	}
	op.Answer = r.entry(op.Key, result, op.Value)
}

// outcome classes an answer. An error that Roblox has no name for, as that of a context which is
// done, tells nothing about a write.
func outcome(op emulator.Op, err error) Outcome {
	var named *emulator.Error
	switch {
	case err == nil:
		return OK
	case op == emulator.OpRemoveVersion || writes(op):
		if !errors.As(err, &named) || named.MayHaveApplied {
			return Info
		}
	}
	return Fail
}

type truth struct {
	*Recorder
	next emulator.Service
}

// Do implements emulator.Service.
func (t *truth) Do(ctx context.Context, req emulator.Request) (emulator.Result, error) {
	if !writes(req.Op) {
		return t.next.Do(ctx, req)
	}
	c := Commit{Kind: req.Op}
	c.Op = RequestID(ctx)
	turn := t.begin(&c, &req)
	if turn != nil {
		turn.Lock()
		defer turn.Unlock()
		t.stamp(&c.Begin)
	}
	result, err := t.next.Do(ctx, req)
	applied := err == nil && (req.Op != emulator.OpRemove || result.Found)
	if applied {
		t.commit(&c, &result)
	}
	return result, err
}

// begin prepares a commit. It returns what to wait for before it, if anything.
func (r *Recorder) begin(c *Commit, req *emulator.Request) *sync.Mutex {
	r.mu.Lock()
	defer r.mu.Unlock()
	c.Key, c.Begin = r.names.key(Key{req.Store, req.Key}), r.moment()
	if req.Store.Kind != emulator.Ordered {
		return nil
	}
	if r.inFlight[c.Key] == nil {
		r.inFlight[c.Key] = &sync.Mutex{}
	}
	return r.inFlight[c.Key]
}

func (r *Recorder) stamp(m *Moment) {
	r.mu.Lock()
	defer r.mu.Unlock()
	*m = r.moment()
}

func (r *Recorder) commit(c *Commit, result *emulator.Result) {
	r.mu.Lock()
	defer r.mu.Unlock()
	asked := ""
	if c.Op > 0 && c.Op <= len(r.ops) {
		asked = r.ops[c.Op-1].Value
	}
	c.End, c.Entry = r.moment(), r.entry(c.Key, result, asked)
	r.commits = append(r.commits, *c)
}

// moment is now. r.mu is held.
func (r *Recorder) moment() Moment {
	r.seq++
	return Moment{Seq: r.seq, At: r.clock.Now().Sub(r.start)}
}

// entry notes what a result tells about a key. Answers that say the same share their texts, also
// with the value that was asked for. r.mu is held.
func (r *Recorder) entry(key KeyID, result *emulator.Result, asked string) Entry {
	e := Entry{
		Found: result.Found, Version: r.names.version(key, result.Info.Version),
		Attributes: attributes(result.Info.UserIDs, result.Info.Metadata),
	}
	for len(r.entries) < len(r.names.Versions) {
		r.entries = append(r.entries, Entry{})
	}
	first := &r.entries[e.Version]
	switch string(result.Value) {
	case first.Value:
		e.Value = first.Value
	case asked:
		e.Value = asked
	default:
		e.Value = string(result.Value)
	}
	if first.Attributes == e.Attributes {
		e.Attributes = first.Attributes
	}
	if first.Version == 0 {
		*first = e
	}
	return e
}

// attributes is what is stored beside a value, as one text.
func attributes(userIDs []int64, metadata []byte) string {
	if string(metadata) == "{}" {
		metadata = nil // an empty object is stored as none
	}
	if len(userIDs) == 0 && len(metadata) == 0 {
		return ""
	}
	return fmt.Sprintf("users %d metadata %s", userIDs, metadata)
}
