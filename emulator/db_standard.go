package emulator

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
)

// store returns the row of a store, 0 if it has none yet.
func (d *database) store(name storeName) (int64, error) {
	if row, ok := d.stores[name]; ok {
		return row, nil
	}
	row, err := d.run(selectStore, int64(name.kind), name.name)
	if err != nil || row == nil {
		return 0, err
	}
	d.stores[name] = row[0].(int64)
	return d.stores[name], nil
}

func (d *database) insertStore(name storeName, now ticks) (int64, error) {
	row, err := d.run(insertStore, int64(name.kind), name.name, int64(now), int64(now))
	if err != nil {
		return 0, err
	}
	d.stores[name] = row[0].(int64)
	return d.stores[name], nil
}

// noteUpdate remembers that the store was written to. Its row is told only once in a while, and
// when somebody asks for it here, because a second row written would double what a commit costs. So
// another process sees the time a little late, and after a crash it can be that much too early.
func (d *database) noteUpdate(store int64, now ticks) error {
	if now <= d.updated[store] {
		return nil
	}
	d.updated[store] = now
	if now-d.flushed < ticksIn(updatedInterval) || d.inMemory {
		return nil
	}
	d.flushed = now
	return d.flushUpdates()
}

func (d *database) flushUpdates() error {
	for store, now := range d.updated { // in any order: each is a row of its own
		if _, err := d.run(updateStore, int64(now), store); err != nil {
			return err
		}
	}
	clear(d.updated)
	return nil
}

// snapshot returns when the last snapshot was taken, 0 if none ever was.
func (d *database) snapshot() (ticks, error) {
	if d.trusted && d.snapped != nil {
		return *d.snapped, nil
	}
	row, err := d.run(selectSnapshot)
	if err != nil {
		return 0, err
	}
	if row == nil {
		return 0, fmt.Errorf("the table universe is empty, want one row")
	}
	taken := ticks(row[0].(int64))
	if d.trusted {
		d.snapped = &taken
	}
	return taken, nil
}

func (d *database) setSnapshot(now ticks) error {
	d.snapped = nil
	_, err := d.run(setSnapshot, int64(now))
	return err
}

// purge deletes what nobody can read any more at now (R99, R111).
func (d *database) purge(now ticks) error {
	d.dropHeads()
	if _, err := d.run(purgeEntries, int64(now-ticksIn(TombstoneLifetime))); err != nil {
		return err
	}
	if _, err := d.run(purgeVersions, int64(now)); err != nil {
		return err
	}
	return d.purgeStores(now)
}

// head reads an entry; its value only if that is known, and then it must not be changed.
func (d *database) head(name entryName) (entry, error) {
	if e, ok := d.known(name); ok {
		return e, nil
	}
	row, err := d.run(selectHead, name.store, name.scope, name.key)
	if err != nil || row == nil {
		return entry{}, err
	}
	e, err := headIn(row)
	if err == nil {
		d.noteHead(name, e)
	}
	return e, err
}

// entry reads a whole entry.
func (d *database) entry(name entryName) (entry, error) {
	e, ok := d.known(name)
	switch {
	case !ok:
		row, err := d.run(selectEntry, name.store, name.scope, name.key)
		if err != nil || row == nil {
			return entry{}, err
		}
		if e, err = entryIn(row); err != nil {
			return entry{}, err
		}
		d.noteHead(name, e)
	case !e.live():
		return e, nil
	case e.value != nil:
		e.value = slices.Clone(e.value)
		return e, nil
	default:
		row, err := d.run(selectValue, e.row)
		if err != nil {
			return entry{}, err
		}
		if row == nil {
			return entry{}, fmt.Errorf("row %d of entries is gone", e.row)
		}
		e.value, _ = row[0].([]byte)
	}
	d.noteValue(name, e.value)
	return e, nil
}

// headIn reads the columns of selectHead; NULLs become nil.
func headIn(row []driver.Value) (entry, error) {
	e := entry{
		row: row[0].(int64),
		stamp: stamp{
			created:  ticks(row[1].(int64)),
			sequence: row[2].(int64),
			written:  ticks(row[3].(int64)),
		},
		state: stateIn(row[4]),
	}
	err := e.readAttributes(row[5:])
	return e, err
}

