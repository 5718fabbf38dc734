package vm_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/bytecode"
	"savestone/luabridge/machine"
	"savestone/luabridge/sched"
	"savestone/luabridge/vm"
)

// library is the least that compiled code needs, and what these tests call.
func library() vm.Library {
	nothing := &lua.LFunction{IsG: true, GFunction: func(L *lua.LState) int {
		vm.Errorf(L, "this helper is not part of the test")
		return 0
	}}
	iter := &lua.LFunction{IsG: true, GFunction: func(L *lua.LState) int { return L.GetTop() }}
	return vm.Library{
		Helper: func(h bytecode.Helper) *lua.LFunction {
			if h == bytecode.Iter {
				return iter
			}
			return nothing
		},
		Import: func(string) lua.LValue { return nil },
		Open: func(v *vm.VM) {
			machine.SetField(v.Globals, "yield", v.NewFunction("yield", func(L *lua.LState) int {
				return vm.Return(L, vm.MustYield(L).Yield(vm.Rest(L, 1))...)
			}))
			machine.SetField(v.Globals, "pcall", v.NewFunction("pcall", func(L *lua.LState) int {
				ok := vm.ProtectStack(L, 1, nil)
				L.Insert(lua.LBool(ok), 1)
				return L.GetTop()
			}))
			machine.SetField(v.Globals, "xpcall", v.NewFunction("xpcall", func(L *lua.LState) int {
				results, fault := vm.Protect(L, L.Get(1), vm.ArgFunction(L, 2, "xpcall"), nil)
				if fault != nil {
					return vm.Return(L, lua.LFalse, fault.Value)
				}
				return vm.Return(L, append([]lua.LValue{lua.LTrue}, results...)...)
			}))
			machine.SetField(v.Globals, "error", v.NewFunction("error", func(L *lua.LState) int {
				vm.Errorf(L, "%s", vm.ArgString(L, 1, "error"))
				return 0
			}))
			machine.SetField(v.Globals, "strict", v.NewFunction("strict", func(L *lua.LState) int {
				return vm.Return(L, vm.Call1(L, L.Get(1)))
			}))
			machine.SetField(v.Globals, "sleep", v.NewFunction("sleep", func(L *lua.LState) int {
				t := vm.MustYield(L)
				t.WakeAt(v.Sim.Now().Add(time.Duration(vm.ArgInt(L, 1, "sleep"))*time.Second),
					lua.LString("slept"))
				return vm.Return(L, t.Yield(nil)...)
			}))
		},
	}
}

func world(t testing.TB, o vm.Options) *vm.VM {
	t.Helper()
	o.Sim = sched.New(time.Unix(0, 0).UTC())
	o.Library = library()
	v := vm.New(o)
	t.Cleanup(v.Close)
	return v
}

func start(t testing.TB, v *vm.VM, source string) *vm.Thread {
	t.Helper()
	fn, err := v.Load(source, "Test", v.Globals)
	require.NoError(t, err)
	return v.NewThread(fn)
}

func numbers(ns ...float64) []lua.LValue {
	values := make([]lua.LValue, len(ns))
	for i, n := range ns {
		values[i] = lua.LNumber(n)
	}
	return values
}

func TestYieldPassesThroughProtectedCalls(t *testing.T) {
	v := world(t, vm.Options{})
	thread := start(t, v, `
		local ok, a = pcall(function()
			local _, b = pcall(function() return yield(1) + 1 end)
			return b + yield(b)
		end)
		return a`)
	values, fault := thread.Resume()
	require.Nil(t, fault)
	require.Equal(t, numbers(1), values)
	values, fault = thread.Resume(lua.LNumber(10))
	require.Nil(t, fault)
	require.Equal(t, numbers(11), values)
	require.Equal(t, vm.Suspended, thread.Status())
	values, fault = thread.Resume(lua.LNumber(5))
	require.Nil(t, fault)
	require.Equal(t, numbers(16), values)
	require.Equal(t, vm.Dead, thread.Status())
	require.Equal(t, "cannot resume dead coroutine", thread.Refusal())
}

func TestCaughtErrorLeavesOuterUpvaluesOpen(t *testing.T) {
	v := world(t, vm.Options{})
	values, fault := start(t, v, `
		local x = 0
		local function inc() x = x + 1 end
		inc()
		pcall(error, "e")
		inc()
		local ok, message = pcall(function() local y = 3; pcall(function() y = y + 1 end); return y end)
		return x, message`).Resume()
	require.Nil(t, fault)
	require.Equal(t, numbers(2, 4), values)
}

