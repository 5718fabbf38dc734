package bytecode_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	lua "github.com/yuin/gopher-lua"
)

func TestExpressionsGiveLuausValues(t *testing.T) {
	runAll(t, []script{
		{"if-expression keeps a false result", `
			local function f(a, b) return if a then b elseif b then "second" else nil end
			print(f(true, false), f(false, true), f(false, false))`,
			[]string{"false second nil"}},
		{"if-expression inside varargs and calls", `
			local function f(...) return count(if ... then ... else nil, ...) end
			print(f(1, 2), f())`, []string{"3 1"}},
		{"and, or, not", `
			local t, f, n = true, false, nil
			print(t and 1, f and 1, n and 1, t or 2, f or 2, n or n, not t, not n)
			print(1 and 2 or 3, f and 2 or 3, (t or f) and (f or n), not (t and f))
			print(t and f or n, f or t and n, 1 == 1 and "eq", 1 ~= 1 or "ne", not t or "or")`,
			[]string{"1 false nil true 2 nil false true", "2 3 nil true",
				"nil nil eq ne or"}},
		{"conditions", `
			local function f(a, b, c)
				local s = ""
				if a and b or c then s ..= "1" end
				if not (a or b) and c then s ..= "2" end
				if a ~= b and not (b == c) then s ..= "3" end
				if nil then s ..= "4" elseif true then s ..= "5" end
				if (if a then b else c) then s ..= "6" end
				while not a do a = true s ..= "7" end
				return s
			end
			print(f(true, false, true), f(false, false, true), f(true, true, false))`,
			[]string{"135 12567 156"}},
		{"comparison with constants", `
			local n, t, f = nil, true, false
			print(n == nil, t == true, f == nil, false == f, nil ~= n, t ~= false, "a" < "b")`,
			[]string{"true true false true false true true"}},
		{"parentheses cut to one value", `
			local function f() return 1, 2, 3 end
			print(count(f()), count((f())), count(f(), 1), count(1, f()), count({f()}))
			print(#{f()}, #{(f())}, #{f(), f()})
			print((f()))`, []string{"3 1 2 4 1", "3 1 4", "1"}},
		{"methods", `
			local t = {n = 1}
			function t:add(k) self.n += k return self end
			function t.make(n) return setmetatable({n = n}, {__index = t}) end
			function t.a() return t end
			t.b = {c = {}}
			function t.b.c:d() return self == t.b.c end
			print(t:add(1):add(2).n, t.make(5):add(5).n, t.a():a() == t, t.b.c:d())`,
			[]string{"4 10 true true"}},
		{"interpolation", "local x = 1 print(`a{x}b{`{x + 1}`}{'c'}`, `plain`, ``, `{x}`)",
			[]string{"a1b2c plain  1"}},
		{"generalized iteration", `
			local sum, keys = 0, ""
			for k, v in {10, 20, x = 30} do sum += v keys ..= k end
			for k in pairs({1, 2}) do keys ..= k end
			for k, v in next, {5} do sum += v end
			local function upTo(n, i) if i < n then return i + 1 end end
			for i in upTo, 3, 0 do sum += i * 1000 end
			print(sum, keys)`, []string{"6065 12x12"}},
		{"global function declaration", `
			function f(x) return x * 2 end
			local g
			function g(x) return f(x) + 1 end
			print(f(2), g(3))`, []string{"4 7"}},
		{"deep expressions", `
			local a, b = 2, 3
			print(((a + b) * (a - b) / (a * b) - (b - a * (b + a * (b - 1)))) ^ 2 % 7)`,
			[]string{text(lua.LNumber(math.Mod(math.Pow(-5.0/6+11, 2), 7)))}},
	})
}

func TestConstantArithmeticKeepsNegativeZeroAndNaN(t *testing.T) {
	require.Equal(t, []string{
		"-inf +inf", "-inf", "-inf true", "inf", "true false", "-3 2 3 -1 1 -0 nan",
	}, replaceInf(run(t, `
		print(1 / -0, 1 / 0)
		print(1 / (0 * -1))
		local z = -0
		print(1 / z, z == 0)
		print(1 / (-0 % 5))
		local nan = 0 / 0
		print(nan ~= nan, nan == nan)
		print(-5 // 2, -7 % 3, 2 ^ 2 - 1, 3 - 2 * 2, 7 // 4, -0, nan)`)))
}

// replaceInf gives positive infinity its sign back, which text cuts.
func replaceInf(lines []string) []string {
	for i, line := range lines {
		lines[i] = strings.ReplaceAll(line, " inf", " +inf")
	}
	return lines
}

