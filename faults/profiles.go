package faults

import "time"

// No one has published latencies of Roblox's backend, so both tables are assumed. They tabulate a
// mixture: a lognormal body, and now and then a stall between 5 s and 120 s (Pareto, α = 1.2). An
// UpdateAsync is a read and a write; together they have the 0.3 s to 0.8 s that were once measured.

// ReadLatency is the latency of a read: median 120 ms, 99th percentile 600 ms, and one read in
// 2,000 that stalls.
func ReadLatency() Distribution {
	const ms = time.Millisecond
	return Distribution{"readLatency", []Quantile{
		{0, 5 * ms}, {100, 9 * ms}, {1_000, 14 * ms}, {10_000, 24 * ms}, {50_000, 38 * ms},
		{100_000, 49 * ms}, {200_000, 67 * ms}, {300_000, 84 * ms}, {400_000, 101 * ms},
		{500_000, 120 * ms}, {600_000, 143 * ms}, {700_000, 173 * ms}, {800_000, 215 * ms},
		{850_000, 246 * ms}, {900_000, 292 * ms}, {930_000, 334 * ms}, {950_000, 376 * ms},
		{970_000, 443 * ms}, {980_000, 500 * ms}, {990_000, 608 * ms}, {995_000, 731 * ms},
		{998_000, 935 * ms}, {999_000, 1_169 * ms}, {999_400, 1_572 * ms}, {999_490, 2_294 * ms},
		{999_500, 5_000 * ms}, {999_600, 5_994 * ms}, {999_700, 7_561 * ms},
		{999_800, 10_442 * ms}, {999_900, 17_817 * ms}, {999_950, 29_291 * ms},
		{999_980, 51_298 * ms}, {999_990, 70_713 * ms}, {1_000_000, 120_000 * ms},
	}}
}

// WriteLatency is the latency of a write: median 180 ms, 99th percentile 900 ms, and one write in
// 1,000 that stalls.
func WriteLatency() Distribution {
	const ms = time.Millisecond
	return Distribution{"writeLatency", []Quantile{
		{0, 8 * ms}, {100, 14 * ms}, {1_000, 21 * ms}, {10_000, 36 * ms}, {50_000, 58 * ms},
		{100_000, 74 * ms}, {200_000, 101 * ms}, {300_000, 125 * ms}, {400_000, 151 * ms},
		{500_000, 180 * ms}, {600_000, 215 * ms}, {700_000, 259 * ms}, {800_000, 323 * ms},
		{850_000, 370 * ms}, {900_000, 438 * ms}, {930_000, 502 * ms}, {950_000, 565 * ms},
		{970_000, 668 * ms}, {980_000, 756 * ms}, {990_000, 925 * ms}, {995_000, 1_127 * ms},
		{998_000, 1_526 * ms}, {998_800, 2_084 * ms}, {998_980, 3_086 * ms},
		{999_000, 5_003 * ms}, {999_200, 5_996 * ms}, {999_400, 7_561 * ms},
		{999_600, 10_442 * ms}, {999_700, 13_078 * ms}, {999_800, 17_817 * ms},
		{999_900, 29_291 * ms}, {999_950, 45_336 * ms}, {999_980, 70_713 * ms},
		{999_990, 88_393 * ms}, {1_000_000, 120_000 * ms},
	}}
}

// ListLatency is the latency of a page of a listing, assumed like the others: median 250 ms, 99th
// percentile 1.5 s, and one page in 500 that stalls.
func ListLatency() Distribution {
	return Distribution{"listLatency", mixture([]part{
		{998_000, Lognormal(250*time.Millisecond, 1500*time.Millisecond)},
		{2_000, Pareto(5*time.Second, 1.2, 120*time.Second)},
	})}
}
