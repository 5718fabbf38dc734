package roblox

import (
	"testing"

	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/machine"
	"savestone/luabridge/sched"
	"savestone/luabridge/stdlib"
	"savestone/luabridge/vm"
)

func BenchmarkNewServer(b *testing.B) {
	for b.Loop() {
		New(vm.Options{Sim: sched.New(testStart), Library: stdlib.Library()}, Options{})
	}
}

// benchmarkScript runs a script that does something n times.
func benchmarkScript(b *testing.B, source string) {
	s := New(vm.Options{Sim: sched.New(testStart), Library: stdlib.Library()}, Options{})
	script := s.NewInstance("Script", "Main", s.Service("ServerScriptService"))
	machine.SetField(s.VM.Globals, "n", lua.LNumber(b.N))
	if err := script.Store("Source", lua.LString(source)); err != nil {
		b.Fatal(err)
	}
	s.RunScript(script)
	s.VM.Sim.Run()
	if s.Errors() > 0 {
		b.Fatal("the script failed")
	}
}

func BenchmarkMethodCall(b *testing.B) {
	benchmarkScript(b, `for _ = 1, n do workspace:FindFirstChild("x") end`)
}

func BenchmarkTaskWait(b *testing.B) {
	benchmarkScript(b, `for _ = 1, n do task.wait() end`)
}

func BenchmarkHeartbeat(b *testing.B) {
	benchmarkScript(b, `
		local beats, c = 0, nil
		c = game:GetService("RunService").Heartbeat:Connect(function()
			beats += 1
			if beats >= n then c:Disconnect() end
		end)`)
}

func BenchmarkBindableEvent(b *testing.B) {
	benchmarkScript(b, `
		local event = Instance.new("BindableEvent")
		event.Event:Connect(function() end)
		for _ = 1, n do event:Fire(1) task.wait() end`)
}
