package emulator

import (
	"fmt"
	"strings"
	"time"
)

// RequestType is Enum.DataStoreRequestType (section 3.9): what a request is charged to, on one game
// server and, for the eight from StandardRead on, in the whole experience.
type RequestType uint8

// The request types, with Roblox's values. Those before StandardRead are the legacy ones.
const (
	GetAsync RequestType = iota
	SetIncrementAsync
	UpdateAsync
	GetSortedAsync
	SetIncrementSortedAsync
	OnUpdate
	ListAsync
	GetVersionAsync
	RemoveVersionAsync
	StandardRead
	StandardWrite
	StandardList
	StandardRemove
	OrderedRead
	OrderedWrite
	OrderedList
	OrderedRemove

	// RequestTypeCount is how many there are.
	RequestTypeCount = iota
)

// requestTypeNames are indexed by RequestType.
var requestTypeNames = [RequestTypeCount]string{
	"GetAsync", "SetIncrementAsync", "UpdateAsync", "GetSortedAsync", "SetIncrementSortedAsync",
	"OnUpdate", "ListAsync", "GetVersionAsync", "RemoveVersionAsync", "StandardRead",
	"StandardWrite", "StandardList", "StandardRemove", "OrderedRead", "OrderedWrite", "OrderedList",
	"OrderedRemove",
}

// String returns the name of the enum item.
func (t RequestType) String() string {
	if t < RequestTypeCount {
		return requestTypeNames[t]
	}
	return fmt.Sprintf("request type %d", uint8(t))
}

// Rate is a limit that grows with the number of players (or of users of the experience).
type Rate struct{ Base, PerPlayer int }

// PerMinute returns how many requests a minute the rate allows n players.
func (r Rate) PerMinute(n int) int { return r.Base + r.PerPlayer*n }

// Bucket is one request type's budget on a game server. The zero Bucket does not exist.
type Bucket struct {
	Rate
	Burst     int // what a new server starts with (R168)
	CapFactor int // the budget grows to this many times the rate per minute (R168)
}

// Profile is a set of limits, such as Roblox had at one time (section 0.2). Do not change one.
type Profile struct {
	Name string

	// Unlimited means that no limit below is held and nothing is ever throttled.
	Unlimited bool

	// Strict means that writes are refused which Roblox may well accept, but which no game should
	// count on: of arrays with other keys, which would be lost (R44), and of metadata beyond the
	// documented limits of one key and one value (R60).
	Strict bool

	// LegacyBuckets means that requests are charged to the request types before StandardRead
	// (section 20.2) and not to those after (section 20.1).
	LegacyBuckets bool
	// Server has the buckets of one game server; types without one of their own are zero.
	Server [RequestTypeCount]Bucket

	// Experience has the budgets of the whole experience, by CCU (R178 to R181); a zero Rate means
	// no limit.
	Experience [RequestTypeCount]Rate

	// KeyReadBytes and KeyWriteBytes are what one key may move in 60 seconds (R182); 0 means no
	// limit.
	KeyReadBytes, KeyWriteBytes int64

	// SameKeyWriteSpacing is the least time between writes of one server to one key (R178).
	SameKeyWriteSpacing time.Duration

	// KeepEveryVersion means that every write keeps the version before, until 30 days after that
	// was written; else only the first write of an hour does (R108, section 0.2).
	KeepEveryVersion bool

	// StorageBytes and StorageBytesPerUser are the room for values, by lifetime users (R185); 0
	// means no limit.
	StorageBytes, StorageBytesPerUser int64
}

// DefaultProfile returns the limits of today, "2026".
func DefaultProfile() *Profile { return profiles[0] }

// ProfileNamed returns the profile of that name.
func ProfileNamed(name string) (*Profile, error) {
	for _, p := range profiles {
		if p.Name == name {
			return p, nil
		}
	}
	return nil, fmt.Errorf("got profile %q, want one of %s",
		name, strings.Join(ProfileNames(), ", "))
}

// ProfileNames lists the profiles, the default first.
func ProfileNames() []string {
	names := make([]string, len(profiles))
	for i, p := range profiles {
		names[i] = p.Name
	}
	return names
}

// RateLimitMax returns the most that SetRateLimitForRequestType may ask for, in any profile (R23).
// ok is false for the types that it cannot set.
func (t RequestType) RateLimitMax() (maximum Rate, ok bool) {
	switch t {
	case GetAsync, SetIncrementAsync:
		return Rate{60, 40}, true
	case GetSortedAsync, ListAsync, GetVersionAsync, RemoveVersionAsync:
		return Rate{5, 2}, true
	case SetIncrementSortedAsync:
		return Rate{30, 5}, true
	case StandardRead, StandardWrite, StandardList, StandardRemove,
		OrderedRead, OrderedWrite, OrderedList, OrderedRemove:
		return Rate{10_000, 200}, true
	}
	return Rate{}, false
}

