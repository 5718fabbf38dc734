package history

import (
	"fmt"
	"slices"
	"time"

	"github.com/anishathalye/porcupine"

	"savestone/emulator"
)

// AuditReport is what Audit found. It says yes only if it says so of every key.
type AuditReport struct {
	Keys       int         // judged
	Ops        int         // judged
	Violations []Violation // keys whose requests no order explains
	Unknown    []Key       // keys for which the time did not suffice
}

// Passed reports whether an order was found for each key, and there was one to judge.
func (r AuditReport) Passed() bool {
	return r.Keys > 0 && len(r.Violations) == 0 && len(r.Unknown) == 0
}

// Audit judges by what the clients saw alone, without regard to the commits: it searches for each
// key for an order of its requests that explains all answers (porcupine). Writes of unknown outcome
// may take effect whenever they like, or never. timeout is for one key; what takes longer is
// Unknown.
func Audit(h *History, timeout time.Duration) AuditReport {
	var report AuditReport
	for key, ops := range auditable(h) {
		if len(ops) == 0 {
			continue
		}
		report.Keys++
		report.check(h, h.Keys[key], ops, state{}, timeout)
	}
	return report
}

// check judges requests to one key, from a state on.
func (r *AuditReport) check(
	h *History, key Key, ops []porcupine.Operation, from state, timeout time.Duration,
) {
	r.Ops += len(ops)
	switch porcupine.CheckOperationsTimeout(register(h, from), ops, timeout) {
	case porcupine.Illegal:
		r.Violations = append(r.Violations, Violation{
			Invariant: "E1", Key: key, Ops: idsOf(ops),
			Text: fmt.Sprintf("no order of these %d requests explains their answers", len(ops)),
		})
	case porcupine.Unknown:
		if !slices.Contains(r.Unknown, key) {
			r.Unknown = append(r.Unknown, key)
		}
	}
}

// auditable returns, by KeyID, the requests that say something about the key's state.
func auditable(h *History) [][]porcupine.Operation {
	skipped := skippedKeys(h)
	byKey := make([][]porcupine.Operation, len(h.Keys))
	for i := range h.Ops {
		op := &h.Ops[i]
		relevant := writes(op.Kind) && (op.Outcome != Fail || conflicted(op)) ||
			op.Kind == emulator.OpGet && op.Outcome == OK
		if skipped[h.Keys[op.Key]] || !relevant {
			continue
		}
		byKey[op.Key] = append(byKey[op.Key], porcupine.Operation{
			ClientId: i, Input: op, Output: op, Call: op.Call.Seq, Return: op.returned(),
		})
	}
	return byKey
}

func idsOf(ops []porcupine.Operation) []int {
	ids := make([]int, len(ops))
	for i, op := range ops {
		ids[i] = op.Input.(*Op).ID
	}
	slices.Sort(ids)
	return ids
}

// state is what a key holds as far as requests have told. The version of a write whose answer did
// not come is open, and so is a tombstone's, until somebody reads it.
type state struct {
	Entry
	open bool
}

// register is the model of a key: a register with versions.
func register(h *History, from state) porcupine.Model {
	return porcupine.Model{
		Init: func() any { return from },
		Step: func(now, input, _ any) (bool, any) {
			return step(h, now.(state), input.(*Op))
		},
		Equal: func(a, b any) bool { return a == b },
	}
}

// step does one request in the model: whether it could answer so in that state, and the state
// afterwards.
func step(h *History, now state, op *Op) (bool, state) {
	holds, known := condition(now, op)
	if op.Outcome == Fail { // a conditional put that was refused
		return !holds || !known, now
	}
	switch op.Kind {
	case emulator.OpGet:
		return observe(now, op)
	case emulator.OpRemove:
		if op.Outcome == OK && !op.Answer.Found {
			return observe(now, op)
		}
		ok := op.Outcome == Info || now.Found && matches(now, &op.Answer)
		return ok, removed(h, now, op)
	case emulator.OpPut:
		if op.Conditional && known && !holds {
			return op.Outcome == Info, now // it may have been refused, for all one knows
		}
		return true, written(op, op.Value)
	default:
		value, ok := sum(h.ordered(op.Key), &now.Entry, op.Delta)
		if op.Outcome == Info && !ok {
			return true, now
		}
		return ok && (op.Outcome == Info || op.Answer.Value == value), written(op, value)
	}
}

// observe is a read: it may close an open version.
func observe(now state, op *Op) (bool, state) {
	if !matches(now, &op.Answer) {
		return false, now
	}
	return true, state{Entry: op.Answer}
}

// matches reports whether a read in this state may answer e. A tombstone is forgotten one day
// (R99); then it is without a version.
func matches(now state, e *Entry) bool {
	forgotten := !e.Found && e.Version == 0
	return now.Found == e.Found && now.Value == e.Value && now.Attributes == e.Attributes &&
		(now.open || now.Version == e.Version || forgotten)
}

// condition reports whether a put's condition is true, and whether that is known.
func condition(now state, op *Op) (holds, known bool) {
	if op.Named == 0 {
		return !now.Found, true
	}
	return now.Version == op.Named, !now.open
}

func written(op *Op, value string) state {
	if op.Outcome == OK {
		return state{Entry: op.Answer}
	}
	return state{Entry: Entry{Found: true, Value: value, Attributes: op.Attributes}, open: true}
}

// removed is the state after a removal. An ordered store keeps no tombstone.
func removed(h *History, now state, op *Op) state {
	if !now.Found {
		return now
	}
	return state{open: !h.ordered(op.Key)}
}
