package memorystore_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"savestone/emulator"
	"savestone/emulator/memorystore"
)

// Goroutines of a real server share a universe: no update and no queue item may be lost or doubled.
func TestGoroutinesShareAUniverse(t *testing.T) {
	const workers, rounds = 8, 50
	universe := memorystore.New(emulator.Wall{}, memorystore.Options{Limits: &memorystore.Limits{}})
	scope := universe.Scope(memorystore.Live)
	m, q := scope.HashMap("m"), scope.Queue("q")
	count := func(current memorystore.Item, found bool) (memorystore.Change, error) {
		n := 0
		if found {
			if _, err := fmt.Sscan(string(current.Value), &n); err != nil {
				return memorystore.Change{}, err
			}
		}
		return memorystore.Change{Value: text(fmt.Sprint(n + 1))}, nil
	}
	saved, taken := make([]int, workers), make([][]string, workers)
	var all sync.WaitGroup
	for worker := range workers {
		all.Go(func() {
			for range rounds {
				if _, ok, err := m.Update(t.Context(), "k", time.Hour, count); ok && err == nil {
					saved[worker]++
				}
				if _, err := q.Add(t.Context(), text("1"), time.Hour, 0); err != nil {
					t.Error(err)
				}
				got, err := q.Read(t.Context(), memorystore.Read{Count: 2, Invisible: time.Hour})
				if err != nil {
					t.Error(err)
				}
				for _, item := range got.Items {
					taken[worker] = append(taken[worker], item.ID)
				}
				universe.SetUsers(worker)
			}
		})
	}
	all.Wait()
	total, seen := 0, map[string]bool{}
	for worker := range workers {
		total += saved[worker]
		for _, id := range taken[worker] {
			require.False(t, seen[id], "read twice")
			seen[id] = true
		}
	}
	item, _, err := m.Get(t.Context(), "k")
	require.NoError(t, err)
	require.Equal(t, fmt.Sprint(total), string(item.Value))
	left, err := q.Size(t.Context(), true)
	require.NoError(t, err)
	require.Equal(t, workers*rounds, len(seen)+left)
}
