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
	if tx.name.store == 0 {
		return 0, false, nil
	}
	return tx.db.number(tx.name)
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
	return orderedResult(n), tx.db.setNumber(tx.name, n)
}

func (tx *transaction) removeOrdered() (Result, error) {
	n, ok, err := tx.number()
	if err != nil || !ok {
		return Result{}, err
	}
	return orderedResult(n), tx.db.deleteNumber(tx.name)
}

// getMany reads the numbers of many keys; those that have none are left out (R165).
func (tx *transaction) getMany() (Result, error) {
	if tx.name.store == 0 {
		return Result{}, nil
	}
	var items []Item
	for _, key := range tx.req.Keys {
		tx.name.key = key
		n, ok, err := tx.number()
		if err != nil {
			return Result{}, err
		}
		if ok {
			items = append(items, Item{Key: key, Value: integerJSON(n)})
		}
	}
	return Result{Items: items}, nil
}

// listSorted lists keys by value within the bounds, those of equal value by their bytes (R158,
// R161, assumed).
func (tx *transaction) listSorted() (Result, error) {
	last, err := tx.req.position()
	if err != nil || tx.name.store == 0 {
		return Result{}, err
	}
	ask, page := &tx.req.Page, tx.newPage(SortedPageDefault)
	low, high := int64(math.MinInt64), int64(math.MaxInt64)
	if ask.Min != nil {
		low = *ask.Min
	}
	if ask.Max != nil {
		high = *ask.Max
	}
	store, scope := tx.name.store, tx.name.scope
	visit := func(key string, n int64) bool {
		item := Item{Key: key, Value: integerJSON(n)}
		return page.add(item, position{number: n, text: key})
	}
	if last != nil { // first the keys that share the last value, then further ones
		err := tx.db.eachNumberLike(store, scope, last.number, last.text, page.size+1, visit)
		if err != nil {
			return Result{}, err
		}
		switch {
		case page.more,
			ask.Descending && last.number == low, !ask.Descending && last.number == high:
			return page.result(), nil
		case ask.Descending:
			high = last.number - 1
		default:
			low = last.number + 1
		}
	}
	limit := page.size + 1 - len(page.items)
	err = tx.db.eachNumberWithin(store, scope, low, high, ask.Descending, limit, visit)
	if err != nil {
		return Result{}, err
	}
	return page.result(), nil
}
