package vm

import (
	"fmt"
	"time"

	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/bytecode"
	"savestone/luabridge/machine"
	"savestone/luabridge/sched"
	"savestone/luabridge/syntax"
)

// Library is what scripts find when they start, and what compiled code calls by itself.
type Library struct {
	Helper func(bytecode.Helper) *lua.LFunction // functions that stand for operators
	Import func(name string) lua.LValue         // "math.floor" → the function, or nil
	Name   func(*lua.LFunction) string          // the name of one of its functions, or ""
	Open   func(*VM)                            // puts the globals in place
}

// Options of a VM.
type Options struct {
	Sim     *sched.Sim
	Library Library
	Limit   *Limit // when scripts are stopped by force; nil never stops them
	Seed    uint64 // of math.random

	// Uncaught is told of an error that ends a thread which the scheduler had resumed.
	Uncaught func(*Thread, *Error)
}

// VM is one Luau world: its globals and its threads. Several VMs may share a Sim; each belongs to
// the goroutine that runs the Sim.
type VM struct {
	Sim     *sched.Sim
	Globals *lua.LTable
	Host    any            // the layer above keeps its own data here
	Started time.Time      // when the VM came to be, in virtual time
	Random  uint64         // the state of math.random: Options.Seed, until the library makes it one
	Parsed  map[string]any // what the library made of texts that scripts use again and again

	options  Options
	root     *lua.LState // owns what the states share; runs no script
	free     []*lua.LState
	stringMT *lua.LTable
	names    map[*lua.LFunction]string // of Go functions, for debug.info
	ids      identities
	orphans  orphanage
	machine  machine.Machine
	clock    clock
	halted   time.Time // no thread runs before
	depth    int       // nested resumes
	killed   bool      // no thread runs any more
}

const (
	registrySize     = 128 // values; grows by registryGrowStep
	registryGrowStep = 2048
	registrySizeMax  = 1 << 20
	framesMax        = 8_000 // nested calls of one state; Luau's 20 000 would cost 20 kB a thread
	statesKept       = 256
)

// arrayIndexMax bounds the part of a table that gopher-lua keeps as an array: beyond it one large
// key would make the interpreter allocate everything below.
const arrayIndexMax = 1 << 20

// ListMax is how many items a list can have. Those of a longer one would be found by hash, and its
// length by counting.
const ListMax = arrayIndexMax - 1

// The two settings are gopher-lua's, and of the whole process; nothing else in the program uses
// gopher-lua, so they are set where the first thing that needs them is.
var _ = func() struct{} {
	lua.MaxArrayIndex = arrayIndexMax
	lua.CompatVarArg = false
	return struct{}{}
}()

// New returns a world with the library in place.
func New(o Options) *VM {
	root := lua.NewState(lua.Options{SkipOpenLibs: true, CallStackSize: 8, RegistrySize: 128})
	root.Options = lua.Options{
		CallStackSize: framesMax, RegistrySize: registrySize, RegistryMaxSize: registrySizeMax,
		RegistryGrowStep: registryGrowStep, MinimizeStackMemory: true, SkipOpenLibs: true,
	}
	v := &VM{
		Sim: o.Sim, Globals: root.G.Global, options: o, root: root,
		names: map[*lua.LFunction]string{}, ids: newIdentities(), Parsed: map[string]any{},
		Started: o.Sim.Now(), Random: o.Seed,
	}
	v.machine = machine.Machine{ToNumber: ToNumber, Look: v.look}
	// Go functions find their VM here; scripts cannot reach the registry.
	root.G.Registry.Metatable = &lua.LUserData{Value: v}
	// The first call in a set of states makes its state the main one; no script should be it.
	root.Push(root.NewFunction(func(*lua.LState) int { return 0 }))
	root.Call(0, 0)
	o.Library.Open(v)
	return v
}

// Of returns the VM that a Go function was called from.
func Of(L *lua.LState) *VM {
	return L.G.Registry.Metatable.(*lua.LUserData).Value.(*VM)
}

// Close ends all threads of the VM's simulation.
func (v *VM) Close() {
	v.Sim.Close()
	v.orphans.take()
}

