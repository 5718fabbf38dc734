package stdlib

import (
	"encoding/binary"
	"math"
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/vm"
)

// packFormat reads the options of string.pack and its kin.
type packFormat struct {
	L        *lua.LState
	name     string // of the library function
	rest     string
	order    binary.ByteOrder
	alignMax int
}

type packKind uint8

const (
	packInt packKind = iota
	packUint
	packFloat
	packFixed   // a string of given size
	packCounted // a string after its length
	packTerminated
	packPadding
	packAlign
	packNothing // an option that only changes the state
)

// packOption is one option with what it means at its place.
type packOption struct {
	kind    packKind
	size    int
	padding int // bytes before it, for alignment
}

const (
	packIntegerMax  = 16
	packNativeInt   = 4
	packNativeAlign = 8
)

func newPackFormat(L *lua.LState, name string) *packFormat {
	return &packFormat{
		L: L, name: name, rest: vm.ArgString(L, 1, name), order: binary.LittleEndian, alignMax: 1,
	}
}

// next returns the next option for data that begins at an offset, or false at the end.
func (f *packFormat) next(offset int) (packOption, bool) {
	for f.rest != "" {
		o := f.read()
		align := o.size
		if o.kind == packAlign {
			align = f.alignTarget()
		}
		if o.kind == packNothing {
			continue
		}
		if align > 1 && o.kind != packFixed {
			align = min(align, f.alignMax)
			if align&(align-1) != 0 {
				vm.ArgError(f.L, 1, f.name, "format asks for alignment not power of 2")
			}
			o.padding = -offset & (align - 1)
		}
		return o, true
	}
	return packOption{}, false
}

// alignTarget reads the option after an X, which gives its alignment and nothing else.
func (f *packFormat) alignTarget() int {
	if f.rest != "" {
		if o := f.read(); o.kind != packFixed && o.size > 0 {
			return o.size
		}
	}
	vm.ArgError(f.L, 1, f.name, "invalid next option for option 'X'")
	return 0
}

func (f *packFormat) read() packOption {
	letter := f.rest[0]
	f.rest = f.rest[1:]
	switch letter {
	case 'b':
		return packOption{kind: packInt, size: 1}
	case 'B':
		return packOption{kind: packUint, size: 1}
	case 'h':
		return packOption{kind: packInt, size: 2}
	case 'H':
		return packOption{kind: packUint, size: 2}
	case 'l':
		return packOption{kind: packInt, size: 8}
	case 'L':
		return packOption{kind: packUint, size: 8}
	case 'j':
		return packOption{kind: packInt, size: 4}
	case 'J', 'T':
		return packOption{kind: packUint, size: 4}
	case 'i':
		return packOption{kind: packInt, size: f.integerSize(packNativeInt)}
	case 'I':
		return packOption{kind: packUint, size: f.integerSize(packNativeInt)}
	case 'f':
		return packOption{kind: packFloat, size: 4}
	case 'd', 'n':
		return packOption{kind: packFloat, size: 8}
	case 's':
		return packOption{kind: packCounted, size: f.integerSize(packNativeInt)}
	case 'c':
		size, ok := f.number()
		if !ok {
			vm.Errorf(f.L, "missing size for format option 'c'")
		}
		return packOption{kind: packFixed, size: size}
	case 'z':
		return packOption{kind: packTerminated}
	case 'x':
		return packOption{kind: packPadding, size: 1}
	case 'X':
		return packOption{kind: packAlign}
	}
	f.setting(letter)
	return packOption{kind: packNothing}
}

// setting changes the byte order or the alignment.
func (f *packFormat) setting(letter byte) {
	switch letter {
	case ' ':
	case '<', '=':
		f.order = binary.LittleEndian
	case '>':
		f.order = binary.BigEndian
	case '!':
		f.alignMax = f.integerSize(packNativeAlign)
	default:
		vm.Errorf(f.L, "invalid format option '%c'", letter)
	}
}

func (f *packFormat) number() (n int, ok bool) {
	for f.rest != "" && isDigit(f.rest[0]) {
		n = n*10 + int(f.rest[0]-'0')
		if n > math.MaxInt32 {
			vm.Errorf(f.L, "size specifier is too large")
		}
		f.rest, ok = f.rest[1:], true
	}
	return n, ok
}

func (f *packFormat) integerSize(fallback int) int {
	n, ok := f.number()
	if !ok {
		return fallback
	}
	if n < 1 || n > packIntegerMax {
		vm.Errorf(f.L, "integral size (%d) out of limits [1,%d]", n, packIntegerMax)
	}
	return n
}

// appendInteger appends the low bytes of n; beyond 8 bytes it continues the sign.
func (f *packFormat) appendInteger(data []byte, n uint64, size int, negative bool) []byte {
	start := len(data)
	for i := range size {
		switch {
		case i < 8:
			data = append(data, byte(n>>(8*i)))
		case negative:
			data = append(data, 0xff)
		default:
			data = append(data, 0)
		}
	}
	if f.order == binary.BigEndian {
		slices.Reverse(data[start:])
	}
	return data
}

func stringPack(L *lua.LState) int {
	f := newPackFormat(L, "pack")
	var data []byte
	arg := 1
	for {
		o, ok := f.next(len(data))
		if !ok {
			return returnString(L, string(data))
		}
		data = append(data, make([]byte, o.padding)...)
		switch o.kind {
		case packPadding:
			data = append(data, 0)
		case packAlign:
		default:
			arg++
			data = f.pack(data, o, arg)
		}
		if len(data) > stringBytesMax {
			vm.Raise(L, outOfMemory)
		}
	}
}