// profiles are all there are; nothing writes to them.
var profiles = []*Profile{
	{
		Name:                "2026",
		Server:              modernBuckets,
		Experience:          experienceRates(300, 300, 300, 300),
		KeyReadBytes:        keyReadBytes,
		KeyWriteBytes:       keyWriteBytes,
		StorageBytes:        500 << 20,
		StorageBytesPerUser: 1 << 20,
	},
	{
		Name:                "2026-launch",
		Server:              modernBuckets,
		Experience:          experienceRates(250, 10, 100, 100),
		KeyReadBytes:        keyReadBytes,
		KeyWriteBytes:       keyWriteBytes,
		StorageBytes:        100 << 20,
		StorageBytesPerUser: 1 << 20,
	},
	{
		Name:          "2025",
		LegacyBuckets: true,
		Server:        legacyBuckets,
		KeyReadBytes:  keyReadBytes,
		KeyWriteBytes: keyWriteBytes,
	},
	{
		Name:             "pre-2024-07",
		LegacyBuckets:    true,
		Server:           legacyBuckets,
		KeyReadBytes:     keyReadBytes,
		KeyWriteBytes:    keyWriteBytes,
		KeepEveryVersion: true,
	},
	{ // assumed: the spacing of writes came before the limits of throughput
		Name:                "pre-2023-06",
		LegacyBuckets:       true,
		Server:              legacyBuckets,
		SameKeyWriteSpacing: 6 * time.Second,
		KeepEveryVersion:    true,
	},
	{
		Name:                "strict", // 2026, and no doubtful writes
		Strict:              true,
		Server:              modernBuckets,
		Experience:          experienceRates(300, 300, 300, 300),
		KeyReadBytes:        keyReadBytes,
		KeyWriteBytes:       keyWriteBytes,
		StorageBytes:        500 << 20,
		StorageBytesPerUser: 1 << 20,
	},
	{Name: "unlimited", Unlimited: true},
}

// The throughput of a key (R182). That a KB is 1024 bytes, and a MB 1024 of those, is assumed
// (R183).
const (
	keyReadBytes  = 25 << 20
	keyWriteBytes = 4 << 20
)

// modernBuckets are the tables of section 20.1. The bursts are those of 2018, and those of lists
// and removes assumed (R168).
var modernBuckets = [RequestTypeCount]Bucket{
	StandardRead:       {Rate{60, 40}, 100, 3},
	StandardWrite:      {Rate{60, 40}, 100, 3},
	StandardList:       {Rate{5, 2}, 10, 3},
	StandardRemove:     {Rate{60, 40}, 100, 3},
	RemoveVersionAsync: {Rate{5, 2}, 10, 3},
	OrderedRead:        {Rate{60, 40}, 100, 3},
	OrderedWrite:       {Rate{30, 5}, 50, 3},
	OrderedList:        {Rate{5, 2}, 10, 3},
	OrderedRemove:      {Rate{30, 5}, 50, 3},
	OnUpdate:           {Rate{30, 5}, 30, 1}, // R167, R170
}

// legacyBuckets are the tables of section 20.2. UpdateAsync has none of its own.
var legacyBuckets = [RequestTypeCount]Bucket{
	GetAsync:                {Rate{60, 10}, 100, 3},
	SetIncrementAsync:       {Rate{60, 10}, 100, 3},
	GetSortedAsync:          {Rate{5, 2}, 10, 3},
	SetIncrementSortedAsync: {Rate{30, 5}, 50, 3},
	GetVersionAsync:         {Rate{5, 2}, 10, 3},
	ListAsync:               {Rate{5, 2}, 10, 3},
	RemoveVersionAsync:      {Rate{5, 2}, 10, 3},
	OnUpdate:                {Rate{30, 5}, 30, 1},
}

// experienceRates are the tables of section 20.4, by the bases that changed over time: those of
// reads and writes, of the two lists, and of removes.
func experienceRates(base, list, orderedList, remove int) (rates [RequestTypeCount]Rate) {
	rates[StandardRead], rates[OrderedRead] = Rate{base, 40}, Rate{base, 40}
	rates[StandardWrite], rates[OrderedWrite] = Rate{base, 20}, Rate{base, 20}
	rates[StandardList], rates[OrderedList] = Rate{list, 2}, Rate{orderedList, 2}
	rates[StandardRemove], rates[OrderedRemove] = Rate{remove, 40}, Rate{remove, 40}
	return rates
}
