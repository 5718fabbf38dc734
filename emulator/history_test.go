package emulator_test

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/anishathalye/porcupine"
	"github.com/stretchr/testify/require"

	"savestone/emulator"
)

// deed is one request of a client, with its answer, and when it began and ended by a clock that all
// clients share.
type deed struct {
	client     int
	req        emulator.Request
	result     emulator.Result
	err        error
	begun, end int64
}

const (
	historyClients = 8
	historyKeys    = 3
)

// history has eight clients do random requests to a few keys at the same time.
func history(t *testing.T, emu *emulator.Emulator, deedsEach int) []deed {
	t.Helper()
	seed := uint64(emulator.Wall{}.Now().UnixNano())
	t.Logf("seed %d", seed)
	var clock atomic.Int64
	all := make([][]deed, historyClients)
	var group sync.WaitGroup
	for client := range historyClients {
		group.Go(func() {
			random := rand.New(rand.NewPCG(seed, uint64(client)))
			seen := map[string]string{} // the version last read of each key
			for i := range deedsEach {
				d := deed{client: client, req: drawDeed(random, seen, client*deedsEach+i)}
				d.begun = clock.Add(1)
				d.result, d.err = emu.Do(context.Background(), d.req)
				d.end = clock.Add(1)
				if d.err == nil {
					seen[d.req.Key] = d.result.Info.Version
				}
				all[client] = append(all[client], d)
			}
		})
	}
	group.Wait()
	deeds := slices.Concat(all...)
	for _, d := range deeds {
		if d.err != nil {
			require.ErrorIs(t, d.err, emulator.ErrVersionConflict)
		}
	}
	return deeds
}

// drawDeed draws a request; every value that is put is another.
func drawDeed(random *rand.Rand, seen map[string]string, value int) emulator.Request {
	req := emulator.Request{Store: coins, Key: strconv.Itoa(random.IntN(historyKeys))}
	switch random.IntN(5) {
	case 0, 1:
		req.Op = emulator.OpGet
	case 2:
		req.Op, req.Delta = emulator.OpIncrement, 1_000_000
	default:
		req.Op, req.Value = emulator.OpPut, json.RawMessage(strconv.Itoa(value))
		if onto := seen[req.Key]; random.IntN(2) == 0 {
			req.IfVersion = &onto
		}
	}
	return req
}

// histories runs check over histories in memory and in a file.
func histories(t *testing.T, deedsEach int, check func(*testing.T, []deed)) {
	t.Run("memory", func(t *testing.T) {
		check(t, history(t, emulator.RunT(t), deedsEach))
	})
	t.Run("file", func(t *testing.T) {
		emu, err := emulator.Open(t.Context(), filepath.Join(t.TempDir(), "x.db"),
			emulator.Options{})
		require.NoError(t, err)
		defer func() { require.NoError(t, emu.Close()) }()
		check(t, history(t, emu, deedsEach))
	})
}

// R192: the versions are a witness of the order in which everything happened. In that order each
// answer is right, and nothing that ended before something else began comes after it.
func TestVersionsWitnessThatRequestsAreLinearizable(t *testing.T) {
	histories(t, 400, func(t *testing.T, deeds []deed) {
		require.NoError(t, witness(deeds))
	})
}

// witness checks one history, key by key.
func witness(deeds []deed) error {
	for key := range historyKeys {
		name := strconv.Itoa(key)
		var writes, rest []deed
		for _, d := range deeds {
			switch {
			case d.req.Key != name || d.err != nil:
			case d.req.Op == emulator.OpGet:
				rest = append(rest, d)
			default:
				writes = append(writes, d)
			}
		}
		slices.SortFunc(writes, func(a, b deed) int {
			return cmp.Compare(a.result.Info.Version, b.result.Info.Version)
		})
		if err := witnessWrites(writes); err != nil {
			return fmt.Errorf("key %s: %w", name, err)
		}
		if err := witnessOrder(writes, rest); err != nil {
			return fmt.Errorf("key %s: %w", name, err)
		}
	}
	return nil
}

// witnessWrites checks that each write did to the one before what it said.
func witnessWrites(writes []deed) error {
	before := emulator.Result{}
	for _, w := range writes {
		if want := w.req.IfVersion; want != nil && *want != before.Info.Version {
			return fmt.Errorf("a put onto %q replaced %q", *want, before.Info.Version)
		}
		value := string(w.req.Value)
		if w.req.Op == emulator.OpIncrement {
			n, _ := strconv.ParseInt(string(before.Value), 10, 64)
			value = strconv.FormatInt(n+w.req.Delta, 10)
		}
		if got := string(w.result.Value); got != value {
			return fmt.Errorf("version %q is %s, want %s", w.result.Info.Version, got, value)
		}
		before = w.result
	}
	return nil
}

