package roblox

import (
	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/machine"
	"savestone/luabridge/vm"
)

// clientMethods are a remote event's methods that send to clients. The data model has no clients:
// what is sent goes to Options.Client, for tests to look at.
func clientMethods(one, all string) map[string]Method {
	return map[string]Method{
		one: func(c Call) int {
			player := AsInstance(c.Value(1))
			if player == nil || !player.IsA("Player") {
				c.Raise("%s: player argument must be a Player object", one)
			}
			c.send(player, c.copied(2))
			return 0
		},
		all: func(c Call) int {
			for _, player := range c.Server.Players() {
				c.send(player, c.copied(1))
			}
			return 0
		},
	}
}

func (c Call) send(player *Instance, args []lua.LValue) {
	if c.Server.options.Client != nil {
		c.Server.options.Client(c.Self, player, args)
	}
}

// InvokeServer calls a RemoteFunction as a player's client does. done gets the results, or the
// error that the callback raised.
func (s *Server) InvokeServer(
	remote, player *Instance, args []lua.LValue, done func([]lua.LValue, error),
) {
	args = append([]lua.LValue{player.Object()}, args...)
	s.VM.NewThread(s.VM.NewFunction("", func(L *lua.LState) int {
		results, fault := vm.Protect(L, remote.awaitCallback(L, "OnServerInvoke"), nil, args)
		if fault != nil {
			done(nil, fault)
		} else {
			done(results, nil)
		}
		return 0
	})).Run()
}

// invoke calls a callback member in the running thread.
func (c Call) invoke(callback string, args []lua.LValue) int {
	fn, before := c.Self.awaitCallback(c.L, callback), c.L.GetTop()
	vm.Call(c.L, lua.MultRet, fn, args...)
	return c.L.GetTop() - before
}

// awaitCallback returns a callback, after waiting for someone to assign it.
func (i *Instance) awaitCallback(L *lua.LState, name string) *lua.LFunction {
	for i.Callback(name) == nil {
		i.Signal(callbackSignal(name)).Wait(L)
	}
	return i.Callback(name)
}

// copied returns the arguments from n on as they cross from one script to another: tables arrive as
// copies, without metatables.
func (c Call) copied(n int) []lua.LValue {
	args := c.Rest(n)
	for i, value := range args {
		args[i] = c.copyValue(value, map[*lua.LTable]bool{})
	}
	return args
}

func (c Call) copyValue(value lua.LValue, above map[*lua.LTable]bool) lua.LValue {
	table, ok := value.(*lua.LTable)
	if !ok {
		return value
	}
	if above[table] {
		c.Raise("tables cannot be cyclic")
	}
	above[table] = true
	defer delete(above, table)
	copied := c.Server.VM.NewTable(0, 0)
	for key, item := range machine.All(table) {
		machine.Set(copied, key, c.copyValue(item, above))
	}
	return copied
}
