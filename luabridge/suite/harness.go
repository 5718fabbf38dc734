package suite

import (
	"context"
	_ "embed"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge"
	"savestone/luabridge/machine"
	"savestone/luabridge/roblox"
	"savestone/luabridge/rojo"
	"savestone/luabridge/vm"
)

var (
	//go:embed bootstrap/testez.luau
	testezBootstrap string
	//go:embed bootstrap/jest.luau
	jestBootstrap string
	//go:embed bootstrap/midori.luau
	midoriBootstrap string
)

// harness runs a framework of the project's own, in one world for all files: the framework decides
// what they share.
type harness struct {
	*world
	o     Options
	group group
	place *luabridge.Place
	disk  *disk

	runSeed uint64
	files   []*File // those of the specs first, in their order
	byPath  map[string]*File
	byChunk map[string]*File // by the full name of the module
	running *File            // whose code was seen last
}

// runFramework runs all files of a group.
func runFramework(
	ctx context.Context, place *luabridge.Place, g group, seed uint64, o Options,
) ([]*File, error) {
	began := o.Clock.Now()
	h := &harness{
		o: o, group: g, place: place, disk: newDisk(place), runSeed: seed,
		byPath: map[string]*File{}, byChunk: map[string]*File{},
	}
	var err error
	h.world, err = newWorld(ctx, place, fileSeed(seed, string(g.framework)), o,
		luabridge.Options{Disk: h.disk})
	if err != nil {
		return nil, err
	}
	h.disk.game = h.game
	for _, s := range g.specs {
		file := &File{Name: s.name, Path: s.node.Source.File, Seed: seed}
		h.files = append(h.files, file)
		module := h.find(s.node)
		h.byPath[h.disk.ScriptFile(module)], h.byChunk[module.FullName()] = file, file
	}
	h.heard, h.recorder.asked = h.hearFile, h.countFile
	h.leaveOut()
	if problem := h.run(); problem != nil {
		h.files, h.byPath = nil, map[string]*File{}
		h.fileAt("").Problem = problem
	}
	if o.UpdateSnapshots {
		err = h.disk.flush()
	}
	h.sum(began)
	if closing := h.close(); err == nil {
		err = closing
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", g.framework.Title(), err)
	}
	return h.files, nil
}

// leaveOut takes the cases that are not to run out of the tree, where the framework would find
// them: those that a filter or a shard left out, other frameworks' and those in packages.
func (h *harness) leaveOut() {
	chosen := map[*rojo.Node]bool{}
	for _, s := range h.group.specs {
		chosen[s.node] = true
	}
	suffix := map[Framework]string{TestEZ: ".spec", Midori: ".test"}[h.group.framework]
	var visit func(node *rojo.Node)
	visit = func(node *rojo.Node) {
		isCase := node.ClassName == "ModuleScript" && node.Source != nil &&
			(strings.HasSuffix(node.Name, ".spec") || strings.HasSuffix(node.Name, ".test"))
		// What applies to a whole folder stays, whichever of its files run.
		isInit := suffix != "" && node.Name == "init"+suffix
		if instance := h.find(node); isCase && !chosen[node] && !isInit && instance != nil {
			instance.Destroy()
			return
		}
		for _, child := range node.Children {
			visit(child)
		}
	}
	visit(h.place.Project.Root)
}

// run runs the framework's bootstrap and shares out what it tells.
func (h *harness) run() *Problem {
	source := map[Framework]string{
		TestEZ: testezBootstrap, Jest: jestBootstrap, Midori: midoriBootstrap,
	}[h.group.framework]
	v := h.game.VM
	fn, err := v.Load(source, bootstrapChunk(h.group.framework), v.Globals)
	if err != nil {
		return &Problem{Message: err.Error()}
	}
	timeout := h.o.Timeout * time.Duration(max(1, len(h.group.specs)))
	results, problem := h.finish(fn, timeout,
		h.find(h.group.module).Object(), h.roots(), h.options())
	if problem != nil {
		return problem
	}
	told, ok := first(results).(*lua.LTable)
	if !ok {
		return &Problem{Message: "the bootstrap returned no table"}
	}
	for i := 1; i <= vm.Length(told); i++ {
		h.note(readVerdict(told.RawGetInt(i).(*lua.LTable)))
	}
	return nil
}

