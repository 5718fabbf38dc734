package bytecode_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/bytecode"
)

func TestErrorsNameTheLineOfTheFailingPart(t *testing.T) {
	tests := []struct{ name, source, want string }{
		{"call of a global", "\nnothing(\n1,\n2)",
			"chunk:2: attempt to call a non-function object"},
		{"method", "local t = {}\nt\n:method(\n1)",
			"chunk:3: attempt to call a non-function object"},
		{"field", "local t = {}\nlocal x = t\n.a\n.b",
			"chunk:4: attempt to index a non-table object(nil) with key 'b'"},
		{"index", "local t = {}\nlocal x = t[1][\n2]",
			"chunk:3: attempt to index a non-table object(nil) with key '2'"},
		{"assignment", "local t = {}\nt.a.b = {\n1,\n2}",
			"chunk:2: attempt to index a non-table object(nil) with key 'b'"},
		{"operator", "local t = {}\nlocal x = 1\n+ t", "chunk:3: " +
			"cannot perform add operation between number and table"},
		{"comparison", "local t = {}\nlocal x = 1\n< t", "chunk:3: " +
			"attempt to compare number with table"},
		{"concatenation", "local x\nlocal y = 'a'\n.. x", "chunk:3: attempt to concatenate nil"},
		{"loop", "\nfor i = 1,\n{} do\nend", "chunk:2: for statement limit must be a number"},
		{"loop that is prepared", "local n\n\nfor i = n, 1 do\nend",
			"chunk:3: for statement init must be a number"},
		{"inner function", "local function f()\nlocal x = nil\nreturn x.y\nend\n\nf()",
			"chunk:3: attempt to index a non-table object(nil) with key 'y'"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { require.Equal(t, test.want, fail(t, test.source)) })
	}
}

// opcodes counts the instructions of a script's main function.
func opcodes(t *testing.T, o bytecode.Options, source string) map[int]int {
	counts := map[int]int{}
	for _, word := range compile(t, o, source).Main.Code {
		counts[int(word>>26)]++
	}
	return counts
}

func TestLibraryNamesBecomeConstantsWhenNobodyCanTell(t *testing.T) {
	const use = "print(library.twice(2)) "
	folded := opcodes(t, options, use)
	require.Equal(t, 1, folded[lua.OP_GETGLOBAL], "only print is looked up")
	require.Zero(t, folded[lua.OP_GETTABLEKS])
	for _, source := range []string{
		use + "library = nil",
		use + "library.twice = print",
		use + "library.inner.twice = print",
		use + "library['twice'] = print",
		use + "library.twice += 1",
		use + "function library.twice() end",
		use + "local function f() library = 1 end",
		use + "getfenv()",
		use + "setfenv(1, {})",
		use + "loadstring('')",
		use + "_G.library = 1",
		"local library = library " + use,
		"print(library.other(2))",
	} {
		require.Positive(t, opcodes(t, options, source)[lua.OP_GETTABLEKS], source)
	}
	plain := options
	plain.Import = nil
	require.Equal(t, 1, opcodes(t, plain, use)[lua.OP_GETTABLEKS])
	require.Equal(t, []string{"4"}, run(t, use))
}

func TestCallsAreNeverTailCalls(t *testing.T) {
	counts := opcodes(t, options, "local function f() end return f()")
	require.Zero(t, counts[lua.OP_TAILCALL])
	require.Equal(t, 1, counts[lua.OP_CALL])
}

func TestInfoDescribesCompiledFunctions(t *testing.T) {
	main := compile(t, options, `local t = {}
function t.a.b:c(x, ...)
	return function() end
end
local function named(p, q)
end`).Main
	require.Equal(t, &bytecode.FuncInfo{Line: 1, EndLine: 6, Variadic: true, Main: true},
		bytecode.Info(main))
	method := main.FunctionPrototypes[0]
	require.Equal(t, &bytecode.FuncInfo{
		Name: "c", Line: 2, EndLine: 4, Params: 2, Variadic: true,
	}, bytecode.Info(method))
	require.Equal(t, &bytecode.FuncInfo{Line: 3, EndLine: 3},
		bytecode.Info(method.FunctionPrototypes[0]))
	require.Equal(t, &bytecode.FuncInfo{Name: "named", Line: 5, EndLine: 6, Params: 2},
		bytecode.Info(main.FunctionPrototypes[1]))
	require.Equal(t, "chunk", main.SourceName)

	foreign, err := lua.Compile(nil, "foreign")
	require.NoError(t, err)
	require.Nil(t, bytecode.Info(foreign))
	require.Nil(t, bytecode.Info(nil))
}

func TestProgramsAreSharedBetweenMachines(t *testing.T) {
	program := compile(t, options, `
		local t, n = {}, 0
		for i = 1, 1000 do t[i] = function() n += i end end
		for _, f in t do f() end
		print(n)`)
	var wg sync.WaitGroup
	machines := make([]*world, 4)
	for i := range machines {
		m := newMachine(t)
		machines[i] = m
		wg.Go(func() {
			m.Push(m.NewFunctionFromProto(program.Main))
			m.Call(0, 0)
		})
	}
	wg.Wait()
	for _, m := range machines {
		require.Equal(t, []string{"500500"}, m.printed)
	}
}

// A metamethod called by an instruction must not overwrite registers that are in use.
func TestMetamethodsLeaveTheRegistersAlone(t *testing.T) {
	require.Equal(t, []string{"1 2 field 3 sum 4 5", "x true key value 9"}, run(t, `
		local function deep(n) if n == 0 then return 0 end return deep(n - 1) + 1 end
		local mt = {
			__index = function(t, k) deep(50) return k end,
			__add = function() deep(50) return "sum" end,
			__eq = function() deep(50) return true end,
			__lt = function() deep(50) return true end,
			__newindex = function(t, k, v) deep(50) print(if v == 9 then "x" else "y", t < t,
				k, "value", v) end,
			__call = function(self, ...) return ... end,
		}
		local o = setmetatable({}, mt)
		print(1, 2, o.field, 3, o + o, o(4, 5))
		o.key = 9`))
}
