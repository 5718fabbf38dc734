package roblox

import (
	lua "github.com/yuin/gopher-lua"

	"savestone/emulator"
	"savestone/luabridge/vm"
)

// onUpdate has a function called with every new value of a key (R167): at once if this server wrote
// it, within a minute if another did.
func onUpdate(c Call) int {
	e := c.entry()
	fn := c.Function(2)
	signal := c.Server.NewSignal("OnUpdate")
	watch, err := e.store.Watch(e.key, func(now emulator.Result) {
		c.Server.postpone(c.Server.depth, func() { c.announce(signal, now) })
	})
	if err != nil {
		c.refuse(err)
	}
	signal.deserted = watch.Stop
	connection := signal.connect(fn, false)
	c.Server.VM.NewThread(c.Server.VM.NewFunction("OnUpdate", func(L *lua.LState) int {
		vm.MustYield(L).Block(func() { err = watch.Poll(c.Server.Context()) })
		if err != nil {
			vm.Raise(L, "savestone: OnUpdate: "+err.Error())
		}
		return 0
	})).Run()
	return c.Return(connection.object)
}

// announce fires an OnUpdate with a fresh value (R50).
func (c Call) announce(signal *Signal, now emulator.Result) {
	value := lua.LValue(lua.LNil)
	if now.Found {
		var err error
		if value, err = storedValue(c.Server.VM, now.Value); err != nil {
			c.report(err)
			return
		}
	}
	signal.Fire(value)
}
