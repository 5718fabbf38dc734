package emulator_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"savestone/emulator"
)

// model is the emulator as a plain map: what a reader must see after each operation, and nothing
// else.
type model struct {
	emu     *emulator.Emulator
	clock   *handClock
	entries map[modelKey]*modelEntry
}

type modelKey struct {
	store emulator.StoreID
	key   string
}

type modelEntry struct {
	value     string // "" is a tombstone
	userIDs   []int64
	metadata  string
	createdMS int64
	updatedMS int64
	versions  []string // of every write, the tombstones' too
}

func (e *modelEntry) live() bool { return e != nil && e.value != "" }

func (e *modelEntry) current() string {
	if e == nil {
		return ""
	}
	return e.versions[len(e.versions)-1]
}

// wrote notes a write and checks its answer.
func (m *model) wrote(
	t *rapid.T, k modelKey, value string, req emulator.Request, got emulator.Result,
) {
	e := m.entries[k]
	if e == nil {
		e = &modelEntry{createdMS: m.clock.now.UnixMilli()}
		m.entries[k] = e
	} else if k.store.Kind == emulator.Standard {
		require.Greater(t, got.Info.Version, e.current())
	}
	e.value, e.userIDs, e.metadata = value, req.UserIDs, string(req.Metadata)
	e.updatedMS = m.clock.now.UnixMilli()
	e.versions = append(e.versions, got.Info.Version)
	m.check(t, k, got)
}

// check compares what was read with what the model holds.
func (m *model) check(t *rapid.T, k modelKey, got emulator.Result) {
	e := m.entries[k]
	require.Equal(t, e.live(), got.Found)
	require.Equal(t, e.current(), got.Info.Version)
	if !e.live() {
		require.Nil(t, got.Value)
		return
	}
	require.Equal(t, e.value, string(got.Value))
	require.True(t, slices.Equal(e.userIDs, got.Info.UserIDs))
	require.Equal(t, e.metadata, string(got.Info.Metadata))
	if k.store.Kind == emulator.Standard {
		require.Equal(t, e.createdMS, got.Info.CreatedMS)
		require.Equal(t, e.updatedMS, got.Info.UpdatedMS)
	}
}

func (m *model) get(t *rapid.T) {
	k := drawKey(t)
	got, err := m.emu.Peek(k.store, k.key)
	require.NoError(t, err)
	m.check(t, k, got)
}

func (m *model) put(t *rapid.T) {
	k := drawKey(t)
	req := emulator.Request{Op: emulator.OpPut, Store: k.store, Key: k.key}
	value := drawInteger(t)
	if k.store.Kind == emulator.Standard {
		values := []string{value, `"x"`, `[1,2]`, `{"a":{}}`, `null`}
		value = rapid.SampledFrom(values).Draw(t, "value")
	}
	req.Value = json.RawMessage(value)
	drawAttributes(t, &req)
	holds := true
	if rapid.Bool().Draw(t, "conditional") {
		e := m.entries[k]
		versions := []string{"", "08DE48C8B4F80000.0000000001.08DE48C8B4F80000.01"}
		if e != nil {
			versions = append(versions, e.versions[max(0, len(e.versions)-2):]...)
		}
		want := rapid.SampledFrom(versions).Draw(t, "onto")
		req.IfVersion = &want
		holds = want == e.current() || want == "" && !e.live()
	}
	got, err := m.emu.Do(context.Background(), req)
	if !holds {
		require.ErrorIs(t, err, emulator.ErrVersionConflict)
		return
	}
	require.NoError(t, err)
	m.wrote(t, k, value, req, got)
}

func (m *model) increment(t *rapid.T) {
	k := drawKey(t)
	req := emulator.Request{Op: emulator.OpIncrement, Store: k.store, Key: k.key}
	req.Delta = rapid.Int64Range(-1000, 1000).Draw(t, "delta")
	drawAttributes(t, &req)
	number := 0
	var notNumeric error
	if e := m.entries[k]; e.live() {
		number, notNumeric = strconv.Atoi(e.value)
	}
	got, err := m.emu.Do(context.Background(), req)
	if notNumeric != nil {
		require.ErrorIs(t, err, emulator.ErrNotNumeric)
		return
	}
	require.NoError(t, err)
	m.wrote(t, k, strconv.Itoa(number+int(req.Delta)), req, got)
}

func (m *model) remove(t *rapid.T) {
	k := drawKey(t)
	got, err := m.emu.Do(context.Background(),
		emulator.Request{Op: emulator.OpRemove, Store: k.store, Key: k.key})
	require.NoError(t, err)
	m.check(t, k, got)
	e := m.entries[k]
	if !e.live() {
		return
	}
	if k.store.Kind == emulator.Ordered {
		delete(m.entries, k)
		return
	}
	after, err := m.emu.Peek(k.store, k.key)
	require.NoError(t, err)
	require.Greater(t, after.Info.Version, e.current())
	e.value = ""
	e.versions = append(e.versions, after.Info.Version)
}

func (m *model) travel(t *rapid.T) {
	minutes := rapid.IntRange(1, 90).Draw(t, "minutes")
	m.clock.now = m.clock.now.Add(time.Duration(minutes) * time.Minute)
}

