package scenarios

import (
	"context"
	"errors"
	"fmt"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/vm"
	"savestone/scenarios/library"
	"savestone/scenarios/verdict"
)

// Mutant is a system, or a store, with a bug planted in it, and a scenario in which it shows.
type Mutant struct {
	Name  string
	About string   // the bug
	Want  []string // the checks that may catch it
	Plan  Plan     // Worlds is how many it may take
	file  *File
}

// Zoo reads the mutants that ship (library/Zoo.luau).
func Zoo() ([]Mutant, error) {
	text, ok := library.Read("Zoo.luau")
	if !ok {
		return nil, errors.New("the zoo is not there")
	}
	value, err := evaluate("Zoo.luau", text)
	if err != nil {
		return nil, err
	}
	table, ok := value.(*lua.LTable)
	if !ok {
		return nil, fmt.Errorf("Zoo.luau: got a %s, want a list", vm.TypeName(value))
	}
	tree, err := plain(table, "")
	if err != nil {
		return nil, err
	}
	list, _ := tree.([]any)
	f := &File{Path: "zoo"}
	var mutants []Mutant
	for i, entry := range list {
		m, err := mutantOf(fieldsOf(entry), f)
		if err != nil {
			return nil, fmt.Errorf("Zoo.luau: mutant %d (%s): %w", i+1, m.Name, err)
		}
		mutants = append(mutants, m)
	}
	return mutants, nil
}

// mutantOf reads one mutant: its name, what it is about, what must catch it, the name of a change
// to the library if it is one, and the scenario.
func mutantOf(fields map[string]any, f *File) (m Mutant, err error) {
	m.file = f
	m.Name, _ = fields["name"].(string)
	m.About, _ = fields["about"].(string)
	want, _ := fields["want"].([]any)
	for _, id := range want {
		name, _ := id.(string)
		m.Want = append(m.Want, name)
	}
	tree, ok := patched(map[string]any{}, fields["plan"]).(map[string]any)
	if m.Name == "" || len(m.Want) == 0 || !ok {
		return m, errors.New("want name, want and plan")
	}
	tree["name"] = "zoo-" + m.Name
	if m.Plan, err = f.plan(tree); err != nil {
		return m, err
	}
	change, _ := fields["change"].(string)
	if change == "" {
		return m, nil
	}
	patch, about, err := changeNamed(change)
	if err != nil {
		return m, err
	}
	if m.About == "" {
		m.About = about
	}
	m.Plan.System.Patches = append(m.Plan.System.Patches, patch)
	return m, nil
}

// changeNamed reads a change of library/zoo: a text of one file of lua/ that another takes the
// place of, and why that is a mistake.
func changeNamed(name string) (patch Patch, about string, err error) {
	text, ok := library.Read("zoo/" + name + ".mutant")
	if !ok {
		return patch, "", fmt.Errorf("change: got %q, want a file of library/zoo", name)
	}
	head, body, _ := strings.Cut(text, "-- find --\n")
	find, replace, ok := strings.Cut(body, "-- replace --\n")
	if !ok {
		return patch, "", fmt.Errorf("change %s: got no find and replace", name)
	}
	for line := range strings.Lines(head) {
		field, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		switch field {
		case "why":
			about = value
		case "file":
			patch.File = "lua/" + value
		}
	}
	patch.Find = strings.TrimSuffix(find, "\n")
	patch.Replace = strings.TrimSuffix(replace, "\n")
	return patch, about, nil
}

// Hunt runs a mutant's worlds until a check that should catch it does. Unless that is an emulator
// with a bug, the same worlds without the bug must pass these checks.
func (m *Mutant) Hunt(ctx context.Context, o Options) (verdict.ZooResult, error) {
	found := verdict.ZooResult{
		Mutant: m.Name, About: m.About, Want: strings.Join(m.Want, " or "),
	}
	sick, err := m.file.compose(Cell{"", m.Plan})
	if err != nil {
		return found, err
	}
	sound := m.Plan
	sound.System.Patches, sound.System.Broken, sound.Local = nil, "", Local{}
	if config, ok := sound.System.Config.(map[string]any); ok {
		sound.System.Config = withoutBug(config)
	}
	healthy, err := m.file.compose(Cell{"", sound})
	if err != nil {
		return found, err
	}
	for number := range m.Plan.Worlds {
		found.Worlds = number + 1
		caught, err := m.caught(ctx, sick, o, number)
		if err != nil {
			return found, err
		}
		if caught == "" {
			continue
		}
		if healthy.hash == sick.hash {
			return found, fmt.Errorf("%s: nothing is broken about it", m.Name)
		}
		alarm, err := m.caught(ctx, healthy, o, number)
		if err != nil {
			return found, fmt.Errorf("%s, without the bug: %w", m.Name, err)
		}
		if alarm != "" {
			return found, fmt.Errorf("%s: %s fires without the bug, too", m.Name, alarm)
		}
		found.Caught = caught
		break
	}
	return found, nil
}

// withoutBug is a system's config without the bug that it asks for.
func withoutBug(config map[string]any) map[string]any {
	sound := map[string]any{}
	for name, value := range config {
		if name != "bug" {
			sound[name] = value
		}
	}
	return sound
}

// caught runs a world and returns which of the wanted checks fires. The world of a sound system has
// the seed of the mutant's, so that they meet the same weather.
func (m *Mutant) caught(ctx context.Context, c *cell, o Options, number int) (string, error) {
	c.Plan.Worlds = 1
	c.Plan.Seed = fmt.Sprintf("%x", seedOf(m.Name, o.Seed, number))
	result, err := c.world(ctx, o, number)
	if err != nil {
		return "", err
	}
	for _, want := range m.Want {
		if result.row.Violations[want] > 0 {
			return want, nil
		}
	}
	if result.row.Error != "" {
		return "", fmt.Errorf("the world broke: %s", result.row.Error)
	}
	return "", nil
}
