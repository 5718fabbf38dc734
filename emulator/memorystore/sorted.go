package memorystore

import (
	"iter"
	"slices"
	"sort"
)

// chunkItemsMax keeps insertions short: what moves is part of one chunk, and the list of chunks.
const chunkItemsMax = 512

// sorted keeps items in an order in which no two are equal.
type sorted[T any] struct {
	compare func(a, b T) int
	chunks  [][]T // in order, none of them empty
	size    int
}

// find returns the place of the first item that is inside; all that follow it must be inside too.
func (s *sorted[T]) find(inside func(T) bool) (chunk, index int) {
	chunk = sort.Search(len(s.chunks), func(i int) bool {
		items := s.chunks[i]
		return inside(items[len(items)-1])
	})
	if chunk == len(s.chunks) {
		return chunk, 0
	}
	items := s.chunks[chunk]
	return chunk, sort.Search(len(items), func(i int) bool { return inside(items[i]) })
}

func (s *sorted[T]) insert(item T) {
	s.size++
	chunk, index := s.find(func(other T) bool { return s.compare(other, item) > 0 })
	if chunk == len(s.chunks) {
		if chunk == 0 {
			s.chunks = [][]T{{item}}
			return
		}
		chunk--
		index = len(s.chunks[chunk])
	}
	items := slices.Insert(s.chunks[chunk], index, item)
	s.chunks[chunk] = items
	if len(items) > chunkItemsMax {
		half := len(items) / 2
		s.chunks[chunk] = slices.Clone(items[:half])
		s.chunks = slices.Insert(s.chunks, chunk+1, slices.Clone(items[half:]))
	}
}

// remove takes out an item, which must be there.
func (s *sorted[T]) remove(item T) {
	chunk, index := s.find(func(other T) bool { return s.compare(other, item) >= 0 })
	s.size--
	s.chunks[chunk] = slices.Delete(s.chunks[chunk], index, index+1)
	if len(s.chunks[chunk]) == 0 {
		s.chunks = slices.Delete(s.chunks, chunk, chunk+1)
	}
}

// first returns the first item, and false if there is none.
func (s *sorted[T]) first() (item T, ok bool) {
	if s.size == 0 {
		return item, false
	}
	return s.chunks[0][0], true
}

// ascend yields the items from the first that is inside on.
func (s *sorted[T]) ascend(inside func(T) bool) iter.Seq[T] {
	return func(yield func(T) bool) {
		chunk, index := s.find(inside)
		for ; chunk < len(s.chunks); chunk++ {
			for _, item := range s.chunks[chunk][index:] {
				if !yield(item) {
					return
				}
			}
			index = 0
		}
	}
}

// descend yields the items before the first that is beyond, the last of them first.
func (s *sorted[T]) descend(beyond func(T) bool) iter.Seq[T] {
	return func(yield func(T) bool) {
		chunk, end := s.find(beyond)
		for {
			for ; end > 0; end-- {
				if !yield(s.chunks[chunk][end-1]) {
					return
				}
			}
			if chunk == 0 {
				return
			}
			chunk--
			end = len(s.chunks[chunk])
		}
	}
}
