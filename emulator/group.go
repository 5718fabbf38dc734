package emulator

import (
	"context"
	"runtime"
	"sync"
)

// group gathers the writes to a file that wait for the database at the same time. They share a
// transaction, because committing one costs more than the write itself. Each is still answered only
// after the commit.
type group struct {
	mu   sync.Mutex
	open *batch // takes more; nil if none does
	last int    // how many writes the last batch had
}

// batch is the writes of one transaction. The first leads: it does them all.
type batch struct {
	jobs []*job        // guarded by group.mu until the batch is sealed
	done chan struct{} // closed when all have their answers
}

// batchMax bounds how long the first write of a batch waits for the others.
const batchMax = 256

// job is one write.
type job struct {
	ctx    context.Context
	req    *Request
	result Result
	err    error
}

// share does req in one transaction with others.
func (e *Emulator) share(ctx context.Context, req Request) (Result, error) {
	j := &job{ctx: ctx, req: &req}
	b, leads := e.group.join(j)
	if leads {
		e.together(b)
	} else {
		<-b.done
	}
	return j.result, j.err
}

// join adds j to the batch that takes more, and reports whether it leads that.
func (g *group) join(j *job) (b *batch, leads bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.open == nil {
		g.open = &batch{done: make(chan struct{})}
	}
	b = g.open
	b.jobs = append(b.jobs, j)
	if len(b.jobs) == batchMax {
		g.open = nil
	}
	return b, len(b.jobs) == 1
}

// next returns the i-th job of b. If nobody else joins, b is sealed, and there is none.
func (g *group) next(b *batch, i int) *job {
	j, alone := g.look(b, i, false)
	if j == nil && !alone {
		runtime.Gosched() // those that the last commit woke may be on their way
		j, _ = g.look(b, i, true)
	}
	return j
}

// look seals b if it has no i-th job and should be, or if it is the second in a row that only one
// wrote to: who writes alone waits for nobody.
func (g *group) look(b *batch, i int, seal bool) (j *job, alone bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if i < len(b.jobs) {
		return b.jobs[i], false
	}
	alone = g.last == 1 && len(b.jobs) == 1
	if seal || alone {
		g.last = len(b.jobs)
		if g.open == b {
			g.open = nil
		}
	}
	return nil, alone
}

// together does all jobs in one transaction. If that fails, each gets another chance alone: what
// was wrong with one is not wrong with the others.
func (e *Emulator) together(b *batch) {
	defer close(b.done)
	e.mu.Lock()
	defer e.mu.Unlock()
	err := e.attempt(b)
	if err == nil {
		return
	}
	for _, j := range b.jobs {
		if len(b.jobs) == 1 {
			j.result, j.err = Result{}, explained(j.req, err)
			return
		}
		j.result, j.err = e.alone(j.ctx, j.req)
	}
}

// attempt answers the jobs if its transaction is committed, and takes in those that join meanwhile.
func (e *Emulator) attempt(b *batch) error {
	err := e.beginShared()
	for i := 0; ; i++ {
		j := e.group.next(b, i)
		switch {
		case j == nil && err != nil:
			return err
		case j == nil:
			return e.db.end(nil)
		case err != nil:
			continue // it cannot be done here, but belongs to the batch
		}
		if j.err = e.admit(j.ctx, j.req); j.err == nil {
			if j.result, j.err = e.perform(j.req); j.err != nil && !named(j.err) {
				err = e.db.end(j.err)
			}
		}
		if j.err != nil {
			j.result, j.err = Result{}, explained(j.req, j.err)
		}
	}
}

func (e *Emulator) beginShared() error {
	if e.db == nil {
		return ErrClosed
	}
	return e.db.begin(beginWriting)
}
