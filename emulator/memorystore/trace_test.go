package memorystore

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// stillClock is a clock that only the test moves.
type stillClock struct{ now time.Time }

func (c *stillClock) Now() time.Time { return c.now }

func (c *stillClock) Sleep(ctx context.Context, _ time.Duration) error { return ctx.Err() }

// A server that runs for months must not keep anything of what has gone.
func TestWhatIsGoneLeavesNoTrace(t *testing.T) {
	clock := &stillClock{now: time.Unix(0, 0)}
	s := New(clock, Options{Limits: &Limits{}}).Scope(Live)
	w := Write{Value: json.RawMessage("1"), Expiration: time.Minute}
	for i := range 10 {
		name := fmt.Sprint(i)
		_, _, err := s.HashMap(name).Set(t.Context(), "k", w)
		require.NoError(t, err)
		_, _, err = s.SortedMap(name).Set(t.Context(), "k", w)
		require.NoError(t, err)
		_, err = s.Queue(name).Add(t.Context(), w.Value, time.Minute, 0)
		require.NoError(t, err)
	}
	removed, err := s.SortedMap("0").Remove(t.Context(), "k")
	require.NoError(t, err)
	require.True(t, removed)
	got, err := s.Queue("0").Read(t.Context(), Read{Count: 1, Invisible: time.Second})
	require.NoError(t, err)
	require.NoError(t, s.Queue("0").Remove(t.Context(), got.ID))
	_, err = s.Queue("1").Read(t.Context(), Read{Count: 1, Invisible: time.Second})
	require.NoError(t, err)
	require.Len(t, s.structures, 28)
	require.Len(t, s.structures[structureID{queue, "1"}].readings, 1)
	clock.now = clock.now.Add(time.Second)
	_, err = s.Queue("1").Size(t.Context(), true)
	require.NoError(t, err)
	require.Empty(t, s.structures[structureID{queue, "1"}].readings)
	_, err = s.Queue("2").Read(t.Context(), Read{Count: 1, Invisible: time.Hour})
	require.NoError(t, err)
	clock.now = clock.now.Add(time.Minute)
	_, _, err = s.HashMap("nobody").Get(t.Context(), "k")
	require.NoError(t, err)
	require.Empty(t, s.structures)
	require.Zero(t, s.expiring.size)
	require.Zero(t, s.bytes)
	require.Len(t, s.meter.structures, 1, "the minute's own")
}
