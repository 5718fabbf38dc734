package suite

import (
	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge"
	"savestone/luabridge/roblox"
	"savestone/luabridge/sched"
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
	seconds, unfinished := r.closeServer(L, r.game, reason)
	return vm.Return(L, seconds, unfinished)
}

// closeServer closes a server and has the running thread wait for its end. It returns how long that
// took, and how many BindToClose functions were cut off.
func (r *fileRun) closeServer(
	L *lua.LState, game *luabridge.Game, reason string,
) (took, unfinished lua.LNumber) {
	var end roblox.Closed
	var err error
	r.await(L, func(done func()) {
		err = game.Shutdown(reason, func(c roblox.Closed) {
			end = c
			done()
		})
		if err != nil {
			done()
		}
	})
	if err != nil {
		vm.Errorf(L, "%v", err)
	}
	return lua.LNumber(end.Took.Seconds()), lua.LNumber(end.Unfinished)
}

// await has start begin something, and the running thread wait until that calls done.
func (r *fileRun) await(L *lua.LState, start func(done func())) {
	vm.MustYield(L).Block(func() {
		task, ended, waits := r.sim.Current(), false, false
		start(func() {
			ended = true
			if waits {
				r.sim.After(0, func() {
					if task.State() == sched.Parked { // it was not killed meanwhile
						task.Resume()
					}
				})
			}
		})
		waits = true
		for !ended {
			r.sim.Park()
		}
	})
}

// luaPurchase has the server's ProcessReceipt decide about a purchase, and waits for the decision.
func (r *fileRun) luaPurchase(L *lua.LState) int {
	receipt := roblox.Receipt{
		PlayerID:   int64(vm.ArgInt(L, 1, "purchase")),
		ProductID:  int64(vm.ArgInt(L, 2, "purchase")),
		PurchaseID: vm.ArgString(L, 3, "purchase"),
	}
	decision := ""
	r.await(L, func(done func()) {
		r.game.ProcessReceipt(receipt, func(decided string) {
			decision = decided
			done()
		})
	})
	return vm.Return(L, lua.LString(decision))
}
