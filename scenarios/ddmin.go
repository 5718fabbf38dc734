package scenarios

// least finds a part of a list that still fails and of which no single item can be left out (delta
// debugging, Zeller and Hildebrandt 2002). The whole list is known to fail; fails says whether a
// part does.
func least[T any](list []T, fails func([]T) bool) []T {
	for pieces := 2; len(list) > 0; {
		size := (len(list) + pieces - 1) / pieces
		reduced := false
		for from := 0; from < len(list); from += size {
			to := min(from+size, len(list))
			rest := append(append([]T{}, list[:from]...), list[to:]...)
			if fails(rest) {
				list, pieces, reduced = rest, max(pieces-1, 2), true
				break
			}
		}
		if reduced {
			continue
		}
		if size <= 1 {
			break
		}
		pieces = min(2*pieces, len(list))
	}
	return list
}