func TestNumericLoopCountsExactly(t *testing.T) {
	runAll(t, []script{
		{"integers", `
			local s = ""
			for i = 1, 3 do s ..= i end
			for i = 3, 1, -1 do s ..= i end
			for i = 1, 0 do s ..= "x" end
			for i = 0, 1, 0.25 do s ..= " " .. i end
			print(s)`, []string{"123321 0 0.25 0.5 0.75 1"}},
		{"a fraction is not rounded by stepping back", `
			local from = 0.1
			for i = 0.1, 2 do print(i) end
			for i = from + 0, 1 do print(i) end`, []string{"0.1", "1.1", "0.1"}},
		{"from a length or another loop's variable", `
			local t, s = {1, 2, 3}, ""
			for i = #t, 1, -1 do for j = i + 1, 3 do s ..= j end s ..= "." end
			for i = 1, 2 do for j = i, 2 do s ..= j end end
			for i = 1, 2 do i += 0.5 for j = i, 2 do s ..= " " .. j end end
			print(s)`, []string{".3.23.122 1.5"}},
		{"strings", `
			local n = 0
			for i = "1", "0x10" and "3", "1" do n += i end
			for i = 1, "2" do n += i * 10 end
			print(n)`, []string{"36"}},
		{"bounds are evaluated once, in order", `
			local trace = ""
			local function v(x) trace ..= x return x end
			for i = v(1), v(4), v(2) do trace ..= "." .. i i = 10 end
			for i = v(5), v(4) do end
			print(trace)`, []string{"142.1.354"}},
		{"nested", `
			local n = 0
			for i = 1, 10 do
				for j = i, 10 do
					if j == 5 then continue end
					if j == 8 then break end
					n += 1
				end
			end
			print(n)`, []string{"26"}},
	})
}

// gopher-lua's own compiler drops all list items after the first 25,550.
func TestConstructorKeepsAllItems(t *testing.T) {
	for _, n := range []int{0, 1, 49, 50, 51, 100, 25_549, 25_550, 25_551, 30_000} {
		items := strings.Repeat("7,", n)
		require.Equal(t, []string{fmt.Sprint(n, " ", n+2, " ", n, " x")}, run(t, fmt.Sprintf(`
			local function two() return 8, 9 end
			local t = {%s two()}
			local plain = {%s}
			local mixed = {k = "x", %s [0] = "y"}
			print(#plain, #t, #mixed, mixed.k)`, items, items, items)), n)
	}
}

func TestConstructorMixesItemsAndFields(t *testing.T) {
	runAll(t, []script{
		{"fields between items", `
			local k = "d"
			local t = {1, a = 2, 3, ["b c"] = 4, 5, [k] = nil, [10] = true, [1.5] = false, 6}
			print(t[1], t[2], t[3], t[4], t.a, t["b c"], t.d, t[10], t[1.5])`,
			[]string{"1 3 5 6 2 4 nil true false"}},
		{"nested", `
			local t = {{1, {2, x = {3}}}, y = {z = {4}}}
			print(t[1][1], t[1][2][1], t[1][2].x[1], t.y.z[1])`, []string{"1 2 3 4"}},
		{"varargs at the end only", `
			local function f(...) return {..., ...}, {(...)}, {x = ..., ...} end
			local a, b, c = f(1, 2)
			print(#a, #b, #c, c.x)`, []string{"3 1 2 1"}},
	})
}

func TestNilAssignmentRemoves(t *testing.T) {
	require.Equal(t, []string{"nil nil 1 1 nil nil 1"}, run(t, `
		local t, k = {1, 2, 3, x = 4, y = 5}, "y"
		t[3] = nil
		t[k] = nil
		local n = 2
		t[n], n = nil, n - 1
		t.x = nil
		t["x"] = nil
		print(t[3], t[2], t[1], n, t.x, t.y, #t)`))
}

func TestConstructorItemsOverrideEqualKeys(t *testing.T) {
	require.Equal(t, []string{"b 1", "a b nil 2", "a b c 3", "a y 2"}, run(t, `
		local t = {[1] = "a", "b"}
		print(t[1], #t)
		t = {[2] = "x", "a", "b"}
		print(t[1], t[2], t[3], #t)
		t = {[3] = "c", "a", "b"}
		print(t[1], t[2], t[3], #t)
		t = {[1] = "x", [2] = "y", "a"}
		print(t[1], t[2], #t)`))
}
