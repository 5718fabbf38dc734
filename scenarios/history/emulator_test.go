package history_test

import (
	"context"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"savestone/emulator"
	"savestone/faults"
	"savestone/scenarios/history"
)

// Eight clients at once send the real emulator thousands of requests. Some lose the reply after the
// write was applied, some the request. Both judges find the emulator true.
func TestEmulatorIsLinearizableUnderEightClients(t *testing.T) {
	const clients, steps, seed = 8, 250, 20261123
	places := map[string]string{"in memory": emulator.InMemory, "in a file": t.TempDir() + "/data.db"}
	for name, path := range places {
		t.Run(name, func(t *testing.T) {
			clock := &tickingClock{now: start}
			emu, err := emulator.Open(t.Context(), path,
				emulator.Options{Clock: clock, Profile: unlimited(t)})
			require.NoError(t, err)
			defer emu.Close()
			recorder := history.NewRecorder(clock)
			injector, err := faults.New(recorder.Truth(jostle{emu}), clock, seed, faults.Plan{
				{Kind: faults.LostReply, Chance: 0.03},
				{Kind: faults.LostRequest, Chance: 0.03, Server: "server-?"},
			})
			require.NoError(t, err)
			svc := recorder.Clients(injector)
			t.Logf("seed %d", seed)
			together(t, svc, clients, steps, seed)
			last := newClient(recorder.Clients(recorder.Truth(emu)), clients+1, seed)
			require.NoError(t, last.readAll(t.Context()))
			requireLinearizable(t, recorder.History())
		})
	}
}

// jostle lets others go first on the way to the next Service and back.
type jostle struct{ next emulator.Service }

func (j jostle) Do(ctx context.Context, req emulator.Request) (emulator.Result, error) {
	runtime.Gosched()
	defer runtime.Gosched()
	return j.next.Do(ctx, req)
}

// together lets clients run at the same time.
func together(t *testing.T, svc emulator.Service, clients, steps int, seed uint64) {
	var group sync.WaitGroup
	errs := make(chan error, clients*steps)
	for number := range clients {
		group.Go(func() {
			c := newClient(svc, number+1, seed)
			c.keys = 12
			for range steps {
				errs <- c.step(t.Context())
			}
		})
	}
	group.Wait()
	close(errs)
	for err := range errs {
		require.NoError(t, err)
	}
}

func requireLinearizable(t *testing.T, h *history.History) {
	t.Helper()
	lost, overlapping := 0, 0
	for i, op := range h.Ops {
		if op.Outcome == history.Info {
			lost++
		}
		if i > 0 && h.Ops[i-1].Return.Seq > op.Call.Seq {
			overlapping++
		}
	}
	require.Greater(t, lost, 10, "too few lost replies to mean anything")
	require.Greater(t, overlapping, 100, "too little at the same time to mean anything")
	require.Greater(t, history.Judged(h), 2000)
	require.Empty(t, history.Witness(h))
	report := history.Audit(h, 5*time.Second)
	require.Empty(t, report.Violations)
	require.Empty(t, report.Unknown)
	require.True(t, report.Passed())
	t.Logf("%d requests to %d keys, %d at the same time as the one before, %d of unknown outcome",
		report.Ops, report.Keys, overlapping, lost)
}
