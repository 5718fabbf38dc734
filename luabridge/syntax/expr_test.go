package syntax_test

import (
	"strings"
	"testing"
)

func TestLiterals(t *testing.T) {
	expectExpr(t, "nil, true, false, 1, 's', ...", `nil true false 1 "s" ...`)
	expectExpr(t, "{}", "{}")
	expectExpr(t, "function() end", "(fn [])")
}

func TestPrecedence(t *testing.T) {
	for _, e := range []example{
		{"a or b and c", "(or a (and b c))"},
		{"a and b or c", "(or (and a b) c)"},
		{"a and b == c", "(and a (== b c))"},
		{"a == b ~= c", "(~= (== a b) c)"},
		{"a < b == c > d", "(> (== (< a b) c) d)"},
		{"a .. b == c", "(== (.. a b) c)"},
		{"a .. b .. c", "(.. a (.. b c))"},
		{"a .. b + c", "(.. a (+ b c))"},
		{"a + b .. c", "(.. (+ a b) c)"},
		{"a + b - c", "(- (+ a b) c)"},
		{"a + b * c", "(+ a (* b c))"},
		{"a * b + c", "(+ (* a b) c)"},
		{"a / b // c % d", "(% (// (/ a b) c) d)"},
		{"a ^ b ^ c", "(^ a (^ b c))"},
		{"-a ^ b", "(- (^ a b))"},
		{"a ^ -b", "(^ a (- b))"},
		{"a ^ -b ^ c", "(^ a (- (^ b c)))"},
		{"-a * b", "(* (- a) b)"},
		{"not a == b", "(== (not a) b)"},
		{"not not a", "(not (not a))"},
		{"#a + 1", "(+ (# a) 1)"},
		{"- - a", "(- (- a))"},
		{"-a.b", "(- a.b)"},
		{"2 ^ 3 * 4", "(* (^ 2 3) 4)"},
		{"a < b and b < c or d", "(or (and (< a b) (< b c)) d)"},
		{"(a or b) and c", "(and (paren (or a b)) c)"},
		{"a <= b, c >= d", "(<= a b) (>= c d)"},
		{"a .. -b", "(.. a (- b))"},
	} {
		expectExpr(t, e.source, e.want)
	}
}

func TestSuffixes(t *testing.T) {
	for _, e := range []example{
		{"a.b.c", "a.b.c"},
		{"a[b][c]", "a[b][c]"},
		{"a.b[c].d", "a.b[c].d"},
		{"a()", "(a)"},
		{"a(b, c)", "(a b c)"},
		{"a.b(c)", "(a.b c)"},
		{"a:b()", "(a:b)"},
		{"a:b(c):d(e)", "((a:b c):d e)"},
		{"a'x'", `(a "x")`},
		{`a"x""y"`, `((a "x") "y")`},
		{"a[[x]]", `(a "x")`},
		{"a{}", "(a {})"},
		{"a{b}{c}", "((a {b}) {c})"},
		{"a:b'x'", `(a:b "x")`},
		{"a:b{}", "(a:b {})"},
		{"(a)()", "((paren a))"},
		{"(a).b", "(paren a).b"},
		{"('x'):rep(3)", `((paren "x"):rep 3)`},
		{"(function() end)()", "((paren (fn [])))"},
		{"a\n.b\n:c\n{}", "(a.b:c {})"},
		{"a(b)(c)", "((a b) c)"},
		{"a(...)", "(a ...)"},
		{"a((b()))", "(a (paren (b)))"},
		{"a[1][\"x\"]", `a[1]["x"]`},
		{"a[ [[x]] ]", `a["x"]`},
	} {
		expectExpr(t, e.source, e.want)
	}
}

