// Package machine runs what package bytecode compiles: it takes the place of gopher-lua's main
// loop, and keeps everything else of gopher-lua, its values, tables, functions, states and calls.
//
//	m := &machine.Machine{ToNumber: vm.ToNumber}
//	state := m.NewState(root)
//	state.Push(fn)
//	machine.Do(state, 0, lua.MultRet)
//
// The loop is where Luau and Lua 5.1 part: the length and growth of lists, tables that are
// readonly, numeric loops, -0. It is also what a script's time goes to. gopher-lua's own calls a
// closure for each instruction and a full frame for each library function; this one has the
// instructions in a switch, and calls functions that are marked Fast without a frame.
//
// gopher-lua exports neither the hook nor the fields that a main loop works on. This package
// reaches them through unsafe and types of the same layout, in layout.go, which SelfTest compares
// with the originals before the first script runs. There is no fork of gopher-lua.
package machine

import (
	"fmt"
	"math"
	"unsafe"

	lua "github.com/yuin/gopher-lua"
)

// Machine is what the states of one world share. It is used by one goroutine at a time.
type Machine struct {
	// ToNumber converts what arithmetic takes for a number: numeric strings.
	ToNumber func(lua.LValue) (float64, bool)

	// Look is called each time Left is used up; it may end the script, or set Left anew. Calls and
	// jumps backwards use up one each, so that nothing runs for long without.
	Look func()
	Left int

	numbers numbers
}

// NewState returns a state that runs on this machine and shares its globals with another one, whose
// options it takes. gopher-lua's own would make tables and room for frames that are hardly needed.
func (m *Machine) NewState(beside *lua.LState) *lua.LState {
	L := &lua.LState{
		G: beside.G, Env: beside.Env, Panic: beside.Panic, Options: beside.Options,
	}
	s, o := stateOf(L), beside.Options
	s.stack.kind = growingKind
	s.stack.data = &growingStack{segments: []*segment{new(segment)}}
	s.reg = &registry{
		array: make([]lua.LValue, o.RegistrySize), growBy: o.RegistryGrowStep,
		maxSize: max(o.RegistryMaxSize, o.RegistrySize), handler: stateOf(beside).reg.handler,
	}
	s.reg.handler[1] = unsafe.Pointer(L)
	s.mainLoop = m.run
	return L
}

var growingKind = stateOf(sampleState()).stack.kind

// Number returns a number as a value, cheaper than a conversion.
func (m *Machine) Number(x float64) lua.LValue { return m.numbers.value(x) }

// Fast computes a call's only result from its arguments, without a frame: it must not call scripts
// nor raise errors. If it reports false, the function itself is called, and does those. A nil
// result means none at all.
type Fast func(m *Machine, args []lua.LValue) (result lua.LValue, ok bool)

// Step computes a turn of a generic loop without a frame, from the loop's state and control value.
// An LNil key ends the loop. If it reports false, the function itself is called.
type Step func(m *Machine, state, control lua.LValue) (key, value lua.LValue, ok bool)

// function is a Go function with ways around it. Scripts see the first field.
type function struct {
	lua.LFunction
	fast      Fast
	step      Step
	traverses bool // it is next
}

// marked is the environment of those functions, which is how they are told from others.
var marked = &lua.LTable{Metatable: lua.LNil}

// NewFunction returns a Go function that has a fast variant or a step, or both.
func NewFunction(fn lua.LGFunction, fast Fast, step Step) *lua.LFunction {
	f := &function{fast: fast, step: step}
	f.IsG, f.GFunction, f.Env = true, fn, marked
	return &f.LFunction
}

// NewTraversal returns the function that is next, which goes through tables.
func NewTraversal(fn lua.LGFunction) *lua.LFunction {
	next := NewFunction(fn, nil, stepNext)
	functionOf(next).traverses = true
	return next
}

func functionOf(fn *lua.LFunction) *function { return (*function)(unsafe.Pointer(fn)) }

// instruction is one word of code, as package bytecode encodes it.
type instruction uint32

const (
	constantBit = 256
	jumpOffset  = 1<<17 - 1
)

func (i instruction) op() int { return int(i >> 26) }
func (i instruction) a() int  { return int(i>>18) & 0xff }
func (i instruction) b() int  { return int(i & 0x1ff) }
func (i instruction) c() int  { return int(i>>9) & 0x1ff }
func (i instruction) bx() int { return int(i & 0x3ffff) }

