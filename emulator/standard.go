package emulator

import "encoding/json"

// entry is a version of a key in a standard store; mostly the current one, as its row has it.
type entry struct {
	row int64 // of entries; 0: there is none
	stamp
	state    entryState
	late     bool // its row does not have all of this yet; see putOff
	userIDs  []int64
	metadata json.RawMessage
	value    json.RawMessage
}

// entryState tells what the current version of a key is.
type entryState uint8

const (
	live      entryState = iota
	removed              // a tombstone (R96)
	forgotten            // removed for good, which leaves nothing to read or to keep (R125)
)

// live reports whether a reader finds something (R64).
func (e *entry) live() bool { return e.row != 0 && e.state == live }

// version returns the id of the version, "" if there is none.
func (e *entry) version() string {
	if e.row == 0 || e.state == forgotten {
		return ""
	}
	return e.stamp.version()
}

func (e *entry) result() Result {
	version := e.version()
	if version == "" {
		return Result{}
	}
	return Result{
		Found: e.live(),
		Value: e.value,
		Info: KeyInfo{
			Version:   version,
			CreatedMS: e.created.unixMS(),
			UpdatedMS: e.written.unixMS(),
			UserIDs:   e.userIDs,
			Metadata:  e.metadata,
		},
	}
}

// current reads the entry as it is now; only OpPut does not need what it holds. A tombstone past
// its time is as if the key had never been (R99); a writer then also purges it.
func (tx *transaction) current() (entry, error) {
	if tx.name.store == 0 {
		return entry{}, nil
	}
	read := tx.db.head
	if tx.req.Op != OpPut {
		read = tx.db.entry
	}
	e, err := read(tx.name)
	if err != nil || e.row == 0 || e.live() || tx.now-e.written < ticksIn(TombstoneLifetime) {
		return e, err
	}
	if tx.req.Op.Writes() {
		err = tx.db.deleteEntry(tx.name, e.row)
	}
	return entry{}, err
}

func (tx *transaction) get() (Result, error) {
	e, err := tx.current()
	if err != nil {
		return Result{}, err
	}
	return e.result(), nil
}

func (tx *transaction) put() (Result, error) {
	before, err := tx.current()
	if err != nil {
		return Result{}, err
	}
	if want := tx.req.IfVersion; want != nil && !before.holds(*want) {
		return Result{}, ErrVersionConflict
	}
	return tx.overwrite(&before, tx.req.Value)
}

// holds reports whether a put onto version want may go ahead: "" stands for no live entry.
func (e *entry) holds(want string) bool {
	return want == e.version() || want == "" && !e.live()
}

// increment adds to the stored integer; what is not there counts as 0 (R89), what is not an integer
// is left alone (R92, the same for a fraction: assumed).
func (tx *transaction) increment() (Result, error) {
	before, err := tx.current()
	if err != nil {
		return Result{}, err
	}
	sum := int64(0)
	if before.live() {
		number, ok := integerIn(before.value)
		if !ok {
			return Result{}, ErrNotNumeric
		}
		sum = number
	}
	sum = addClamped(sum, tx.req.Delta, -StandardIntegerMax, StandardIntegerMax)
	return tx.overwrite(&before, integerJSON(sum))
}

// overwrite makes value and the request's attributes the current version. A tombstone of the same
// hour is replaced like any other version (R112, assumed).
func (tx *transaction) overwrite(before *entry, value json.RawMessage) (Result, error) {
	after := entry{
		row:      before.row,
		userIDs:  tx.req.UserIDs,
		metadata: storedMetadata(tx.req.Metadata),
		value:    value,
	}
	if before.row == 0 {
		return tx.insert(&after)
	}
	after.stamp = before.next(tx.now)
	keeps, err := tx.keeps(before, after.written)
	if err != nil {
		return Result{}, err
	}
	if keeps {
		if err := tx.keep(before, after.written); err != nil {
			return Result{}, err
		}
	}
	return after.result(), tx.db.updateEntry(tx.name, before, &after)
}

// insert writes the first version of a key.
func (tx *transaction) insert(e *entry) (Result, error) {
	if err := tx.makeStore(); err != nil {
		return Result{}, err
	}
	e.stamp = firstStamp(tx.now)
	if err := tx.db.insertEntry(tx.name, e); err != nil {
		return Result{}, err
	}
	e.row = -1 // some row
	return e.result(), nil
}

// keeps reports whether the write at later keeps the version before it: the first write of an hour
// does (R108, R109), and the first after a snapshot (R110).
func (tx *transaction) keeps(before *entry, later ticks) (bool, error) {
	switch {
	case before.state == forgotten:
		return false, nil
	case tx.profile.KeepEveryVersion || !before.sameHour(later):
		return true, nil
	}
	taken, err := tx.db.snapshot()
	return before.written <= taken, err
}

// keep makes a copy of the version that the write at later supersedes. It expires so long after
// that (R111), under older profiles after its own time.
func (tx *transaction) keep(before *entry, later ticks) error {
	expires := later
	if tx.profile.KeepEveryVersion {
		expires = before.written
	}
	return tx.db.keepVersion(before.row, expires+ticksIn(VersionLifetime))
}

// remove puts a tombstone over a live entry and always keeps what was there (R112). Where nothing
// is, nothing is written (R97, assumed for tombstones).
func (tx *transaction) remove() (Result, error) {
	before, err := tx.current()
	if err != nil {
		return Result{}, err
	}
	if !before.live() {
		return before.result(), nil
	}
	after := entry{row: before.row, stamp: before.next(tx.now), state: removed}
	if err := tx.keep(&before, after.written); err != nil {
		return Result{}, err
	}
	return before.result(), tx.db.updateEntry(tx.name, &before, &after)
}

// snapshot makes the next write to every key keep what it replaces (R110), once a UTC day.
func (tx *transaction) snapshot() (Result, error) {
	taken, err := tx.db.snapshot()
	if err != nil {
		return Result{}, err
	}
	const day = 24 * ticksPerSecond * 3600
	if taken != 0 && taken/day == tx.now/day {
		return Result{Info: KeyInfo{CreatedMS: taken.unixMS()}}, nil
	}
	result := Result{Found: true, Info: KeyInfo{CreatedMS: tx.now.unixMS()}}
	return result, tx.db.setSnapshot(tx.now)
}
