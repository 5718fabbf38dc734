package history

import "savestone/emulator"

// writer is one server as the author of one key's values.
type writer struct {
	server string
	key    KeyID
}

// OrderKept is I14: the writes of one server to one key are applied in the order in which it asked
// for them, unless it asked for the one while it still waited for the other. A retry that overtakes
// a newer write breaks it, and so does a write that lands long after its error.
func OrderKept(h *History) []Violation {
	j := &judge{index: newIndex(h)}
	latest := map[writer]*Op{} // by call, of those applied so far
	for i := range h.Commits {
		c := &h.Commits[i]
		if c.Op <= 0 || c.Op > len(h.Ops) {
			continue
		}
		op := &h.Ops[c.Op-1]
		who := writer{op.Server, c.Key}
		before := latest[who]
		if before == nil || before.ID < op.ID {
			latest[who] = op
			continue
		}
		if op.Return.Seq != 0 && op.Return.Seq < before.Call.Seq {
			j.add("I14", c.Key, "applied after a write that its server asked for later",
				op.ID, before.ID)
		}
	}
	return j.found
}

// NoResurrection is I3 for values that differ from write to write: no server puts back a value that
// a later write of its own had replaced. It finds the retry that repeats an old value after a newer
// one was saved, or after the key was removed.
func NoResurrection(h *History) []Violation {
	j := &judge{index: newIndex(h)}
	type attempt struct {
		writer
		value string
	}
	asked := map[attempt]int{} // to the ID of the latest request
	saved := map[writer]*Op{}  // the latest that was applied
	for i := range h.Ops {
		op := &h.Ops[i]
		applied := j.byOp[i] != nowhere
		if op.Kind == emulator.OpPut {
			what := attempt{writer{op.Server, op.Key}, op.Value}
			last, before := saved[what.writer], asked[what]
			replaced := last != nil && last.ID > before && last.Value != op.Value
			if applied && before != 0 && replaced {
				j.add("I3", op.Key, "put back a value that a later write had replaced",
					op.ID, before, last.ID)
			}
			asked[what] = op.ID
		}
		if applied {
			saved[writer{op.Server, op.Key}] = op
		}
	}
	return j.found
}
