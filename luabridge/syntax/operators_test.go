package syntax_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"savestone/luabridge/syntax"
)

// The tests in this file hold every combination of operators against a second reading of Luau's
// grammar: the order of precedence as its manual lists it, applied by the shunting-yard algorithm,
// while the parser climbs.

// levels are the binary operators from those that bind least to those that bind most.
var levels = [][]string{
	{"or"}, {"and"}, {"<", ">", "<=", ">=", "~=", "=="}, {".."}, {"+", "-"}, {"*", "/", "//", "%"},
	{"unary"}, {"^"},
}

var unaryOperators = []string{"-", "#", "not"}

func level(op string) int {
	for i, ops := range levels {
		for _, other := range ops {
			if op == other {
				return i
			}
		}
	}
	panic(op)
}

func rightAssociative(op string) bool { return op == ".." || op == "^" }

func binaryOperators() []string {
	var all []string
	for _, ops := range levels {
		if ops[0] != "unary" {
			all = append(all, ops...)
		}
	}
	return all
}

// yard groups the words of an expression: operands, binary operators and, where an operand could
// stand, unary ones.
func yard(words ...string) string {
	var output, operators []string
	pop := func() {
		op := operators[len(operators)-1]
		operators = operators[:len(operators)-1]
		last := len(output) - 1
		if name, unary := strings.CutPrefix(op, "unary "); unary {
			output[last] = fmt.Sprintf("(%s %s)", name, output[last])
			return
		}
		output[last-1] = fmt.Sprintf("(%s %s %s)", op, output[last-1], output[last])
		output = output[:last]
	}
	above := func(op string) int {
		if strings.HasPrefix(op, "unary ") {
			return level("unary")
		}
		return level(op)
	}
	operand := true
	for _, word := range words {
		isUnary := operand && strings.Contains(" - # not ", " "+word+" ")
		switch {
		case isUnary:
			operators = append(operators, "unary "+word)
		case operand:
			output, operand = append(output, word), false
		default:
			for len(operators) > 0 {
				top := above(operators[len(operators)-1])
				if top < level(word) || top == level(word) && rightAssociative(word) {
					break
				}
				pop()
			}
			operators, operand = append(operators, word), true
		}
	}
	for len(operators) > 0 {
		pop()
	}
	return output[0]
}

func TestYardKnowsTheManual(t *testing.T) {
	require.Equal(t, "(or a (and b c))", yard("a", "or", "b", "and", "c"))
	require.Equal(t, "(- (^ a (- b)))", yard("-", "a", "^", "-", "b"))
	require.Equal(t, "(.. a (.. b (+ c d)))", yard("a", "..", "b", "..", "c", "+", "d"))
	require.Equal(t, "(== (not a) b)", yard("not", "a", "==", "b"))
}

func expectGrouped(t *testing.T, words ...string) {
	t.Helper()
	expectExpr(t, strings.Join(words, " "), yard(words...))
}

func TestEveryPairAndTripleOfBinaryOperatorsGroups(t *testing.T) {
	for _, first := range binaryOperators() {
		expectGrouped(t, "a", first, "b")
		for _, second := range binaryOperators() {
			expectGrouped(t, "a", first, "b", second, "c")
			for _, third := range binaryOperators() {
				expectGrouped(t, "a", first, "b", second, "c", third, "d")
			}
		}
	}
}

func TestEveryUnaryOperatorGroupsWithEveryBinaryOne(t *testing.T) {
	for _, unary := range unaryOperators {
		for _, op := range binaryOperators() {
			expectGrouped(t, unary, "a", op, "b")
			expectGrouped(t, "a", op, unary, "b")
			expectGrouped(t, unary, "a", op, unary, "b")
			for _, second := range binaryOperators() {
				expectGrouped(t, unary, "a", op, "b", second, "c")
				expectGrouped(t, "a", op, unary, "b", second, "c")
				expectGrouped(t, "a", op, "b", second, unary, "c")
			}
			for _, inner := range unaryOperators {
				expectGrouped(t, unary, inner, "a", op, "b")
				expectGrouped(t, "a", op, unary, inner, "b")
			}
		}
	}
}