// jump is how far a jump leads, from the instruction behind it.
func (i instruction) jump() int { return int(i&0x3ffff) - jumpOffset }

// operand returns what an operand stands for: a register or a constant.
func operand(regs, k []lua.LValue, x int) lua.LValue {
	if x&constantBit != 0 {
		return k[x&^constantBit]
	}
	return regs[x]
}

// pair returns the operands of an instruction if both are numbers.
func pair(regs, k []lua.LValue, i instruction) (x, y lua.LNumber, ok bool) {
	x, ok = operand(regs, k, i.b()).(lua.LNumber)
	if ok {
		y, ok = operand(regs, k, i.c()).(lua.LNumber)
	}
	return x, y, ok
}

// view is what the loop works on while a frame runs. It holds until something else runs on the
// state, which may move the registers.
func view(s *state) (cf *frame, code []uint32, k, regs []lua.LValue, pc int) {
	cf = s.currentFrame
	p := cf.fn.Proto
	return cf, p.Code, p.Constants, s.reg.array[cf.localBase:], cf.pc
}

// branch follows the jump behind a test, or skips it.
func (m *Machine) branch(code []uint32, pc int, taken bool) int {
	if !taken {
		return pc + 1
	}
	to := pc + 1 + instruction(code[pc]).jump()
	if to <= pc {
		m.turn()
	}
	return to
}

// turn counts a call or a jump backwards.
func (m *Machine) turn() {
	m.Left--
	if m.Left < 0 {
		m.look()
	}
}

// bytesPerTurn is how much memory counts like a turn.
const bytesPerTurn = 256

// Spend counts memory that a function made as turns.
func (m *Machine) Spend(bytes int) { m.Left = max(m.Left-bytes/bytesPerTurn, 0) }

func (m *Machine) look() {
	m.Left = math.MaxInt
	if m.Look != nil {
		m.Look()
	}
}

// run is the main loop of the states: it executes the call in base, which was just made.
func (m *Machine) run(L *lua.LState, base *frame) {
	s := stateOf(L)
	if base == nil {
		base = s.currentFrame
	}
	if base.fn.IsG {
		m.callGo(L, s)
	} else {
		m.loop(L, s, base)
	}
}

// loop executes instructions until the call in base returns.
func (m *Machine) loop(L *lua.LState, s *state, base *frame) {
	cf, code, k, regs, pc := view(s)
	for {
		i := instruction(code[pc])
		pc, cf.pc = pc+1, pc+1
		switch i.op() {
		case lua.OP_MOVE:
			regs[i.a()] = regs[i.b()]
			continue
		case lua.OP_LOADK:
			regs[i.a()] = k[i.bx()]
			continue
		case lua.OP_GETUPVAL:
			regs[i.a()] = cf.fn.Upvalues[i.b()].Value()
			continue
		case lua.OP_JMP:
			pc = m.branch(code, pc-1, true)
			continue
		case lua.OP_TEST:
			pc = m.branch(code, pc, truthy(regs[i.a()]) == (i.c() != 0))
			continue
		case lua.OP_ADD, lua.OP_SUB:
			if x, y, ok := pair(regs, k, i); ok {
				if i.op() == lua.OP_SUB {
					y = -y
				}
				regs[i.a()] = m.numbers.value(float64(x + y))
				continue
			}
		case lua.OP_LT:
			if x, y, ok := pair(regs, k, i); ok {
				pc = m.branch(code, pc, (x < y) == (i.a() != 0))
				continue
			}
		case lua.OP_EQ:
			if equal, ok := plainEqual(operand(regs, k, i.b()), operand(regs, k, i.c())); ok {
				pc = m.branch(code, pc, equal == (i.a() != 0))
				continue
			}
		case lua.OP_GETTABLE, lua.OP_GETTABLEKS, lua.OP_SELF:
			if m.get(regs, k, i) {
				continue
			}
		case lua.OP_SETTABLE, lua.OP_SETTABLEKS:
			if m.set(regs, k, i) {
				continue
			}
		case lua.OP_FORLOOP:
			pc = m.forLoop(regs[i.a():], i, pc)
			continue
		case lua.OP_CALL:
			if m.callFast(s, cf, regs, i) {
				continue
			}
			m.call(L, s, cf, i)
			cf, code, k, regs, pc = view(s)
			continue
		case lua.OP_RETURN:
			s.ret(cf, i)
			if cf == base {
				return
			}
			s.resume(cf.nret)
			cf, code, k, regs, pc = view(s)
			continue
		}
		m.rest(L, s, i)
		regs, pc = s.reg.array[cf.localBase:], cf.pc
	}
}

