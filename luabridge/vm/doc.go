// Package vm runs compiled Luau on gopher-lua, of which it uses the bytecode interpreter alone:
// threads, protected calls, errors and their texts are made here, because gopher-lua's own lose
// upvalues and cannot yield through a pcall.
//
//	world := vm.New(vm.Options{Sim: sim, Library: stdlib.Library()})
//	fn, err := world.Load(source, "ServerScriptService.Main", world.Globals)
//	thread := world.NewThread(fn)
//	results, fault := thread.Resume()
//
// A Thread is a task of the simulation (package sched) with a chain of interpreter states: one for
// its body and one more for every pcall in progress. Any Go function that a script calls may
// therefore wait, for as much virtual time as it likes, and a script may yield from wherever it is.
// A Luau error travels as a Go panic with an *Error; whoever recovers panics in a function called
// from a script passes on what is not his.
package vm
