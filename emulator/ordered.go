package emulator

import (
	"encoding/json"
	"math"
	"strconv"
)

// The operations of ordered stores: one integer per key, no versions, no attributes, gone at once
// when removed (R98, R113, R151).

// orderedResult answers with n. An integer is its own version: a put onto the number that was read
// is right whatever happened in between.
func orderedResult(n int64) Result {
	text := strconv.FormatInt(n, 10)
	return Result{Found: true, Value: json.RawMessage(text), Info: KeyInfo{Version: text}}
}

// number reads the key's integer; ok is false when it has none.
func (tx *transaction) number() (n int64, ok bool, err error) {
	if tx.store == 0 {
		return 0, false, nil
	}
	return tx.db.number(tx.store, tx.req.Key)
}

func (tx *transaction) getOrdered() (Result, error) {
	n, ok, err := tx.number()
	if err != nil || !ok {
		return Result{}, err
	}
	return orderedResult(n), nil
}

func (tx *transaction) putOrdered() (Result, error) {
	if want := tx.req.IfVersion; want != nil {
		before, err := tx.getOrdered()
		if err != nil {
			return Result{}, err
		}
		if *want != before.Info.Version {
			return Result{}, ErrVersionConflict
		}
	}
	n, err := orderedInteger(tx.req.Value)
	if err != nil {
		return Result{}, err
	}
	return tx.setNumber(n)
}

// incrementOrdered holds the sum within 64 bits (R95).
func (tx *transaction) incrementOrdered() (Result, error) {
	n, _, err := tx.number()
	if err != nil {
		return Result{}, err
	}
	return tx.setNumber(addClamped(n, tx.req.Delta, math.MinInt64, math.MaxInt64))
}

func (tx *transaction) setNumber(n int64) (Result, error) {
	if err := tx.makeStore(); err != nil {
		return Result{}, err
	}
	return orderedResult(n), tx.db.setNumber(tx.store, tx.req.Key, n)
}

func (tx *transaction) removeOrdered() (Result, error) {
	n, ok, err := tx.number()
	if err != nil || !ok {
		return Result{}, err
	}
	return orderedResult(n), tx.db.deleteNumber(tx.store, tx.req.Key)
}
