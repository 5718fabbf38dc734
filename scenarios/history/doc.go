// Package history notes what clients asked of data stores and were told, beside what really
// happened, and judges the one by the other.
//
// A Recorder has two faces, both an emulator.Service. One stands where game servers send their
// requests to, above all faults: what it sees is what a client can know. The other stands right
// next to the emulator, below all faults: it sees each write that was applied, also when the
// client then got an error.
//
//	recorder := history.NewRecorder(clock)
//	injector, err := faults.New(recorder.Truth(emu), clock, seed, plan)
//	server := gameserver.New(recorder.Clients(injector), ...)
//	...
//	h := recorder.History()
//	for _, violation := range history.Witness(h) {
//		fmt.Println(violation)
//	}
//
// # Two judges
//
// Witness knows the order of commits and therefore decides about each request in constant time.
// Audit knows nothing but what the clients saw, and searches for an order that would explain it
// (porcupine). Witness never gives up; Audit may, and to give up is not to pass. Beyond the store
// itself, each invariant of a system that saves data is a function of its own.
//
// # Systems that save
//
// Judge is about what is tested: a Play has what players did, and each value that was stored has a
// ledger of the changes in it, so that no change gets lost, is made twice or comes back unseen. Its
// invariants are listed in Invariants, the numbers of how well a system saves are methods of what
// it returns.
//
//	j := history.Judge(h, play, history.Limits{})
//	fmt.Println(j.Violations, j.Saves(30*time.Second), j.Finals())
//
// A system may lose what nobody was told is stored, when its server crashes; a write that ended in
// an error may take effect, and late. What an operator, or a fault, did to stored data is no fault
// of the system's. Kept is a world in a file, to be judged again at another time.
//
// # What is not judged
//
// A game server answers some reads from its cache of four seconds; those never become requests, so
// they are not in a history. Of listings a history tells that they were asked for, not what they
// said. Keys of which a version was removed for good are left alone; Judged counts the rest.
package history
