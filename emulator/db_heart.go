package emulator

import (
	"fmt"
	"slices"
)

// What was read or written is known by heart, to save reading it again, while nobody else can
// change it: in memory always, in a file within a transaction that writes. In memory, what a key
// holds is not even written over its row until somebody looks there, because most of it will be
// written over again before that. Whatever looks settles that first: see query.

// What is known by heart is bounded: some 4 MB of heads, and as much again and a little more of
// values.
const (
	headsMax       = 1 << 14
	knownBytesMax  = 8 << 20
	knownValuesMax = 16 << 10 // larger values are not worth it
)

// known returns what is known of an entry by heart.
func (d *database) known(name entryName) (entry, bool) {
	head := d.heads[name]
	if head == nil || !d.trusted {
		return entry{}, false
	}
	e := *head
	e.userIDs, e.metadata = slices.Clone(e.userIDs), slices.Clone(e.metadata)
	return e, true
}

// noteHead remembers the head of an entry as its row has it; that saves a request a third of its
// time. Whatever changes a row of entries must note its new head or drop it.
func (d *database) noteHead(name entryName, e entry) {
	if !d.trusted {
		return
	}
	head := d.heads[name]
	if head == nil {
		if len(d.heads) >= headsMax {
			d.dropHeads()
		}
		head = &entry{}
		d.heads[name] = head
	}
	d.knownBytes -= len(head.value)
	e.value, e.late = nil, false
	head.become(&e)
}

// become makes e the same as another.
func (e *entry) become(other *entry) {
	*e = *other
	e.userIDs, e.metadata = slices.Clone(other.userIDs), slices.Clone(other.metadata)
}

// dropHead forgets an entry that has no row any more.
func (d *database) dropHead(name entryName) {
	if head := d.heads[name]; head != nil {
		d.knownBytes -= len(head.value)
		head.late = false // another entry can get its row
		delete(d.heads, name)
	}
}

func (d *database) dropHeads() {
	if err := d.settle(); err != nil {
		d.broken = incomplete(err)
	}
	clear(d.heads)
	d.knownBytes = 0
}

// noteValue remembers what the entry holds beside its head, until the next write to it.
func (d *database) noteValue(name entryName, value []byte) {
	head := d.heads[name]
	if head == nil || !d.trusted || len(value) > knownValuesMax {
		return
	}
	d.knownBytes += len(value) - len(head.value)
	if d.knownBytes > knownBytesMax {
		d.dropHeads()
		return
	}
	head.value = slices.Clone(value)
}

// putOff remembers what is to stand in the row of an entry, if that can wait.
func (d *database) putOff(name entryName, e *entry) bool {
	head := d.heads[name]
	if head == nil || !d.inMemory || len(e.value) > knownValuesMax {
		return false
	}
	if d.knownBytes+len(e.value) > knownBytesMax || len(d.late) >= headsMax {
		d.dropHeads() // others may be written to now
		return false
	}
	d.knownBytes += len(e.value) - len(head.value)
	value, late := append(head.value[:0], e.value...), head.late
	head.become(e)
	head.value, head.late = value, true
	if !late {
		d.late = append(d.late, head)
	}
	return true
}

// settle writes what was put off.
func (d *database) settle() error {
	late := d.late
	d.late = nil
	for _, e := range late {
		if !e.late {
			continue // written over, or deleted
		}
		e.late = false
		if err := d.writeLive(e); err != nil {
			return err
		}
	}
	d.late = late[:0]
	return nil
}

// incomplete says why a database in memory cannot be trusted any more.
func incomplete(err error) error {
	return fmt.Errorf("the database in memory is incomplete since: %w", err)
}
