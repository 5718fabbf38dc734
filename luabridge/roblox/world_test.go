package roblox

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/sched"
	"savestone/luabridge/stdlib"
	"savestone/luabridge/vm"
)

var testStart = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// world is a server whose output a test reads.
type world struct {
	*Server
	t    *testing.T
	sim  *sched.Sim
	said []string // what was printed; warnings begin with "W ", errors with "E "
	logs []Message
}

func newWorld(t *testing.T, o Options) *world {
	return newWorldOf(t, sched.New(testStart), o)
}

// newWorldOf makes a server that shares a simulation.
func newWorldOf(t *testing.T, sim *sched.Sim, o Options) *world {
	w := &world{t: t, sim: sim}
	o.Output = func(m Message) {
		w.logs = append(w.logs, m)
		w.said = append(w.said, map[MessageKind]string{Warning: "W ", Error: "E "}[m.Kind]+m.Text)
	}
	w.Server = New(vm.Options{Sim: w.sim, Library: stdlib.Library()}, o)
	t.Cleanup(w.VM.Close)
	return w
}

// module adds a ModuleScript to ReplicatedStorage.
func (w *world) module(name, source string) *Instance {
	module := w.NewInstance("ModuleScript", name, w.Service("ReplicatedStorage"))
	require.NoError(w.t, module.Store("Source", lua.LString(source)))
	return module
}

// start runs a script called Main as far as it goes by itself.
func (w *world) start(source string) *Instance {
	script := w.NewInstance("Script", "Main", w.Service("ServerScriptService"))
	require.NoError(w.t, script.Store("Source", lua.LString(source)))
	w.RunScript(script)
	return script
}

// run runs a script until nothing happens any more and returns what was said, a line each.
func (w *world) run(source string) string {
	w.start(source)
	w.sim.Run()
	return w.heard()
}

// heard returns what was said since the last time.
func (w *world) heard() string {
	said := strings.Join(w.said, "\n")
	w.said = nil
	return said
}

// says runs a script in a new world and compares what it says.
func says(t *testing.T, source string, lines ...string) {
	t.Helper()
	require.Equal(t, strings.Join(lines, "\n"), newWorld(t, Options{}).run(source))
}

// refuses runs statements, each of which must raise the text beside it.
func refuses(t *testing.T, statements [][2]string) {
	t.Helper()
	for _, s := range statements {
		source := fmt.Sprintf("print(select(2, pcall(function() %s end)))", s[0])
		require.Equal(t, s[1], newWorld(t, Options{}).run(source), s[0])
	}
}
