package control

import (
	"context"
	"slices"
	"sync"
	"time"

	"savestone/emulator"
)

// logEntriesDefault is how many requests are remembered unless Options say otherwise.
const logEntriesDefault = 10_000

// Entry is a request of a client, and what it came to. It holds no secrets: no key, no value.
type Entry struct {
	ID           uint64  `json:"id" doc:"counts requests since the server began, from 1"`
	Time         string  `json:"time" doc:"when it was answered, in real time"`
	UniverseTime string  `json:"universeTime" doc:"when it was answered, by the universe's clock"`
	Universe     int64   `json:"universe"`
	Origin       string  `json:"origin" doc:"open-cloud, or the game server that asked"`
	Method       string  `json:"method" doc:"of HTTP, or of the data store"`
	Path         string  `json:"path,omitempty" doc:"of Open Cloud"`
	Status       int     `json:"status" doc:"of HTTP; for game servers what Open Cloud would say"`
	Millis       float64 `json:"millis" doc:"that it took, in real time"`
	Received     int64   `json:"received" doc:"bytes of the body"`
	Sent         int64   `json:"sent" doc:"bytes of the answer"`

	Op      string `json:"op,omitempty" doc:"the data store operation that it became"`
	Kind    string `json:"kind,omitempty"`
	Store   string `json:"store,omitempty"`
	Scope   string `json:"scope,omitempty"`
	Key     string `json:"key,omitempty"`
	Version string `json:"version,omitempty" doc:"that was read or written"`

	Reason string `json:"reason,omitempty" doc:"why it failed, or which fault hit it"`
	Faults []Hit  `json:"faults,omitempty"`
}

// Hit is a fault that hit a request.
type Hit struct {
	Rule   string  `json:"rule"`
	Kind   string  `json:"kind"`
	Class  string  `json:"class" doc:"OK, FAIL (nothing was applied) or INFO (perhaps it was)"`
	Millis float64 `json:"millis,omitempty" doc:"of delay, by the universe's clock"`
}

// log remembers the last requests. Who follows it has no queue that could fill: each follower knows
// the id that it has seen, and reads on from there at its own speed; what the log has forgotten by
// then is counted as dropped.
type log struct {
	mu        sync.Mutex
	ring      []Entry // of an id at id % len
	last      uint64
	followers map[*context.CancelFunc]struct{} // who wait for the next entry
	dropped   uint64                           // for all followers together
	closed    bool
}

func newLog(size int) *log {
	if size <= 0 {
		size = logEntriesDefault
	}
	return &log{ring: make([]Entry, size), followers: map[*context.CancelFunc]struct{}{}}
}

// add remembers a request and wakes who follow.
func (l *log) add(e Entry) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.last++
	e.ID = l.last
	l.ring[e.ID%uint64(len(l.ring))] = e
	l.wake()
}

func (l *log) wake() {
	for wake := range l.followers {
		(*wake)()
		delete(l.followers, wake)
	}
}

// close ends all waiting for ever.
func (l *log) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	l.wake()
}

// since returns the oldest entries after an id that pass, at most limit, with the id up to which
// they were looked at, and how many were forgotten before.
func (l *log) since(after uint64, limit int, f filter) (list []Entry, seen, forgotten uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	seen = min(after, l.last)
	if oldest := l.oldest(); seen+1 < oldest {
		forgotten = oldest - 1 - seen
		seen = oldest - 1
	}
	for seen < l.last && len(list) < limit {
		seen++
		if e := &l.ring[seen%uint64(len(l.ring))]; f.passes(e) {
			list = append(list, *e)
		}
	}
	return list, seen, forgotten
}

// newest returns the last entries that pass, at most limit, oldest first.
func (l *log) newest(limit int, f filter) []Entry {
	l.mu.Lock()
	defer l.mu.Unlock()
	list := []Entry{}
	for id := l.last; id >= l.oldest() && id > 0 && len(list) < limit; id-- {
		if e := &l.ring[id%uint64(len(l.ring))]; f.passes(e) {
			list = append(list, *e)
		}
	}
	slices.Reverse(list)
	return list
}

// oldest is the id of the oldest entry that is remembered. l.mu is held.
func (l *log) oldest() uint64 {
	if l.last < uint64(len(l.ring)) {
		return 1
	}
	return l.last - uint64(len(l.ring)) + 1
}

// drop counts entries that a follower missed.
func (l *log) drop(n uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.dropped += n
}

// counts returns how many requests there were and how many followers missed.
func (l *log) counts() (last, dropped uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.last, l.dropped
}

// What came of waiting for the next entry.
type waited uint8

const (
	moreCame waited = iota
	patienceEnded
	logEnded // or whoever waited left
)

// wait waits until there is an entry after an id.
func (l *log) wait(ctx context.Context, after uint64, patience time.Duration) waited {
	nap, wake := context.WithCancel(ctx)
	defer wake()
	l.mu.Lock()
	switch {
	case l.closed:
		l.mu.Unlock()
		return logEnded
	case l.last > after:
		l.mu.Unlock()
		return moreCame
	}
	l.followers[&wake] = struct{}{}
	l.mu.Unlock()
	slept := emulator.Wall{}.Sleep(nap, patience) == nil
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.followers, &wake)
	switch {
	case l.closed || ctx.Err() != nil:
		return logEnded
	case slept && l.last <= after:
		return patienceEnded
	}
	return moreCame
}
