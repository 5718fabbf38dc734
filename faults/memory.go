package faults

import "sync"

// memory is what a kind needs to know from one request to the next. It has a lock of its own.
type memory struct {
	mu    sync.Mutex
	known map[uint64]any // by whom it is about
}

// recall returns what is known about one of those a rule remembers, made anew at first. The lock is
// held while use looks at it.
func recall[T any](m *memory, about uint64, use func(*T)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.known == nil {
		m.known = map[uint64]any{}
	}
	known, ok := m.known[about].(*T)
	if !ok {
		known = new(T)
		m.known[about] = known
	}
	use(known)
}

func (m *memory) forget() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.known = nil
}
