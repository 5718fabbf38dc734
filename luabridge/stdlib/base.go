package stdlib

import (
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/machine"
	"savestone/luabridge/vm"
)

var baseLibrary = library{"", []entry{
	fast("assert", assert, fastAssert),
	function("collectgarbage", collectGarbage),
	function("error", raise),
	function("gcinfo", gcInfo),
	function("getfenv", getEnvironment),
	fast("getmetatable", getMetatable, fastGetMetatable),
	function("ipairs", ipairs),
	function("loadstring", loadString),
	function("newproxy", newProxy),
	{"next", nextFunction},
	function("pairs", pairs),
	function("pcall", pcall),
	fast("rawequal", rawEqual, fastRawEqual),
	fast("rawget", rawGet, fastRawGet),
	fast("rawlen", rawLen, fastRawLen),
	function("rawset", rawSet),
	fast("select", selectArgs, fastSelectArgs),
	function("setfenv", setEnvironment),
	fast("setmetatable", setMetatable, fastSetMetatable),
	fast("tonumber", toNumber, fastToNumber),
	fast("tostring", toString, fastToString),
	fast("type", typeOf, fastTypeOf),
	fast("typeof", typeName, fastTypeName),
	function("unpack", tableUnpack),
	function("xpcall", xpcall),
}}

func typeOf(L *lua.LState) int { return returnString(L, vm.TypeOf(anyArg(L, 1))) }

func typeName(L *lua.LState) int { return returnString(L, vm.TypeName(anyArg(L, 1))) }

func toString(L *lua.LState) int { return returnString(L, vm.ToString(L, anyArg(L, 1))) }

func toNumber(L *lua.LState) int {
	base := vm.OptInt(L, 2, "tonumber", 10)
	if base == 10 {
		if n, ok := vm.ToNumber(anyArg(L, 1)); ok {
			return returnNumber(L, n)
		}
		L.Push(lua.LNil)
		return 1
	}
	digits := vm.ArgString(L, 1, "tonumber")
	if base < 2 || base > 36 {
		vm.ArgError(L, 2, "tonumber", "base out of range")
	}
	if n, ok := parseInBase(digits, base); ok {
		return returnNumber(L, n)
	}
	L.Push(lua.LNil)
	return 1
}

// parseInBase reads an unsigned 64-bit integer. A minus sign wraps it around, a number that is too
// large becomes the largest, as C's strtoull has it.
func parseInBase(s string, base int) (float64, bool) {
	s = strings.Trim(s, " \t\n\v\f\r")
	digits, negative := strings.CutPrefix(s, "-")
	if !negative {
		digits = strings.TrimPrefix(s, "+")
	}
	if base == 16 && len(digits) > 2 && digits[0] == '0' && digits[1]|0x20 == 'x' {
		digits = digits[2:]
	}
	if strings.ContainsAny(digits, "+-_") {
		return 0, false
	}
	n, err := strconv.ParseUint(digits, base, 64)
	if err != nil && n == 0 {
		return 0, false
	}
	if negative && err == nil {
		n = -n
	}
	return float64(n), true
}

func selectArgs(L *lua.LState) int {
	top := L.GetTop()
	if s, ok := L.Get(1).(lua.LString); ok && strings.HasPrefix(string(s), "#") {
		return returnNumber(L, float64(top-1))
	}
	n := vm.ArgInt(L, 1, "select")
	if n < 0 {
		n += top
	}
	if n < 1 {
		vm.ArgError(L, 1, "select", "index out of range")
	}
	return top - min(n, top)
}

var nextFunction = machine.NewTraversal(next)

func next(L *lua.LState) int {
	cursor, ok := machine.After(vm.ArgTable(L, 1, "next"), L.Get(2))
	if !ok {
		vm.Raise(L, "invalid key to 'next'")
	}
	key, value, ok := cursor.Next()
	L.Push(key)
	if !ok {
		return 1
	}
	L.Push(value)
	return 2
}

func pairs(L *lua.LState) int {
	return vm.Return(L, nextFunction, vm.ArgTable(L, 1, "pairs"), lua.LNil)
}

