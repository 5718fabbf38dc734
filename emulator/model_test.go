package emulator_test

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"savestone/emulator"
)

// model runs the same requests through an Emulator and the oracle.
type model struct {
	emu    *emulator.Emulator
	clock  *handClock
	oracle *oracle
	open   func() *emulator.Emulator
	seen   []string // version ids
	stores []emulator.StoreID
	keys   []string
	ops    *int
}

// check does req on both sides.
func (m *model) check(t *rapid.T, req emulator.Request) {
	*m.ops++
	m.oracle.now = m.clock.now
	want, wantErr := m.oracle.do(req)
	got, err := m.emu.Do(context.Background(), req)
	require.Equal(t, wantErr, err)
	require.Equal(t, want, got)
	if v := got.Info.Version; v != "" && req.Store.Kind == emulator.Standard {
		m.seen = append(m.seen, v)
	}
}

// checkPages does a listing on both sides; no page but the last may be short.
func (m *model) checkPages(t *rapid.T, req emulator.Request) {
	m.oracle.now = m.clock.now
	whole, err := m.oracle.do(req)
	require.NoError(t, err)
	left, size := whole.Items, rapid.IntRange(1, 4).Draw(t, "size")
	req.Page.Size = size
	for {
		*m.ops++
		got, err := m.emu.Do(context.Background(), req)
		require.NoError(t, err)
		want := left[:min(size, len(left))]
		left = left[len(want):]
		require.Equal(t, len(want), len(got.Items))
		for i := range want {
			require.Equal(t, want[i], got.Items[i])
		}
		require.Equal(t, len(left) == 0, got.Cursor == "")
		if req.Page.Cursor = got.Cursor; got.Cursor == "" {
			return
		}
	}
}

func (m *model) get(t *rapid.T) { m.check(t, m.drawRequest(t, emulator.OpGet)) }

func (m *model) put(t *rapid.T) {
	req := m.drawRequest(t, emulator.OpPut)
	value := drawInteger(t)
	if req.Store.Kind == emulator.Standard {
		values := []string{value, `"x"`, `[1,2]`, `{"a":{}}`, `null`}
		value = rapid.SampledFrom(values).Draw(t, "value")
	}
	req.Value = json.RawMessage(value)
	drawAttributes(t, &req)
	if rapid.Bool().Draw(t, "conditional") {
		onto := m.drawVersion(t, req)
		req.IfVersion = &onto
	}
	m.check(t, req)
}

func (m *model) increment(t *rapid.T) {
	req := m.drawRequest(t, emulator.OpIncrement)
	req.Delta = rapid.Int64Range(-1000, 1000).Draw(t, "delta")
	drawAttributes(t, &req)
	m.check(t, req)
}

func (m *model) remove(t *rapid.T) { m.check(t, m.drawRequest(t, emulator.OpRemove)) }

func (m *model) versions(t *rapid.T) {
	op := rapid.SampledFrom([]emulator.Op{
		emulator.OpGetVersion, emulator.OpRemoveVersion, emulator.OpGetVersionAt,
	}).Draw(t, "op")
	req := emulator.Request{Op: op, Store: m.drawStandard(t), Key: m.drawKey(t)}
	req.Version = m.drawVersion(t, req)
	req.TimeMS = m.drawTime(t)
	m.check(t, req)
}

func (m *model) listVersions(t *rapid.T) {
	req := emulator.Request{Op: emulator.OpListVersions, Store: m.drawStandard(t), Key: m.drawKey(t)}
	req.Page.Descending = rapid.Bool().Draw(t, "descending")
	if rapid.Bool().Draw(t, "bounded") {
		req.Page.FromMS, req.Page.ToMS = m.drawTime(t), m.drawTime(t)
	}
	m.checkPages(t, req)
}

func (m *model) listKeys(t *rapid.T) {
	req := emulator.Request{Op: emulator.OpListKeys, Store: m.drawStandard(t)}
	if rapid.Bool().Draw(t, "all scopes") {
		req.Store.Scope = ""
	}
	req.Page.ExcludeDeleted = rapid.Bool().Draw(t, "without removed")
	req.Page.Prefix = rapid.SampledFrom([]string{"", "a", "s/", "s/t/b", "\x00\xc3"}).Draw(t, "prefix")
	m.checkPages(t, req)
}

func (m *model) listStores(t *rapid.T) {
	req := emulator.Request{Op: emulator.OpListStores}
	req.Page.Prefix = rapid.SampledFrom([]string{"", "C", "Coins"}).Draw(t, "prefix")
	m.checkPages(t, req)
}

