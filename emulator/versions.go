package emulator

// The operations on versions (section 14).

// getVersion reads one version, also a tombstone (R116, R118).
func (tx *transaction) getVersion() (Result, error) {
	e, err := tx.findVersion()
	if err != nil {
		return Result{}, err
	}
	return e.result(), nil
}

// findVersion reads the version that the request names (R117).
func (tx *transaction) findVersion() (*entry, error) {
	want, ok := parseVersion(tx.req.Version)
	if !ok {
		return nil, ErrVersionInvalid
	}
	e, err := tx.current()
	if err != nil {
		return nil, err
	}
	found := &e
	if e.row != 0 && want.written != e.written {
		if found, err = tx.db.version(&e, want.written, tx.now); err != nil {
			return nil, err
		}
	}
	if found == nil || found.version() != tx.req.Version {
		return nil, ErrVersionInvalid
	}
	return found, nil
}

// getVersionAt reads the newest version that is left of those written by then (R120). UpdatedMS
// counts whole milliseconds, so a version belongs to all of its own.
func (tx *transaction) getVersionAt() (Result, error) {
	then := ticksAt(tx.req.TimeMS)
	if then > tx.now+ticksIn(TimestampAheadMax) {
		return Result{}, ErrTimestampInvalid
	}
	e, err := tx.current()
	if err != nil || e.row == 0 {
		return Result{}, err
	}
	found := &e
	if after := then + ticksPerMillisecond; e.written >= after {
		if found, err = tx.db.versionBefore(&e, after, tx.now); err != nil {
			return Result{}, err
		}
	}
	if found == nil || !found.live() {
		return Result{}, nil
	}
	return found.result(), nil
}

// listVersions lists what is kept and what is current (R121, R122), by time.
func (tx *transaction) listVersions() (Result, error) {
	last, err := tx.req.position()
	if err != nil {
		return Result{}, err
	}
	e, err := tx.current()
	if err != nil || e.row == 0 {
		return Result{}, err // no such key: an empty page (R124, assumed)
	}
	page, ask := tx.newPage(VersionsPageDefault), &tx.req.Page
	from, before := ticksAt(ask.FromMS), endOfTime
	if ask.ToMS != 0 {
		before = ticksAt(ask.ToMS) + ticksPerMillisecond
	}
	switch {
	case last == nil:
	case ask.Descending:
		before = min(before, ticks(last.number))
	default:
		from = max(from, ticks(last.number)+1)
	}
	visit := func(at stamp, state entryState, size int) bool {
		return page.add(Item{Deleted: state != live, Size: size, Info: KeyInfo{
			Version: at.version(), CreatedMS: at.created.unixMS(), UpdatedMS: at.written.unixMS(),
		}}, position{number: int64(at.written)})
	}
	visitCurrent := func() {
		if e.state != forgotten && e.written >= from && e.written < before {
			visit(e.stamp, e.state, len(e.value))
		}
	}
	if ask.Descending {
		visitCurrent()
	}
	err = tx.db.eachKept(&e, ask.Descending, from, before, tx.now, page.size+1, visit)
	if err != nil {
		return Result{}, err
	}
	if !ask.Descending {
		visitCurrent()
	}
	return page.result(), nil
}

// removeVersion deletes a version for good (R125). Without its current version a key is as if
// removed (assumed); it goes altogether when no other version is left.
func (tx *transaction) removeVersion() (Result, error) {
	e, err := tx.findVersion()
	if err != nil {
		return Result{}, err
	}
	head, err := tx.current()
	if err != nil {
		return Result{}, err
	}
	if e.written != head.written {
		return Result{}, tx.db.deleteVersion(e.row, e.written)
	}
	others, err := tx.db.hasVersions(e.row, tx.now)
	if err != nil {
		return Result{}, err
	}
	if !others {
		return Result{}, tx.db.deleteEntry(tx.name, e.row)
	}
	after := entry{row: head.row, stamp: head.stamp, state: forgotten}
	after.written = head.next(tx.now).written // its thirty days begin
	return Result{}, tx.db.updateEntry(tx.name, &head, &after)
}
