package roblox

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
)

// newGUID draws a version 4 UUID in lower case (R221).
func newGUID(random *rand.Rand) string {
	var id [16]byte
	binary.BigEndian.PutUint64(id[:8], random.Uint64())
	binary.BigEndian.PutUint64(id[8:], random.Uint64())
	id[6] = id[6]&0x0f | 0x40 // the version
	id[8] = id[8]&0x3f | 0x80 // the variant of RFC 9562
	return fmt.Sprintf("%x-%x-%x-%x-%x", id[0:4], id[4:6], id[6:8], id[8:10], id[10:])
}