func (m *model) listSorted(t *rapid.T) {
	req := emulator.Request{Op: emulator.OpListSorted, Store: ranks}
	req.Page.Descending = rapid.Bool().Draw(t, "descending")
	low, high := rapid.Int64Range(-3, 3).Draw(t, "low"), rapid.Int64Range(3, 5).Draw(t, "high")
	if rapid.Bool().Draw(t, "bounded below") {
		req.Page.Min = &low
	}
	if rapid.Bool().Draw(t, "bounded above") {
		req.Page.Max = &high
	}
	m.checkPages(t, req)
}

func (m *model) getMany(t *rapid.T) {
	m.check(t, emulator.Request{
		Op: emulator.OpGetMany, Store: ranks, Keys: []string{m.drawKey(t), m.drawKey(t)},
	})
}

func (m *model) snapshot(t *rapid.T) { m.check(t, emulator.Request{Op: emulator.OpSnapshot}) }

func (m *model) travel(t *rapid.T) {
	unit := rapid.SampledFrom([]time.Duration{
		100, time.Millisecond, time.Minute, time.Hour, 24 * time.Hour,
	}).Draw(t, "unit")
	m.clock.now = m.clock.now.Add(unit * time.Duration(rapid.IntRange(1, 40).Draw(t, "units")))
}

// travelToEdge goes to the last or first instant of what ends next: the hour, a version, a
// tombstone.
func (m *model) travelToEdge(t *rapid.T) {
	ends := []time.Time{m.clock.now.Truncate(time.Hour).Add(time.Hour)}
	for _, store := range m.stores {
		for _, key := range m.keys {
			if x := m.oracle.objects[place{store, key}]; x != nil {
				ends = append(ends, x.current.at.Add(thirtyDays))
				for _, v := range x.kept {
					ends = append(ends, v.expires)
				}
			}
		}
	}
	end := rapid.SampledFrom(ends).Draw(t, "end")
	if rapid.Bool().Draw(t, "before it") {
		end = end.Add(-100)
	}
	if end.After(m.clock.now) {
		m.clock.now = end
	}
}

// carry goes on with another Emulator that has the first one's data. A store that was empty then
// begins anew.
func (m *model) carry(t *rapid.T) {
	if rapid.IntRange(1, 10).Draw(t, "seldom") != 10 {
		return
	}
	m.oracle.now = m.clock.now
	m.oracle.expire()
	for name := range m.oracle.stores {
		if len(m.oracle.listStores(name)) == 0 {
			delete(m.oracle.stores, name)
		}
	}
	var records []emulator.Record
	require.NoError(t, m.emu.Export(context.Background(), func(r emulator.Record) error {
		records = append(records, r)
		return nil
	}))
	m.emu = m.open()
	require.NoError(t, m.emu.Import(context.Background(), each(records)))
}

func (m *model) drawRequest(t *rapid.T, op emulator.Op) emulator.Request {
	store := ranks
	if rapid.IntRange(1, 5).Draw(t, "ordered if 5") < 5 {
		store = m.drawStandard(t)
	}
	return emulator.Request{Op: op, Store: store, Key: m.drawKey(t)}
}

func (m *model) drawStandard(t *rapid.T) emulator.StoreID {
	return rapid.SampledFrom(m.stores).Draw(t, "store")
}

func (m *model) drawKey(t *rapid.T) string { return rapid.SampledFrom(m.keys).Draw(t, "key") }

// drawPlaces chooses how crowded the keys are: few have many versions, many have long listings.
func (m *model) drawPlaces(t *rapid.T) {
	stores := []emulator.StoreID{
		coins, {Name: "Coins", Scope: "s"}, {Name: "Coins", Scope: "s/t"}, {Name: "Cats", Scope: "s"},
	}
	keys := []string{"a", "b", "\x00é", "t/b"}
	m.stores = stores[:rapid.IntRange(1, len(stores)).Draw(t, "stores")]
	m.keys = keys[:rapid.IntRange(1, len(keys)).Draw(t, "keys")]
}

// drawVersion draws an id that was seen lately, of this key or another, or none at all.
func (m *model) drawVersion(t *rapid.T, req emulator.Request) string {
	versions := append([]string{"", "08DE48C8B4F80000.0000000001.08DE48C8B4F80000.01"},
		m.seen[max(0, len(m.seen)-6):]...)
	if current, err := m.emu.Peek(req.Store, req.Key); err == nil {
		versions = append(versions, current.Info.Version)
	}
	return rapid.SampledFrom(versions).Draw(t, "version")
}

func (m *model) drawTime(t *rapid.T) int64 {
	minutes := rapid.Int64Range(-300, 11).Draw(t, "minutes from now")
	return m.clock.now.Add(time.Duration(minutes) * time.Minute).UnixMilli()
}

func drawInteger(t *rapid.T) string {
	return strconv.Itoa(rapid.IntRange(-4, 4).Draw(t, "integer"))
}

