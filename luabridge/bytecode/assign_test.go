package bytecode_test

import "testing"

// gopher-lua's own compiler gets the swap with a global and the assigned index wrong.
func TestAssignmentReadsBeforeItWrites(t *testing.T) {
	runAll(t, []script{
		{"swap of locals", `local a, b = 1, 2 a, b = b, a print(a, b)`, []string{"2 1"}},
		{"swap of a local and a global", `local a = 1 b = 2 a, b = b, a print(a, b)`,
			[]string{"2 1"}},
		{"swap of fields", `local t = {x = 1, y = 2} t.x, t.y = t.y, t.x print(t.x, t.y)`,
			[]string{"2 1"}},
		{"swap of a local and an upvalue", `
			local a = 1
			local function f() local b = 2 a, b = b, a return a, b end
			print(f())`, []string{"2 1"}},
		{"rotation", `local a, b, c = 1, 2, 3 a, b, c = c, a, b print(a, b, c)`,
			[]string{"3 1 2"}},
		{"an index that is assigned too", `
			local a, i, j = {}, 1, 2
			i, a[i], a, j, a[j] = j, i, a, i, j
			print(i, a[1], a[2], j)`, []string{"2 1 2 1"}},
		{"a table that is assigned too", `
			local t = {}
			local u = t
			t, t.x = 1, 2
			print(t, u.x)`, []string{"1 2"}},
		{"stores go from left to right", `local t = {} t[1], t[1] = 1, 2 print(t[1])`,
			[]string{"2"}},
		{"missing values are nil, surplus ones are evaluated", `
			local n = 0
			local function f() n += 1 return n end
			local a, b, c = 9, 9, 9
			a, b, c = f()
			a = f(), f(), f()
			print(a, b, c, n)`, []string{"2 nil nil 4"}},
		{"a call fills what is missing", `
			local function f() return 1, 2, 3 end
			local a, b, c, d = 0, f()
			print(a, b, c, d)
			a, b, c, d = f(), f()
			print(a, b, c, d)
			a, b, c, d = (f())
			print(a, b, c, d)`, []string{"0 1 2 3", "1 1 2 3", "1 nil nil nil"}},
		{"varargs fill what is missing", `
			local function f(...) local a, b, c = ... local d = ... return a, b, c, d, (...) end
			print(f(1, 2)) print(f()) print(f(1, 2, 3, 4))`,
			[]string{"1 2 nil 1 1", "nil nil nil nil nil", "1 2 3 1 1"}},
		{"a local in the middle takes varargs and calls", `
			local function f(...)
				local a, b, c = 1, 2, 3
				b = ...
				a = (...)
				return a, b, c
			end
			local function g(...) local a, b, c = 1, 2, 3 b = f(...) return a, b, c end
			print(f(9)) print(g(8))`, []string{"9 9 3", "1 8 3"}},
	})
}

func TestLocalKeepsItsValueUntilTheNewOneIsThere(t *testing.T) {
	runAll(t, []script{
		{"or", `local x, y = nil, 2 x = x or y print(x) x = nil or x print(x)`,
			[]string{"2", "2"}},
		{"and then or", `
			local x, y = 1, 2
			x = (y and x) or 0 print(x)
			x = y == 3 and x or x + 1 print(x)`, []string{"1", "2"}},
		{"and, in the first register", `local x, y = 5, {z = 1} x = y.z and x or 0 print(x)`,
			[]string{"5"}},
		{"if-expression", `local x = 5 x = if x > 3 then x * 2 else x print(x)`, []string{"10"}},
		{"table", `local x = 5 x = {x, x + 1, y = x} print(x[1], x[2], x.y)`,
			[]string{"5 6 5"}},
		{"concatenation", "local x = 'a' x = x .. x .. `{x}!` print(x)", []string{"aaa!"}},
		{"call", `local function f(a, b) return a + b end local x = 5 x = f(x, x) print(x)`,
			[]string{"10"}},
		{"method call", `
			local x = {v = 3, get = function(self) return self.v end}
			x = x:get()
			print(x)`, []string{"3"}},
		{"closure", `local x = 5 x = function() return x end print(x() == x)`, []string{"true"}},
		{"comparison", `local x = 5 x = x == 5 print(x) x = not x print(x)`,
			[]string{"true", "false"}},
	})
}

func TestCompoundAssignmentEvaluatesItsTargetOnce(t *testing.T) {
	const counted = `
		local calls = 0
		local t = {a = {1, 2, 3}}
		local function at(i) calls += 1 return i end
		local function get() calls += 1 return t end
	`
	runAll(t, []script{
		{"index", counted + `get().a[at(2)] += 5 print(t.a[2], calls)`, []string{"7 2"}},
		{"field", counted + `get().b = 7 get().b -= 1 get().b *= 2 get().b /= 4 print(t.b, calls)`,
			[]string{"3 4"}},
		{"concatenation", counted + `get().a[at(1)] ..= "x" .. at(2) .. "y" print(t.a[1], calls)`,
			[]string{"1x2y 3"}},
		{"floor division", counted + `t.a[at(3)] //= 2 print(t.a[3], calls)`, []string{"1 1"}},
		{"local, upvalue and global", `
			local x, g = 7, nil
			y = 2
			local function f() x %= 4 x ^= 2 y += x x //= 2 x ..= "!" end
			f()
			local z = 10
			z -= 1 z //= 2 z ..= "?"
			print(x, y, z)`, []string{"4! 11 4?"}},
	})
}

func TestEvaluationGoesFromLeftToRight(t *testing.T) {
	const traced = `
		local trace = ""
		local function v(name, x) trace ..= name return x end
	`
	runAll(t, []script{
		{"comparisons", traced + `
			local _ = v("a", 1) > v("b", 2) local _ = v("c", 1) >= v("d", 2)
			local _ = v("e", 1) < v("f", 2) if v("g", 1) > v("h", 2) then end
			print(trace)`, []string{"abcdefgh"}},
		{"arithmetic and concatenation", traced + `
			local _ = v("a", 1) + v("b", 2) * v("c", 3) .. v("d", 4) .. v("e", 5)
			print(trace)`, []string{"abcde"}},
		{"constructor", traced + `
			local _ = {v("a", 1), [v("b", 2)] = v("c", 3), v("d", 4), x = v("e", 5)}
			print(trace)`, []string{"abcde"}},
		{"assignment", traced + `
			local t = {}
			v("a", t)[v("b", 1)], v("c", t).x = v("d", 1), v("e", 2)
			print(trace)`, []string{"abcde"}},
	})
}
