package syntax_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"savestone/luabridge/syntax"
)

func TestFunctions(t *testing.T) {
	for _, e := range []example{
		{"function f() end", "(function f (fn f []))"},
		{"function f(a, b) return b end", "(function f (fn f [$a $b] (return $b)))"},
		{"function f(...) return ... end", "(function f (fn f [...] (return ...)))"},
		{"function f(a, ...) end", "(function f (fn f [$a ...]))"},
		{"function a.b.c() end", "(function a.b.c (fn c []))"},
		{"function a:b() return self end", "(function a.b (fn b [$self] (return $self)))"},
		{"function a.b:c(d) end", "(function a.b.c (fn c [$self $d]))"},
		{"local a function a() end", "(local $a =) (function $a (fn a []))"},
		{"local function f() return f end", "(localfn $f (fn f [] (return ^f)))"},
		{"local f = function() return f end", "(local $f = (fn [] (return f)))"},
		{"return function(a) return a end", "(return (fn [$a] (return $a)))"},
		{"f(function() end)", "(f (fn []))"},
		{"local self function a:b() end", "(local $self =) (function a.b (fn b [$self]))"},
		{"function f(self) end", "(function f (fn f [$self]))"},
		{"function f(a, a) return a end", "(function f (fn f [$a $a] (return $a)))"},
		{"function f() return end", "(function f (fn f [] (return)))"},
	} {
		expectParses(t, e.source, e.want)
	}
}

// Luau names a function after the last part of its statement, or the table field it is given to.
// An anonymous function in a variable has no name.
func TestFunctionsAreNamedForTracebacks(t *testing.T) {
	expectParses(t, "local f = function() end", "(local $f = (fn []))")
	expectParses(t, "f = function() end", "(set f = (fn []))")
	expectParses(t, "a.f = function() end", "(set a.f = (fn []))")
	expectParses(t, "x = {f = function() end}", `(set x = {"f"=(fn f [])})`)
	expectParses(t, "x = {['f'] = function() end}", `(set x = {"f"=(fn [])})`)
}

func TestAttributes(t *testing.T) {
	for _, e := range []example{
		{"@native function f() end", "(function f (native fn f []))"},
		{"@native local function f() end", "(localfn $f (native fn f []))"},
		{"@native const function f() end", "(localfn $f (native fn f []))"},
		{"@checked function f() end", "(function f (fn f []))"},
		{"@deprecated @native function f() end", "(function f (native fn f []))"},
		{"@native\nfunction f() end", "(function f (native fn f []))"},
		{"@[native] function f() end", "(function f (native fn f []))"},
		{"@[native, checked] function f() end", "(function f (native fn f []))"},
		{"@[deprecated] function f() end", "(function f (fn f []))"},
		{"@[deprecated{}] function f() end", "(function f (fn f []))"},
		{"@[deprecated({})] function f() end", "(function f (fn f []))"},
		{"@[deprecated { use = 'x', reason = 'y' }, native] function f() end",
			"(function f (native fn f []))"},
		{"@[native] @checked function f() end", "(function f (native fn f []))"},
		{"f(@native function() end)", "(f (native fn []))"},
		{"return @[native] function() end", "(return (native fn []))"},
		{"@native function a:b() end", "(function a.b (native fn b [$self]))"},
	} {
		expectParses(t, e.source, e.want)
	}
}

func TestAttributeErrors(t *testing.T) {
	const after = "Expected 'function', 'local function', 'const function', 'declare " +
		"function' or a function type declaration after attribute, but got "
	for _, e := range []example{
		{"@native", "1:8: " + after + "<eof> instead"},
		{"@native f()", "1:9: " + after + "'f' instead"},
		{"@native return", "1:9: " + after + "'return' instead"},
		{"@native local a",
			"1:15: Expected 'function' after local declaration with attribute, but got 'a' " +
				"instead"},
		{"@native const a = 1",
			"1:15: Expected 'function' after local declaration with attribute, but got 'a' " +
				"instead"},
		{"x = @native 1",
			"1:5: Expected 'function' declaration after attribute, but got '1' instead"},
		{"@nonsense function f() end", "1:1: Invalid attribute '@nonsense'"},
		{"@ native function f() end", "1:1: Attribute name is missing"},
		{"@native @native function f() end", "1:9: Cannot duplicate attribute '@native'"},
		{"@[native, native] function f() end", "1:11: Cannot duplicate attribute '@native'"},
		{"@native @[native] function f() end", "1:11: Cannot duplicate attribute '@native'"},
		{"@[] function f() end", "1:1: Attribute list cannot be empty"},
		{"@[nonsense] function f() end", "1:3: Invalid attribute '@nonsense'"},
		{"@[native function f() end",
			"1:10: Expected ']' (to close '@[' at column 1), got 'function'"},
		{"@[1] function f() end", "1:3: Expected identifier when parsing attribute name, got '1'"},
		{"@[deprecated 'x'] function f() end", "1:14: Unknown argument type for @deprecated"},
		{"@[deprecated({}, {})] function f() end",
			"1:3: @deprecated can be parametrized only by 1 argument"},
		{"@[deprecated {x = 'y'}] function f() end",
			"1:15: Unknown argument 'x' for @deprecated. Only string constants for 'use' and " +
				"'reason' are allowed"},
		{"@[deprecated {use = 1}] function f() end",
			"1:21: Only constant string allowed as value for 'use'"},
		{"@[deprecated {'x'}] function f() end",
			"1:15: Only constants keys 'use' and 'reason' are allowed for @deprecated attribute"},
		{"@[deprecated {use = f()}] function f() end",
			"1:14: Only literals can be passed as arguments for attributes"},
	} {
		expectError(t, e.source, e.want)
	}
}

