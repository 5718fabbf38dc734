package syntax_test

import (
	"fmt"
	"math/big"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"savestone/luabridge/syntax"
)

// stringOf returns the value of a string literal.
func stringOf(t *testing.T, source string) string {
	t.Helper()
	chunk, err := syntax.Parse("return " + source)
	require.NoError(t, err, source)
	return chunk.Body.Stats[0].(*syntax.Return).Exprs[0].(*syntax.String).Value
}

const malformedEscape = "1:5: String literal contains malformed escape sequence"

func TestEveryByteHasADecimalAndAHexadecimalEscape(t *testing.T) {
	for code := range 1000 {
		escape := fmt.Sprintf(`\%03d`, code)
		if code > 255 {
			expectError(t, "x = '"+escape+"'", malformedEscape)
			continue
		}
		require.Equal(t, string([]byte{byte(code)})+"0", stringOf(t, "'"+escape+"0'"), escape)
		if code < 100 {
			short := fmt.Sprintf(`\%d`, code)
			require.Equal(t, string([]byte{byte(code)})+"x", stringOf(t, `"`+short+`x"`), short)
		}
		for _, form := range []string{`\x%02x`, `\x%02X`} {
			escape := fmt.Sprintf(form, code)
			require.Equal(t, "a"+string([]byte{byte(code)})+"f", stringOf(t, "'a"+escape+"f'"), escape)
			require.Equal(t, string([]byte{byte(code)}), stringOf(t, "`"+escape+"`"), escape)
		}
	}
}

func TestEveryLetterIsAnEscapeOrItself(t *testing.T) {
	special := map[byte]string{
		'a': "\a", 'b': "\b", 'f': "\f", 'n': "\n", 'r': "\r", 't': "\t", 'v': "\v", 'z': "",
	}
	for c := byte('!'); c <= '~'; c++ {
		escape := `\` + string(c)
		switch {
		case '0' <= c && c <= '9':
			require.Equal(t, string([]byte{c - '0'}), stringOf(t, "'"+escape+"'"), escape)
		case c == 'x' || c == 'u':
			expectError(t, "x = '"+escape+"'", malformedEscape)
			expectError(t, "x = '"+escape+" 00'", malformedEscape)
		default:
			want, ok := special[c]
			if !ok {
				want = string(c)
			}
			for _, quote := range []string{"'", `"`, "`"} {
				require.Equal(t, "-"+want+"-", stringOf(t, quote+"-"+escape+"-"+quote), escape)
			}
		}
	}
}

func TestCodePointsAreWrittenInUTF8(t *testing.T) {
	for _, code := range []rune{
		0, 1, 0x41, 0x7e, 0x7f, 0x80, 0x81, 0xff, 0x100, 0x7fe, 0x7ff, 0x800, 0x801, 0x0fff, 0x1000,
		0x20ac, 0xd7ff, 0xe000, 0xfffd, 0xffff, 0x10000, 0x10001, 0x1f600, 0xfffff, 0x100000, 0x10ffff,
	} {
		for _, form := range []string{`\u{%x}`, `\u{%X}`, `\u{0%x}`, `\u{%08x}`} {
			escape := fmt.Sprintf(form, code)
			want := string(utf8.AppendRune(nil, code))
			require.Equal(t, "("+want+")", stringOf(t, "'("+escape+")'"), escape)
			require.Equal(t, want+want, stringOf(t, "`"+escape+escape+"`"), escape)
		}
	}
	for code := 0x110000; code < 0x110000<<8; code += 0x3fffff {
		expectError(t, fmt.Sprintf(`x = '\u{%x}'`, code), malformedEscape)
	}
}

func TestLongBracketsOfEveryLevel(t *testing.T) {
	for level := range 6 {
		bars := strings.Repeat("=", level)
		open, closing := "["+bars+"[", "]"+bars+"]"
		for _, e := range []example{
			{"", ""}, {"a", "a"}, {"\n", ""}, {"\na", "a"}, {"\n\na", "\na"}, {"\r\na\r\n", "a\n"},
			{"a\nb", "a\nb"}, {" \n", " \n"}, {`\n\x41\`, `\n\x41\`}, {"'\"`{}", "'\"`{}"}, {"--", "--"},
			{"[" + bars, "[" + bars}, {"a]b", "a]b"}, {"]" + bars + "=", "]" + bars + "="},
			{"[" + bars + "[", "[" + bars + "["}, {"\u00e9\xff", "\u00e9\xff"}, {"\x00", "\x00"},
		} {
			if strings.Contains(e.source+closing[:1], closing) || level == 0 && e.source == "a]b]" {
				continue
			}
			require.Equal(t, e.want, stringOf(t, open+e.source+closing), open+e.source+closing)
			expectParses(t, "f"+open+e.source+closing, fmt.Sprintf("(f %q)", e.want))
			expectParses(t, "--"+open+e.source+closing+"f()", "(f)")
			expectError(t, "x = "+open+e.source, "1:5: Malformed string; did you forget to finish it?")
		}
		for other := range 6 {
			if other != level {
				inner := "]" + strings.Repeat("=", other) + "]"
				require.Equal(t, "a"+inner+"b", stringOf(t, open+"a"+inner+"b"+closing))
			}
		}
	}
}

