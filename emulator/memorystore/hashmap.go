package memorystore

import (
	"context"
	"fmt"
	"math/bits"
	"strconv"
	"strings"
	"time"
)

// HashMap is a map whose items have no order. Its methods are those of table, and List.
type HashMap struct{ table }

// Page is some of the items of a hash map.
type Page struct {
	Items  []Item
	Cursor string // names the next page; "" after the last
}

// List returns a page of items: the first for the cursor "", else the one that the cursor of
// another page names. A page may be short, or even empty, while more follow (R204).
func (m *HashMap) List(ctx context.Context, count int, cursor string) (page Page, err error) {
	from, badCursor := m.parse(cursor)
	if err := problem(m.id.check(), checkCount(count, ListCountMax), badCursor); err != nil {
		return Page{}, err
	}
	err = m.scope.do(ctx, m.id, "List", func(now time.Time) error {
		page = m.page(from, count)
		// The page is one partition scanned (R202).
		return m.scope.spend(m.id, 1+len(page.Items), now)
	})
	if err != nil {
		return Page{}, err
	}
	return page, nil
}

// position is where a page begins: in a partition, after a key or at the start.
type position struct {
	partition uint64
	key       string
}

func (p position) cursor() string { return fmt.Sprintf("%d:%s", p.partition, p.key) }

func (m *HashMap) parse(cursor string) (position, *Error) {
	if cursor == "" {
		return position{}, nil
	}
	number, key, found := strings.Cut(cursor, ":")
	partition, err := strconv.ParseUint(number, 10, 64)
	if !found || err != nil || partition >= m.scope.universe.partitions {
		return position{}, ErrCursorInvalid
	}
	return position{partition: partition, key: key}, nil
}

// partition returns which part of a hash map an item is in; the order of hashes is also that of
// partitions.
func (m *HashMap) partition(e *entry) uint64 {
	part, _ := bits.Mul64(e.hash, m.scope.universe.partitions)
	return part
}

func (m *HashMap) page(from position, count int) Page {
	st := m.scope.open(m.id)
	place := &entry{key: from.key, hash: hash(from.key)}
	var page Page
	for e := range st.order.ascend(func(e *entry) bool {
		if from.key != "" {
			return compareHashes(e, place) > 0
		}
		return m.partition(e) >= from.partition
	}) {
		if m.partition(e) != from.partition {
			break
		}
		if len(page.Items) == count {
			page.Cursor = position{from.partition, page.Items[count-1].Key}.cursor()
			return page
		}
		page.Items = append(page.Items, e.item())
	}
	if next := from.partition + 1; next < m.scope.universe.partitions {
		page.Cursor = position{partition: next}.cursor()
	}
	return page
}
