package syntax_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"savestone/luabridge/syntax"
)

// parts are types by what can be done with them: what stands alone can be part of a union or an
// intersection as it is, a function type only at its end or in parentheses.
var parts = []string{
	"A", "nil", "true", "'x'", "M.T", "T<A>", "T<A, B...>", "{}", "{A}", "{a: A}", "{[A]: B}",
	"{read a: A}", "typeof(x)", "(A)", "(A | B)", "(() -> A)", "T<()>", "T<(A, B)>", "T<...A>",
}

// wrappers make a type of another.
var wrappers = []string{
	"(%s)", "{%s}", "{ a: %s }", "{ a: A, b: %s, }", "{ [%s]: A }", "{ [A]: %s }", "{ ['a']: %s }",
	"{ read a: %s, write b: %s }", "{ read [A]: %s }", "T<%s>", "T<A, %s>", "M.T<%s, %s>", "T<...%s>",
	"T<(%s, A)>", "(%s) -> ()", "(A, %s) -> ()", "(a: %s) -> ()", "(a: %s, ...%s) -> ()", "() -> %s",
	"() -> (%s, A)", "() -> (A, ...%s)", "<X>(X) -> %s", "<X, Y...>(%s, Y...) -> Y...", "(...%s) -> ...%s",
	"(() -> %s)?", "typeof(f :: %s)", "T<T<T<%s>>>", "{ {%s} }", "{ f: (self: A, %s) -> %s }",
}

func TestEveryTypeStandsInsideEveryOther(t *testing.T) {
	for _, wrapper := range wrappers {
		for _, part := range parts {
			inner := strings.ReplaceAll(wrapper, "%s", part)
			expectParses(t, "local x: "+inner+" = y", "(local $x = y)")
			expectParses(t, "type X = "+inner+" f()", "(f)")
			inner = strings.ReplaceAll(wrapper, "%s", part+"?")
			expectParses(t, "local x: "+inner+" = y", "(local $x = y)")
			expectParses(t, "return x :: "+strings.ReplaceAll(wrapper, "%s", part+" | B"),
				"(return (paren x))")
			expectParses(t, "function f(a: "+strings.ReplaceAll(wrapper, "%s", part+" & B")+") end",
				"(function f (fn f [$a]))")
		}
	}
}

// Two operators in one type are the same, or "?" and "|", or they do not go together.
func TestUnionsAndIntersectionsDoNotMix(t *testing.T) {
	const mixed = "1:10: Mixing union and intersection types is not allowed; consider wrapping in " +
		"parentheses."
	for _, first := range []string{"|", "&", "?"} {
		for _, second := range []string{"|", "&", "?"} {
			for _, third := range []string{"|", "&", "?"} {
				source, union, intersection := "local x: A", false, false
				for _, op := range []string{first, second, third} {
					if op == "?" {
						source += "?"
					} else {
						source += " " + op + " B"
					}
					union = union || op != "&"
					intersection = intersection || op == "&"
				}
				if union && intersection {
					expectError(t, source, mixed)
					expectError(t, source+" = 1", mixed)
					continue
				}
				expectParses(t, source, "(local $x =)")
				expectParses(t, strings.Replace(source, ": A", ": "+strings.Trim(first, "?")+" A", 1),
					"(local $x =)")
			}
		}
	}
}

// typePlaces are the places of types, with what the source means there.
var typePlaces = []example{
	{"local a: T", "(local $a =)"}, {"local a: T, b: T = 1", "(local $a $b = 1)"},
	{"const a: T = 1", "(local $a = 1)"}, {"for a: T = 1, 2 do end", "(for $a 1 2 do)"},
	{"for a: T, b: T in c do end", "(for $a $b in c do)"},
	{"function f(a: T) end", "(function f (fn f [$a]))"},
	{"function f(...: T) end", "(function f (fn f [...]))"},
	{"function f(a: T, ...: T): T end", "(function f (fn f [$a ...]))"},
	{"function a:f(): T end", "(function a.f (fn f [$self]))"},
	{"local function f<A, B...>(a: T): (T, T) end", "(localfn $f (fn f [$a]))"},
	{"return function(a: T): T end", "(return (fn [$a]))"},
	{"return a :: T", "(return (paren a))"}, {"return (a :: T).b", "(return (paren (paren a)).b)"},
	{"return { a :: T, b = c :: T }", `(return {(paren a) "b"=(paren c)})`},
	{"f(a :: T)", "(f (paren a))"}, {"f<<T>>()", "((paren f))"}, {"a:f<<T, T>>()", "(a:f)"},
	{"type A = T", ""}, {"export type A = T", ""}, {"type A<B = T> = B", ""},
	{"type A<B... = (T, T)> = () -> B...", ""}, {"type A<B... = ...T> = () -> B...", ""},
	{"type function f(a: T): T end", ""}, {"@native function f(a: T) end", "(function f (native fn f [$a]))"},
	{"if a :: T then end", "(if (paren a) (then))"}, {"while a :: T do end", "(while (paren a))"},
	{"repeat until a :: T", "(repeat until (paren a))"}, {"a = b :: T", "(set a = (paren b))"},
	{"a += b :: T", "(+= a (paren b))"}, {"return if a then b :: T else c", "(return (if a (paren b) c))"},
	{"return `{a :: T}`", `(return (interp "" (paren a) ""))`},
}