// Decimal numbers are compared with the nearest double to the exact value; underscores do not count.
func TestNumbersInAllForms(t *testing.T) {
	exact := func(text string) float64 {
		value, ok := new(big.Rat).SetString(strings.ReplaceAll(text, "_", ""))
		require.True(t, ok, text)
		f, _ := value.Float64()
		return f
	}
	for _, whole := range []string{"0", "1", "42", "007", "1_000", "123456789", "9007199254740993", "1__2_", "4_"} {
		for _, fraction := range []string{"", ".0", ".5", ".25", ".1", ".000_1", ".3333333333333333", ".5_"} {
			for _, exponent := range []string{"", "e0", "e1", "E2", "e+3", "e-3", "E-10", "e1_0", "e+0_1"} {
				text := whole + fraction + exponent
				require.Equal(t, exact(text), numberOf(t, text), text)
			}
		}
		require.Equal(t, exact(whole), numberOf(t, whole+"."), whole)
		if whole[0] != '0' {
			require.Equal(t, exact("0."+whole), numberOf(t, "."+whole), whole)
		}
	}
	for n := uint64(1); n != 0; n <<= 3 {
		for _, form := range []string{"0x%x", "0X%X", "0x0%x", "0x_%x", "0b%b", "0B0%b", "0b_%b_"} {
			text := fmt.Sprintf(form, n)
			require.Equal(t, float64(n), numberOf(t, text), text)
			text = fmt.Sprintf(form, n|1)
			require.Equal(t, float64(n|1), numberOf(t, text), text)
		}
	}
}

func TestMalformedNumbersOfEveryKind(t *testing.T) {
	for _, number := range []string{"0x", "0b", "1e", "1E", "1e+", "1e-", "1.5e", ".5e", "0x_", "0b_", "1e_"} {
		expectError(t, "x = "+number, "1:5: Malformed number")
		expectError(t, "x = 1 + "+number+" + 2", "1:9: Malformed number")
		expectError(t, "f("+number+")", "1:3: Malformed number")
		expectError(t, "x = { "+number+" }", "1:7: Malformed number")
	}
	for c := 'a'; c <= 'z'; c++ {
		if c == 'e' {
			continue // begins an exponent
		}
		expectError(t, "x = 1"+string(c), "1:5: Malformed number")
		expectError(t, "x = 1.5"+string(c)+"1", "1:5: Malformed number")
		expectError(t, "x = 1e1"+string(c), "1:5: Malformed number")
		if c > 'f' {
			expectError(t, "x = 0x1"+string(c), "1:5: Malformed number")
		}
		expectError(t, "x = 0b1"+string(c), "1:5: Malformed number")
	}
	for _, number := range []string{"1..2", "1.2.3", "1...2", ".1.", "1._.2"} {
		expectError(t, "x = "+number, "1:5: Malformed number")
	}
	// A point ends a number with an exponent or a prefix, so that another number begins there.
	for _, number := range []string{"1e1", "0x1", "0b1"} {
		expectError(t, "x = "+number+".5", "1:8: Expected identifier when parsing expression, got '.5'")
	}
	for digit := '2'; digit <= '9'; digit++ {
		expectError(t, "x = 0b1"+string(digit), "1:5: Malformed number")
	}
}

