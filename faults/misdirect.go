package faults

import (
	"cmp"
	"context"

	"savestone/emulator"
)

// Misdirect sends requests about keys of standard stores to another scope (F19), as happened to all
// of Roblox on 20 October 2020: a LIE. What is written goes astray, what is read is what went
// astray, and when the rule's window ends all is as it was before. Ordered stores are spared.
//
// Then it was the empty scope, which cannot be had here; MisdirectedScope stands for it unless
// ScopeTo names another.
const Misdirect Kind = "misdirect"

// MisdirectedScope is where misdirected requests go.
const MisdirectedScope = "(empty)"

func applyMisdirect(ctx context.Context, c *call, rule *compiled) (emulator.Result, error) {
	to := cmp.Or(rule.ScopeTo, MisdirectedScope)
	if c.req.Store.Scope == to {
		return c.onward(ctx)
	}
	dice, fires := c.roll(rule, 0)
	if !fires {
		return c.onward(ctx)
	}
	c.report(rule, outcome{dice: dice})
	astray := *c
	astray.req.Store.Scope = to
	result, err := astray.onward(ctx)
	c.arrived = astray.arrived
	return result, err
}

func isMisdirected(req *emulator.Request) bool {
	return req.Key != "" && req.Store.Kind == emulator.Standard
}

func checkScope(r Rule) error {
	if r.ScopeTo == "" {
		return nil
	}
	return emulator.StoreID{Name: "any", Scope: r.ScopeTo}.Check()
}
