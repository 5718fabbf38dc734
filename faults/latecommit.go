package faults

import (
	"cmp"
	"context"
	"time"

	"savestone/emulator"
)

// LateCommit tells the caller at once that a write failed, and applies it a Delay later (F03). With
// the Mode "cas", the usual one, it then takes effect only if nobody else has written since the
// caller was told; with "blind" it overwrites whatever is there.
const LateCommit Kind = "lateCommit"

func applyLateCommit(ctx context.Context, c *call, rule *compiled) (emulator.Result, error) {
	dice, fires := c.roll(rule, 0)
	if !fires {
		return c.onward(ctx)
	}
	delay := cmp.Or(rule.Delay.orElse(lateCommitUsual).At(dice.size), time.Microsecond)
	late := *c
	late.arrived = false
	if rule.Mode == "blind" {
		late.req.IfVersion = nil
	} else if err := late.holdVersion(ctx); err != nil {
		return emulator.Result{}, err
	}
	c.report(rule, outcome{dice: dice, delay: delay})
	c.injector.options.Go(func(alone context.Context) {
		alone = behalf{alone, ctx}
		if sleep(alone, c.injector.clock, delay) == nil {
			late.land(alone, rule.Mode == "cas")
		}
	})
	return emulator.Result{}, rejection(cmp.Or(rule.Code, codeRejected), true)
}

// lateCommitUsual is assumed: nobody has published how late a write may land.
var lateCommitUsual = Lognormal(2*time.Second, time.Minute)

// holdVersion makes a write depend on what is there now, unless it does already.
func (c *call) holdVersion(ctx context.Context) error {
	if c.req.IfVersion != nil {
		return nil
	}
	current, err := c.injector.behind(ctx, emulator.Request{
		Op: emulator.OpGet, Server: c.req.Server, Store: c.req.Store, Key: c.req.Key,
	})
	if err != nil {
		return err
	}
	c.req.IfVersion = &current.Info.Version
	return nil
}

// land applies a write that nobody waits for any more. The caller was told that it failed; what
// becomes of it now, nobody is told.
func (c *call) land(ctx context.Context, ifUnchanged bool) {
	if ifUnchanged && c.req.Op != emulator.OpPut {
		now, err := c.injector.behind(ctx, emulator.Request{
			Op: emulator.OpGet, Server: c.req.Server, Store: c.req.Store, Key: c.req.Key,
		})
		if err != nil || now.Info.Version != *c.req.IfVersion {
			return
		}
	}
	_, _ = c.arrive(ctx)
}

// behind sends a request of the fault's own making, on nobody's behalf.
func (in *Injector) behind(
	ctx context.Context, req emulator.Request,
) (emulator.Result, error) {
	req.Unmetered = true
	return in.next.Do(nobody{ctx}, req)
}

// behalf is a context that says on whose behalf it is as another one does, but outlives that.
type behalf struct {
	context.Context
	of context.Context
}

// Value implements context.Context.
func (b behalf) Value(key any) any { return b.of.Value(key) }

// nobody hides from a context on whose behalf it is.
type nobody struct{ context.Context }

// Value implements context.Context.
func (nobody) Value(any) any { return nil }

// changesKey says whether a request changes one entry.
func changesKey(req *emulator.Request) bool {
	switch req.Op {
	case emulator.OpPut, emulator.OpIncrement, emulator.OpRemove:
		return true
	}
	return false
}

func checkLateCommit(r Rule) error {
	if err := checkDelayIfAny(r); err != nil {
		return err
	}
	return checkCode(r)
}