func drawAttributes(t *rapid.T, req *emulator.Request) {
	if req.Store.Kind == emulator.Ordered {
		return
	}
	if rapid.Bool().Draw(t, "with user ids") {
		req.UserIDs = rapid.SliceOfN(rapid.Int64(), 1, 4).Draw(t, "user ids")
	}
	if rapid.Bool().Draw(t, "with metadata") {
		req.Metadata = json.RawMessage(`{"a":` + drawInteger(t) + `}`)
	}
}

// rapid prints the seed of a failure, and how to repeat it. SAVESTONE_LONG=1 does a million
// operations.
func TestEmulatorDoesWhatTheOracleSays(t *testing.T) {
	ops, opsMin := 0, 1000
	if os.Getenv("SAVESTONE_LONG") != "" {
		opsMin = 1_000_000
		require.NoError(t, flag.Set("rapid.checks", "3000"))
		require.NoError(t, flag.Set("rapid.steps", "500"))
	}
	folder, files := t.TempDir(), 0
	rapid.Check(t, func(t *rapid.T) {
		profile, err := emulator.ProfileNamed(
			rapid.SampledFrom([]string{"2026", "pre-2024-07"}).Draw(t, "profile"))
		require.NoError(t, err)
		clock := &handClock{now: start}
		options := emulator.Options{Clock: clock, Profile: profile}
		inFile := rapid.IntRange(1, 20).Draw(t, "in a file if 20") == 20
		m := &model{
			clock:  clock,
			oracle: newOracle(profile.KeepEveryVersion),
			ops:    &ops,
			open: func() *emulator.Emulator {
				if !inFile {
					return emulator.RunT(t, options)
				}
				files++
				emu, err := emulator.Open(context.Background(),
					filepath.Join(folder, strconv.Itoa(files)), options)
				require.NoError(t, err)
				t.Cleanup(func() { require.NoError(t, emu.Close()) })
				return emu
			},
		}
		m.drawPlaces(t)
		m.emu = m.open()
		t.Repeat(map[string]func(*rapid.T){
			"get": m.get, "put": m.put, "put too": m.put, "increment": m.increment,
			"remove": m.remove, "versions": m.versions, "versions too": m.versions,
			"list versions": m.listVersions, "list keys": m.listKeys, "list stores": m.listStores,
			"list sorted": m.listSorted, "get many": m.getMany, "snapshot": m.snapshot,
			"travel": m.travel, "travel to edge": m.travelToEdge, "carry": m.carry,
		})
	})
	t.Logf("%d operations", ops)
	require.Greater(t, ops, opsMin)
}

// FuzzDo: whatever a request says, the answer is a Result, an *Error, or a word on what is not
// there.
func FuzzDo(f *testing.F) {
	for op := range uint8(16) {
		f.Add(op, uint8(0), "Coins", "global", "k", []byte(`{"a":1}`), []byte(`{}`), "", int64(1),
			"", 2, uint8(0))
		f.Add(op, uint8(1), "Ranks", "global", "k", []byte(`5`), []byte(nil), "5", int64(-1<<63),
			"AAAA", -1, uint8(0xff))
	}
	f.Add(uint8(9), uint8(7), "n", "", "\x00", []byte{0xff}, []byte(`[`), "x", int64(1<<63-1), "?",
		101, uint8(5))
	emu, clock := newEmulator(f)
	f.Fuzz(func(
		t *testing.T, op, kind uint8, name, scope, key string, value, metadata []byte,
		version string, number int64, cursor string, size int, flags uint8,
	) {
		clock.now = clock.now.Add(time.Minute)
		req := emulator.Request{
			Op:    emulator.Op(op),
			Store: emulator.StoreID{Kind: emulator.Kind(kind), Name: name, Scope: scope},
			Key:   key, Value: value, Metadata: metadata, Delta: number, TimeMS: number,
			UserIDs: make([]int64, size&7), Version: version, Keys: []string{key, version},
			Page: emulator.Page{
				Size: size, Cursor: cursor, Prefix: version, FromMS: number, ToMS: -number,
				ExcludeDeleted: flags&1 != 0, Descending: flags&2 != 0,
			},
		}
		if flags&4 != 0 {
			req.IfVersion = &version
		}
		if flags&8 != 0 {
			req.Page.Min = &number
		}
		if flags&16 != 0 {
			req.Page.Max = &number
		}
		for range 3 { // along the pages of a listing
			result, err := emu.Do(t.Context(), req)
			var named *emulator.Error
			switch {
			case err == nil:
				require.True(t, result.Found || result.Value == nil)
				req.Page.Cursor = result.Cursor
			case errors.As(err, &named):
				require.NotEmpty(t, named.Name)
			default:
				require.ErrorIs(t, err, emulator.ErrNotEmulated)
				return
			}
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
