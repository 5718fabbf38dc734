package bytecode_test

import (
	"fmt"

	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/machine"
)

// verifier checks a prototype as the machine would have to: operands are within bounds, and every
// register that is read surely holds a value. Calls and loops drop the registers above their own,
// which then hold a Go nil that crashes whoever reads it.
type verifier struct {
	proto   *lua.FunctionProto
	before  []*state // of each instruction, nil while unreached
	pending []int
}

// registers is a set of them.
type registers [4]uint64

func (s *registers) add(r int)      { s[r/64] |= 1 << (r % 64) }
func (s *registers) has(r int) bool { return s[r/64]&(1<<(r%64)) != 0 }

func (s *registers) intersect(other registers) {
	for i := range s {
		s[i] &= other[i]
	}
}

// cut removes all from one on.
func (s *registers) cut(from int) {
	for i := range s {
		if keep := from - 64*i; keep < 64 {
			s[i] &= 1<<max(keep, 0) - 1
		}
	}
}

// state is what surely holds at a place: the registers with a value, and from where on an unknown
// number of values lies.
type state struct {
	valid registers
	open  int // -1: nowhere
}

// verify panics with a description of the first defect in a prototype or one inside it.
func verify(p *lua.FunctionProto) {
	v := &verifier{proto: p, before: make([]*state, len(p.Code))}
	v.expect(len(p.Code) == len(p.DbgSourcePositions), "lines")
	entry := &state{open: -1}
	for r := range int(p.NumParameters) {
		entry.valid.add(r)
	}
	v.reach(0, entry)
	for len(v.pending) > 0 {
		pc := v.pending[len(v.pending)-1]
		v.pending = v.pending[:len(v.pending)-1]
		v.step(pc)
	}
	for _, inner := range p.FunctionPrototypes {
		verify(inner)
	}
}

func (v *verifier) expect(ok bool, format string, args ...any) {
	if !ok {
		panic(fmt.Sprintf(format, args...) + "\n" + v.proto.String())
	}
}

// reach merges a state into the one before an instruction.
func (v *verifier) reach(pc int, s *state) {
	v.expect(pc >= 0 && pc < len(v.proto.Code), "jump to %d", pc)
	old := v.before[pc]
	merged := *s
	if old != nil {
		v.expect(old.open == s.open, "%d: open values differ", pc)
		merged.valid.intersect(old.valid)
		if merged == *old {
			return
		}
	}
	v.before[pc] = &merged
	v.pending = append(v.pending, pc)
}

// instruction is one being stepped over, with the state that its effects change.
type instruction struct {
	*verifier
	*state
	pc, op, a, b, c, bx int
}

func (v *verifier) step(pc int) {
	word := v.proto.Code[pc]
	before := v.before[pc]
	i := instruction{
		verifier: v, state: &state{valid: before.valid, open: -1},
		pc: pc, op: int(word >> 26), a: int(word>>18) & 0xff, b: int(word) & 0x1ff,
		c: int(word>>9) & 0x1ff, bx: int(word) & 0x3ffff,
	}
	if before.open >= 0 {
		takes := i.b == 0 &&
			(i.op == lua.OP_CALL || i.op == lua.OP_RETURN || i.op == lua.OP_SETLIST)
		v.expect(takes && i.a <= before.open, "%d: open values are not taken", pc)
	}
	i.effects()
}

func (i instruction) read(rs ...int) {
	for _, r := range rs {
		i.expect(r < int(i.proto.NumUsedRegisters), "%d: register %d", i.pc, r)
		i.expect(i.valid.has(r), "%d: register %d holds nothing", i.pc, r)
	}
}

func (i instruction) readRange(first, end int) {
	for r := first; r < end; r++ {
		i.read(r)
	}
}

// operand reads a register or constant.
func (i instruction) operand(rk int) {
	if rk&256 != 0 {
		i.expect(rk&255 < len(i.proto.Constants), "%d: constant %d", i.pc, rk&255)
		return
	}
	i.read(rk)
}

// name reads a string operand. A register is loaded from a constant just before.
func (i instruction) name(rk int) {
	i.operand(rk)
	if rk&256 != 0 {
		i.stringConstant(rk & 255)
	}
}

func (i instruction) stringConstant(k int) {
	_, ok := i.proto.Constants[k].(lua.LString)
	i.expect(ok, "%d: string constant %d", i.pc, k)
}

func (i instruction) write(rs ...int) {
	for _, r := range rs {
		i.expect(r < int(i.proto.NumUsedRegisters), "%d: register %d", i.pc, r)
		i.valid.add(r)
	}
}

// results drops all registers from a on, and writes n there.
func (i instruction) results(a, n int) {
	i.valid.cut(a)
	if n < 0 {
		i.state.open = a
	}
	for r := a; r < a+n; r++ {
		i.write(r)
	}
}

// arguments reads the registers between two, or, if the end is unknown, up to the open values.
func (i instruction) arguments(first, n int) {
	if n < 0 {
		n = i.before[i.pc].open - first
		i.expect(i.before[i.pc].open >= 0, "%d: no open values", i.pc)
	}
	i.readRange(first, first+n)
}

func (i instruction) next() { i.reach(i.pc+1, i.state) }

func (i instruction) jump() { i.reach(i.pc+1+i.bx-(1<<17-1), i.state) }

