package scenarios

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"hash/fnv"

	"savestone/emulator"
	"savestone/faults"
	"savestone/scenarios/history"
)

// trace hashes every event of a world as it happens. Two runs of a seed that differ anywhere differ
// in it.
type trace struct {
	world  *world
	next   emulator.Service
	sum    hash.Hash64
	events int
}

func (t *trace) begin(w *world) { t.world, t.sum = w, fnv.New64a() }

// fold adds an event, with the time.
func (t *trace) fold(parts ...string) {
	t.events++
	var head [8]byte
	binary.LittleEndian.PutUint64(head[:], uint64(t.world.since()))
	t.sum.Write(head[:])
	for _, part := range parts {
		binary.LittleEndian.PutUint64(head[:], uint64(len(part)))
		t.sum.Write(head[:])
		t.sum.Write([]byte(part))
	}
}

// Do implements emulator.Service.
func (t *trace) Do(ctx context.Context, req emulator.Request) (emulator.Result, error) {
	t.fold("ask", req.Server, req.Op.String(), req.Store.Name, req.Key, string(req.Value))
	op := history.RequestID(ctx)
	ctx = faults.Observe(ctx, func(e faults.Event) { t.world.struck(op, e) })
	result, err := t.next.Do(ctx, req)
	told := "ok"
	var named *emulator.Error
	if errors.As(err, &named) {
		told = named.Name
	} else if err != nil {
		told = err.Error()
		if ctx.Err() == nil {
			t.world.fail(fmt.Errorf("%s %q: %w", req.Op, req.Key, err))
		}
	}
	t.fold("told", req.Server, req.Op.String(), req.Key, result.Info.Version, told)
	return result, err
}

func (t *trace) String() string { return fmt.Sprintf("%016x", t.sum.Sum64()) }