func TestUncaughtErrorHasPositionAndTrace(t *testing.T) {
	v := world(t, vm.Options{})
	thread := start(t, v, "local function inner()\n\terror('boom')\nend\n\ninner()\n")
	_, fault := thread.Resume()
	require.Equal(t, "Test:2: boom", fault.Error())
	require.Equal(t, "Test:2 function inner\nTest:5\n", v.Traceback(fault.Trace))
	require.Equal(t, vm.Dead, thread.Status())
}

func TestInterpreterErrorsSpeakLuau(t *testing.T) {
	for source, want := range map[string]string{
		"local t = nil\nreturn t.x": "Test:2: attempt to index nil with 'x'",
		"local t = {}\nt.x.y = 1":   "Test:2: attempt to index nil with 'y'",
		"missing()":                 "Test:1: attempt to call a nil value",
		"local t = {} t:go()":       "Test:1: attempt to call missing method 'go' of table",
		"return {} + 1":             "Test:1: attempt to perform arithmetic (add) on table and number",
		"return {} < 1":             "Test:1: attempt to compare table < number",
		"for i = 1, {} do end":      "Test:1: invalid 'for' limit (number expected, got table)",
		"local function f() return f() + 1 end\nreturn f()": "Test:1: stack overflow",
	} {
		v := world(t, vm.Options{})
		_, fault := start(t, v, source).Resume()
		require.NotNil(t, fault, source)
		require.Equal(t, want, fault.Error(), source)
	}
}

func TestHandlerOfXpcallRunsWhereTheErrorIs(t *testing.T) {
	v := world(t, vm.Options{})
	machine.SetField(v.Globals, "depth", v.NewFunction("depth", func(L *lua.LState) int {
		return vm.Return(L, lua.LNumber(len(v.Current().Frames())))
	}))
	values, fault := start(t, v, `
		local function fail() error("e") end
		local function handler() return depth() end
		local _, inside = xpcall(fail, handler)
		local _, overflow = xpcall(function() local function f() return f() + 1 end f() end,
			function(message) return message end)
		local _, twice = xpcall(fail, function() error("again") end)
		return inside > depth() + 2, overflow, twice`).Resume()
	require.Nil(t, fault)
	require.Equal(t, lua.LTrue, values[0])
	require.Equal(t, lua.LString("Test:5: stack overflow"), values[1])
	require.Equal(t, lua.LString("error in error handling"), values[2])
}

func TestYieldIsRefusedAcrossABoundary(t *testing.T) {
	v := world(t, vm.Options{})
	values, fault := start(t, v, `
		local ok, message = pcall(strict, function() yield() end)
		local inner, second = pcall(strict, function() return pcall(yield) end)
		return ok, message, second, yield("fine")`).Resume()
	require.Nil(t, fault)
	require.Equal(t, []lua.LValue{lua.LString("fine")}, values)
}

func TestSleepingThreadIsResumedByTheScheduler(t *testing.T) {
	v := world(t, vm.Options{})
	thread := start(t, v, `return sleep(1800)`)
	thread.Run()
	require.Equal(t, vm.Suspended, thread.Status())
	v.Sim.Run()
	require.Equal(t, vm.Dead, thread.Status())
	require.Equal(t, 30*time.Minute, v.Sim.Now().Sub(time.Unix(0, 0)))
}

func TestEndlessLoopIsStoppedThroughPcalls(t *testing.T) {
	limit := &vm.Limit{}
	v := world(t, vm.Options{Limit: limit})
	machine.SetField(v.Globals, "stop", v.NewFunction("stop", func(*lua.LState) int {
		limit.Stop("enough")
		return 0
	}))
	thread := start(t, v, `while true do pcall(function() while true do stop() end end) end`)
	_, fault := thread.Resume()
	require.Equal(t, "enough", fault.Error())
	_, fault = start(t, v, `while true do end`).Resume()
	require.Equal(t, "enough", fault.Error())
}

func TestKilledThreadUnwindsThroughPcall(t *testing.T) {
	v := world(t, vm.Options{})
	thread := start(t, v, `pcall(pcall, yield) reached = true`)
	thread.Resume()
	thread.Kill()
	require.Equal(t, vm.Dead, thread.Status())
	require.Equal(t, lua.LNil, v.Globals.RawGetString("reached"))
	require.Zero(t, v.Sim.Tasks())
}
