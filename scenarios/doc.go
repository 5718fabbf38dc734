// Package scenarios runs code that saves player data through bad days and records what becomes of
// the data. A scenario is a Luau file, NAME.chaos.luau, that returns a table; it becomes a Plan,
// which is plain data; and the plan's worlds are run, each with a seed of its own:
//
//	file, err := scenarios.Open("chaos/bad-evening.chaos.luau")
//	run, err := scenarios.Run(ctx, file, scenarios.Options{Seed: 1, Workers: 2})
//	for _, claim := range run.Claims {
//		fmt.Println(claim.Verdict, claim.Claim, claim.Found)
//	}
//
// # A world
//
//	players ──► game servers ──► recorder ──► faults ──► recorder ──► emulator
//	 (Go)       (Luau: driver,    (what they   (what       (what really
//	             adapter, system)  saw)         goes wrong) happened)
//
// A world has one emulator, one virtual clock and some game servers, each with a Luau runtime of
// its own that has the user's project in it. The system under test is any module behind an adapter,
// a small ModuleScript (see library/adapters). Players come, play, buy, hop and leave; servers
// crash, freeze, close and are replaced. Each change to a player's data leaves a mark in it
// (history.Ledger), so that whatever is stored can be traced to what was done.
//
// # Time in a world
//
//	0        warmup          horizon        horizon+linger      +drain
//	|  begin  |   measured    |  no changes  |  healed: recover  |  all servers close
//
// Faults last until the end of the linger time, so that the last measured saves meet the same
// weather as the first.
//
// # Same seed, same world
//
// The seed of a world is made of the plan, the run's seed and the world's number alone. All chance
// is keyed: a player's life, a rule's decisions, an outage's times are functions of the seed and of
// who or what they are about. So a world gives the same events on any machine, in any shard, beside
// any number of other worlds.
package scenarios
