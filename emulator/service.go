package emulator

import (
	"context"
	"encoding/json"
	"fmt"
)

// Service does data store operations. The emulator, a fault injector, a recorder and a client
// of the real Open Cloud are all Services, so each can stand in for or around the others.
//
// A failure that Roblox itself names is an *Error; any other error is a bug here or a broken disk.
type Service interface {
	Do(ctx context.Context, req Request) (Result, error)
}

// Op names what a Request asks for.
type Op uint8

// The operations. Those that change an entry answer with the entry as it is afterwards,
// except OpRemove, which answers with what it removed (R96).
const (
	OpGet       Op = iota + 1 // the current value of Key (R63, R64)
	OpPut                     // replace Key's value, if IfVersion still holds (R69, R74)
	OpIncrement               // add Delta to Key's integer (R89)
	OpRemove                  // put a tombstone on Key (R96)

	OpGetVersion    // Key's version called Version (R116)
	OpGetVersionAt  // Key's version that was current at TimeMS (R120)
	OpListVersions  // Key's versions, a page of them (R121)
	OpRemoveVersion // forget Key's version called Version for good (R125)
	OpListKeys      // a page of the store's keys; Scope "" lists those of all scopes (R126)
	OpListStores    // a page of the universe's standard stores; Store is ignored (R133)
	OpSnapshot      // the next write to every key keeps what it replaces (R110)
	OpListSorted    // a page of an ordered store by value (R156)
	OpGetMany       // the current values of Keys, of an ordered store (R165)
	OpRemoveStore   // hide a standard store with all its scopes, until it is purged (O38)
	OpRestoreStore  // bring it back
)

// opNames are indexed by Op.
var opNames = [...]string{
	OpGet: "get", OpPut: "put", OpIncrement: "increment", OpRemove: "remove",
	OpGetVersion: "getVersion", OpGetVersionAt: "getVersionAt", OpListVersions: "listVersions",
	OpRemoveVersion: "removeVersion", OpListKeys: "listKeys", OpListStores: "listStores",
	OpSnapshot: "snapshot", OpListSorted: "listSorted", OpGetMany: "getMany",
	OpRemoveStore: "removeStore", OpRestoreStore: "restoreStore",
}

// String returns the operation's name, as plans of faults and histories spell it.
func (op Op) String() string {
	if int(op) < len(opNames) && opNames[op] != "" {
		return opNames[op]
	}
	return fmt.Sprintf("operation %d", uint8(op))
}

// Kind tells the two sorts of data store apart; a name can exist in both without any interaction
// (R1).
type Kind uint8

// The kinds of data store.
const (
	Standard Kind = iota // values of any JSON type, with versions and metadata
	Ordered              // one integer per key, sorted
)

// String returns the kind's name.
func (k Kind) String() string {
	switch k {
	case Standard:
		return "standard"
	case Ordered:
		return "ordered"
	case removedStandard:
		return "removed"
	}
	return fmt.Sprintf("kind %d", uint8(k))
}

// StoreID names one scope of one data store.
type StoreID struct {
	Kind  Kind
	Name  string // 1..50 bytes (R6)
	Scope string // 1..50 bytes; "global" unless the caller says otherwise (R3)
}

// Request is one operation on one universe's data. Fields that an Op does not use are ignored.
type Request struct {
	Op     Op
	Server string // which game server or API key asks; faults and history tell callers apart by it
	Store  StoreID
	Key    string // 1..50 bytes

	Value     json.RawMessage // OpPut: the JSON to store; the core knows no Lua
	UserIDs   []int64         // OpPut, OpIncrement: replaces the old list, empty clears it (R61)
	Metadata  json.RawMessage // OpPut, OpIncrement: a JSON object, nil clears it (R61)
	IfVersion *string         // OpPut: write only onto this version; "" means onto no live entry
	Delta     int64           // OpIncrement

	Version string   // OpGetVersion, OpRemoveVersion
	TimeMS  int64    // OpGetVersionAt: Unix milliseconds
	Keys    []string // OpGetMany
	Page    Page     // OpList...

	// Unmetered requests do not count in the experience's budgets: those of Open Cloud v1, which
	// has limits of its own (R179), and what an UpdateAsync sends when it starts over (R85). A
	// key's throughput they do share.
	Unmetered bool

	// Updating requests are the read or the write of an UpdateAsync. To the store that makes no
	// difference; faults tell them apart by it.
	Updating bool

	direct bool // through the back door: nothing throttles it
	_      struct{}
}

// Page says which part of a listing is wanted. Each OpList uses the fields that its rule names.
type Page struct {
	Size   int    // items at most; 0 means the listing's own default
	Cursor string // Result.Cursor of the page before, "" for the first

	Prefix         string // OpListKeys, OpListStores: literal bytes (R127)
	ExcludeDeleted bool   // OpListKeys: leave tombstones out (R129)
	ShowDeleted    bool   // OpListStores: with those that were removed (O38)

	Descending bool  // OpListVersions: newest first; OpListSorted: largest first
	FromMS     int64 // OpListVersions: Unix milliseconds, inclusive; 0 means no bound (R122)
	ToMS       int64

	Min, Max *int64 // OpListSorted: inclusive; nil means no bound (R158)
}

// Result answers a Request.
type Result struct {
	// Found is false when the key was never written or is removed (R64). Info.Version is then the
	// tombstone's, or "".
	Found bool
	Value json.RawMessage
	Info  KeyInfo

	Items  []Item // OpList..., OpGetMany; of OpRemoveStore and OpRestoreStore the store
	Cursor string // OpList...: what fetches the next page, "" after the last

	_ struct{}
}

// Item is one line of a listing. Which fields are set depends on the operation.
type Item struct {
	Store   string // OpListStores and those on stores: the name
	Scope   string // OpListKeys
	Key     string // OpListKeys, OpListSorted, OpGetMany
	Value   json.RawMessage
	Size    int     // OpListVersions: bytes of the value
	Info    KeyInfo // OpListVersions: Version and the times; OpListStores: the times
	Deleted bool    // OpListVersions, OpListKeys: a tombstone; OpListStores: it was removed

	ExpiresMS int64 // OpListStores: when a store that was removed is purged, Unix milliseconds
}

// KeyInfo describes exactly the version of the entry that it came with (R102). An entry of an
// ordered store has none (R155): there only Version is set, to a token for IfVersion that front
// doors do not show.
type KeyInfo struct {
	Version   string // opaque to callers; see NewVersion for its form (R104)
	CreatedMS int64  // when the object was created, Unix milliseconds
	UpdatedMS int64  // when this version was written, Unix milliseconds
	UserIDs   []int64
	Metadata  json.RawMessage // a JSON object, or nil when there is none
}
