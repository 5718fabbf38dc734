package faults

import (
	"math/bits"

	"savestone/emulator"
)

// roll is the chance of one rule for one request. Its parts are independent of each other.
type roll struct {
	fire uint64 // whether
	size uint32 // how much
	part uint32 // which of several, or how it is divided
}

// draw rolls for the seq-th request of an identity. The key stands for seed and rule (ruleKey); n
// numbers the rolls of a rule that needs more than one for a request.
//
// The parts are words of Philox4x32-10, a counter-based generator (Salmon et al., "Parallel random
// numbers: as easy as 1, 2, 3", 2011): any draw can be had without the ones before it.
func draw(key, identity, seq uint64, n uint8) roll {
	words := philox(key, [4]uint32{
		uint32(identity), uint32(identity >> 32),
		uint32(seq), uint32(seq>>32)<<8 | uint32(n),
	})
	return roll{
		fire: uint64(words[1])<<32 | uint64(words[0]),
		size: words[2],
		part: words[3],
	}
}

// philox is Philox4x32-10: ten rounds of two multiplications.
func philox(key uint64, counter [4]uint32) [4]uint32 {
	k0, k1 := uint32(key), uint32(key>>32)
	for range 10 {
		hi0, lo0 := bits.Mul32(0xD2511F53, counter[0])
		hi1, lo1 := bits.Mul32(0xCD9E8D57, counter[2])
		counter = [4]uint32{hi1 ^ counter[1] ^ k0, lo1, hi0 ^ counter[3] ^ k1, lo0}
		k0 += 0x9E3779B9
		k1 += 0xBB67AE85
	}
	return counter
}

// digest is a running 64-bit FNV-1a hash. What it yields is part of what a seed means: it must
// never change.
type digest uint64

const digestEmpty digest = 14695981039346656037

func (d digest) byte(b byte) digest { return (d ^ digest(b)) * 1099511628211 }

func (d digest) number(n uint64) digest {
	for range 8 {
		d = d.byte(byte(n))
		n >>= 8
	}
	return d
}

// text adds the length too, so that "ab", "c" and "a", "bc" differ.
func (d digest) text(s string) digest {
	d = d.number(uint64(len(s)))
	for i := range len(s) {
		d = d.byte(s[i])
	}
	return d
}

// ruleKey stands for a rule under a seed.
func ruleKey(seed uint64, ruleID string) uint64 {
	return uint64(digestEmpty.number(seed).text(ruleID))
}

// identityOf stands for who asks what of which key. Two identities that collide only share their
// sequence numbers, which does no harm.
func identityOf(req emulator.Request) uint64 {
	return uint64(digestEmpty.
		text(req.Server).
		byte(byte(req.Op)).
		byte(byte(req.Store.Kind)).
		text(req.Store.Name).
		text(req.Store.Scope).
		text(req.Key))
}

// threshold is a chance as a number of 2^64 equally likely cases.
type threshold struct {
	cases  uint64
	always bool // 2^64 cases do not fit
}

// thresholdOf takes a chance in [0, 1]. Scaling by a power of two is exact in floating point.
func thresholdOf(chance float64) threshold {
	if chance >= 1 {
		return threshold{always: true}
	}
	return threshold{cases: uint64(chance * (1 << 64))}
}

func (t threshold) reached(fire uint64) bool { return t.always || fire < t.cases }
