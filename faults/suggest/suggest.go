// Package suggest finds the word that somebody meant who wrote another one: keys of files that
// people write are refused when unknown, and the refusal should help.
//
//	fmt.Errorf("unknown key %q%s", key, suggest.Hint(key, keys))
package suggest

import (
	"fmt"
	"slices"
)

// Hint is a clause that names the word nearest to a wrong one, or nothing if none is near.
func Hint(wrong string, words []string) string {
	const distanceMax = 3
	best, bestDistance := "", min(distanceMax, len(wrong)/2)+1
	for _, word := range words {
		if d := distance(wrong, word); d < bestDistance {
			best, bestDistance = word, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %q?", best)
}

// distance is the Levenshtein distance: how many bytes must be put in, taken out or changed.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		above := slices.Clone(row)
		row[0] = i + 1
		for j := range len(b) {
			change := 1
			if a[i] == b[j] {
				change = 0
			}
			row[j+1] = min(row[j]+1, above[j+1]+1, above[j]+change)
		}
	}
	return row[len(b)]
}
