package rojo

import (
	"encoding/binary"
	"math"
	"math/bits"
	"strings"
)

// property reads one property of all Instances of a class. Types without a use for server code are
// left out.
func (f *binaryFile) property(r *binaryReader) {
	nodes, name := f.classes[r.uint32()], r.text()
	kind := r.byte()
	values := f.values(r, kind, len(nodes))
	if r.err != nil || len(values) != len(nodes) {
		return
	}
	for i, node := range nodes {
		f.assign(node, name, values[i])
	}
}

func (f *binaryFile) assign(node *Node, name string, value any) {
	text, isText := value.(string)
	switch {
	case value == nil:
	case name == "Name" && isText:
		node.Name = text
	case name == "Source" && isText:
		node.Source = &Source{
			Text: strings.ReplaceAll(text, "\r\n", "\n"), File: f.path, Generated: true,
		}
	case name == "AttributesSerialize" && isText:
		node.Attributes = storedAttributes(text)
	case name == "Tags" && isText:
		if tags := storedTags(text); tags != nil {
			node.Properties = set(node.Properties, name, tags)
		}
	default:
		node.Properties = set(node.Properties, name, value)
	}
}

// The types of values in PROP chunks.
const (
	binaryString = iota + 1
	binaryBool
	binaryInt32
	binaryFloat32
	binaryFloat64
	binaryUDim
	binaryUDim2

	binaryBrickColor  = 0x0b
	binaryColor3      = 0x0c
	binaryVector2     = 0x0d
	binaryVector3     = 0x0e
	binaryCFrame      = 0x10
	binaryEnum        = 0x12
	binaryRef         = 0x13
	binaryColor3uint8 = 0x1a
	binaryInt64       = 0x1b
)

// values reads n values of a type, nil for a type that is left out.
func (f *binaryFile) values(r *binaryReader, kind byte, n int) []any {
	switch kind {
	case binaryString:
		return collect(n, func(int) any { return r.text() })
	case binaryBool:
		return collect(n, func(int) any { return r.byte() != 0 })
	case binaryInt32:
		list := r.int32s(n)
		return collect(n, func(i int) any { return float64(list[i]) })
	case binaryFloat32:
		return r.tuples("", 1, n)
	case binaryFloat64:
		return collect(n, func(int) any { return r.float64() })
	case binaryInt64:
		return r.int64s(n)
	case binaryEnum, binaryBrickColor:
		list, name := r.words(n), "Enum"
		if kind == binaryBrickColor {
			name = "BrickColor"
		}
		if r.err != nil {
			return nil
		}
		return collect(n, func(i int) any { return Typed{name, float64(list[i])} })
	case binaryUDim, binaryUDim2:
		return r.dimensions(n, kind == binaryUDim2)
	case binaryColor3:
		return r.tuples("Color3", 3, n)
	case binaryVector2:
		return r.tuples("Vector2", 2, n)
	case binaryVector3:
		return r.tuples("Vector3", 3, n)
	case binaryColor3uint8:
		red, green, blue := r.bytes(n), r.bytes(n), r.bytes(n)
		if r.err != nil {
			return nil
		}
		return collect(n, func(i int) any {
			return Typed{"Color3uint8", []any{
				float64(red[i]), float64(green[i]), float64(blue[i])}}
		})
	case binaryCFrame:
		return r.frames(n)
	case binaryRef:
		list := r.referents(n)
		return collect(n, func(i int) any {
			if target := f.nodes[list[i]]; target != nil {
				return Ref{target}
			}
			return nil
		})
	}
	return nil
}

func collect(n int, value func(i int) any) []any {
	list := make([]any, n)
	for i := range list {
		list[i] = value(i)
	}
	return list
}

func (r *binaryReader) float64() float64 {
	if b := r.bytes(8); b != nil {
		return math.Float64frombits(binary.LittleEndian.Uint64(b))
	}
	return 0
}

// float32s reads n transposed numbers whose sign is in the last bit.
func (r *binaryReader) float32s(n int) []float64 {
	list := make([]float64, n)
	for i, w := range r.words(n) {
		list[i] = float64(math.Float32frombits(bits.RotateLeft32(w, -1)))
	}
	return list
}

