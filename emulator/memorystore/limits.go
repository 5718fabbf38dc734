package memorystore

import "time"

const kilobyte = 1 << 10 // R200: a value of 32 KB is 32 * 1024 bytes; assumed of the other limits

// Limits of single arguments.
const (
	NameCharactersMax    = 128                     // R211
	KeyCharactersMax     = 128                     // R200
	SortKeyCharactersMax = 128                     // R200
	ValueBytesMax        = 32 * kilobyte           // R200: length of the JSON text
	ExpirationMax        = 3_888_000 * time.Second // R199: 45 days
	RangeCountMax        = 200                     // items that SortedMap.Range returns
	ListCountMax         = 200                     // items that HashMap.List returns
	ReadCountMax         = 200                     // items that Queue.Read returns, to anyone
	ReadCountEngineMax   = 100                     // items that ReadAsync returns to a script
)

// InvisibilityDefault is how long items that were read stay invisible unless told otherwise (R196).
const InvisibilityDefault = 30 * time.Second

const (
	// readPoll is how often a waiting Read looks for items (R209).
	readPoll = 2 * time.Second
	// updateRetriesMax is how often Update starts over after a conflict (R203, assumed).
	updateRetriesMax = 10
	// memoryLookback is how long more users count for the memory quota after they left (R201).
	memoryLookback = 8 * 24 * time.Hour
)

// Limits of a universe. A field that is 0 limits nothing, so the zero value is no limits at all.
type Limits struct {
	// Request units of a minute, of the universe (R202). They count from the full minute, assumed.
	UnitsPerMinute, UnitsPerMinutePerUser int64
	// StructureUnitsPerMinute is the same of one sorted map or queue (C10).
	StructureUnitsPerMinute int64

	// Bytes of all items together (R201): keys, sort keys and values, assumed.
	MemoryBytes        int64
	MemoryBytesPerUser float64

	// What one sorted map or queue may hold (R200).
	StructureItemsMax, StructureBytesMax int64
}

// DefaultLimits are Roblox's (R200 to R202).
func DefaultLimits() Limits {
	return Limits{
		UnitsPerMinute: 1000, UnitsPerMinutePerUser: 120,
		StructureUnitsPerMinute: 100_000,
		MemoryBytes:             64 * kilobyte, MemoryBytesPerUser: 1.2 * kilobyte,
		StructureItemsMax: 1_000_000, StructureBytesMax: 100 * kilobyte * kilobyte,
	}
}
