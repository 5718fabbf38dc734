package machine

import (
	"fmt"
	"math"
	"unsafe"

	lua "github.com/yuin/gopher-lua"
)

// numbers turns floats into values. A value points to its float, and an allocation for each would
// cost more than the arithmetic, so they are cut from blocks, and small integers exist for good.
type numbers struct{ block []float64 }

const (
	smallNumbers = 1024
	blockNumbers = 32 // a number that lives keeps its whole block
)

var small = func() (values [smallNumbers]lua.LValue) {
	for i := range values {
		values[i] = lua.LNumber(i)
	}
	return values
}()

// numberWords is the inside of an interface value that holds a number.
type numberWords struct {
	kind  unsafe.Pointer
	value *float64
}

var numberKind = func() unsafe.Pointer {
	one := lua.LValue(lua.LNumber(1))
	return (*numberWords)(unsafe.Pointer(&one)).kind
}()

func checkNumberWords() error {
	n := numbers{}
	got := n.value(1.5)
	if number, ok := got.(lua.LNumber); !ok || number != 1.5 {
		return fmt.Errorf("a number made by hand: got %v, want 1.5", got)
	}
	return nil
}

// value returns a number as a value. The test for zero tells -0 from 0.
func (n *numbers) value(x float64) lua.LValue {
	if i := int(x); uint(i) < smallNumbers && float64(i) == x &&
		(i != 0 || math.Float64bits(x) == 0) {
		return small[i]
	}
	return n.large(x)
}

func (n *numbers) large(x float64) (value lua.LValue) {
	if len(n.block) == 0 {
		n.block = make([]float64, blockNumbers)
	}
	place := &n.block[0]
	n.block = n.block[1:]
	*place = x
	*(*numberWords)(unsafe.Pointer(&value)) = numberWords{numberKind, place}
	return value
}
