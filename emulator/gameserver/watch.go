package gameserver

import (
	"context"
	"errors"
	"slices"
	"time"

	"savestone/emulator"
)

// watchPoll is how often a Watch asks what other servers did (R167).
const watchPoll = time.Minute

// Watch tells of new values of one entry: OnUpdate (R167).
type Watch struct {
	server  *Server
	entry   entryID
	changed func(now emulator.Result)

	// Guarded by server.mu:
	based   bool            // last is known
	last    emulator.Result // what the entry was last known to be
	news    int             // how often last was set
	stopped bool
}

// Watch has changed called for new values of key, until Stop: in the midst of the call for a write
// by this server, for one by another server when Poll finds it. changed must not wait.
func (st *Store) Watch(key string, changed func(now emulator.Result)) (*Watch, error) {
	req, err := st.at(emulator.OpGet, key)
	if err != nil {
		return nil, err
	}
	s := st.server
	w := &Watch{server: s, entry: entryOf(&req), changed: changed}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.watches[w.entry] = append(s.watches[w.entry], w)
	return w, nil
}

// Stop ends the Watch, and its Poll within a minute.
func (w *Watch) Stop() {
	w.server.mu.Lock()
	defer w.server.mu.Unlock()
	w.stopped = true
	all := w.server.watches
	left := slices.DeleteFunc(all[w.entry], func(other *Watch) bool { return other == w })
	if len(left) == 0 {
		delete(all, w.entry)
		return
	}
	all[w.entry] = left
}

// Poll asks at once and then every minute whether the entry changed; the first answer is what later
// ones are compared with. It returns nil once the Watch is stopped or the server closed. A poll
// that fails or finds no budget for requests of type OnUpdate is left out (assumed).
func (w *Watch) Poll(ctx context.Context) error {
	for !w.ended() {
		var refusal *emulator.Error
		if err := w.poll(ctx); err != nil && !errors.As(err, &refusal) {
			return err
		}
		if err := w.server.clock.Sleep(ctx, watchPoll); err != nil {
			return err
		}
	}
	return nil
}

func (w *Watch) ended() bool {
	w.server.mu.Lock()
	defer w.server.mu.Unlock()
	return w.stopped || w.server.closed
}

// poll asks once. The answer is not cached (assumed), and worth nothing if this server wrote while
// it was on its way.
func (w *Watch) poll(ctx context.Context) error {
	news, ok := w.charge()
	if !ok {
		return nil
	}
	req := emulator.Request{Op: emulator.OpGet, Store: w.entry.store, Key: w.entry.key}
	result, err := w.server.do(ctx, req)
	if err != nil {
		return err
	}
	if w.note(result, news) {
		w.changed(result)
	}
	return nil
}

func (w *Watch) charge() (news int, ok bool) {
	now := w.server.clock.Now()
	w.server.mu.Lock()
	defer w.server.mu.Unlock()
	b := w.server.budgets[emulator.OnUpdate]
	return w.news, b == nil || b.take(1, now)
}

// note keeps what a poll found and reports whether that is a change.
func (w *Watch) note(result emulator.Result, news int) (changed bool) {
	w.server.mu.Lock()
	defer w.server.mu.Unlock()
	if w.stopped || w.news != news {
		return false
	}
	same := result.Found == w.last.Found &&
		(!result.Found || result.Info.Version == w.last.Info.Version)
	changed = w.based && !same
	w.based, w.last, w.news = true, result, w.news+1
	return changed
}

// announce tells the watches of an entry what this server just wrote there.
func (s *Server) announce(entry entryID, now emulator.Result) {
	s.mu.Lock()
	watches := slices.Clone(s.watches[entry])
	for _, w := range watches {
		w.based, w.last, w.news = true, now, w.news+1
	}
	s.mu.Unlock()
	for _, w := range watches {
		if !w.ended() { // by the one before
			w.changed(now)
		}
	}
}
