package syntax_test

import (
	"fmt"
	"strings"
	"testing"
)

// keywords are Luau's reserved words.
var keywords = []string{
	"and", "break", "do", "else", "elseif", "end", "false", "for", "function", "if", "in", "local",
	"nil", "not", "or", "repeat", "return", "then", "true", "until", "while",
}

// words have a meaning only in some places, or none at all; they are names everywhere else.
var words = []string{
	"type", "export", "continue", "const", "declare", "read", "write", "typeof", "self", "class",
	"extends", "native", "checked", "goto", "async", "await", "is", "as", "_", "__index", "x1",
}

// namePlaces are the places of names: a source with %s, what follows the error for a word that is
// none, and where the name begins.
var namePlaces = []struct {
	source, context string
	col             int
}{
	{"local %s", " when parsing variable name", 7},
	{"local a, %s", " when parsing variable name", 10},
	{"local function %s() end", " when parsing variable name", 16},
	{"function a.%s() end", " when parsing field name", 12},
	{"function a:%s() end", " when parsing method name", 12},
	{"for a, %s in b do end", " when parsing variable name", 8},
	{"for %s = 1, 2 do end", " when parsing variable name", 5},
	{"f(function(%s) end)", " when parsing variable name", 12},
	{"f(function(a, %s) end)", " when parsing variable name", 15},
	{"x = a.%s", "", 7},
	{"x = a.b.%s.c", "", 9},
	{"a:%s()", " when parsing method name", 3},
	{"type %s = A", " when parsing type name", 6},
	{"type T<%s> = A", "", 8},
	{"local a: M.%s = b", " when parsing field name", 12},
	{"type function %s() end", " when parsing type function name", 15},
	{"const %s = 1", " when parsing variable name", 7},
}

func TestKeywordsAreNoNames(t *testing.T) {
	for _, keyword := range keywords {
		for _, place := range namePlaces {
			source := fmt.Sprintf(place.source, keyword)
			if strings.HasPrefix(place.source, "const") && keyword == "function" {
				continue
			}
			if place.source == "type %s = A" && keyword == "function" {
				continue
			}
			if place.source == "local %s" && keyword == "function" {
				continue
			}
			expectError(t, source, fmt.Sprintf("1:%d: Expected identifier%s, got '%s'",
				place.col, place.context, keyword))
		}
	}
}

