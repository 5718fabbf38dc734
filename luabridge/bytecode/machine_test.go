package bytecode_test

import (
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/bytecode"
	"savestone/luabridge/machine"
	"savestone/luabridge/syntax"
)

// world runs compiled scripts on a bare state whose print collects lines.
type world struct {
	*lua.LState
	printed []string
}

func newMachine(t testing.TB) *world {
	root := lua.NewState(lua.Options{
		SkipOpenLibs: true, RegistrySize: 128, RegistryMaxSize: 1 << 20, RegistryGrowStep: 64,
		CallStackSize: 256,
	})
	t.Cleanup(root.Close)
	m := &world{LState: (&machine.Machine{ToNumber: toNumber}).NewState(root)}
	m.SetGlobal("print", m.NewFunction(func(L *lua.LState) int {
		m.printed = append(m.printed, strings.Join(texts(L), " "))
		return 0
	}))
	m.SetGlobal("count", m.NewFunction(func(L *lua.LState) int {
		L.Push(lua.LNumber(L.GetTop()))
		return 1
	}))
	m.SetGlobal("setmetatable", m.NewFunction(func(L *lua.LState) int {
		L.CheckTable(1).Metatable = L.CheckTable(2)
		L.SetTop(1)
		return 1
	}))
	m.SetGlobal("next", nextFunction)
	m.SetGlobal("pairs", pairsFunction)
	library := m.NewTable()
	machine.SetField(library, "twice", twiceFunction)
	m.SetGlobal("library", library)
	return m
}

var (
	nextFunction = goFunction(func(L *lua.LState) int {
		key, value := L.CheckTable(1).Next(L.Get(2))
		L.Push(key)
		L.Push(value)
		return 2
	})
	pairsFunction = goFunction(func(L *lua.LState) int {
		table := L.CheckTable(1)
		L.Push(nextFunction)
		L.Push(table)
		L.Push(lua.LNil)
		return 3
	})
	twiceFunction = goFunction(func(L *lua.LState) int {
		L.Push(2 * L.CheckNumber(1))
		return 1
	})
)

func goFunction(fn lua.LGFunction) *lua.LFunction {
	return &lua.LFunction{IsG: true, GFunction: fn}
}

func text(v lua.LValue) string {
	number, ok := v.(lua.LNumber)
	if !ok {
		return v.String()
	}
	decimal := strconv.FormatFloat(float64(number), 'g', -1, 64)
	return strings.ToLower(strings.TrimPrefix(decimal, "+"))
}

// texts returns the text of a Go function's arguments.
func texts(L *lua.LState) []string {
	list := make([]string, L.GetTop())
	for i := range list {
		list[i] = text(L.Get(i + 1))
	}
	return list
}

// helpers are as simple as the tests allow; the real ones are the library's.
var helpers = map[bytecode.Helper]*lua.LFunction{
	bytecode.Concat:   goFunction(joinArguments),
	bytecode.Interp:   goFunction(joinArguments),
	bytecode.FloorDiv: goFunction(floorDiv),
	bytecode.Iter:     goFunction(iterTriple),
}

func joinArguments(L *lua.LState) int {
	for i := range L.GetTop() {
		if L.Get(i+1) == lua.LNil {
			L.RaiseError("attempt to concatenate nil")
		}
	}
	L.Push(lua.LString(strings.Join(texts(L), "")))
	return 1
}

func floorDiv(L *lua.LState) int {
	L.Push(lua.LNumber(math.Floor(float64(L.CheckNumber(1) / L.CheckNumber(2)))))
	return 1
}

func iterTriple(L *lua.LState) int {
	L.SetTop(3)
	table, ok := L.Get(1).(*lua.LTable)
	if !ok {
		return 3
	}
	L.Push(nextFunction)
	L.Push(table)
	L.Push(lua.LNil)
	return 3
}

func toNumber(value lua.LValue) (float64, bool) {
	number, err := strconv.ParseFloat(text(value), 64)
	return number, err == nil
}

func imports(name string) lua.LValue {
	switch name {
	case "pairs":
		return pairsFunction
	case "library.twice":
		return twiceFunction
	}
	return nil
}

var options = bytecode.Options{
	Chunk:  "chunk",
	Helper: func(h bytecode.Helper) *lua.LFunction { return helpers[h] },
	Import: imports,
}

func compile(t testing.TB, o bytecode.Options, source string) *bytecode.Program {
	chunk, err := syntax.Parse(source)
	require.NoError(t, err, source)
	program, err := bytecode.Compile(chunk, o)
	require.NoError(t, err, source)
	verify(program.Main)
	return program
}

func (m *world) run(t testing.TB, o bytecode.Options, source string) {
	m.Push(m.NewFunctionFromProto(compile(t, o, source).Main))
	require.NoError(t, m.PCall(0, 0, nil), source)
}

// run returns what a script prints.
func run(t testing.TB, source string) []string {
	m := newMachine(t)
	m.run(t, options, source)
	return m.printed
}

// fail returns the error of a script, without the stack trace.
func fail(t testing.TB, source string) string {
	m := newMachine(t)
	m.Push(m.NewFunctionFromProto(compile(t, options, source).Main))
	err := m.PCall(0, 0, nil)
	require.Error(t, err, source)
	message, _, _ := strings.Cut(err.Error(), "\nstack traceback:")
	return message
}

// refusal returns the error of a script that does not compile.
func refusal(t testing.TB, source string) *bytecode.Error {
	chunk, err := syntax.Parse(source)
	require.NoError(t, err)
	_, err = bytecode.Compile(chunk, options)
	var refused *bytecode.Error
	require.ErrorAs(t, err, &refused)
	return refused
}

// script is a source with the lines it must print.
type script struct {
	name, source string
	want         []string
}

func runAll(t *testing.T, scripts []script) {
	for _, s := range scripts {
		t.Run(s.name, func(t *testing.T) { require.Equal(t, s.want, run(t, s.source)) })
	}
}
