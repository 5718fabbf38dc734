package suite

import (
	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge"
	"savestone/luabridge/roblox"
	"savestone/luabridge/vm"
)

// The functions of the emulator table that drive the game server.

func (r *fileRun) luaJoin(L *lua.LState) int {
	player, err := r.join(r.game, roblox.Profile{
		UserID: int64(vm.ArgInt(L, 1, "join")), Name: vm.OptString(L, 2, "join", ""),
	})
	if err != nil {
		vm.Errorf(L, "%v", err)
	}
	return vm.Return(L, player.Object())
}

func (r *fileRun) luaLeave(L *lua.LState) int {
	player := roblox.AsInstance(L.Get(1))
	if player == nil || !player.IsA("Player") {
		vm.ArgTypeError(L, 1, "leave", "Player")
	}
	r.game.Leave(player, "Unknown")
	return 0
}

// luaShutdown closes the server and waits until its BindToClose functions have returned or were cut
// off.
func (r *fileRun) luaShutdown(L *lua.LState) int {
	reason := vm.OptString(L, 1, "shutdown", "DeveloperShutdown")
	seconds, unfinished := closeServer(L, r.game, reason)
	return vm.Return(L, seconds, unfinished)
}

// closeServer closes a server and has the running thread wait for its end. It returns how long that
// took, and how many BindToClose functions were cut off.
func closeServer(
	L *lua.LState, game *luabridge.Game, reason string,
) (took, unfinished lua.LNumber) {
	thread := vm.MustYield(L)
	var end *roblox.Closed
	err := game.Shutdown(reason, func(c roblox.Closed) {
		end = &c
		thread.Wake()
	})
	if err != nil {
		vm.Errorf(L, "%v", err)
	}
	for end == nil {
		thread.Yield(nil)
	}
	return lua.LNumber(end.Took.Seconds()), lua.LNumber(end.Unfinished)
}
