package bytecode_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/syntax"
)

// writer writes random programs that nest scopes, closures and jumps in every way. They call
// nothing but the functions of newRandomMachine, and functions of their own only where the time of
// reading other operands cannot show.
type writer struct {
	strings.Builder
	*rand.Rand
	names  []string // the locals in scope
	loops  int      // around the statement, in this function
	inner  bool     // inside a function
	serial int
}

func randomProgram(seed uint64) string {
	w := &writer{Rand: rand.New(rand.NewPCG(seed, 0))}
	w.WriteString("local t, f = {1, 2}, function(...) return ... end\n")
	w.names = []string{"t", "f"}
	w.block(4, 8)
	w.printLocals()
	for i := range kept {
		w.printf("print(fn(G[%d])())\n", i+1)
	}
	return w.String()
}

func (w *writer) printf(format string, args ...any) { fmt.Fprintf(w, format, args...) }

func (w *writer) name() string { return w.names[w.IntN(len(w.names))] }

func (w *writer) fresh() string {
	w.serial++
	return fmt.Sprintf("v%d", w.serial)
}

func (w *writer) printLocals() {
	recent := w.names[max(0, len(w.names)-6):]
	w.printf("print(%s)\n", strings.Join(recent, ", "))
}

// block writes statements; the locals they declare are forgotten by scope.
func (w *writer) block(depth, count int) {
	for range 1 + w.IntN(count) {
		w.statement(depth)
	}
}

func (w *writer) scope(write func()) {
	names := len(w.names)
	write()
	w.names = w.names[:names]
}

func (w *writer) statement(depth int) {
	choice := w.IntN(25)
	if depth == 0 {
		choice = w.IntN(17)
	}
	switch choice {
	case 0, 1:
		a, b := w.fresh(), w.fresh()
		w.printf("local %s, %s = %s, %s\n", a, b, w.expr(2), w.last())
		w.names = append(w.names, a, b)
	case 2:
		a := w.fresh()
		w.printf("local %s = %s\n", a, w.expr(3))
		w.names = append(w.names, a)
	case 3:
		w.printf("%s, %s = %s, %s\n", w.target(), w.target(), w.expr(2), w.expr(2))
	case 4, 5:
		w.printf("%s = %s\n", w.name(), w.last())
	case 6:
		w.printf("%s = %s\n", w.target(), w.expr(3))
	case 7:
		w.printf("%s = num(%[1]s) %[1]s += %[2]s\n", w.name(), w.number(1))
	case 8, 9:
		w.closure(depth)
	case 10:
		w.printLocals()
	case 11:
		if w.loops > 0 || w.inner {
			w.leave()
		}
	case 12, 13, 14:
		w.escape()
	case 15, 16:
		w.printf("print(fn(G[%d])())\n", 1+w.IntN(kept))
	case 17, 18:
		w.ifStat(depth)
	case 19:
		w.printf("do\n")
		w.scope(func() { w.block(depth-1, 4) })
		w.printf("end\n")
	default:
		w.loopStat(depth)
	}
}

// kept is how many closures the global G keeps.
const kept = 4

// escape writes a closure over recent locals that outlives their scope.
func (w *writer) escape() {
	recent := w.names[max(0, len(w.names)-5):]
	a, b := recent[w.IntN(len(recent))], recent[w.IntN(len(recent))]
	w.printf("G[%d] = function() %[2]s = num(%[2]s) + 1 return %[2]s, %[3]s end\n",
		1+w.IntN(kept), a, b)
}

// leave writes a conditional jump out of the block.
func (w *writer) leave() {
	jump := "return " + w.last()
	if w.loops > 0 && (!w.inner || w.IntN(4) > 0) {
		jump = []string{"break", "continue"}[w.IntN(2)]
	}
	w.printf("if %s then %s end\n", w.expr(2), jump)
}

func (w *writer) ifStat(depth int) {
	w.printf("if %s then\n", w.expr(2))
	w.scope(func() { w.block(depth-1, 3) })
	if w.IntN(2) == 0 {
		w.printf("elseif %s then\n", w.expr(2))
		w.scope(func() { w.block(depth-1, 3) })
	}
	if w.IntN(2) == 0 {
		w.printf("else\n")
		w.scope(func() { w.block(depth-1, 3) })
	}
	w.printf("end\n")
}

func (w *writer) closure(depth int) {
	name := w.fresh()
	w.printf("local function %s(a%[1]s, ...)\nif not tick() then return end\n", name)
	w.names = append(w.names, name)
	loops, inner := w.loops, w.inner
	w.loops, w.inner = 0, true
	w.scope(func() {
		w.names = append(w.names, "a"+name)
		w.block(max(depth-1, 0), 4)
		w.printf("do return %s end\n", w.last())
	})
	w.loops, w.inner = loops, inner
	w.printf("end\n")
}

func (w *writer) loopStat(depth int) {
	w.loops++
	w.scope(func() {
		a, b := w.fresh(), w.fresh()
		switch w.IntN(4) {
		case 0:
			w.printf("for %s = %s, %d, %s do\n", a, []string{"1", "num(1.5)"}[w.IntN(2)], w.IntN(4),
				[]string{"1", "2", "num(1)", "-1"}[w.IntN(4)])
			w.names = append(w.names, a)
			w.block(depth-1, 4)
			w.printf("end\n")
		case 1:
			w.printf("for %s, %s in {%s, %s} do\n", a, b, w.number(1), w.expr(2))
			w.names = append(w.names, a, b)
			w.block(depth-1, 4)
			w.printf("end\n")
		case 2:
			w.printf("while tick() and %s do\n", w.expr(2))
			w.block(depth-1, 4)
			w.printf("end\n")
		case 3:
			w.printf("repeat\nlocal %s = %s\n", a, w.last())
			w.names = append(w.names, a)
			condition := w.names // a continue may skip the locals declared later
			w.block(depth-1, 4)
			w.names = condition
			w.printf("until not tick() or %s\n", w.expr(2))
		}
	})
	w.loops--
}

