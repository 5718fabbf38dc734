package memorystore

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"time"
)

// Queue is a list of items that readers take from its front and remove when they have dealt with
// them.
type Queue struct {
	scope *Scope
	id    structureID
}

// QueueItem is an item of a queue. Its Value is shared: nobody may change it.
type QueueItem struct {
	ID       string // sorts as the queue does
	Value    json.RawMessage
	Priority float64
	Expires  time.Time
}

func (e *entry) queueItem() QueueItem {
	return QueueItem{ID: e.key, Value: e.value, Priority: e.priority, Expires: e.expires}
}

// Name returns the name of the queue.
func (q *Queue) Name() string { return q.id.name }

// Add puts a value behind those of the same or a higher priority (R208).
func (q *Queue) Add(
	ctx context.Context, value json.RawMessage, expiration time.Duration, priority float64,
) (item QueueItem, err error) {
	var badPriority *Error
	if math.IsNaN(priority) {
		badPriority = ErrPriorityInvalid
	}
	err = problem(q.id.check(), checkExpiration(expiration), badPriority)
	if err == nil {
		err = problem(checkValue(value))
	}
	if err != nil {
		return QueueItem{}, err
	}
	s := q.scope
	err = s.do(ctx, q.id, "Add", func(now time.Time) error {
		if err := s.spend(q.id, 1, now); err != nil {
			return err
		}
		version := s.stamp()
		e := &entry{
			home: s.open(q.id), key: queueID(priority, version), value: slices.Clone(value),
			version: version, expires: now.Add(expiration), priority: priority,
		}
		item = e.queueItem()
		return s.add(e, nil, now)
	})
	if err != nil {
		return QueueItem{}, err
	}
	return item, nil
}

// queueID makes the id of an item, such that ids sort by falling priority and then by time. It has
// the form that Open Cloud shows: the third item, of priority 0, is
// 7fffffffffffffff0000000000000003.
func queueID(priority float64, version uint64) string {
	bits := math.Float64bits(priority + 0) // -0 is 0
	if bits>>63 == 0 {
		bits = ^(bits | 1<<63) // of positive numbers the larger has the larger bits
	}
	return fmt.Sprintf("%016x%016x", bits, version)
}

// Read is what a reader wants of a queue.
type Read struct {
	Count        int
	AllOrNothing bool          // rather read nothing than fewer than Count items
	Invisible    time.Duration // for how long other readers do not see the items (R209)

	// Wait is how long to look for items if there are none, or too few: not at all for 0, and
	// without end if negative.
	Wait time.Duration
}

// Reading is what a reader got. ID is for Remove; it is "" if there are no items (R209, assumed).
type Reading struct {
	ID    string
	Items []QueueItem
}

// Read takes items from the front of the queue. If there are none it looks again every two seconds
// until Wait is over (R209).
func (q *Queue) Read(ctx context.Context, r Read) (Reading, error) {
	var badInvisibility *Error
	if r.Invisible < 0 || r.Invisible > ExpirationMax {
		badInvisibility = ErrInvisibilityInvalid
	}
	err := problem(q.id.check(), checkCount(r.Count, ReadCountMax), badInvisibility)
	if err != nil {
		return Reading{}, err
	}
	for polls := r.Wait / readPoll; ; polls-- {
		got, err := q.poll(ctx, r)
		if err != nil || len(got.Items) > 0 {
			return got, err
		}
		pause := readPoll
		if r.Wait >= 0 && polls == 0 {
			pause = r.Wait % readPoll // no look follows
		}
		if pause > 0 {
			if err := q.scope.universe.clock.Sleep(ctx, pause); err != nil {
				return Reading{}, fmt.Errorf("wait for items of queue %q: %w", q.id.name, err)
			}
		}
		if pause < readPoll {
			return Reading{}, nil
		}
	}
}

// poll takes items if there are enough. Every look costs a unit, so two seconds of waiting cost one
// (R202).
func (q *Queue) poll(ctx context.Context, r Read) (got Reading, err error) {
	s := q.scope
	err = s.do(ctx, q.id, "Read", func(now time.Time) error {
		st := s.open(q.id)
		st.reveal(now)
		var front []*entry
		for e := range st.order.ascend(func(*entry) bool { return true }) {
			front = append(front, e)
			if len(front) == r.Count {
				break
			}
		}
		if r.AllOrNothing && len(front) < r.Count {
			front = nil
		}
		if err := s.spend(q.id, max(1, len(front)), now); err != nil {
			return err
		}
		if len(front) > 0 {
			got = st.hide(front, s.readID(), now.Add(r.Invisible))
		}
		return nil
	})
	return got, err
}

// Remove drops the items that a Read took, unless they are visible again: then it does nothing
// (R210), as for an id that nobody was given, assumed.
func (q *Queue) Remove(ctx context.Context, id string) error {
	if err := problem(q.id.check()); err != nil {
		return err
	}
	return q.scope.do(ctx, q.id, "Remove", func(now time.Time) error {
		if err := q.scope.spend(q.id, 1, now); err != nil {
			return err
		}
		st := q.scope.open(q.id)
		st.reveal(now)
		if r, ok := st.readings[id]; ok {
			for _, e := range slices.Clone(r.entries) {
				q.scope.drop(e)
			}
		}
		return nil
	})
}

// Size returns how many items the queue has, with or without those that are invisible.
func (q *Queue) Size(ctx context.Context, excludeInvisible bool) (size int, err error) {
	if err := problem(q.id.check()); err != nil {
		return 0, err
	}
	err = q.scope.do(ctx, q.id, "Size", func(now time.Time) error {
		st := q.scope.open(q.id)
		st.reveal(now)
		size = st.order.size
		if !excludeInvisible {
			size += st.hidden.size
		}
		return q.scope.spend(q.id, 1, now)
	})
	return size, err
}
