package suite

import (
	"context"
	"fmt"

	"savestone/emulator"
	"savestone/faults"
	"savestone/luabridge/sched"
)

// layer is one fault that a script asked for. Layers lie on each other, the newest on top, and each
// stays transparent once it is cleared.
type layer struct {
	below   emulator.Service
	faulty  emulator.Service // an injector over below
	cleared bool
}

// Do implements emulator.Service.
func (l *layer) Do(ctx context.Context, req emulator.Request) (emulator.Result, error) {
	if l.cleared {
		return l.below.Do(ctx, req)
	}
	return l.faulty.Do(ctx, req)
}

// switchboard is where the faults of a world are turned on and off.
type switchboard struct {
	base   emulator.Service
	clock  *sched.Sim
	seed   uint64
	top    emulator.Service
	made   int
	clears int // times that all faults were taken away
	fired  func(faults.Event)
}

func newSwitchboard(
	base emulator.Service, clock *sched.Sim, seed uint64, fired func(faults.Event),
) *switchboard {
	return &switchboard{base: base, clock: clock, seed: seed, top: base, fired: fired}
}

// Do implements emulator.Service.
func (s *switchboard) Do(ctx context.Context, req emulator.Request) (emulator.Result, error) {
	return s.top.Do(ctx, req)
}

// add puts the rules of a plan on top of the others.
func (s *switchboard) add(plan faults.Plan) (*layer, error) {
	s.made++
	for i := range plan {
		name := fmt.Sprintf("fault-%d", s.made)
		if len(plan) > 1 {
			name = fmt.Sprintf("%s.%d", name, i+1)
		}
		plan[i].ID = name
	}
	l := &layer{below: s.top}
	injector, err := faults.New(l.below, s.clock, s.seed, plan, faults.Options{
		Go: func(late func(context.Context)) {
			s.clock.Go(func() { late(context.Background()) })
		},
	})
	if err != nil {
		return nil, err
	}
	injector.OnFault = s.fired
	l.faulty = injector
	s.top = l
	return l, nil
}

// clear takes all faults away.
func (s *switchboard) clear() {
	s.top = s.base
	s.clears++
}

// begin returns a function that ends the faults which were added since.
func (s *switchboard) begin() (end func()) {
	top, clears := s.top, s.clears
	return func() {
		s.top = s.base
		if s.clears == clears {
			s.top = top
		}
	}
}
