package faults

import (
	"context"
	"fmt"
	"slices"
	"time"

	"savestone/emulator"
)

// VersionGap leaves versions out of listings (F22): each with the rule's Chance, and the same ones
// in every listing.
const VersionGap Kind = "versionGap"

func applyVersionGap(ctx context.Context, c *call, rule *compiled) (emulator.Result, error) {
	return c.without(ctx, rule, func(item emulator.Item) bool {
		version := uint64(digestEmpty.text(item.Info.Version))
		return rule.chance.reached(draw(rule.key, rule.targetOf(&c.req, "key"), version, 0).fire)
	})
}

// without takes items out of a listing's answer.
func (c *call) without(
	ctx context.Context, rule *compiled, out func(emulator.Item) bool,
) (emulator.Result, error) {
	result, err := c.onward(ctx)
	if err != nil || !slices.ContainsFunc(result.Items, out) {
		return result, err
	}
	if _, fires := c.settle(rule, 0, roll{}, true); !fires {
		return result, err
	}
	c.report(rule, outcome{})
	result.Items = slices.DeleteFunc(slices.Clone(result.Items), out)
	return result, nil
}

// VersionExpire forgets versions that are older than Age (F22), long before Roblox would: listings
// leave them out, and to ask for one fails or finds nothing. The current version is spared where it
// is asked for by its key.
const VersionExpire Kind = "versionExpire"

func applyVersionExpire(ctx context.Context, c *call, rule *compiled) (emulator.Result, error) {
	oldest := c.injector.clock.Now().Add(-rule.Age).UnixMilli()
	expired := func(item emulator.Item) bool { return item.Info.UpdatedMS < oldest }
	if c.req.Op == emulator.OpListVersions {
		return c.without(ctx, rule, expired)
	}
	result, err := c.onward(ctx)
	if err != nil || !result.Found || !expired(emulator.Item{Info: result.Info}) {
		return result, err
	}
	if _, fires := c.settle(rule, 0, roll{}, true); !fires {
		return result, err
	}
	if c.req.Op == emulator.OpGetVersionAt {
		c.report(rule, outcome{})
		return emulator.Result{}, nil
	}
	c.report(rule, outcome{class: Fail})
	return emulator.Result{}, emulator.ErrVersionInvalid
}

func isOfVersions(req *emulator.Request) bool {
	switch req.Op {
	case emulator.OpListVersions, emulator.OpGetVersion, emulator.OpGetVersionAt:
		return true
	}
	return false
}

func isVersionList(req *emulator.Request) bool { return req.Op == emulator.OpListVersions }

func checkAge(r Rule) error {
	if r.Age < time.Millisecond {
		return fmt.Errorf("got the age %v, want at least 1ms", r.Age)
	}
	return nil
}

// PartialList spoils listings of keys, stores and values (F23). By its Mode each item is left out
// with the rule's Chance ("miss") or told twice ("repeat"), which is how listings are that change
// meanwhile; or a page after the first fails with that chance ("error", FAIL).
const PartialList Kind = "partialList"

func applyPartialList(ctx context.Context, c *call, rule *compiled) (emulator.Result, error) {
	if rule.Mode == "error" {
		dice := c.dice(rule, 0)
		naturally := c.req.Page.Cursor != "" && rule.chance.reached(dice.fire)
		if dice, naturally = c.settle(rule, 0, dice, naturally); naturally {
			c.report(rule, outcome{class: Fail, dice: dice})
			return emulator.Result{}, rejection(codeRejected, false)
		}
		return c.onward(ctx)
	}
	result, err := c.onward(ctx)
	if err != nil {
		return result, err
	}
	var items []emulator.Item
	for i, item := range result.Items {
		spoils := rule.chance.reached(draw(rule.key, c.identity, c.seq<<8|uint64(i&0xff), 1).fire)
		switch {
		case !spoils:
			items = append(items, item)
		case rule.Mode == "repeat":
			items = append(items, item, item)
		}
	}
	if _, fires := c.settle(rule, 0, roll{}, len(items) != len(result.Items)); !fires {
		return result, err
	}
	c.report(rule, outcome{})
	result.Items = items
	return result, nil
}

func isKeyList(req *emulator.Request) bool {
	return isList(req.Op) && req.Op != emulator.OpListVersions
}