// roots lists where the framework is to look: Jest's projects, or the services with cases in them.
func (h *harness) roots() *lua.LTable {
	list := h.game.VM.NewTable(len(h.group.specs), 0)
	nodes := h.group.projects
	if h.group.framework != Jest {
		nodes = nil
		for _, s := range h.group.specs {
			service, _, _ := strings.Cut(s.name, "/")
			if node := h.place.Project.Root.Child(service); !slices.Contains(nodes, node) {
				nodes = append(nodes, node)
			}
		}
	}
	for _, node := range nodes {
		machine.Append(list, h.find(node).Object())
	}
	return list
}

// options are what the framework is told besides: how to choose cases by name.
func (h *harness) options() lua.LValue {
	pattern := lua.LValue(lua.LNil)
	switch {
	case h.o.Name != "" && h.group.framework == Jest:
		pattern = lua.LString(regexp.QuoteMeta(h.o.Name))
	case h.o.Name != "":
		pattern = lua.LString(escapePattern(h.o.Name))
	}
	if h.group.framework != Jest {
		return pattern
	}
	options := h.game.VM.NewTable(0, 3)
	machine.SetField(options, "ci", lua.LBool(h.o.CI))
	machine.SetField(options, "testNamePattern", pattern)
	if h.o.UpdateSnapshots {
		machine.SetField(options, "updateSnapshot", lua.LTrue)
	}
	return options
}

// attend returns the file whose code is running: the last one that was in the middle of a call
// when something was printed or asked. Threads in the background count for it as well. It is nil
// before any file has begun.
func (h *harness) attend() *File {
	if thread := h.game.VM.Current(); thread != nil {
		for _, frame := range thread.Frames() {
			if file, ok := h.byChunk[frame.Source]; ok {
				h.running = file
				break
			}
		}
	}
	return h.running
}

// hearFile gives what was just printed to the file that runs.
func (h *harness) hearFile(m roblox.Message) {
	file := h.attend()
	if file == nil {
		return // sum finds it a place
	}
	file.Output = append(file.Output, h.output...)
	h.output = nil
	if m.Kind == roblox.Error {
		file.Uncaught++
		h.uncaught--
	}
}

// countFile counts a request of the file that runs.
func (h *harness) countFile(calls Calls) {
	if file := h.attend(); file != nil {
		file.Calls.add(calls)
		h.recorder.calls = Calls{}
	}
}

// sum finishes the files: what belongs to none, and what is known only of the whole run, is put on
// the first.
func (h *harness) sum(began time.Time) {
	kept := slices.DeleteFunc(slices.Clone(h.files), func(f *File) bool {
		// A module below a jest.config need not be a test, and an init file need not hold one.
		mayBeEmpty := h.group.framework == Jest || strings.Contains(f.Name, "/init.")
		return mayBeEmpty && f.Problem == nil && len(f.Cases) == 0
	})
	if len(kept) == 0 {
		h.files = nil
		return
	}
	first, loaded := kept[0], h.game.Files()
	for _, file := range h.files {
		file.Loaded = loaded
		if !slices.Contains(kept, file) {
			h.output = append(h.output, file.Output...)
			h.uncaught += file.Uncaught
			h.recorder.calls.add(file.Calls)
		}
	}
	h.files = kept
	first.Output = append(h.output, first.Output...)
	first.Uncaught += h.uncaught
	first.Calls.add(h.recorder.calls)
	first.Virtual = h.sim.Now().Sub(luabridge.Epoch)
	first.Unstored = h.disk.unstored(h.o.UpdateSnapshots)
	first.hash = h.recorder.hash
	first.Took = h.o.Clock.Now().Sub(began)
}