// ipairsStep is the iterator of ipairs, and stepIpairs what the machine does for it.
var ipairsStep = machine.NewFunction(func(L *lua.LState) int {
	t := vm.ArgTable(L, 1, "")
	i := vm.ArgInt(L, 2, "") + 1
	value := machine.Item(t, i)
	if value == lua.LNil {
		L.Push(lua.LNil)
		return 1
	}
	L.Push(lua.LNumber(i))
	L.Push(value)
	return 2
}, nil, stepIpairs)

func stepIpairs(m *machine.Machine, state, control lua.LValue) (key, value lua.LValue, ok bool) {
	t, tok := state.(*lua.LTable)
	n, nok := control.(lua.LNumber)
	if !tok || !nok {
		return nil, nil, false
	}
	value = machine.Item(t, int(n)+1)
	if value == lua.LNil {
		return lua.LNil, lua.LNil, true
	}
	return m.Number(float64(int(n) + 1)), value, true
}

func ipairs(L *lua.LState) int {
	return vm.Return(L, ipairsStep, vm.ArgTable(L, 1, "ipairs"), lua.LNumber(0))
}

func rawGet(L *lua.LState) int {
	t := vm.ArgTable(L, 1, "rawget")
	L.Push(machine.Get(t, anyArg(L, 2)))
	return 1
}

func rawSet(L *lua.LState) int {
	t := vm.ArgTable(L, 1, "rawset")
	key, value := anyArg(L, 2), anyArg(L, 3)
	vm.Writable(L, t)
	checkKey(L, key)
	vm.SetRaw(t, key, value)
	L.SetTop(1)
	return 1
}

// checkKey raises the error for what cannot be the key of a table.
func checkKey(L *lua.LState, key lua.LValue) {
	if key == lua.LNil {
		vm.Raise(L, "table index is nil")
	}
	if n, ok := key.(lua.LNumber); ok && n != n {
		vm.Raise(L, "table index is NaN")
	}
}

func rawLen(L *lua.LState) int {
	switch value := L.Get(1).(type) {
	case *lua.LTable:
		return returnNumber(L, float64(vm.Length(value)))
	case lua.LString:
		return returnNumber(L, float64(len(value)))
	}
	vm.ArgError(L, 1, "rawlen", "table or string expected")
	return 0
}

func rawEqual(L *lua.LState) int {
	return returnBool(L, L.RawEqual(anyArg(L, 1), anyArg(L, 2)))
}

func getMetatable(L *lua.LState) int {
	meta := vm.Of(L).Metatable(anyArg(L, 1))
	switch {
	case meta == nil:
		L.Push(lua.LNil)
	case meta.RawGetString("__metatable") != lua.LNil:
		L.Push(meta.RawGetString("__metatable"))
	default:
		L.Push(meta)
	}
	return 1
}

func setMetatable(L *lua.LState) int {
	t := vm.ArgTable(L, 1, "setmetatable")
	meta := L.Get(2)
	if _, ok := meta.(*lua.LTable); !ok && (meta != lua.LNil || L.GetTop() < 2) {
		vm.ArgTypeError(L, 2, "setmetatable", "nil or table")
	}
	if vm.Of(L).Metafield(t, "__metatable") != lua.LNil {
		vm.Errorf(L, "cannot change a protected metatable")
	}
	vm.Writable(L, t)
	t.Metatable = meta
	L.SetTop(1)
	return 1
}

func newProxy(L *lua.LState) int {
	proxy := &lua.LUserData{Metatable: lua.LNil}
	switch L.Get(1) {
	case lua.LTrue:
		proxy.Metatable = vm.Of(L).NewTable(0, 0)
	case lua.LNil, lua.LFalse:
	default:
		vm.ArgTypeError(L, 1, "newproxy", "nil or boolean")
	}
	L.Push(proxy)
	return 1
}

// memoryKB is what gcinfo tells, assumed: the heap of a small server is of this order. The true
// figure would differ from run to run, and scripts must not.
const memoryKB = 1024

func gcInfo(L *lua.LState) int { return returnNumber(L, memoryKB) }

func collectGarbage(L *lua.LState) int {
	switch vm.OptString(L, 1, "collectgarbage", "collect") {
	case "count":
		return returnNumber(L, memoryKB)
	case "collect":
		return returnNumber(L, 0) // Go collects by itself
	}
	vm.Errorf(L, "collectgarbage must be called with 'count'; use gcinfo() instead")
	return 0
}
