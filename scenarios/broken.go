package scenarios

import (
	"context"
	"fmt"
	"strings"

	"savestone/emulator"
)

// A store that is broken on purpose: so that one sees that the checks of the emulator itself (E1)
// find something when there is something to find. It stands below the faults.
type broken struct {
	next  emulator.Service
	bug   bug
	turns int
	seen  map[emulator.StoreID]map[string]emulator.Result // what was read last
	first string                                          // version that was written first
}

// bug does a request wrongly, or reports false for one that it does not concern.
type bug func(context.Context, *broken, emulator.Request) (emulator.Result, error, bool)

// bugs are all of them, by the names that plans have for them.
var bugs = map[string]bug{
	"applies-what-failed":     appliesWhatFailed,
	"drops-acknowledged":      dropsAcknowledged,
	"forgets-conditions":      forgetsConditions,
	"increments-twice":        incrementsTwice,
	"reads-old-versions":      readsOldVersions,
	"reads-what-was-removed":  readsRemoved,
	"reuses-versions":         reusesVersions,
	"writes-to-another-scope": writesElsewhere,
}

// every is how often a bug shows.
const every = 5

// breakStore puts a plan's bug in front of a store.
func breakStore(name string, next emulator.Service) emulator.Service {
	if name == "" {
		return next
	}
	return &broken{
		next: next, bug: bugs[name], seen: map[emulator.StoreID]map[string]emulator.Result{},
	}
}

func checkBug(name string) error {
	if name != "" && bugs[name] == nil {
		return fmt.Errorf("broken: got %q, want one of %s", name,
			strings.Join(sortedKeys(bugs), ", "))
	}
	return nil
}

// Do implements emulator.Service.
func (b *broken) Do(ctx context.Context, req emulator.Request) (emulator.Result, error) {
	if result, err, done := b.bug(ctx, b, req); done {
		return result, err
	}
	result, err := b.next.Do(ctx, req)
	if req.Op == emulator.OpPut && err == nil && b.first == "" {
		b.first = result.Info.Version
	}
	return result, err
}

// turn reports whether the bug shows now.
func (b *broken) turn(concerns bool) bool {
	if concerns {
		b.turns++
	}
	return concerns && b.turns%every == 0
}

func pass() (emulator.Result, error, bool) { return emulator.Result{}, nil, false }

func appliesWhatFailed(
	ctx context.Context, b *broken, req emulator.Request,
) (emulator.Result, error, bool) {
	if !b.turn(req.Op == emulator.OpPut) {
		return pass()
	}
	_, _ = b.next.Do(ctx, req) // the answer is what it lies about
	return emulator.Result{}, emulator.ErrInternal, true
}

func dropsAcknowledged(
	_ context.Context, b *broken, req emulator.Request,
) (emulator.Result, error, bool) {
	if b.first == "" || !b.turn(req.Op == emulator.OpPut) {
		return pass()
	}
	return emulator.Result{Found: true, Value: req.Value, Info: emulator.KeyInfo{
		Version: b.first, UserIDs: req.UserIDs, Metadata: req.Metadata,
	}}, nil, true
}

func forgetsConditions(
	ctx context.Context, b *broken, req emulator.Request,
) (emulator.Result, error, bool) {
	if req.IfVersion == nil {
		return pass()
	}
	req.IfVersion = nil
	result, err := b.next.Do(ctx, req)
	return result, err, true
}

func incrementsTwice(
	ctx context.Context, b *broken, req emulator.Request,
) (emulator.Result, error, bool) {
	if b.turn(req.Op == emulator.OpIncrement) {
		_, _ = b.next.Do(ctx, req)
	}
	return pass()
}

// readsOldVersions answers with what was read before, when that is not current any more.
func readsOldVersions(
	ctx context.Context, b *broken, req emulator.Request,
) (emulator.Result, error, bool) {
	if req.Op != emulator.OpGet {
		return pass()
	}
	if b.seen[req.Store] == nil {
		b.seen[req.Store] = map[string]emulator.Result{}
	}
	before, known := b.seen[req.Store][req.Key]
	result, err := b.next.Do(ctx, req)
	b.seen[req.Store][req.Key] = result
	if known && before.Info.Version != result.Info.Version && b.turn(true) {
		return before, err, true
	}
	return result, err, true
}

// readsRemoved finds a key's last value behind its tombstone.
func readsRemoved(
	ctx context.Context, b *broken, req emulator.Request,
) (emulator.Result, error, bool) {
	if req.Op != emulator.OpGet {
		return pass()
	}
	if b.seen[req.Store] == nil {
		b.seen[req.Store] = map[string]emulator.Result{}
	}
	result, err := b.next.Do(ctx, req)
	if result.Found {
		b.seen[req.Store][req.Key] = result
	} else if before, known := b.seen[req.Store][req.Key]; known && err == nil {
		return before, nil, true
	}
	return result, err, true
}

func reusesVersions(
	ctx context.Context, b *broken, req emulator.Request,
) (emulator.Result, error, bool) {
	if b.first == "" || !b.turn(req.Op == emulator.OpPut) {
		return pass()
	}
	result, err := b.next.Do(ctx, req)
	if err == nil {
		result.Info.Version = b.first
	}
	return result, err, true
}

func writesElsewhere(
	ctx context.Context, b *broken, req emulator.Request,
) (emulator.Result, error, bool) {
	if !b.turn(req.Op == emulator.OpPut && req.IfVersion == nil) {
		return pass()
	}
	req.Store.Scope = "elsewhere"
	result, err := b.next.Do(ctx, req)
	return result, err, true
}
