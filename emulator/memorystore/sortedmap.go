package memorystore

import (
	"cmp"
	"context"
	"iter"
	"strings"
	"time"
)

// SortKey puts an item of a sorted map in its place: a number, a string, or nothing, which is the
// zero value.
type SortKey struct {
	kind   sortKind
	number float64
	text   string
}

// sortKind tells what a SortKey is.
type sortKind uint8

const (
	unsorted sortKind = iota
	byNumber
	byText
)

// NumberKey is a numeric sort key.
func NumberKey(number float64) SortKey { return SortKey{kind: byNumber, number: number} }

// StringKey is a string as sort key.
func StringKey(text string) SortKey { return SortKey{kind: byText, text: text} }

// Number returns a numeric sort key's number.
func (k SortKey) Number() (float64, bool) { return k.number, k.kind == byNumber }

// Text returns a string sort key's string.
func (k SortKey) Text() (string, bool) { return k.text, k.kind == byText }

// compare orders sort keys: numbers, then strings, then none (R205).
func (k SortKey) compare(other SortKey) int {
	rank := [...]int{byNumber: 0, byText: 1, unsorted: 2}
	return cmp.Or(
		cmp.Compare(rank[k.kind], rank[other.kind]),
		cmp.Compare(k.number, other.number),
		strings.Compare(k.text, other.text),
	)
}

func (k SortKey) bytes() int {
	if k.kind == byNumber {
		return 8
	}
	return len(k.text)
}

// SortedMap is a map whose items are in the order of their sort keys, and of their keys where those
// are the same or missing (R205). Its methods are those of table, Range and Size.
type SortedMap struct{ table }

// Bound is a place in the order of a sorted map, which its own item is not part of (R206). Without
// Key, it stands for all items of its SortKey; without SortKey, for an item that has none, assumed.
// The zero value is no bound.
type Bound struct {
	Key     string
	SortKey SortKey
}

// compare tells on which side of the bound an item is, 0 for what the bound stands for.
func (b Bound) compare(e *entry) int {
	order := e.sortKey.compare(b.SortKey)
	if order == 0 && b.Key != "" {
		return strings.Compare(e.key, b.Key)
	}
	return order
}

// Bounds are the two ends of a range.
type Bounds struct{ Lower, Upper Bound }

// Direction tells at which end a range begins.
type Direction uint8

// The directions.
const (
	Ascending Direction = iota
	Descending
)

// Range returns up to count items between the bounds, in the order of the direction.
func (m *SortedMap) Range(
	ctx context.Context, direction Direction, count int, bounds Bounds,
) (items []Item, err error) {
	err = problem(m.id.check(), checkCount(count, RangeCountMax),
		bounds.Lower.check(ErrLowerInvalid), bounds.Upper.check(ErrUpperInvalid))
	if err != nil {
		return nil, err
	}
	err = m.scope.do(ctx, m.id, "Range", func(now time.Time) error {
		for e := range bounds.walk(&m.scope.open(m.id).order, direction) {
			items = append(items, e.item())
			if len(items) == count {
				break
			}
		}
		return m.scope.spend(m.id, max(1, len(items)), now) // R202
	})
	if err != nil {
		return nil, err
	}
	return items, nil
}

// walk yields what is between the bounds.
func (b Bounds) walk(order *sorted[*entry], direction Direction) iter.Seq[*entry] {
	above := func(e *entry) bool { return b.Lower == Bound{} || b.Lower.compare(e) > 0 }
	beyond := func(e *entry) bool { return b.Upper != Bound{} && b.Upper.compare(e) >= 0 }
	return func(yield func(*entry) bool) {
		if direction == Descending {
			for e := range order.descend(beyond) {
				if !above(e) || !yield(e) {
					return
				}
			}
			return
		}
		for e := range order.ascend(above) {
			if beyond(e) || !yield(e) {
				return
			}
		}
	}
}

// Size returns how many items the map has.
func (m *SortedMap) Size(ctx context.Context) (size int, err error) {
	if err := problem(m.id.check()); err != nil {
		return 0, err
	}
	err = m.scope.do(ctx, m.id, "Size", func(now time.Time) error {
		size = m.scope.open(m.id).order.size
		return m.scope.spend(m.id, 1, now)
	})
	return size, err
}
