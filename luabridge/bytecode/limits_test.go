package bytecode_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"savestone/luabridge/bytecode"
)

// each joins the text of format for 1 to n.
func each(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i+1)
	}
	return b.String()
}

func TestLimitsAreLuaus(t *testing.T) {
	manyUpvalues := each(150, "local a%d = f()\n") + "local function g()\n" +
		each(51, "local b%d = f()\n") + "return function() return 0" +
		each(150, "+ a%d") + each(51, "+ b%[1]d") + " end end"
	tests := []struct {
		name, source string
		want         bytecode.Error
	}{
		{"locals", each(201, "local x%d = f()\n"), bytecode.Error{Line: 201,
			Message: "Out of local registers when trying to allocate x201: exceeded limit 200"}},
		{"parameters", "function f(a" + each(200, ", a%d") + ") end", bytecode.Error{Line: 1,
			Message: "Out of local registers when trying to allocate a200: exceeded limit 200"}},
		{"upvalues", manyUpvalues, bytecode.Error{Line: 203,
			Message: "Out of upvalue registers when trying to allocate b51: exceeded limit 200"}},
		{"registers", "\nf(0" + each(255, ", x%d") + ")", bytecode.Error{Line: 2,
			Message: "Out of registers when trying to allocate 1 registers: exceeded limit 255"}},
		{"jump distance", "while true do\n" + strings.Repeat("x = y\n", 66_000) + "end",
			bytecode.Error{Line: 66_002,
				Message: "Exceeded jump distance limit; simplify the code to compile"}},
		{"constants", "local t = {\n" + each(1<<18+1, "%d,\n") + "}",
			bytecode.Error{Line: 1<<18 + 2,
				Message: "Exceeded constant limit; simplify the code to compile"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			require.Equal(t, &test.want, refusal(t, test.source))
		})
	}
}

// gopher-lua's own compiler has fewer registers than Luau has locals.
func TestEverythingUpToTheLimitsRuns(t *testing.T) {
	locals := "local function f() return 1 end\n" + each(199, "local x%d = f()\n") +
		"print(x1 + x199, f(x1, x2, x3))"
	require.Equal(t, []string{"2 1"}, run(t, locals))

	upvalues := "local function one() return 1 end\n" +
		"local function outer()\n" + each(100, "local a%d = one()\n") +
		"return function()\n" + each(100, "local b%d = one()\n") +
		"return function() return 0" + each(100, "+ a%d") + each(100, "+ b%d") + " end end end\n" +
		"print(outer()()())"
	require.Equal(t, []string{"200"}, run(t, upvalues))

	require.Equal(t, []string{"249"}, run(t, "print(count(0"+each(248, ", x%d")+"))"))
}

func TestLiteralLocalsTakeNoRegister(t *testing.T) {
	source := each(300, "local x%d = 1\n") + "local function f() return x1 + x300 end\nprint(f())"
	require.Equal(t, []string{"2"}, run(t, source))
	require.Equal(t, []string{"2 b nil"}, run(t, `
		local a, b, c = 1, "b", nil
		local d, e = 1, 2
		local function f() d = d + 1 return d, b, c end
		print(f())`))
}

// Operands address 256 constants only; the rest is loaded to registers first.
func TestConstantsBeyondTheOperandsRun(t *testing.T) {
	many := "local many = {" + each(300, "%d.5, ") + "}\n" + "local t, s = {}, 'v'\n"
	source := many + `
		t.name = 700.5
		t.name += 701.5
		t["other name"] = "value"
		t[702.5] = true
		function t.method(self, x) return x - 703.5 end
		local u = {field = 704.5, [705.5] = "x", ["f g"] = nil}
		globalName = t.name * 706.5
		print(t.name, t["other name"], t[702.5], t:method(800), u.field, u[705.5], globalName)
		print(t.name == 1402, t.name > 707.5, 708.5 <= t.name, t.nothing == nil, s == "value2")
		print(if t.name ~= 709.5 then 710.5 else 711.5, t.name // 712.5, -t.name)
		for i = 713.5, 714.5 do print(i) end
		t[702.5] = nil
		print(t[702.5], #many)`
	require.Equal(t, []string{
		"1402 value true 96.5 704.5 x 990513", "true true true true false",
		"710.5 1 -1402", "713.5", "714.5", "nil 300",
	}, run(t, source))
}

func TestLongJumpsRun(t *testing.T) {
	source := "local n, y = 0, 1\nwhile n < 3 do\nlocal x\n" + strings.Repeat("x = y\n", 130_000) +
		"n += x\nif n == 2 then break end\nend\nprint(n)"
	require.Equal(t, []string{"2"}, run(t, source))
}

func TestDeepNestingCompiles(t *testing.T) {
	const depth = 150
	require.Equal(t, []string{"deep"}, run(t,
		strings.Repeat("do local x = nothing if not x then ", depth)+"print('deep')"+
			strings.Repeat(" end end", depth)))
	require.Equal(t, []string{"150"}, run(t, "local t = "+strings.Repeat("{", depth)+
		strings.Repeat("}", depth)+" local n = 0 while t do n += 1 t = t[1] end print(n)"))
}