func TestTables(t *testing.T) {
	for _, e := range []example{
		{"{1, 2; 3}", "{1 2 3}"},
		{"{1, 2, }", "{1 2}"},
		{"{1; }", "{1}"},
		{"{a = 1, b = 2}", `{"a"=1 "b"=2}`},
		{"{[a] = 1, [2] = b}", "{a=1 2=b}"},
		{"{a, b = 1, [c] = 2, d()}", `{a "b"=1 c=2 (d)}`},
		{"{a == b}", "{(== a b)}"},
		{"{type = 1, continue = 2}", `{"type"=1 "continue"=2}`},
		{"{f = function() end}", `{"f"=(fn f [])}`},
		{"{[f] = function() end}", `{f=(fn [])}`},
		{"{function() end}", "{(fn [])}"},
		{"{...}", "{...}"},
		{"{{}, {{}}}", "{{} {{}}}"},
		{"{a = b == c}", `{"a"=(== b c)}`},
		{"{[ [[x]] ] = 1}", `{"x"=1}`},
	} {
		expectExpr(t, e.source, e.want)
	}
}

func TestIfExpressions(t *testing.T) {
	expectExpr(t, "if a then b else c", "(if a b c)")
	expectExpr(t, "if a then b elseif c then d else e", "(if a b (if c d e))")
	expectExpr(t, "if a then b else c + d", "(if a b (+ c d))")
	expectExpr(t, "1 + if a then b else c", "(+ 1 (if a b c))")
	expectExpr(t, "if if a then b else c then d else e", "(if (if a b c) d e)")
	expectExpr(t, "f(if a then b else c, d)", "(f (if a b c) d)")
}

func TestCastsAndInstantiationsCutToOneValue(t *testing.T) {
	expectExpr(t, "a :: number", "(paren a)")
	expectExpr(t, "f() :: any", "(paren (f))")
	expectExpr(t, "-a :: number", "(- (paren a))")
	expectExpr(t, "a :: number + b :: number", "(+ (paren a) (paren b))")
	expectExpr(t, "(a :: any).b", "(paren (paren a)).b")
	expectExpr(t, "a :: any == b", "(== (paren a) b)")
	expectExpr(t, "f<<number>>", "(paren f)")
	expectExpr(t, "f<<number, string>>(a)", "((paren f) a)")
	expectExpr(t, "f<<>>()", "((paren f))")
	expectExpr(t, "f < < T > >()", "((paren f))")
	expectExpr(t, "a.b<<T...>>()", "((paren a.b))")
	expectExpr(t, "a:b<<T>>(c)", "(a:b c)")
	expectExpr(t, "a:b<<{T}>>{c}", "(a:b {c})")
	expectExpr(t, "a < b", "(< a b)")
	expectParses(t, "f<<T>>()", "((paren f))")
	expectError(t, "f<<T>()", "1:6: Expected '>' (to close '<' at column 2), got '('")
}

