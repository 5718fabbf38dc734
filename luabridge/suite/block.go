package suite

import lua "github.com/yuin/gopher-lua"

// mark changes which cases run.
type mark uint8

const (
	plain   mark = iota
	focused      // when anything is focused, only focused cases run
	skipped
)

// block is one describe with what was declared in it, in order; the file itself is the outermost.
type block struct {
	name    string
	mark    mark
	parent  *block
	nodes   []node
	folder  bool     // stands for a folder with an init.spec: no part of a case's name
	problem *Problem // declaring what is in it broke off

	beforeAll, afterAll   []*lua.LFunction
	beforeEach, afterEach []*lua.LFunction
}

// node is a nested block or a case.
type node struct {
	block *block
	test  *test
}

// test is one it.
type test struct {
	name string
	mark mark
	body *lua.LFunction // nil for an it without a body
	in   *block
}

// path returns the names from the outermost describe down to the case.
func (t *test) path() []string { return append(t.in.path(), t.name) }

func (b *block) path() []string {
	if b.parent == nil || b.folder {
		return nil
	}
	return append(b.parent.path(), b.name)
}

// is reports whether the case, or a block around it, carries a mark.
func (t *test) is(m mark) bool {
	if t.mark == m {
		return true
	}
	for b := t.in; b != nil; b = b.parent {
		if b.mark == m {
			return true
		}
	}
	return false
}

// chosen reports whether the marks let a case run. When anything is focused, the innermost mark
// decides, so that a focused case in a skipped block runs; otherwise every skip counts.
func (t *test) chosen(anyFocused bool) bool {
	if !anyFocused {
		return !t.is(skipped)
	}
	m := t.mark
	for b := t.in; b != nil && m == plain; b = b.parent {
		m = b.mark
	}
	return m == focused
}

// tests lists the cases of a block in order of declaration.
func (b *block) tests() []*test {
	var all []*test
	for _, n := range b.nodes {
		if n.test != nil {
			all = append(all, n.test)
		} else {
			all = append(all, n.block.tests()...)
		}
	}
	return all
}
