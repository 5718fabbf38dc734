package suite

import (
	"maps"
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/machine"
	"savestone/luabridge/roblox"
	"savestone/luabridge/vm"
)

// declaration builds the tree of one spec file while its functions run.
type declaration struct {
	vm      *vm.VM
	explain func(*vm.Error) *Problem
	warn    func(text string)
	root    *block
	current *block // nil while cases run: nothing can be declared then
}

func newDeclaration(w *world) *declaration {
	root := &block{folder: true}
	return &declaration{
		vm: w.game.VM, explain: w.problem, root: root, current: root,
		warn: func(text string) {
			w.game.Print(roblox.Message{Kind: roblox.Warning, Text: text})
		},
	}
}

// inner makes the current block that of a folder: its hooks and its mark stay, its cases are those
// of another run, and a block in it is the current one.
func (d *declaration) inner() {
	outer := d.current
	d.current = &block{parent: outer, folder: true}
	outer.nodes = []node{{block: d.current}}
}

// open puts the words of a suite into the globals of a spec module, in the order of their names:
// scripts can see it.
func (d *declaration) open(env *lua.LTable) {
	words := map[string]lua.LGFunction{}
	for name, m := range describes {
		words[name] = func(L *lua.LState) int { return d.describe(L, name, m) }
	}
	for name, m := range its {
		words[name] = func(L *lua.LState) int { return d.it(L, name, m) }
	}
	for name, m := range markers {
		words[name] = func(L *lua.LState) int {
			d.where(L, name).mark = m
			if name == "FIXME" {
				d.fixme(d.current.path(), vm.OptString(L, 1, name, ""))
			}
			return 0
		}
	}
	for name, list := range hookLists {
		words[name] = func(L *lua.LState) int {
			hooks := list(d.where(L, name))
			*hooks = append(*hooks, vm.ArgFunction(L, 1, name))
			return 0
		}
	}
	for _, name := range slices.Sorted(maps.Keys(words)) {
		machine.SetField(env, name, d.vm.NewFunction(name, words[name]))
	}
}

// The words of a suite, and what each does.
var (
	describes = map[string]mark{
		"describe": plain, "describeFOCUS": focused, "describeSKIP": skipped,
		"fdescribe": focused, "xdescribe": skipped,
	}
	its = map[string]mark{
		"it": plain, "itFOCUS": focused, "itSKIP": skipped, "itFIXME": skipped,
		"fit": focused, "xit": skipped,
	}
	markers   = map[string]mark{"FOCUS": focused, "SKIP": skipped, "FIXME": skipped}
	hookLists = map[string]func(*block) *[]*lua.LFunction{
		"beforeAll":  func(b *block) *[]*lua.LFunction { return &b.beforeAll },
		"afterAll":   func(b *block) *[]*lua.LFunction { return &b.afterAll },
		"beforeEach": func(b *block) *[]*lua.LFunction { return &b.beforeEach },
		"afterEach":  func(b *block) *[]*lua.LFunction { return &b.afterEach },
	}
)

// Globals lists what spec modules have beside the globals of every script, sorted.
func Globals() []string {
	all := []string{"expect", "emulator", "fail"}
	all = slices.AppendSeq(all, maps.Keys(describes))
	all = slices.AppendSeq(all, maps.Keys(its))
	all = slices.AppendSeq(all, maps.Keys(markers))
	all = slices.AppendSeq(all, maps.Keys(hookLists))
	slices.Sort(all)
	return all
}

func (d *declaration) where(L *lua.LState, name string) *block {
	if d.current == nil {
		vm.Errorf(L, "%s was called while a case runs: want it inside a describe", name)
	}
	return d.current
}

func (d *declaration) describe(L *lua.LState, word string, m mark) int {
	outer := d.where(L, word)
	inner := &block{name: vm.ArgString(L, 1, word), mark: m, parent: outer}
	body := vm.ArgFunction(L, 2, word)
	outer.nodes = append(outer.nodes, node{block: inner})
	d.current = inner
	defer func() { d.current = outer }()
	var calls []vm.Frame
	note := d.vm.NewFunction("", func(L *lua.LState) int {
		calls = d.vm.Current().Frames()
		return vm.Return(L, L.Get(1))
	})
	if _, fault := vm.Protect(L, body, note, nil); fault != nil {
		fault.Trace = calls
		inner.problem = d.explain(fault)
	}
	return 0
}

// fixme warns of a case or block that is skipped because it is known to be broken.
func (d *declaration) fixme(path []string, message string) {
	d.warn(strings.TrimSpace("FIXME: broken test " + strings.Join(path, " ") + " " + message))
}

func (d *declaration) it(L *lua.LState, word string, m mark) int {
	in := d.where(L, word)
	t := &test{name: vm.ArgString(L, 1, word), mark: m, in: in}
	if L.GetTop() > 1 {
		t.body = vm.ArgFunction(L, 2, word)
	} else if m != skipped {
		vm.ArgTypeError(L, 2, word, "function")
	}
	in.nodes = append(in.nodes, node{test: t})
	if word == "itFIXME" {
		d.fixme(t.path(), "")
	}
	return 0
}
