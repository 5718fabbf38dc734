// Package suite runs test suites of the TestEZ shape: modules named *.spec that return a function
// which calls describe and it. Each spec file has a world of its own (one game server on an empty
// emulator, at the same virtual instant and from the same seed), so files run side by side and
// cannot disturb each other.
//
//	report, err := suite.Run(ctx, place, suite.Options{Seed: 1, Workers: 2})
//
// A project that brings TestEZ, Jest or Midori has its files run by that, and one without any has
// its Scripts run (see Framework). A small bootstrap in Luau starts the framework and lists what it
// found, so that reports are the same whoever ran the cases.
//
// It is a package beside luabridge, the fourteenth, because it alone puts faults into worlds on a
// script's demand (the table named emulator, see control.go), of which luabridge knows nothing.
package suite