func TestExpressionErrors(t *testing.T) {
	for _, e := range []example{
		{"x = )", "1:5: Expected identifier when parsing expression, got ')'"},
		{"x =", "1:4: Expected identifier when parsing expression, got <eof>"},
		{"x = 1 +", "1:8: Expected identifier when parsing expression, got <eof>"},
		{"x = 1 + * 2", "1:9: Expected identifier when parsing expression, got '*'"},
		{"x = (1", "1:7: Expected ')' (to close '(' at column 5), got <eof>"},
		{"x = (1\n+ 2", "2:4: Expected ')' (to close '(' at line 1), got <eof>"},
		{"x = (a = 1)",
			"1:8: Expected ')' (to close '(' at column 5), got '='; did you mean to use '{' " +
				"when defining a table?"},
		{"x = a[1", "1:8: Expected ']' (to close '[' at column 6), got <eof>"},
		{"x = a.", "1:7: Expected identifier, got <eof>"},
		{"x = a.end", "1:7: Expected identifier, got 'end'"},
		{"x = a.1", "1:6: Expected identifier when parsing expression, got '.1'"},
		{"x = a:", "1:7: Expected identifier when parsing method name, got <eof>"},
		{"x = a:b", "1:5: Expected '(', '{' or <string> when parsing function call, got <eof>"},
		{"x = a:b = 1", "1:5: Expected '(', '{' or <string> when parsing function call, got '='"},
		{"a:b\nc()", "1:1: Expected function call arguments after '('"},
		{"f(1,)", "1:5: Expected expression after ',' but got ')' instead"},
		{"f(1 2)", "1:5: Expected ')' (to close '(' at column 2), got '2'"},
		{"f(\n1", "2:2: Expected ')' (to close '(' at line 1), got <eof>"},
		{"x = {1, 2", "1:10: Expected '}' (to close '{' at column 5), got <eof>"},
		{"x = {1 2}", "1:8: Expected '}' (to close '{' at column 5), got '2'"},
		{"x = {,}", "1:6: Expected identifier when parsing expression, got ','"},
		{"x = {a = }", "1:10: Expected identifier when parsing expression, got '}'"},
		{"x = {[1] 2}", "1:10: Expected '=' when parsing table field, got '2'"},
		{"x = {[1 = 2}", "1:9: Expected ']' (to close '[' at column 6), got '='"},
		{"x = {\n a = 1\n b = 2}", "3:2: Expected ',' after table constructor element"},
		{"x = {\n [1] = 1\n [2] = 2}", "3:2: Expected ',' after table constructor element"},
		{"x = if a then b",
			"1:16: Expected 'else' when parsing if then else expression, got <eof>"},
		{"x = if a b else c",
			"1:10: Expected 'then' when parsing if then else expression, got 'b'"},
		{"x = !a", "1:5: Unexpected '!'; did you mean 'not'?"},
		{"x = a && b", "1:7: Unexpected '&&'; did you mean 'and'?"},
		{"x = a || b", "1:7: Unexpected '||'; did you mean 'or'?"},
		{"x = a != b", "1:7: Unexpected '!='; did you mean '~='?"},
		{"x = a & & b", "1:7: Expected identifier when parsing expression, got '&'"},
		{"x = end", "1:5: Expected identifier when parsing expression, got 'end'"},
		{"x = 'a' 'b'", "1:9: Expected identifier when parsing expression, got \"b\""},
		{"function f() return ... end", "1:21: Cannot use '...' outside of a vararg function"},
		{"return function(...) return function() return ... end end",
			"1:47: Cannot use '...' outside of a vararg function"},
	} {
		expectError(t, e.source, e.want)
	}
}

func TestDepthIsLimited(t *testing.T) {
	tooDeep := func(construct string) string {
		return "Exceeded allowed recursion depth; simplify your " + construct +
			" to make the code compile"
	}
	for _, source := range []string{
		strings.Repeat("(", 10000), strings.Repeat("- ", 10000), strings.Repeat("{", 10000),
		strings.Repeat("f(", 10000), strings.Repeat("a[", 10000), strings.Repeat("`{", 10000),
		"a" + strings.Repeat(".b", 2000), "a" + strings.Repeat("+a", 2000),
		"a" + strings.Repeat("..a", 2000), strings.Repeat("not ", 2000),
		strings.Repeat("if a then b else ", 2000), "a" + strings.Repeat("()", 2000),
		"if a then b" + strings.Repeat(" elseif a then b", 2000),
		"a" + strings.Repeat("^a", 2000),
	} {
		expectErrorText(t, "return "+source, tooDeep("expression"))
	}
	expectErrorText(t, strings.Repeat("do ", 2000), tooDeep("block"))
	expectErrorText(t, "if a then"+strings.Repeat(" elseif a then", 2000), tooDeep("expression"))
	expectErrorText(t, "function a"+strings.Repeat(".b", 2000)+"() end", tooDeep("function name"))
	expectAccepted(t, "return "+strings.Repeat("(", 300)+"1"+strings.Repeat(")", 300),
		"return a"+strings.Repeat("+a", 900), strings.Repeat("f() ", 5000))
}