func TestInterpolationHoldsEveryExpression(t *testing.T) {
	for _, operand := range operands {
		if strings.HasPrefix(operand.source, "{") {
			expectExpr(t, "`{ "+operand.source+" }`", `(interp "" `+operand.want+` "")`)
			continue
		}
		expectExpr(t, "`{"+operand.source+"}`", `(interp "" `+operand.want+` "")`)
		expectExpr(t, "`a{"+operand.source+"}b`", `(interp "a" `+operand.want+` "b")`)
		expectExpr(t, "`{"+operand.source+"}{"+operand.source+"}`",
			`(interp "" `+operand.want+` "" `+operand.want+` "")`)
		expectExpr(t, "`{`{"+operand.source+"}`}`", `(interp "" (interp "" `+operand.want+` "") "")`)
		expectExpr(t, "f(`{"+operand.source+"}`, 1)", `(f (interp "" `+operand.want+` "") 1)`)
		expectExpr(t, "{ `{"+operand.source+"}` }", `{(interp "" `+operand.want+` "")}`)
		expectExpr(t, "`{"+operand.source+"}` .. x", `(.. (interp "" `+operand.want+` "") x)`)
		expectExpr(t, "`{if x then "+operand.source+" else y}`",
			`(interp "" (if x `+operand.want+` y) "")`)
	}
	for _, op := range binaryOperators() {
		expectExpr(t, "`{a "+op+" b}`", `(interp "" (`+op+` a b) "")`)
	}
}

func TestIfExpressionsHoldEveryExpression(t *testing.T) {
	for _, o := range operands {
		expectExpr(t, "if "+o.source+" then a else b", "(if "+o.want+" a b)")
		expectExpr(t, "if a then "+o.source+" else b", "(if a "+o.want+" b)")
		expectExpr(t, "if a then b else "+o.source, "(if a b "+o.want+")")
		expectExpr(t, "if a then b elseif "+o.source+" then c else d", "(if a b (if "+o.want+" c d))")
		expectExpr(t, "if a then b elseif c then "+o.source+" else d", "(if a b (if c "+o.want+" d))")
	}
	for _, op := range binaryOperators() {
		expectExpr(t, "if a "+op+" b then c "+op+" d else e "+op+" f",
			fmt.Sprintf("(if (%[1]s a b) (%[1]s c d) (%[1]s e f))", op))
		expectExpr(t, "x "+op+" if a then b else c "+op+" d",
			fmt.Sprintf("(%[1]s x (if a b (%[1]s c d)))", op))
		expectExpr(t, "(if a then b else c) "+op+" d", "("+op+" (paren (if a b c)) d)")
	}
	for _, unary := range unaryOperators {
		expectExpr(t, unary+" if a then b else c", "("+unary+" (if a b c))")
	}
}

func TestTablesAndCallsHoldEveryExpression(t *testing.T) {
	for _, o := range operands {
		for _, e := range []example{
			{"{X}", "{W}"}, {"{X,}", "{W}"}, {"{X;}", "{W}"}, {"{a, X}", "{a W}"}, {"{X; X}", "{W W}"},
			{"{a = X}", `{"a"=W}`}, {"{a = X, X}", `{"a"=W W}`}, {"{[1] = X}", "{1=W}"}, {"{[ X ] = 1}", "{W=1}"},
			{"f(X)", "(f W)"}, {"f(a, X)", "(f a W)"}, {"f(X, a)", "(f W a)"}, {"a:f(X)", "(a:f W)"},
			{"f(f(X))", "(f (f W))"}, {"a[ X ]", "a[W]"}, {"a.b[ X ].c", "a.b[W].c"}, {"f{X}", "(f {W})"},
			{"((X))", "(paren (paren W))"}, {"(X), X", "(paren W) W"},
		} {
			if o.source == "function() end" && strings.Contains(e.source, "a = X") {
				continue // the field's name is the function's
			}
			expectExpr(t, strings.ReplaceAll(e.source, "X", o.source), strings.ReplaceAll(e.want, "W", o.want))
		}
		expectParses(t, "local x = "+o.source, "(local $x = "+o.want+")")
		expectParses(t, "local x, y = "+o.source+", "+o.source, "(local $x $y = "+o.want+" "+o.want+")")
		expectParses(t, "const x = "+o.source, "(local $x = "+o.want+")")
		expectParses(t, "a.b = "+o.source, "(set a.b = "+o.want+")")
		expectParses(t, "a += "+o.source, "(+= a "+o.want+")")
		expectParses(t, "if "+o.source+" then elseif "+o.source+" then end",
			"(if "+o.want+" (then) (if "+o.want+" (then)))")
		expectParses(t, "while "+o.source+" do end", "(while "+o.want+")")
		expectParses(t, "repeat until "+o.source, "(repeat until "+o.want+")")
		expectParses(t, "for i = "+o.source+", "+o.source+", "+o.source+" do end",
			"(for $i "+o.want+" "+o.want+" "+o.want+" do)")
		expectParses(t, "for k, v in "+o.source+" do end", "(for $k $v in "+o.want+" do)")
		expectParses(t, "do return "+o.source+" end", "(do (return "+o.want+"))")
	}
}