func TestWordsAreNamesInEveryPlace(t *testing.T) {
	for _, w := range words {
		for _, e := range []example{
			{"local W = 1 f(W)", "(local $W = 1) (f $W)"},
			{"local function W() return W end", "(localfn $W (fn W [] (return ^W)))"},
			{"function W() end", "(function W (fn W []))"},
			{"function a.W() end", "(function a.W (fn W []))"},
			{"function W:W() end", "(function W.W (fn W [$self]))"},
			{"for W = 1, 2 do f(W) end", "(for $W 1 2 do (f $W))"},
			{"for W, b in c do f(W) end", "(for $W $b in c do (f $W))"},
			{"f(function(W, ...) return W end)", "(f (fn [$W ...] (return $W)))"},
			{"x = W", "(set x = W)"},
			{"x = a.W + W.a", "(set x = (+ a.W W.a))"},
			{"x = { W = W, [W] = W, W }", `(set x = {"W"=W W=W W})`},
			{"x = W(W)", "(set x = (W W))"},
			{"W(W)", "(W W)"},
			{"W.a = 1", "(set W.a = 1)"},
			{"W[1] = 2", "(set W[1] = 2)"},
			{"W, a = 1, 2", "(set W a = 1 2)"},
			{"W = 1", "(set W = 1)"},
			{"W += 1", "(+= W 1)"},
			{"W'x'", `(W "x")`},
			{"W{1}", "(W {1})"},
			{"a:W()", "(a:W)"},
			{"W:W()", "(W:W)"},
			{"return W, W", "(return W W)"},
			{"return not W and -W or #W", "(return (or (and (not W) (- W)) (# W)))"},
			{"return `{W}`", `(return (interp "" W ""))`},
			{"return if W then W else W", "(return (if W W W))"},
			{"if W then W() end", "(if W (then (W)))"},
			{"while W do W() end", "(while W (W))"},
			{"repeat W() until W", "(repeat (W) until W)"},
			{"local a: W = W", "(local $a = W)"},
			{"local a: W<W> = W :: W", "(local $a = (paren W))"},
			{"local a: { W: W, [W]: W } = W", "(local $a = W)"},
			{"local a: (W: W) -> W", "(local $a =)"},
			{"type W = W f()", "(f)"},
			{"export type W<W, U...> = W f()", "(f)"},
			{"const W = 1 f(W)", "(local $W = 1) (f $W)"},
			{"W() -- W", "(W)"},
			{"f(W.W.W)", "(f W.W.W)"},
		} {
			if w == "typeof" && strings.Contains(e.source, ": ") && !strings.HasPrefix(e.source, "W") &&
				!strings.HasPrefix(e.source, "a:") {
				continue // typeof begins a type of its own
			}
			if w == "typeof" && strings.HasPrefix(e.source, "type W") ||
				w == "typeof" && strings.HasPrefix(e.source, "export type W") {
				continue
			}
			if w == "self" && strings.Contains(e.want, "$self") && !strings.Contains(e.want, "$W") {
				continue // prints as the hidden parameter
			}
			expectParses(t, strings.ReplaceAll(e.source, "W", w), strings.ReplaceAll(e.want, "W", w))
		}
	}
}

func TestContinueIsAStatementOnlyInLoops(t *testing.T) {
	for _, loop := range []example{
		{"while a do BODY end", "(while a BODY)"},
		{"for i = 1, 2 do BODY end", "(for $i 1 2 do BODY)"},
		{"for k in a do BODY end", "(for $k in a do BODY)"},
		{"repeat BODY until a", "(repeat BODY until a)"},
		{"while a do while b do BODY end end", "(while a (while b BODY))"},
		{"while a do f(function() while b do BODY end end) end",
			"(while a (f (fn [] (while b BODY))))"},
	} {
		for _, body := range []example{
			{"continue", "continue"}, {"break", "break"}, {"continue;", "continue"},
			{"break;", "break"}, {"if b then continue end", "(if b (then continue))"},
			{"if b then break else continue end", "(if b (then break) (do continue))"},
			{"do continue end", "(do continue)"}, {"f() continue", "(f) continue"},
			{"continue() break", "(continue) break"}, {"continue = 1", "(set continue = 1)"},
			{"local continue = 2 continue", "(local $continue = 2) continue"},
		} {
			expectParses(t, strings.Replace(loop.source, "BODY", body.source, 1),
				strings.Replace(loop.want, "BODY", body.want, 1))
		}
	}
	for _, place := range []string{
		"%s", "do %s end", "if a then %s end", "f() %s", "function f() %s end",
		"local function f() %s end", "x = function() %s end", "while a do end %s",
		"repeat until a %s", "for i = 1, 2 do end %s",
	} {
		for _, word := range []string{"break", "continue"} {
			source := fmt.Sprintf(place, word)
			expectError(t, source, fmt.Sprintf("1:%d: %s statement must be inside a loop",
				strings.Index(source, word)+1, word))
		}
	}
}

// starters are tokens that begin no expression.
var starters = []string{
	")", "]", "}", ",", ";", "=", "==", "~=", "<", "<=", ">", ">=", "..", "+", "*", "/", "//", "%",
	"^", ":", "::", ".", "->", "?", "+=", "-=", "*=", "/=", "//=", "%=", "^=", "..=", "and", "break",
	"do", "else", "elseif", "end", "for", "in", "local", "or", "repeat", "return", "then", "until",
	"while",
}

