package stdlib

import (
	"math"

	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/machine"
	"savestone/luabridge/vm"
)

var tableLibrary = library{"table", []entry{
	function("clear", tableClear),
	function("clone", tableClone),
	function("concat", tableConcat),
	function("create", tableCreate),
	function("find", tableFind),
	function("foreach", tableForeach),
	function("foreachi", tableForeachi),
	function("freeze", tableFreeze),
	function("getn", tableGetn),
	fast("insert", tableInsert, fastInsert),
	function("isfrozen", tableIsFrozen),
	function("maxn", tableMaxn),
	function("move", tableMove),
	function("pack", tablePack),
	fast("remove", tableRemove, fastRemove),
	function("sort", tableSort),
	function("unpack", tableUnpack),
}}

func tableInsert(L *lua.LState) int {
	t := vm.ArgTable(L, 1, "insert")
	top := L.GetTop()
	if top != 2 && top != 3 {
		vm.Errorf(L, "wrong number of arguments to 'insert'")
	}
	value := L.Get(top)
	size := vm.Length(t)
	position := size + 1
	if top == 3 {
		position = vm.ArgInt(L, 2, "insert")
	}
	vm.Writable(L, t)
	switch {
	case size >= vm.ListMax:
		vm.Errorf(L, "table overflow")
	case 1 <= position && position <= size:
		machine.Insert(t, position, value)
	default:
		machine.SetItem(t, position, value)
	}
	return 0
}

func tableRemove(L *lua.LState) int {
	t := vm.ArgTable(L, 1, "remove")
	size := vm.Length(t)
	position := vm.OptInt(L, 2, "remove", size)
	if position < 1 || position > size {
		return 0
	}
	vm.Writable(L, t)
	value := machine.Item(t, position)
	machine.Remove(t, position)
	L.Push(value)
	return 1
}

// resultsMax is how many values a library function may have on its stack: Luau's own bound.
const resultsMax = 8000

func tableUnpack(L *lua.LState) int {
	t := vm.ArgTable(L, 1, "unpack")
	first := vm.OptInt(L, 2, "unpack", 1)
	last := 0
	if L.Get(3) == lua.LNil {
		last = vm.Length(t)
	} else {
		last = vm.ArgInt(L, 3, "unpack")
	}
	if first > last {
		return 0
	}
	if uint64(last)-uint64(first) >= uint64(resultsMax-L.GetTop()) {
		vm.Errorf(L, "too many results to unpack")
	}
	for i := first; i <= last; i++ {
		L.Push(machine.Item(t, i))
	}
	return last - first + 1
}

func tablePack(L *lua.LState) int {
	values := vm.Rest(L, 1)
	t := vm.Of(L).NewTable(len(values), 1)
	for i, value := range values {
		machine.SetItem(t, i+1, value)
	}
	machine.SetField(t, "n", lua.LNumber(len(values)))
	L.Push(t)
	return 1
}

func tableConcat(L *lua.LState) int {
	t := vm.ArgTable(L, 1, "concat")
	separator := vm.OptString(L, 2, "concat", "")
	first, last := vm.OptInt(L, 3, "concat", 1), 0
	if L.Get(4) == lua.LNil {
		last = vm.Length(t)
	} else {
		last = vm.ArgInt(L, 4, "concat")
	}
	var text []byte
	for i := first; i <= last; i++ {
		if i > first {
			text = append(text, separator...)
		}
		value, ok := machine.Item(t, i), false
		if text, ok = appendText(text, value); !ok {
			vm.Errorf(L, "invalid value (at index %d) in table for 'concat'", i)
		}
		if len(text) > stringBytesMax {
			vm.Raise(L, outOfMemory)
		}
	}
	return returnString(L, string(text))
}

const (
	tableItemsMax = 1 << 26
	valueBytes    = 16 // of a place for a value in a list
)

func tableCreate(L *lua.LState) int {
	size := vm.ArgInt(L, 1, "create")
	if size < 0 {
		vm.ArgError(L, 1, "create", "size out of range")
	}
	value := L.Get(2)
	if size > tableItemsMax || value != lua.LNil && size > vm.ListMax {
		vm.Errorf(L, "table overflow")
	}
	vm.Spend(L, size*valueBytes)
	if value == lua.LNil {
		L.Push(vm.Of(L).NewTable(min(size, vm.ListMax), 0))
		return 1
	}
	t := vm.Of(L).NewTable(size, 0)
	for i := range size {
		machine.SetItem(t, i+1, value)
	}
	L.Push(t)
	return 1
}

