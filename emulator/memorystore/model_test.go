package memorystore_test

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"savestone/emulator/memorystore"
)

// modelItem is an item as a plain list keeps it.
type modelItem struct {
	key, value string
	number     *float64 // at most one of number and text is set
	text       *string
	expires    time.Time

	priority float64 // of a queue's item
	added    int
	hidden   time.Time
	reading  string
}

func (i modelItem) sortKey() memorystore.SortKey {
	switch {
	case i.number != nil:
		return memorystore.NumberKey(*i.number)
	case i.text != nil:
		return memorystore.StringKey(*i.text)
	}
	return memorystore.SortKey{}
}

// before tells the order of R205, spelled out.
func (i modelItem) before(j modelItem) bool {
	switch {
	case i.number != nil && j.number != nil && *i.number != *j.number:
		return *i.number < *j.number
	case i.number != nil && j.number == nil:
		return true
	case i.number == nil && j.number != nil:
		return false
	case i.text != nil && j.text != nil && *i.text != *j.text:
		return *i.text < *j.text
	case i.text != nil && j.text == nil:
		return true
	case i.text == nil && j.text != nil:
		return false
	}
	return i.key < j.key
}

// model is a universe's sorted map and queue as two plain lists.
type model struct {
	ctx    context.Context
	clock  *handClock
	scope  *memorystore.Scope
	sorted []modelItem
	queue  []modelItem
	added  int
	reads  []string
}

func newModel() *model {
	clock := &handClock{now: start}
	universe := memorystore.New(clock, memorystore.Options{Limits: &memorystore.Limits{}})
	return &model{
		ctx: context.Background(), clock: clock, scope: universe.Scope(memorystore.Live),
	}
}

func (m *model) prune() {
	gone := func(i modelItem) bool { return !i.expires.After(m.clock.now) }
	m.sorted = slices.DeleteFunc(m.sorted, gone)
	m.queue = slices.DeleteFunc(m.queue, gone)
}

var (
	modelKeys    = rapid.SampledFrom([]string{"a", "b", "c", "d", "e"})
	modelSeconds = rapid.Map(rapid.IntRange(0, 40), func(s int) time.Duration {
		return time.Duration(s) * time.Second
	})
)

// drawSortKey sets the sort key of an item.
func (i *modelItem) drawSortKey(t *rapid.T) {
	switch rapid.IntRange(0, 2).Draw(t, "sort key") {
	case 0:
		number := rapid.SampledFrom([]float64{-1, 0, 0.5, 1e9}).Draw(t, "number")
		i.number = &number
	case 1:
		text := rapid.SampledFrom([]string{"", "A", "a"}).Draw(t, "text")
		i.text = &text
	}
}

func (m *model) set(t *rapid.T) {
	item := modelItem{
		key:   modelKeys.Draw(t, "key"),
		value: fmt.Sprint(rapid.IntRange(0, 9).Draw(t, "value")),
	}
	item.drawSortKey(t)
	expiration := modelSeconds.Draw(t, "expiration")
	item.expires = m.clock.now.Add(expiration)
	was := slices.IndexFunc(m.sorted, func(i modelItem) bool { return i.key == item.key })
	_, replaced, err := m.scope.SortedMap("x").Set(m.ctx, item.key, memorystore.Write{
		Value: json.RawMessage(item.value), SortKey: item.sortKey(), Expiration: expiration,
	})
	require.NoError(t, err)
	require.Equal(t, was >= 0, replaced)
	if was >= 0 {
		m.sorted = slices.Delete(m.sorted, was, was+1)
	}
	m.sorted = append(m.sorted, item)
}

func (m *model) remove(t *rapid.T) {
	key := modelKeys.Draw(t, "key")
	was := slices.IndexFunc(m.sorted, func(i modelItem) bool { return i.key == key })
	removed, err := m.scope.SortedMap("x").Remove(m.ctx, key)
	require.NoError(t, err)
	require.Equal(t, was >= 0, removed)
	if removed {
		m.sorted = slices.Delete(m.sorted, was, was+1)
	}
}

func (m *model) rangeOf(t *rapid.T) {
	lower := modelItem{key: modelKeys.Draw(t, "lower")}
	upper := modelItem{key: modelKeys.Draw(t, "upper")}
	lower.drawSortKey(t)
	upper.drawSortKey(t)
	count := rapid.IntRange(1, 6).Draw(t, "count")
	direction := memorystore.Direction(rapid.IntRange(0, 1).Draw(t, "direction"))
	got, err := m.scope.SortedMap("x").Range(m.ctx, direction, count, memorystore.Bounds{
		Lower: memorystore.Bound{Key: lower.key, SortKey: lower.sortKey()},
		Upper: memorystore.Bound{Key: upper.key, SortKey: upper.sortKey()},
	})
	require.NoError(t, err)
	var want []string
	for _, item := range m.inOrder() {
		if lower.before(item) && item.before(upper) {
			want = append(want, item.key)
		}
	}
	if direction == memorystore.Descending {
		slices.Reverse(want)
	}
	require.Equal(t, strings.Join(want[:min(count, len(want))], " "), keys(got))
}

