package scenarios

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	lua "github.com/yuin/gopher-lua"

	"savestone/emulator"
	"savestone/luabridge"
	"savestone/luabridge/rojo"
	"savestone/luabridge/sched"
	"savestone/luabridge/vm"
	"savestone/scenarios/library"
)

// Suffix is what the names of scenario files end with.
const Suffix = ".chaos.luau"

// File is a scenario: what its source returned, split into cells.
type File struct {
	Path  string // as it was given
	Dir   string // what its paths are relative to; "" for one that ships with savestone
	Text  string
	Name  string
	About string
	Cells []Cell
}

// Cell is one combination of a scenario's cases and its matrix: a plan of its own.
type Cell struct {
	Name string // "weather=calm system=plain", "" if there is only one
	Plan Plan
}

// Open reads a scenario: a file, or one of those that ship (see library.Scenarios).
func Open(path string) (*File, error) {
	text, dir, err := readScenario(path)
	if err != nil {
		return nil, err
	}
	return parse(path, dir, text)
}

func readScenario(path string) (text, dir string, err error) {
	if text, ok := library.Scenario(path); ok {
		return text, "", nil
	}
	raw, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return "", "", fmt.Errorf("open scenario: got %q, want a file NAME%s or one of %s",
			path, Suffix, strings.Join(library.Scenarios(), ", "))
	}
	if err != nil {
		return "", "", fmt.Errorf("open scenario: %w", err)
	}
	return strings.ReplaceAll(string(raw), "\r\n", "\n"), filepath.Dir(path), nil
}

// parse makes a scenario of its source.
func parse(path, dir, text string) (*File, error) {
	value, err := evaluate(path, text)
	if err != nil {
		return nil, err
	}
	tree, err := plain(value, "")
	if err == nil && fieldsOf(tree) == nil {
		err = fmt.Errorf("got %s, want a table that describes a scenario", shape(tree))
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	f := &File{Path: path, Dir: dir, Text: text}
	if err := f.split(fieldsOf(tree)); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return f, nil
}

// evaluate runs a scenario's source for what it returns.
func evaluate(path, text string) (lua.LValue, error) {
	sim := sched.New(luabridge.Epoch)
	defer sim.Close()
	limit := &vm.Limit{}
	defer afterwards(evaluationMax, func() {
		limit.Stop(fmt.Sprintf("it ran for %v without returning", evaluationMax))
	})()
	game, fn, err := director(sim, path, text, limit)
	if err != nil {
		return nil, err
	}
	thread := game.VM.NewThread(fn)
	thread.Watch()
	thread.Run()
	if fault := thread.Fault(); fault != nil {
		return nil, fmt.Errorf("%s: %s", path, game.WithFiles(fault.Error()))
	}
	returned := thread.Returned()
	if len(returned) != 1 {
		return nil, fmt.Errorf("%s: got %d values, want one table (and no waiting)",
			path, len(returned))
	}
	return returned[0], nil
}

// evaluationMax is how long a scenario's source may take, on the machine's clock.
const evaluationMax = 10 * time.Second

// afterwards does something after a while, unless the function that it returns is called before;
// that waits until it is certain.
func afterwards(wait time.Duration, do func()) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if (emulator.Wall{}).Sleep(ctx, wait) == nil {
			do()
		}
	}()
	return func() {
		cancel()
		<-ended
	}
}

// director makes a server with nothing in it but a scenario's source, and the source's function.
func director(
	sim *sched.Sim, path, text string, limit *vm.Limit,
) (*luabridge.Game, *lua.LFunction, error) {
	name := strings.TrimSuffix(filepath.Base(path), Suffix)
	script := &rojo.Node{
		Name: name, ClassName: "ModuleScript", Source: &rojo.Source{Text: text, File: path},
	}
	place := luabridge.NewPlace(&rojo.Project{Name: name, File: path, Root: &rojo.Node{
		Name: "Game", ClassName: "DataModel", Children: []*rojo.Node{{
			Name: "ServerStorage", ClassName: "ServerStorage", Children: []*rojo.Node{script},
		}},
	}})
	game, err := place.Start(luabridge.Options{
		Sim: sim, Service: nowhere{}, Name: "director", Limit: limit,
	})
	if err != nil {
		return nil, nil, err
	}
	fn, err := game.Load(game.InstanceOf(script))
	return game, fn, err
}