// rest executes the instructions that are rare, or whose operands are not what they mostly are.
func (m *Machine) rest(L *lua.LState, s *state, i instruction) {
	cf := s.currentFrame
	regs, k := s.reg.array[cf.localBase:], cf.fn.Proto.Constants
	switch i.op() {
	case lua.OP_TFORLOOP:
		m.forIn(L, s, cf, i)
	case lua.OP_LOADBOOL:
		regs[i.a()] = lua.LBool(i.b() != 0)
		if i.c() != 0 {
			cf.pc++
		}
	case lua.OP_LOADNIL:
		for r := i.a(); r <= i.b(); r++ {
			regs[r] = lua.LNil
		}
	case lua.OP_NOT:
		regs[i.a()] = lua.LBool(!truthy(regs[i.b()]))
	case lua.OP_TESTSET:
		taken := truthy(regs[i.b()]) == (i.c() != 0)
		if taken {
			regs[i.a()] = regs[i.b()]
		}
		cf.pc = m.branch(cf.fn.Proto.Code, cf.pc, taken)
	case lua.OP_EQ:
		equal := Equal(L, operand(regs, k, i.b()), operand(regs, k, i.c()))
		cf.pc = m.branch(cf.fn.Proto.Code, cf.pc, equal == (i.a() != 0))
	case lua.OP_LT, lua.OP_LE:
		less := less(L, i.op(), operand(regs, k, i.b()), operand(regs, k, i.c()))
		cf.pc = m.branch(cf.fn.Proto.Code, cf.pc, less == (i.a() != 0))
	case lua.OP_ADD, lua.OP_SUB, lua.OP_MUL, lua.OP_DIV, lua.OP_MOD, lua.OP_POW:
		m.put(s, i, m.arithmetic(L, i.op(), operand(regs, k, i.b()), operand(regs, k, i.c())))
	case lua.OP_UNM:
		m.put(s, i, m.negate(L, operand(regs, k, i.b())))
	case lua.OP_LEN:
		m.put(s, i, m.length(L, operand(regs, k, i.b())))
	case lua.OP_GETTABLE, lua.OP_GETTABLEKS:
		m.put(s, i, Index(L, regs[i.b()], operand(regs, k, i.c())))
	case lua.OP_SELF:
		object := regs[i.b()]
		m.put(s, i, Index(L, object, operand(regs, k, i.c())))
		s.reg.array[cf.localBase+i.a()+1] = object
	case lua.OP_GETGLOBAL:
		m.put(s, i, Index(L, cf.fn.Env, k[i.bx()]))
	case lua.OP_SETTABLE, lua.OP_SETTABLEKS:
		SetIndex(L, regs[i.a()], operand(regs, k, i.b()), operand(regs, k, i.c()))
	case lua.OP_SETGLOBAL:
		SetIndex(L, cf.fn.Env, k[i.bx()], regs[i.a()])
	default:
		m.structure(L, s, cf, regs, i)
	}
}

// put stores a result. The registers may have moved while it was made.
func (m *Machine) put(s *state, i instruction, value lua.LValue) {
	s.reg.array[s.currentFrame.localBase+i.a()] = value
}

// structure executes the instructions that make closures, tables and loops.
func (m *Machine) structure(
	L *lua.LState, s *state, cf *frame, regs []lua.LValue, i instruction,
) {
	switch i.op() {
	case lua.OP_SETUPVAL:
		cf.fn.Upvalues[i.b()].SetValue(regs[i.a()])
	case lua.OP_NEWTABLE:
		regs[i.a()] = NewTable(i.b(), i.c())
	case lua.OP_SETLIST:
		m.setList(s, cf, i)
	case lua.OP_CLOSURE:
		regs[i.a()] = m.closure(s, cf, i)
	case lua.OP_CLOSE:
		s.closeUpvalues(cf.localBase + i.a())
	case lua.OP_VARARG:
		m.varargs(L, s, cf, i)
	case lua.OP_FORPREP:
		m.forPrep(L, cf, regs[i.a():], i)
	case OpIter:
		m.iter(cf, regs[i.a():], i)
	default:
		panic(fmt.Sprintf("machine: instruction %#08x", uint32(i)))
	}
}
