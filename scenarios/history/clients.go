package history

import "savestone/emulator"

// OrderKept is I14: the writes of one server to one key are applied in the order in which it asked
// for them, unless it asked for the one while it still waited for the other. A retry that overtakes
// a newer write breaks it, and so does a write that lands long after its error.
func OrderKept(h *History) []Violation {
	j := &judge{index: newIndex(h)}
	type writer struct {
		server string
		key    KeyID
	}
	latest := map[writer]*Op{} // by call, of those applied so far
	for s := range j.commits {
		c := j.commit(slot(s))
		if c == nil || c.Op <= 0 || c.Op > len(h.Ops) {
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

// NoResurrection is I3 for values that differ from write to write: no server puts back a value
// that a later write of its own had replaced. It finds the retry that repeats an old value after a
// newer one was saved.
func NoResurrection(h *History) []Violation {
	j := &judge{index: newIndex(h)}
	type writer struct {
		server string
		key    KeyID
	}
	type attempt struct {
		writer
		value string
	}
	asked := map[attempt]int{} // to the ID of the latest request
	saved := map[writer]*Op{}  // the latest that was applied
	for i := range h.Ops {
		op := &h.Ops[i]
		if op.Kind != emulator.OpPut && op.Kind != emulator.OpRemove {
			continue
		}
		who := writer{op.Server, op.Key}
		what := attempt{who, op.Value}
		applied := j.byOp[i] >= 0
		last, before := saved[who], asked[what]
		if applied && before != 0 && last != nil && last.ID > before && last.Value != op.Value {
			j.add("I3", op.Key, "put back a value that a later write had replaced",
				op.ID, before, last.ID)
		}
		asked[what] = op.ID
		if applied {
			saved[who] = op
		}
	}
	return j.found
}
