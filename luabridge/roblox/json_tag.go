package roblox

import (
	"encoding/base64"
	"math"
	"sync"

	"github.com/klauspost/compress/zstd"
	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/stdlib"
)

// Values that JSON has no form for are stored as objects that no Luau table can make, because they
// have a null member: {"m":null,"t":"buffer","base64":"…"} (R41, R42).
const (
	tagMember  = "m"
	tagType    = "t"
	tagNumber  = "v"
	tagBytes   = "base64"
	tagPacked  = "zbase64"
	typeBuffer = "buffer"
	typeNumber = "numeric"
)

// bufferBytesMax is the longest buffer that JSON can stand for (R219).
const bufferBytesMax = 50 << 20

// buffer appends the object that stands for bytes, compressed if that is shorter (R42).
func (e *encoder) buffer(data []byte) error {
	if len(data) > bufferBytesMax {
		return e.flaw("a buffer of %d bytes is longer than %d", len(data), bufferBytesMax)
	}
	name := tagBytes
	if packed := compressor().EncodeAll(data, nil); base64.StdEncoding.EncodedLen(len(packed))+
		len(tagPacked) < base64.StdEncoding.EncodedLen(len(data))+len(tagBytes) {
		name, data = tagPacked, packed
	}
	e.text = append(e.text, `{"`+name+`":"`...)
	e.text = base64.StdEncoding.AppendEncode(e.text, data)
	e.text = append(e.text, `","m":null,"t":"buffer"}`...)
	return nil
}

// untag returns what a tagged object stands for, or nil if it is none of ours.
func untag(table *lua.LTable) lua.LValue {
	switch table.RawGetString(tagType) {
	case lua.LString(typeNumber):
		switch table.RawGetString(tagNumber) {
		case lua.LString("inf"):
			return lua.LNumber(math.Inf(1))
		case lua.LString("-inf"):
			return lua.LNumber(math.Inf(-1))
		case lua.LString("nan"):
			return lua.LNumber(math.NaN())
		}
	case lua.LString(typeBuffer):
		if data, ok := taggedBytes(table); ok {
			return stdlib.NewBuffer(data)
		}
	}
	return nil
}

func taggedBytes(table *lua.LTable) ([]byte, bool) {
	if text, ok := table.RawGetString(tagBytes).(lua.LString); ok {
		data, err := base64.StdEncoding.DecodeString(string(text))
		return data, err == nil
	}
	text, ok := table.RawGetString(tagPacked).(lua.LString)
	if !ok {
		return nil, false
	}
	packed, err := base64.StdEncoding.DecodeString(string(text))
	if err != nil {
		return nil, false
	}
	data, err := decompressor().DecodeAll(packed, nil)
	return data, err == nil
}

// compressor makes the one Zstandard encoder that all goroutines share.
var compressor = sync.OnceValue(func() *zstd.Encoder {
	encoder, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderCRC(false))
	if err != nil {
		panic(err) // the options are fixed
	}
	return encoder
})

var decompressor = sync.OnceValue(func() *zstd.Decoder {
	decoder, err := zstd.NewReader(nil,
		zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(bufferBytesMax))
	if err != nil {
		panic(err) // the options are fixed
	}
	return decoder
})
