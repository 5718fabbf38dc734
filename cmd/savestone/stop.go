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
	cancel context.CancelFunc
	ended  chan struct{} // closed when nobody watches any more
	late   bool          // the deadline passed; set before the limit is
}

func watch(ctx context.Context, deadline time.Duration) *stopper {
	timer, cancel := context.WithCancel(ctx)
	s := &stopper{limit: &vm.Limit{}, cancel: cancel, ended: make(chan struct{})}
	go func() {
		defer close(s.ended)
		if err := (emulator.Wall{}).Sleep(timer, deadline); err == nil {
			s.late = true
			s.limit.Stop(fmt.Sprintf("stopped: the deadline of %s of real time passed (--deadline)",
				deadline))
		} else if ctx.Err() != nil {
			s.limit.Stop("stopped: interrupted")
		}
	}()
	return s
}

func (s *stopper) end() {
	s.cancel()
	<-s.ended
}

// code returns the exit code that the stop calls for, or 0 if nothing was stopped.
func (s *stopper) code() int {
	switch {
	case s.limit.Stopped() == "":
		return exitOK
	case s.late:
		return exitDeadline
	}
	return exitInterrupted
}
