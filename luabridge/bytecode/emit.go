package bytecode

import lua "github.com/yuin/gopher-lua"

// assembler collects the instructions of a function, each with its source line.
//
// An instruction has 32 bits: 6 of opcode, 8 of A, 9 of C, 9 of B. B and C together can be one
// number of 18 bits, Bx, or with an offset a signed one, sBx.
type assembler struct {
	code  []uint32
	lines []int
	line  int // of the instructions that follow
}

const (
	shiftOp = 26
	shiftA  = 18
	shiftC  = 9
	maskBx  = 1<<shiftA - 1

	argMax  = 1<<9 - 1 // of B and C
	jumpMax = maskBx >> 1
)

func encodeABC(op, a, b, c int) uint32 {
	return uint32(op)<<shiftOp | uint32(a)<<shiftA | uint32(c)<<shiftC | uint32(b)
}

func encodeABx(op, a, bx int) uint32 {
	return uint32(op)<<shiftOp | uint32(a)<<shiftA | uint32(bx)
}

func (a *assembler) emit(word uint32) {
	a.code = append(a.code, word)
	a.lines = append(a.lines, a.line)
}

func (a *assembler) abc(op, ra, b, c int) { a.emit(encodeABC(op, ra, b, c)) }

func (a *assembler) abx(op, ra, bx int) { a.emit(encodeABx(op, ra, bx)) }

// move copies a register, unless it is the same.
func (a *assembler) move(dst, src int) {
	if dst != src {
		a.abc(lua.OP_MOVE, dst, src, 0)
	}
}

// label is a place that jumps lead to; it may be placed before or after them.
type label struct{ jumps []int }

// jump emits a jump to a label that is placed later.
func (a *assembler) jump(to *label) { a.branch(lua.OP_JMP, 0, to) }

// branch is jump for any instruction with a jump distance.
func (a *assembler) branch(op, ra int, to *label) {
	to.jumps = append(to.jumps, len(a.code))
	a.abx(op, ra, 0)
}

// jumpBack emits a jump to an instruction that exists.
func (a *assembler) jumpBack(to int) {
	a.abx(lua.OP_JMP, 0, 0)
	a.aim(len(a.code)-1, to)
}

// place makes the label mean the next instruction.
func (a *assembler) place(l *label) { a.placeAt(l, len(a.code)) }

func (a *assembler) placeAt(l *label, target int) {
	for _, at := range l.jumps {
		a.aim(at, target)
	}
}

// aim sets the distance of a jump.
func (a *assembler) aim(at, target int) {
	distance := target - (at + 1)
	if distance > jumpMax || distance < -jumpMax {
		fail(a.lines[at], "Exceeded jump distance limit; simplify the code to compile")
	}
	a.code[at] = a.code[at]&^maskBx | uint32(distance+jumpMax)
}
