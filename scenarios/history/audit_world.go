package history

import (
	"cmp"
	"slices"
	"time"

	"github.com/anishathalye/porcupine"
)

// auditPiece is how many requests the audit of a world takes on at once: with more it does not find
// an end when many outcomes are open.
const auditPiece = 100

// AuditWorld is Audit for a world of any length. It cuts each key's requests into pieces at moments
// at which none was open, and begins each piece with what was stored then. To have such moments it
// takes from the commits whether, and by when, a write of unknown outcome took effect; all else it
// knows from the clients. Keys of which faults made answers untrue are left out.
func AuditWorld(h *History, p *Play, timeout time.Duration) AuditReport {
	var report AuditReport
	x := newIndex(h)
	lies := map[KeyID]bool{}
	for i := range p.Faults {
		if f := &p.Faults[i]; f.Op > 0 && f.Class == "LIE" {
			lies[h.Ops[f.Op-1].Key] = true
		}
	}
	for _, s := range x.strays {
		lies[h.Commits[s].Key] = true // written by nobody, or twice
	}
	for key, ops := range auditable(h) {
		ops = x.resolved(ops)
		if len(ops) == 0 || lies[KeyID(key)] {
			continue
		}
		report.Keys++
		for _, piece := range pieces(ops) {
			report.check(h, h.Keys[key], piece, x.stateAt(KeyID(key), piece[0].Call), timeout)
		}
	}
	return report
}

// resolved ends the writes of unknown outcome when they took effect, and leaves out those that
// never did.
func (x *index) resolved(ops []porcupine.Operation) []porcupine.Operation {
	var all []porcupine.Operation
	for _, o := range ops {
		op := o.Input.(*Op)
		if op.Outcome == Info {
			c := x.commit(x.byOp[op.ID-1])
			if c == nil {
				continue
			}
			o.Return = c.End.Seq
		}
		all = append(all, o)
	}
	slices.SortStableFunc(all, func(a, b porcupine.Operation) int {
		return cmp.Compare(a.Call, b.Call)
	})
	return all
}

// pieces cuts requests where none is open, once there are enough of them.
func pieces(ops []porcupine.Operation) [][]porcupine.Operation {
	var all [][]porcupine.Operation
	from, open := 0, int64(0)
	for i, o := range ops {
		if i-from >= auditPiece && o.Call > open {
			all = append(all, ops[from:i])
			from = i
		}
		open = max(open, o.Return)
	}
	return append(all, ops[from:])
}

// stateAt is what a key held when none of its requests was open.
func (x *index) stateAt(key KeyID, at int64) state {
	s := x.before(key, func(c *Commit) bool { return c.Begin.Seq > at })
	switch {
	case x.commit(s) == nil:
		return state{}
	case x.removal(s):
		return state{open: !x.ordered[key]}
	}
	return state{Entry: *x.entry(s)}
}
