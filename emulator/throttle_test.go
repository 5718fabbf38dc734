package emulator_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"savestone/emulator"
)

const keyThrottled = "502: API Services rejected request with error. " +
	"Error code: 0 Reason: The request rate exceeds the allowed maximum for the key."

// limited returns an Emulator with a profile's limits and so many users.
func limited(t testing.TB, profile string, ccu int) (*emulator.Emulator, *handClock) {
	t.Helper()
	p, err := emulator.ProfileNamed(profile)
	require.NoError(t, err)
	clock := &handClock{now: start}
	return emulator.RunT(t, emulator.Options{
		Clock: clock, Profile: p, CCU: func() int { return ccu },
	}), clock
}

// allowed counts how often a request is done before it is throttled, and returns what it is told
// then.
func allowed(t testing.TB, emu *emulator.Emulator, req func(i int) emulator.Request) (int, error) {
	t.Helper()
	for i := range 20_000 {
		if _, err := emu.Do(t.Context(), req(i)); err != nil {
			return i, err
		}
	}
	return 20_000, nil
}

// R178 to R181, and section 0.2 for what they were before.
func TestTheExperienceMayAskOnlySoOftenAMinute(t *testing.T) {
	key := func(i int) string { return fmt.Sprintf("k%d", i) }
	for _, c := range []struct {
		name         string
		req          func(i int) emulator.Request
		limit, early int // for 10 users, and at the launch
	}{
		{"StandardRead", func(i int) emulator.Request {
			return emulator.Request{Op: emulator.OpGet, Store: coins, Key: key(i)}
		}, 700, 650},
		{"StandardRead", func(i int) emulator.Request {
			return emulator.Request{
				Op: emulator.OpGetVersionAt, Store: coins, Key: key(i), TimeMS: 1,
			}
		}, 700, 650},
		{"StandardWrite", func(i int) emulator.Request {
			return emulator.Request{
				Op: emulator.OpPut, Store: coins, Key: key(i), Value: json.RawMessage(`1`),
			}
		}, 500, 450},
		{"StandardWrite", func(i int) emulator.Request {
			return emulator.Request{Op: emulator.OpIncrement, Store: coins, Key: key(i)}
		}, 500, 450},
		{"StandardList", func(int) emulator.Request {
			return emulator.Request{Op: emulator.OpListKeys, Store: coins}
		}, 320, 30},
		{"StandardList", func(int) emulator.Request {
			return emulator.Request{Op: emulator.OpListStores}
		}, 320, 30},
		{"StandardRemove", func(i int) emulator.Request {
			return emulator.Request{Op: emulator.OpRemove, Store: coins, Key: key(i)}
		}, 700, 500},
		{"OrderedRead", func(i int) emulator.Request {
			return emulator.Request{Op: emulator.OpGet, Store: ranks, Key: key(i)}
		}, 700, 650},
		{"OrderedRead", func(i int) emulator.Request {
			return emulator.Request{
				Op: emulator.OpGetMany, Store: ranks, Keys: []string{"a", "b", "c", "d", "e"},
			}
		}, 140, 130},
		{"OrderedWrite", func(i int) emulator.Request {
			return emulator.Request{Op: emulator.OpIncrement, Store: ranks, Key: key(i)}
		}, 500, 450},
		{"OrderedList", func(int) emulator.Request {
			return emulator.Request{Op: emulator.OpListSorted, Store: ranks}
		}, 320, 120},
		{"OrderedRemove", func(i int) emulator.Request {
			return emulator.Request{Op: emulator.OpRemove, Store: ranks, Key: key(i)}
		}, 700, 500},
	} {
		for profile, want := range map[string]int{"2026": c.limit, "2026-launch": c.early} {
			emu, clock := limited(t, profile, 10)
			count, err := allowed(t, emu, c.req)
			require.Equal(t, want, count, c.name)
			require.EqualError(t, err, c.name+"ExperienceThrottled: `"+c.name+
				"` request was throttled by experience limits.")
			clock.now = clock.now.Add(time.Minute - 1)
			count, _ = allowed(t, emu, c.req)
			require.Zero(t, count, "the minute is not over")
			clock.now = clock.now.Add(1)
			count, _ = allowed(t, emu, c.req)
			require.Equal(t, want, count)
		}
	}
}

// Section 0.2: until April 2026 only game servers had budgets.
func TestTheExperienceHadNoLimitBefore2026(t *testing.T) {
	emu, _ := limited(t, "2025", 0)
	count, err := allowed(t, emu, func(i int) emulator.Request {
		return emulator.Request{Op: emulator.OpGet, Store: coins, Key: fmt.Sprint(i)}
	})
	require.NoError(t, err)
	require.Equal(t, 20_000, count)
}

// R182, R183: each minute 4 MB in, 25 MB out, of whole KBs.
func TestAKeyMayMoveOnlySoMuchAMinute(t *testing.T) {
	value := func(size int) json.RawMessage {
		return json.RawMessage(`"` + strings.Repeat("x", size-2) + `"`)
	}
	put := func(size int) func(int) emulator.Request {
		return func(int) emulator.Request {
			return emulator.Request{
				Op: emulator.OpPut, Store: coins, Key: "k", Value: value(size),
			}
		}
	}
	read := func(int) emulator.Request {
		return emulator.Request{Op: emulator.OpGet, Store: coins, Key: "k"}
	}
	for _, c := range []struct{ size, writes, reads int }{
		{3, 4096, 25_600},
		{1024, 4096, 25_600},
		{1025, 2048, 12_800},
		{1 << 20, 4, 25},
		{4 << 20, 1, 6},
	} {
		emu, clock := newEmulator(t)
		count, err := allowed(t, emu, put(c.size))
		require.Equal(t, c.writes, count, c.size)
		require.EqualError(t, err, keyThrottled)
		_, err = emu.Do(t.Context(), emulator.Request{
			Op: emulator.OpRemove, Store: coins, Key: "k",
		})
		require.EqualError(t, err, keyThrottled)
		_, err = emu.Do(t.Context(), emulator.Request{
			Op: emulator.OpIncrement, Store: coins, Key: "other",
		})
		require.NoError(t, err)
		count, err = allowed(t, emu, read)
		require.Equal(t, min(c.reads, 20_000), count, c.size)
		if c.reads < 20_000 {
			require.EqualError(t, err, keyThrottled)
			clock.now = clock.now.Add(time.Minute)
			count, _ = allowed(t, emu, read)
			require.Equal(t, c.reads, count)
		}
	}
}

