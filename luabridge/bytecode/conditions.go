package bytecode

import (
	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/syntax"
)

// jumpIf jumps if the truth of an expression is as wanted, and falls through otherwise.
func (f *function) jumpIf(e syntax.Expr, wanted bool, to *label) {
	e = f.fold(e)
	if truth, known := f.truth(e); known {
		if truth == wanted {
			f.jump(to)
		}
		return
	}
	mark := f.top
	switch e := e.(type) {
	case *syntax.Unary:
		if e.Op == syntax.Not {
			f.jumpIf(e.X, !wanted, to)
			return
		}
	case *syntax.Binary:
		switch {
		case isComparison(e.Op):
			f.compare(e, wanted, to)
			return
		case e.Op == syntax.And || e.Op == syntax.Or:
			f.jumpIfLogical(e, wanted, to)
			return
		}
	}
	r := f.register(e)
	f.line = e.At().Line
	f.abc(lua.OP_TEST, r, 0, bit(wanted))
	f.jump(to)
	f.top = mark
}

func (f *function) jumpIfLogical(e *syntax.Binary, wanted bool, to *label) {
	decides := e.Op == syntax.Or // the truth of the left side that decides for both
	if decides == wanted {
		f.jumpIf(e.L, wanted, to)
		f.jumpIf(e.R, wanted, to)
		return
	}
	var skip label
	f.jumpIf(e.L, decides, &skip)
	f.jumpIf(e.R, wanted, to)
	f.place(&skip)
}

func isComparison(op syntax.BinOp) bool {
	return op >= syntax.NotEqual && op <= syntax.GreaterEqual
}

// compare jumps if the result of a comparison is as wanted. The sides are evaluated from left to
// right, also for > and >=, which the machine has as < and <= of the sides swapped.
func (f *function) compare(e *syntax.Binary, wanted bool, to *label) {
	mark := f.top
	side := f.operand
	if e.Op == syntax.Equal || e.Op == syntax.NotEqual {
		side = f.constOperand
	}
	left := side(e.L)
	right := side(e.R)
	f.line = e.OpPos.Line
	switch e.Op {
	case syntax.Equal:
		f.abc(lua.OP_EQ, bit(wanted), left, right)
	case syntax.NotEqual:
		f.abc(lua.OP_EQ, bit(!wanted), left, right)
	case syntax.Less:
		f.abc(lua.OP_LT, bit(wanted), left, right)
	case syntax.LessEqual:
		f.abc(lua.OP_LE, bit(wanted), left, right)
	case syntax.Greater:
		f.abc(lua.OP_LT, bit(wanted), right, left)
	case syntax.GreaterEqual:
		f.abc(lua.OP_LE, bit(wanted), right, left)
	}
	f.jump(to)
	f.top = mark
}

func (f *function) comparisonValue(e *syntax.Binary, dst int) {
	var holds label
	f.compare(e, true, &holds)
	f.abc(lua.OP_LOADBOOL, dst, 0, 1) // and skip the next
	f.place(&holds)
	f.abc(lua.OP_LOADBOOL, dst, 1, 0)
}

// logical computes "L and R" or "L or R" into dst: L's value, and if that does not decide, R's.
func (f *function) logical(e *syntax.Binary, dst int) {
	decides := e.Op == syntax.Or
	if truth, known := f.truth(e.L); known {
		if truth == decides {
			f.value(e.L, dst)
		} else {
			f.value(e.R, dst)
		}
		return
	}
	left := f.fold(e.L)
	if isCondition(left) {
		f.logicalCondition(left, e.R, decides, dst)
		return
	}
	home, isLocal := f.localOf(left)
	inPlace := isLocal && home == dst
	if !inPlace && !f.temporary(dst) {
		r := f.alloc(1) // L's value must not overwrite a local that R may read
		f.logical(e, r)
		f.move(dst, r)
		return
	}
	var done label
	if isLocal && !inPlace {
		f.abc(lua.OP_TESTSET, dst, home, bit(decides))
	} else {
		f.value(left, dst)
		f.abc(lua.OP_TEST, dst, 0, bit(decides))
	}
	f.jump(&done)
	f.value(e.R, dst)
	f.place(&done)
}

// isCondition tells whether an expression's value is true or false, by jumps.
func isCondition(e syntax.Expr) bool {
	switch e := e.(type) {
	case *syntax.Unary:
		return e.Op == syntax.Not
	case *syntax.Binary:
		return isComparison(e.Op)
	}
	return false
}

// logicalCondition is logical for a left side that is either true or false: its value is loaded
// only where it is the result.
func (f *function) logicalCondition(left, right syntax.Expr, decides bool, dst int) {
	var decided, done label
	f.jumpIf(left, decides, &decided)
	f.value(right, dst)
	f.jump(&done)
	f.place(&decided)
	f.abc(lua.OP_LOADBOOL, dst, bit(decides), 0)
	f.place(&done)
}
