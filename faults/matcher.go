package faults

import (
	"fmt"
	"slices"

	"github.com/gobwas/glob"

	"savestone/emulator"
)

// matcher says which requests are meant.
type matcher struct {
	ops   []emulator.Op    // none means all
	globs [4]*glob.Pattern // store, scope, key, server; nil matches everything
}

func newMatcher(ops []emulator.Op, store, scope, key, server string) (matcher, error) {
	m := matcher{ops: ops}
	for i, pattern := range []string{store, scope, key, server} {
		if pattern == "" {
			continue
		}
		ready, err := glob.Compile(pattern)
		if err != nil {
			return m, fmt.Errorf("got the glob %q: %w", pattern, err)
		}
		m.globs[i] = ready
	}
	return m, nil
}

func (m *matcher) matches(req *emulator.Request) bool {
	if len(m.ops) > 0 && !slices.Contains(m.ops, req.Op) {
		return false
	}
	for i, name := range [...]string{req.Store.Name, req.Store.Scope, req.Key, req.Server} {
		if m.globs[i] != nil && !m.globs[i].Match(name) {
			return false
		}
	}
	return true
}
