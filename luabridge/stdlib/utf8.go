package stdlib

import (
	"unicode/utf8"

	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/vm"
)

var utf8Library = library{"utf8", []entry{
	function("char", utf8Char),
	{"charpattern", lua.LString("[\x00-\x7F\xC2-\xF4][\x80-\xBF]*")},
	function("codepoint", utf8Codepoint),
	function("codes", utf8Codes),
	function("len", utf8Len),
	function("offset", utf8Offset),
}}

// decode reads the character at the start of s, and returns size 0 if there is no valid one.
func decode(s string) (r rune, size int) {
	r, size = utf8.DecodeRuneInString(s)
	if r == utf8.RuneError && size <= 1 {
		return 0, 0
	}
	return r, size
}

// continues reports whether the byte at an offset continues a character.
func continues(s string, offset int) bool {
	return offset < len(s) && !utf8.RuneStart(s[offset])
}

// utf8Char encodes surrogates too, as Luau does, though no reader accepts them.
func utf8Char(L *lua.LState) int {
	var text []byte
	for i := 1; i <= L.GetTop(); i++ {
		code := vm.ArgInt(L, i, "char")
		switch {
		case code < 0 || code > utf8.MaxRune:
			vm.ArgError(L, i, "char", "value out of range")
		case 0xD800 <= code && code < 0xE000:
			text = append(text, byte(0xE0|code>>12), byte(0x80|code>>6&0x3F), byte(0x80|code&0x3F))
		default:
			text = utf8.AppendRune(text, rune(code))
		}
	}
	return returnString(L, string(text))
}

func utf8Len(L *lua.LState) int {
	s := vm.ArgString(L, 1, "len")
	first := fromEnd(vm.OptInt(L, 2, "len", 1), len(s))
	last := fromEnd(vm.OptInt(L, 3, "len", -1), len(s))
	if first < 1 || first-1 > len(s) {
		vm.ArgError(L, 2, "len", "initial position out of string")
	}
	if last > len(s) {
		vm.ArgError(L, 3, "len", "final position out of string")
	}
	count := 0
	for offset := first - 1; offset < last; count++ {
		_, size := decode(s[offset:])
		if size == 0 {
			return vm.Return(L, lua.LNil, lua.LNumber(offset+1))
		}
		offset += size
	}
	return returnNumber(L, float64(count))
}

func utf8Codepoint(L *lua.LState) int {
	s := vm.ArgString(L, 1, "codepoint")
	first := fromEnd(vm.OptInt(L, 2, "codepoint", 1), len(s))
	last := fromEnd(vm.OptInt(L, 3, "codepoint", first), len(s))
	if first < 1 {
		vm.ArgError(L, 2, "codepoint", "out of range")
	}
	if last > len(s) {
		vm.ArgError(L, 3, "codepoint", "out of range")
	}
	if last-first >= resultsMax-L.GetTop() {
		vm.Errorf(L, "stack overflow (string slice too long)")
	}
	count := 0
	for offset := first - 1; offset < last; count++ {
		r, size := decode(s[offset:])
		if size == 0 {
			vm.Errorf(L, "invalid UTF-8 code")
		}
		L.Push(lua.LNumber(r))
		offset += size
	}
	return count
}

// utf8Offset finds where the n-th character counted from a position begins.
func utf8Offset(L *lua.LState) int {
	s := vm.ArgString(L, 1, "offset")
	n := vm.ArgInt(L, 2, "offset")
	fallback := 1
	if n < 0 {
		fallback = len(s) + 1
	}
	offset := fromEnd(vm.OptInt(L, 3, "offset", fallback), len(s)) - 1
	if offset < 0 || offset > len(s) {
		vm.ArgError(L, 3, "offset", "position out of range")
	}
	if n != 0 && continues(s, offset) {
		vm.Errorf(L, "initial position is a continuation byte")
	}
	offset, found := stepCharacters(s, offset, n)
	if !found {
		L.Push(lua.LNil)
		return 1
	}
	return returnNumber(L, float64(offset+1))
}

// stepCharacters goes from the character at an offset, which is the first, to the n-th; to its own
// first byte when n is 0; and backwards when n is negative.
func stepCharacters(s string, offset, n int) (int, bool) {
	back := func() {
		for offset > 0 && continues(s, offset) {
			offset--
		}
	}
	switch {
	case n == 0:
		back()
		return offset, true
	case n < 0:
		for ; n < 0 && offset > 0; n++ {
			offset--
			back()
		}
		return offset, n == 0
	}
	for n--; n > 0 && offset < len(s); n-- {
		for offset++; continues(s, offset); offset++ {
		}
	}
	return offset, n == 0
}

var utf8Step = builtin(func(L *lua.LState) int {
	s := vm.ArgString(L, 1, "codes")
	offset := vm.ArgInt(L, 2, "codes") // behind the first byte of the character before
	for continues(s, offset) {
		offset++
	}
	if offset < 0 || offset >= len(s) {
		return 0
	}
	r, size := decode(s[offset:])
	if size == 0 || continues(s, offset+size) {
		vm.Errorf(L, "invalid UTF-8 code")
	}
	return vm.Return(L, lua.LNumber(offset+1), lua.LNumber(r))
})

func utf8Codes(L *lua.LState) int {
	return vm.Return(L, utf8Step, lua.LString(vm.ArgString(L, 1, "codes")), lua.LNumber(0))
}