// entryIn reads the columns of selectEntry.
func entryIn(row []driver.Value) (entry, error) {
	e, err := headIn(row)
	e.value, _ = row[7].([]byte)
	return e, err
}

// readAttributes reads the columns user_ids and metadata.
func (e *entry) readAttributes(row []driver.Value) error {
	if text, ok := row[0].(string); ok {
		if err := json.Unmarshal([]byte(text), &e.userIDs); err != nil {
			return fmt.Errorf("user ids %q in the database: %w", text, err)
		}
	}
	if text, ok := row[1].(string); ok {
		e.metadata = json.RawMessage(text)
	}
	return nil
}

func (d *database) insertEntry(name entryName, e *entry) error {
	if err := d.noteUpdate(name.store, e.written); err != nil {
		return err
	}
	d.logged += pageBytes + len(e.value)
	_, err := d.run(insertEntry, int64(e.created), e.sequence, int64(e.written), e.removedColumn(),
		userIDsColumn(e.userIDs), metadataColumn(e.metadata), []byte(e.value),
		name.store, name.scope, name.key)
	return err
}

// updateEntry writes e over the row that before came from.
func (d *database) updateEntry(name entryName, before, e *entry) error {
	if err := d.noteUpdate(name.store, e.written); err != nil {
		return err
	}
	d.logged += pageBytes + len(e.value)
	if before.state == live && e.state == live && d.putOff(name, e) {
		return nil
	}
	err := d.writeEntry(before, e)
	if err == nil {
		d.noteHead(name, *e)
	}
	return err
}

// writeEntry writes e over the row that before came from, now.
func (d *database) writeEntry(before, e *entry) (err error) {
	switch {
	case before.state != live || e.state != live:
		_, err = d.run(updateEntry, e.sequence, int64(e.written), userIDsColumn(e.userIDs),
			metadataColumn(e.metadata), []byte(e.value), e.removedColumn(), e.row)
	case before.attributed() || e.attributed():
		err = d.writeLive(e)
	default:
		_, err = d.run(updateValue, e.sequence, int64(e.written), []byte(e.value), e.row)
	}
	return err
}

// writeLive writes e over its row, which is of a live entry too.
func (d *database) writeLive(e *entry) error {
	_, err := d.run(updateLive, e.sequence, int64(e.written),
		userIDsColumn(e.userIDs), metadataColumn(e.metadata), []byte(e.value), e.row)
	return err
}

// attributed reports whether an entry has user ids or metadata.
func (e *entry) attributed() bool { return len(e.userIDs) > 0 || e.metadata != nil }

// removedColumn is when the key was removed, as its row tells it.
func (e *entry) removedColumn() int64 {
	switch e.state {
	case removed:
		return int64(e.written)
	case forgotten:
		return -int64(e.written)
	}
	return 0
}

// stateIn reads the column removed.
func stateIn(column driver.Value) entryState {
	switch when := column.(int64); {
	case when > 0:
		return removed
	case when < 0:
		return forgotten
	}
	return live
}

func userIDsColumn(ids []int64) driver.Value {
	if len(ids) == 0 {
		return nil
	}
	text := []byte{'['}
	for i, id := range ids {
		if i > 0 {
			text = append(text, ',')
		}
		text = strconv.AppendInt(text, id, 10)
	}
	return string(append(text, ']'))
}

func metadataColumn(metadata json.RawMessage) driver.Value {
	if metadata == nil {
		return nil
	}
	return string(metadata)
}

// deleteEntry forgets an entry and its versions.
func (d *database) deleteEntry(name entryName, row int64) error {
	d.dropHead(name)
	_, err := d.run(deleteEntry, row)
	return err
}

// keepVersion makes a copy of an entry's current version.
func (d *database) keepVersion(row int64, expires ticks) error {
	_, err := d.run(keepVersion, int64(expires), row)
	return err
}