func TestEveryTypeStandsInEveryPlace(t *testing.T) {
	forms := append(append([]string{}, parts...), "A?", "A | B", "A & B", "A | B?", "| A | B", "(A?)",
		"(A) -> B", "() -> ()", "<X>(X) -> X", "(a: A, b: B) -> (A, B)", "(...A) -> ...B")
	for _, place := range typePlaces {
		for _, form := range forms {
			expectParses(t, strings.ReplaceAll(place.source, "T", form), place.want)
		}
	}
}

func TestEveryPlaceWantsAType(t *testing.T) {
	for _, place := range typePlaces {
		at := strings.Index(place.source, "T")
		if at < 0 {
			continue
		}
		if strings.Contains(place.source, "<<T") {
			continue // may be empty
		}
		source := place.source[:at] + "+"
		_, err := syntax.Parse(source)
		require.Error(t, err, source)
		want := fmt.Sprintf("%d: Expected type, got '+'", len(strings.TrimRight(place.source[:at], " "))+1)
		require.Equal(t, "1:"+want, err.Error(), source)
	}
}

func TestDeclarationsAreForDefinitionFiles(t *testing.T) {
	const incomplete = "1:1: Incomplete statement: expected assignment or a function call"
	for _, source := range []string{
		"declare x: number", "declare function f(): number", "declare class A end",
		"declare extern type A with end", "declare", "export", "export x", "export function f() end",
		"export local x = 1", "export const x = 1", "goto x", "async function f() end", "class A end",
	} {
		expectError(t, source, incomplete)
	}
	expectError(t, "@native declare function f() end", "1:9: Expected 'function', 'local function', "+
		"'const function', 'declare function' or a function type declaration after attribute, but got "+
		"'declare' instead")
}

func TestAttributesStandBeforeEveryFunction(t *testing.T) {
	for _, attribute := range []struct {
		source string
		native bool
	}{
		{"@native", true}, {"@checked", false}, {"@deprecated", false}, {"@native @checked", true},
		{"@checked @native", true}, {"@[native]", true}, {"@[checked]", false}, {"@[checked, native]", true},
		{"@[native] @checked", true}, {"@[deprecated { use = 'x' }]", false}, {"@[deprecated({}), native]", true},
		{"@native\n", true}, {"@[\nnative\n]\n", true}, {"@native -- note\n", true},
	} {
		head := "fn"
		if attribute.native {
			head = "native fn"
		}
		for _, e := range []example{
			{"A function f() end", "(function f (FN f []))"},
			{"A function a.b() end", "(function a.b (FN b []))"},
			{"A function a:b() end", "(function a.b (FN b [$self]))"},
			{"A local function f() end", "(localfn $f (FN f []))"},
			{"A const function f() end", "(localfn $f (FN f []))"},
			{"x = A function() end", "(set x = (FN []))"},
			{"f(A function() end)", "(f (FN []))"},
			{"return { A function() end, a = A function() end }", `(return {(FN []) "a"=(FN a [])})`},
			{"f() A function g() end h()", "(f) (function g (FN g [])) (h)"},
		} {
			expectParses(t, strings.ReplaceAll(e.source, "A", attribute.source), strings.ReplaceAll(e.want, "FN", head))
		}
		const after = "Expected 'function', 'local function', 'const function', 'declare function' or a " +
			"function type declaration after attribute, but got "
		for _, other := range []string{"if", "while", "return", "do", "for", "repeat", "1", "type", "x"} {
			_, err := syntax.Parse(attribute.source + " " + other)
			require.ErrorContains(t, err, after+"'"+other+"' instead", attribute.source)
		}
	}
}
