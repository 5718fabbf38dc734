package history

// Severity says what a violation of an invariant means for a run.
type Severity string

// The severities.
const (
	Zero     Severity = "Z" // not once
	Rate     Severity = "R" // to be kept rare, and to be told
	Liveness Severity = "L" // once all is well again, in good time
)

// Invariant is one thing that must hold of a system that saves data.
type Invariant struct {
	ID       string
	Severity Severity
	Means    string // in words, as part of "that ..."
}

// Invariants lists all that Judge knows, in order; and check, which scenarios know.
var Invariants = []Invariant{
	{"I1", Zero, "what a save was acknowledged for is in every later load and stored in the end"},
	{"I2", Zero, "no write drops a change that the version before it had"},
	{"I3", Zero, "nothing that was replaced or removed comes back"},
	{"I4", Zero, "no session writes after another has taken its player over"},
	{"I4b", Rate, "no two servers hold one player's session at a time"},
	{"I4c", Liveness, "players are not locked out of their data"},
	{"I5", Zero, "schema versions and migration steps do not go backwards"},
	{"I6", Zero, "coins and items are what the changes come to; no item is twice or gone"},
	{"I7", Zero, "a purchase is granted once, and stored before it is confirmed"},
	{"I8", Zero, "a save that is acknowledged is stored by then"},
	{"I9", Zero, "data made up because a load failed never replaces a player's"},
	{"I10", Zero, "each migration step is applied once, and whole"},
	{"I10b", Zero, "a rollback gives back what was there before"},
	{"I11", Zero, "only well-formed data is stored"},
	{"I12", Rate, "backups can replace a player's data, and are not old"},
	{"I12b", Zero, "a recovery does not replace good data by older"},
	{"I13", Liveness, "once all is well again, everything is soon stored"},
	{"I14", Zero, "a server's writes to a key take effect in the order it asked for them"},
	{"I15", Rate, "no request is dropped by a full queue; retries stay within bounds"},
	{"I16", Rate, "a server without players holds on to nothing"},
	{"I17", Zero, "a server that closes stores everything, or says what it could not"},
	{"I18", Zero, "what a system counts of its saves is true"},
	{"E1", Zero, "the data store itself keeps its promises"},
	{"check", Zero, "what a scenario checks by itself is so"},
}

// InvariantOf finds an invariant by its ID.
func InvariantOf(id string) (Invariant, bool) {
	for _, invariant := range Invariants {
		if invariant.ID == id {
			return invariant, true
		}
	}
	return Invariant{}, false
}
