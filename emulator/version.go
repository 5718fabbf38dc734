package emulator

import (
	"math"
	"strconv"
	"time"
)

// A version id is AAAAAAAAAAAAAAAA.SSSSSSSSSS.BBBBBBBBBBBBBBBB.01 in upper-case hexadecimal: when
// the object was created, which write this is, when this version was written (R104). Both times are
// .NET ticks: 100 ns since the year 1.

const (
	ticksPerSecond      = 10_000_000
	ticksPerMillisecond = ticksPerSecond / 1000
	ticksAtUnixEpoch    = 621_355_968_000_000_000

	versionBytes = 16 + 1 + 10 + 1 + 16 + 3
)

// ticks counts time as version ids do.
type ticks int64

func ticksOf(t time.Time) ticks {
	return ticks(t.Unix()*ticksPerSecond + int64(t.Nanosecond())/100 + ticksAtUnixEpoch)
}

// ticksAt returns when the millisecond ms begins, as near as ticks can tell.
func ticksAt(ms int64) ticks {
	const limit = math.MaxInt64/ticksPerMillisecond - ticksAtUnixEpoch/ticksPerMillisecond - 1
	return ticks(min(max(ms, -limit), limit)*ticksPerMillisecond + ticksAtUnixEpoch)
}

func (t ticks) time() time.Time {
	sinceEpoch := int64(t) - ticksAtUnixEpoch
	return time.Unix(sinceEpoch/ticksPerSecond, sinceEpoch%ticksPerSecond*100).UTC()
}

func ticksIn(d time.Duration) ticks { return ticks(d / 100) }

func (t ticks) unixMS() int64 {
	sinceEpoch := int64(t) - ticksAtUnixEpoch
	ms := sinceEpoch / ticksPerMillisecond
	if sinceEpoch%ticksPerMillisecond < 0 {
		ms-- // round down before 1970 too
	}
	return ms
}

// NewVersion returns the id of the write numbered sequence (from 1) to an object: a text that sorts
// by time within the object (R106).
func NewVersion(created time.Time, sequence int64, written time.Time) string {
	return stamp{ticksOf(created), sequence, ticksOf(written)}.version()
}

// stamp is what a version id tells.
type stamp struct {
	created  ticks
	sequence int64
	written  ticks
}

func (s stamp) version() string {
	var id [versionBytes]byte
	putHex(id[0:16], uint64(s.created))
	id[16] = '.'
	putHex(id[17:27], uint64(s.sequence))
	id[27] = '.'
	putHex(id[28:44], uint64(s.written))
	copy(id[44:], ".01")
	return string(id[:])
}

// parseVersion reads what version writes, and nothing else.
func parseVersion(id string) (stamp, bool) {
	if len(id) != versionBytes {
		return stamp{}, false
	}
	created, err1 := strconv.ParseInt(id[0:16], 16, 64)
	sequence, err2 := strconv.ParseInt(id[17:27], 16, 64)
	written, err3 := strconv.ParseInt(id[28:44], 16, 64)
	s := stamp{ticks(created), sequence, ticks(written)}
	return s, err1 == nil && err2 == nil && err3 == nil && s.version() == id
}

// next is the stamp of a write at now: one further (R105, step assumed), and later than the write
// before even if the clock stood still or went back (R106).
func (s stamp) next(now ticks) stamp {
	return stamp{created: s.created, sequence: s.sequence + 1, written: max(now, s.written+1)}
}

func firstStamp(now ticks) stamp {
	return stamp{created: now, sequence: 1, written: now}
}

// sameHour reports whether the write at later replaces this version for good (R108, R109).
func (s stamp) sameHour(later ticks) bool {
	return s.written/ticksIn(VersionHour) == later/ticksIn(VersionHour)
}

func putHex(to []byte, n uint64) {
	const digits = "0123456789ABCDEF"
	for i := len(to) - 1; i >= 0; i-- {
		to[i] = digits[n&15]
		n >>= 4
	}
}
