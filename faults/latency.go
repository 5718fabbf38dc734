package faults

import (
	"context"
	"fmt"
	"time"

	"savestone/emulator"
)

// Latency makes a request take longer, by a value of the rule's Delay (F06).
const Latency Kind = "latency"

// Leg says on which way a Latency rule delays: to storage, back, or both.
type Leg uint8

// The legs. When a request is applied depends on them: at once for LegReply, after the whole delay
// for LegSend, and at a chance instant in between for LegBoth.
const (
	LegBoth Leg = iota
	LegSend
	LegReply
)

func checkLatency(r Rule) error {
	if r.Leg > LegReply {
		return fmt.Errorf("got the leg %d, want LegBoth, LegSend or LegReply", r.Leg)
	}
	if err := r.Delay.validate(); err != nil && r.Chance > 0 {
		return fmt.Errorf("delay: %w", err)
	}
	return nil
}

func applyLatency(ctx context.Context, c *call, rule *compiled) (emulator.Result, error) {
	dice, fires := c.roll(rule, 0)
	if !fires {
		return c.onward(ctx)
	}
	delay := rule.Delay.At(dice.size)
	c.report(rule, outcome{dice: dice, delay: delay})
	send, reply := rule.Leg.split(delay, dice.part)
	if err := sleep(ctx, c.injector.clock, send); err != nil {
		return emulator.Result{}, fmt.Errorf("delay request: %w", err)
	}
	result, err := c.onward(ctx)
	if interrupted := sleep(ctx, c.injector.clock, reply); interrupted != nil {
		return emulator.Result{}, fmt.Errorf("delay reply: %w", interrupted)
	}
	return result, err
}

// split divides a delay between the way there and the way back.
func (l Leg) split(delay time.Duration, part uint32) (send, reply time.Duration) {
	switch l {
	case LegSend:
		return delay, 0
	case LegReply:
		return 0, delay
	default:
		micros := uint64(delay / time.Microsecond)
		send = time.Duration(micros*uint64(part)>>32) * time.Microsecond
		return send, delay - send
	}
}

// sleep spares the clock the waits that are none: a scheduler may let others run during one.
func sleep(ctx context.Context, clock emulator.Clock, d time.Duration) error {
	if d == 0 {
		return nil
	}
	return clock.Sleep(ctx, d)
}
