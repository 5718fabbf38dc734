package roblox

import (
	"fmt"
	"math"

	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/vm"
)

// Call is one call of a method. Its arguments count from 1, without self; what is missing or of the
// wrong type raises the engine's error (R27).
type Call struct {
	L      *lua.LState
	Self   *Instance
	Server *Server
	Name   string // of the method
}

// Count returns how many arguments were given.
func (c Call) Count() int { return max(0, c.L.GetTop()-1) }

// Value returns an argument, LNil if it is missing.
func (c Call) Value(n int) lua.LValue { return c.L.Get(n + 1) }

// Rest returns the arguments from n on.
func (c Call) Rest(n int) []lua.LValue { return vm.Rest(c.L, n+1) }

// Required returns an argument that must not be nil.
func (c Call) Required(n int) lua.LValue {
	value := c.Value(n)
	if value == lua.LNil {
		c.Raise("Argument %d missing or nil", n)
	}
	return value
}

// Raise raises an error with no position, as the engine's own errors have none (R34).
func (c Call) Raise(format string, args ...any) { vm.Raise(c.L, fmt.Sprintf(format, args...)) }

// Return gives the results to the caller.
func (c Call) Return(values ...lua.LValue) int { return vm.Return(c.L, values...) }

func (c Call) cannotCast(value lua.LValue, to string) {
	c.Raise("Unable to cast %s to %s", castName(value), to)
}

// castName is what casting errors call a value's type.
func castName(value lua.LValue) string {
	if table, ok := value.(*lua.LTable); ok {
		if vm.Length(table) > 0 {
			return "Array"
		}
		return "Dictionary"
	}
	return vm.TypeName(value)
}

// String returns a string, or a number's text.
func (c Call) String(n int) string {
	value, ok := acceptString(nil, c.Required(n))
	if !ok {
		c.cannotCast(c.Value(n), "string")
	}
	return string(value.(lua.LString))
}

// OptString returns fallback for nil.
func (c Call) OptString(n int, fallback string) string {
	if c.Value(n) == lua.LNil {
		return fallback
	}
	return c.String(n)
}

// Number returns a number, or what a numeric string spells.
func (c Call) Number(n int) float64 {
	number, ok := vm.ToNumber(c.Required(n))
	if !ok {
		c.cannotCast(c.Value(n), "double")
	}
	return number
}

// OptNumber returns fallback for nil.
func (c Call) OptNumber(n int, fallback float64) float64 {
	if c.Value(n) == lua.LNil {
		return fallback
	}
	return c.Number(n)
}

// Int returns a number without its fraction.
func (c Call) Int(n int) int64 {
	number, ok := vm.ToNumber(c.Required(n))
	if !ok {
		c.cannotCast(c.Value(n), "int64")
	}
	return toInt(number)
}

func toInt(number float64) int64 {
	switch {
	case math.IsNaN(number):
		return 0
	case number >= math.MaxInt64:
		return math.MaxInt64
	case number <= math.MinInt64:
		return math.MinInt64
	}
	return int64(number)
}

// OptInt returns fallback for nil.
func (c Call) OptInt(n int, fallback int64) int64 {
	if c.Value(n) == lua.LNil {
		return fallback
	}
	return c.Int(n)
}

// Bool returns a boolean.
func (c Call) Bool(n int) bool {
	value, ok := c.Required(n).(lua.LBool)
	if !ok {
		c.cannotCast(c.Value(n), "bool")
	}
	return bool(value)
}

// OptBool returns fallback for nil.
func (c Call) OptBool(n int, fallback bool) bool {
	if c.Value(n) == lua.LNil {
		return fallback
	}
	return c.Bool(n)
}

// Function returns a function.
func (c Call) Function(n int) *lua.LFunction {
	value, ok := c.Required(n).(*lua.LFunction)
	if !ok {
		c.cannotCast(c.Value(n), "function")
	}
	return value
}

// Table returns a table.
func (c Call) Table(n int) *lua.LTable {
	value, ok := c.Required(n).(*lua.LTable)
	if !ok {
		c.cannotCast(c.Value(n), "Dictionary")
	}
	return value
}

// Instance returns an Instance.
func (c Call) Instance(n int) *Instance {
	value := AsInstance(c.Required(n))
	if value == nil {
		c.Raise("Unable to cast value to Object")
	}
	return value
}

// OptInstance returns nil for nil.
func (c Call) OptInstance(n int) *Instance {
	if c.Value(n) == lua.LNil {
		return nil
	}
	return c.Instance(n)
}

// Enum returns an item of an enum; its name or number will do.
func (c Call) Enum(n int, enum string) *EnumItem {
	item := c.Server.enums.accept(enum, c.Required(n))
	if item == nil {
		c.Raise("Unable to cast value to enum %s", enum)
	}
	return item
}

// OptEnum returns the item called fallback for nil.
func (c Call) OptEnum(n int, enum, fallback string) *EnumItem {
	if c.Value(n) == lua.LNil {
		return c.Server.EnumItem(enum, fallback)
	}
	return c.Enum(n, enum)
}

// raiseNoSelf raises what Roblox says of object.Method() (R252).
func raiseNoSelf(L *lua.LState, method string) {
	vm.Raise(L, "Expected ':' not '.' calling member function "+method)
}
