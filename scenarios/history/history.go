package history

import (
	"fmt"
	"math"
	"time"

	"savestone/emulator"
)

// History is all that was noted of a run. Nothing in it changes once it is made.
type History struct {
	Ops     []Op     // in the order of their calls: Ops[i].ID is i+1
	Commits []Commit // in the order in which the store answered them
	names
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
