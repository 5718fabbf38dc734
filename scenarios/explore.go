package scenarios

import (
	"context"
	"fmt"
	"time"

	"savestone/emulator"
)

// assignment is one world of an exploration: what each choice of the scenario's code gives, and
// what happens at which request. Its zero value explores nothing.
type assignment struct {
	combination int   // worlds of one combination share a seed, so that they differ in nothing else
	choices     []int // by the order of the calls of choose
	kind        string
	nth         int // request of the server, from 1; 0: none
}

// pointKinds are what an exploration can do at a request, as it can be called in a plan. A crash
// comes before the request and after it: what a crash can leave behind differs only by which
// requests were done, so these two stand for a crash at any yield in between.
var pointKinds = map[string][]string{
	"crash":       {"crashBefore", "crashAfter"},
	"lostRequest": {"lostRequest"},
	"lostReply":   {"lostReply"},
	"lateCommit":  {"lateCommit"},
	"threadDies":  {"threadDies"},
}

// lateBy is when a late commit lands.
const lateBy = 3 * time.Second

// points watches the requests of one server for the one at which something is to happen. A nil
// *points watches nothing.
type points struct {
	world  *world
	next   emulator.Service
	plan   Explore
	what   assignment
	active bool
	seen   int
	sizes  []int // of the choices that were made
}

// mark begins or ends the stretch that is explored.
func (p *points) mark(name string) {
	if p == nil {
		return
	}
	switch name {
	case p.plan.From:
		p.active = true
	case p.plan.To:
		p.active = false
	}
}

// choose returns which of so many options the world takes.
func (p *points) choose(options int) int {
	at := len(p.sizes)
	p.sizes = append(p.sizes, options)
	if at < len(p.what.choices) {
		return p.what.choices[at] % options
	}
	return 0
}

// Do implements emulator.Service.
func (p *points) Do(ctx context.Context, req emulator.Request) (emulator.Result, error) {
	s := p.world.named(req.Server)
	if !p.active || p.world.healed || s == nil || p.world.plain(s) != p.plan.Server {
		return p.next.Do(ctx, req)
	}
	p.seen++
	if p.seen != p.what.nth {
		return p.next.Do(ctx, req)
	}
	w := p.world
	w.hit(p.what.kind, s, 0, pointClass[p.what.kind])
	switch p.what.kind {
	case "crashBefore":
		w.crash(s)
		return emulator.Result{}, emulator.ErrInternal
	case "crashAfter":
		result, err := p.next.Do(ctx, req)
		w.crash(s)
		return result, err
	case "lostRequest":
		return emulator.Result{}, emulator.ErrInternal
	case "lateCommit":
		w.sim.Go(func() {
			w.sleep(lateBy)
			_, _ = p.next.Do(context.WithoutCancel(ctx), req) // nobody hears of it
		})
	case "threadDies":
		for !s.over { // as if an error elsewhere had ended the thread at this yield
			w.sleep(time.Minute)
		}
	case "lostReply":
		if result, err := p.next.Do(ctx, req); err != nil {
			return result, err
		}
	}
	lost := *emulator.ErrResponseFormat
	lost.MayHaveApplied = req.Op.Writes()
	return emulator.Result{}, &lost
}

var pointClass = map[string]string{
	"crashBefore": "SILENT", "crashAfter": "SILENT", "lostRequest": "FAIL", "lostReply": "INFO",
	"lateCommit": "INFO", "threadDies": "SILENT",
}

// explored makes the assignments of cells that are explored: every combination of choices, and in
// each everything that can happen at every request.
func explored(ctx context.Context, cells []*cell, o Options) error {
	for _, c := range cells {
		if c.Plan.Explore == nil {
			continue
		}
		combinations, err := c.combinations(ctx, o)
		if err != nil {
			return err
		}
		for _, combination := range combinations {
			dry, err := c.look(ctx, o, combination)
			if err != nil {
				return err
			}
			c.assignments = append(c.assignments, combination)
			for _, at := range c.Plan.Explore.At {
				for _, kind := range pointKinds[at] {
					for nth := 1; nth <= dry.seen; nth++ {
						one := combination
						one.kind, one.nth = kind, nth
						c.assignments = append(c.assignments, one)
					}
				}
			}
		}
		c.Plan.Worlds = len(c.assignments)
	}
	return nil
}

// combinationsMax is how many combinations of choices are tried; of more, the first.
const combinationsMax = 2000

// combinations lists all combinations of what the scenario's code chooses. How many options a
// choice has may depend on the choices before it.
func (c *cell) combinations(ctx context.Context, o Options) ([]assignment, error) {
	var found []assignment
	for open := [][]int{nil}; len(open) > 0; {
		choices := open[len(open)-1]
		open = open[:len(open)-1]
		seen, err := c.look(ctx, o, assignment{choices: choices})
		if err != nil {
			return nil, err
		}
		whole := append([]int{}, choices...)
		for range len(seen.sizes) - len(choices) {
			whole = append(whole, 0)
		}
		for at := len(seen.sizes) - 1; at >= len(choices); at-- {
			for option := seen.sizes[at] - 1; option > 0; option-- {
				open = append(open, append(append([]int{}, whole[:at]...), option))
			}
		}
		found = append(found, assignment{combination: len(found), choices: whole})
		if len(found) == combinationsMax {
			break
		}
	}
	return found, nil
}

// look runs a combination without anything happening, to count its points.
func (c *cell) look(ctx context.Context, o Options, a assignment) (*points, error) {
	w, err := newWorld(ctx, c, 0, seedOf(c.hash, o.Seed, a.combination), a, o.Limit)
	if err != nil {
		return nil, err
	}
	defer w.close()
	if err := w.run(ctx); err != nil {
		return nil, fmt.Errorf("%s: explore: %w", c.Name, err)
	}
	return w.points, nil
}

// validateExplore finds what cannot be explored, and fills in whose points are meant.
func (p *Plan) validateExplore() error {
	if p.Explore == nil {
		return nil
	}
	if p.Explore.Server == "" {
		p.Explore.Server = "server-1"
	}
	for i, at := range p.Explore.At {
		if pointKinds[at] == nil {
			return fmt.Errorf("explore.at[%d]: got %q, want one of %q",
				i+1, at, sortedKeys(pointKinds))
		}
	}
	return nil
}
