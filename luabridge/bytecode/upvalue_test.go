package bytecode_test

import "testing"

// gopher-lua's own compiler fails break, continue and the local that its function does not see.
func TestUpvaluesCloseExactlyWhereTheirScopeEnds(t *testing.T) { runAll(t, closingScripts) }

var closingScripts = []script{
	{"a local survives a call", `
			local x = 0
			local function inc() x = x + 1 end
			inc() inc()
			print(x)`, []string{"2"}},
	{"continue keeps locals outside the loop open", `
			local n = 0
			local function inc() n += 1 end
			for i = 1, 3 do
				if i == 2 then continue end
				inc()
			end
			n += 10
			inc()
			print(n)`, []string{"13"}},
	{"break out of an inner block", `
			local f
			while true do
				if true then
					local x = 42
					f = function() return x end
					break
				end
			end
			local a, b, c = 1, 2, 3
			print(f(), a, b, c)`, []string{"42 1 2 3"}},
	{"break out of nested loops", `
			local fs = {}
			for i = 1, 3 do
				local a = i * 10
				for j = 1, 3 do
					local b = a + j
					fs[#fs + 1] = function() a += 1 return a, b end
					if j == 2 then break end
				end
			end
			for i = 1, #fs do print(fs[i]()) end`,
		[]string{"11 11", "12 12", "21 21", "22 22", "31 31", "32 32"}},
	{"continue out of an inner block", `
			local fs = {}
			for i = 1, 3 do
				do
					local x = i
					fs[i] = function() x += 1 return x end
					if i < 3 then continue end
				end
				local y = "other"
			end
			print(fs[1](), fs[2](), fs[3](), fs[1]())`, []string{"2 3 4 3"}},
	{"return out of a block", `
			local function make()
				for i = 1, 10 do
					local x = i
					if i == 4 then return function() x += i return x end end
				end
			end
			local f, g = make(), make()
			print(f(), f(), g())`, []string{"8 12 8"}},
	{"the variable of a numeric loop is fresh in each turn", `
			local fs = {}
			for i = 1, 3 do fs[i] = function() i += 10 return i end end
			print(fs[1](), fs[1](), fs[2](), fs[3]())`, []string{"11 21 12 13"}},
	{"the variables of a generic loop are fresh in each turn", `
			local fs = {}
			for k, v in {"a", "b"} do fs[k] = function() return k, v end end
			print(fs[1]()) print(fs[2]())`, []string{"1 a", "2 b"}},
	{"the locals of a while loop are fresh in each turn", `
			local fs, i = {}, 0
			while i < 3 do
				i += 1
				local x = i
				fs[i] = function() return x end
				if i == 2 then continue end
				x *= 100
			end
			print(fs[1](), fs[2](), fs[3]())`, []string{"100 2 300"}},
	{"two closures share one local", `
			local get, set
			do
				local x = 1
				get = function() return x end
				set = function(v) x = v end
			end
			local y, z = 7, 8
			set(5)
			print(get(), y, z)`, []string{"5 7 8"}},
	{"a local function sees itself, a local does not", `
			local f = "outer"
			local f = function() return f end
			local function g(n) return if n == 0 then "done" else g(n - 1) end
			print(f(), g(3))`, []string{"outer done"}},
	{"an upvalue through three functions", `
			local x = 1
			local function a() return function() return function() x += 1 return x end end end
			print(a()()(), a()()(), x)`, []string{"2 3 3"}},
	{"parameters are captured, varargs beside them", `
			local function bind(a, ...)
				local rest = {...}
				return function() a += 1 return a, #rest end
			end
			local f = bind(1, "x", "y")
			f()
			print(f())`, []string{"3 2"}},
}

func TestRepeatConditionSeesTheBodysLocals(t *testing.T) {
	runAll(t, []script{
		{"captured by the body", `
			local fs, n = {}, 0
			repeat
				n += 1
				local x = n
				fs[n] = function() x += 1 return x end
			until x == 3
			print(fs[1](), fs[2](), fs[3](), fs[1]())`, []string{"2 3 4 3"}},
		{"captured by the condition", `
			local fs, n = {}, 0
			local function keep(f) fs[n] = f return f() == 3 end
			repeat
				n += 1
				local x = n
			until keep(function() x += 1 return x - 1 end)
			print(fs[1](), fs[2](), fs[3]())`, []string{"2 3 4"}},
		{"after continue out of a block with captured locals", `
			local fs, n = {}, 0
			repeat
				n += 1
				local x = n
				do
					local y = n * 10
					fs[n] = function() y += x return y end
					if n < 3 then continue end
				end
			until (function(a, b, c) return a + b + c end)(x, 0, 0) == 3
			print(fs[1](), fs[2](), fs[3](), fs[1]())`, []string{"11 22 33 12"}},
		{"changed by the condition after continue", `
			local n = 0
			repeat
				n += 1
				local x = n
				local function bump() x += 10 return false end
				if n < 3 then continue end
			until bump() or x == 11 or n > 5
			print(n)`, []string{"1"}},
		{"break closes them", `
			local f
			repeat
				local x = 42
				f = function() return x end
				if x == 42 then break end
			until false
			local a, b = 1, 2
			print(f(), a, b)`, []string{"42 1 2"}},
		{"a literal is known to the condition", `
			local n = 0
			repeat local limit = 3 n += 1 until n == limit
			print(n)`, []string{"3"}},
		{"ends in continue", `
			local n = 0
			repeat local x = n n += 1 continue until x == 2
			print(n)`, []string{"3"}},
	})
}