// Kill ends all threads of this VM where they stand, and none runs any more; the simulation goes on
// without them.
func (v *VM) Kill() {
	v.killed = true
	v.Sim.KillIf(func(task *sched.Task) bool {
		thread, ok := task.Owner.(*Thread)
		return ok && thread.vm == v
	})
	v.orphans.take()
}

// Compile turns a source into a program, which any number of VMs with this library may share. Its
// errors are *syntax.Error and *bytecode.Error.
func (l Library) Compile(source, chunk string) (*bytecode.Program, error) {
	tree, err := syntax.Parse(source)
	if err != nil {
		return nil, err
	}
	return bytecode.Compile(tree, bytecode.Options{
		Chunk: chunk, Helper: l.Helper, Import: l.Import,
	})
}

// Dynamic is the library for code whose globals are replaced from outside, as setfenv does: nothing
// is found in advance.
func (l Library) Dynamic() Library {
	l.Import = nil
	return l
}

// Compile is Library.Compile with the VM's library.
func (v *VM) Compile(source, chunk string) (*bytecode.Program, error) {
	return v.options.Library.Compile(source, chunk)
}

// Load compiles a source to a function whose globals are env.
func (v *VM) Load(source, chunk string, env *lua.LTable) (*lua.LFunction, error) {
	program, err := v.Compile(source, chunk)
	if err != nil {
		return nil, err
	}
	return v.Link(program, env), nil
}

// LoadDynamic is Load for a function whose globals may be replaced, as those of loadstring are.
func (v *VM) LoadDynamic(source, chunk string, env *lua.LTable) (*lua.LFunction, error) {
	program, err := v.options.Library.Dynamic().Compile(source, chunk)
	if err != nil {
		return nil, err
	}
	return v.Link(program, env), nil
}

// Link makes a program a function of this VM whose globals are env.
func (v *VM) Link(program *bytecode.Program, env *lua.LTable) *lua.LFunction {
	return &lua.LFunction{Env: env, Proto: program.Main}
}

// NewTable returns an empty table with room for so many list items and fields.
func (v *VM) NewTable(items, fields int) *lua.LTable { return machine.NewTable(items, fields) }

// NewFunction wraps a Go function that belongs to this VM alone, under the name that debug.info
// shows. The VM keeps a function that has a name; those made again and again have "".
func (v *VM) NewFunction(name string, fn lua.LGFunction) *lua.LFunction {
	f := &lua.LFunction{IsG: true, GFunction: fn, Env: v.Globals}
	if name != "" {
		v.names[f] = name
	}
	return f
}

// SetStringMetatable gives all strings their metatable.
func (v *VM) SetStringMetatable(mt *lua.LTable) {
	v.stringMT = mt
	v.root.SetMetatable(lua.LString(""), mt)
}

// Info returns what the compiler knows of a function, or nil for a Go function.
func Info(fn *lua.LFunction) *bytecode.FuncInfo {
	if fn.IsG {
		return nil
	}
	return bytecode.Info(fn.Proto)
}

// FuncName returns the name a function was declared or registered with, or "".
func (v *VM) FuncName(fn *lua.LFunction) string {
	if fn.IsG {
		if name, ok := v.names[fn]; ok || v.options.Library.Name == nil {
			return name
		}
		return v.options.Library.Name(fn)
	}
	if info := Info(fn); info != nil {
		return info.Name
	}
	return ""
}

// state returns an interpreter state that nothing runs on.
func (v *VM) state() *lua.LState {
	if n := len(v.free); n > 0 {
		s := v.free[n-1]
		v.free = v.free[:n-1]
		return s
	}
	s := v.machine.NewState(v.root)
	s.Panic = raised
	return s
}

// release takes back a state whose call returned. A state whose call failed is dropped instead:
// closures made on it may still use its registers.
func (v *VM) release(s *lua.LState) {
	s.SetTop(0)
	machine.Sweep(s)
	if len(v.free) < statesKept {
		v.free = append(v.free, s)
	}
}

// String tells which VM this is, for debugging.
func (v *VM) String() string { return fmt.Sprintf("vm.VM{%s}", v.Sim) }
