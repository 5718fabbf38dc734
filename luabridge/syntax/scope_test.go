package syntax_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"savestone/luabridge/syntax"
)

func TestNamesMeanTheInnermostVariable(t *testing.T) {
	for _, e := range []example{
		{"x() local x x() do local x x() end x()",
			"(x) (local $x =) ($x) (do (local $x =) ($x)) ($x)"},
		{"do local x end x()", "(do (local $x =)) (x)"},
		{"for x = 1, 2 do end x()", "(for $x 1 2 do) (x)"},
		{"for x in x do x() end", "(for $x in x do ($x))"},
		{"local function f(a) return a end a()", "(localfn $f (fn f [$a] (return $a))) (a)"},
		{"repeat local x until x x()", "(repeat (local $x =) until $x) (x)"},
		{"if a then local x end x()", "(if a (then (local $x =))) (x)"},
		{"local a, a = 1, 2 f(a)", "(local $a $a = 1 2) (f $a)"},
		{"local x = function() return x end", "(local $x = (fn [] (return x)))"},
		{"local x x = function() return x end", "(local $x =) (set $x = (fn [] (return ^x)))"},
		{"local x local y = {x = x}", `(local $x =) (local $y = {"x"=$x})`},
		{"local f = 1 function f.g() end", "(local $f = 1) (function $f.g (fn g []))"},
	} {
		expectParses(t, e.source, e.want)
	}
}

func TestShadowedVariablesAreDistinct(t *testing.T) {
	chunk, err := syntax.Parse("local a = 1 local a = a return a")
	require.NoError(t, err)
	first := chunk.Body.Stats[0].(*syntax.LocalStat).Vars[0]
	second := chunk.Body.Stats[1].(*syntax.LocalStat)
	require.Same(t, first, second.Exprs[0].(*syntax.LocalRef).Local)
	require.NotSame(t, first, second.Vars[0])
	returned := chunk.Body.Stats[2].(*syntax.Return).Exprs[0].(*syntax.LocalRef)
	require.Same(t, second.Vars[0], returned.Local)
}

// variables returns the variables that the statements of a chunk declare, by name.
func variables(t *testing.T, source string) map[string]*syntax.Local {
	t.Helper()
	chunk, err := syntax.Parse(source)
	require.NoError(t, err)
	found := map[string]*syntax.Local{}
	for _, s := range chunk.Body.Stats {
		switch s := s.(type) {
		case *syntax.LocalStat:
			for _, v := range s.Vars {
				found[v.Name] = v
			}
		case *syntax.LocalFunction:
			found[s.Var.Name] = s.Var
		}
	}
	return found
}

func TestCaptureMeansUseByAnInnerFunction(t *testing.T) {
	vars := variables(t, `
		local used, captured, written, deep
		print(used)
		local function f() captured() written = 1 return function() return deep end end
		local function recursive() return recursive() end
		do local x = used end
	`)
	captured := map[string]bool{}
	for name, v := range vars {
		captured[name] = v.Captured
	}
	require.Equal(t, map[string]bool{"used": false, "captured": true, "written": true, "deep": true,
		"f": false, "recursive": true}, captured)
}

func TestTypesCaptureNothing(t *testing.T) {
	vars := variables(t, "local a local function f(x: typeof(a)) type T = typeof(a) end")
	require.False(t, vars["a"].Captured)
}

func TestAssignedMeansWrittenAfterItsDeclaration(t *testing.T) {
	vars := variables(t, `
		local initial, set, compound, multiple, declared, field = 1, 2, 3, 4, 5, {}
		set = 1
		compound += 1
		other, multiple = 1, 2
		function declared() end
		field.x = 1
		local function named() end
	`)
	assigned := map[string]bool{}
	for name, v := range vars {
		assigned[name] = v.Assigned
	}
	require.Equal(t, map[string]bool{"initial": false, "set": true, "compound": true,
		"multiple": true, "declared": true, "field": false, "named": false}, assigned)
}

func TestUntilMustNotUseWhatContinueSkips(t *testing.T) {
	const skipped = "Local x used in the repeat..until condition is undefined because continue " +
		"statement on line 2 jumps over it"
	expectError(t, "repeat\nif a then continue end\nlocal x = f()\nuntil x", "4:7: "+skipped)
	expectError(t, "repeat\ndo continue end\nlocal x = f()\nuntil g(function() return x end)",
		"4:7: "+skipped)
	expectError(t, "repeat\nif a then continue end\nlocal function x() end\nuntil x()",
		"4:7: "+skipped)
	expectError(t, "repeat\nif a then continue end\nlocal x = f()\ndo continue end\nuntil x",
		"5:7: "+skipped)
	expectError(t, "repeat\nif a then local x continue end\nlocal x\n"+
		"until f(function() repeat until x end)", "4:7: "+skipped)
	expectAccepted(t,
		"repeat local x = f() if x then continue end until x",
		"repeat if a then continue end local x = f() until a",
		"repeat if a then continue end do local x end until x",
		"repeat while a do continue end local x until x",
		"repeat f(function() while a do continue end end) local x until x",
		"repeat local x repeat local y = x continue until y until x",
		"repeat if a then continue end local x until f(function(x) return x end)",
		"local x repeat if a then continue end do local x end until x",
		"repeat local x do local y if y then continue end end until x",
	)
}