// version reads the kept version of e that was written then; nil if there is none.
func (d *database) version(e *entry, written, now ticks) (*entry, error) {
	row, err := d.run(selectVersion, e.row, int64(written), int64(now))
	return versionIn(e, row, err)
}

// versionBefore reads the newest kept version of e written before then; nil if there is none.
func (d *database) versionBefore(e *entry, then, now ticks) (*entry, error) {
	row, err := d.run(selectVersionAt, e.row, int64(then), int64(now))
	return versionIn(e, row, err)
}

// versionIn reads the columns of selectVersion.
func versionIn(e *entry, row []driver.Value, err error) (*entry, error) {
	if err != nil || row == nil {
		return nil, err
	}
	v := &entry{row: e.row, stamp: stamp{
		created: e.created, sequence: row[0].(int64), written: ticks(row[1].(int64)),
	}}
	if v.value, _ = row[4].([]byte); v.value == nil {
		v.state = removed
	}
	return v, v.readAttributes(row[2:])
}

func (d *database) deleteVersion(row int64, written ticks) error {
	_, err := d.run(deleteVersion, row, int64(written))
	return err
}

// hasVersions reports whether an entry has kept versions that can still be read.
func (d *database) hasVersions(row int64, now ticks) (bool, error) {
	found, err := d.run(hasVersions, row, int64(now))
	return found != nil, err
}

// eachKept visits the kept versions of e that were written from then to before.
func (d *database) eachKept(
	e *entry, down bool, from, before, now ticks, limit int,
	visit func(at stamp, state entryState, size int) bool,
) error {
	q := listVersionsUp
	if down {
		q = listVersionsDown
	}
	return d.scan(q, func(row []driver.Value) bool {
		at := stamp{e.created, row[0].(int64), ticks(row[1].(int64))}
		size, _ := row[3].(int64) // NULL of a tombstone
		return visit(at, entryState(row[2].(int64)), int(size))
	}, e.row, int64(from), int64(before), int64(now), int64(limit))
}

// beyond sorts after every text that is valid UTF-8 and, appended to a prefix, after all texts with
// it.
const beyond = "\xff"

// listedKey is a row of a listing of keys.
type listedKey struct {
	scope   string
	key     string
	deleted bool
}

// eachKey visits the keys of a scope that have the prefix and come after another.
func (d *database) eachKey(
	store int64, scope, prefix, after string, now ticks, limit int, visit func(listedKey) bool,
) error {
	low := max(prefix, after+"\x00")
	if after == "" {
		low = prefix
	}
	return d.scan(listKeys, keyVisitor(visit), store, scope, low, prefix+beyond,
		int64(now-ticksIn(TombstoneLifetime)), int64(limit))
}

// eachPath visits the keys of all scopes whose scope/key has the prefix, and come after another, by
// that and then by scope.
func (d *database) eachPath(
	store int64, prefix, after, afterScope string, now ticks, limit int,
	visit func(listedKey) bool,
) error {
	return d.scan(listPaths, keyVisitor(visit), store, max(prefix, after), after, afterScope,
		prefix+beyond, int64(now-ticksIn(TombstoneLifetime)), int64(limit))
}

func keyVisitor(visit func(listedKey) bool) func([]driver.Value) bool {
	return func(row []driver.Value) bool {
		return visit(listedKey{
			scope: row[0].(string), key: row[1].(string),
			deleted: stateIn(row[2]) != live,
		})
	}
}

// eachStore visits the stores of a kind that have entries and the prefix, and come after another.
func (d *database) eachStore(
	kind Kind, prefix, after string, now ticks, limit int,
	visit func(name string, created, updated ticks) bool,
) error {
	if err := d.flushUpdates(); err != nil {
		return err
	}
	low := max(prefix, after+"\x00") // the store without a name is never listed (R3)
	return d.scan(listStores, func(row []driver.Value) bool {
		return visit(row[0].(string), ticks(row[1].(int64)), ticks(row[2].(int64)))
	}, int64(kind), low, prefix+beyond, int64(now-ticksIn(TombstoneLifetime)), int64(limit))
}

// endOfTime is after everything.
const endOfTime = ticks(math.MaxInt64)
