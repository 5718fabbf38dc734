package emulator

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// R178, R182
func TestStandingTellsWhatWasUsedOfSharedLimits(t *testing.T) {
	clock, _ := newTravelClock()
	emu := RunT(t, Options{Clock: clock, CCU: func() int { return 0 }})
	store := StoreID{Name: "Coins", Scope: "global"}
	for _, key := range []string{"a", "a", "b"} {
		_, err := emu.Do(t.Context(), Request{Op: OpPut, Store: store, Key: key, Value: []byte(`1`)})
		require.NoError(t, err)
	}
	_, err := emu.Do(t.Context(), Request{Op: OpGet, Store: store, Key: "a"})
	require.NoError(t, err)
	standing := emu.Standing(1)
	require.Contains(t, standing.Budgets, BudgetStanding{StandardWrite, 3, 300})
	require.Contains(t, standing.Budgets, BudgetStanding{OrderedWrite, 0, 300})
	require.Equal(t, []KeyStanding{{store, "a", 1024, 2048}}, standing.Keys)
	require.Len(t, emu.Standing(10).Keys, 2)

	require.NoError(t, clock.Advance(time.Minute))
	standing = emu.Standing(10)
	require.Contains(t, standing.Budgets, BudgetStanding{StandardWrite, 0, 300})
	require.Empty(t, standing.Keys)
}
