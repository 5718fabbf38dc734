package verdict

import "savestone/scenarios/stats"

// running is the estimate after more and more of the worlds, with bounds that hold at all times at
// once.
func running(worlds []stats.World, confidence float64, successes bool) []Look {
	const looksMax = 40
	var looks []Look
	for n := range looksMax {
		first := len(worlds) * (n + 1) / looksMax
		if first == 0 || len(looks) > 0 && looks[len(looks)-1].Worlds == first {
			continue
		}
		found := stats.MeanOf(worlds[:first], confidence)
		look := Look{Worlds: first, Value: found.Rate, Lower: found.Lower, Upper: found.Upper}
		if successes {
			look.Value, look.Lower, look.Upper = 1-look.Value, 1-look.Upper, 1-look.Lower
		}
		looks = append(looks, look)
	}
	return looks
}
