package history

import (
	"fmt"
	"strings"
	"time"
)

// Violation is one thing in a history that must not be.
type Violation struct {
	Invariant string // E1, I1, ...
	Key       Key
	Ops       []int // the IDs of the requests that show it; the first is the one at fault
	Text      string

	// Only Judge knows these.
	At       time.Duration // when it shows
	Sessions []int         // whom it is about
	Commits  []int         // places in History.Commits that show it
}

// String is the violation on one line.
func (v Violation) String() string {
	ops := make([]string, len(v.Ops))
	for i, id := range v.Ops {
		ops[i] = fmt.Sprintf("#%d", id)
	}
	return fmt.Sprintf("%s %s (%s): %s", v.Invariant, v.Key, strings.Join(ops, ", "), v.Text)
}
