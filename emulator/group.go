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
	mu      sync.Mutex
	waiting []*job // the first of them leads
}

// job is one write in a group.
type job struct {
	ctx    context.Context
	req    *Request
	result Result
	err    error
	done   chan struct{} // closed when the leader is through
}

// share does req in one transaction with the others that wait.
func (e *Emulator) share(ctx context.Context, req Request) (Result, error) {
	j := &job{ctx: ctx, req: &req, done: make(chan struct{})}
	if !e.group.join(j) {
		<-j.done
		return j.result, j.err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.group.gather()
	jobs := e.group.take()
	if len(jobs) == 1 {
		return e.alone(ctx, &req)
	}
	e.together(jobs)
	for _, other := range jobs[1:] {
		close(other.done)
	}
	return j.result, j.err
}

// join adds j to those that wait, and reports whether it leads them.
func (g *group) join(j *job) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.waiting = append(g.waiting, j)
	return len(g.waiting) == 1
}

// gather lets those that the last commit woke join, for as long as more of them do.
func (g *group) gather() {
	for before := 0; ; {
		runtime.Gosched()
		g.mu.Lock()
		now := len(g.waiting)
		g.mu.Unlock()
		if now == before {
			return
		}
		before = now
	}
}

func (g *group) take() []*job {
	g.mu.Lock()
	defer g.mu.Unlock()
	jobs := g.waiting
	g.waiting = nil
	return jobs
}

// together does all jobs in one transaction. If it fails, each gets another chance alone: what was
// wrong with one is not wrong with the others.
func (e *Emulator) together(jobs []*job) {
	if err := e.attempt(jobs); err == nil {
		return
	}
	for _, j := range jobs {
		j.result, j.err = e.alone(j.ctx, j.req)
	}
}

// attempt answers the jobs if its transaction is committed.
func (e *Emulator) attempt(jobs []*job) error {
	if e.db == nil {
		return ErrClosed
	}
	if err := e.db.begin(beginWriting); err != nil {
		return err
	}
	for _, j := range jobs {
		if j.err = e.admit(j.ctx, j.req); j.err == nil {
			j.result, j.err = e.perform(j.req)
			if j.err != nil && !named(j.err) {
				return e.db.end(j.err)
			}
		}
		if j.err != nil {
			j.err = explained(j.req, j.err)
		}
	}
	return e.db.end(nil)
}
