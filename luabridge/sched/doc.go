// Package sched runs many tasks in virtual time, one at a time. Time stands still while a task runs
// and jumps to the next timer when all of them wait, so a 30-minute lock expiry takes no time at
// all, and the order of everything is (virtual time, order of scheduling): the same program gives
// the same run, always.
//
//	sim := sched.New(start)
//	sim.Go(func() {
//		_ = sim.Sleep(ctx, 30*time.Minute)
//		fmt.Println(sim.Now())
//	})
//	sim.Run()
//
// A task is a coroutine (iter.Pull): switching to it is a function call, not a trip through Go's
// own scheduler. Code in a task may call plain blocking Go that waits through Sleep; a Sim is an
// emulator.Clock by shape, although this package knows nothing else of the project and no Lua.
// A Sim and its tasks belong to one goroutine.
package sched
