package scenarios

import (
	"context"
	"time"

	"savestone/emulator"
	"savestone/luabridge/sched"
	"savestone/scenarios/history"
	"savestone/scenarios/verdict"
)

// Timing is how long worlds took on the machine.
type Timing struct {
	Worlds  int
	Players time.Duration // played, the sum of all sessions
	Virtual time.Duration
	Ops     int           // requests in the histories
	Run     time.Duration // playing the worlds
	Judge   time.Duration // judging them: the oracle
	Witness time.Duration // of that, the witness check alone, which was run once more for it
}

// Time runs worlds of a scenario's first cell, one after the other, and takes the time.
func Time(ctx context.Context, f *File, clock emulator.Clock, o Options) (Timing, error) {
	c, err := f.compose(f.Cells[0])
	if err != nil {
		return Timing{}, err
	}
	var t Timing
	lap := clock.Now()
	split := func() time.Duration {
		now := clock.Now()
		took := now.Sub(lap)
		lap = now
		return took
	}
	for number := range max(1, o.Worlds) {
		seed := seedOf(c.hash, o.Seed, number)
		w, err := newWorld(ctx, c, number, seed, assignment{}, o.Limit)
		if err != nil {
			return t, err
		}
		if err := w.run(ctx); err != nil {
			w.close()
			return t, err
		}
		h := w.recorder.History()
		t.Run += split()
		judged := history.Judge(h, &w.play, history.Limits{})
		row := verdict.RowOf(judged, verdict.RowOptions{Metrics: verdict.Metrics(c.claims)})
		t.Judge += split()
		history.Witness(h)
		t.Witness += split()
		t.Worlds++
		t.Players += row.PlayerTime
		t.Virtual += w.since()
		t.Ops += len(h.Ops)
		w.close()
		split()
	}
	return t, nil
}

// TimeEvents runs the event loop without Luau: so many players, each of whom does something again
// and again after times drawn by chance of their own. It returns how long so many events took.
func TimeEvents(clock emulator.Clock, players, events int) time.Duration {
	sim := sched.New(clock.Now())
	w := world{sim: sim}
	rate := Rate{Every: 5 * time.Second}
	for user := range players {
		random := w.stream("bench", user)
		var timer *sched.Timer
		timer = sim.After(0, func() {
			gap, _ := gapOf(random, rate)
			timer.Again(sim.Now().Add(gap))
		})
	}
	began := clock.Now()
	for range events {
		sim.Step()
	}
	return clock.Now().Sub(began)
}
