package stdlib_test

import (
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/machine"
	"savestone/luabridge/sched"
	"savestone/luabridge/stdlib"
	"savestone/luabridge/vm"
)

// run runs a program as a thread of its own and returns the error that ended it.
func run(t testing.TB, v *vm.VM, source string) *vm.Error {
	t.Helper()
	fn, err := v.Load(source, "Test", v.Globals)
	require.NoError(t, err)
	_, fault := v.NewThread(fn).Resume()
	return fault
}

// A suspended coroutine that nobody can resume any more is unwound after the garbage collector
// found it, and its goroutine ends.
func TestAbandonedCoroutinesGoAway(t *testing.T) {
	v := newWorld(t, vm.Options{})
	before := runtime.NumGoroutine()
	for range 10 {
		require.Nil(t, run(t, v, `
			for i = 1, 2000 do
				local co = coroutine.create(function(...) pcall(coroutine.yield, {}) end)
				coroutine.resume(co, {})
			end`))
		for tries := 0; runtime.NumGoroutine() > before; tries++ {
			require.Less(t, tries, 100, "%d goroutines, want %d", runtime.NumGoroutine(), before)
			runtime.GC()
			v.NewThread(v.NewFunction("", nothing)).Run() // the scheduler unwinds what was found
		}
		require.Zero(t, v.Sim.Tasks())
	}
}

func heapInUse() int64 {
	var memory runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&memory)
	return int64(memory.HeapAlloc)
}

func TestSleepingThreadsAllWakeInOrder(t *testing.T) {
	const threads, heapBytesMax = 10_000, 160 << 20 // and 40 MB of stacks
	v := newWorld(t, vm.Options{})
	before := heapInUse()
	require.Nil(t, run(t, v, `
		woken, inOrder = 0, true
		for i = 1, 10000 do
			coroutine.wrap(function()
				wait(i)
				woken += 1
				inOrder = inOrder and woken == i
			end)()
		end`))
	require.Equal(t, threads, v.Sim.Tasks())
	require.Less(t, heapInUse()-before, int64(heapBytesMax))
	v.Sim.Run()
	require.Zero(t, v.Sim.Tasks())
	require.Nil(t, run(t, v, `check(woken, 10000) check(inOrder, true)`))
}

// A program and the library's functions in it are shared by worlds on many goroutines.
func TestWorldsShareAProgram(t *testing.T) {
	program, err := newWorld(t, vm.Options{}).Compile(`
		local t = {}
		for i = 1, 200 do t[i] = math.random(1000) end
		table.sort(t)
		local text = string.rep("x", #t):gsub("x", "%0y") .. vector.one.x .. os.time()
		for k, v in { text:match("(x)(y)") } do t[k] = v end
		return table.concat(t, ",") .. text .. tostring(t)`, "Shared")
	require.NoError(t, err)
	const worlds = 8
	var results [worlds]string
	var group sync.WaitGroup
	for i := range worlds {
		group.Go(func() {
			sim := sched.New(time.Unix(0, 0).UTC())
			v := vm.New(vm.Options{Sim: sim, Library: stdlib.Library(), Seed: 7})
			defer v.Close()
			values, fault := v.NewThread(v.Link(program, v.Globals)).Resume()
			if fault == nil {
				results[i] = vm.Text(values[0])
			}
		})
	}
	group.Wait()
	require.NotEmpty(t, results[0])
	for _, result := range results {
		require.Equal(t, results[0], result)
	}
}

func TestSeedDecidesRandomNumbers(t *testing.T) {
	draw := func(seed uint64) string {
		v := newWorld(t, vm.Options{Seed: seed})
		fn, err := v.Load(`return math.random(1e6) .. " " .. math.random()`, "Test", v.Globals)
		require.NoError(t, err)
		values, fault := v.NewThread(fn).Resume()
		require.Nil(t, fault)
		return vm.Text(values[0])
	}
	require.Equal(t, draw(1), draw(1))
	require.NotEqual(t, draw(1), draw(2))
}

// What runs long inside of one library function, or in an endless loop, ends when its limit says
// so, and no pcall holds it up.
func TestLimitStopsScriptsAndLibraryFunctions(t *testing.T) {
	for name, source := range map[string]string{
		"loop":            `while true do end`,
		"loop in a pcall": `while true do pcall(function() while true do end end) end`,
		"pattern":         `string.find(string.rep("a", 60), string.rep("a-", 50) .. "b")`,
		"pcall of a find": `pcall(string.find, string.rep("a", 60), string.rep("a*", 50) .. "b")`,
		"move":            `table.move({}, 1, 2^31 - 2, 1)`,
		"coroutine":       `coroutine.wrap(function() while true do end end)()`,
		"comparison":      `table.sort({1, 2, 3}, function() while true do end end)`,
	} {
		t.Run(name, func(t *testing.T) {
			limit := &vm.Limit{}
			v := newWorld(t, vm.Options{Limit: limit})
			limit.Stop("time is up") // the script notices when it next looks
			fault := run(t, v, source)
			require.NotNil(t, fault)
			require.True(t, strings.HasSuffix(fault.Error(), "time is up"), fault.Error())
		})
	}
}

func TestLimitIsLookedAtOftenWhenFewInstructionsMakeMuch(t *testing.T) {
	for _, source := range []string{
		`string.rep("x", 2e6)`, `table.concat({ long, long })`, `local s = long .. n`,
		`buffer.create(2e6)`, `table.create(2e5, 1)`,
	} {
		limit := &vm.Limit{}
		v := newWorld(t, vm.Options{Limit: limit})
		turns := 0
		machine.SetField(v.Globals, "turn", v.NewFunction("turn", func(*lua.LState) int {
			if turns++; turns == 3 {
				limit.Stop("enough")
			}
			return 0
		}))
		run(t, v, `local long, n = string.rep("x", 2e6), 1 while true do turn() `+source+` end`)
		require.Equal(t, 3, turns, source)
	}
}
