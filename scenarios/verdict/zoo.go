package verdict

// ZooResult tells of one mutant: a system under test, or an emulator, with a bug planted in it. A
// check that never caught anything proves nothing.
type ZooResult struct {
	Mutant string `json:"mutant"`
	About  string `json:"about"`            // the bug, in words
	Want   string `json:"want"`             // the check that should catch it: "I1"
	Caught string `json:"caught,omitempty"` // the check that did; empty if the mutant survived
	Worlds int    `json:"worlds"`           // run until it was caught, or in all
}
