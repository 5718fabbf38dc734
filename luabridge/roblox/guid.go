package roblox

import (
	"fmt"
	"math/rand/v2"
)

// newGUID draws a version 4 UUID in lower case (R221).
func newGUID(random *rand.Rand) string {
	high, low := random.Uint64(), random.Uint64()
	high = high&^0xf000 | 0x4000 // the version
	low = low&^(3<<62) | 2<<62   // the variant of RFC 9562
	return fmt.Sprintf("%08x-%04x-%04x-%04x-%012x",
		high>>32, high>>16&0xffff, high&0xffff, low>>48, low&(1<<48-1))
}
