package emulator

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var travelStart = time.Date(2026, 3, 14, 9, 0, 0, 0, time.UTC)

// pacedClock is the real time of a test: it goes on when the test says so, and only then wakes who
// sleeps on it.
type pacedClock struct {
	mu       sync.Mutex
	now      time.Time
	sleepers map[chan struct{}]time.Time
}

func (c *pacedClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *pacedClock) Sleep(ctx context.Context, d time.Duration) error {
	woken := make(chan struct{})
	c.mu.Lock()
	c.sleepers[woken] = c.now.Add(d)
	c.mu.Unlock()
	select {
	case <-woken:
		return nil
	case <-ctx.Done():
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.sleepers, woken)
		return ctx.Err()
	}
}

func (c *pacedClock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	for woken, until := range c.sleepers {
		if !until.After(c.now) {
			close(woken)
			delete(c.sleepers, woken)
		}
	}
}

// asleep is how many sleep on it.
func (c *pacedClock) asleep() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.sleepers)
}

func newTravelClock() (*TravelClock, *pacedClock) {
	by := &pacedClock{now: travelStart, sleepers: map[chan struct{}]time.Time{}}
	return NewTravelClock(by), by
}

// until waits for what other goroutines do at once.
func until(t *testing.T, what func() bool) {
	t.Helper()
	require.Eventually(t, what, 10*time.Second, time.Millisecond)
}

// sleep begins to sleep and returns what the sleep comes to.
func sleep(t *testing.T, c *TravelClock, d time.Duration) <-chan error {
	t.Helper()
	before := c.State().Asleep
	done := make(chan error, 1)
	go func() { done <- c.Sleep(t.Context(), d) }()
	until(t, func() bool { return c.State().Asleep == before+1 })
	return done
}

func requireAsleep(t *testing.T, done <-chan error) {
	t.Helper()
	select {
	case <-done:
		require.Fail(t, "woke too early")
	default:
	}
}

func TestATravelClockShowsRealTimeUntilItIsTold(t *testing.T) {
	c, by := newTravelClock()
	by.pass(time.Minute)
	require.Equal(t, ClockState{Now: travelStart.Add(time.Minute), Real: true, Rate: 1}, c.State())
	c.Freeze()
	by.pass(time.Hour)
	require.Equal(t, travelStart.Add(time.Minute), c.Now())
	require.Equal(t, -time.Hour, c.State().Ahead)
	c.Resume()
	by.pass(time.Second)
	require.Equal(t, travelStart.Add(61*time.Second), c.Now())
	require.NoError(t, c.Run(3600))
	by.pass(time.Second)
	require.Equal(t, travelStart.Add(time.Hour+61*time.Second), c.Now())
	require.NoError(t, c.Advance(30*24*time.Hour))
	require.Equal(t, travelStart.Add(30*24*time.Hour+time.Hour+61*time.Second), c.Now())
	require.NoError(t, c.Set(TravelFirst))
	require.Equal(t, TravelFirst, c.Now())
	c.Real()
	require.Equal(t, ClockState{Now: by.Now(), Real: true, Rate: 1}, c.State())
}

func TestAnAdvanceWakesThoseItPasses(t *testing.T) {
	c, by := newTravelClock()
	short, long := sleep(t, c, time.Minute), sleep(t, c, time.Hour)
	require.Equal(t, time.Minute, c.State().Next)
	require.NoError(t, c.Advance(time.Minute-1))
	until(t, func() bool { return by.asleep() == 2 })
	requireAsleep(t, short)
	require.Equal(t, time.Duration(1), c.State().Next)
	by.pass(1)
	require.NoError(t, <-short)
	requireAsleep(t, long)
	c.Freeze()
	by.pass(2 * time.Hour)
	requireAsleep(t, long)
	require.NoError(t, c.Set(c.Now().Add(59*time.Minute)))
	require.NoError(t, <-long)
	require.Zero(t, c.State().Asleep)
}

func TestARateShortensTheWait(t *testing.T) {
	c, by := newTravelClock()
	done := sleep(t, c, time.Hour)
	require.NoError(t, c.Run(60))
	until(t, func() bool { return by.asleep() == 1 })
	by.pass(time.Minute - 1)
	requireAsleep(t, done)
	by.pass(1)
	require.NoError(t, <-done)
}

func TestAJumpBackKeepsNobodyWaitingLonger(t *testing.T) {
	c, by := newTravelClock()
	done := sleep(t, c, time.Hour)
	require.NoError(t, c.Advance(10*time.Minute))
	require.NoError(t, c.Set(travelStart.Add(-24*time.Hour)))
	require.Equal(t, 50*time.Minute, c.State().Next)
	until(t, func() bool { return by.asleep() == 1 })
	by.pass(50 * time.Minute)
	require.NoError(t, <-done)
}

func TestASleepEndsWithItsContext(t *testing.T) {
	c, _ := newTravelClock()
	c.Freeze()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- c.Sleep(ctx, time.Hour) }()
	until(t, func() bool { return c.State().Asleep == 1 })
	cancel()
	require.ErrorIs(t, <-done, context.Canceled)
	require.Zero(t, c.State().Asleep)
	require.ErrorIs(t, c.Sleep(ctx, 0), context.Canceled)
	require.NoError(t, c.Sleep(t.Context(), 0))
}

func TestATravelClockGoesNowhereElse(t *testing.T) {
	c, by := newTravelClock()
	for _, err := range []error{
		c.Set(TravelFirst.Add(-1)), c.Set(TravelLast.Add(1)), c.Advance(-1),
		c.Advance(TravelLast.Sub(travelStart) + 1), c.Run(0), c.Run(-1), c.Run(TravelRateMax + 1),
	} {
		require.ErrorContains(t, err, "got ")
	}
	require.Equal(t, travelStart, c.Now())
	require.NoError(t, c.Run(TravelRateMax))
	by.pass(24 * time.Hour)
	require.Equal(t, TravelLast, c.Now(), "it waits at the end")
}

// What moves the clock and what waits on it meet in any order.
func TestATravelClockIsSafeForConcurrentUse(t *testing.T) {
	c := NewTravelClock(nil)
	var work sync.WaitGroup
	for i := range 8 {
		work.Go(func() {
			for range 50 {
				if err := c.Sleep(t.Context(), time.Duration(i)*time.Hour); err != nil {
					panic(err)
				}
			}
		})
	}
	stop := make(chan struct{})
	go func() {
		work.Wait()
		close(stop)
	}()
	for {
		select {
		case <-stop:
			return
		default:
			c.Freeze()
			require.NoError(t, c.Advance(time.Hour))
			require.NoError(t, c.Set(travelStart))
			require.NoError(t, c.Run(3600))
			c.Real()
		}
	}
}
