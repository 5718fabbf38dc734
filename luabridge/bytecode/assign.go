package bytecode

import (
	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/syntax"
)

// target is a place to assign to, with its object and key already evaluated.
type target struct {
	kind     targetKind
	register int    // of the local, or of the object
	key      int    // the key's operand; the upvalue's index
	name     string // of the global
	line     int
}

type targetKind uint8

const (
	targetLocal targetKind = iota
	targetUpvalue
	targetGlobal
	targetField // a string constant as key
	targetIndex
)

// target evaluates what comes before the "=". A local's own register serves as object or key.
func (f *function) target(e syntax.Expr) target {
	t := target{line: e.At().Line}
	switch e := e.(type) {
	case *syntax.LocalRef:
		if r, ok := f.local(e.Local); ok {
			t.register = r
			break
		}
		t.kind, t.key = targetUpvalue, f.upvalue(e.Local)
	case *syntax.GlobalRef:
		t.kind, t.name = targetGlobal, e.Name
	case *syntax.Field:
		t.kind, t.register = targetField, f.register(e.X)
		t.key = f.stringOperand(e.Name)
	case *syntax.Index:
		t.kind, t.register = targetIndex, f.register(e.X)
		key := f.fold(e.Key)
		if _, ok := key.(*syntax.String); ok {
			t.kind = targetField
		}
		t.key = f.operand(key)
	}
	return t
}

// load puts a target's value into a register.
func (f *function) load(t target, dst int) {
	switch t.kind {
	case targetLocal:
		f.move(dst, t.register)
	case targetUpvalue:
		f.abc(lua.OP_GETUPVAL, dst, t.key, 0)
	case targetGlobal:
		f.abx(lua.OP_GETGLOBAL, dst, f.stringConstant(t.name))
	case targetField:
		f.abc(lua.OP_GETTABLEKS, dst, t.register, t.key)
	case targetIndex:
		f.abc(lua.OP_GETTABLE, dst, t.register, t.key)
	}
}

// store assigns an operand's value. Only fields and indexes take a constant.
func (f *function) store(t target, value int) {
	switch t.kind {
	case targetLocal:
		f.move(t.register, value)
	case targetUpvalue:
		f.abc(lua.OP_SETUPVAL, value, t.key, 0)
	case targetGlobal:
		f.abx(lua.OP_SETGLOBAL, value, f.stringConstant(t.name))
	case targetField:
		f.abc(lua.OP_SETTABLEKS, t.register, t.key, value)
	case targetIndex:
		f.abc(lua.OP_SETTABLE, t.register, t.key, value)
	}
}

func (f *function) assign(s *syntax.Assign) {
	mark := f.top
	if len(s.Targets) == 1 && len(s.Exprs) == 1 {
		f.assignOne(s.Targets[0], s.Exprs[0])
	} else {
		f.assignMany(s)
	}
	f.top = mark
}

func (f *function) assignOne(to, value syntax.Expr) {
	t := f.target(to)
	switch t.kind {
	case targetLocal:
		f.value(value, t.register)
		return
	case targetIndex, targetField:
		operand := f.constOperand(value)
		f.line = t.line
		f.store(t, operand)
	default:
		r := f.register(value)
		f.line = t.line
		f.store(t, r)
	}
}

// assignMany evaluates all targets, then all values, then stores from left to right, and to locals
// last: until then the targets may use the locals' registers.
func (f *function) assignMany(s *syntax.Assign) {
	targets := make([]target, len(s.Targets))
	for i, t := range s.Targets {
		targets[i] = f.target(t)
	}
	first := f.top
	f.pushExactly(s.Exprs, len(targets))
	for i, t := range targets {
		f.line = t.line
		if t.kind != targetLocal {
			f.store(t, first+i)
		}
	}
	for i, t := range targets {
		if t.kind == targetLocal {
			f.store(t, first+i)
		}
	}
}

// compoundAssign evaluates the target's object and key once.
func (f *function) compoundAssign(s *syntax.CompoundAssign) {
	mark := f.top
	t := f.target(s.Target)
	var result int
	switch s.Op {
	case syntax.Concat:
		result = f.compoundCall(Concat, t, concatOperands(s.Value, nil), s.Line)
	case syntax.FloorDiv:
		result = f.compoundCall(FloorDiv, t, []syntax.Expr{s.Value}, s.Line)
	default:
		result = t.register
		if t.kind != targetLocal {
			result = f.alloc(1)
			f.line = t.line
			f.load(t, result)
		}
		operand := f.operand(s.Value)
		f.line = s.Line
		f.abc(arithmetic[s.Op], result, result, operand)
	}
	f.line = t.line
	f.store(t, result)
	f.top = mark
}

// compoundCall computes a new value from the target's and others; it returns its register.
func (f *function) compoundCall(h Helper, t target, others []syntax.Expr, line int) int {
	call := f.alloc(1)
	f.line = t.line
	f.load(t, f.alloc(1))
	for _, e := range others {
		f.push(e)
	}
	f.line = line
	f.finishHelper(h, call)
	return call
}
