package gameserver

import (
	"context"
	"encoding/json"
	"errors"

	"savestone/emulator"
)

// Transform says what becomes of an entry. It may be called many times, each time with a fresh
// reading, and only the last answer counts (R74, R80); so it must have no side effects, and must
// not wait (R81). An error from it ends the Update, with nothing written.
type Transform func(current emulator.Result) (Change, error)

// Change is a Transform's answer.
type Change struct {
	Cancel   bool            // leave the entry as it is (R76); the rest is ignored
	Value    json.RawMessage // the new value
	UserIDs  []int64         // replaces the old list, empty clears it (R79)
	Metadata json.RawMessage // a JSON object, nil clears it (R79)
}

// Update reads key from the backend, not from the cache (R86), and writes what transform makes of
// it if the entry is still the same then; if not, it starts over (R74). It returns the entry as
// written, or nothing found after a cancel (R77).
//
// It is charged a read, and unless it is cancelled a write; starting over costs no more (R76, R85).
// Calls on the same key take their turn in the order they were made (R87, assumed).
func (st *Store) Update(
	ctx context.Context, key string, transform Transform,
) (emulator.Result, error) {
	u, err := st.BeginUpdate(ctx, key)
	if err != nil {
		return emulator.Result{}, err
	}
	defer u.End()
	for {
		change, err := transform(u.Current())
		if err != nil || change.Cancel {
			return emulator.Result{}, err
		}
		result, err := u.Commit(ctx, change)
		if !errors.Is(err, emulator.ErrVersionConflict) {
			return result, err
		}
	}
}
