package syntax_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"savestone/luabridge/syntax"
)

func numberOf(t *testing.T, source string) float64 {
	t.Helper()
	chunk, err := syntax.Parse("return " + source)
	require.NoError(t, err, source)
	return chunk.Body.Stats[0].(*syntax.Return).Exprs[0].(*syntax.Number).Value
}

func TestNumbersAreConverted(t *testing.T) {
	for source, want := range map[string]float64{
		"0": 0, "7": 7, "007": 7, "123456789012345": 123456789012345, "3.": 3, ".5": 0.5,
		"0.1": 0.1, "1e3": 1000, "1E+3": 1000, "1e-3": 0.001, "5.e1": 50, "1.5e2": 150,
		"9007199254740993": 9007199254740992, "12345678901234567890": 12345678901234567890,
		"0x10": 16, "0XfF": 255, "0xABCDEF": 0xABCDEF, "0b101": 5, "0B0": 0,
		"0x20000000000001": 0x20000000000000, "0xffffffffffffffff": math.MaxUint64,
		"0x10000000000000000": math.MaxUint64,
		"0b11111111111111111111111111111111111111111111111111111111111111111": math.MaxUint64,
		"1_000_000": 1e6, "1__0": 10, "1_": 1, "0x_ff": 255, "0xf_f": 255, "0b_1_0": 2,
		"1_0.0_1": 10.01, "1e1_0": 1e10, "1_e2": 100, "1e400": math.Inf(1), "1e-400": 0,
	} {
		require.Equal(t, want, numberOf(t, source), source)
	}
}

func TestMalformedNumbersAreErrors(t *testing.T) {
	for _, source := range []string{
		"0x", "0b", "0b2", "0xg", "1e", "1e+", "1x", "3..2", "1.2.3", "5i", "08_x", "0x1p4",
		"12abc", "0b102", "0x_", "1inf", "1e1e1", "0e+x",
	} {
		expectError(t, "return "+source, "1:8: Malformed number")
	}
}

func TestStringEscapesAreResolved(t *testing.T) {
	for _, e := range []example{
		{`"plain"`, "plain"},
		{`'single "quotes"'`, `single "quotes"`},
		{`""`, ""},
		{`"\a\b\f\n\r\t\v"`, "\a\b\f\n\r\t\v"},
		{`"\\ \" \'"`, `\ " '`},
		{`"\q\-"`, "q-"},
		{`"\65\066\1000"`, "ABd0"},
		{`"\0"`, "\x00"},
		{`"\255"`, "\xff"},
		{`"\x41\xfF"`, "A\xff"},
		{`"\u{41}\u{20AC}\u{10FFFF}\u{7ff}"`, "A\u20ac\U0010ffff\u07ff"},
		{`"\u{0000000000000041}"`, "A"},
		{`"\u{d800}"`, "\xed\xa0\x80"},
		{"\"a\\\nb\"", "a\nb"},
		{"\"a\\\r\nb\"", "a\nb"},
		{"\"a\\z  \n\t b\"", "ab"},
		{`"\z"`, ""},
		{"[[]]", ""},
		{"[[a\nb]]", "a\nb"},
		{"[[\na]]", "a"},
		{"[[\n\na]]", "\na"},
		{"[[\r\na\r\nb]]", "a\nb"},
		{"[==[ ]] ]=] ]==]", " ]] ]=] "},
		{`[[\n]]`, `\n`},
		{"[[]x]]", "]x"},
		{"[=[]]=]", "]"},
		{"``", ""},
		{"`plain`", "plain"},
		{"`\\{`", "{"},
		{"`\\`\\n`", "`\n"},
		{"`\\u{41}`", "A"},
		{"\"\u00e9\"", "\u00e9"},
		{"'\xff'", "\xff"},
	} {
		chunk, err := syntax.Parse("return " + e.source)
		require.NoError(t, err, e.source)
		value := chunk.Body.Stats[0].(*syntax.Return).Exprs[0].(*syntax.String).Value
		require.Equal(t, e.want, value, e.source)
	}
}

func TestMalformedEscapesAreErrors(t *testing.T) {
	for _, escape := range []string{
		`\x`, `\x4`, `\xg0`, `\256`, `\999`, `\u`, `\u{`, `\u{}`, `\u{110000}`, `\u{g}`, `\u41`,
		`\u{00000000000000041}`, "\\\x00",
	} {
		expectError(t, "x = '"+escape+"'",
			"1:5: String literal contains malformed escape sequence")
	}
	expectError(t, "f'\\256'", "1:2: String literal contains malformed escape sequence")
	expectError(t, "x = `\\256`", "1:5: String literal contains malformed escape sequence")
	expectError(t, "x = `{y}\\256`",
		"1:5: Interpolated string literal contains malformed escape sequence")
}

func TestUnfinishedStringsAreErrors(t *testing.T) {
	for _, text := range []string{
		`"abc`, `'abc"`, "\"abc\n\"", `"abc\"`, "[[abc", "[==[abc]=]", "[=", "[==x",
	} {
		expectError(t, "x = "+text, "1:5: Malformed string; did you forget to finish it?")
	}
	expectError(t, "f(1, `abc", "1:6: Malformed string; did you forget to finish it?")
}

func TestInterpolatedStrings(t *testing.T) {
	expectExpr(t, "`a{x}b`", `(interp "a" x "b")`)
	expectExpr(t, "`{x}{y}`", `(interp "" x "" y "")`)
	expectExpr(t, "`{`{`{x}`}`}`", `(interp "" (interp "" (interp "" x "") "") "")`)
	expectExpr(t, "`{ {1, {2}} }`", `(interp "" {1 {2}} "")`)
	expectExpr(t, "`{f({a = `{b}`})}!`", `(interp "" (f {"a"=(interp "" b "")}) "!")`)
	expectExpr(t, "`\\{not {1}\\}`", `(interp "{not " 1 "}")`)
	expectExpr(t, "`\\u{41}{1}`", `(interp "A" 1 "")`)
	expectExpr(t, "`a\\\nb{1}`", `(interp "a\nb" 1 "")`)
	expectExpr(t, "`{1 -- note\n}`", `(interp "" 1 "")`)
	expectExpr(t, "`{\"}\"}`", `(interp "" "}" "")`)
	expectParses(t, "f(`{x}`)\nlocal t = {}", `(f (interp "" x "")) (local $t = {})`)
}

func TestBrokenInterpolatedStringsAreErrors(t *testing.T) {
	braces := `Double braces are not permitted within interpolated strings; did you mean '\{'?`
	expectError(t, "x = `{{y}}`", "1:5: "+braces)
	expectError(t, "x = `{y}{{z}}`", "1:5: "+braces)
	expectError(t, "x = `{}`",
		"1:5: Malformed interpolated string, expected expression inside '{}'")
	expectError(t, "x = `{y",
		"1:7: Malformed interpolated string; did you forget to add a '}'?")
	expectError(t, "x = `{y} z",
		"1:7: Malformed interpolated string; did you forget to add a '`'?")
	expectError(t, "x = `{y z}`", "1:5: Malformed interpolated string, got 'z'")
	expectError(t, "f`{x}`",
		"1:1: Incomplete statement: expected assignment or a function call")
}
