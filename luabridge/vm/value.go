package vm

import (
	"fmt"
	"maps"
	"math"
	"strconv"
	"strings"
	"weak"

	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/machine"
)

// Basic is a userdata value that Luau counts among its own types: threads, buffers, vectors.
type Basic interface{ BasicType() string }

// Typed is a userdata value with a name of its own for typeof, such as "Instance".
type Typed interface{ LuauType() string }

// TypeOf returns what Luau's type() tells.
func TypeOf(value lua.LValue) string {
	switch value := value.(type) {
	case nil:
		return "nil"
	case *lua.LUserData:
		if basic, ok := value.Value.(Basic); ok {
			return basic.BasicType()
		}
		return "userdata"
	}
	return value.Type().String()
}

// TypeName returns what Luau's typeof() tells, which is also what error texts call a value's type.
func TypeName(value lua.LValue) string {
	if object, ok := value.(*lua.LUserData); ok {
		if typed, ok := object.Value.(Typed); ok {
			return typed.LuauType()
		}
		// A newproxy has no Go value: scripts may not pass it off for something else.
		if meta, ok := object.Metatable.(*lua.LTable); ok && object.Value != nil {
			if name, ok := meta.RawGetString("__type").(lua.LString); ok {
				return string(name)
			}
		}
	}
	return TypeOf(value)
}

// FormatNumber returns a number's text as Luau prints it: the shortest that reads back the same.
func FormatNumber(n float64) string {
	switch {
	case n == math.Trunc(n) && math.Abs(n) < 1e15:
		if n == 0 && math.Signbit(n) {
			return "-0"
		}
		return strconv.FormatInt(int64(n), 10)
	case math.IsNaN(n):
		return "nan"
	case math.IsInf(n, 1):
		return "inf"
	case math.IsInf(n, -1):
		return "-inf"
	}
	var buffer [32]byte
	text := strconv.AppendFloat(buffer[:0], n, 'e', -1, 64)
	mark := strings.IndexByte(string(text), 'e')
	exponent, err := strconv.Atoi(string(text[mark+1:]))
	if err != nil {
		panic(err) // strconv's own text
	}
	if -6 <= exponent && exponent <= 20 {
		return strconv.FormatFloat(n, 'f', -1, 64)
	}
	return string(text)
}

// ParseNumber reads a number as tonumber and arithmetic on strings do.
func ParseNumber(s string) (float64, bool) {
	s = strings.Trim(s, " \t\n\v\f\r")
	digits := strings.TrimLeft(s, "+-")
	if digits == "" || len(s)-len(digits) > 1 {
		return 0, false
	}
	negative := s[0] == '-'
	if len(digits) > 2 && digits[0] == '0' && digits[1]|0x20 == 'x' {
		return parseHex(digits[2:], negative)
	}
	switch strings.ToLower(digits) {
	case "inf", "infinity":
		return math.Inf(map[bool]int{false: 1, true: -1}[negative]), true
	case "nan":
		return math.NaN(), true
	}
	if strings.ContainsAny(digits, "_pPxXbBoO") {
		return 0, false
	}
	n, err := strconv.ParseFloat(s, 64)
	if err != nil && !strings.Contains(err.Error(), "out of range") {
		return 0, false
	}
	return n, true
}

func parseHex(digits string, negative bool) (float64, bool) {
	n := 0.0
	for i := 0; i < len(digits); i++ {
		d, err := strconv.ParseUint(digits[i:i+1], 16, 8)
		if err != nil {
			return 0, false
		}
		n = n*16 + float64(d)
	}
	if negative {
		n = -n
	}
	return n, true
}

// ToNumber converts a number or a numeric string.
func ToNumber(value lua.LValue) (float64, bool) {
	switch value := value.(type) {
	case lua.LNumber:
		return float64(value), true
	case lua.LString:
		return ParseNumber(string(value))
	}
	return 0, false
}

// Text returns a value's text without asking its metatable.
func Text(value lua.LValue) string {
	switch value := value.(type) {
	case nil:
		return "nil"
	case lua.LString:
		return string(value)
	case lua.LNumber:
		return FormatNumber(float64(value))
	case *lua.LTable, *lua.LFunction:
		return TypeOf(value)
	case *lua.LUserData:
		if s, ok := value.Value.(fmt.Stringer); ok {
			return s.String()
		}
		return TypeOf(value)
	}
	return value.String()
}

// ToString returns a value's text as tostring does, asking __tostring.
func ToString(L *lua.LState, value lua.LValue) string {
	v := Of(L)
	if handler := v.Metafield(value, "__tostring"); handler != lua.LNil {
		switch text := Call1(L, handler, value).(type) {
		case lua.LString:
			return string(text)
		case lua.LNumber:
			return FormatNumber(float64(text))
		}
		Errorf(L, "'__tostring' must return a string")
	}
	switch object := value.(type) {
	case *lua.LTable:
		return v.ids.text("table", weak.Make(object))
	case *lua.LFunction:
		return v.ids.text("function", weak.Make(object))
	case *lua.LUserData:
		if s, ok := object.Value.(fmt.Stringer); ok {
			return s.String()
		}
		return v.ids.text(TypeOf(value), weak.Make(object))
	}
	return Text(value)
}

// identities gives objects the numbers that tostring shows in place of addresses, which would
// differ from run to run: the first object asked about is 1.
type identities struct {
	numbers map[any]uint64 // by weak pointer
	last    uint64
	full    int // how many there may be before those of dead objects are dropped
}

const identitiesMin = 1024

func newIdentities() identities {
	return identities{numbers: map[any]uint64{}, full: identitiesMin}
}

// text takes a weak pointer as the object's name: it keeps nothing alive, and a later object at the
// same address is another one.
func (ids *identities) text(kind string, object any) string {
	id, ok := ids.numbers[object]
	if !ok {
		if len(ids.numbers) >= ids.full {
			maps.DeleteFunc(ids.numbers, func(object any, _ uint64) bool { return isDead(object) })
			ids.full = max(identitiesMin, 2*len(ids.numbers))
		}
		ids.last++
		id = ids.last
		ids.numbers[object] = id
	}
	return fmt.Sprintf("%s: 0x%016x", kind, id)
}

func isDead(object any) bool {
	switch object := object.(type) {
	case weak.Pointer[lua.LTable]:
		return object.Value() == nil
	case weak.Pointer[lua.LFunction]:
		return object.Value() == nil
	case weak.Pointer[lua.LUserData]:
		return object.Value() == nil
	}
	return false
}

// Metatable returns the metatable that a value's operations use, or nil.
func (v *VM) Metatable(value lua.LValue) *lua.LTable {
	if _, ok := value.(lua.LString); ok {
		return v.stringMT
	}
	table, _ := machine.MetatableOf(value).(*lua.LTable)
	return table
}

// Metafield returns a field of a value's metatable, or LNil.
func (v *VM) Metafield(value lua.LValue, name string) lua.LValue {
	if meta := v.Metatable(value); meta != nil {
		return meta.RawGetString(name)
	}
	return lua.LNil
}