// The window rolls: what was moved 60 seconds ago makes room, bit by bit.
func TestThroughputRolls(t *testing.T) {
	emu, clock := newEmulator(t)
	write := func(mib int) error {
		text := `"` + strings.Repeat("x", mib<<20-2) + `"`
		_, err := emu.Do(t.Context(), emulator.Request{
			Op: emulator.OpPut, Store: coins, Key: "k", Value: json.RawMessage(text),
		})
		return err
	}
	at := func(second int) { clock.now = start.Add(time.Duration(second) * time.Second) }
	require.NoError(t, write(2))
	at(30)
	require.NoError(t, write(1))
	require.EqualError(t, write(2), keyThrottled)
	require.NoError(t, write(1), "a refused request costs nothing")
	at(60)
	require.NoError(t, write(2))
	require.EqualError(t, write(1), keyThrottled)
	at(90)
	require.EqualError(t, write(3), keyThrottled)
	require.NoError(t, write(2))
	at(1000)
	require.NoError(t, write(4))
}

// Updates that lose the race are charged like others (R85).
func TestConflictsCostThroughput(t *testing.T) {
	emu, _ := newEmulator(t)
	never := "never"
	count, err := 0, error(nil)
	for ; ; count++ {
		_, err = emu.Do(t.Context(), emulator.Request{
			Op: emulator.OpPut, Store: coins, Key: "k",
			Value: json.RawMessage(`1`), IfVersion: &never,
		})
		if err.Error() != emulator.ErrVersionConflict.Error() {
			break
		}
	}
	require.Equal(t, 4096, count)
	require.EqualError(t, err, keyThrottled)
}

func TestUnlimitedProfileAndBackDoorAreNeverThrottled(t *testing.T) {
	emu, _ := limited(t, "unlimited", 0)
	count, err := allowed(t, emu, func(int) emulator.Request {
		return emulator.Request{
			Op: emulator.OpPut, Store: coins, Key: "k", Value: json.RawMessage(`1`),
		}
	})
	require.NoError(t, err)
	require.Equal(t, 20_000, count)

	emu, _ = limited(t, "2026", 0)
	for range 5000 {
		_, err := emu.Seed(coins, "k", json.RawMessage(`1`))
		require.NoError(t, err)
	}
	_, err = emu.Do(t.Context(), emulator.Request{
		Op: emulator.OpRemove, Store: coins, Key: "k",
	})
	require.NoError(t, err, "nothing was charged")
}

func TestProfilesAreFoundByName(t *testing.T) {
	names := emulator.ProfileNames()
	require.Equal(t, []string{
		"2026", "2026-launch", "2025", "pre-2024-07", "pre-2023-06", "strict", "unlimited",
	}, names)
	for _, name := range names {
		p, err := emulator.ProfileNamed(name)
		require.NoError(t, err)
		require.Equal(t, name, p.Name)
	}
	require.Equal(t, "2026", emulator.DefaultProfile().Name)
	_, err := emulator.ProfileNamed("2027")
	require.EqualError(t, err, `got profile "2027", want one of 2026, 2026-launch, 2025, `+
		`pre-2024-07, pre-2023-06, strict, unlimited`)
}

// Sections 20.1, 20.2 and R23, sampled where the numbers differ.
func TestServerBucketsAreThoseOfTheTables(t *testing.T) {
	bucket := func(base, perPlayer, burst, factor int) emulator.Bucket {
		rate := emulator.Rate{Base: base, PerPlayer: perPlayer}
		return emulator.Bucket{Rate: rate, Burst: burst, CapFactor: factor}
	}
	modern, err := emulator.ProfileNamed("2026")
	require.NoError(t, err)
	old, err := emulator.ProfileNamed("2025")
	require.NoError(t, err)
	for _, c := range []struct {
		profile *emulator.Profile
		typ     emulator.RequestType
		want    emulator.Bucket
	}{
		{modern, emulator.StandardRead, bucket(60, 40, 100, 3)},
		{modern, emulator.OrderedWrite, bucket(30, 5, 50, 3)},
		{modern, emulator.StandardList, bucket(5, 2, 10, 3)},
		{modern, emulator.OnUpdate, bucket(30, 5, 30, 1)},
		{modern, emulator.GetAsync, emulator.Bucket{}},
		{old, emulator.GetAsync, bucket(60, 10, 100, 3)},
		{old, emulator.StandardRead, emulator.Bucket{}},
	} {
		require.Equal(t, c.want, c.profile.Server[c.typ], c.typ)
	}
	require.Equal(t, 460, modern.Server[emulator.StandardRead].PerMinute(10))
	limit, ok := emulator.GetVersionAsync.RateLimitMax()
	require.True(t, ok)
	require.Equal(t, emulator.Rate{Base: 5, PerPlayer: 2}, limit)
	_, ok = emulator.OnUpdate.RateLimitMax()
	require.False(t, ok)
	require.EqualValues(t, 16, emulator.OrderedRemove, "Roblox's numbers")
}
