package stdlib

import (
	"math"

	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/vm"
)

// mathNoise is Ken Perlin's improved noise of 2002, in single precision.
func mathNoise(L *lua.LState) int {
	x := float32(vm.ArgNumber(L, 1, "noise"))
	y := float32(vm.OptNumber(L, 2, "noise", 0))
	z := float32(vm.OptNumber(L, 3, "noise", 0))
	return returnNumber(L, float64(noise(x, y, z)))
}

// noisePermutation is the table that Perlin published.
var noisePermutation = [256]uint8{
	151, 160, 137, 91, 90, 15, 131, 13, 201, 95, 96, 53, 194, 233, 7, 225,
	140, 36, 103, 30, 69, 142, 8, 99, 37, 240, 21, 10, 23, 190, 6, 148,
	247, 120, 234, 75, 0, 26, 197, 62, 94, 252, 219, 203, 117, 35, 11, 32,
	57, 177, 33, 88, 237, 149, 56, 87, 174, 20, 125, 136, 171, 168, 68, 175,
	74, 165, 71, 134, 139, 48, 27, 166, 77, 146, 158, 231, 83, 111, 229, 122,
	60, 211, 133, 230, 220, 105, 92, 41, 55, 46, 245, 40, 244, 102, 143, 54,
	65, 25, 63, 161, 1, 216, 80, 73, 209, 76, 132, 187, 208, 89, 18, 169,
	200, 196, 135, 130, 116, 188, 159, 86, 164, 100, 109, 198, 173, 186, 3, 64,
	52, 217, 226, 250, 124, 123, 5, 202, 38, 147, 118, 126, 255, 82, 85, 212,
	207, 206, 59, 227, 47, 16, 58, 17, 182, 189, 28, 42, 223, 183, 170, 213,
	119, 248, 152, 2, 44, 154, 163, 70, 221, 153, 101, 155, 167, 43, 172, 9,
	129, 22, 39, 253, 19, 98, 108, 110, 79, 113, 224, 232, 178, 185, 112, 104,
	218, 246, 97, 228, 251, 34, 242, 193, 238, 210, 144, 12, 191, 179, 162, 241,
	81, 51, 145, 235, 249, 14, 239, 107, 49, 192, 214, 31, 181, 199, 106, 157,
	184, 84, 204, 176, 115, 121, 50, 45, 127, 4, 150, 254, 138, 236, 205, 93,
	222, 114, 67, 29, 24, 72, 243, 141, 128, 195, 78, 66, 215, 61, 156, 180,
}

func permuted(i int) int { return int(noisePermutation[i&255]) }

func fade(t float32) float32 { return t * t * t * (t*(t*6-15) + 10) }

func mix(t, a, b float32) float32 { return a + t*(b-a) }

// gradient is the dot product with one of twelve directions, to the edges of a cube.
func gradient(hash int, x, y, z float32) float32 {
	h := hash & 15
	u, v := x, y
	if h >= 8 {
		u = y
	}
	if h == 12 || h == 14 {
		v = x
	} else if h >= 4 {
		v = z
	}
	if h&1 != 0 {
		u = -u
	}
	if h&2 != 0 {
		v = -v
	}
	return u + v
}

// split returns the lattice cell of a coordinate and the place in it.
func split(x float32) (cell int, place float32) {
	floor := math.Floor(float64(x))
	return int(int64(floor) & 255), x - float32(floor)
}

// noise mixes the gradients at the eight corners of the lattice cell around a point.
func noise(x, y, z float32) float32 {
	cellX, x := split(x)
	cellY, y := split(y)
	cellZ, z := split(z)
	u, v, w := fade(x), fade(y), fade(z)
	corner := func(i, j, k int) float32 {
		hash := permuted(permuted(permuted(cellX+i)+cellY+j) + cellZ + k)
		return gradient(hash, x-float32(i), y-float32(j), z-float32(k))
	}
	layer := func(k int) float32 {
		near := mix(u, corner(0, 0, k), corner(1, 0, k))
		far := mix(u, corner(0, 1, k), corner(1, 1, k))
		return mix(v, near, far)
	}
	return mix(w, layer(0), layer(1))
}
