package syntax_test

import (
	"strings"
	"testing"
)

// typeForms are types of every form.
var typeForms = []string{
	"number", "string?", "nil", "true", "false", `"literal"`, "'literal'", "[[literal]]", "any",
	"Module.Type", "Module.Type<number>", "Array<number>", "Map<string, {number}>", "Empty<>",
	"A | B", "A & B", "| A | B", "& A & B", "| A", "A?", "A??", "A | B?", "A? | B", "(A | B)?",
	"(A & B) | C", "(A)", "((A))", "A | (B & C)", `"a" | "b" | "c"`, "\n\t| A\n\t| B",
	"{}", "{number}", "{ {number} }", "{number?}", "{[string]: number}", "{x: number}",
	"{x: number, y: string}", "{x: number; y: string;}", "{x: number, [string]: any}",
	"{[number]: string, n: number}", "{ ['a b']: number }", `{ ["x"]: number, ["y"]: string }`,
	"{read x: number}", "{write x: number, read y: string}", "{read [string]: number}",
	"{read: number, write: string}", "{read read: number}", "{read number}",
	"{read: number}", "{type: string, continue: number}", "{f: (self: any) -> ()}",
	"() -> ()", "() -> number", "(number) -> string", "(number, string) -> (number, string)",
	"(x: number) -> string", "(x: number, y: string?) -> ...any", "(...number) -> ...string",
	"(number, ...string) -> ()", "(T...) -> U...", "(number, T...) -> (string, U...)",
	"(...any) -> (...any)", "<T>(T) -> T", "<T, U...>(T, U...) -> U...", "<T...>(T...) -> ()",
	"(number) -> (string) -> boolean", "() -> () -> ()", "((number) -> string)?",
	"(A, B) -> C | D", "(() -> ()) | nil",
	"(x: (y: number) -> string) -> ()", "(...(() -> ())) -> ()",
	"typeof(x)", "typeof(f(1, 2).y)", "typeof(function() end)", "{typeof(x)}", "typeof(x) | nil",
	"Fn<(number, string), ...any>", "Fn<(), T...>", "Fn<(number)>", "Fn<(number) | string>",
	"Fn<(A) -> B, C>", "Fn<...number>", "Fn<T..., U...>", "Fn<(A)?, (B & C)>", "Fn<Fn<Fn<A>>>",
	"(A) -> (B)", "(A) -> (B | C)", "(A) -> (B)?", "() -> (A, ...B)", "() -> ...A",
	"() -> (A) -> B",
	"setmetatable<{x: number}, typeof(mt)>", "read", "write", "keyof<T>",
}

func TestTypesLeaveNoTrace(t *testing.T) {
	for _, form := range typeForms {
		expectParses(t, "local x: "+form, "(local $x =)")
		expectParses(t, "local x: "+form+" = 1", "(local $x = 1)")
		expectParses(t, "local x: "+form+", y: "+form+" = 1, 2", "(local $x $y = 1 2)")
		expectParses(t, "type X = "+form+"\nf()", "(f)")
		expectParses(t, "export type X<T, U...> = "+form+" f()", "(f)")
		expectParses(t, "function f(x: "+form+", ...: "+form+"): "+form+" return x end",
			"(function f (fn f [$x ...] (return $x)))")
		expectParses(t, "return function(x: "+form+"): ("+form+", "+form+") end",
			"(return (fn [$x]))")
		expectParses(t, "for i: "+form+" = 1, 2 do end", "(for $i 1 2 do)")
		expectParses(t, "for k: "+form+", v: "+form+" in x do end", "(for $k $v in x do)")
		expectExpr(t, "x :: "+form, "(paren x)")
		expectExpr(t, "f<<"+form+">>()", "((paren f))")
		expectParses(t, "type function F(x: "+form+") return x end f()", "(f)")
	}
}

func TestTypeAliases(t *testing.T) {
	for _, source := range []string{
		"type A = number", "export type A = number", "type A<T> = T", "type A<T, U> = T | U",
		"type A<T = number> = T", "type A<T, U = T> = U", "type A<T...> = (T...) -> ()",
		"type A<T, U...> = (T) -> U...", "type A<T... = ...number> = Fn<T...>",
		"type A<T... = (number, string)> = Fn<T...>", "type A<T... = ()> = Fn<T...>",
		"type A<T... = U...> = Fn<T...>", "type A<T = {x: number}, U... = ...any> = T",
		"type function f() end", "export type function f(x) return x end",
		"type function f(...) return ... end", "type type = type", "type A = B; type C = A;",
		"export type export = type", "type function f() local function g() end return g() end",
	} {
		expectParses(t, source, "")
		expectParses(t, "g() "+source+"\nh()", "(g) (h)")
	}
}

func TestTypeIsStillAName(t *testing.T) {
	expectParses(t, "type = 1", "(set type = 1)")
	expectParses(t, "type(x)", "(type x)")
	expectParses(t, "local type = type(x)", "(local $type = (type x))")
	expectParses(t, "type.x = 1", "(set type.x = 1)")
	expectParses(t, "type, export = 1, 2", "(set type export = 1 2)")
	expectParses(t, "export()", "(export)")
	expectParses(t, "local type type X = number type(1)", "(local $type =) ($type 1)")
	expectParses(t, "typeof(x).y = 1", "(set (typeof x).y = 1)")
	expectParses(t, "declare, read, write, typeof = 1", "(set declare read write typeof = 1)")
	expectParses(t, "return type == 'x'", `(return (== type "x"))`)
}