// witnessOrder checks what was read, and that time goes along with the order of versions.
func witnessOrder(writes, reads []deed) error {
	type placed struct {
		deed
		at float64 // a write's number, from 1; a read comes half a step after what it saw
	}
	var all []placed
	index := map[string]int{"": 0}
	for i, w := range writes {
		index[w.result.Info.Version] = i + 1
		all = append(all, placed{w, float64(i + 1)})
	}
	for _, r := range reads {
		i, ok := index[r.result.Info.Version]
		if !ok {
			return fmt.Errorf("version %q was read but never written", r.result.Info.Version)
		}
		if i > 0 && string(writes[i-1].result.Value) != string(r.result.Value) {
			return fmt.Errorf("version %q was read as %s", r.result.Info.Version, r.result.Value)
		}
		all = append(all, placed{r, float64(i) + 0.5})
	}
	byEnd := slices.Clone(all)
	slices.SortFunc(all, func(a, b placed) int { return cmp.Compare(a.begun, b.begun) })
	slices.SortFunc(byEnd, func(a, b placed) int { return cmp.Compare(a.end, b.end) })
	latest, ended := placed{}, 0 // of all that ended, the one furthest in the order
	for _, d := range all {
		for ; byEnd[ended].end < d.begun; ended++ {
			if byEnd[ended].at > latest.at {
				latest = byEnd[ended]
			}
		}
		if d.at < latest.at {
			return fmt.Errorf("client %d's %s at %d..%d comes before client %d's %s at %d..%d",
				d.client, d.req.Op, d.begun, d.end,
				latest.client, latest.req.Op, latest.begun, latest.end)
		}
	}
	return nil
}

// A check that never caught anything proves nothing.
func TestTheWitnessCatchesWhatIsWrong(t *testing.T) {
	deeds := history(t, emulator.RunT(t), 50)
	require.NoError(t, witness(deeds))
	find := func(op emulator.Op) *deed {
		i := slices.IndexFunc(deeds, func(d deed) bool {
			return d.req.Op == op && d.err == nil && d.result.Found
		})
		return &deeds[i]
	}
	for name, damage := range map[string]func(){
		"a lost write":     func() { lose(deeds, find(emulator.OpGet).result.Info.Version) },
		"a torn read":      func() { find(emulator.OpGet).result.Value = json.RawMessage(`-1`) },
		"a phantom":        func() { find(emulator.OpGet).result.Info.Version = "x" },
		"a wrong sum":      func() { find(emulator.OpIncrement).result.Value = json.RawMessage(`-1`) },
		"a stale last get": func() { stale(deeds) },
	} {
		whole := slices.Clone(deeds)
		damage()
		require.Error(t, witness(deeds), name)
		deeds = whole
	}
}

// lose takes a write out that somebody has read.
func lose(deeds []deed, version string) {
	for i := range deeds {
		if deeds[i].req.Op != emulator.OpGet && deeds[i].result.Info.Version == version {
			deeds[i].err = errors.New("never was")
		}
	}
}

// stale adds a read that began after everything and saw nothing.
func stale(deeds []deed) {
	d := &deeds[slices.IndexFunc(deeds, func(d deed) bool { return d.req.Op == emulator.OpGet })]
	d.begun, d.end, d.result, d.err = 1<<40, 1<<40+1, emulator.Result{}, nil
}

// Porcupine finds an order by search, without the versions: the independent audit.
func TestPorcupineFindsAnOrderForEveryHistory(t *testing.T) {
	histories(t, 60, func(t *testing.T, deeds []deed) {
		var operations []porcupine.Operation
		for _, d := range deeds {
			operations = append(operations, porcupine.Operation{
				ClientId: d.client, Input: d.req, Output: d, Call: d.begun, Return: d.end,
			})
		}
		require.True(t, porcupine.CheckOperations(register, operations))
		// And none where a read saw what was never there.
		i := slices.IndexFunc(deeds, func(d deed) bool { return d.req.Op == emulator.OpGet })
		wrong := deeds[i]
		wrong.result = emulator.Result{Found: true, Value: json.RawMessage(`-1`)}
		operations[i].Output = wrong
		require.False(t, porcupine.CheckOperations(register, operations))
	})
}

// register is a key as porcupine knows it: a version and a number.
var register = porcupine.Model{
	Partition: func(all []porcupine.Operation) [][]porcupine.Operation {
		parts := make([][]porcupine.Operation, historyKeys)
		for _, op := range all {
			key, _ := strconv.Atoi(op.Input.(emulator.Request).Key)
			parts[key] = append(parts[key], op)
		}
		return parts
	},
	Init: func() any { return registerState{} },
	Step: func(state, input, output any) (bool, any) {
		now, req, d := state.(registerState), input.(emulator.Request), output.(deed)
		if d.err != nil {
			return *req.IfVersion != now.version, now
		}
		got := registerState{d.result.Info.Version, string(d.result.Value)}
		switch req.Op {
		case emulator.OpGet:
			return got == now, now
		case emulator.OpIncrement:
			n, _ := strconv.ParseInt(now.value, 10, 64)
			return got.value == strconv.FormatInt(n+req.Delta, 10), got
		}
		holds := req.IfVersion == nil || *req.IfVersion == now.version
		return holds && got.value == string(req.Value), got
	},
}

type registerState struct{ version, value string }