func tableFind(L *lua.LState) int {
	t := vm.ArgTable(L, 1, "find")
	wanted := anyArg(L, 2)
	first := vm.OptInt(L, 3, "find", 1)
	if first < 1 {
		vm.ArgError(L, 3, "find", "index out of range")
	}
	for i := first; ; i++ {
		switch value := machine.Item(t, i); {
		case value == lua.LNil:
			L.Push(lua.LNil)
			return 1
		case value == wanted || value.Type() == wanted.Type() && machine.Equal(L, value, wanted):
			return returnNumber(L, float64(i))
		}
	}
}

func tableMove(L *lua.LState) int {
	from := vm.ArgTable(L, 1, "move")
	first, last := vm.ArgInt(L, 2, "move"), vm.ArgInt(L, 3, "move")
	target := vm.ArgInt(L, 4, "move")
	to := from
	if L.Get(5) != lua.LNil {
		to = vm.ArgTable(L, 5, "move")
	}
	if last >= first {
		if first <= 0 && last >= math.MaxInt32+first {
			vm.ArgError(L, 3, "move", "too many elements to move")
		}
		if target > math.MaxInt32-(last-first) {
			vm.ArgError(L, 4, "move", "destination wrap around")
		}
		vm.Writable(L, to)
		moveItems(L, from, to, first, last, target)
	}
	L.Push(to)
	return 1
}

// moveItems copies upwards or downwards, so that no item is overwritten before it was read.
func moveItems(L *lua.LState, from, to *lua.LTable, first, last, target int) {
	step, i, end := 1, first, last+1
	if from == to && first < target && target <= last {
		step, i, end = -1, last, first-1
	}
	for ; i != end; i += step {
		if i%stepsPerPoll == 0 {
			vm.Poll(L)
		}
		machine.SetItem(to, target+i-first, machine.Item(from, i))
	}
}

func tableClear(L *lua.LState) int {
	t := vm.ArgTable(L, 1, "clear")
	vm.Writable(L, t)
	machine.Clear(t)
	return 0
}

func tableClone(L *lua.LState) int {
	t := vm.ArgTable(L, 1, "clone")
	v := vm.Of(L)
	if v.Metafield(t, "__metatable") != lua.LNil {
		vm.ArgError(L, 1, "clone", "table has a protected metatable")
	}
	clone := machine.Copy(t)
	clone.Metatable = machine.MetatableOf(t)
	L.Push(clone)
	return 1
}

func tableFreeze(L *lua.LState) int {
	t := vm.ArgTable(L, 1, "freeze")
	if machine.IsFrozen(t) {
		vm.ArgError(L, 1, "freeze", "table is already frozen")
	}
	v := vm.Of(L)
	if v.Metafield(t, "__metatable") != lua.LNil {
		vm.ArgError(L, 1, "freeze", "table has a protected metatable")
	}
	machine.Freeze(t)
	L.SetTop(1)
	return 1
}

func tableIsFrozen(L *lua.LState) int {
	return returnBool(L, machine.IsFrozen(vm.ArgTable(L, 1, "isfrozen")))
}

func tableGetn(L *lua.LState) int {
	return returnNumber(L, float64(vm.Length(vm.ArgTable(L, 1, "getn"))))
}

func tableMaxn(L *lua.LState) int {
	t := vm.ArgTable(L, 1, "maxn")
	largest := lua.LNumber(0)
	for key, _ := vm.Next(t, lua.LNil); key != lua.LNil; key, _ = vm.Next(t, key) {
		if n, ok := key.(lua.LNumber); ok && n > largest {
			largest = n
		}
	}
	L.Push(largest)
	return 1
}

// tableForeach calls a function with each entry until it returns something.
func tableForeach(L *lua.LState) int {
	t := vm.ArgTable(L, 1, "foreach")
	fn := vm.ArgFunction(L, 2, "foreach")
	for key, value := vm.Next(t, lua.LNil); key != lua.LNil; key, value = vm.Next(t, key) {
		if result := vm.Call1(L, fn, key, value); result != lua.LNil {
			L.Push(result)
			return 1
		}
	}
	return 0
}

func tableForeachi(L *lua.LState) int {
	t := vm.ArgTable(L, 1, "foreachi")
	fn := vm.ArgFunction(L, 2, "foreachi")
	for i, size := 1, vm.Length(t); i <= size; i++ {
		if result := vm.Call1(L, fn, lua.LNumber(i), machine.Item(t, i)); result != lua.LNil {
			L.Push(result)
			return 1
		}
	}
	return 0
}
