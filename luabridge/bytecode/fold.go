package bytecode

import (
	"math"

	"savestone/luabridge/syntax"
)

// fold returns a simpler expression of the same value: parentheses around single values go, and
// arithmetic on numbers is done here. Sums that give -0 or NaN keep it.
func (f *function) fold(e syntax.Expr) syntax.Expr {
	switch x := e.(type) {
	case *syntax.Paren:
		if multiple(x.X) == nil {
			return f.fold(x.X)
		}
	case *syntax.LocalRef:
		if literal, ok := f.literals[x.Local]; ok {
			return literal
		}
	case *syntax.Unary:
		return f.foldUnary(x)
	case *syntax.Binary:
		if x.Op <= syntax.Pow {
			return f.foldArithmetic(x)
		}
	}
	return e
}

func (f *function) foldUnary(e *syntax.Unary) syntax.Expr {
	x := f.fold(e.X)
	switch e.Op {
	case syntax.Neg:
		if n, ok := x.(*syntax.Number); ok {
			return &syntax.Number{Pos: e.Pos, Value: -n.Value}
		}
	case syntax.Not:
		if truth, known := truthOf(x); known {
			return &syntax.Bool{Pos: e.Pos, Value: !truth}
		}
	}
	return e
}

func (f *function) foldArithmetic(e *syntax.Binary) syntax.Expr {
	right, ok := f.fold(e.R).(*syntax.Number)
	if !ok {
		return e
	}
	left, ok := f.fold(e.L).(*syntax.Number)
	if !ok {
		return e
	}
	return &syntax.Number{Pos: e.Pos, Value: compute(e.Op, left.Value, right.Value)}
}

// compute does arithmetic as Luau defines it. The conversion keeps the compiler from fusing the
// product and the difference, which would round once instead of twice.
func compute(op syntax.BinOp, a, b float64) float64 {
	switch op {
	case syntax.Add:
		return a + b
	case syntax.Sub:
		return a - b
	case syntax.Mul:
		return a * b
	case syntax.Div:
		return a / b
	case syntax.FloorDiv:
		return math.Floor(a / b)
	case syntax.Mod:
		return a - float64(math.Floor(a/b)*b)
	default: // syntax.Pow
		return math.Pow(a, b)
	}
}

// truth tells whether an expression is surely true or surely false.
func (f *function) truth(e syntax.Expr) (truth, known bool) { return truthOf(f.fold(e)) }

func truthOf(e syntax.Expr) (truth, known bool) {
	switch e := e.(type) {
	case *syntax.Nil:
		return false, true
	case *syntax.Bool:
		return e.Value, true
	case *syntax.Number, *syntax.String, *syntax.Function:
		return true, true
	}
	return false, false
}

func isLiteral(e syntax.Expr) bool {
	switch e.(type) {
	case *syntax.Nil, *syntax.Bool, *syntax.Number, *syntax.String:
		return true
	}
	return false
}

func isNil(e syntax.Expr) bool {
	_, ok := e.(*syntax.Nil)
	return ok
}
