package vm

import (
	"fmt"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// translate rewrites an error text of gopher-lua's to what Luau says, from the instruction that
// failed.
func translate(L *lua.LState, message string) string {
	for level := 0; ; level++ {
		debug, ok := L.GetStack(level)
		if !ok && strings.Contains(message, "attempt to call a non-function") {
			return fmt.Sprintf("attempt to call a %s value", TypeName(L.Get(1))) // pcall's argument
		}
		if !ok {
			return strings.TrimSpace(message)
		}
		value, _ := L.GetInfo("fSl", debug, lua.LNil)
		fn, ok := value.(*lua.LFunction)
		if !ok {
			return message
		}
		if fn.IsG {
			continue
		}
		position := fmt.Sprintf("%s:%d:", debug.Source, debug.CurrentLine)
		text := strings.TrimSpace(strings.TrimPrefix(message, position))
		if level == 0 {
			failed := failure{L: L, fn: fn, pc: pcOf(debug) - 1}
			text = failed.text(text)
		} else if strings.HasPrefix(text, "attempt to call a non-function") {
			text = "attempt to call a nil value" // a library function called its argument
		}
		return position + " " + text
	}
}

// failure is one instruction that raised an error.
type failure struct {
	L  *lua.LState
	fn *lua.LFunction
	pc int
}

// The fields of an instruction, as gopher-lua lays them out.
func (f failure) op(pc int) int { return int(f.fn.Proto.Code[pc] >> 26) }
func (f failure) a(pc int) int  { return int(f.fn.Proto.Code[pc]>>18) & 0xff }
func (f failure) b(pc int) int  { return int(f.fn.Proto.Code[pc] & 0x1ff) }
func (f failure) c(pc int) int  { return int(f.fn.Proto.Code[pc]>>9) & 0x1ff }

const constantBit = 256

func (f failure) register(i int) lua.LValue {
	if value := f.L.Get(i + 1); value != nil {
		return value
	}
	return lua.LNil
}

func (f failure) operand(i int) lua.LValue {
	if i&constantBit != 0 {
		return f.fn.Proto.Constants[i&^constantBit]
	}
	return f.register(i)
}

var arithmeticNames = map[int]string{
	lua.OP_ADD: "add", lua.OP_SUB: "sub", lua.OP_MUL: "mul", lua.OP_DIV: "div", lua.OP_MOD: "mod",
	lua.OP_POW: "pow",
}

// text returns Luau's text for a message of gopher-lua's, or the message itself.
func (f failure) text(message string) string {
	if f.pc < 0 || f.pc >= len(f.fn.Proto.Code) {
		return message
	}
	op := f.op(f.pc)
	begins := func(prefix string) bool { return strings.HasPrefix(message, prefix) }
	switch op {
	case lua.OP_GETTABLE, lua.OP_GETTABLEKS, lua.OP_SELF, lua.OP_GETGLOBAL,
		lua.OP_SETTABLE, lua.OP_SETTABLEKS, lua.OP_SETGLOBAL:
		switch {
		case begins("attempt to index a non-table object"):
			return f.indexText(message)
		case begins("too many recursions in get"):
			return "'__index' chain too long; possible loop"
		case begins("too many recursions in set"):
			return "'__newindex' chain too long; possible loop"
		}
	case lua.OP_CALL, lua.OP_TFORLOOP:
		if begins("attempt to call a non-function") {
			return f.callText()
		}
	case lua.OP_ADD, lua.OP_SUB, lua.OP_MUL, lua.OP_DIV, lua.OP_MOD, lua.OP_POW:
		if begins("cannot perform") {
			left, right := f.operand(f.b(f.pc)), f.operand(f.c(f.pc))
			return ArithmeticText(arithmeticNames[op], left, right)
		}
	case lua.OP_UNM:
		if begins("__unm") {
			return "attempt to perform arithmetic (unm) on " + TypeName(f.operand(f.b(f.pc)))
		}
	case lua.OP_LEN:
		if begins("__len") {
			return "attempt to get length of a " + TypeName(f.operand(f.b(f.pc))) + " value"
		}
	case lua.OP_LT, lua.OP_LE:
		if begins("attempt to compare") {
			return f.compareText(op)
		}
	case lua.OP_FORLOOP, lua.OP_FORPREP:
		if begins("for statement") {
			return f.forText(message)
		}
	}
	return message
}

const keyShownMax = 64

func (f failure) indexText(message string) string {
	object, key := f.register(f.b(f.pc)), f.operand(f.c(f.pc))
	switch f.op(f.pc) {
	case lua.OP_SETTABLE, lua.OP_SETTABLEKS:
		object, key = f.register(f.a(f.pc)), f.operand(f.b(f.pc))
	}
	kind := TypeName(object)
	// What cannot be indexed may sit further down an __index chain; gopher-lua names its type.
	if open := strings.IndexByte(message, '('); open >= 0 {
		named, _, ok := strings.Cut(message[open+1:], ")")
		if ok && named != object.Type().String() {
			kind = named
		}
	}
	return IndexText(kind, key)
}

// IndexText is what Luau says of indexing a value of a type that has no fields.
func IndexText(kind string, key lua.LValue) string {
	if name, ok := key.(lua.LString); ok && len(name) <= keyShownMax {
		return fmt.Sprintf("attempt to index %s with '%s'", kind, string(name))
	}
	return fmt.Sprintf("attempt to index %s with %s", kind, TypeName(key))
}

// callText names the missing method when the callee was fetched by x:method.
func (f failure) callText() string {
	callee := f.register(f.a(f.pc))
	for pc := f.pc - 1; pc >= 0 && f.op(f.pc) == lua.OP_CALL; pc-- {
		if f.a(pc) != f.a(f.pc) {
			continue
		}
		if f.op(pc) != lua.OP_SELF {
			break
		}
		if name := f.c(pc); name&constantBit != 0 && callee == lua.LNil {
			return fmt.Sprintf("attempt to call missing method '%s' of %s",
				f.operand(name).String(), TypeName(f.register(f.a(f.pc)+1)))
		}
		break
	}
	return fmt.Sprintf("attempt to call a %s value", TypeName(callee))
}

func (f failure) compareText(op int) string {
	sign := "<"
	if op == lua.OP_LE {
		sign = "<="
	}
	left, right := f.operand(f.b(f.pc)), f.operand(f.c(f.pc))
	return fmt.Sprintf("attempt to compare %s %s %s", TypeName(left), sign, TypeName(right))
}

func (f failure) forText(message string) string {
	for i, role := range []string{"initial value", "limit", "step"} {
		if value := f.register(f.a(f.pc) + i); value.Type() != lua.LTNumber {
			return fmt.Sprintf("invalid 'for' %s (number expected, got %s)", role, TypeName(value))
		}
	}
	return message
}

// ArithmeticText is what Luau says of operands it cannot compute with.
func ArithmeticText(operation string, left, right lua.LValue) string {
	l, r := TypeName(left), TypeName(right)
	if l == r {
		return fmt.Sprintf("attempt to perform arithmetic (%s) on %s", operation, l)
	}
	return fmt.Sprintf("attempt to perform arithmetic (%s) on %s and %s", operation, l, r)
}
