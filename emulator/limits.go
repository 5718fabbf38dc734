package emulator

import "time"

// Limits of names, keys and values. Lengths are bytes, as string.len counts them (R6).
const (
	StoreNameBytesMax = 50 // R6
	ScopeBytesMax     = 50 // R6
	KeyBytesMax       = 50 // R6, R30: 50 passes, 51 is refused

	ValueBytesMax    = 4 << 20 // R51: length of the JSON text; assumed that 4,194,304 itself passes
	MetadataBytesMax = 299     // R60: the JSON text must be shorter than 300 bytes
	UserIDsMax       = 4       // R57

	// What a strict profile holds besides, in characters (R60).
	MetadataKeyMax, MetadataPartMax = 50, 250

	// valueDepthMax bounds how deep JSON may nest, so that no reader of it runs out of stack.
	// Assumed: Roblox names no limit.
	valueDepthMax = 1000

	// StandardIntegerMax is where increments of a standard store stop, either way (R95): up to
	// here a double holds every integer (R40).
	StandardIntegerMax = 1 << 53
)

// Lifetimes of what is no longer current.
const (
	// VersionHour is the time in which later writes to a key replace earlier ones for good (R108).
	VersionHour = time.Hour
	// VersionLifetime is how long a version can be read after the write that superseded it (R111).
	VersionLifetime = 30 * 24 * time.Hour
	// TombstoneLifetime is how long a removed key is remembered, with its versions (R99).
	TombstoneLifetime = 30 * 24 * time.Hour
	// StoreLifetime is how long a removed store can be brought back (O38).
	StoreLifetime = 30 * 24 * time.Hour
)

// Pages of listings. The maxima of keys, versions and stores are assumed.
const (
	KeysPageDefault, KeysPageMax         = 50, 100    // R128
	KeysExaminedMax                      = 512        // R129: by one page that excludes the deleted
	VersionsPageDefault, VersionsPageMax = 1024, 1024 // R123
	StoresPageDefault, StoresPageMax     = 32, 100    // R133
	SortedPageDefault, SortedPageMax     = 50, 100    // R157
)

// GetManyKeysMax is how many keys one OpGetMany may name (R165).
const GetManyKeysMax = 100

// TimestampAheadMax is how far ahead of now the time for OpGetVersionAt may be (R119).
const TimestampAheadMax = 10 * time.Minute

// throttleWindow is the time over which limits add up what was used (R182; that the experience's
// budgets roll like the keys' throughput is assumed).
const throttleWindow = time.Minute

// purgeInterval is how often what has expired is deleted; nobody can read it before that either.
const purgeInterval = time.Hour

// updatedInterval is how old a store's time of update may be in a file; see noteUpdate.
const updatedInterval = time.Minute

// lockWait is how long a request waits for another process that writes to the same file.
const lockWait = 5 * time.Second

// CacheLifetime is how long a game server trusts what it last read or wrote (R141).
const CacheLifetime = 4 * time.Second
