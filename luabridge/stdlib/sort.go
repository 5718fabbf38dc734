package stdlib

import (
	"math/bits"

	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/machine"
	"savestone/luabridge/vm"
)

// tableSort sorts a copy of the list and stores it back: a comparison may look at the table, or
// fail, and the table is whole.
func tableSort(L *lua.LState) int {
	t := vm.ArgTable(L, 1, "sort")
	size := vm.Length(t)
	s := sorter{L: L}
	if L.Get(2) != lua.LNil {
		s.less = s.ordered(vm.ArgFunction(L, 2, "sort"))
	} else {
		s.less = s.natural
	}
	vm.Writable(L, t)
	s.items = make([]lua.LValue, size)
	for i := range s.items {
		s.items[i] = machine.Item(t, i+1)
	}
	vm.NoYield(L, func() { s.sort(0, size-1, 2*bits.Len(uint(size))) })
	for i, value := range s.items {
		machine.SetItem(t, i+1, value)
	}
	return 0
}

// sorter is one sort: quicksort with the median of three as pivot, as Luau has it, so that items
// that compare equal end in the same order as there, and heapsort where that goes too deep.
type sorter struct {
	L     *lua.LState
	items []lua.LValue
	less  func(a, b lua.LValue) bool
	steps int
}

const stepsPerPoll = 1 << 12

// ordered compares with a script's function, which must not yield.
func (s *sorter) ordered(fn *lua.LFunction) func(a, b lua.LValue) bool {
	L := s.L
	return func(a, b lua.LValue) bool { return lua.LVAsBool(machine.Call(L, fn, a, b)) }
}

// natural is the < operator.
func (s *sorter) natural(a, b lua.LValue) bool {
	s.steps++
	if s.steps%stepsPerPoll == 0 {
		vm.Poll(s.L)
	}
	switch x := a.(type) {
	case lua.LNumber:
		if y, ok := b.(lua.LNumber); ok {
			return x < y
		}
	case lua.LString:
		if y, ok := b.(lua.LString); ok {
			return x < y
		}
	}
	handler := vm.Of(s.L).Metafield(a, "__lt")
	if handler == lua.LNil || a.Type() != b.Type() {
		vm.Errorf(s.L, "attempt to compare %s < %s", vm.TypeName(a), vm.TypeName(b))
	}
	return lua.LVAsBool(vm.Call1(s.L, handler, a, b))
}

func (s *sorter) lessAt(i, j int) bool { return s.less(s.items[i], s.items[j]) }

func (s *sorter) swap(i, j int) { s.items[i], s.items[j] = s.items[j], s.items[i] }

// sort orders the items from low to high, both included.
func (s *sorter) sort(low, high, depth int) {
	for low < high {
		if depth == 0 {
			s.heapSort(low, high)
			return
		}
		depth--
		if s.orderEnds(low, high) {
			return
		}
		pivot := s.partition(low, high)
		if pivot-low < high-pivot {
			s.sort(low, pivot-1, depth)
			low = pivot + 1
		} else {
			s.sort(pivot+1, high, depth)
			high = pivot - 1
		}
	}
}

// orderEnds puts the first, the middle and the last item in order, and reports whether these were
// all.
func (s *sorter) orderEnds(low, high int) bool {
	if s.lessAt(high, low) {
		s.swap(high, low)
	}
	if high-low == 1 {
		return true
	}
	middle := low + (high-low)/2
	if s.lessAt(middle, low) {
		s.swap(middle, low)
	} else if s.lessAt(high, middle) {
		s.swap(high, middle)
	}
	return high-low == 2
}

// partition moves what is less than the middle item before it and the rest behind it; it returns
// where that item ends up. The ends are in order already and stop the scans, if the order is one.
func (s *sorter) partition(low, high int) int {
	pivot := high - 1
	s.swap(low+(high-low)/2, pivot)
	left, right := low, pivot
	for {
		for left++; s.lessAt(left, pivot); left++ {
			if left >= high {
				vm.Errorf(s.L, "invalid order function for sorting")
			}
		}
		for right--; s.lessAt(pivot, right); right-- {
			if right <= low {
				vm.Errorf(s.L, "invalid order function for sorting")
			}
		}
		if right < left {
			break
		}
		s.swap(left, right)
	}
	s.swap(pivot, left)
	return left
}

// heapSort orders the items from low to high in bounded time.
func (s *sorter) heapSort(low, high int) {
	size := high - low + 1
	for root := size/2 - 1; root >= 0; root-- {
		s.siftDown(low, root, size)
	}
	for size--; size > 0; size-- {
		s.swap(low, low+size)
		s.siftDown(low, 0, size)
	}
}

func (s *sorter) siftDown(low, root, size int) {
	for {
		child := 2*root + 1
		if child >= size {
			return
		}
		if child+1 < size && s.lessAt(low+child, low+child+1) {
			child++
		}
		if !s.lessAt(low+root, low+child) {
			return
		}
		s.swap(low+root, low+child)
		root = child
	}
}
