package verdict

import (
	"savestone/scenarios/history"
)

// exampleOf tells a violation so that a person can follow it.
func exampleOf(_ *history.Judgement, v *history.Violation) Example {
	return Example{Invariant: v.Invariant, Key: v.Key.Name, At: v.At, Text: v.Text}
}
