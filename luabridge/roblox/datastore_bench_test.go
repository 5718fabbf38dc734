package roblox

import (
	"testing"

	"github.com/stretchr/testify/require"
	lua "github.com/yuin/gopher-lua"

	"savestone/emulator"
	"savestone/emulator/gameserver"
	"savestone/luabridge/machine"
	"savestone/luabridge/sched"
	"savestone/luabridge/stdlib"
	"savestone/luabridge/vm"
)

// benchmarkCalls times the body of a loop in Luau that calls a data store.
func benchmarkCalls(b *testing.B, body string) {
	sim := sched.New(testStart)
	o := unlimited()
	emu := emulator.RunT(b, emulator.Options{Clock: sim, Profile: o.Profile})
	server := New(vm.Options{Sim: sim, Library: stdlib.Library()}, Options{
		Stores: gameserver.New(emu, sim, o),
		Output: func(m Message) { b.Error(m.Text) },
	})
	defer server.VM.Close()
	machine.SetField(server.VM.Globals, "n", lua.LNumber(b.N))
	machine.SetField(server.VM.Globals, "data", profile(server.VM))
	script := server.NewInstance("Script", "Main", server.Service("ServerScriptService"))
	require.NoError(b, script.Store("Source", lua.LString(
		`local store = game:GetService("DataStoreService"):GetDataStore("Coins")
		store:SetAsync("k", data)
		local fresh = Instance.new("DataStoreGetOptions")
		fresh.UseCache = false
		local function transform(value) value.coins += 1; return value end
		for i = 1, n do `+body+` end`)))
	b.ReportAllocs()
	b.ResetTimer()
	server.RunScript(script)
	sim.Run()
}

// The value is a profile of 2.5 KB.
func BenchmarkSetAsync(b *testing.B)       { benchmarkCalls(b, `store:SetAsync("k", data)`) }
func BenchmarkGetAsync(b *testing.B)       { benchmarkCalls(b, `store:GetAsync("k", fresh)`) }
func BenchmarkGetAsyncCached(b *testing.B) { benchmarkCalls(b, `store:GetAsync("k")`) }
func BenchmarkUpdateAsync(b *testing.B) {
	benchmarkCalls(b, `store:UpdateAsync("k", transform)`)
}
