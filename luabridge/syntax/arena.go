package syntax

// arena hands out slices and single values that share few large allocations: a tree is made of
// many small things that live and die together.
type arena[T any] struct {
	spare []T
	chunk int
}

// arenaChunkMax bounds what one allocation holds, and so what one surviving node can keep alive.
const arenaChunkMax = 256

// take returns n zero values.
func (a *arena[T]) take(n int) []T {
	if n > len(a.spare) {
		a.chunk = min(max(2*a.chunk, 8), arenaChunkMax)
		if n > a.chunk {
			return make([]T, n)
		}
		a.spare = make([]T, a.chunk)
	}
	taken := a.spare[:n:n]
	a.spare = a.spare[n:]
	return taken
}

// copy returns a copy of items, nil for none.
func (a *arena[T]) copy(items []T) []T {
	if len(items) == 0 {
		return nil
	}
	taken := a.take(len(items))
	copy(taken, items)
	return taken
}

func (a *arena[T]) one() *T { return &a.take(1)[0] }

// nodes allocates the commonest nodes and the lists of the tree.
type nodes struct {
	exprs      arena[Expr]
	stats      arena[Stat]
	locals     arena[*Local]
	items      arena[TableItem]
	texts      arena[string]
	localRefs  arena[LocalRef]
	globalRefs arena[GlobalRef]
	fields     arena[Field]
	calls      arena[Call]
	strings    arena[String]
}

func (n *nodes) localRef(at Pos, local *Local) *LocalRef {
	ref := n.localRefs.one()
	ref.Pos, ref.Local = at, local
	return ref
}

func (n *nodes) globalRef(at Pos, name string) *GlobalRef {
	ref := n.globalRefs.one()
	ref.Pos, ref.Name = at, name
	return ref
}

func (n *nodes) string(at Pos, value string) *String {
	s := n.strings.one()
	s.Pos, s.Value = at, value
	return s
}
