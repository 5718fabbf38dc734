package emulator

import (
	"context"
	"time"
)

// Clock is where every layer gets its time and its waiting.
type Clock interface {
	Now() time.Time
	Sleep(ctx context.Context, d time.Duration) error
}

// Wall is the machine's own clock. It is the only place in the project that may ask for it.
type Wall struct{}

// Now returns the time of day in UTC.
func (Wall) Now() time.Time { return time.Now().UTC() }

// Sleep waits for d, or until ctx is done, and then returns ctx's error.
func (Wall) Sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
