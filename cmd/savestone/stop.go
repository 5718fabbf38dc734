package main

import (
	"context"
	"fmt"
	"runtime/metrics"
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
	full   bool          // the memory was used up; set before the limit is

	bytesMax uint64 // what scripts may keep
}

const (
	// memoryMax is what scripts may keep, less than memoryLimit, where collecting takes all time.
	memoryMax = 4 << 30
	// lookInterval is how often the memory is looked at.
	lookInterval = 100 * time.Millisecond
)

func watch(ctx context.Context, deadline time.Duration) *stopper {
	timer, cancel := context.WithCancel(ctx)
	s := &stopper{
		limit: &vm.Limit{}, cancel: cancel, ended: make(chan struct{}), bytesMax: memoryMax,
	}
	go func() {
		defer close(s.ended)
		s.watch(ctx, timer, deadline)
	}()
	return s
}

// watch stops the scripts when the deadline passes, the user interrupts or the memory is full.
func (s *stopper) watch(ctx, timer context.Context, deadline time.Duration) {
	for left := deadline; ; left -= lookInterval {
		err := (emulator.Wall{}).Sleep(timer, min(left, lookInterval))
		switch {
		case ctx.Err() != nil:
			s.limit.Stop("stopped: interrupted")
			return
		case err != nil:
			return // all is done
		case liveBytes() > s.bytesMax:
			s.full = true
			s.limit.Stop(fmt.Sprintf("stopped: what scripts keep fills more than %d MB; a table or"+
				" a string that grows without end?", s.bytesMax>>20))
			return
		case left <= lookInterval:
			s.late = true
			s.limit.Stop(fmt.Sprintf("stopped: the deadline of %s of real time passed (--deadline)",
				deadline))
			return
		}
	}
}

// liveBytes is what the last garbage collection found in use.
func liveBytes() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
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
	case s.full:
		return exitFailed
	}
	return exitInterrupted
}
