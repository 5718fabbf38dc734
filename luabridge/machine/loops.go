package machine

import (
	lua "github.com/yuin/gopher-lua"
)

// A numeric loop has the variable that it counts in, the limit, the step, and a copy of the
// variable for the script.
const (
	loopIndex = iota
	loopLimit
	loopStep
	loopVariable
)

// forPrep begins a numeric loop: its body follows, and the jump leads to its end.
func (m *Machine) forPrep(L *lua.LState, cf *frame, regs []lua.LValue, i instruction) {
	for r := range loopVariable {
		if _, ok := regs[r].(lua.LNumber); ok {
			continue
		}
		n, ok := m.ToNumber(regs[r])
		if !ok {
			roles := [loopVariable]string{"init", "limit", "step"}
			L.RaiseError("for statement %s must be a number", roles[r])
		}
		regs[r] = m.numbers.value(n)
	}
	from, limit := regs[loopIndex].(lua.LNumber), regs[loopLimit].(lua.LNumber)
	if goesOn(from, limit, regs[loopStep].(lua.LNumber)) {
		regs[loopVariable] = regs[loopIndex]
	} else {
		cf.pc += i.jump() + 1
	}
}

// goesOn tells whether a loop has another turn. As in Luau, a step that is not a number counts
// downwards.
func goesOn(at, limit, step lua.LNumber) bool {
	if step > 0 {
		return at <= limit
	}
	return limit <= at
}

// forLoop ends a turn of a numeric loop; it returns where to go on.
func (m *Machine) forLoop(regs []lua.LValue, i instruction, pc int) int {
	step := regs[loopStep].(lua.LNumber)
	at := regs[loopIndex].(lua.LNumber) + step
	if !goesOn(at, regs[loopLimit].(lua.LNumber), step) {
		return pc
	}
	m.turn()
	value := m.numbers.value(float64(at))
	regs[loopIndex], regs[loopVariable] = value, value
	return pc + i.jump()
}

// A generic loop has the iterator, its state and the control value, and then the results.
const (
	iterFunction = iota
	iterState
	iterControl
	iterResults
	iterArguments = 2
)

// OpIter begins a generic loop, whose three values are in place: A is the first. It jumps by sBx
// if they can drive the loop as they are, or are a table to go through; what follows it has to find
// out about others. A table is gone through with a Cursor, in place of the state.
const OpIter = lua.OP_NOP + 1

func (m *Machine) iter(cf *frame, regs []lua.LValue, i instruction) {
	subject := regs[iterFunction]
	if fn, ok := subject.(*lua.LFunction); ok {
		cf.pc += i.jump()
		if fn.Env != marked || !functionOf(fn).traverses || !isNil(regs[iterControl]) {
			return
		}
		subject = regs[iterState]
	}
	t, ok := subject.(*lua.LTable)
	switch {
	case !ok: // a value with __iter or __call, or an error
	case subject == regs[iterState]: // next, t
		regs[iterState] = NewCursor(t)
	case isNil(MetatableOf(t)):
		regs[iterState] = NewCursor(t)
		cf.pc += i.jump()
	}
}

// forIn asks a generic loop's iterator for the next turn. A jump back to the body follows.
func (m *Machine) forIn(L *lua.LState, s *state, cf *frame, i instruction) {
	regs := s.reg.array[cf.localBase+i.a():]
	key, value, ok := m.step(regs)
	if !ok {
		m.callIterator(L, s, cf, i)
		return
	}
	regs[iterResults] = key
	if i.c() > 1 {
		regs[iterResults+1] = value
	}
	for r := 2; r < i.c(); r++ {
		regs[iterResults+r] = lua.LNil
	}
	m.endTurn(cf, regs)
}

// step computes the next turn of a loop without a call, if there is a way.
func (m *Machine) step(regs []lua.LValue) (key, value lua.LValue, ok bool) {
	if cursor, ok := regs[iterState].(*Cursor); ok {
		key, value, _ := cursor.next(&m.numbers)
		return key, value, true
	}
	fn, ok := regs[iterFunction].(*lua.LFunction)
	if !ok || fn.Env != marked || functionOf(fn).step == nil {
		return nil, nil, false
	}
	return functionOf(fn).step(m, regs[iterState], regs[iterControl])
}

// callIterator is forIn for an iterator that has to be called.
func (m *Machine) callIterator(L *lua.LState, s *state, cf *frame, i instruction) {
	base := cf.localBase + i.a() + iterResults
	s.reserve(L, base+iterArguments+1)
	copy(s.reg.array[base:base+iterArguments+1], s.reg.array[base-iterResults:])
	s.do(L, base, iterArguments, i.c())
	s.resume(i.c())
	m.endTurn(cf, s.reg.array[cf.localBase+i.a():])
}

// endTurn goes back to the body if there is another turn.
func (m *Machine) endTurn(cf *frame, regs []lua.LValue) {
	key := regs[iterResults]
	if !isNil(key) {
		regs[iterControl] = key
	}
	cf.pc = m.branch(cf.fn.Proto.Code, cf.pc, !isNil(key))
}
