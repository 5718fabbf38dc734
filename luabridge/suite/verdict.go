package suite

import (
	"fmt"
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge"
	"savestone/luabridge/vm"
)

// verdict is a case as a bootstrap tells of it.
type verdict struct {
	file    string // on disk, if the framework knows
	path    []string
	status  Status
	message string
}

// statuses are the words of the frameworks; all others mean that a case did not run.
var statuses = map[string]Status{
	"success": Passed, "passed": Passed, "failure": Failed, "failed": Failed,
}

func readVerdict(t *lua.LTable) verdict {
	v := verdict{
		file: textOf(t, "file"), message: textOf(t, "message"),
		status: statuses[strings.ToLower(textOf(t, "status"))],
	}
	if path, ok := t.RawGetString("path").(*lua.LTable); ok {
		for i := 1; i <= vm.Length(path); i++ {
			v.path = append(v.path, vm.Text(path.RawGetInt(i)))
		}
	}
	return v
}

func textOf(t *lua.LTable, field string) string {
	if value := t.RawGetString(field); value != lua.LNil {
		return vm.Text(value)
	}
	return ""
}

// note gives a case to its file.
func (h *harness) note(v verdict) {
	if v.status == "" {
		v.status = Skipped
	}
	file, path := h.fileOf(v)
	var problem *Problem
	if v.status == Failed {
		problem = h.explain(v.message, file)
	}
	h.recorder.fold("case", file.Name, strings.Join(path, "/"), v.status, v.message)
	switch {
	case len(path) == 0: // the file as a whole
		file.Problem = problem
	case !h.wanted(file, path): // the framework may know no filter, or another one
		file.Cases = append(file.Cases, &Case{Path: path, Status: Skipped})
	default:
		file.Cases = append(file.Cases, &Case{Path: path, Status: v.status, Problem: problem})
	}
}

// wanted reports whether the filters let a case through.
func (h *harness) wanted(file *File, path []string) bool {
	// When the framework itself failed last time, none of the cases was known.
	if only := h.o.Only; only != nil && !only(Title(file.Name, path)) &&
		!only(h.group.framework.Title()) {
		return false
	}
	return named(path, h.o.Name)
}

// fileOf finds the file that a case belongs to, and the case's path in it. Jest tells the file;
// for the others the names of a file's folders and its own come first in the path.
func (h *harness) fileOf(v verdict) (*File, []string) {
	if v.file != "" {
		return h.fileAt(v.file), v.path
	}
	best, length := (*File)(nil), 0
	for i, s := range h.group.specs {
		parts := casePath(s)
		if n := len(parts); n > length && n <= len(v.path) && slices.Equal(parts, v.path[:n]) {
			best, length = h.files[i], n
		}
	}
	if best == nil {
		best = h.fileAt("")
	}
	return best, v.path[length:]
}

// fileAt returns the file at a path on disk. What is known of no spec is a file of its own: Jest
// may be configured to run any module. Without a path it is the framework's.
func (h *harness) fileAt(path string) *File {
	if file, ok := h.byPath[path]; ok {
		return file
	}
	file := &File{Name: h.group.framework.Title(), Path: path, Seed: h.runSeed}
	if path != "" {
		file.Name = h.disk.name(path)
	}
	h.byPath[path] = file
	h.files = append(h.files, file)
	return file
}

// casePath is how TestEZ and Midori name a file: by its folders and its name without the suffix;
// an init file by its folder.
func casePath(s spec) []string {
	parts := strings.Split(s.name, "/")
	last := len(parts) - 1
	parts[last] = strings.TrimSuffix(strings.TrimSuffix(parts[last], ".spec"), ".test")
	if parts[last] == "init" {
		parts = parts[:last]
	}
	return parts
}

// escapePattern makes a Lua pattern that matches a text as it is.
func escapePattern(text string) string {
	var b strings.Builder
	for _, c := range []byte(text) {
		if strings.IndexByte("^$()%.[]*+-?", c) >= 0 {
			b.WriteByte('%')
		}
		b.WriteByte(c)
	}
	return b.String()
}

// explain makes a problem of what a framework says of a failure: a message, and the calls that led
// to it, one a line.
func (h *harness) explain(message string, file *File) *Problem {
	lines := strings.Split(strings.TrimRight(message, "\n\t "), "\n")
	end := len(lines)
	for end > 1 && h.isCall(lines[end-1]) {
		end--
	}
	var calls []string
	for _, line := range lines[end:] {
		if line = strings.TrimSpace(line); !h.isBootstrap(line) {
			calls = append(calls, h.withFiles(line))
		}
	}
	p := &Problem{
		Message: strings.TrimSpace(strings.Join(lines[:end], "\n")),
		Trace:   strings.Join(calls, "\n"),
	}
	positions := h.game.Positions(message)
	at := slices.IndexFunc(positions, func(at luabridge.Position) bool {
		return at.File == file.Path
	})
	if at >= 0 {
		p.Path, p.Line = positions[at].File, positions[at].Line
		p.Message = strings.TrimPrefix(p.Message,
			fmt.Sprintf("%s:%d: ", positions[at].Script, p.Line))
	} else if file.Path != "" {
		p.Path = file.Path
	}
	return p
}

// isCall reports whether a line is one of a traceback.
func (h *harness) isCall(line string) bool {
	line = strings.TrimSpace(line)
	positions := h.game.Positions(line)
	if len(positions) == 0 {
		return line == "" || h.isBootstrap(line)
	}
	call := fmt.Sprintf("%s:%d", positions[0].Script, positions[0].Line)
	return line == call || strings.HasPrefix(line, call+" function ")
}

// isBootstrap reports whether a line of a traceback is of the code that runs the framework.
func (h *harness) isBootstrap(line string) bool {
	return strings.HasPrefix(line, bootstrapChunk(h.group.framework)+":")
}

// bootstrapChunk is the chunk name of the code that runs a framework.
func bootstrapChunk(f Framework) string { return "savestone." + string(f) }