// pack appends one argument.
func (f *packFormat) pack(data []byte, o packOption, arg int) []byte {
	switch o.kind {
	case packInt, packUint:
		return f.packInteger(data, o, arg)
	case packFloat:
		n := vm.ArgNumber(f.L, arg, f.name)
		bits := math.Float64bits(n)
		if o.size == 4 {
			bits = uint64(math.Float32bits(float32(n)))
		}
		return f.appendInteger(data, bits, o.size, false)
	}
	s := vm.ArgString(f.L, arg, f.name)
	switch o.kind {
	case packFixed:
		if len(s) > o.size {
			vm.ArgError(f.L, arg, f.name, "string longer than given size")
		}
		if o.size > stringBytesMax {
			vm.Raise(f.L, outOfMemory)
		}
		return append(append(data, s...), make([]byte, o.size-len(s))...)
	case packCounted:
		if o.size < 8 && uint64(len(s)) >= 1<<(8*o.size) {
			vm.ArgError(f.L, arg, f.name, "string length does not fit in given size")
		}
		return append(f.appendInteger(data, uint64(len(s)), o.size, false), s...)
	default:
		if strings.IndexByte(s, 0) >= 0 {
			vm.ArgError(f.L, arg, f.name, "string contains zeros")
		}
		return append(append(data, s...), 0)
	}
}

func (f *packFormat) packInteger(data []byte, o packOption, arg int) []byte {
	number := vm.ArgNumber(f.L, arg, f.name)
	if o.kind == packInt {
		n := toInt64(number)
		if limit := int64(1) << (8*o.size - 1); o.size < 8 && (n < -limit || n >= limit) {
			vm.ArgError(f.L, arg, f.name, "integer overflow")
		}
		return f.appendInteger(data, uint64(n), o.size, n < 0)
	}
	n := toUint64(number)
	if o.size < 8 && n >= 1<<(8*o.size) {
		vm.ArgError(f.L, arg, f.name, "unsigned overflow")
	}
	return f.appendInteger(data, n, o.size, false)
}

func stringPackSize(L *lua.LState) int {
	f := newPackFormat(L, "packsize")
	total := 0
	for {
		o, ok := f.next(total)
		if !ok {
			return returnNumber(L, float64(total))
		}
		if o.kind == packCounted || o.kind == packTerminated {
			vm.ArgError(L, 1, "packsize", "variable-size format in packsize")
		}
		size := o.size
		if o.kind == packAlign {
			size = 0
		}
		if total += o.padding + size; total > math.MaxInt32 {
			vm.ArgError(L, 1, "packsize", "format result too large")
		}
	}
}

func stringUnpack(L *lua.LState) int {
	f := newPackFormat(L, "unpack")
	data := vm.ArgString(L, 2, "unpack")
	offset := fromEnd(vm.OptInt(L, 3, "unpack", 1), len(data)) - 1
	if offset < 0 || offset > len(data) {
		vm.ArgError(L, 3, "unpack", "initial position out of string")
	}
	count := 0
	for {
		o, ok := f.next(offset)
		if !ok {
			L.Push(lua.LNumber(offset + 1))
			return count + 1
		}
		size := o.size
		if o.kind == packAlign {
			size = 0
		}
		if o.padding+size > len(data)-offset {
			vm.ArgError(L, 2, "unpack", "data string too short")
		}
		offset += o.padding
		if o.kind != packPadding && o.kind != packAlign {
			var value lua.LValue
			value, size = f.unpack(data[offset:], o)
			L.Push(value)
			count++
		}
		offset += size
	}
}

// unpack reads one value at the start of data; it returns how many bytes that took.
func (f *packFormat) unpack(data string, o packOption) (lua.LValue, int) {
	switch o.kind {
	case packInt:
		return lua.LNumber(int64(f.integer(data, o))), o.size
	case packUint:
		return lua.LNumber(f.integer(data, o)), o.size
	case packFloat:
		bits := f.integer(data, o)
		if o.size == 4 {
			return lua.LNumber(math.Float32frombits(uint32(bits))), o.size
		}
		return lua.LNumber(math.Float64frombits(bits)), o.size
	case packFixed:
		return lua.LString(data[:o.size]), o.size
	case packCounted:
		length := f.integer(data, o)
		if length > uint64(len(data)-o.size) {
			vm.ArgError(f.L, 2, f.name, "data string too short")
		}
		return lua.LString(data[o.size : o.size+int(length)]), o.size + int(length)
	default:
		end := strings.IndexByte(data, 0)
		if end < 0 {
			vm.ArgError(f.L, 2, f.name, "unfinished string for format 'z'")
		}
		return lua.LString(data[:end]), end + 1
	}
}

// integer reads the bytes of an integer and extends the sign of a signed one.
func (f *packFormat) integer(data string, o packOption) uint64 {
	bytes := []byte(data[:o.size])
	if f.order == binary.BigEndian {
		slices.Reverse(bytes)
	}
	var n uint64
	for i := min(o.size, 8) - 1; i >= 0; i-- {
		n = n<<8 | uint64(bytes[i])
	}
	if o.size < 8 {
		if o.kind == packInt {
			shift := 64 - 8*o.size
			n = uint64(int64(n<<shift) >> shift)
		}
		return n
	}
	filler := byte(0)
	if o.kind == packInt && int64(n) < 0 {
		filler = 0xff
	}
	for _, b := range bytes[8:] {
		if b != filler {
			vm.Errorf(f.L, "%d-byte integer does not fit into Lua Integer", o.size)
		}
	}
	return n
}
