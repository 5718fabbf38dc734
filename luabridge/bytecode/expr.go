package bytecode

import (
	"fmt"

	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/syntax"
)

// value computes an expression into a register, a local's or the topmost temporary's. All other
// registers it takes are free again afterwards. A local keeps its old value until all parts of the
// expression that might read it have been evaluated.
func (f *function) value(e syntax.Expr, dst int) {
	mark := f.top
	e = f.fold(e)
	f.line = e.At().Line
	switch e := e.(type) {
	case *syntax.Nil:
		f.abc(lua.OP_LOADNIL, dst, dst, 0)
	case *syntax.Bool:
		f.abc(lua.OP_LOADBOOL, dst, bit(e.Value), 0)
	case *syntax.Number:
		f.abx(lua.OP_LOADK, dst, f.numberConstant(e.Value))
	case *syntax.String:
		f.abx(lua.OP_LOADK, dst, f.stringConstant(e.Value))
	case *syntax.Paren:
		f.value(e.X, dst)
	case *syntax.LocalRef:
		f.localRef(e, dst)
	case *syntax.GlobalRef:
		f.globalRef(e, dst)
	case *syntax.Field:
		f.field(e, dst)
	case *syntax.Index:
		f.index(e, dst)
	case *syntax.Vararg:
		r := f.frame(dst)
		f.abc(lua.OP_VARARG, r, 2, 0)
		f.move(dst, r)
	case *syntax.Call:
		r := f.frame(dst)
		f.call(e, r, 1)
		f.move(dst, r)
	case *syntax.Function:
		f.closure(e, dst)
	case *syntax.Table:
		f.table(e, dst)
	case *syntax.Unary:
		f.unary(e, dst)
	case *syntax.Binary:
		f.binary(e, dst)
	case *syntax.IfExpr:
		f.ifExpr(e, dst)
	case *syntax.Interp:
		f.interp(e, dst)
	default:
		panic(fmt.Sprintf("bytecode: expression %T", e))
	}
	f.top = mark
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

// push computes an expression into the next register.
func (f *function) push(e syntax.Expr) int {
	r := f.alloc(1)
	f.value(e, r)
	return r
}

// frame returns the topmost register for an instruction that drops all registers above its own:
// dst if it is that one, or a new one.
func (f *function) frame(dst int) int {
	if f.topmost(dst) {
		return dst
	}
	return f.alloc(1)
}

// register returns a register that holds an expression's value: a local's own, or a new one.
func (f *function) register(e syntax.Expr) int {
	e = f.fold(e)
	if r, ok := f.localOf(e); ok {
		return r
	}
	return f.push(e)
}

// registerOr is register with dst as the new one, if dst is fit for that.
func (f *function) registerOr(e syntax.Expr, dst int) int {
	e = f.fold(e)
	if r, ok := f.localOf(e); ok {
		return r
	}
	if !f.topmost(dst) {
		return f.push(e)
	}
	f.value(e, dst)
	return dst
}

// operand returns a register or constant that holds an expression's value.
func (f *function) operand(e syntax.Expr) int {
	e = f.fold(e)
	switch e := e.(type) {
	case *syntax.Number:
		return f.constantOperand(f.numberConstant(e.Value))
	case *syntax.String:
		return f.stringOperand(e.Value)
	}
	return f.register(e)
}

// constOperand is operand for instructions that take nil, true and false as well.
func (f *function) constOperand(e syntax.Expr) int {
	e = f.fold(e)
	switch e := e.(type) {
	case *syntax.Nil:
		return f.constantOperand(f.valueConstant(lua.LNil))
	case *syntax.Bool:
		return f.constantOperand(f.valueConstant(lua.LBool(e.Value)))
	}
	return f.operand(e)
}

func (f *function) localRef(e *syntax.LocalRef, dst int) {
	if r, ok := f.local(e.Local); ok {
		f.move(dst, r)
		return
	}
	f.abc(lua.OP_GETUPVAL, dst, f.upvalue(e.Local), 0)
}

func (f *function) globalRef(e *syntax.GlobalRef, dst int) {
	if value := f.imported(e.Name); value != nil {
		f.abx(lua.OP_LOADK, dst, f.valueConstant(value))
		return
	}
	f.abx(lua.OP_GETGLOBAL, dst, f.stringConstant(e.Name))
}

func (f *function) field(e *syntax.Field, dst int) {
	if library, ok := e.X.(*syntax.GlobalRef); ok && f.importable(library.Name) {
		if value := f.options.Import(library.Name + "." + e.Name); value != nil {
			f.abx(lua.OP_LOADK, dst, f.valueConstant(value))
			return
		}
	}
	object := f.registerOr(e.X, dst)
	key := f.stringOperand(e.Name)
	f.line = e.NamePos.Line
	f.abc(lua.OP_GETTABLEKS, dst, object, key)
}

func (f *function) index(e *syntax.Index, dst int) {
	object := f.registerOr(e.X, dst)
	op := lua.OP_GETTABLE
	if f.isString(e.Key) {
		op = lua.OP_GETTABLEKS
	}
	key := f.operand(e.Key)
	f.line = e.Key.At().Line
	f.abc(op, dst, object, key)
}

func (f *function) unary(e *syntax.Unary, dst int) {
	r := f.registerOr(e.X, dst)
	f.line = e.Line
	f.abc(unaryOps[e.Op], dst, r, 0)
}

var unaryOps = [...]int{syntax.Neg: lua.OP_UNM, syntax.Len: lua.OP_LEN, syntax.Not: lua.OP_NOT}

var arithmetic = [...]int{
	syntax.Add: lua.OP_ADD, syntax.Sub: lua.OP_SUB, syntax.Mul: lua.OP_MUL,
	syntax.Div: lua.OP_DIV, syntax.Mod: lua.OP_MOD, syntax.Pow: lua.OP_POW,
}

func (f *function) binary(e *syntax.Binary, dst int) {
	switch e.Op {
	case syntax.And, syntax.Or:
		f.logical(e, dst)
	case syntax.Concat:
		f.helper(Concat, concatOperands(e, nil), e.OpPos.Line, dst)
	case syntax.FloorDiv:
		f.helper(FloorDiv, []syntax.Expr{e.L, e.R}, e.OpPos.Line, dst)
	case syntax.Add, syntax.Sub, syntax.Mul, syntax.Div, syntax.Mod, syntax.Pow:
		left := f.operand(e.L)
		right := f.operand(e.R)
		f.line = e.OpPos.Line
		f.abc(arithmetic[e.Op], dst, left, right)
	default:
		f.comparisonValue(e, dst)
	}
}

// concatOperands lists the operands of a chain of "..", which groups from the right.
func concatOperands(e syntax.Expr, list []syntax.Expr) []syntax.Expr {
	b, ok := e.(*syntax.Binary)
	if !ok || b.Op != syntax.Concat {
		return append(list, e)
	}
	return concatOperands(b.R, append(list, b.L))
}

func (f *function) interp(e *syntax.Interp, dst int) {
	parts := make([]syntax.Expr, 0, len(e.Texts)+len(e.Exprs))
	for i, text := range e.Texts {
		if text != "" {
			parts = append(parts, &syntax.String{Pos: e.Pos, Value: text})
		}
		if i < len(e.Exprs) {
			parts = append(parts, e.Exprs[i])
		}
	}
	f.helper(Interp, parts, e.Line, dst)
}

func (f *function) ifExpr(e *syntax.IfExpr, dst int) {
	if truth, known := f.truth(e.Cond); known {
		if truth {
			f.value(e.Then, dst)
		} else {
			f.value(e.Else, dst)
		}
		return
	}
	var otherwise, done label
	f.jumpIf(e.Cond, false, &otherwise)
	f.value(e.Then, dst)
	f.jump(&done)
	f.place(&otherwise)
	f.value(e.Else, dst)
	f.place(&done)
}
