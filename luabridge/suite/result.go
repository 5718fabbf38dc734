package suite

import (
	"time"
)

// Status is how a case ended.
type Status string

// The ways a case can end.
const (
	Passed  Status = "passed"
	Failed  Status = "failed"
	Skipped Status = "skipped"
)

// Report is the outcome of a run.
type Report struct {
	Files []*File // in the order of the tree
	Seed  uint64
	Hash  string        // of every event of every file, in order: the same seed gives the same
	Took  time.Duration // on the machine's clock
	_     struct{}
}

// File is the outcome of one spec file. Frameworks of the project's own run all files in one world:
// what is known only of that world (times, snapshots, what no file's code did) is with the first.
type File struct {
	Name     string   // the module's full name, with slashes
	Path     string   // of the file on disk
	Seed     uint64   // of the run that this is the outcome of
	Flaky    bool     // it failed with another seed before this outcome
	Loaded   []string // the files on disk that it ran, sorted
	Cases    []*Case
	Problem  *Problem // the file could not be run, or a hook after its cases failed
	Uncaught int      // errors of threads that no case waited for
	Output   []string // what was printed outside of cases
	Unstored []string // snapshot files that a framework wrote and that were forgotten
	Took     time.Duration
	Virtual  time.Duration // time that passed inside
	Calls    Calls
	hash     uint64
}

// Case is the outcome of one it.
type Case struct {
	Path    []string // the names from the outermost describe to the case itself
	Status  Status
	Problem *Problem
	Output  []string // what it printed
	Trace   []Call   // its data store requests
	Took    time.Duration
	Virtual time.Duration
}

// Problem is why something failed.
type Problem struct {
	Message string // without the position
	Path    string // the file on disk, or "" when none is known
	Line    int
	Col     int    // 0 when only the line is known
	Trace   string // the Luau stack
}

// Calls counts data store requests.
type Calls struct {
	Requests int
	Failed   int // answered with an error
	Faults   int // injected, whether or not the caller noticed
}

func (c *Calls) add(more Calls) {
	c.Requests += more.Requests
	c.Failed += more.Failed
	c.Faults += more.Faults
}

// Count returns how many cases ended in a status.
func (f *File) Count(status Status) int {
	n := 0
	for _, c := range f.Cases {
		if c.Status == status {
			n++
		}
	}
	return n
}

// idle reports whether a file is an init.spec with nothing but hooks and marks for others.
func (f *File) idle(s spec) bool {
	return s.node.Name == initName && len(f.Cases) == 0 && f.Problem == nil
}

// OK reports whether nothing in the file failed.
func (f *File) OK() bool { return f.Problem == nil && f.Count(Failed) == 0 }

// Count returns how many cases of all files ended in a status.
func (r *Report) Count(status Status) int {
	n := 0
	for _, f := range r.Files {
		n += f.Count(status)
	}
	return n
}

// OK reports whether nothing failed.
func (r *Report) OK() bool {
	for _, f := range r.Files {
		if !f.OK() {
			return false
		}
	}
	return true
}