func (w *writer) target() string {
	switch w.IntN(4) {
	case 0:
		return fmt.Sprintf("tab(%s)[%d]", w.name(), 1+w.IntN(3))
	case 1:
		return "g" + fmt.Sprint(w.IntN(2))
	}
	return w.name()
}

// last is an expression for the end of a list: also calls and varargs.
func (w *writer) last() string {
	switch w.IntN(4) {
	case 0:
		return fmt.Sprintf("fn(%s)(%s, %s)", w.name(), w.expr(1), w.expr(1))
	case 1:
		return "..."
	}
	return w.expr(2)
}

func (w *writer) number(depth int) string {
	if depth == 0 || w.IntN(2) == 0 {
		return fmt.Sprint(w.IntN(5))
	}
	op := []string{"+", "-"}[w.IntN(2)]
	return fmt.Sprintf("(num(%s) %s %s)", w.name(), op, w.number(depth-1))
}

// expr is an expression without calls of the program's own functions.
func (w *writer) expr(depth int) string {
	if depth == 0 {
		return []string{w.name(), "nil", "true", "false", "'s'", w.number(1), w.name()}[w.IntN(7)]
	}
	d := depth - 1
	switch w.IntN(11) {
	case 0, 1:
		op := []string{"and", "or"}[w.IntN(2)]
		return fmt.Sprintf("(%s %s %s)", w.expr(d), op, w.expr(d))
	case 2:
		return fmt.Sprintf("(not %s)", w.expr(d))
	case 3:
		return fmt.Sprintf("(if %s then %s else %s)", w.expr(d), w.expr(d), w.expr(d))
	case 4:
		op := []string{"<", "<=", ">", ">="}[w.IntN(4)]
		return fmt.Sprintf("(%s %s %s)", w.number(1), op, w.number(1))
	case 5:
		op := []string{"==", "~="}[w.IntN(2)]
		return fmt.Sprintf("(%s %s %s)", w.number(1), op, w.number(1))
	case 6:
		return fmt.Sprintf("{%s, [2] = %s, %s}", w.expr(d), w.expr(d), w.expr(d))
	case 7:
		return fmt.Sprintf("tab(%s)[%d]", w.name(), 1+w.IntN(3))
	case 8:
		return fmt.Sprintf("(num(%s) // 2 .. 'x' .. num(%s))", w.name(), w.name())
	}
	return w.expr(0)
}

const randomFuel = 200 // less than the nested calls that gopher-lua allows by default

// newRandomMachine has the functions that random programs use.
func newRandomMachine(t testing.TB) *world {
	m, fuel := newMachine(t), randomFuel
	define := func(name string, fn func(L *lua.LState) lua.LValue) {
		m.SetGlobal(name, m.NewFunction(func(L *lua.LState) int {
			L.Push(fn(L))
			return 1
		}))
	}
	define("tick", func(*lua.LState) lua.LValue { fuel--; return lua.LBool(fuel > 0) })
	define("num", func(L *lua.LState) lua.LValue {
		n, _ := L.Get(1).(lua.LNumber)
		return n
	})
	define("tab", func(L *lua.LState) lua.LValue {
		if table, ok := L.Get(1).(*lua.LTable); ok {
			return table
		}
		return L.NewTable()
	})
	define("fn", func(L *lua.LState) lua.LValue {
		if fn, ok := L.Get(1).(*lua.LFunction); ok {
			return fn
		}
		return goFunction(func(*lua.LState) int { return 0 })
	})
	m.SetGlobal("G", m.NewTable())
	m.SetGlobal("print", m.NewFunction(func(L *lua.LState) int {
		parts := texts(L)
		for i := range parts {
			switch L.Get(i + 1).(type) {
			case *lua.LTable, *lua.LFunction:
				parts[i] = L.Get(i + 1).Type().String()
			}
		}
		m.printed = append(m.printed, strings.Join(parts, " "))
		return 0
	}))
	return m
}

// runRandom returns what a program prints until it ends or fails, as runOracle does.
func runRandom(t testing.TB, source string) []string {
	m := newRandomMachine(t)
	m.Push(m.NewFunctionFromProto(compile(t, options, source).Main))
	err := m.PCall(0, 0, nil)
	if err == nil {
		return m.printed
	}
	for text, kind := range map[string]string{
		"attempt to index": "index", "attempt to call": "call", "cannot perform": "arithmetic",
	} {
		if strings.Contains(err.Error(), text) {
			return append(m.printed, "error "+kind)
		}
	}
	t.Fatal(err)
	return nil
}

func TestRandomProgramsDoWhatTheirTreeSays(t *testing.T) {
	const first, count = 0, 1000
	lines := 0
	for seed := uint64(first); seed < first+count; seed++ {
		source := randomProgram(seed)
		chunk, err := syntax.Parse(source)
		require.NoError(t, err, "seed %d:\n%s", seed, source)
		want := runOracle(chunk, randomFuel)
		require.Equal(t, want, runRandom(t, source), "seed %d:\n%s", seed, source)
		lines += len(want)
	}
	require.Greater(t, lines, 3*count, "the programs print too little to show anything")
}
