package roblox

import (
	"context"
	"errors"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"savestone/emulator"
	"savestone/emulator/gameserver"
	"savestone/luabridge/vm"
)

// callbackYieldText refuses a transform that yields (R81).
const callbackYieldText = "Callbacks cannot yield"

var (
	errCallbackYielded = &emulator.Error{Name: "CallbackYielded", Message: callbackYieldText}
	errCallbackFailed  = errors.New("the transform raised an error") // R82: scripts do not see it
)

// updateAsync reads an entry, has the script's function transform it, and writes the outcome if the
// entry is unchanged; else it starts over (R74).
func updateAsync(c Call) int {
	thread := vm.MustYield(c.L)
	e := c.entry()
	transform := c.Function(2)
	var result emulator.Result
	failed := false
	c.request(thread, func(ctx context.Context) (err error) {
		result, err = e.store.Update(ctx, e.key,
			func(current emulator.Result) (gameserver.Change, error) {
				return c.transform(e, transform, current)
			})
		failed = errors.Is(err, errCallbackFailed)
		if failed {
			return nil
		}
		return err
	})
	if failed || !result.Found {
		return c.Return(lua.LNil) // R77, R82
	}
	return c.returnResult(e, result)
}

// transform calls the script's function on a fresh copy of an entry (R75) and reads what it returns
// (R76, R79, R83).
func (c Call) transform(
	e entry, fn *lua.LFunction, current emulator.Result,
) (gameserver.Change, error) {
	var err error
	value := lua.LValue(lua.LNil)
	if current.Found {
		if value, err = storedValue(c.Server.VM, current.Value); err != nil {
			return gameserver.Change{}, err
		}
	}
	info := c.Server.keyInfo(e.store.ID(), current.Found, current.Info)
	results, fault := vm.ProtectNoYield(c.L, callbackYieldText, fn, value, info.Object())
	if fault != nil {
		if text, ok := fault.Value.(lua.LString); ok &&
			strings.HasSuffix(string(text), callbackYieldText) {
			return gameserver.Change{}, errCallbackYielded
		}
		c.Server.uncaught(fault)
		return gameserver.Change{}, errCallbackFailed
	}
	results = append(results, lua.LNil, lua.LNil, lua.LNil)
	if results[0] == lua.LNil {
		return gameserver.Change{Cancel: true}, nil
	}
	var change gameserver.Change
	if change.Value, err = c.tryJSON(e, results[0]); err != nil {
		return gameserver.Change{}, err
	}
	if e.store.ID().Kind == emulator.Ordered {
		return change, nil // R154: the other results are ignored, assumed
	}
	if change.UserIDs, err = userIDs(results[1]); err != nil {
		return gameserver.Change{}, err
	}
	change.Metadata, err = metadataJSON(results[2])
	return change, err
}
