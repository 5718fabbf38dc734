package faults

import (
	"math"
	"math/big"
	"math/bits"
	"time"
)

// Arithmetic for formulas, on integers alone: math.Exp and math.Log differ in their last bits from
// one processor to the next, and so would the delays that a seed stands for.

// fixed is a number of 2^-48ths.
type fixed int64

const (
	fixedBits       = 48
	fixedOne  fixed = 1 << fixedBits
)

// fixedOf takes a number as a user wrote it. Scaling by a power of two is exact.
func fixedOf(x float64) fixed { return fixed(x * (1 << fixedBits)) }

// scaled is f * num / den, rounded towards 0; den is above 0.
func (f fixed) scaled(num, den int64) fixed {
	negative := (f < 0) != (num < 0)
	size := fixed(mulDiv(magnitude(int64(f)), magnitude(num), uint64(den)))
	if negative {
		return -size
	}
	return size
}

func (f fixed) times(g fixed) fixed { return f.scaled(int64(g), int64(fixedOne)) }

func magnitude(n int64) uint64 {
	if n < 0 {
		return uint64(-n)
	}
	return uint64(n)
}

const mulDivMax = 1<<63 - 1

// mulDiv is a * b / c, rounded down, and mulDivMax where that is more.
func mulDiv(a, b, c uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	if hi >= c {
		return mulDivMax
	}
	quotient, _ := bits.Div64(hi, lo, c)
	return min(quotient, mulDivMax)
}

// log2E is the logarithm to base 2 of e, and ln2 its inverse.
const (
	log2E fixed = 406082553034800 // 1.44269504088896
	ln2   fixed = 195103586505167 // 0.693147180559945
)

// log2 is the logarithm of num/den to base 2; both are above 0.
func log2(num, den uint64) fixed {
	// num/den = mantissa/2^62 * 2^exponent, with a mantissa from 2^62 up to, not including, 2^63.
	shiftNum, shiftDen := bits.LeadingZeros64(num), bits.LeadingZeros64(den)
	exponent := shiftDen - shiftNum
	num, den = num<<shiftNum, den<<shiftDen
	hi, lo := num>>2, num<<62
	if num < den {
		exponent--
		hi, lo = num>>1, num<<63
	}
	mantissa, _ := bits.Div64(hi, lo, den)
	result := fixed(exponent) * fixedOne
	for bit := fixedOne / 2; bit > 0; bit /= 2 {
		hi, lo := bits.Mul64(mantissa, mantissa)
		mantissa = hi<<2 | lo>>62
		if mantissa >= 1<<63 {
			mantissa /= 2
			result += bit
		}
	}
	return result
}

// rootsOfTwo are 2^(1/2), 2^(1/4), 2^(1/8) and so on, in 2^-62ths. The roots of math/big are exact.
var rootsOfTwo = func() (roots [fixedBits]uint64) {
	root := big.NewInt(1 << 62)
	root.Lsh(root, 1)
	for i := range roots {
		root.Lsh(root, 62)
		root.Sqrt(root)
		roots[i] = root.Uint64()
	}
	return roots
}()

// exp2 is n * 2^y, rounded down, and mulDivMax where that is more.
func exp2(n uint64, y fixed) uint64 {
	exponent := int(y >> fixedBits)
	mantissa := uint64(1 << 62)
	for i := range fixedBits {
		if y&(fixedOne>>(i+1)) != 0 {
			hi, lo := bits.Mul64(mantissa, rootsOfTwo[i])
			mantissa = hi<<2 | lo>>62
		}
	}
	hi, lo := bits.Mul64(n, mantissa) // to be divided by 2^62
	switch shift := 62 - exponent; {
	case shift >= 128:
		return 0
	case shift >= 64:
		return hi >> (shift - 64)
	case shift <= 0 || hi>>(shift-1) != 0:
		if n == 0 {
			return 0
		}
		return mulDivMax
	default:
		return hi<<(64-shift) | lo>>shift
	}
}

// grown is d * 2^y, cut to microseconds.
func grown(d time.Duration, y fixed) time.Duration {
	const most = mulDivMax / uint64(time.Microsecond)
	micros := exp2(uint64(d/time.Microsecond), y)
	return time.Duration(min(micros, most)) * time.Microsecond
}

// grownBy is how much longer d is when multiplied by factor, which is at least 1 or else 0. The
// factor counts in millionths.
func grownBy(d time.Duration, factor float64) time.Duration {
	if factor <= 1 || d <= 0 {
		return 0
	}
	const whole = 1_000_000
	millionths := uint64(math.Round(float64((factor - 1) * whole)))
	micros := mulDiv(uint64(d/time.Microsecond), millionths, whole)
	return time.Duration(min(micros, math.MaxInt64/uint64(time.Microsecond))) * time.Microsecond
}