func TestFunctionErrors(t *testing.T) {
	for _, e := range []example{
		{"function", "1:9: Expected identifier when parsing function name, got <eof>"},
		{"function 1() end", "1:10: Expected identifier when parsing function name, got '1'"},
		{"function f", "1:11: Expected '(' when parsing function, got <eof>"},
		{"function f end", "1:12: Expected '(' when parsing function, got 'end'"},
		{"function f(", "1:12: Expected identifier when parsing variable name, got <eof>"},
		{"function f(a", "1:13: Expected ')' (to close '(' at column 11), got <eof>"},
		{"function f(a,) end", "1:14: Expected identifier when parsing variable name, got ')'"},
		{"function f(..., a) end", "1:15: Expected ')' (to close '(' at column 11), got ','"},
		{"function f(1) end", "1:12: Expected identifier when parsing variable name, got '1'"},
		{"function f()", "1:13: Expected 'end' (to close 'function' at column 1), got <eof>"},
		{"f()\nlocal function f()\n",
			"3:1: Expected 'end' (to close 'function' at line 2), got <eof>"},
		{"local function f()", "1:19: Expected 'end' (to close 'function' at column 1), got <eof>"},
		{"x = function() ", "1:16: Expected 'end' (to close 'function' at column 5), got <eof>"},
		{"function a.() end", "1:12: Expected identifier when parsing field name, got '('"},
		{"function a:() end", "1:12: Expected identifier when parsing method name, got '('"},
		{"function a:b.c() end", "1:13: Expected '(' when parsing function, got '.'"},
		{"function a[1]() end", "1:11: Expected '(' when parsing function, got '['"},
		{"local function a.b() end", "1:17: Expected '(' when parsing function, got '.'"},
		{"local function() end", "1:15: Expected identifier when parsing variable name, got '('"},
		{"function f() -> number end",
			"1:14: Function return type annotations are written after ':' instead of '->'"},
		{"function f(): number, string end",
			"1:21: Expected a statement, got ','; did you forget to wrap the list of return " +
				"types in parentheses?"},
	} {
		expectError(t, e.source, e.want)
	}
}

func TestFunctionPlaces(t *testing.T) {
	chunk, err := syntax.Parse("local function f()\nend\nx = function()\n  end\nfunction a:b() end")
	require.NoError(t, err)
	local := chunk.Body.Stats[0].(*syntax.LocalFunction)
	require.Equal(t, syntax.Pos{Line: 1, Col: 1}, local.Pos)
	require.Equal(t, syntax.Pos{Line: 1, Col: 16}, local.Var.Pos)
	require.Equal(t, syntax.Pos{Line: 1, Col: 7}, local.Fn.Pos)
	require.Equal(t, syntax.Pos{Line: 2, Col: 1}, local.Fn.End)
	fn := chunk.Body.Stats[1].(*syntax.Assign).Exprs[0].(*syntax.Function)
	require.Equal(t, syntax.Pos{Line: 3, Col: 5}, fn.Pos)
	require.Equal(t, syntax.Pos{Line: 4, Col: 3}, fn.End)
	method := chunk.Body.Stats[2].(*syntax.FunctionStat)
	require.Equal(t, syntax.Pos{Line: 5, Col: 10}, method.Target.At())
	require.Equal(t, syntax.Pos{Line: 5, Col: 12}, method.Target.(*syntax.Field).NamePos)
	require.Same(t, chunk, method.Fn.Parent)
}
