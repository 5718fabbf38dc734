package stdlib_test

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/machine"
	"savestone/luabridge/sched"
	"savestone/luabridge/stdlib"
	"savestone/luabridge/vm"
)

// Chunked files hold Luau programs, separated by lines of "---". Each runs in a world of its own
// and must come to its end. A line that ends in
//
//	--> "text"
//
// must be where the program ends with that error instead. Lines count from the top of the file.
// The programs may call check(got, want), and failure(f, ...) for the error of a call.
const chunkFiles = "../../testdata/luau/*.luau"

func TestLuauChunks(t *testing.T) {
	files, err := filepath.Glob(chunkFiles)
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		source, err := os.ReadFile(file)
		require.NoError(t, err)
		name := strings.TrimSuffix(filepath.Base(file), ".luau")
		t.Run(name, func(t *testing.T) {
			for _, c := range chunksOf(string(source)) {
				if got := c.run(t, name); got != c.want(name) {
					t.Errorf("%s:%d: got %q, want %q", file, c.line, got, c.want(name))
				}
			}
		})
	}
}

// chunk is one program of a file.
type chunk struct {
	source    string
	line      int    // where it begins
	failure   string // what it must end with, if anything
	failsLine int
}

func chunksOf(source string) (chunks []chunk) {
	c := chunk{line: 1}
	var text strings.Builder
	flush := func() {
		c.source = strings.Repeat("\n", c.line-1) + text.String()
		if strings.TrimSpace(c.source) != "" {
			chunks = append(chunks, c)
		}
	}
	for i, line := range strings.Split(source, "\n") {
		if line == "---" {
			flush()
			text.Reset()
			c = chunk{line: i + 2}
			continue
		}
		if _, mark, ok := strings.Cut(line, `--> "`); ok {
			c.failure, c.failsLine = strings.TrimSuffix(mark, `"`), i+1
		}
		text.WriteString(line + "\n")
	}
	flush()
	return chunks
}

func (c chunk) want(name string) string {
	if c.failure == "" {
		return ""
	}
	return fmt.Sprintf("%s:%d: %s", name, c.failsLine, c.failure)
}

// run returns the error that the program ended with.
func (c chunk) run(t testing.TB, name string) string {
	var failures []string
	v := newWorld(t, vm.Options{Uncaught: func(_ *vm.Thread, fault *vm.Error) {
		failures = append(failures, fault.Error())
	}})
	fn, err := v.Load(c.source, name, v.Globals)
	if err != nil {
		return err.Error()
	}
	thread := v.NewThread(fn)
	thread.Run()
	v.Sim.Run()
	if len(failures) == 0 && thread.Status() != vm.Dead {
		return "did not come to its end"
	}
	return strings.Join(failures, "; ")
}

// newWorld returns a VM with the library and what the programs of these tests call.
func newWorld(t testing.TB, o vm.Options) *vm.VM {
	t.Helper()
	o.Sim = sched.New(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
	o.Library = stdlib.Library()
	v := vm.New(o)
	t.Cleanup(v.Close)
	machine.SetField(v.Globals, "check", v.NewFunction("check", check))
	machine.SetField(v.Globals, "failure", v.NewFunction("failure", failure))
	machine.SetField(v.Globals, "wait", v.NewFunction("wait", func(L *lua.LState) int {
		thread := vm.MustYield(L)
		seconds := vm.OptNumber(L, 1, "wait", 0)
		thread.WakeAt(v.Sim.Now().Add(time.Duration(seconds * float64(time.Second))))
		return vm.Return(L, thread.Yield(nil)...)
	}))
	return v
}

func check(L *lua.LState) int {
	if L.GetTop() != 2 {
		vm.Errorf(L, "check: got %d values, want 2", L.GetTop())
	}
	got, want := L.Get(1), L.Get(2)
	if !same(L, got, want) {
		vm.Errorf(L, "check: got %s, want %s", vm.ToString(L, got), vm.ToString(L, want))
	}
	return 0
}

// same is raw equality under which NaN equals itself and -0 differs from 0.
func same(L *lua.LState, got, want lua.LValue) bool {
	if x, ok := got.(lua.LNumber); ok {
		y, ok := want.(lua.LNumber)
		equal := math.Float64bits(float64(x)) == math.Float64bits(float64(y))
		return ok && (equal || x != x && y != y)
	}
	return L.RawEqual(got, want)
}

// failure calls a function that must fail and returns the error.
func failure(L *lua.LState) int {
	if vm.ProtectStack(L, 1, nil) {
		vm.Errorf(L, "failure: the call succeeded")
	}
	return 1
}

func nothing(*lua.LState) int { return 0 }