func (m *model) inOrder() []modelItem {
	items := slices.Clone(m.sorted)
	slices.SortFunc(items, func(a, b modelItem) int {
		switch {
		case a.before(b):
			return -1
		case b.before(a):
			return 1
		}
		return 0
	})
	return items
}

func (m *model) add(t *rapid.T) {
	m.added++
	item := modelItem{
		value: fmt.Sprint(m.added), added: m.added,
		priority: rapid.SampledFrom([]float64{-3, 0, 0.25, 2}).Draw(t, "priority"),
	}
	expiration := modelSeconds.Draw(t, "expiration")
	item.expires = m.clock.now.Add(expiration)
	_, err := m.scope.Queue("x").Add(m.ctx, json.RawMessage(item.value), expiration, item.priority)
	require.NoError(t, err)
	m.queue = append(m.queue, item)
	slices.SortFunc(m.queue, func(a, b modelItem) int {
		return cmp.Or(-cmp.Compare(a.priority, b.priority), cmp.Compare(a.added, b.added))
	})
}

func (m *model) read(t *rapid.T) {
	r := memorystore.Read{
		Count:        rapid.IntRange(1, 4).Draw(t, "count"),
		AllOrNothing: rapid.Bool().Draw(t, "all or nothing"),
		Invisible:    modelSeconds.Draw(t, "invisible"),
	}
	var front []int
	for i := range m.queue {
		if !m.queue[i].hidden.After(m.clock.now) && len(front) < r.Count {
			front = append(front, i)
		}
	}
	if r.AllOrNothing && len(front) < r.Count {
		front = nil
	}
	got, err := m.scope.Queue("x").Read(m.ctx, r)
	require.NoError(t, err)
	require.Equal(t, len(front) > 0, got.ID != "")
	require.NotContains(t, m.reads, got.ID)
	var want []string
	for _, i := range front {
		m.queue[i].hidden, m.queue[i].reading = m.clock.now.Add(r.Invisible), got.ID
		want = append(want, m.queue[i].value)
	}
	require.Equal(t, strings.Join(want, " "), values(got))
	if got.ID != "" {
		m.reads = append(m.reads, got.ID)
	}
}

func (m *model) discard(t *rapid.T) {
	if len(m.reads) == 0 {
		t.Skip("nothing was read")
	}
	id := rapid.SampledFrom(m.reads).Draw(t, "reading")
	require.NoError(t, m.scope.Queue("x").Remove(m.ctx, id))
	m.queue = slices.DeleteFunc(m.queue, func(i modelItem) bool {
		return i.reading == id && i.hidden.After(m.clock.now)
	})
}

// check compares all that can be seen.
func (m *model) check(t *rapid.T) {
	got, err := m.scope.SortedMap("x").Range(m.ctx, memorystore.Ascending, 200, memorystore.Bounds{})
	require.NoError(t, err)
	want := m.inOrder()
	require.Len(t, got, len(want))
	for i, item := range want {
		require.Equal(t, item.key, got[i].Key)
		require.Equal(t, item.value, string(got[i].Value))
		require.Equal(t, item.sortKey(), got[i].SortKey)
		require.Equal(t, item.expires, got[i].Expires)
	}
	visible := 0
	for _, item := range m.queue {
		if !item.hidden.After(m.clock.now) {
			visible++
		}
	}
	for exclude, want := range map[bool]int{false: len(m.queue), true: visible} {
		size, err := m.scope.Queue("x").Size(m.ctx, exclude)
		require.NoError(t, err)
		require.Equal(t, want, size)
	}
}

func TestMemoryStoresBehaveLikePlainLists(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := newModel()
		step := func(do func(*rapid.T)) func(*rapid.T) {
			return func(t *rapid.T) {
				do(t)
				m.prune()
			}
		}
		t.Repeat(map[string]func(*rapid.T){
			"set": step(m.set), "remove": step(m.remove), "range": step(m.rangeOf),
			"add": step(m.add), "read": step(m.read), "discard": step(m.discard),
			"pass": step(func(t *rapid.T) {
				m.clock.now = m.clock.now.Add(modelSeconds.Draw(t, "time"))
			}),
			"": m.check,
		})
		m.clock.now = m.clock.now.Add(time.Hour)
		m.prune()
		m.check(t)
	})
}
