package stdlib

import (
	"strings"

	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/machine"
	"savestone/luabridge/vm"
)

var stringLibrary = library{"string", []entry{
	fast("byte", stringByte, fastStringByte),
	function("char", stringChar),
	function("find", stringFind),
	function("format", stringFormat),
	function("gmatch", stringGmatch),
	function("gsub", stringGsub),
	fast("len", stringLen, fastStringLen),
	function("lower", stringLower),
	function("match", stringMatch),
	function("pack", stringPack),
	function("packsize", stringPackSize),
	function("rep", stringRep),
	function("reverse", stringReverse),
	function("split", stringSplit),
	fast("sub", stringSub, fastStringSub),
	function("unpack", stringUnpack),
	function("upper", stringUpper),
}}

const (
	// stringBytesMax is the longest string that the library makes. Luau's own bound is four times
	// that, and more than many a machine that runs tests has to give.
	stringBytesMax = 1 << 28

	// outOfMemory is what Luau says when an allocation fails.
	outOfMemory = "not enough memory"
)

// openString gives strings their methods.
func openString(v *vm.VM) {
	meta := v.NewTable(0, 2)
	machine.SetField(meta, "__index", v.Globals.RawGetString("string"))
	machine.SetField(meta, "__metatable", lua.LString("The metatable is locked"))
	v.SetStringMetatable(meta)
}

// fromEnd turns a position that counts from the end, as -1 does, to one that counts from the start;
// it may be 0, for before the start.
func fromEnd(position, length int) int {
	if position < 0 {
		return max(length+position+1, 0)
	}
	return position
}

func stringLen(L *lua.LState) int {
	return returnNumber(L, float64(len(vm.ArgString(L, 1, "len"))))
}

func stringSub(L *lua.LState) int {
	s := vm.ArgString(L, 1, "sub")
	first := max(fromEnd(vm.ArgInt(L, 2, "sub"), len(s)), 1)
	last := min(fromEnd(vm.OptInt(L, 3, "sub", -1), len(s)), len(s))
	if first > last {
		return returnString(L, "")
	}
	return returnString(L, s[first-1:last])
}

// asciiUpper and asciiLower leave bytes beyond ASCII alone.
func asciiUpper(c byte) byte {
	if 'a' <= c && c <= 'z' {
		return c - 'a' + 'A'
	}
	return c
}

func asciiLower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c - 'A' + 'a'
	}
	return c
}

func mapBytes(s string, to func(byte) byte) string {
	mapped := []byte(s)
	for i, c := range mapped {
		mapped[i] = to(c)
	}
	return string(mapped)
}

func stringLower(L *lua.LState) int {
	return returnString(L, mapBytes(vm.ArgString(L, 1, "lower"), asciiLower))
}

func stringUpper(L *lua.LState) int {
	return returnString(L, mapBytes(vm.ArgString(L, 1, "upper"), asciiUpper))
}

func stringReverse(L *lua.LState) int {
	s := vm.ArgString(L, 1, "reverse")
	reversed := make([]byte, len(s))
	for i := range reversed {
		reversed[i] = s[len(s)-1-i]
	}
	return returnString(L, string(reversed))
}

func stringRep(L *lua.LState) int {
	s := vm.ArgString(L, 1, "rep")
	count := vm.ArgInt(L, 2, "rep")
	if count <= 0 || s == "" {
		return returnString(L, "")
	}
	if count > stringBytesMax/len(s) {
		vm.Errorf(L, "resulting string too large")
	}
	return returnString(L, strings.Repeat(s, count))
}

func stringByte(L *lua.LState) int {
	s := vm.ArgString(L, 1, "byte")
	first := fromEnd(vm.OptInt(L, 2, "byte", 1), len(s))
	last := min(fromEnd(vm.OptInt(L, 3, "byte", first), len(s)), len(s))
	first = max(first, 1)
	if first > last {
		return 0
	}
	if last-first >= resultsMax-L.GetTop() {
		vm.Errorf(L, "stack overflow (string slice too long)")
	}
	for i := first; i <= last; i++ {
		L.Push(lua.LNumber(s[i-1]))
	}
	return last - first + 1
}

func stringChar(L *lua.LState) int {
	bytes := make([]byte, L.GetTop())
	for i := range bytes {
		code := vm.ArgInt(L, i+1, "char")
		if code < 0 || code > 255 {
			vm.ArgError(L, i+1, "char", "invalid value")
		}
		bytes[i] = byte(code)
	}
	return returnString(L, string(bytes))
}

// stringSplit with an empty separator splits into bytes.
func stringSplit(L *lua.LState) int {
	s := vm.ArgString(L, 1, "split")
	separator := vm.OptString(L, 2, "split", ",")
	if separator == "" {
		t := vm.Of(L).NewTable(len(s), 0)
		for i := range len(s) {
			machine.SetItem(t, i+1, lua.LString(s[i:i+1]))
		}
		L.Push(t)
		return 1
	}
	t := vm.Of(L).NewTable(strings.Count(s, separator)+1, 0)
	n := 0
	for part := range strings.SplitSeq(s, separator) {
		n++
		machine.SetItem(t, n, lua.LString(part))
	}
	L.Push(t)
	return 1
}
