package roblox

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"sync"

	lua "github.com/yuin/gopher-lua"

	"savestone/emulator"
	"savestone/luabridge/machine"
	"savestone/luabridge/vm"
)

// storedJSON returns the JSON that a standard data store keeps of a value (R35 to R56), and what
// was lost on the way. An error is an *emulator.Error; the last of the diagnostics then names the
// culprit.
func storedJSON(value lua.LValue) (json.RawMessage, []Diagnostic, error) {
	if value == lua.LNil {
		return nil, nil, emulator.ValueNotAllowed("nil") // R54
	}
	e := encoders.Get().(*encoder)
	defer e.recycle()
	e.bytesMax = emulator.ValueBytesMax
	err := e.value(value)
	var culprit *Diagnostic
	switch {
	case errors.As(err, &culprit):
		// R37, R38: only the outermost value is named.
		return nil, append(e.dropped, *culprit), emulator.CannotStore(storeTypeName(value))
	case err != nil, len(e.text) > emulator.ValueBytesMax:
		return nil, e.dropped, emulator.ErrValueLarge
	}
	return bytes.Clone(e.text), e.dropped, nil
}

// encoders are what storedJSON used before: most of its time would else go into growing their text.
var encoders = sync.Pool{New: func() any { return new(encoder) }}

// encoderBytesKept is how much text an encoder may have room for and still be kept.
const encoderBytesKept = 1 << 20

// recycle keeps the encoder's memory, but nothing it points to.
func (e *encoder) recycle() {
	if cap(e.text) > encoderBytesKept {
		return
	}
	clear(e.members[:cap(e.members)])
	clear(e.open[:cap(e.open)])
	*e = encoder{text: e.text[:0], members: e.members[:0], open: e.open[:0]}
	encoders.Put(e)
}

// orderedJSON returns the JSON of an integer for an ordered data store (R151, R152). The emulator
// checks that it is one.
func orderedJSON(value lua.LValue) (json.RawMessage, error) {
	number, ok := value.(lua.LNumber)
	switch n := float64(number); {
	case !ok:
		return nil, emulator.ValueNotAllowed(storeTypeName(value))
	case math.IsInf(n, 0):
		return nil, emulator.RejectedHTTP(400, "Bad Request")
	case math.IsNaN(n):
		return nil, emulator.ValueNotAllowed(storeTypeName(value))
	}
	e := encoder{}
	e.number(float64(number))
	return e.text, nil
}

// storedValue makes a fresh Luau value of what a data store keeps (R50). The emulator stores only
// what can be read, but another Service may answer with anything.
func storedValue(v *vm.VM, text json.RawMessage) (lua.LValue, error) {
	value, err := decodeJSON(v, string(text))
	if err != nil {
		return nil, emulator.ErrUnparsable
	}
	return value, nil
}

// storeTypeName says what errors of data stores call a value's type (R37, R53).
func storeTypeName(value lua.LValue) string {
	switch value := value.(type) {
	case *lua.LTable:
		if vm.Length(value) == 0 && !isEmpty(value) {
			return "Dictionary"
		}
		return "Array"
	case lua.LNumber:
		return "double"
	case lua.LBool:
		return "bool" // assumed
	}
	if name := vm.TypeName(value); name != "CFrame" {
		return name
	}
	return "CoordinateFrame"
}

func isEmpty(t *lua.LTable) bool {
	cursor := machine.Traverse(t)
	_, _, ok := cursor.Next()
	return !ok
}

// httpJSON returns HttpService's JSON of a value (R219), or a *Diagnostic that names the culprit.
func httpJSON(value lua.LValue) (string, error) {
	e := encoder{bytesMax: httpJSONBytesMax, http: true}
	if err := e.value(value); err != nil {
		return "", err
	}
	if len(e.text) > httpJSONBytesMax {
		return "", errJSONLarge
	}
	return string(e.text), nil
}