func TestParenthesesGroupAgainstEveryPrecedence(t *testing.T) {
	for _, first := range binaryOperators() {
		for _, second := range binaryOperators() {
			inner := "(paren (" + first + " a b))"
			expectExpr(t, "(a "+first+" b) "+second+" c", "("+second+" "+inner+" c)")
			inner = "(paren (" + second + " b c))"
			expectExpr(t, "a "+first+" (b "+second+" c)", "("+first+" a "+inner+")")
		}
		for _, unary := range unaryOperators {
			expectExpr(t, unary+" (a "+first+" b)", "("+unary+" (paren ("+first+" a b)))")
			expectExpr(t, "("+unary+" a) "+first+" b", "("+first+" (paren ("+unary+" a)) b)")
		}
	}
}

// operands are the things that operators stand between, with what they are in the tree.
var operands = []example{
	{"nil", "nil"}, {"true", "true"}, {"1", "1"}, {"'s'", `"s"`}, {"[[s]]", `"s"`}, {"{}", "{}"},
	{"...", "..."}, {"a.b", "a.b"}, {"a[b]", "a[b]"}, {"a()", "(a)"}, {"a:b()", "(a:b)"},
	{"a'x'", `(a "x")`}, {"a{}", "(a {})"}, {"(a)", "(paren a)"}, {"`x`", `"x"`},
	{"`{x}`", `(interp "" x "")`}, {"function() end", "(fn [])"}, {"a :: any", "(paren a)"},
	{"f<<T>>", "(paren f)"}, {"f<<T>>()", "((paren f))"}, {"a.b.c", "a.b.c"},
	{"a.b:c(1)[2]", "(a.b:c 1)[2]"},
}

func TestEveryOperandStandsOnBothSidesOfEveryOperator(t *testing.T) {
	for _, op := range binaryOperators() {
		for _, operand := range operands {
			expectExpr(t, "x "+op+" "+operand.source, "("+op+" x "+operand.want+")")
			if !strings.HasSuffix(operand.source, "any") || op != "<" { // any < begins any<T>
				expectExpr(t, operand.source+" "+op+" x", "("+op+" "+operand.want+" x)")
			}
		}
	}
	for _, unary := range unaryOperators {
		for _, operand := range operands {
			expectExpr(t, unary+" "+operand.source, "("+unary+" "+operand.want+")")
		}
	}
}

func TestSymbolsNeedNoSpacesAroundThem(t *testing.T) {
	for _, op := range binaryOperators() {
		if op == "and" || op == "or" {
			continue
		}
		expectExpr(t, "a"+op+"b", "("+op+" a b)")
		expectExpr(t, "a\n"+op+"\n\tb", "("+op+" a b)")
		expectExpr(t, "a--[[x]]"+op+" --x\nb", "("+op+" a b)")
		expectExpr(t, "(a)"+op+"(b)", "("+op+" (paren a) (paren b))")
		expectExpr(t, "''"+op+"{}", "("+op+` "" {})`)
	}
}

// The place of an operation is where it starts; that of its operator is kept beside it.
func TestOperatorsKeepTheirPlace(t *testing.T) {
	for _, op := range binaryOperators() {
		source := "return\n  left " + op + " right"
		chunk, err := syntax.Parse(source)
		require.NoError(t, err, source)
		binary := chunk.Body.Stats[0].(*syntax.Return).Exprs[0].(*syntax.Binary)
		require.Equal(t, syntax.Pos{Line: 2, Col: 3}, binary.Pos, source)
		require.Equal(t, syntax.Pos{Line: 2, Col: 8}, binary.OpPos, source)
		require.Equal(t, syntax.Pos{Line: 2, Col: 9 + len(op)}, binary.R.At(), source)
		require.Equal(t, op, binary.Op.String())
	}
}

