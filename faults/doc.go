// Package faults makes a data store fail the way Roblox's does: on purpose, and the same way again
// for the same seed. The Injector is an emulator.Service that stands between game servers and the
// emulator, and a Plan tells it what to do to whom:
//
//	plan := faults.Plan{
//		{Kind: faults.Latency, Delay: faults.WriteLatency(), Chance: 1},
//		{Kind: faults.LostReply, Key: "player_*", Chance: 0.05, From: 10 * time.Minute},
//	}
//	injector, err := faults.New(emu, clock, seed, plan)
//
// # Which rule decides
//
// A request meets the kinds of fault in the order of its way to storage and back. For each kind the
// first rule of the plan that matches the request is the only one that is asked; then its chance
// decides. So a rule with chance 0 exempts what it matches from later rules of its kind. A rule
// matches no more once it has fired Limit times. Windows are judged at the time of arrival.
//
// # Chance
//
// Nothing is drawn from a stream. Each decision is a pure function of the seed, the rule's ID and
// the request's identity: who asks what of which key, and for how many-th time. One more request
// elsewhere, or a rule more, therefore changes no other decision (only Limit counts across
// requests). All arithmetic is on integers, so that a seed means the same on every processor.
//
// # Adding a kind
//
// A kind is one file with one function, and one line in pipeline (kind.go).
package faults
