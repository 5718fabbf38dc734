package emulator

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"time"
)

// The whole state, to carry elsewhere: as records that a tool can write as text, or as a copy of
// the database.

// Record is a part of an Export: what a data store is, or an entry of one. Times are exact to 100
// nanoseconds.
type Record struct {
	Store StoreID // Scope is "" in a store's own record
	Key   string  // "" in a store's own record

	// Versions are a standard entry's, the newest first. The first is the current one unless that
	// was removed for good (R125): then Forgotten is the id from which the entry goes on.
	Versions  []Version
	Forgotten string

	Number int64 // an ordered entry's

	Created, Updated time.Time // a store's
	// Snapshot is when the last snapshot was taken (R110). It has a record of its own, the first.
	Snapshot time.Time

	_ struct{}
}

// Version is one version of an entry. Its ID tells when object and version were created.
type Version struct {
	ID       string
	Value    json.RawMessage // nil for a tombstone
	UserIDs  []int64
	Metadata json.RawMessage
	Expires  time.Time // zero for the current version
}

// Export visits everything that is stored, in an order that depends on nothing else: by kind and
// name each store, then its entries by scope and key. What has expired is left out. The data stands
// still meanwhile; visit must not use the Emulator.
func (e *Emulator) Export(ctx context.Context, visit func(Record) error) error {
	return e.reading(ctx, "export", func(now ticks) error {
		return e.db.eachRecord(now, func(r Record) error {
			if err := ctx.Err(); err != nil {
				return err
			}
			return visit(r)
		})
	})
}

// Import stores records as an Export gave them: ids, times and tombstones too. What a record's
// store or key held before is gone. If one record is refused, or the sequence yields an error,
// nothing is imported.
func (e *Emulator) Import(ctx context.Context, records iter.Seq2[Record, error]) error {
	return e.writing(ctx, "import", func() error {
		for r, err := range records {
			if err == nil {
				err = ctx.Err()
			}
			if err != nil {
				return err
			}
			if err := r.Check(); err != nil {
				return fmt.Errorf("%s, key %q: %w", r.Store, r.Key, err)
			}
			if err := e.db.putRecord(&r); err != nil {
				return fmt.Errorf("%s, key %q: %w", r.Store, r.Key, err)
			}
		}
		return e.db.flushUpdates()
	})
}

// Check tells what is wrong with a record: it came from a file that anybody may have edited.
func (r *Record) Check() error {
	switch {
	case !r.Snapshot.IsZero():
		return nil
	case r.Key == "":
		store := r.Store
		if store.Scope != "" {
			return ErrKeyEmpty
		}
		if store.Scope = "any"; store.Name == "" {
			store = GlobalStore()
		}
		return store.Check()
	}
	req := Request{Op: OpGet, Store: r.Store, Key: r.Key}
	if err := req.Check(); err != nil || r.Store.Kind == Ordered {
		return err
	}
	if len(r.Versions) == 0 && r.Forgotten == "" {
		return fmt.Errorf("got no version, want at least one")
	}
	newer := ""
	if r.Forgotten != "" {
		newer = r.Forgotten
		if _, ok := parseVersion(newer); !ok {
			return fmt.Errorf("got version %q, want an id as NewVersion makes it", newer)
		}
	}
	for i := range r.Versions {
		if err := r.checkVersion(&r.Versions[i], newer); err != nil {
			return fmt.Errorf("version %q: %w", r.Versions[i].ID, err)
		}
		newer = r.Versions[i].ID
	}
	return nil
}

// checkVersion checks a version that comes after the newer one, "" if it is the current one.
func (r *Record) checkVersion(v *Version, newer string) error {
	at, ok := parseVersion(v.ID)
	if !ok {
		return fmt.Errorf("got this id, want one as NewVersion makes it")
	}
	if after, ok := parseVersion(newer); ok &&
		(at.created != after.created || at.written >= after.written) {
		return fmt.Errorf("got it after %q, want an older one of the same object", newer)
	}
	if (newer == "") != v.Expires.IsZero() {
		return fmt.Errorf("got expiry %s, want one unless it is current", v.Expires)
	}
	if v.Value == nil {
		return nil
	}
	req := Request{
		Op: OpPut, Store: r.Store, Key: r.Key,
		Value: v.Value, UserIDs: v.UserIDs, Metadata: v.Metadata,
	}
	return req.Check()
}

// Reset forgets everything that is stored.
func (e *Emulator) Reset(ctx context.Context) error {
	return e.writing(ctx, "reset", func() error { return e.db.reset() })
}

// Backup writes a copy of the whole database to a file, which must not be there yet.
func (e *Emulator) Backup(ctx context.Context, path string) error {
	return e.holding(ctx, fmt.Sprintf("back up to %q", path), func() error {
		return e.db.backup(path)
	})
}

// Restore replaces everything that is stored by what a file holds that Backup made.
func (e *Emulator) Restore(ctx context.Context, path string) error {
	return e.holding(ctx, fmt.Sprintf("restore from %q", path), func() error {
		return e.db.restore(path)
	})
}

// reading runs do within a transaction that only reads.
func (e *Emulator) reading(ctx context.Context, deed string, do func(now ticks) error) error {
	return e.holding(ctx, deed, func() error {
		if err := e.db.begin(beginReading); err != nil {
			return err
		}
		err := do(ticksOf(e.clock.Now()))
		return errors.Join(err, e.db.end(nil))
	})
}

// writing runs do within a transaction, which an error takes back.
func (e *Emulator) writing(ctx context.Context, deed string, do func() error) error {
	return e.holding(ctx, deed, func() error {
		if err := e.db.begin(beginWriting); err != nil {
			return err
		}
		err := e.db.wholly(do)
		return errors.Join(err, e.db.end(nil))
	})
}

// holding runs do while nobody else uses the database.
func (e *Emulator) holding(ctx context.Context, deed string, do func() error) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.db == nil {
		return ErrClosed
	}
	err := ctx.Err()
	if err == nil {
		err = do()
	}
	if err != nil {
		return fmt.Errorf("%s: %w", deed, inPlainWords(err))
	}
	return nil
}