// nowhere is the data store service of a scenario's own source, which has none.
type nowhere struct{}

// Do implements emulator.Service.
func (nowhere) Do(context.Context, emulator.Request) (emulator.Result, error) {
	return emulator.Result{}, errors.New("a scenario has no data stores of its own")
}

// split makes the cells: the product of the matrix' axes, times the cases.
func (f *File) split(tree map[string]any) error {
	cases, matrix := tree["cases"], tree["matrix"]
	base := map[string]any{}
	for name, value := range tree {
		if name != "cases" && name != "matrix" {
			base[name] = value
		}
	}
	if matrix != nil && fieldsOf(matrix) == nil {
		return fmt.Errorf("matrix: got %s, want a table of axes", shape(matrix))
	}
	cells := []cellTree{{"", base}}
	for _, axis := range sortedKeys(fieldsOf(matrix)) {
		values := fieldsOf(fieldsOf(matrix)[axis])
		if len(values) == 0 {
			return fmt.Errorf("matrix.%s: got %s, want a table of named tables",
				axis, shape(fieldsOf(matrix)[axis]))
		}
		cells = crossed(cells, axis, values)
	}
	if values := fieldsOf(cases); len(values) > 0 {
		cells = crossed(cells, "case", values)
	} else if cases != nil {
		return fmt.Errorf("cases: got %s, want a table of named tables", shape(cases))
	}
	for _, c := range cells {
		plan, err := f.plan(c.tree)
		if err != nil {
			if c.name != "" {
				err = fmt.Errorf("%s: %w", c.name, err)
			}
			return err
		}
		f.Cells = append(f.Cells, Cell{c.name, plan})
	}
	about, _ := tree["about"].(string)
	f.Name, f.About = f.Cells[0].Plan.Name, about
	for _, c := range f.Cells[1:] {
		first := f.Cells[0].Plan
		if c.Plan.Name != first.Name || c.Plan.Deadline != first.Deadline ||
			c.Plan.Confidence != first.Confidence {
			return fmt.Errorf("%s: got a name, deadline or confidence of its own, want the same "+
				"in all cells", c.Name)
		}
	}
	return nil
}

type cellTree struct {
	name string
	tree map[string]any
}

// crossed puts each value of an axis into each cell.
func crossed(cells []cellTree, axis string, values map[string]any) []cellTree {
	var all []cellTree
	for _, cell := range cells {
		for _, name := range sortedKeys(values) {
			label := strings.TrimSpace(cell.name + " " + axis + "=" + name)
			tree := cell.tree
			if values[name] != nil { // an empty table changes nothing
				tree = fieldsOf(patched(cell.tree, values[name]))
			}
			all = append(all, cellTree{label, tree})
		}
	}
	return all
}

// plan makes a cell's plan.
func (f *File) plan(tree map[string]any) (Plan, error) {
	fields := map[string]any{}
	for name, value := range tree {
		if _, isFunction := value.(function); isFunction && name == "run" {
			value = true
		}
		fields[name] = value
	}
	if found := functionIn(fields); found != "" {
		return Plan{}, fmt.Errorf("%s: got a function, want data; only run is one", found)
	}
	plan, err := decode(fields)
	if err != nil {
		return plan, err
	}
	return plan, plan.gather(f)
}

// gather puts into the plan what it needs of other files, so that its hash covers them.
func (p *Plan) gather(f *File) error {
	p.Sources = map[string]string{}
	if p.Run {
		p.Sources["scenario"] = hashOf(f.Text)
	}
	if p.Script != "" {
		text, err := f.read(p.Script)
		if err != nil {
			return fmt.Errorf("script: %w", err)
		}
		p.Sources["script"] = hashOf(text)
	}
	return nil
}

// read reads a file that the scenario names.
func (f *File) read(name string) (string, error) {
	if f.Dir == "" {
		if text, ok := library.Read(name); ok {
			return text, nil
		}
		return "", fmt.Errorf("got %q, want a file that ships with savestone", name)
	}
	raw, err := os.ReadFile(filepath.Join(f.Dir, filepath.FromSlash(name)))
	if err != nil {
		return "", err
	}
	return strings.ReplaceAll(string(raw), "\r\n", "\n"), nil
}
