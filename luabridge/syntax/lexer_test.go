package syntax_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"savestone/luabridge/syntax"
)

func TestCommentsAreSkipped(t *testing.T) {
	for _, source := range []string{
		"-- a comment\nf()", "--!strict\n--!native\nf()", "--[[ long ]] f()",
		"--[[ two\nlines ]]f()",
		"--[==[ ]] ]=] ]==]f()", "--[=[ ]==] ]=] f()",
		"f() --", "--\rf()", "f() --[[]]", "--[=\nf()",
		"--[not long\nf()", "---[[ no long comment\nf()", "--\r\nf()", "f( --[[ here ]] )",
		"#!/usr/bin/env luau\nf()", "\xef\xbb\xbff()", "\xef\xbb\xbf#!shebang\nf()",
		"\tf\v\f()\r\n",
	} {
		expectParses(t, source, "(f)")
	}
}

func TestEmptySourcesAreChunks(t *testing.T) {
	expectParses(t, "", "")
	expectParses(t, "\n\n  \n", "")
	expectParses(t, "-- nothing", "")
	expectParses(t, "#!/bin/luau", "")
}

func TestBrokenCommentIsAnError(t *testing.T) {
	expectError(t, "f()\n--[[ never closed",
		"2:1: Expected identifier when parsing expression, got unfinished comment")
	expectError(t, "--[==[ ]]",
		"1:1: Expected identifier when parsing expression, got unfinished comment")
}

func TestStrayCharactersAreErrors(t *testing.T) {
	for _, e := range []example{
		{"$", "1:1: Expected identifier when parsing expression, got '$'"},
		{"x = \\", "1:5: Expected identifier when parsing expression, got '\\'"},
		{"x = ~y", "1:5: Expected identifier when parsing expression, got '~'"},
		{"local \u00e9 = 1",
			"1:7: Expected identifier when parsing variable name, got Unicode character U+e9"},
		{"print(\u201chi\u201d)",
			"1:7: Expected identifier when parsing expression, got Unicode character U+201c " +
				"(did you mean '\"'?)"},
		{"x = \xff",
			"1:5: Expected identifier when parsing expression, got invalid UTF-8 sequence"},
		{"x = 1 \x00", "1:7: Expected identifier when parsing expression, got '\x00'"},
	} {
		expectError(t, e.source, e.want)
	}
}

func TestLongestOperatorWins(t *testing.T) {
	expectParses(t, "a//=b//c/d", "(//= a (/ (// b c) d))")
	expectParses(t, "a..=b..c", "(..= a (.. b c))")
	expectParses(t, "a-=-b", "(-= a (- b))")
	expectExpr(t, "a<=b", "(<= a b)")
	expectExpr(t, "a~=b", "(~= a b)")
	expectExpr(t, "a==b", "(== a b)")
	expectExpr(t, "a>=b", "(>= a b)")
	expectExpr(t, "1 ..2", "(.. 1 2)")
	expectExpr(t, "a- -b", "(- a (- b))")
	expectExpr(t, "...", "...")
}

func TestNamesMayContainKeywords(t *testing.T) {
	expectExpr(t, "endx + xend + _end + End + end1", "(+ (+ (+ (+ endx xend) _end) End) end1)")
}

func TestPositionsCountBytesAndLines(t *testing.T) {
	chunk, err := syntax.Parse("local s = [[a\nb]]\n\tf(s, '\u00e9', g)\r\nh()")
	require.NoError(t, err)
	require.Equal(t, syntax.Pos{Line: 1, Col: 1}, chunk.Body.Stats[0].At())
	f := chunk.Body.Stats[1].(*syntax.CallStat).Call
	require.Equal(t, syntax.Pos{Line: 3, Col: 2}, f.Pos)
	require.Equal(t, syntax.Pos{Line: 3, Col: 3}, f.Open)
	require.Equal(t, syntax.Pos{Line: 3, Col: 14}, f.End)
	require.Equal(t, syntax.Pos{Line: 3, Col: 13}, f.Args[2].At())
	require.Equal(t, syntax.Pos{Line: 4, Col: 1}, chunk.Body.Stats[2].At())
	require.Equal(t, syntax.Pos{Line: 4, Col: 4}, chunk.End)
}
