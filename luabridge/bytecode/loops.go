package bytecode

import (
	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/machine"
	"savestone/luabridge/syntax"
)

// loop is a loop being compiled.
type loop struct {
	outer *loop
	exit  label // where break leads
	next  label // where continue leads
	all   scope // what break leaves: everything the loop declares
	kept  scope // what continue leaves: in repeat, the condition still sees some locals
}

func (f *function) enterLoop() *loop {
	s := f.scope()
	f.loop = &loop{outer: f.loop, all: s, kept: s}
	return f.loop
}

func (f *function) breakStat() {
	f.closeUpvalues(f.loop.all)
	f.jump(&f.loop.exit)
}

func (f *function) continueStat() {
	f.closeUpvalues(f.loop.kept)
	f.jump(&f.loop.next)
}

// leaveLoop ends the loop's scope, and is where break leads.
func (f *function) leaveLoop(l *loop) {
	f.loop = l.outer
	f.leave(l.all)
	f.place(&l.exit)
}

// loopBody compiles a body whose locals and loop variables last for one turn.
func (f *function) loopBody(l *loop, body *syntax.Block) {
	ends := f.statements(body)
	f.line = body.End.Line
	if !ends {
		f.closeUpvalues(l.all)
	}
	f.place(&l.next)
}

func (f *function) while(s *syntax.While) {
	truth, known := f.truth(s.Cond)
	if known && !truth {
		return
	}
	l := f.enterLoop()
	start := len(f.code)
	if !known {
		f.jumpIf(s.Cond, false, &l.exit)
	}
	f.loopBody(l, s.Body)
	f.jumpBack(start)
	f.leaveLoop(l)
}

func (f *function) repeat(s *syntax.Repeat) {
	l := f.enterLoop()
	start := len(f.code)
	ends := f.repeatBody(l, s)
	f.place(&l.next)
	if !ends || len(l.next.jumps) > 0 {
		f.until(l, s.Cond, start)
	}
	f.leaveLoop(l)
}

// repeatBody compiles the statements of a repeat loop. A continue keeps the locals declared before
// its statement, as the condition may use them, and not the ones inside.
func (f *function) repeatBody(l *loop, s *syntax.Repeat) (ends bool) {
	for _, stat := range s.Body.Stats {
		l.kept = f.scope()
		if f.statement(stat) {
			return true
		}
	}
	return false
}

// until compiles the condition of a repeat loop. The body's locals go out of scope on both ways.
func (f *function) until(l *loop, cond syntax.Expr, start int) {
	f.line = cond.At().Line
	var again label
	f.jumpIf(cond, false, &again)
	if !f.captured(l.all) {
		f.placeAt(&again, start)
		return
	}
	f.closeUpvalues(l.all)
	f.jump(&l.exit)
	f.place(&again)
	f.closeUpvalues(l.all)
	f.jumpBack(start)
}

// numericFor keeps the next value, the limit and the step in three hidden registers. FORPREP checks
// and converts them, and skips a loop that has no turn.
func (f *function) numericFor(s *syntax.NumericFor) {
	outer := f.scope()
	step := s.Step
	if step == nil {
		step = &syntax.Number{Pos: s.Pos, Value: 1}
	}
	base := f.push(s.From)
	f.push(s.To)
	f.push(step)
	f.hold()
	l := f.enterLoop()
	f.line = s.Line
	var next label
	f.branch(lua.OP_FORPREP, base, &next)
	f.declare(s.Var)
	start := len(f.code)
	f.loopBody(l, s.Body)
	f.place(&next)
	f.line = s.Line
	var turn label
	f.branch(lua.OP_FORLOOP, base, &turn)
	f.placeAt(&turn, start)
	f.leaveLoop(l)
	f.leave(outer)
}

func (f *function) isString(e syntax.Expr) bool {
	_, ok := f.fold(e).(*syntax.String)
	return ok
}

// loopValues are hidden in each loop: the iterator, its state and the control value.
const loopValues = 3

// tforRegisters is what TFORLOOP needs above the hidden three: the iterator and its two arguments.
const tforRegisters = 3

// genericFor lets the machine tell whether the three values can drive a loop as they are; if not,
// the helper makes them others.
func (f *function) genericFor(s *syntax.GenericFor) {
	outer := f.scope()
	base := f.top
	f.pushExactly(s.Exprs, loopValues)
	f.hold()
	l := f.enterLoop()
	f.alloc(tforRegisters)
	f.top = base + loopValues
	f.line = s.Line
	var next label
	f.branch(machine.OpIter, base, &next)
	f.iterHelper(base)
	f.jump(&next)
	for _, v := range s.Vars {
		f.declare(v)
	}
	start := len(f.code)
	f.loopBody(l, s.Body)
	f.place(&next)
	f.line = s.Line
	f.abc(lua.OP_TFORLOOP, base, 0, len(s.Vars))
	f.jumpBack(start)
	f.leaveLoop(l)
	f.leave(outer)
}

// iterHelper replaces the three values by those the helper makes of them.
func (f *function) iterHelper(base int) {
	mark := f.top
	call := f.alloc(1 + loopValues)
	f.loadHelper(Iter, call)
	for i := range loopValues {
		f.abc(lua.OP_MOVE, call+1+i, base+i, 0)
	}
	f.abc(lua.OP_CALL, call, loopValues+1, loopValues+1)
	for i := range loopValues {
		f.abc(lua.OP_MOVE, base+i, call+i, 0)
	}
	f.top = mark
}
