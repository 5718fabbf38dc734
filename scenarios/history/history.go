package history

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"savestone/emulator"
)

// History is all that was noted of a run. Nothing in it changes once it is made.
type History struct {
	Ops     []Op     // in the order of their calls: Ops[i].ID is i+1
	Commits []Commit // those of each key in the order in which they took effect
	names
}

// arrange puts the commits of each key, which are in the order of their answers, into that in which
// they took effect: the version tells it. Ordered stores have no versions; there the recorder let
// one write end before the next began.
func (h *History) arrange() {
	order := func(a, b Commit) int {
		if a.Version == b.Version { // a removal names the version that it removed
			return cmp.Compare(a.Kind, b.Kind) // and OpRemove is the greatest of those that write
		}
		return strings.Compare(h.Versions[a.Version].Text, h.Versions[b.Version].Text)
	}
	places, first := commitsByKey(h)
	for key := range h.Keys {
		if h.ordered(KeyID(key)) {
			continue
		}
		mine := places[first[key]:first[key+1]]
		commits := make([]Commit, len(mine))
		for n, at := range mine {
			commits[n] = h.Commits[at]
		}
		slices.SortStableFunc(commits, order)
		for n, at := range mine {
			h.Commits[at] = commits[n]
		}
	}
}

// commitsByKey returns the places of the commits, those of each key together: key's begin at
// first[key].
func commitsByKey(h *History) (places []slot, first []int32) {
	first = make([]int32, len(h.Keys)+1)
	for i := range h.Commits {
		first[h.Commits[i].Key+1]++
	}
	for key := range h.Keys {
		first[key+1] += first[key]
	}
	places, next := make([]slot, len(h.Commits)), slices.Clone(first)
	for i := range h.Commits {
		key := h.Commits[i].Key
		places[next[key]] = slot(i)
		next[key]++
	}
	return places, first
}

// Op is one request as its client saw it.
type Op struct {
	ID     int // from 1
	Server string
	Kind   emulator.Op
	Key    KeyID

	Value       string    // OpPut: what to write
	Attributes  string    // OpPut, OpIncrement: user ids and metadata, as one text
	Delta       int64     // OpIncrement
	Conditional bool      // OpPut: write only onto Named
	Named       VersionID // OpPut: IfVersion; OpGetVersion, OpRemoveVersion: Version

	Call, Return Moment // Return is zero when there never was an answer
	Outcome      Outcome
	Error        string // what the client was told, "" after a success
	Answer       Entry
}

// Entry is what an answer says about a key.
type Entry struct {
	Found      bool
	Version    VersionID
	Value      string
	Attributes string
}

// Commit is a write that was applied.
type Commit struct {
	Op         int // the ID of the request that asked for it, 0 if none did
	Kind       emulator.Op
	Key        KeyID
	Begin, End Moment // it took effect at some instant between them
	Entry             // what the key holds from then on; of OpRemove what it held until then
}

// Moment is a place in the order of a history's events, and the time on the clock then.
type Moment struct {
	Seq int64         // from 1; of two events the later has the greater
	At  time.Duration // since the recorder was made
}

// never comes after all moments of a history.
const never = math.MaxInt64

// returned is when the client knew the answer. After an error that leaves it open whether a write
// took effect this is never: it may still do so.
func (op *Op) returned() int64 {
	if op.Outcome == Info {
		return never
	}
	return op.Return.Seq
}

// Outcome is what a client may conclude from an answer.
type Outcome uint8

// The outcomes.
const (
	Info Outcome = iota // no answer, or an error after which a write may have been applied or not
	OK                  // it was done, and the answer is true
	Fail                // an error; nothing was changed, nor will be
)

var outcomeNames = [...]string{Info: "info", OK: "ok", Fail: "fail"}

// String returns the outcome as saved histories spell it.
func (o Outcome) String() string {
	if int(o) < len(outcomeNames) {
		return outcomeNames[o]
	}
	return fmt.Sprintf("outcome %d", uint8(o))
}

// writes reports whether the operation may change an entry.
func writes(op emulator.Op) bool {
	switch op {
	case emulator.OpPut, emulator.OpIncrement, emulator.OpRemove:
		return true
	}
	return false
}
