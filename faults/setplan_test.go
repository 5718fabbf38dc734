package faults

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"savestone/emulator"
)

// changing is an injector whose plan a test changes.
func changing(t *testing.T) (in *Injector, clock *virtualClock, fails func() bool) {
	clock = &virtualClock{now: epoch}
	in, err := New(&storage{clock: clock, values: map[string]string{}}, clock, 1, nil)
	require.NoError(t, err)
	return in, clock, func() bool {
		_, err := in.Do(t.Context(), emulator.Request{Op: emulator.OpGet, Key: "k"})
		return err != nil
	}
}

func TestANewPlanHoldsFromTheNextRequestOn(t *testing.T) {
	in, _, fails := changing(t)
	require.False(t, fails())
	require.NoError(t, in.SetPlan(Plan{{Kind: LostRequest, Chance: 1}}))
	require.True(t, fails())
	require.ErrorContains(t, in.SetPlan(Plan{{Kind: "odd"}}), `got the kind "odd"`)
	require.True(t, fails(), "a plan that cannot be changes nothing")
	require.NoError(t, in.SetPlan(nil))
	require.False(t, fails())
}

func TestARuleKeepsItsCountFromPlanToPlanUntilItIsForgotten(t *testing.T) {
	in, _, fails := changing(t)
	once := Plan{{ID: "once", Kind: LostRequest, Chance: 1, Limit: 1}}
	require.NoError(t, in.SetPlan(once))
	require.True(t, fails())
	require.NoError(t, in.SetPlan(nil))
	require.NoError(t, in.SetPlan(once))
	require.False(t, fails())
	in.Forget("once")
	require.True(t, fails())
}

// A clock that was set back before the injector's start must not switch rules off.
func TestARuleWithoutAWindowHoldsAtAnyTime(t *testing.T) {
	in, clock, fails := changing(t)
	require.NoError(t, in.SetPlan(Plan{{Kind: LostRequest, Chance: 1}}))
	clock.now = epoch.Add(-time.Hour)
	require.Equal(t, -time.Hour, in.Elapsed())
	require.True(t, fails())
}

func TestWhoSendsARequestCanObserveItsFaults(t *testing.T) {
	in, _, fails := changing(t)
	require.NoError(t, in.SetPlan(Plan{{ID: "mine", Kind: LostRequest, Chance: 1}}))
	var seen []string
	ctx := Observe(t.Context(), func(e Event) { seen = append(seen, e.Rule) })
	_, err := in.Do(ctx, emulator.Request{Op: emulator.OpGet, Key: "k"})
	require.Error(t, err)
	require.True(t, fails(), "nobody observes this one")
	require.Equal(t, []string{"mine"}, seen)
}
