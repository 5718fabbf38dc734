package bytecode

import (
	"fmt"

	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/syntax"
)

// statements compiles a block's statements in the scope at hand. Like the other statement methods
// it reports whether control surely leaves otherwise than by falling out at the end; what follows
// such a statement is dropped.
func (f *function) statements(b *syntax.Block) (ends bool) {
	for _, s := range b.Stats {
		if f.statement(s) {
			return true
		}
	}
	return false
}

// block compiles statements in a scope of their own.
func (f *function) block(b *syntax.Block) (ends bool) {
	s := f.scope()
	ends = f.statements(b)
	if !ends {
		f.line = b.End.Line
		f.closeUpvalues(s)
	}
	f.leave(s)
	return ends
}

func (f *function) statement(s syntax.Stat) (ends bool) {
	f.line = s.At().Line
	switch s := s.(type) {
	case *syntax.Block:
		return f.block(s)
	case *syntax.If:
		return f.ifStat(s)
	case *syntax.While:
		f.while(s)
	case *syntax.Repeat:
		f.repeat(s)
	case *syntax.NumericFor:
		f.numericFor(s)
	case *syntax.GenericFor:
		f.genericFor(s)
	case *syntax.LocalStat:
		f.localStat(s)
	case *syntax.LocalFunction:
		f.closure(s.Fn, f.declare(s.Var))
	case *syntax.FunctionStat:
		f.functionStat(s)
	case *syntax.Assign:
		f.assign(s)
	case *syntax.CompoundAssign:
		f.compoundAssign(s)
	case *syntax.CallStat:
		f.callStat(s)
	case *syntax.Return:
		f.returnStat(s)
		return true
	case *syntax.Break:
		f.breakStat()
		return true
	case *syntax.Continue:
		f.continueStat()
		return true
	default:
		panic(fmt.Sprintf("bytecode: statement %T", s))
	}
	return false
}

func (f *function) localStat(s *syntax.LocalStat) {
	if f.nameLiterals(s) {
		return
	}
	first := f.top
	f.pushExactly(s.Exprs, len(s.Vars))
	f.top = first
	for _, v := range s.Vars {
		f.declare(v)
	}
}

// nameLiterals compiles "local a, b = 1, 2" to nothing if nobody assigns to the locals: uses of
// them become uses of the literals.
func (f *function) nameLiterals(s *syntax.LocalStat) bool {
	if len(s.Vars) != len(s.Exprs) {
		return false
	}
	for i, v := range s.Vars {
		if v.Assigned || !isLiteral(f.fold(s.Exprs[i])) {
			return false
		}
	}
	for i, v := range s.Vars {
		f.literals[v] = f.fold(s.Exprs[i])
	}
	return true
}

func (f *function) ifStat(s *syntax.If) (ends bool) {
	if truth, known := f.truth(s.Cond); known {
		if truth {
			return f.block(s.Then)
		}
		return s.Else != nil && f.statement(s.Else)
	}
	var otherwise, done label
	f.jumpIf(s.Cond, false, &otherwise)
	thenEnds := f.block(s.Then)
	if s.Else == nil {
		f.place(&otherwise)
		return false
	}
	if !thenEnds {
		f.jump(&done)
	}
	f.place(&otherwise)
	elseEnds := f.statement(s.Else)
	f.place(&done)
	return thenEnds && elseEnds
}

// returnStat never makes a tail call: Luau has none, and keeps the frame for tracebacks.
func (f *function) returnStat(s *syntax.Return) {
	mark := f.top
	if len(s.Exprs) == 1 {
		if r, ok := f.localOf(f.fold(s.Exprs[0])); ok {
			f.abc(lua.OP_RETURN, r, 2, 0)
			return
		}
	}
	count := f.pushAll(s.Exprs)
	f.line = s.Line
	f.abc(lua.OP_RETURN, mark, count+1, 0)
	f.top = mark
}

func (f *function) functionStat(s *syntax.FunctionStat) {
	mark := f.top
	t := f.target(s.Target)
	if t.kind == targetLocal {
		f.closure(s.Fn, t.register)
		return
	}
	r := f.alloc(1)
	f.closure(s.Fn, r)
	f.line = s.Line
	f.store(t, r)
	f.top = mark
}

func (f *function) callStat(s *syntax.CallStat) {
	mark := f.top
	f.call(s.Call, f.alloc(1), 0)
	f.top = mark
}