func TestWhatBeginsNoExpressionIsNamed(t *testing.T) {
	for _, token := range starters {
		for _, place := range []string{
			"x = %s", "x = (%s", "x = a[%s", "x = - %s", "x = not %s", "x = a + %s", "x = a and %s",
			"x = 1, %s", "local a = %s", "if %s", "while %s", "for i = %s", "for i = 1, %s",
			"for i in %s", "for i in a, %s", "a += %s", "f(a, b + %s", "return a, %s",
			"x = if %s", "x = if a then %s", "x = if a then b else %s", "x = { a = %s",
			"x = { [a] = %s", "x = { [%s", "repeat until %s",
		} {
			source, want := fmt.Sprintf(place, token), "identifier when parsing expression, got '%s'"
			if strings.HasSuffix(place, "[%s") && token[0] == '=' {
				continue // "[=" begins a long string
			}
			inList := strings.HasSuffix(place, ", %s") && place != "for i = 1, %s"
			if token == ")" && inList {
				want = "expression after ',' but got '%s' instead"
			}
			expectError(t, source, fmt.Sprintf("1:%d: Expected "+want, len(source)-len(token)+1, token))
		}
	}
}

// closers are constructs that need a closing token: what opens it, where, and what they lack.
var closers = []struct{ source, open, want string }{
	{"x = (a", "(", ")"}, {"f(a", "(", ")"}, {"f(", "(", ")"}, {"a:b(c", "(", ")"},
	{"x = a[b", "[", "]"}, {"x = {a", "{", "}"}, {"x = {a = b", "{", "}"}, {"x = {a, b", "{", "}"},
	{"x = { [a] = b", "{", "}"}, {"do f()", "do", "end"}, {"while a do f()", "do", "end"},
	{"for i = 1, 2 do f()", "do", "end"}, {"for i in a do f()", "do", "end"},
	{"if a then f()", "then", "end"}, {"if a then b() elseif c then f()", "then", "end"},
	{"if a then b() else f()", "else", "end"}, {"repeat f()", "repeat", "until"},
	{"function f() f()", "function", "end"}, {"local function f() f()", "function", "end"},
	{"x = function() f()", "function", "end"}, {"x = function(a", "(", ")"},
	{"local a: {b: c", "{", "}"}, {"local a: {b", "{", "}"}, {"local a: A<b", "<", ">"},
	{"local a: (b", "(", ")"}, {"local a: {[b", "[", "]"}, {"type A<b", "<", ">"},
	{"x = a<<b", "<", ">"}, {"local a: typeof(b", "(", ")"}, {"function f<A", "<", ">"},
	{"f(a, {b", "{", "}"}, {"x = a[b[c", "[", "]"}, {"x = ((a", "(", ")"},
}

func TestWhatIsNeverClosedIsNamedWithItsPlace(t *testing.T) {
	for _, c := range closers {
		if c.source == "f(" {
			continue // wants an argument first
		}
		at := strings.LastIndex(c.source, c.open) + 1
		if strings.HasPrefix(c.source, "local function") {
			at = 1 // Luau measures the "end" of such a function against the "local"
		}
		want := fmt.Sprintf("Expected '%s' (to close '%s' at column %d), got <eof>", c.want, c.open, at)
		expectError(t, c.source, fmt.Sprintf("1:%d: %s", len(c.source)+1, want))
		expectError(t, c.source+" ", fmt.Sprintf("1:%d: %s", len(c.source)+2, want))
		expectError(t, c.source+" -- note", fmt.Sprintf("1:%d: %s", len(c.source)+9, want))
		want = fmt.Sprintf("Expected '%s' (to close '%s' at line 1), got <eof>", c.want, c.open)
		expectError(t, c.source+"\n", "2:1: "+want)
		expectError(t, c.source+"\n\n  ", "3:3: "+want)
	}
}
