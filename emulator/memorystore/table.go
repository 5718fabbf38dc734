package memorystore

import (
	"context"
	"encoding/json"
	"errors"
	"hash/fnv"
	"slices"
	"strconv"
	"time"
)

// Item is an item of a hash map or sorted map. Its Value is shared: nobody may change it.
type Item struct {
	Key     string
	Value   json.RawMessage
	SortKey SortKey // of a sorted map's item
	Etag    string  // another after each write
	Expires time.Time
}

// Write is what shall become of an item.
type Write struct {
	Value      json.RawMessage
	SortKey    SortKey       // of a sorted map's item; the zero value clears an earlier one (R207)
	Expiration time.Duration // how long the item lives from now (R199)

	// IfEtag, if not nil, is the Etag that the item must still have; "" means that there must be
	// none. If it has not, the answer is ErrConflict.
	IfEtag *string
}

// Change is a Transform's answer.
type Change struct {
	Cancel  bool // leave the item as it is (R203); the rest is ignored
	Value   json.RawMessage
	SortKey SortKey // R207: the zero value clears an earlier one
}

// Transform says what becomes of an item. It may be called many times, each time with a fresh
// reading, and only the last answer counts (R203); so it must have no side effects, and must not
// wait. An error from it ends the Update, with nothing written.
type Transform func(current Item, found bool) (Change, error)

// table is what hash maps and sorted maps have in common.
type table struct {
	scope *Scope
	id    structureID
}

// Name returns the name of the structure.
func (t *table) Name() string { return t.id.name }

// Get returns the item of a key, and false if there is none.
func (t *table) Get(ctx context.Context, key string) (Item, bool, error) {
	if err := problem(t.id.check(), checkKey(key)); err != nil {
		return Item{}, false, err
	}
	return t.read(ctx, key, 1)
}

func (t *table) read(ctx context.Context, key string, units int) (item Item, ok bool, err error) {
	err = t.scope.do(ctx, t.id, "Get", func(now time.Time) error {
		if err := t.scope.spend(t.id, units, now); err != nil {
			return err
		}
		var e *entry
		if e, ok = t.scope.open(t.id).items[key]; ok {
			item = e.item()
		}
		return nil
	})
	return item, ok, err
}

func (e *entry) item() Item {
	return Item{
		Key: e.key, Value: e.value, SortKey: e.sortKey, Etag: e.etag(), Expires: e.expires,
	}
}

func (e *entry) etag() string {
	if e == nil {
		return ""
	}
	return strconv.FormatUint(e.version, 10)
}

// Set writes an item, and reports whether it replaced one.
func (t *table) Set(ctx context.Context, key string, w Write) (Item, bool, error) {
	err := problem(t.id.check(), checkKey(key), w.check(t.id.kind), checkExpiration(w.Expiration))
	if err == nil {
		err = problem(checkValue(w.Value))
	}
	if err != nil {
		return Item{}, false, err
	}
	return t.write(ctx, key, w, 1)
}

func (t *table) write(
	ctx context.Context, key string, w Write, units int,
) (item Item, replaced bool, err error) {
	s := t.scope
	err = s.do(ctx, t.id, "Set", func(now time.Time) error {
		if err := s.spend(t.id, units, now); err != nil {
			return err
		}
		st := s.open(t.id)
		old := st.items[key]
		if w.IfEtag != nil && *w.IfEtag != old.etag() {
			return ErrConflict
		}
		e := &entry{
			home: st, key: key, hash: hash(key), sortKey: w.SortKey,
			value: slices.Clone(w.Value), version: s.stamp(), expires: now.Add(w.Expiration),
		}
		if err := s.add(e, old, now); err != nil {
			return err
		}
		item, replaced = e.item(), old != nil
		return nil
	})
	return item, replaced, err
}

// hash orders the items of a hash map: the same in every run, but as good as none.
func hash(key string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(key)) // never fails
	return h.Sum64()
}

// Update reads an item and writes what transform makes of it if the item is still the same then; if
// not, it starts over, but not for ever (R203). It returns the item as written, or false after a
// cancel.
func (t *table) Update(
	ctx context.Context, key string, expiration time.Duration, transform Transform,
) (Item, bool, error) {
	err := problem(t.id.check(), checkKey(key), checkExpiration(expiration))
	if err != nil {
		return Item{}, false, err
	}
	for range 1 + updateRetriesMax {
		current, found, err := t.read(ctx, key, t.updateUnits())
		if err != nil {
			return Item{}, false, err
		}
		change, err := transform(current, found)
		if err != nil || change.Cancel {
			return Item{}, false, err
		}
		w := Write{
			Value: change.Value, SortKey: change.SortKey, Expiration: expiration,
			IfEtag: &current.Etag,
		}
		if err := problem(w.check(t.id.kind), checkValue(w.Value)); err != nil {
			return Item{}, false, err
		}
		item, _, err := t.write(ctx, key, w, 0)
		if !errors.Is(err, ErrConflict) {
			return item, err == nil, err
		}
	}
	return Item{}, false, ErrRetries
}

// updateUnits is what each try of an Update costs, reading and writing (R202).
func (t *table) updateUnits() int {
	if t.id.kind == hashMap {
		return 2
	}
	return 1
}

// Remove drops an item, and reports whether there was one.
func (t *table) Remove(ctx context.Context, key string) (removed bool, err error) {
	if err := problem(t.id.check(), checkKey(key)); err != nil {
		return false, err
	}
	err = t.scope.do(ctx, t.id, "Remove", func(now time.Time) error {
		if err := t.scope.spend(t.id, 1, now); err != nil {
			return err
		}
		var e *entry
		if e, removed = t.scope.open(t.id).items[key]; removed {
			t.scope.drop(e)
		}
		return nil
	})
	return removed, err
}
