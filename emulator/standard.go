package emulator

import "encoding/json"

// entry is the current version of a key in a standard store, as its row has it.
type entry struct {
	row int64 // 0: there is no row
	stamp
	removed  bool // it is a tombstone (R96)
	userIDs  []int64
	metadata json.RawMessage
	value    json.RawMessage
}

// live reports whether a reader finds something (R64).
func (e *entry) live() bool { return e.row != 0 && !e.removed }

// version returns the id of the current version, "" if there is none.
func (e *entry) version() string {
	if e.row == 0 {
		return ""
	}
	return e.stamp.version()
}

func (e *entry) result() Result {
	return Result{
		Found: !e.removed,
		Value: e.value,
		Info: KeyInfo{
			Version:   e.stamp.version(),
			CreatedMS: e.created.unixMS(),
			UpdatedMS: e.written.unixMS(),
			UserIDs:   e.userIDs,
			Metadata:  e.metadata,
		},
	}
}

// current reads the entry as it is now, for OpPut without what it holds. A tombstone past its time
// is as if the key had never been (R99); a writer then also purges it.
func (tx *transaction) current() (entry, error) {
	if tx.store == 0 {
		return entry{}, nil
	}
	read := tx.db.entry
	if tx.req.Op == OpPut {
		read = tx.db.head
	}
	e, err := read(tx.store, tx.req.Key)
	if err != nil || e.row == 0 || e.live() || tx.now-e.written < ticksIn(TombstoneLifetime) {
		return e, err
	}
	if tx.req.Op != OpGet {
		err = tx.db.deleteEntry(tx.store, tx.req.Key, e.row)
	}
	return entry{}, err
}

func (tx *transaction) get() (Result, error) {
	e, err := tx.current()
	if err != nil || e.row == 0 {
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

// overwrite makes value and the request's attributes the current version. The version before is
// kept if this is the first write of an hour (R108); a tombstone of the same hour is replaced like
// any other version (R112, assumed).
func (tx *transaction) overwrite(before *entry, value json.RawMessage) (Result, error) {
	after := entry{
		row:      before.row,
		userIDs:  tx.req.UserIDs,
		metadata: storedMetadata(tx.req.Metadata),
		value:    value,
	}
	if before.row == 0 {
		if err := tx.makeStore(); err != nil {
			return Result{}, err
		}
		after.stamp = firstStamp(tx.now)
		return after.result(), tx.db.insertEntry(tx.store, tx.req.Key, &after)
	}
	after.stamp = before.next(tx.now)
	if !before.sameHour(after.written) {
		if err := tx.db.keepVersion(before.row, after.written); err != nil {
			return Result{}, err
		}
	}
	return after.result(), tx.db.updateEntry(tx.store, tx.req.Key, &after)
}

// remove puts a tombstone over a live entry and always keeps what was there (R112). Where nothing
// is, nothing is written (R97, assumed for tombstones).
func (tx *transaction) remove() (Result, error) {
	before, err := tx.current()
	if err != nil || before.row == 0 {
		return Result{}, err
	}
	if !before.live() {
		return before.result(), nil
	}
	after := entry{row: before.row, stamp: before.next(tx.now), removed: true}
	if err := tx.db.keepVersion(before.row, after.written); err != nil {
		return Result{}, err
	}
	return before.result(), tx.db.updateEntry(tx.store, tx.req.Key, &after)
}
