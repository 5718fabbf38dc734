package stdlib

import (
	"encoding/binary"
	"math"

	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/vm"
)

// Buffer is Luau's buffer: bytes of a fixed size.
type Buffer struct{ Data []byte }

// BasicType implements vm.Basic.
func (*Buffer) BasicType() string { return "buffer" }

// NewBuffer returns the Luau value for a buffer over data.
func NewBuffer(data []byte) *lua.LUserData {
	return &lua.LUserData{Value: &Buffer{Data: data}, Metatable: lua.LNil}
}

// AsBuffer returns the buffer that a value is, or nil.
func AsBuffer(value lua.LValue) *Buffer {
	if object, ok := value.(*lua.LUserData); ok {
		b, _ := object.Value.(*Buffer)
		return b
	}
	return nil
}

// bufferBytesMax is Luau's bound on the size of a buffer.
const bufferBytesMax = 1 << 30

var bufferLibrary = library{"buffer", append([]entry{
	function("copy", bufferCopy),
	function("create", bufferCreate),
	function("fill", bufferFill),
	function("fromstring", func(L *lua.LState) int {
		L.Push(NewBuffer([]byte(vm.ArgString(L, 1, "fromstring"))))
		return 1
	}),
	function("len", func(L *lua.LState) int {
		return returnNumber(L, float64(len(argBuffer(L, 1, "len"))))
	}),
	function("readbits", bufferReadBits),
	function("readstring", bufferReadString),
	function("tostring", func(L *lua.LState) int {
		return returnString(L, string(argBuffer(L, 1, "tostring")))
	}),
	function("writebits", bufferWriteBits),
	function("writestring", bufferWriteString),
}, bufferNumbers()...)}

// bufferNumbers makes the reader and the writer for each type of number.
func bufferNumbers() (entries []entry) {
	order := binary.LittleEndian
	add := func(suffix string, size int, get func([]byte) float64, put func([]byte, float64)) {
		entries = append(entries,
			numberReader("read"+suffix, size, get), numberWriter("write"+suffix, size, put))
	}
	put8 := func(b []byte, n float64) { b[0] = byte(toBits(n)) }
	put16 := func(b []byte, n float64) { order.PutUint16(b, uint16(toBits(n))) }
	put32 := func(b []byte, n float64) { order.PutUint32(b, toBits(n)) }
	add("i8", 1, func(b []byte) float64 { return float64(int8(b[0])) }, put8)
	add("u8", 1, func(b []byte) float64 { return float64(b[0]) }, put8)
	add("i16", 2, func(b []byte) float64 { return float64(int16(order.Uint16(b))) }, put16)
	add("u16", 2, func(b []byte) float64 { return float64(order.Uint16(b)) }, put16)
	add("i32", 4, func(b []byte) float64 { return float64(int32(order.Uint32(b))) }, put32)
	add("u32", 4, func(b []byte) float64 { return float64(order.Uint32(b)) }, put32)
	add("f32", 4,
		func(b []byte) float64 { return float64(math.Float32frombits(order.Uint32(b))) },
		func(b []byte, n float64) { order.PutUint32(b, math.Float32bits(float32(n))) })
	add("f64", 8,
		func(b []byte) float64 { return math.Float64frombits(order.Uint64(b)) },
		func(b []byte, n float64) { order.PutUint64(b, math.Float64bits(n)) })
	return entries
}

func numberReader(name string, size int, get func([]byte) float64) entry {
	return function(name, func(L *lua.LState) int {
		data := argBuffer(L, 1, name)
		return returnNumber(L, get(span(L, data, vm.ArgInt(L, 2, name), size)))
	})
}

func numberWriter(name string, size int, put func([]byte, float64)) entry {
	return function(name, func(L *lua.LState) int {
		data := argBuffer(L, 1, name)
		offset, n := vm.ArgInt(L, 2, name), vm.ArgNumber(L, 3, name)
		put(span(L, data, offset, size), n)
		return 0
	})
}

