package suite

import (
	"context"
	"fmt"
	"regexp"

	"savestone/luabridge"
)

// focusWords are in every file that focuses on something, and in few others.
var focusWords = regexp.MustCompile(`FOCUS|\bfit\b|\bfdescribe\b`)

// anyFocused reports whether some case of the files is focused: then none runs that is not, in
// whichever file. Only files that may have one are looked at, each in a world of its own.
func anyFocused(
	ctx context.Context, place *luabridge.Place, specs []spec, o Options,
) (bool, error) {
	for _, s := range specs {
		if !s.mentionsFocus() {
			continue
		}
		w, err := newWorld(ctx, place, fileSeed(o.Seed, s.name), o, luabridge.Options{})
		if err != nil {
			return false, err
		}
		r := &fileRun{world: w, o: o, spec: s, file: &File{Name: s.name, Path: s.node.Source.File}}
		r.declare() // a problem is told when the file runs
		if err := w.close(); err != nil {
			return false, fmt.Errorf("%s: %w", s.name, err)
		}
		if r.focused {
			return true, nil
		}
	}
	return false, nil
}

func (s spec) mentionsFocus() bool {
	for _, init := range s.inits {
		if init.mentionsFocus() {
			return true
		}
	}
	return focusWords.MatchString(s.node.Source.Text)
}
