package sched

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var start = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func TestTimeJumpsToTheNextTimer(t *testing.T) {
	sim := New(start)
	var woke time.Time
	sim.Go(func() {
		require.NoError(t, sim.Sleep(context.Background(), 30*time.Minute))
		woke = sim.Now()
	})
	sim.Run()
	require.Equal(t, start.Add(30*time.Minute), woke)
	require.Zero(t, sim.Tasks())
}

func TestTimersOfOneInstantFireInTheOrderTheyWereSet(t *testing.T) {
	sim := New(start)
	var order []int
	for i := range 20 {
		sim.After(time.Second, func() { order = append(order, i) })
	}
	sim.At(start.Add(-time.Hour), func() { order = append(order, -1) })
	sim.Run()
	want := []int{-1}
	for i := range 20 {
		want = append(want, i)
	}
	require.Equal(t, want, order)
}

func TestStoppedTimerDoesNotFire(t *testing.T) {
	sim := New(start)
	timer := sim.After(time.Second, func() { t.Fatal("fired") })
	require.True(t, timer.Stop())
	require.False(t, timer.Stop())
	sim.Run()
	require.Equal(t, start, sim.Now())
}

func TestTimerCanBeStoppedAfterTheSimWasClosed(t *testing.T) {
	sim := New(start)
	timer := sim.After(time.Second, func() { t.Fatal("fired") })
	sim.Close()
	require.False(t, timer.Stop())
	sim.Run()
}

func TestTasksInterleaveByTimeAlone(t *testing.T) {
	run := func() (trace []string) {
		sim := New(start)
		for i := range 5 {
			sim.Go(func() {
				for turn := range 3 {
					_ = sim.Sleep(context.Background(), time.Duration(i+1)*time.Second)
					trace = append(trace, fmt.Sprint(i, turn, sim.Now().Sub(start)))
				}
			})
		}
		sim.Run()
		return trace
	}
	first := run()
	require.Len(t, first, 15)
	require.Equal(t, "0 0 1s", first[0])
	require.Equal(t, first, run())
}

func TestResumeReturnsWhenTheTaskParksAndAgainWhenItEnds(t *testing.T) {
	sim := New(start)
	steps := 0
	var inner *Task
	inner = sim.NewTask(func() {
		require.Equal(t, Running, inner.State())
		steps++
		sim.Park()
		steps++
	})
	outer := sim.NewTask(func() {
		require.True(t, inner.Resume())
		require.Equal(t, Parked, inner.State())
		require.False(t, inner.Resume())
	})
	require.False(t, outer.Resume())
	require.Equal(t, 2, steps)
	require.Equal(t, Ended, inner.State())
	require.PanicsWithValue(t, "sched: Resume of a task that is not parked",
		func() { inner.Resume() })
}

func TestKillUnwindsASleepingTaskAndItsTimer(t *testing.T) {
	sim := New(start)
	unwound := false
	task := sim.NewTask(func() {
		defer func() { unwound = true }()
		_ = sim.Sleep(context.Background(), time.Hour)
		t.Error("woke up")
	})
	task.Resume()
	task.Kill()
	task.Kill()
	require.True(t, unwound)
	require.False(t, sim.Step())
}

func TestCloseKillsTasksOldestFirst(t *testing.T) {
	sim := New(start)
	var order []int
	for i := range 3 {
		sim.NewTask(func() {
			defer func() { order = append(order, i) }()
			sim.Park()
		}).Resume()
	}
	require.Equal(t, 3, sim.Tasks())
	sim.Close()
	require.Equal(t, []int{0, 1, 2}, order)
	require.Zero(t, sim.Tasks())
}

func TestSleepWithADoneContextReturnsAtOnce(t *testing.T) {
	sim := New(start)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var err error
	sim.Go(func() { err = sim.Sleep(ctx, time.Hour) })
	sim.Run()
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, start, sim.Now())
}

func TestRunUntilStopsAtTheGivenTime(t *testing.T) {
	sim := New(start)
	fired := 0
	sim.After(time.Second, func() { fired++ })
	sim.After(3*time.Second, func() { fired++ })
	sim.RunUntil(start.Add(2 * time.Second))
	require.Equal(t, 1, fired)
	require.Equal(t, start.Add(2*time.Second), sim.Now())
}

func TestPanicInATaskComesOutOfResume(t *testing.T) {
	sim := New(start)
	task := sim.NewTask(func() { panic("bug") })
	require.PanicsWithValue(t, "bug", func() { task.Resume() })
	require.Nil(t, sim.Current())
	require.Equal(t, Ended, task.State())
}

func BenchmarkTimers(b *testing.B) {
	sim := New(start)
	for range 1000 {
		var tick func()
		tick = func() { sim.After(time.Millisecond, tick) }
		tick()
	}
	for b.Loop() {
		sim.Step()
	}
}

func BenchmarkResumePark(b *testing.B) {
	sim := New(start)
	task := sim.NewTask(func() {
		for {
			sim.Park()
		}
	})
	for b.Loop() {
		task.Resume()
	}
	task.Kill()
}

func TestKillIfEndsTheMatchingTasksAndNoOthers(t *testing.T) {
	sim := New(start)
	var ended []string
	for _, name := range []string{"a", "b", "a"} {
		task := sim.Go(func() {
			defer func() { ended = append(ended, name) }()
			_ = sim.Sleep(context.Background(), time.Minute)
		})
		task.Owner = name
	}
	sim.RunUntil(start.Add(time.Second))
	sim.KillIf(func(task *Task) bool { return task.Owner == "a" })
	require.Equal(t, []string{"a", "a"}, ended)
	require.Equal(t, 1, sim.Tasks())
	sim.Run()
	require.Equal(t, []string{"a", "a", "b"}, ended)
	require.Equal(t, start.Add(time.Minute), sim.Now())
}
