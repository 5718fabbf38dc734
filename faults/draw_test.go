package faults

import (
	"fmt"
	"math"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"savestone/emulator"
)

// The vectors are those that the authors of Philox publish with Random123 (kat_vectors).
func TestPhiloxYieldsThePublishedVectors(t *testing.T) {
	const ones = 0xffffffff
	for _, vector := range []struct {
		key           uint64
		counter, want [4]uint32
	}{
		{0, [4]uint32{}, [4]uint32{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
		{
			math.MaxUint64, [4]uint32{ones, ones, ones, ones},
			[4]uint32{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd},
		},
		{
			0x299f31d0a4093822, [4]uint32{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
			[4]uint32{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1},
		},
	} {
		require.Equal(t, vector.want, philox(vector.key, vector.counter))
	}
}

// The first two are the published FNV-1a hashes of "" and "a".
func TestDigestIsFNV1a(t *testing.T) {
	require.Equal(t, digest(0xcbf29ce484222325), digestEmpty)
	require.Equal(t, digest(0xaf63dc4c8601ec8c), digestEmpty.byte('a'))
	require.NotEqual(t, digestEmpty.text("ab").text("c"), digestEmpty.text("a").text("bc"))
}

func TestIdentityTellsEachFieldApart(t *testing.T) {
	base := emulator.Request{
		Op: emulator.OpPut, Server: "s", Key: "k",
		Store: emulator.StoreID{Name: "n", Scope: "c"},
	}
	others := []emulator.Request{base, base, base, base, base, base}
	others[0].Op = emulator.OpGet
	others[1].Server = "t"
	others[2].Key = "l"
	others[3].Store.Name = "m"
	others[4].Store.Scope = "d"
	others[5].Store.Kind = emulator.Ordered
	for _, other := range others {
		require.NotEqual(t, identityOf(base), identityOf(other))
	}
	base.Value = []byte(`1`)
	require.Equal(t, identityOf(others[0]), identityOf(func() emulator.Request {
		base.Op = emulator.OpGet
		return base
	}()), "what is written is no part of who asks for what")
}

// The file holds draws of many identities. It was written once; a machine or a version that makes
// other ones does not replay seeds.
func TestDrawsAreTheSameOnAnyMachine(t *testing.T) {
	var b strings.Builder
	delay := WriteLatency()
	for _, seed := range []uint64{0, 1, 42, math.MaxUint64} {
		for _, rule := range []string{"lostReply#1", "weather"} {
			key := ruleKey(seed, rule)
			for i := range uint64(8) {
				req := emulator.Request{
					Op: emulator.OpPut, Server: "server-1", Key: fmt.Sprintf("player_%d", i%3),
					Store: emulator.StoreID{Name: "PlayerData", Scope: "global"},
				}
				dice := draw(key, identityOf(req), i, uint8(i&1))
				fmt.Fprintf(&b, "%d %s %s #%d.%d: %016x %08x %08x 5%%:%v %v\n",
					seed, rule, req.Key, i, i&1, dice.fire, dice.size, dice.part,
					thresholdOf(0.05).reached(dice.fire), delay.At(dice.size))
			}
		}
	}
	const golden = "testdata/draws.txt"
	if os.Getenv("UPDATE_GOLDEN") == "1" {
		require.NoError(t, os.WriteFile(golden, []byte(b.String()), 0o644))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	require.Equal(t, string(want), b.String())
}

func TestThresholdIsExact(t *testing.T) {
	require.False(t, thresholdOf(0).reached(0))
	require.True(t, thresholdOf(1).reached(math.MaxUint64))
	require.Equal(t, uint64(1)<<63, thresholdOf(0.5).cases)
	require.True(t, thresholdOf(0.5).reached(1<<63-1))
	require.False(t, thresholdOf(0.5).reached(1<<63))
	require.Equal(t, uint64(1), thresholdOf(0x1p-64).cases)
}

// With a fixed seed the counts are exact; the bounds are five standard deviations.
func TestChanceComesAsOftenAsItSays(t *testing.T) {
	const trials, seed = 200_000, 7
	key := ruleKey(seed, "lostReply#1")
	for _, chance := range []float64{0.0005, 0.01, 0.05, 0.5, 0.999} {
		hits := 0
		for i := range uint64(trials) {
			if thresholdOf(chance).reached(draw(key, i%500*0x9e3779b97f4a7c15, i/500, 0).fire) {
				hits++
			}
		}
		bound := 5 * math.Sqrt(trials*chance*(1-chance))
		require.InDelta(t, trials*chance, hits, bound, "chance %v, seed %d", chance, seed)
	}
}

func TestDistributionInterpolatesInMicroseconds(t *testing.T) {
	const half, quarter = 1 << 31, 1 << 30
	spread := Uniform(100*time.Millisecond, 300*time.Millisecond)
	require.Equal(t, 100*time.Millisecond, spread.At(0))
	require.Equal(t, 150*time.Millisecond, spread.At(quarter))
	require.Equal(t, 200*time.Millisecond, spread.At(half))
	require.Equal(t, 299999*time.Microsecond, spread.At(math.MaxUint32))
	require.Equal(t, time.Second, Constant(time.Second).At(half))

	steps := Quantiles(
		Quantile{0, 0}, Quantile{500_000, time.Second},
		Quantile{500_001, time.Hour}, Quantile{ppmWhole, time.Hour},
	)
	require.Equal(t, 500*time.Millisecond, steps.At(quarter))
	require.Equal(t, time.Second, steps.At(half))
	require.Equal(t, time.Hour, steps.At(half+1<<20))
	long := Uniform(0, math.MaxInt64)
	require.Greater(t, long.At(math.MaxUint32), 292*365*24*time.Hour, "no overflow")
}

// The tables are compared with the formula that they stand for, to the millisecond.
func TestLatencyTablesFollowTheirFormula(t *testing.T) {
	const cut, least, alpha = 120.0, 5.0, 1.2
	for _, profile := range []struct {
		name                  string
		table                 Distribution
		median, p99, stallPPM float64
	}{
		{"read", ReadLatency(), 0.12, 0.6, 500},
		{"write", WriteLatency(), 0.18, 0.9, 1000},
	} {
		require.NoError(t, profile.table.validate())
		sigma := math.Log(profile.p99/profile.median) / (math.Sqrt2 * math.Erfinv(0.98))
		below := func(seconds float64) float64 { // in PPM
			score := math.Log(seconds/profile.median) / sigma
			body := 0.5 * math.Erfc(-score/math.Sqrt2)
			stall := 0.0
			if seconds >= least {
				stall = (1 - math.Pow(least/seconds, alpha)) / (1 - math.Pow(least/cut, alpha))
			}
			return (ppmWhole-profile.stallPPM)*body + profile.stallPPM*stall
		}
		for _, q := range profile.table.points[1 : len(profile.table.points)-1] {
			require.LessOrEqual(t, below(q.Value.Seconds()-0.001), float64(q.PPM), profile.name)
			require.GreaterOrEqual(t, below(q.Value.Seconds()+0.001), float64(q.PPM), profile.name)
		}
	}
}

func BenchmarkDraw(b *testing.B) {
	key := ruleKey(1, "lostReply#1")
	var sum uint64
	for i := 0; b.Loop(); i++ {
		sum += draw(key, 12345, uint64(i), 0).fire
	}
	_ = sum
}

func BenchmarkSample(b *testing.B) {
	delay := WriteLatency()
	var sum time.Duration
	for i := uint32(0); b.Loop(); i += 0x9e3779b9 {
		sum += delay.At(i)
	}
	_ = sum
}
