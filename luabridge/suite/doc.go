// Package suite runs test suites of the TestEZ shape: modules named *.spec that return a function
// which calls describe and it. Each spec file has a world of its own (one game server on an empty
// emulator, at the same virtual instant and from the same seed), so files run side by side and
// cannot disturb each other.
//
//	report, err := suite.Run(ctx, place, suite.Options{Seed: 1, Workers: 2})
//
// It is a package beside luabridge, the fourteenth, because it alone puts faults into worlds on a
// script's demand (the table named emulator, see control.go), of which luabridge knows nothing.
package suite
