package bytecode

import (
	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/syntax"
)

const (
	registersMax = 255 // a prototype counts them in 8 bits
	localsMax    = 200
	upvaluesMax  = 200
)

// alloc reserves the next n registers and returns the first. Temporaries are freed by setting top
// back: the machine's calls drop all registers above their own, so they must nest like a stack.
func (f *function) alloc(n int) int {
	first := f.top
	f.top += n
	if f.top > registersMax {
		fail(f.line, "Out of registers when trying to allocate %d registers: exceeded limit %d",
			n, registersMax)
	}
	f.highest = max(f.highest, f.top)
	return first
}

// temporary tells whether a register is no local's, so that it may hold half a result.
func (f *function) temporary(r int) bool { return r >= f.bound }

// topmost tells whether a register is a temporary with none in use above it.
func (f *function) topmost(r int) bool { return f.temporary(r) && r == f.top-1 }

// hold makes all registers in use belong to the scope, as locals do.
func (f *function) hold() { f.bound = f.top }

// declare brings a local into scope, in the next register.
func (f *function) declare(l *syntax.Local) int {
	if len(f.active) == localsMax {
		fail(l.Line, "Out of local registers when trying to allocate %s: exceeded limit %d",
			l.Name, localsMax)
	}
	r := f.alloc(1)
	f.active = append(f.active, l)
	f.registers[l] = r
	f.hold()
	return r
}

// scope is the state to return to when the locals declared since go out of scope.
type scope struct{ locals, registers int }

func (f *function) scope() scope { return scope{len(f.active), f.top} }

// captured tells whether an inner function uses a local declared since.
func (f *function) captured(since scope) bool {
	for _, l := range f.active[since.locals:] {
		if l.Captured {
			return true
		}
	}
	return false
}

// closeUpvalues detaches the closures that hold locals declared since from their registers, which
// are about to be used anew.
func (f *function) closeUpvalues(since scope) {
	if f.captured(since) {
		f.abc(lua.OP_CLOSE, since.registers, 0, 0)
	}
}

// leave ends a scope, without code.
func (f *function) leave(s scope) {
	f.active = f.active[:s.locals]
	f.top = s.registers
	f.hold()
}

// local returns the register of a local of this function.
func (f *function) local(l *syntax.Local) (int, bool) {
	if l.Func != f.tree {
		return 0, false
	}
	r, ok := f.registers[l]
	if !ok {
		panic("bytecode: use of local " + l.Name + " before its declaration")
	}
	return r, true
}

// localOf returns the register that already holds an expression's value.
func (f *function) localOf(e syntax.Expr) (int, bool) {
	if ref, ok := e.(*syntax.LocalRef); ok {
		return f.local(ref.Local)
	}
	return 0, false
}

// upvalue returns the index of an outer function's local, capturing it on first use.
func (f *function) upvalue(l *syntax.Local) int {
	if index, ok := f.upvalueIndex[l]; ok {
		return index
	}
	index := len(f.upvalues)
	if index == upvaluesMax {
		fail(f.line, "Out of upvalue registers when trying to allocate %s: exceeded limit %d",
			l.Name, upvaluesMax)
	}
	if f.upvalueIndex == nil {
		f.upvalueIndex = map[*syntax.Local]int{}
	}
	f.upvalues = append(f.upvalues, l)
	f.upvalueIndex[l] = index
	return index
}

// closure creates an inner function in a register.
func (f *function) closure(tree *syntax.Function, dst int) {
	inner := f.function(tree, f)
	f.line = tree.Line
	if len(f.protos) > maskBx {
		fail(f.line, "Exceeded closure limit; simplify the code to compile")
	}
	f.protos = append(f.protos, inner.proto())
	f.abx(lua.OP_CLOSURE, dst, len(f.protos)-1)
	for _, l := range inner.upvalues {
		if r, ok := f.local(l); ok {
			f.abc(lua.OP_MOVE, 0, r, 0)
		} else {
			f.abc(lua.OP_GETUPVAL, 0, f.upvalue(l), 0)
		}
	}
}
