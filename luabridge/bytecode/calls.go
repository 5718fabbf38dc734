package bytecode

import (
	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/syntax"
)

// open stands for a number of values that is known only at run time.
const open = -1

// call compiles a call in base, the topmost register, and what follows it. The results, as many as
// wanted, start at base.
func (f *function) call(e *syntax.Call, base, wanted int) {
	line, self := e.Open.Line, 0
	if e.Method != "" {
		line, self = e.MethodPos.Line, 1
		f.self(e, base)
	} else {
		f.value(e.Fn, base)
	}
	count := f.pushAll(e.Args)
	if count != open {
		count += self
	}
	f.line = line
	f.abc(lua.OP_CALL, base, count+1, wanted+1)
	f.top = base + 1
	if wanted > 1 {
		f.alloc(wanted - 1)
	}
}

// self fetches a method to base and puts the object behind it.
func (f *function) self(e *syntax.Call, base int) {
	object := f.registerOr(e.Fn, base)
	f.alloc(1)
	mark := f.top
	name := f.stringOperand(e.Method)
	f.line = e.MethodPos.Line
	f.abc(lua.OP_SELF, base, object, name)
	f.top = mark
}

// helper computes a value from others by a helper.
func (f *function) helper(h Helper, args []syntax.Expr, line, dst int) {
	base := f.frame(dst)
	for _, e := range args {
		f.push(e)
	}
	f.line = line
	f.finishHelper(h, base)
	f.move(dst, base)
}

// finishHelper calls a helper in base with all registers in use above as its arguments.
func (f *function) finishHelper(h Helper, base int) {
	f.loadHelper(h, base)
	f.abc(lua.OP_CALL, base, f.top-base, 2)
	f.top = base + 1
}

// multiple returns an expression that can have any number of values, or nil.
func multiple(e syntax.Expr) syntax.Expr {
	switch e.(type) {
	case *syntax.Call, *syntax.Vararg:
		return e
	}
	return nil
}

// pushAll computes a list into the next registers. It returns the number of values, which is open
// if the last expression is a call or "...".
func (f *function) pushAll(es []syntax.Expr) int {
	for i, e := range es {
		if i == len(es)-1 && multiple(e) != nil {
			f.pushMultiple(e, open)
			return open
		}
		f.push(e)
	}
	return len(es)
}

// pushExactly computes a list into the next n registers: the last call or "..." gives as many
// values as are missing, then nil does, and surplus values are dropped.
func (f *function) pushExactly(es []syntax.Expr, n int) {
	end := f.top + n
	for i, e := range es {
		switch {
		case f.top < end && i == len(es)-1 && multiple(e) != nil:
			f.pushMultiple(e, end-f.top)
		case f.top < end:
			f.push(e)
		default:
			f.push(e)
			f.top = end
		}
	}
	if missing := end - f.top; missing > 0 {
		first := f.alloc(missing)
		f.abc(lua.OP_LOADNIL, first, end-1, 0)
	}
}

// pushMultiple computes a call or "..." to as many values as wanted, at least one, or all of them.
func (f *function) pushMultiple(e syntax.Expr, wanted int) {
	f.line = e.At().Line
	base := f.alloc(1)
	if call, ok := e.(*syntax.Call); ok {
		f.call(call, base, wanted)
		return
	}
	f.abc(lua.OP_VARARG, base, wanted+1, 0)
	if wanted > 1 {
		f.alloc(wanted - 1)
	}
}
