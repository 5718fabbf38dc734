package faults

import (
	"context"
	"encoding/json"
	"errors"

	"savestone/emulator"
)

// ForeignWrite has somebody else write to a request's key just before the request gets there (F21),
// as another server or Open Cloud may at any time. By its Mode it writes again what is there
// ("touch", the usual one, which only makes a new version), replaces it by Value ("set"), or
// replaces those members that Value has ("merge").
const ForeignWrite Kind = "foreignWrite"

// foreigner is the Server of such writes.
const foreigner = "foreign"

func applyForeignWrite(ctx context.Context, c *call, rule *compiled) (emulator.Result, error) {
	dice, fires := c.roll(rule, 0)
	if !fires {
		return c.onward(ctx)
	}
	wrote, err := c.foreignWrite(ctx, rule.foreignValue)
	if err != nil {
		return emulator.Result{}, err
	}
	if wrote {
		c.report(rule, outcome{dice: dice})
	}
	return c.onward(ctx)
}

// foreignWrite has somebody else write to the call's key what value makes of what is there, false
// for nothing. The errors are those of this program.
func (c *call) foreignWrite(
	ctx context.Context, value func(emulator.Result) (json.RawMessage, bool),
) (wrote bool, err error) {
	req := emulator.Request{
		Op: emulator.OpGet, Server: foreigner, Store: c.req.Store, Key: c.req.Key, Unmetered: true,
	}
	ctx = nobody{ctx}
	current, err := c.injector.options.Foreign.Do(ctx, req)
	if err != nil {
		return false, unnamed(err)
	}
	req.Op = emulator.OpPut
	if req.Value, wrote = value(current); !wrote {
		return false, nil
	}
	req.UserIDs, req.Metadata = current.Info.UserIDs, current.Info.Metadata
	if _, err = c.injector.options.Foreign.Do(ctx, req); err != nil {
		return false, unnamed(err)
	}
	c.injector.applied(&req)
	return true, nil
}

// unnamed lets go of the errors that Roblox has a name for: they are the foreigner's own trouble.
func unnamed(err error) error {
	if named(err) {
		return nil
	}
	return err
}

// touched is a foreigner's value that changes nothing but the version.
func touched(current emulator.Result) (json.RawMessage, bool) {
	return current.Value, current.Found
}

// foreignValue is what the foreigner writes over what is there, false if it is nothing.
func (r *Rule) foreignValue(current emulator.Result) (json.RawMessage, bool) {
	switch r.Mode {
	case "set":
		return r.Value, true
	case "merge":
		var there, more map[string]json.RawMessage
		_ = json.Unmarshal(r.Value, &more) // checkForeignWrite has seen that it is an object
		if json.Unmarshal(current.Value, &there) != nil || there == nil {
			there = map[string]json.RawMessage{}
		}
		for name, value := range more {
			there[name] = value
		}
		return encode(there)
	}
	return touched(current)
}

func checkForeignWrite(r Rule) error {
	var members map[string]json.RawMessage
	switch {
	case r.Mode != "set" && r.Mode != "merge":
		if r.Value != nil {
			return errors.New(`got a value, want the mode "set" or "merge" with it`)
		}
		return nil
	case r.Value == nil:
		return errors.New("got no value, want what is to be written")
	case !json.Valid(r.Value):
		return errors.New("got a value that is no JSON")
	case r.Mode == "merge" && (json.Unmarshal(r.Value, &members) != nil || members == nil):
		return errors.New("got a value that is no object, want the members to merge")
	}
	return nil
}