func TestOperatorsWithoutOperandAreErrors(t *testing.T) {
	const wanted = "Expected identifier when parsing expression, got "
	for _, op := range binaryOperators() {
		expectError(t, "x = a "+op, fmt.Sprintf("1:%d: %s<eof>", 7+len(op), wanted))
		expectError(t, "x = a "+op+" )", fmt.Sprintf("1:%d: %s')'", 8+len(op), wanted))
		expectError(t, "x = a "+op+" end", fmt.Sprintf("1:%d: %s'end'", 8+len(op), wanted))
		if op != "-" {
			expectError(t, "x = "+op+" a", "1:5: "+wanted+"'"+op+"'")
		}
		for _, second := range binaryOperators() {
			if second != "-" && op+second != "<<" { // which begins the types of f<<T>>
				expectError(t, "x = a "+op+" "+second+" b",
					fmt.Sprintf("1:%d: %s'%s'", 8+len(op), wanted, second))
			}
		}
	}
	for _, unary := range unaryOperators {
		expectError(t, "x = "+unary, fmt.Sprintf("1:%d: %s<eof>", 5+len(unary), wanted))
		expectError(t, "x = "+unary+" ,", fmt.Sprintf("1:%d: %s','", 6+len(unary), wanted))
	}
}

// targets are what can be assigned to, with what they are in the tree.
var targets = []example{
	{"a", "a"}, {"a.b", "a.b"}, {"a[b]", "a[b]"}, {"a.b.c", "a.b.c"}, {"a[b][c]", "a[b][c]"},
	{"a().b", "(a).b"}, {"a()[1]", "(a)[1]"}, {"a:b().c", "(a:b).c"}, {"(a).b", "(paren a).b"},
	{"('x').y", `(paren "x").y`}, {"a'x'.y", `(a "x").y`}, {"a{}.b", "(a {}).b"},
	{"a[b.c].d", "a[b.c].d"}, {"a[f()]", "a[(f)]"}, {"a.type", "a.type"},
	{"continue", "continue"}, {"type", "type"}, {"export", "export"}, {"self", "self"},
}

func TestEveryTargetTakesEveryAssignment(t *testing.T) {
	for _, target := range targets {
		expectParses(t, target.source+" = 1", "(set "+target.want+" = 1)")
		expectParses(t, target.source+", x = f()", "(set "+target.want+" x = (f))")
		expectParses(t, "x, "+target.source+" = 1, 2", "(set x "+target.want+" = 1 2)")
		for _, op := range []string{"+", "-", "*", "/", "//", "%", "^", ".."} {
			expectParses(t, target.source+" "+op+"= 1", "("+op+"= "+target.want+" 1)")
			expectParses(t, target.source+op+"= a"+op+"b",
				"("+op+"= "+target.want+" ("+op+" a b))")
			expectParses(t, "f(); "+target.source+" "+op+"= 1 g()",
				"(f) ("+op+"= "+target.want+" 1) (g)")
		}
	}
}

func TestWhatIsNoTargetIsRefused(t *testing.T) {
	const wanted = "Assigned expression must be a variable or a field"
	for _, source := range []string{"(a)", "a :: any", "(a.b)", "f<<T>>"} {
		if source != "a :: any" {
			expectError(t, source+" = 1", "1:1: "+wanted)
			expectError(t, source+" += 1", "1:1: "+wanted)
		}
	}
	for _, op := range []string{"+=", "-=", "*=", "/=", "//=", "%=", "^=", "..="} {
		expectError(t, "a, b "+op+" 1", "1:6: Expected '=' when parsing assignment, got '"+op+"'")
		expectError(t, "a "+op, fmt.Sprintf(
			"1:%d: Expected identifier when parsing expression, got <eof>", 3+len(op)))
		expectError(t, "a "+op+" 1, 2", fmt.Sprintf(
			"1:%d: Expected identifier when parsing expression, got ','", 5+len(op)))
		expectError(t, "f() "+op+" 1",
			"1:5: Expected identifier when parsing expression, got '"+op+"'")
		expectError(t, "x = a "+op+" 1",
			"1:7: Expected identifier when parsing expression, got '"+op+"'")
	}
}
