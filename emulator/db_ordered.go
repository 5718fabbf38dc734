package emulator

import "database/sql/driver"

// number reads an ordered store's integer.
func (d *database) number(name entryName) (n int64, ok bool, err error) {
	row, err := d.run(selectNumber, name.store, name.scope, name.key)
	if err != nil || row == nil {
		return 0, false, err
	}
	return row[0].(int64), true, nil
}

func (d *database) setNumber(name entryName, n int64) error {
	_, err := d.run(setNumber, name.store, name.scope, name.key, n)
	return err
}

func (d *database) deleteNumber(name entryName) error {
	_, err := d.run(deleteNumber, name.store, name.scope, name.key)
	return err
}

// eachNumberLike visits the keys after another that have the value n.
func (d *database) eachNumberLike(
	store int64, scope string, n int64, after string, limit int, visit func(string, int64) bool,
) error {
	return d.scan(listTie, numberVisitor(visit), store, scope, n, after, int64(limit))
}

// eachNumberWithin visits keys by value, those of equal value by their bytes (R161).
func (d *database) eachNumberWithin(
	store int64, scope string, low, high int64, down bool, limit int,
	visit func(string, int64) bool,
) error {
	q := listNumbersUp
	if down {
		q = listNumbersDown
	}
	return d.scan(q, numberVisitor(visit), store, scope, low, high, int64(limit))
}

func numberVisitor(visit func(string, int64) bool) func([]driver.Value) bool {
	return func(row []driver.Value) bool { return visit(row[0].(string), row[1].(int64)) }
}