// effects reads and writes registers as the machine does, and reaches what follows.
func (i instruction) effects() {
	switch i.op {
	case lua.OP_JMP:
		i.jump()
		return
	case lua.OP_RETURN:
		i.arguments(i.a, i.b-1)
		return
	case lua.OP_FORPREP:
		i.read(i.a, i.a+1, i.a+2)
		skip := i
		skip.bx++ // the loop's end comes after FORLOOP
		skip.jump()
		i.state = &state{valid: i.valid, open: -1}
		i.write(i.a + 3)
	case machine.OpIter:
		i.read(i.a, i.a+1, i.a+2)
		i.jump()
	case lua.OP_FORLOOP:
		i.read(i.a, i.a+1, i.a+2)
		turn := i
		turn.state = &state{valid: i.valid, open: -1}
		turn.write(i.a + 3)
		turn.jump()
		i.valid.cut(i.a + 1)
	case lua.OP_TFORLOOP:
		i.read(i.a, i.a+1, i.a+2)
		i.write(i.a+3, i.a+4, i.a+5)
		i.results(i.a+3, i.c)
		i.reach(i.pc+2, i.state)
	case lua.OP_EQ, lua.OP_LT, lua.OP_LE:
		i.operand(i.b)
		i.operand(i.c)
		i.reach(i.pc+2, i.state)
	case lua.OP_TEST:
		i.read(i.a)
		i.reach(i.pc+2, i.state)
	case lua.OP_TESTSET:
		i.read(i.b)
		i.reach(i.pc+2, i.state)
		i.state = &state{valid: i.valid, open: -1}
		i.write(i.a)
	case lua.OP_CLOSURE:
		i.closure()
		return
	case lua.OP_SETLIST:
		i.read(i.a)
		i.arguments(i.a+1, i.b-bitOf(i.b == 0))
		if i.c == 0 {
			i.reach(i.pc+2, i.state)
			return
		}
	case lua.OP_LOADBOOL:
		i.write(i.a)
		if i.c != 0 {
			i.reach(i.pc+2, i.state)
			return
		}
	default:
		i.straight()
	}
	i.next()
}

// straight is the instructions that neither jump nor skip.
func (i instruction) straight() {
	switch i.op {
	case lua.OP_MOVE, lua.OP_NOT, lua.OP_LEN, lua.OP_UNM:
		i.read(i.b)
	case lua.OP_GETGLOBAL:
		i.stringConstant(i.bx)
	case lua.OP_SETGLOBAL:
		i.stringConstant(i.bx)
		i.read(i.a)
	case lua.OP_LOADK:
		i.expect(i.bx < len(i.proto.Constants), "%d: constant %d", i.pc, i.bx)
	case lua.OP_LOADNIL:
		for r := i.a; r <= i.b; r++ {
			i.write(r)
		}
	case lua.OP_GETUPVAL, lua.OP_SETUPVAL:
		i.expect(i.b < int(i.proto.NumUpvalues), "%d: upvalue %d", i.pc, i.b)
		if i.op == lua.OP_SETUPVAL {
			i.read(i.a)
		}
	case lua.OP_GETTABLE:
		i.read(i.b)
		i.operand(i.c)
	case lua.OP_GETTABLEKS, lua.OP_SELF:
		i.read(i.b)
		i.name(i.c)
	case lua.OP_SETTABLE:
		i.read(i.a)
		i.operand(i.b)
		i.operand(i.c)
	case lua.OP_SETTABLEKS:
		i.read(i.a)
		i.name(i.b)
		i.operand(i.c)
	case lua.OP_ADD, lua.OP_SUB, lua.OP_MUL, lua.OP_DIV, lua.OP_MOD, lua.OP_POW:
		i.operand(i.b)
		i.operand(i.c)
	case lua.OP_CALL:
		i.read(i.a)
		i.arguments(i.a+1, i.b-1)
		i.results(i.a, i.c-1)
		return
	case lua.OP_VARARG:
		i.expect(i.proto.IsVarArg != 0, "%d: no varargs", i.pc)
		i.results(i.a, i.b-1)
		return
	case lua.OP_CLOSE, lua.OP_NEWTABLE:
	default:
		i.expect(false, "%d: opcode %d", i.pc, i.op)
	}
	i.target()
}

// target writes the register that an instruction has as its result.
func (i instruction) target() {
	switch i.op {
	case lua.OP_SETGLOBAL, lua.OP_SETUPVAL, lua.OP_SETTABLE, lua.OP_SETTABLEKS, lua.OP_CLOSE:
	case lua.OP_SELF:
		i.write(i.a, i.a+1)
	default:
		i.write(i.a)
	}
}

func (i instruction) closure() {
	i.expect(i.bx < len(i.proto.FunctionPrototypes), "%d: prototype %d", i.pc, i.bx)
	i.write(i.a)
	count := int(i.proto.FunctionPrototypes[i.bx].NumUpvalues)
	for _, word := range i.proto.Code[i.pc+1 : i.pc+1+count] {
		from := int(word) & 0x1ff
		if int(word>>26) == lua.OP_MOVE {
			i.read(from)
		} else {
			i.expect(from < int(i.proto.NumUpvalues), "%d: upvalue %d", i.pc, from)
		}
	}
	i.reach(i.pc+1+count, i.state)
}

func bitOf(b bool) int {
	if b {
		return 1
	}
	return 0
}
