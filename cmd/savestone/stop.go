package main

import (
	"context"
	"fmt"
	"time"

	"savestone/emulator"
	"savestone/luabridge/vm"
)

// stopper ends scripts by force when the deadline passes or the user interrupts.
type stopper struct {
	limit  *vm.Limit
	ctx    context.Context
	cancel context.CancelFunc
	late   chan struct{} // closed when the deadline passed
}

func watch(ctx context.Context, deadline time.Duration) *stopper {
	s := &stopper{limit: &vm.Limit{}, ctx: ctx, late: make(chan struct{})}
	timer, cancel := context.WithCancel(ctx)
	s.cancel = cancel
	go func() {
		if err := (emulator.Wall{}).Sleep(timer, deadline); err == nil {
			close(s.late)
			s.limit.Stop(fmt.Sprintf("stopped: the deadline of %s of real time passed (--deadline)",
				deadline))
		} else if ctx.Err() != nil {
			s.limit.Stop("stopped: interrupted")
		}
	}()
	return s
}

func (s *stopper) end() { s.cancel() }

// code returns the exit code that the stop calls for, or 0 if nothing was stopped.
func (s *stopper) code() int {
	if s.limit.Stopped() == "" {
		return 0
	}
	select {
	case <-s.late:
		return exitDeadline
	default:
		return exitInterrupted
	}
}