// tuples reads values of a few numbers each; one number is itself.
func (r *binaryReader) tuples(kind string, size, n int) []any {
	columns := make([][]float64, size)
	for c := range columns {
		columns[c] = r.float32s(n)
	}
	return collect(n, func(i int) any {
		if size == 1 {
			return columns[0][i]
		}
		return Typed{kind, collect(size, func(c int) any { return columns[c][i] })}
	})
}

func (r *binaryReader) int64s(n int) []any {
	b := r.bytes(8 * n)
	if b == nil {
		return nil
	}
	return collect(n, func(i int) any {
		var w uint64
		for part := range 8 {
			w = w<<8 | uint64(b[part*n+i])
		}
		return float64(int64(w>>1) ^ -int64(w&1))
	})
}

func (r *binaryReader) dimensions(n int, two bool) []any {
	if !two {
		scale, offset := r.float32s(n), r.int32s(n)
		return collect(n, func(i int) any {
			return Typed{"UDim", []any{scale[i], float64(offset[i])}}
		})
	}
	sx, sy := r.float32s(n), r.float32s(n)
	ox, oy := r.int32s(n), r.int32s(n)
	return collect(n, func(i int) any {
		return Typed{"UDim2", []any{
			[]any{sx[i], float64(ox[i])}, []any{sy[i], float64(oy[i])}}}
	})
}

// frames reads CFrames: for each the rotation, 0 and a matrix or the number of one along the axes;
// then all positions.
func (r *binaryReader) frames(n int) []any {
	rotations := collect(n, func(int) any {
		id := r.byte()
		if id != 0 {
			return axisRotation(int(id) - 1)
		}
		row := func(int) any {
			return collect(3, func(int) any {
				return float64(math.Float32frombits(r.uint32()))
			})
		}
		return collect(3, row)
	})
	x, y, z := r.float32s(n), r.float32s(n), r.float32s(n)
	return collect(n, func(i int) any {
		return Typed{"CFrame", map[string]any{
			"position": []any{x[i], y[i], z[i]}, "orientation": rotations[i],
		}}
	})
}

// axisRotation is the rotation whose right and up point along axes: +X, +Y, +Z, -X, -Y, -Z.
func axisRotation(number int) []any {
	axis := func(n int) (v [3]float64) {
		v[n%3] = 1 - 2*float64(n/3)
		return v
	}
	right, up := axis(number/6%6), axis(number%6)
	back := [3]float64{
		right[1]*up[2] - right[2]*up[1], right[2]*up[0] - right[0]*up[2],
		right[0]*up[1] - right[1]*up[0],
	}
	return collect(3, func(row int) any { return []any{right[row], up[row], back[row]} })
}

// storedTags splits the tags of an Instance as models keep them.
func storedTags(text string) []any {
	var tags []any
	for tag := range strings.SplitSeq(text, "\x00") {
		if tag != "" {
			tags = append(tags, tag)
		}
	}
	return tags
}

// storedAttributes reads the attributes of an Instance as models keep them, as far as their types
// are known.
func storedAttributes(text string) []Property {
	r := &binaryReader{data: []byte(text)}
	var list []Property
	for range r.count() {
		name := r.text()
		value := r.attribute()
		if r.err != nil || value == nil {
			break // the length of what follows is not known
		}
		list = set(list, name, value)
	}
	return list
}

// attribute reads one value; nil for a type that is not known.
func (r *binaryReader) attribute() any {
	float := func(int) any { return float64(math.Float32frombits(r.uint32())) }
	typed := func(kind string, size int) any { return Typed{kind, collect(size, float)} }
	dimension := func(int) any { return []any{float(0), float64(int32(r.uint32()))} }
	switch r.byte() {
	case 0x02:
		return r.text()
	case 0x03:
		return r.byte() != 0
	case 0x05:
		return float(0)
	case 0x06:
		return r.float64()
	case 0x09:
		return Typed{"UDim", dimension(0)}
	case 0x0a:
		return Typed{"UDim2", collect(2, dimension)}
	case 0x0e:
		return Typed{"BrickColor", float64(r.uint32())}
	case 0x0f:
		return typed("Color3", 3)
	case 0x10:
		return typed("Vector2", 2)
	case 0x11:
		return typed("Vector3", 3)
	case 0x1b:
		return typed("NumberRange", 2)
	}
	return nil
}
