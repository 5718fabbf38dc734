package main

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"
)

// interrupted is why a context ended: a signal.
type interrupted struct{ os.Signal }

// Error implements error.
func (i interrupted) Error() string { return "interrupted: " + i.String() }

// interruptible returns a context that the first signal ends; a second ends the program at once.
func interruptible(parent context.Context) (context.Context, context.CancelCauseFunc) {
	ctx, cancel := context.WithCancelCause(parent)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		select {
		case s := <-signals:
			signal.Stop(signals)
			cancel(interrupted{s})
		case <-ctx.Done():
			signal.Stop(signals)
		}
	}()
	return ctx, cancel
}

// interruption is the exit code of a program that a signal ended.
func interruption(ctx context.Context) int {
	var cause interrupted
	if errors.As(context.Cause(ctx), &cause) && cause.Signal == syscall.SIGTERM {
		return exitTerminated
	}
	return exitInterrupted
}
