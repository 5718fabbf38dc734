package gameserver

import "savestone/emulator"

// method is a call that a script can make, as budgets, queues and error texts know it.
type method struct {
	name    string
	charges *charges

	writes bool // changes data, and waits in a queue of sets, not of gets (R173)
	queued bool // waits for its budget; the others get emulator.Dropped at once (R173)
	// full is what a queued call gets that finds no room (R176); nil stands for
	// emulator.GameServerThrottled (R177).
	full *emulator.Error
}

// charges tell what a call is charged to, by the kind of store.
type charges struct {
	modern [2]emulator.RequestType // section 20.1
	legacy [2]emulator.RequestType // section 20.2
}

// What calls can be charged to. That there was no type of its own for reads of ordered stores
// before April 2026 is assumed.
var (
	reads = &charges{
		modern: [2]emulator.RequestType{emulator.StandardRead, emulator.OrderedRead},
		legacy: [2]emulator.RequestType{emulator.GetAsync, emulator.GetAsync},
	}
	writes = &charges{
		modern: [2]emulator.RequestType{emulator.StandardWrite, emulator.OrderedWrite},
		legacy: [2]emulator.RequestType{
			emulator.SetIncrementAsync, emulator.SetIncrementSortedAsync,
		},
	}
	removes = &charges{
		modern: [2]emulator.RequestType{emulator.StandardRemove, emulator.OrderedRemove},
		legacy: writes.legacy,
	}
	lists = &charges{
		modern: [2]emulator.RequestType{emulator.StandardList, emulator.OrderedList},
		legacy: [2]emulator.RequestType{emulator.ListAsync, emulator.GetSortedAsync},
	}
	versionReads = &charges{ // of standard stores alone
		modern: [2]emulator.RequestType{emulator.Standard: emulator.StandardRead},
		legacy: [2]emulator.RequestType{emulator.Standard: emulator.GetVersionAsync},
	}
	versionRemoves = &charges{
		modern: [2]emulator.RequestType{emulator.Standard: emulator.RemoveVersionAsync},
		legacy: [2]emulator.RequestType{emulator.Standard: emulator.RemoveVersionAsync},
	}
)

// The methods. An update is two requests, of which each may have to wait (R74).
var (
	getMethod       = &method{"GetAsync", reads, false, true, emulator.ErrGetThrottled}
	setMethod       = &method{"SetAsync", writes, true, true, emulator.ErrSetThrottled}
	incrementMethod = &method{
		"IncrementAsync", writes, true, true, emulator.ErrIncrementThrottled,
	}
	updateReadMethod  = &method{"UpdateAsync", reads, false, true, emulator.ErrUpdateThrottled}
	updateWriteMethod = &method{"UpdateAsync", writes, true, true, emulator.ErrUpdateThrottled}
	removeMethod      = &method{"RemoveAsync", removes, true, true, emulator.ErrRemoveThrottled}

	getSortedMethod = &method{"GetSortedAsync", lists, false, true, emulator.ErrGetSortedThrottled}
	getManyMethod   = &method{"BatchGetAsync", reads, false, true, nil}

	getVersionMethod    = &method{"GetVersionAsync", versionReads, false, false, nil}
	getVersionAtMethod  = &method{"GetVersionAtTimeAsync", versionReads, false, false, nil}
	listVersionsMethod  = &method{"ListVersionsAsync", lists, false, false, nil}
	listKeysMethod      = &method{"ListKeysAsync", lists, false, false, nil}
	listStoresMethod    = &method{"ListDataStoresAsync", lists, false, false, nil}
	removeVersionMethod = &method{"RemoveVersionAsync", versionRemoves, true, false, nil}
)
