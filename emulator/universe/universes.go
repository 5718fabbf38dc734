package universe

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"

	"savestone/emulator"
	"savestone/faults"
)

// Options say what universes are like.
type Options struct {
	// Path is the database; emulator.InMemory keeps data in memory. If there is more than one
	// universe, each has a file beside it: data.db of universe 7 is data-7.db.
	Path string
	// Only is the id of the only universe there is; 0 lets there be one of every id.
	Only int64

	Clock      emulator.Clock // what the universes' clocks go by; nil is emulator.Wall{}
	Profile    *emulator.Profile
	Durability emulator.Durability
	CCU        int         // users of an experience that has no more on its servers
	Faults     faults.Plan // that each universe begins with
	Seed       uint64      // of chance

	// Travel, if it is set, says how the clock of each universe begins.
	Travel func(*emulator.TravelClock) error

	_ struct{}
}

// universesMax is how many universes are open at once: each takes some 40 MB.
const universesMax = 64

// Failures of asking for a universe.
var (
	// ErrUnknown answers an id that there is no universe of.
	ErrUnknown = errors.New("there is no such universe")
	// ErrMany answers an id when there are too many universes to make another one.
	ErrMany = fmt.Errorf("there are %d universes, which is as many as can be", universesMax)
)

// Universes are those of one running server. They are safe for concurrent use.
type Universes struct {
	options Options

	mu   sync.Mutex
	open map[int64]*Universe // nil after Close
}

// New returns Universes, none of which is opened yet.
func New(o Options) *Universes {
	return &Universes{options: o, open: map[int64]*Universe{}}
}

// Only returns the id of the only universe, 0 if there may be others.
func (a *Universes) Only() int64 { return a.options.Only }

// Profile returns the limits that hold in all of them.
func (a *Universes) Profile() *emulator.Profile {
	if a.options.Profile == nil {
		return emulator.DefaultProfile()
	}
	return a.options.Profile
}

// Open returns the universe with an id, which comes to be at the first time.
func (a *Universes) Open(ctx context.Context, id int64) (*Universe, error) {
	if id <= 0 || a.options.Only != 0 && id != a.options.Only {
		return nil, fmt.Errorf("universe %d: %w", id, ErrUnknown)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	switch u := a.open[id]; {
	case u != nil:
		return u, nil
	case a.open == nil:
		return nil, emulator.ErrClosed
	case len(a.open) == universesMax:
		return nil, ErrMany
	}
	u, err := open(ctx, id, a.path(id), a.options)
	if err != nil {
		return nil, err
	}
	a.open[id] = u
	return u, nil
}

// Find returns the universe with an id if there is one already, opened or on disk.
func (a *Universes) Find(ctx context.Context, id int64) (*Universe, error) {
	if !slices.Contains(a.IDs(), id) {
		return nil, fmt.Errorf("universe %d: %w", id, ErrUnknown)
	}
	return a.Open(ctx, id)
}

// path returns where a universe's database is.
func (a *Universes) path(id int64) string {
	if a.options.Path == emulator.InMemory || a.options.Only != 0 {
		return a.options.Path
	}
	base, extension := a.stem()
	return base + strconv.FormatInt(id, 10) + extension
}

// stem returns what stands before and after the id in the names of databases.
func (a *Universes) stem() (base, extension string) {
	extension = filepath.Ext(a.options.Path)
	return strings.TrimSuffix(a.options.Path, extension) + "-", extension
}

// IDs returns the universes there are, in order: those that were used, and those with data.
func (a *Universes) IDs() []int64 {
	if a.options.Only != 0 {
		return []int64{a.options.Only}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	var ids []int64
	for id := range a.open {
		ids = append(ids, id)
	}
	if a.options.Path != emulator.InMemory {
		ids = append(ids, a.onDisk()...)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

func (a *Universes) onDisk() []int64 {
	base, extension := a.stem()
	entries, err := os.ReadDir(filepath.Dir(base))
	if err != nil {
		return nil // no folder, no data
	}
	var ids []int64
	for _, entry := range entries {
		text, ok := strings.CutPrefix(entry.Name(), filepath.Base(base))
		text, same := strings.CutSuffix(text, extension)
		id, err := strconv.ParseInt(text, 10, 64)
		if ok && same && err == nil && id > 0 && strconv.FormatInt(id, 10) == text {
			ids = append(ids, id)
		}
	}
	return ids
}

// All returns the universes that are open, by id.
func (a *Universes) All() []*Universe {
	a.mu.Lock()
	defer a.mu.Unlock()
	all := make([]*Universe, 0, len(a.open))
	for _, u := range a.open {
		all = append(all, u)
	}
	slices.SortFunc(all, func(x, y *Universe) int { return int(min(1, max(-1, x.ID-y.ID))) })
	return all
}

// Close ends them all.
func (a *Universes) Close() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	var err error
	for _, u := range a.open {
		err = errors.Join(err, u.close())
	}
	a.open = nil
	return err
}