func argBuffer(L *lua.LState, n int, name string) []byte {
	b := AsBuffer(L.Get(n))
	if b == nil {
		vm.ArgTypeError(L, n, name, "buffer")
	}
	return b.Data
}

// span returns the bytes at an offset, or raises an error when they are not all there.
func span(L *lua.LState, data []byte, offset, size int) []byte {
	if offset < 0 || size < 0 || offset > len(data) || size > len(data)-offset {
		vm.Errorf(L, "buffer access out of bounds")
	}
	return data[offset : offset+size]
}

func bufferCreate(L *lua.LState) int {
	size := vm.ArgInt(L, 1, "create")
	switch {
	case size < 0:
		vm.ArgError(L, 1, "create", "size")
	case size > bufferBytesMax:
		vm.Errorf(L, "memory allocation error: block too big")
	}
	vm.Spend(L, size)
	L.Push(NewBuffer(make([]byte, size)))
	return 1
}

func bufferReadString(L *lua.LState) int {
	data := argBuffer(L, 1, "readstring")
	offset, size := vm.ArgInt(L, 2, "readstring"), vm.ArgInt(L, 3, "readstring")
	if size < 0 {
		vm.ArgError(L, 3, "readstring", "size")
	}
	return returnString(L, string(span(L, data, offset, size)))
}

func bufferWriteString(L *lua.LState) int {
	data := argBuffer(L, 1, "writestring")
	offset, text := vm.ArgInt(L, 2, "writestring"), vm.ArgString(L, 3, "writestring")
	size := vm.OptInt(L, 4, "writestring", len(text))
	if size < 0 {
		vm.ArgError(L, 4, "writestring", "count")
	}
	if size > len(text) {
		vm.Errorf(L, "string length overflow")
	}
	copy(span(L, data, offset, size), text)
	return 0
}

func bufferCopy(L *lua.LState) int {
	target, targetOffset := argBuffer(L, 1, "copy"), vm.ArgInt(L, 2, "copy")
	source, sourceOffset := argBuffer(L, 3, "copy"), vm.OptInt(L, 4, "copy", 0)
	size := vm.OptInt(L, 5, "copy", len(source)-sourceOffset)
	copy(span(L, target, targetOffset, size), span(L, source, sourceOffset, size))
	return 0
}

func bufferFill(L *lua.LState) int {
	data, offset := argBuffer(L, 1, "fill"), vm.ArgInt(L, 2, "fill")
	value := byte(toBits(vm.ArgNumber(L, 3, "fill")))
	size := vm.OptInt(L, 4, "fill", len(data)-offset)
	for i, filled := 0, span(L, data, offset, size); i < len(filled); i++ {
		filled[i] = value
	}
	return 0
}

// argBits reads the arguments of readbits and writebits.
func argBits(L *lua.LState, name string) (data []byte, offset, count int) {
	data = argBuffer(L, 1, name)
	offset, count = vm.ArgInt(L, 2, name), vm.ArgInt(L, 3, name)
	if offset < 0 || count > 8*len(data) || offset > 8*len(data)-count {
		vm.Errorf(L, "buffer access out of bounds")
	}
	if count < 0 || count > 32 {
		vm.Errorf(L, "bit count is out of range of [0; 32]")
	}
	return data, offset, count
}

func bufferReadBits(L *lua.LState) int {
	data, offset, count := argBits(L, "readbits")
	n := uint64(0)
	for i := range count {
		bit := data[(offset+i)/8] >> ((offset + i) % 8) & 1
		n |= uint64(bit) << i
	}
	return returnNumber(L, float64(n))
}

func bufferWriteBits(L *lua.LState) int {
	data, offset, count := argBits(L, "writebits")
	n := toBits(vm.ArgNumber(L, 4, "writebits"))
	for i := range count {
		at, shift := (offset+i)/8, (offset+i)%8
		data[at] = data[at]&^(1<<shift) | byte(n>>i&1)<<shift
	}
	return 0
}
