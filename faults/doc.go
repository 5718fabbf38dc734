// Package faults makes a data store fail the way Roblox's does: on purpose, and the same way again
// for the same seed. The Injector is an emulator.Service that stands between game servers and the
// emulator, and a Plan tells it what to do to whom:
//
//	plan, err := faults.Parse([]byte(`["calm@v1",
//		{"kind": "lostReply", "key": "player_*", "chance": "5%", "from": "10m"},
//		{"kind": "outage", "unavailability": "1%", "meanOutage": "60s"}]`))
//	injector, err := faults.New(emu, clock, seed, plan)
//
// In Go a plan is a list of Rules: Plan{{Kind: faults.LostReply, Key: "player_*", Chance: 0.05}}.
//
// # Classes
//
// Each event of a fault has a class, which says what a caller may conclude from the outcome: OK,
// FAIL (nothing was changed, nor will be), INFO (it may have been applied) or LIE (an answer that
// is not true). Tests hold the classes to what the commits tell.
//
// # Which rule decides
//
// A request meets the kinds of fault in the order of its way to storage and back (Kinds). For each
// kind the first rule of the plan that matches the request is the only one that is asked; then its
// chance decides. So a rule with chance 0 exempts what it matches from later rules of its kind. A
// rule matches no more once it has fired Limit times. Windows are judged at the time of arrival.
//
// # Chance
//
// Nothing is drawn from a stream. Each decision is a pure function of the seed, the rule's ID and
// the request's identity: who asks what of which key, and for how many-th time; with a Slot, of the
// target and the time instead. Outages, damages and swizzles are functions of the seed, the rule,
// the target and the time. One more request elsewhere, or a rule more, therefore changes no other
// decision (only Limit, Nth, Conflict and a throttle's PerMinute count requests). All arithmetic
// that decides is on integers, so that a seed means the same on every processor.
//
// # Replay
//
// What fired can be told (Fired) and made a plan of its own that fires just that, or less of it
// (Plan.Replay).
//
// # Adding a kind
//
// A kind is one function with its comment, and one line in pipeline (kind.go); a parameter that no
// kind had before is one field of Rule and one line in fields.
package faults
