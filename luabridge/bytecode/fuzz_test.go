package bytecode_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"savestone/luabridge/bytecode"
	"savestone/luabridge/syntax"
)

// seeds has a bit of everything.
var seeds = []string{
	"local a, b, c = ... return a, (b), c()",
	"for i = a, 'b', -1 do local x = i f(function() return x end) if x then break end end",
	"for k, v, w in pairs(t) do if k then continue end t[k], v = nil, w end",
	"repeat local x = f() if x then continue end local g = function() return x end until x",
	"while not (a and b or c) do a.b[c()] += d a.x ..= y .. z a[1] //= 2 end",
	"local t = {1, f(), x = 2, [y] = 3, ...} t.a.b:c{...} function t.a:b(...) return self end",
	"x = if a then b elseif c then d else e x = a and b x = a or b x = a == b x = -#a ^ not b",
	"local x <const> = 1 const y = 2 local function f(...) return x, y, `a{x}b`, f(...) end",
	"local x: number = y :: any type T = {a: T?} local f = function<T>(a: T): T return a end",
	"do local a = 1 do local b = a return function() a = b return function() b = a end end end end",
	"goto continue", "return", "return 1,", "local function", "\x00", "a.b:c", "break",
}

func FuzzCompile(f *testing.F) {
	for _, seed := range seeds {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, source string) {
		chunk, err := syntax.Parse(source)
		if err != nil {
			return
		}
		program, err := bytecode.Compile(chunk, options)
		if err != nil {
			var refused *bytecode.Error
			require.True(t, errors.As(err, &refused), "%T", err)
			return
		}
		verify(program.Main)
	})
}

// realistic is the kind of module a game is made of, about 1.5 KB.
const realistic = `
--!strict
local Players = game:GetService("Players")
local Signal = require(script.Parent.Signal)

export type Profile = { coins: number, items: { [string]: number }, name: string? }

local DEFAULT_COINS = 100
local SAVE_INTERVAL = 30

local Data = {}
Data.__index = Data

function Data.new(store: any, key: string): Profile
	local self = setmetatable({
		store = store,
		key = key,
		cache = {} :: { [string]: Profile },
		changed = Signal.new(),
	}, Data)
	return self :: any
end

-- Adds an item, at most up to the limit.
function Data:give(player: Player, item: string, amount: number?)
	local profile = self.cache[player.Name]
	if not profile or profile.locked then
		warn(` + "`no profile for {player.Name}, {item} is lost`" + `)
		return false
	end
	local count = amount or 1
	for index, slot in ipairs(profile.slots) do
		if slot.item == item and slot.count + count <= slot.max then
			slot.count += count
			self.changed:Fire(player, "slot " .. index .. " of " .. #profile.slots)
			return true
		elseif slot.item == nil then
			continue
		end
	end
	profile.items[item] = if profile.items[item] then profile.items[item] + count else count
	profile.coins = math.clamp(profile.coins - count * DEFAULT_COINS // 2, 0, 1_000_000)
	return profile.coins >= 0
end

function Data:save()
	local ok, result = pcall(function()
		return self.store:UpdateAsync(self.key, function(old)
			old = old or { version = 1, coins = DEFAULT_COINS, items = {} }
			for name, count in pairs(self.cache) do
				old.items[name] = count
			end
			return old
		end)
	end)
	if not ok then
		task.delay(SAVE_INTERVAL, function() self:save() end)
	end
	return ok, result
end

return Data
`

func BenchmarkFrontEnd(b *testing.B) {
	module := strings.Replace(realistic, "export type", "type", 1)
	source := strings.Repeat("do\n"+module+"end\n", 200)
	b.SetBytes(int64(len(source)))
	b.ReportAllocs()
	for b.Loop() {
		chunk, err := syntax.Parse(source)
		require.NoError(b, err)
		_, err = bytecode.Compile(chunk, options)
		require.NoError(b, err)
	}
}

func BenchmarkCompile(b *testing.B) {
	chunk, err := syntax.Parse(realistic)
	require.NoError(b, err)
	b.SetBytes(int64(len(realistic)))
	b.ReportAllocs()
	for b.Loop() {
		_, err := bytecode.Compile(chunk, options)
		require.NoError(b, err)
	}
}
