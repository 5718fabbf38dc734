package vm_test

import (
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/vm"
)

// collect gives the garbage collector, and the scheduler after it, every chance.
func collect(v *vm.VM) {
	for range 5 {
		runtime.GC()
		runtime.Gosched()
		v.NewThread(v.NewFunction("", func(*lua.LState) int { return 0 })).Run()
	}
}

// What a Go function does when its thread ends can be seen, and must not depend on the collector.
func TestThreadOfAGoFunctionIsNotCollected(t *testing.T) {
	v := world(t, vm.Options{})
	ended := false
	v.NewThread(v.NewFunction("", func(L *lua.LState) int {
		defer func() { ended = true }()
		vm.Call(L, 0, v.Globals.RawGetString("yield"))
		return 0
	})).Run()
	collect(v)
	require.False(t, ended)
	v.Close()
	require.True(t, ended)
}

func TestFunctionsWithoutANameAreNotKept(t *testing.T) {
	v := world(t, vm.Options{})
	collected := make(chan struct{})
	func() {
		fn := v.NewFunction("", func(*lua.LState) int { return 0 })
		runtime.AddCleanup(fn, func(c chan struct{}) { close(c) }, collected)
	}()
	for range 100 {
		runtime.GC()
		select {
		case <-collected:
			return
		default:
			runtime.Gosched()
		}
	}
	t.Fatal("a function that nobody holds is still there")
}
