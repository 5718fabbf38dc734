package emulator

// throttle holds the limits that all game servers and Open Cloud clients share: the experience's
// budgets (section 20.4) and each key's throughput (section 20.5). It lives as long as the
// Emulator; Emulator.mu guards it.
type throttle struct {
	profile *Profile
	ccu     func() int // nil: the experience's budgets are not held
	pools   [RequestTypeCount]window

	// A key is in recent if it was used since turned, else perhaps in earlier, which is thrown away
	// a window later: so neither grows with the number of keys there are.
	recent, earlier map[keyName]*keyUse
	turned          ticks
}

// keyName tells keys apart, also those of stores that have no row yet.
type keyName struct {
	store StoreID
	key   string
}

// keyUse is what one key has moved.
type keyUse struct{ read, write window }

func newThrottle(p *Profile, ccu func() int) throttle {
	return throttle{profile: p, ccu: ccu, recent: map[keyName]*keyUse{}}
}

// admit charges a request that is about to be done, or tells which limit is in its way. A write
// that then fails was charged all the same (R85, assumed).
func (t *throttle) admit(req *Request, now ticks) error {
	if t.profile.Unlimited || req.direct {
		return nil
	}
	pool, amount := experienceCost(req)
	limit := t.profile.Experience[pool]
	counts := t.ccu != nil && amount > 0 && limit != Rate{} && !req.Unmetered
	if counts && !t.pools[pool].hasRoom(now, amount, int64(limit.PerMinute(t.ccu()))) {
		return ExperienceThrottled(pool.String())
	}
	if req.Op.Writes() && req.Key != "" {
		if err := t.writeKey(req, now); err != nil {
			return err
		}
	}
	if counts {
		t.pools[pool].add(now, amount)
	}
	return nil
}

// experienceCost tells which budget of the experience a request is charged to, and how much. The
// operations that no table lists cost nothing (assumed).
func experienceCost(req *Request) (pool RequestType, amount int64) {
	standard, ordered := StandardRead, OrderedRead
	amount = 1
	switch req.Op {
	case OpGetMany:
		amount = int64(len(req.Keys)) // R166
	case OpPut, OpIncrement:
		standard, ordered = StandardWrite, OrderedWrite
	case OpListKeys, OpListVersions, OpListStores, OpListSorted:
		standard, ordered = StandardList, OrderedList
	case OpRemove:
		standard, ordered = StandardRemove, OrderedRemove
	case OpRemoveVersion, OpSnapshot, OpRemoveStore, OpRestoreStore:
		amount = 0
	}
	if req.Store.Kind == Ordered && req.Op != OpListStores {
		return ordered, amount
	}
	return standard, amount
}

// writeKey charges a write with the size of its value (R182).
func (t *throttle) writeKey(req *Request, now ticks) error {
	limit := t.profile.KeyWriteBytes
	if limit == 0 || req.Op == OpRemoveVersion {
		return nil
	}
	use, size := t.use(keyName{req.Store, req.Key}, now), wholeKB(len(req.Value))
	if !use.write.hasRoom(now, size, limit) {
		return ErrKeyThrottled
	}
	use.write.add(now, size)
	return nil
}

// read charges a read that was done with what it found, or tells that the key may not give so much
// now. A list of versions counts as the least there is (assumed).
func (t *throttle) read(req *Request, result *Result, now ticks) error {
	limit := t.profile.KeyReadBytes
	if limit == 0 || t.profile.Unlimited || req.direct {
		return nil
	}
	switch req.Op {
	case OpGet, OpGetVersion, OpGetVersionAt, OpListVersions:
		return t.readKey(keyName{req.Store, req.Key}, len(result.Value), limit, now)
	case OpGetMany:
		for _, key := range req.Keys {
			if err := t.readKey(keyName{req.Store, key}, 0, limit, now); err != nil {
				return err
			}
		}
	}
	return nil
}

func (t *throttle) readKey(name keyName, bytes int, limit int64, now ticks) error {
	use, size := t.use(name, now), wholeKB(bytes)
	if !use.read.hasRoom(now, size, limit) {
		return ErrKeyThrottled
	}
	use.read.add(now, size)
	return nil
}

// wholeKB rounds up to the next whole KB, the least being one (R183, assumed).
func wholeKB(bytes int) int64 {
	const kb = 1024
	return max(1, (int64(bytes)+kb-1)/kb) * kb
}

// use returns the account of a key.
func (t *throttle) use(name keyName, now ticks) *keyUse {
	if now >= t.turned+ticksIn(throttleWindow) {
		t.earlier, t.recent = t.recent, map[keyName]*keyUse{}
		t.turned = now
	}
	use := t.recent[name]
	if use == nil {
		if use = t.earlier[name]; use == nil {
			use = &keyUse{}
		}
		t.recent[name] = use
	}
	return use
}

// window adds up what was used within the last throttleWindow.
type window struct {
	uses []amountAt // the oldest first
	sum  int64
}

type amountAt struct {
	at     ticks
	amount int64
}

// hasRoom reports whether amount more is within limit.
func (w *window) hasRoom(now ticks, amount, limit int64) bool {
	over := 0
	for over < len(w.uses) && w.uses[over].at <= now-ticksIn(throttleWindow) {
		w.sum -= w.uses[over].amount
		over++
	}
	if over == len(w.uses) {
		w.uses = w.uses[:0]
	} else {
		w.uses = w.uses[over:]
	}
	return w.sum+amount <= limit
}

// add notes a use. The limit bounds how many there are, since none is smaller than a KB or one
// request.
func (w *window) add(now ticks, amount int64) {
	w.sum += amount
	if last := len(w.uses) - 1; last >= 0 && w.uses[last].at >= now {
		w.uses[last].amount += amount
		return
	}
	w.uses = append(w.uses, amountAt{now, amount})
}
