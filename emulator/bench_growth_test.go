package emulator_test

import (
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"savestone/emulator"
)

// How costs grow with the data. Each pair of Emulators, a small and a large one, does the same in
// turn. Active is for a thousand keys in use, as when players of a large game are online; Uniform
// is for all keys, at random. Values are 1 KB, so that a million keys take 1.4 GB.

func BenchmarkGrowthOfKeys(b *testing.B) {
	small, large := grown(b, benchKeys, 0), grown(b, 1_000_000, 0)
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	b.Logf("Go's heap with both open: %d MB", memory.HeapInuse>>20)
	compareGrown(b, small, large)
}

func BenchmarkGrowthOfVersions(b *testing.B) {
	compareGrown(b, grown(b, benchKeys, 0), grown(b, benchKeys, 100))
}

// growing is an Emulator with so many keys.
type growing struct {
	emu   *emulator.Emulator
	clock *handClock
	keys  int
}

// grown fills an Emulator in memory, each key with so many kept versions.
func grown(b *testing.B, keys, versions int) growing {
	emu, clock := newEmulator(b)
	_, value := benchData()
	records := func(yield func(emulator.Record, error) bool) {
		for i := range keys {
			r := emulator.Record{Store: coins, Key: growthKey(i)}
			for v := range versions + 1 {
				at := start.Add(-time.Duration(v) * time.Hour)
				version := emulator.Version{
					ID:    emulator.NewVersion(start.Add(-1000*time.Hour), int64(versions+1-v), at),
					Value: value,
				}
				if v > 0 {
					version.Expires = at.Add(emulator.VersionLifetime)
				}
				r.Versions = append(r.Versions, version)
			}
			if !yield(r, nil) {
				return
			}
		}
	}
	require.NoError(b, emu.Import(b.Context(), iter.Seq2[emulator.Record, error](records)))
	return growing{emu, clock, keys}
}

func growthKey(i int) string { return fmt.Sprintf("player_%07d", i) }

func compareGrown(b *testing.B, small, large growing) {
	for _, c := range []struct {
		name string
		run  func(g growing, active int) step
	}{{"put", growthPut}, {"get", growthGet}, {"list", growthList}} {
		b.Run(c.name+"/active", func(b *testing.B) {
			compareSteps(b, "x-small", c.run(large, benchKeys), c.run(small, benchKeys))
		})
		if large.keys > small.keys {
			b.Run(c.name+"/uniform", func(b *testing.B) {
				compareSteps(b, "x-small", c.run(large, large.keys), c.run(small, small.keys))
			})
		}
	}
}

// places draws which of all keys are active, and then in which order they are used.
func (g growing) places(active int) []int {
	random := rand.New(rand.NewPCG(1, uint64(g.keys)))
	return random.Perm(g.keys)[:active]
}

func growthPut(g growing, active int) step {
	places := g.places(active)
	_, value := benchData()
	return func(i int) error {
		g.clock.now = g.clock.now.Add(time.Millisecond)
		_, err := g.emu.Do(context.Background(), emulator.Request{
			Op: emulator.OpPut, Store: coins, Key: growthKey(places[i%active]), Value: value,
		})
		return err
	}
}

func growthGet(g growing, active int) step {
	places := g.places(active)
	return func(i int) error {
		g.clock.now = g.clock.now.Add(time.Millisecond)
		_, err := g.emu.Do(context.Background(), emulator.Request{
			Op: emulator.OpGet, Store: coins, Key: growthKey(places[i%active]),
		})
		return err
	}
}

// growthList reads the page after a key, by way of a prefix as there is no way to jump.
func growthList(g growing, active int) step {
	places := g.places(active)
	return func(i int) error {
		prefix := growthKey(places[i%active])
		_, err := g.emu.Do(context.Background(), emulator.Request{
			Op: emulator.OpListKeys, Store: coins,
			Page: emulator.Page{Prefix: prefix[:len(prefix)-2]},
		})
		return err
	}
}
