package bytecode

import (
	"math"

	lua "github.com/yuin/gopher-lua"
)

// constants is the constant table of a function. Equal constants share a place; numbers are equal
// when their bits are, so that -0 and 0 stay two and NaN is one.
type constants struct {
	values   []lua.LValue
	byString map[string]int
	byNumber map[uint64]int
	byValue  map[lua.LValue]int
}

const (
	constantsMax = 1 << 18 // what LOADK can address
	operandMax   = 1 << 8  // what an instruction's operand can address
	operandBit   = 1 << 8  // tells a constant operand from a register
)

func (f *function) addConstant(value lua.LValue) int {
	index := len(f.values)
	if index == constantsMax {
		fail(f.line, "Exceeded constant limit; simplify the code to compile")
	}
	f.values = append(f.values, value)
	return index
}

func (f *function) stringConstant(text string) int {
	if index, ok := f.byString[text]; ok {
		return index
	}
	if f.byString == nil {
		f.byString = map[string]int{}
	}
	index := f.addConstant(lua.LString(text))
	f.byString[text] = index
	return index
}

func (f *function) numberConstant(number float64) int {
	bits := math.Float64bits(number)
	if index, ok := f.byNumber[bits]; ok {
		return index
	}
	if f.byNumber == nil {
		f.byNumber = map[uint64]int{}
	}
	index := f.addConstant(lua.LNumber(number))
	f.byNumber[bits] = index
	return index
}

// valueConstant is for what the language has no literal for, and for nil, true and false.
func (f *function) valueConstant(value lua.LValue) int {
	switch value := value.(type) {
	case lua.LNumber:
		return f.numberConstant(float64(value))
	case lua.LString:
		return f.stringConstant(string(value))
	}
	if index, ok := f.byValue[value]; ok {
		return index
	}
	if f.byValue == nil {
		f.byValue = map[lua.LValue]int{}
	}
	index := f.addConstant(value)
	f.byValue[value] = index
	return index
}

// constantOperand returns the operand for a constant: the constant itself, or a register it is
// loaded to when its place is too high for an operand.
func (f *function) constantOperand(index int) int {
	if index < operandMax {
		return index | operandBit
	}
	r := f.alloc(1)
	f.abx(lua.OP_LOADK, r, index)
	return r
}

func (f *function) stringOperand(text string) int {
	return f.constantOperand(f.stringConstant(text))
}

// loadHelper puts a helper's function into a register.
func (f *function) loadHelper(h Helper, dst int) {
	f.abx(lua.OP_LOADK, dst, f.valueConstant(f.options.Helper(h)))
}