func drawKey(t *rapid.T) modelKey {
	return modelKey{
		store: rapid.SampledFrom([]emulator.StoreID{coins, ranks}).Draw(t, "store"),
		key:   rapid.SampledFrom([]string{"a", "b", "\x00é"}).Draw(t, "key"),
	}
}

func drawInteger(t *rapid.T) string {
	return strconv.Itoa(rapid.IntRange(-100, 100).Draw(t, "integer"))
}

func drawAttributes(t *rapid.T, req *emulator.Request) {
	if req.Store.Kind == emulator.Ordered {
		return
	}
	req.UserIDs = rapid.SliceOfN(rapid.Int64(), 0, 4).Draw(t, "user ids")
	if rapid.Bool().Draw(t, "with metadata") {
		req.Metadata = json.RawMessage(`{"a":` + drawInteger(t) + `}`)
	}
}

// rapid prints the seed of a failure, and how to repeat it.
func TestEmulatorDoesWhatAPlainMapWouldDo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		clock := &handClock{now: start}
		m := &model{
			emu:     emulator.RunT(t, emulator.Options{Clock: clock}),
			clock:   clock,
			entries: map[modelKey]*modelEntry{},
		}
		t.Repeat(map[string]func(*rapid.T){
			"get": m.get, "put": m.put, "increment": m.increment, "remove": m.remove,
			"travel": m.travel,
		})
	})
}

// FuzzDo: whatever a request says, the answer is a Result, an *Error, or a word on what is not
// there.
func FuzzDo(f *testing.F) {
	f.Add(uint8(1), uint8(0), "Coins", "global", "k", []byte(nil), []byte(nil), 0, "", int64(0))
	f.Add(uint8(2), uint8(0), "Coins", "global", "k", []byte(`{"a":1}`), []byte(`{}`), 4, "",
		int64(0))
	f.Add(uint8(2), uint8(1), "Ranks", "global", "k", []byte(`5`), []byte(nil), 0, "5", int64(0))
	f.Add(uint8(3), uint8(1), "Ranks", "global", "k", []byte(nil), []byte(nil), 0, "",
		int64(-1<<63))
	f.Add(uint8(4), uint8(0), "", "u", "\x00", []byte(nil), []byte(nil), 5, "", int64(0))
	f.Add(uint8(9), uint8(7), "n", "s", "k", []byte{0xff}, []byte(`[`), -1, "x", int64(0))
	emu, clock := newEmulator(f)
	f.Fuzz(func(
		t *testing.T, op, kind uint8, name, scope, key string,
		value, metadata []byte, userIDs int, onto string, delta int64,
	) {
		clock.now = clock.now.Add(time.Minute)
		req := emulator.Request{
			Op:    emulator.Op(op),
			Store: emulator.StoreID{Kind: emulator.Kind(kind), Name: name, Scope: scope},
			Key:   key, Value: value, Metadata: metadata, Delta: delta,
			UserIDs: make([]int64, min(max(userIDs, 0), 10)),
		}
		if onto != "" {
			req.IfVersion = &onto
		}
		result, err := emu.Do(t.Context(), req)
		var named *emulator.Error
		switch {
		case err == nil:
			require.Equal(t, result.Found, result.Value != nil)
		case errors.As(err, &named):
			require.NotEmpty(t, named.Name)
		default:
			require.ErrorIs(t, err, emulator.ErrNotEmulated)
			unknownOp := op == 0 || op > uint8(emulator.OpRemove)
			require.True(t, unknownOp || kind > uint8(emulator.Ordered))
		}
	})
}

// Eight clients count in one key by reading and writing on condition: none of their steps is lost.
func TestConcurrentConditionalPutsAllCount(t *testing.T) {
	const clients, steps = 8, 50
	for _, store := range []emulator.StoreID{coins, ranks} {
		t.Run(store.Kind.String(), func(t *testing.T) {
			emu := emulator.RunT(t)
			var group sync.WaitGroup
			errs := make(chan error, clients)
			for range clients {
				group.Go(func() { errs <- countUp(t.Context(), emu, store, steps) })
			}
			group.Wait()
			for range clients {
				require.NoError(t, <-errs)
			}
			result, err := emu.Peek(store, "k")
			require.NoError(t, err)
			require.Equal(t, strconv.Itoa(clients*steps), string(result.Value))
		})
	}
}

func countUp(ctx context.Context, svc emulator.Service, store emulator.StoreID, steps int) error {
	for done := 0; done < steps; {
		now, err := svc.Do(ctx, emulator.Request{Op: emulator.OpGet, Store: store, Key: "k"})
		if err != nil {
			return err
		}
		count := 0
		if now.Found {
			if count, err = strconv.Atoi(string(now.Value)); err != nil {
				return fmt.Errorf("read %q: %w", now.Value, err)
			}
		}
		_, err = svc.Do(ctx, emulator.Request{
			Op: emulator.OpPut, Store: store, Key: "k",
			Value: json.RawMessage(strconv.Itoa(count + 1)), IfVersion: &now.Info.Version,
		})
		switch {
		case err == nil:
			done++
		case !errors.Is(err, emulator.ErrVersionConflict):
			return err
		}
	}
	return nil
}
