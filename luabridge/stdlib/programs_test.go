package stdlib_test

import (
	"math"
	"testing"
)

// programs are small and typical of code that works on data. Each is Luau and plain Lua alike, and
// repeats itself as often as it is told.
var programs = []struct{ name, source string }{
	{"fib", `
		local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end
		for i = 1, ... do fib(16) end`},
	{"tables", `
		for i = 1, ... do
			local t = {}
			for j = 1, 500 do table.insert(t, j) end
			local sum = 0
			for j = 1, #t do sum = sum + t[j] end
			for k, v in pairs(t) do sum = sum + v end
			for k, v in ipairs(t) do sum = sum + v end
			while #t > 0 do table.remove(t) end
		end`},
	{"strings", `
		for i = 1, ... do
			local parts = {}
			for j = 1, 200 do parts[j] = "item" .. j .. "=" .. j * 2 end
			local text = table.concat(parts, ";")
			local found = 0
			for k, v in string.gmatch(text, "(%w+)=(%d+)") do found = found + #k + tonumber(v) end
			string.gsub(text, "%d+", "<%0>")
			string.format("%d %s %5.2f", i, text, found)
		end`},
	{"deepcopy", `
		local function copy(t)
			if type(t) ~= "table" then return t end
			local c = {}
			for k, v in pairs(t) do c[k] = copy(v) end
			return c
		end
		local data = { coins = 5, items = {}, stats = { level = 3, name = "x" } }
		for i = 1, 50 do data.items[i] = { id = i, tags = { "a", "b" }, count = i % 7 } end
		for i = 1, ... do copy(data) end`},
	{"validate", `
		local function isString(v) return type(v) == "string" end
		local function isNumber(v) return type(v) == "number" end
		local function list(check)
			return function(v)
				if type(v) ~= "table" then return false end
				for i, item in ipairs(v) do if not check(item) then return false end end
				return true
			end
		end
		local function shape(fields)
			return function(v)
				if type(v) ~= "table" then return false end
				for name, check in pairs(fields) do if not check(v[name]) then return false end end
				return true
			end
		end
		local check = list(shape({ id = isNumber, name = isString, tags = list(isString) }))
		local data = {}
		for i = 1, 50 do data[i] = { id = i, name = "n" .. i, tags = { "a", "b", "c" } } end
		for i = 1, ... do assert(check(data)) end`},
	{"closures", `
		local function map(t, f) local r = {} for i = 1, #t do r[i] = f(t[i]) end return r end
		local function reduce(t, f, a) for i = 1, #t do a = f(a, t[i]) end return a end
		local t = {}
		for i = 1, 200 do t[i] = i end
		for i = 1, ... do
			local n = 0
			local doubled = map(t, function(v) n = n + 1 return v * 2 end)
			reduce(doubled, function(a, v) return a + v + n end, 0)
		end`},
	{"sort", `
		for i = 1, ... do
			local numbers, items = {}, {}
			local seed = 42
			for j = 1, 300 do
				seed = (seed * 1103 + 12345) % 65536
				numbers[j], items[j] = seed, { rank = seed }
			end
			table.sort(numbers)
			table.sort(items, function(a, b) return a.rank < b.rank end)
		end`},
	{"methods", `
		local Account = {}
		Account.__index = Account
		function Account.new() return setmetatable({ balance = 0, log = 0 }, Account) end
		function Account:deposit(n) self.balance = self.balance + n self:note() end
		function Account:note() self.log = self.log + 1 end
		for i = 1, ... do
			local a = Account.new()
			for j = 1, 300 do a:deposit(j) end
		end`},
}

// The wanted geometric mean of the ratios to gopher-lua as it comes is 0.7 at most.
func BenchmarkPrograms(b *testing.B) {
	sum, count := 0.0, 0
	for _, p := range programs {
		b.Run(p.name, func(b *testing.B) {
			mine, theirs := ours(b, p.source), stock(b, p.source)
			for b.Loop() {
				own, other := perTurn(b, 50, [2]func(int){mine, theirs})
				b.ReportMetric(own/1e3, "µs/turn")
				b.ReportMetric(own/other, "ratio")
				sum, count = sum+math.Log(own/other), count+1
			}
		})
	}
	b.Logf("geometric mean of the ratios: %.2f", math.Exp(sum/float64(count)))
}