func TestTypeErrors(t *testing.T) {
	const function = "Using 'function' as a type annotation is not supported, consider " +
		"replacing with a function type annotation e.g. '(...any) -> ...any'"
	for _, e := range []example{
		{"local x: = 1", "1:9: Expected type, got '='"},
		{"local x: 1", "1:9: Expected type, got '1'"},
		{"local x:", "1:9: Expected type, got <eof>"},
		{"local x: number |", "1:18: Expected type, got <eof>"},
		{"local x: function", "1:10: " + function},
		{"local x: A | B & C",
			"1:10: Mixing union and intersection types is not allowed; consider wrapping in " +
				"parentheses."},
		{"local x: A? & B",
			"1:10: Mixing union and intersection types is not allowed; consider wrapping in " +
				"parentheses."},
		{"local x: number...",
			"1:16: Unexpected '...' after type name; type pack is not allowed in this context"},
		{"local x: {}...", "1:12: Unexpected '...' after type annotation"},
		{"local x: `a`", "1:10: Interpolated string literals cannot be used as types"},
		{"local x: `a{b}`", "1:10: Interpolated string literals cannot be used as types"},
		{"local x: 'a", "1:10: Malformed string; did you forget to finish it?"},
		{"local x: '\\256'", "1:10: String literal contains malformed escape sequence"},
		{"local x: @native A", "1:10: attributes are not allowed in declaration context"},
		{"local x: A<number", "1:18: Expected '>' (to close '<' at column 11), got <eof>"},
		{"local x: A.", "1:12: Expected identifier when parsing field name, got <eof>"},
		{"local x: (A, B)", "1:16: Expected '->' when parsing function type, got <eof>"},
		{"local x: ()",
			"1:10: Expected '->' after '()' when parsing function type; did you mean 'nil'?"},
		{"local x: (A,) -> B", "1:13: Expected type after ',' but got ')' instead"},
		{"local x: (A -> B", "1:13: Expected ')' (to close '(' at column 10), got '->'"},
		{"local x: (A): B",
			"1:13: Return types in function type annotations are written after '->' instead of " +
				"':'"},
		{"local x: (a: A): B",
			"1:16: Return types in function type annotations are written after '->' instead of " +
				"':'"},
		{"local x: (a: A)", "1:16: Expected '->' when parsing function type, got <eof>"},
		{"local x: <T>A", "1:13: Expected '(' when parsing function parameters, got 'A'"},
		{"local x: <T>(A)", "1:16: Expected '->' when parsing function type, got <eof>"},
		{"local x: {", "1:11: Expected type, got <eof>"},
		{"local x: {a: b", "1:15: Expected '}' (to close '{' at column 10), got <eof>"},
		{"local x: {a: b c: d}", "1:16: Expected '}' (to close '{' at column 10), got 'c'"},
		{"local x: {a: b, c}", "1:18: Expected ':' when parsing table field, got '}'"},
		{"local x: {A, B}", "1:12: Expected '}' (to close '{' at column 10), got ','"},
		{"local x: {[A] B}", "1:15: Expected ':' when parsing table field, got 'B'"},
		{"local x: {[A: B}", "1:13: Expected ']' (to close '[' at column 11), got ':'"},
		{"local x: {[A]: B, [C]: D}", "1:19: Cannot have more than one table indexer"},
		{"local x: typeof x", "1:17: Expected '(' when parsing typeof type, got 'x'"},
		{"local x: typeof(x", "1:18: Expected ')' (to close '(' at column 16), got <eof>"},
	} {
		expectError(t, e.source, e.want)
	}
}

func TestTypeAliasErrors(t *testing.T) {
	for _, e := range []example{
		{"type", "1:5: Expected identifier when parsing type name, got <eof>"},
		{"type X", "1:7: Expected '=' when parsing type alias, got <eof>"},
		{"type X<> = number", "1:8: Expected identifier, got '>'"},
		{"type X<T,> = T", "1:10: Expected type after ',' but got '>' instead"},
		{"type X<T..., U> = T", "1:15: Generic types come before generic type packs"},
		{"type X<T = A, U> = T", "1:16: Expected default type after type name"},
		{"type X<T... = ...A, U...> = T", "1:25: Expected default type pack after type pack name"},
		{"type X<T... = number> = T", "1:15: Expected type pack after '=', got type"},
		{"type X<T = A... > = T",
			"1:13: Unexpected '...' after type name; type pack is not allowed in this context"},
		{"function f<T = A>() end", "1:14: Expected '>' (to close '<' at column 11), got '='"},
		{"type function", "1:14: Expected identifier when parsing type function name, got <eof>"},
		{"type function f() x",
			"1:19: Incomplete statement: expected assignment or a function call"},
		{"local y type function f() return y end",
			"1:34: Type function cannot reference outer local 'y'"},
		{"local y type function f() return function() return y end end",
			"1:52: Type function cannot reference outer local 'y'"},
		{"x = y :: ", "1:9: Expected type, got <eof>"},
		{"return x:: number :: string", "1:19: Expected <eof>, got '::'"},
	} {
		expectError(t, e.source, e.want)
	}
}

func TestTypesAreLimited(t *testing.T) {
	long := "type X = A" + strings.Repeat(" | A", 1001)
	expectErrorText(t, long, "Exceeded allowed type length; simplify your type annotation to "+
		"make the code compile")
	for _, source := range []string{
		"{", "(", "A<", "() -> ", "{x: ", "{[", "<T>(", "typeof(", "f<<",
	} {
		expectDeepError(t, "local x: "+strings.Repeat(source, 2000))
	}
}

func TestTypeFunctionsSeeTheirOwnLocals(t *testing.T) {
	expectAccepted(t,
		"type function f(x) local y = x return function() return x, y, print end end",
		"local x type function f(x) return x end",
		"function g() type function f(x) return function() return x end end end",
	)
}
