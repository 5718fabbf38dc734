package machine

import (
	lua "github.com/yuin/gopher-lua"
)

// callFast does a call without a frame, if the callee has a way.
func (m *Machine) callFast(s *state, cf *frame, regs []lua.LValue, i instruction) bool {
	a, b, c := i.a(), i.b(), i.c()
	fn, ok := regs[a].(*lua.LFunction)
	if !ok || fn.Env != marked || functionOf(fn).fast == nil {
		return false
	}
	if b == 0 {
		b = s.reg.top - cf.localBase - a
	}
	result, ok := functionOf(fn).fast(m, regs[a+1:a+b])
	if !ok {
		return false
	}
	m.turn()
	if c == 2 && i.b() != 0 && result != nil {
		regs[a] = result
	} else {
		s.finishFast(cf, i, result)
	}
	return true
}

// finishFast puts one result or none where any number is wanted.
func (s *state) finishFast(cf *frame, i instruction, result lua.LValue) {
	first, wanted := cf.localBase+i.a(), i.c()-1
	if wanted < 0 {
		wanted = bit(result != nil)
		s.reg.top = first + wanted
	} else {
		s.reg.top = cf.localBase + int(cf.fn.Proto.NumUsedRegisters)
	}
	for r := range wanted {
		s.reg.array[first+r] = lua.LNil
		if r == 0 && result != nil {
			s.reg.array[first] = result
		}
	}
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

// call enters a function, and does the whole call if it is a Go function.
func (m *Machine) call(L *lua.LState, s *state, cf *frame, i instruction) {
	m.turn()
	base, args := cf.localBase+i.a(), i.b()-1
	if args < 0 {
		args = s.reg.top - base - 1
	}
	fn, ok := s.reg.array[base].(*lua.LFunction)
	if !ok {
		fn = callable(L, s, base, args)
		args++
	}
	f := s.push(fn, base, args, i.c()-1)
	switch {
	case fn.IsG:
		s.setTop(L, f.localBase+args)
		m.callGo(L, s)
		s.resume(i.c() - 1)
	default:
		s.open(L, f)
	}
}

// push makes a frame for the function in the register base with the arguments behind it.
func (s *state) push(fn *lua.LFunction, base, args, results int) *frame {
	g := s.stack.data
	if g.segSp == lua.FramesPerSegment {
		g.grow(s.options.CallStackSize)
	}
	f := &g.segments[g.segIdx].array[g.segSp%lua.FramesPerSegment]
	f.idx = int(g.segIdx)*lua.FramesPerSegment + int(g.segSp)
	g.segSp++
	f.fn, f.parent, f.pc = fn, s.currentFrame, 0
	f.base, f.localBase, f.returnBase = base, base+1, base
	f.nargs, f.nret, f.tailCall = args, results, 0
	s.currentFrame = f
	return f
}

// do makes the whole call of the function in the register base.
func (s *state) do(L *lua.LState, base, args, results int) {
	fn, ok := s.reg.array[base].(*lua.LFunction)
	if !ok {
		fn = callable(L, s, base, args)
		args++
	}
	f := s.push(fn, base, args, results)
	if fn.IsG {
		s.setTop(L, f.localBase+args)
	} else {
		s.open(L, f)
	}
	s.mainLoop(L, f)
}

// Do calls the function below so many arguments on top of a state's stack, and leaves the results
// in their place. States of ours are called by this and by Call, not by gopher-lua's own methods.
func Do(L *lua.LState, args, results int) {
	s := stateOf(L)
	s.do(L, s.reg.top-args-1, args, results)
}

// Call calls a function, which may be anything with a __call, and returns its first result.
func Call(L *lua.LState, fn lua.LValue, args ...lua.LValue) lua.LValue {
	s := stateOf(L)
	base := s.reg.top
	s.reserve(L, base+1+len(args))
	s.reg.array[base] = fn
	copy(s.reg.array[base+1:], args)
	s.reg.top = base + 1 + len(args)
	s.do(L, base, len(args), 1)
	s.reg.top = base
	return s.reg.array[base]
}

// callable returns the __call of what is in the register base, which becomes the first argument.
func callable(L *lua.LState, s *state, base, args int) *lua.LFunction {
	object := s.reg.array[base]
	fn, ok := Metafield(L, object, "__call").(*lua.LFunction)
	if !ok {
		L.RaiseError("attempt to call a non-function object")
	}
	s.reserve(L, base+args+2)
	copy(s.reg.array[base+2:base+2+args], s.reg.array[base+1:])
	s.reg.array[base+1] = object
	s.reg.top = max(s.reg.top, base+args+2)
	return fn
}

// open makes the registers of a Luau function's frame, which holds its arguments.
func (s *state) open(L *lua.LState, f *frame) {
	p := f.fn.Proto
	params, used, args := int(p.NumParameters), int(p.NumUsedRegisters), f.nargs
	s.reserve(L, f.localBase+max(params, args)+used)
	array := s.reg.array
	for ; args < params; args++ {
		array[f.localBase+args] = lua.LNil
	}
	if p.IsVarArg != 0 {
		// The parameters move behind the variable arguments, which stay below the frame.
		copy(array[f.localBase+args:], array[f.localBase:f.localBase+params])
		clear(array[f.localBase : f.localBase+params])
		f.localBase += args
	}
	s.reg.top = f.localBase + used
}

// callGo runs the Go function of the current frame and puts its results in place.
func (m *Machine) callGo(L *lua.LState, s *state) {
	f := s.currentFrame
	n := f.fn.GFunction(L)
	wanted := f.nret
	if wanted < 0 {
		wanted = n
	}
	s.reserve(L, f.returnBase+wanted)
	s.leave(f, s.reg.top-n, n, wanted)
}

// ret ends the current frame.
func (s *state) ret(cf *frame, i instruction) {
	if s.uvcache != nil {
		s.closeUpvalues(cf.localBase)
	}
	first, n := cf.localBase+i.a(), i.b()-1
	if n < 0 {
		n = s.reg.top - first
	}
	wanted := cf.nret
	if wanted < 0 {
		wanted = n
	}
	s.leave(cf, first, n, wanted)
}

// leave pops a frame that has n results from the register first on. What the frame leaves in its
// registers stays until something else is stored there; Sweep is for when that may take long.
func (s *state) leave(f *frame, first, n, wanted int) {
	array, to := s.reg.array, f.returnBase
	for r := range wanted {
		if r < n {
			array[to+r] = array[first+r]
		} else {
			array[to+r] = lua.LNil
		}
	}
	s.reg.top = to + wanted
	g := s.stack.data
	if g.segSp == 0 {
		g.segIdx--
		g.segSp = lua.FramesPerSegment
	}
	g.segSp--
	s.currentFrame = f.parent
}

// Sweep lets go of the values that the last calls of a state left behind, which is about to rest.
func Sweep(L *lua.LState) {
	r := stateOf(L).reg
	clear(r.array[r.top:min(r.top+registersSwept, len(r.array))])
}

const registersSwept = 64 // the frames of the functions that have just returned

// resume goes on in a Luau frame after a call: unless the results are open, the frame's registers
// are all in use again.
func (s *state) resume(results int) {
	if f := s.currentFrame; results >= 0 {
		s.reg.top = f.localBase + int(f.fn.Proto.NumUsedRegisters)
	}
}

// varargs copies a function's variable arguments to registers.
func (m *Machine) varargs(L *lua.LState, s *state, cf *frame, i instruction) {
	params := int(cf.fn.Proto.NumParameters)
	have, wanted := max(cf.nargs-params, 0), i.b()-1
	first, source := cf.localBase+i.a(), cf.base+1+params
	if wanted < 0 {
		wanted = have
		s.setTop(L, first+have)
	}
	for r := range wanted {
		s.reg.array[first+r] = lua.LNil
		if r < have {
			s.reg.array[first+r] = s.reg.array[source+r]
		}
	}
}

// setList stores a constructor's items.
func (m *Machine) setList(s *state, cf *frame, i instruction) {
	first, n, batch := cf.localBase+i.a()+1, i.b(), i.c()
	if batch == 0 {
		batch = int(cf.fn.Proto.Code[cf.pc])
		cf.pc++
	}
	t := s.reg.array[first-1].(*lua.LTable)
	if n == 0 {
		n = s.reg.top - first
	}
	tableOf(t).setList((batch-1)*lua.FieldsPerFlush, s.reg.array[first:first+n])
	if i.b() == 0 {
		s.reg.top = cf.localBase + int(cf.fn.Proto.NumUsedRegisters)
	}
}

// reserve makes room for so many registers.
func (s *state) reserve(L *lua.LState, size int) {
	r := s.reg
	if size <= len(r.array) {
		return
	}
	if size > r.maxSize {
		L.RaiseError("registry overflow")
	}
	array := make([]lua.LValue, min(size+r.growBy, r.maxSize))
	copy(array, r.array[:r.top])
	r.array = array
}

// setTop moves the end of what is in use.
func (s *state) setTop(L *lua.LState, top int) {
	s.reserve(L, top)
	for r := s.reg.top; r < top; r++ {
		s.reg.array[r] = lua.LNil
	}
	s.reg.top = top
}

// closeUpvalues detaches the upvalues of the registers from one on: they keep their values.
func (s *state) closeUpvalues(from int) {
	place := &s.uvcache
	for *place != nil && (*place).index < from {
		place = &(*place).next
	}
	u := *place
	*place = nil
	for u != nil {
		next := u.next
		u.value, u.closed, u.next = u.reg.array[u.index], true, nil
		u = next
	}
}

// upvalue returns the open upvalue of a register.
func (s *state) upvalue(register int) *upvalue {
	place := &s.uvcache
	for *place != nil && (*place).index < register {
		place = &(*place).next
	}
	if u := *place; u != nil && u.index == register {
		return u
	}
	u := &upvalue{next: *place, reg: s.reg, index: register}
	*place = u
	return u
}

// closure makes an inner function; a word behind the instruction tells where each upvalue is.
func (m *Machine) closure(s *state, cf *frame, i instruction) *lua.LFunction {
	p := cf.fn.Proto.FunctionPrototypes[i.bx()]
	fn := &lua.LFunction{Env: cf.fn.Env, Proto: p}
	if p.NumUpvalues == 0 {
		return fn
	}
	fn.Upvalues = make([]*lua.Upvalue, p.NumUpvalues)
	for u := range fn.Upvalues {
		word := instruction(cf.fn.Proto.Code[cf.pc])
		cf.pc++
		if word.op() == lua.OP_MOVE {
			fn.Upvalues[u] = s.upvalue(cf.localBase + word.b()).original()
		} else {
			fn.Upvalues[u] = cf.fn.Upvalues[word.b()]
		}
	}
	return fn
}

const stackFull = "lua callstack overflow" // gopher-lua's own panic for it

// grow goes on to the next segment. Segments that are no longer in use stay for the next time:
// gopher-lua's own pool of them costs more than a call.
func (g *growingStack) grow(framesMax int) {
	if int(g.segIdx) == len(g.segments)-1 {
		if len(g.segments)*lua.FramesPerSegment >= framesMax {
			panic(stackFull)
		}
		g.segments = append(g.segments, nil)
	}
	g.segIdx++
	g.segSp = 0
	if g.segments[g.segIdx] == nil {
		g.segments[g.segIdx] = new(segment)
	}
}
