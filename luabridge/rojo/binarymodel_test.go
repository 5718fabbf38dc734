package rojo

import (
	"bytes"
	"encoding/binary"
	"math"
	"math/bits"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
	"github.com/stretchr/testify/require"
)

// binaryWriter writes what binaryReader reads, as the format's description has it.
type binaryWriter struct{ bytes.Buffer }

func (w *binaryWriter) number(n uint32)  { _ = binary.Write(w, binary.LittleEndian, n) }
func (w *binaryWriter) double(n float64) { _ = binary.Write(w, binary.LittleEndian, n) }
func (w *binaryWriter) float(n float32)  { w.number(math.Float32bits(n)) }
func (w *binaryWriter) text(s string)    { w.number(uint32(len(s))); w.WriteString(s) }

// words writes numbers transposed.
func (w *binaryWriter) words(list ...uint32) {
	for shift := 24; shift >= 0; shift -= 8 {
		for _, n := range list {
			w.WriteByte(byte(n >> shift))
		}
	}
}

func (w *binaryWriter) int32s(list ...int32) {
	var words []uint32
	for _, n := range list {
		words = append(words, uint32(n<<1)^uint32(n>>31))
	}
	w.words(words...)
}

func (w *binaryWriter) int64s(list ...int64) {
	for shift := 56; shift >= 0; shift -= 8 {
		for _, n := range list {
			w.WriteByte(byte((uint64(n<<1) ^ uint64(n>>63)) >> shift))
		}
	}
}

func (w *binaryWriter) referents(list ...int32) {
	differences, last := make([]int32, len(list)), int32(0)
	for i, n := range list {
		differences[i], last = n-last, n
	}
	w.int32s(differences...)
}

func (w *binaryWriter) floats(list ...float32) {
	var words []uint32
	for _, n := range list {
		words = append(words, bits.RotateLeft32(math.Float32bits(n), 1))
	}
	w.words(words...)
}

// chunk writes a chunk as it is, or packed.
func (w *binaryWriter) chunk(t *testing.T, name, packing string, fill func(*binaryWriter)) {
	content := &binaryWriter{}
	fill(content)
	plain, packed := content.Bytes(), []byte(nil)
	switch packing {
	case "lz4":
		packed = make([]byte, lz4.CompressBlockBound(len(plain)))
		n, err := lz4.CompressBlock(plain, packed, nil)
		require.NoError(t, err)
		packed = packed[:n] // nothing if it would not be smaller
	case "zstd":
		encoder, err := zstd.NewWriter(nil)
		require.NoError(t, err)
		packed = encoder.EncodeAll(plain, nil)
	}
	w.WriteString((name + "\x00\x00\x00\x00")[:4])
	w.number(uint32(len(packed)))
	w.number(uint32(len(plain)))
	w.number(0)
	if len(packed) > 0 {
		w.Write(packed)
		return
	}
	w.Write(plain)
}

// propertyChunk writes a property of all Instances of a class.
func (w *binaryWriter) property(t *testing.T, class uint32, name string, kind byte, packing string,
	fill func(*binaryWriter)) {
	w.chunk(t, "PROP", packing, func(c *binaryWriter) {
		c.number(class)
		c.text(name)
		c.WriteByte(kind)
		fill(c)
	})
}

// binarySample is a model of two classes with a property of each type.
func binarySample(t *testing.T, packing string) []byte {
	w := &binaryWriter{}
	w.WriteString(binaryMagic)
	w.Write(make([]byte, 18))
	w.chunk(t, "META", packing, func(c *binaryWriter) { c.number(0) })
	w.chunk(t, "INST", packing, func(c *binaryWriter) {
		c.number(0)
		c.text("Model")
		c.WriteByte(0)
		c.number(1)
		c.referents(7)
	})
	w.chunk(t, "INST", packing, func(c *binaryWriter) {
		c.number(1)
		c.text("Part")
		c.WriteByte(0)
		c.number(2)
		c.referents(3, -1_000)
	})
	for _, p := range binarySampleProperties() {
		w.property(t, 1, p.name, p.kind, packing, p.fill)
	}
	w.property(t, 0, "PrimaryPart", binaryRef, packing,
		func(c *binaryWriter) { c.referents(-1_000) })
	w.chunk(t, "PRNT", packing, func(c *binaryWriter) {
		c.WriteByte(0)
		c.number(3)
		c.referents(7, 3, -1_000)
		c.referents(-1, 7, 7)
	})
	w.chunk(t, "END", "", func(c *binaryWriter) { c.WriteString("</roblox>") })
	return w.Bytes()
}

type binaryProperty struct {
	name string
	kind byte
	fill func(*binaryWriter)
}

func binarySampleProperties() []binaryProperty {
	attributes := &binaryWriter{}
	attributes.number(3)
	attributes.text("coins")
	attributes.WriteByte(0x06)
	attributes.double(2.5)
	attributes.text("at")
	attributes.WriteByte(0x11)
	attributes.float(1)
	attributes.float(2)
	attributes.float(3)
	attributes.text("who")
	attributes.WriteByte(0x02)
	attributes.text("me")
	return []binaryProperty{
		{"Name", binaryString, func(c *binaryWriter) { c.text("One"); c.text("Two") }},
		{"Tags", binaryString, func(c *binaryWriter) { c.text("Door\x00Old"); c.text("") }},
		{"AttributesSerialize", binaryString, func(c *binaryWriter) {
			c.text(attributes.String())
			c.text("")
		}},
		{"Anchored", binaryBool, func(c *binaryWriter) { c.Write([]byte{1, 0}) }},
		{"Count", binaryInt32, func(c *binaryWriter) { c.int32s(-5, math.MaxInt32) }},
		{"Transparency", binaryFloat32, func(c *binaryWriter) { c.floats(0.5, -1.25) }},
		{"Mass", binaryFloat64, func(c *binaryWriter) { c.double(0.1); c.double(-2) }},
		{"Owner", binaryInt64, func(c *binaryWriter) { c.int64s(-1<<40, 261) }},
		{"Material", binaryEnum, func(c *binaryWriter) { c.words(256, 512) }},
		{"BrickColor", binaryBrickColor, func(c *binaryWriter) { c.words(21, 23) }},
		{"Color", binaryColor3uint8, func(c *binaryWriter) { c.Write([]byte{255, 1, 0, 2, 0, 3}) }},
		{"Fog", binaryColor3, func(c *binaryWriter) {
			c.floats(1, 0)
			c.floats(0.5, 0)
			c.floats(0, 1)
		}},
		{"Size", binaryVector3, func(c *binaryWriter) {
			c.floats(1, 4)
			c.floats(2, 5)
			c.floats(3, 6)
		}},
		{"Offset", binaryVector2, func(c *binaryWriter) { c.floats(1, 3); c.floats(2, 4) }},
		{"Padding", binaryUDim, func(c *binaryWriter) { c.floats(1, 0); c.int32s(2, -3) }},
		{"Extent", binaryUDim2, func(c *binaryWriter) {
			c.floats(1, 0)
			c.floats(0.5, 0)
			c.int32s(2, 0)
			c.int32s(-3, 0)
		}},
		{"CFrame", binaryCFrame, func(c *binaryWriter) {
			c.WriteByte(0x02) // not turned
			c.WriteByte(0)
			for _, n := range []float32{0, 0, 1, 0, 1, 0, -1, 0, 0} {
				c.float(n)
			}
			c.floats(1, 4)
			c.floats(2, 5)
			c.floats(3, 6)
		}},
		{"PhysicalConfigData", 0x1c, func(c *binaryWriter) { c.words(0, 0) }},
	}
}

const binaryWant = `Pinned: Model PrimaryPart=rojo.Ref(Two) <Pinned.rbxm>
  One: Part Anchored=true BrickColor=rojo.Typed{Type:"BrickColor", Value:21} CFrame=rojo.Typed{Type:"CFrame", ` +
	`Value:map[string]interface {}{"orientation":[]interface {}{[]interface {}{1, 0, 0}, []interface {}{0, 1, 0}, ` +
	`[]interface {}{0, 0, 1}}, "position":[]interface {}{1, 2, 3}}} Color=rojo.Typed{Type:"Color3uint8", ` +
	`Value:[]interface {}{255, 0, 0}} Count=-5 Extent=rojo.Typed{Type:"UDim2", Value:[]interface {}{` +
	`[]interface {}{1, 2}, []interface {}{0.5, -3}}} Fog=rojo.Typed{Type:"Color3", Value:[]interface {}{1, 0.5, 0}} ` +
	`Mass=0.1 Material=rojo.Typed{Type:"Enum", Value:256} Offset=rojo.Typed{Type:"Vector2", ` +
	`Value:[]interface {}{1, 2}} Owner=-1.099511627776e+12 Padding=rojo.Typed{Type:"UDim", ` +
	`Value:[]interface {}{1, 2}} Size=rojo.Typed{Type:"Vector3", Value:[]interface {}{1, 2, 3}} ` +
	`Tags=[]interface {}{"Door", "Old"} Transparency=0.5 @at=rojo.Typed{Type:"Vector3", ` +
	`Value:[]interface {}{1, 2, 3}} @coins=2.5 @who="me" <Pinned.rbxm>
`

func TestBinaryModelIsATree(t *testing.T) {
	for _, packing := range []string{"", "lz4", "zstd"} {
		t.Chdir(t.TempDir())
		require.NoError(t, os.WriteFile("Pinned.rbxm", binarySample(t, packing), 0o644))
		node, err := newLoader().path(scope{}, "Pinned.rbxm", "")
		require.NoError(t, err)
		var b strings.Builder
		dump(&b, node, "")
		first, second, _ := strings.Cut(b.String(), "  Two: ")
		require.Equal(t, binaryWant, first, packing)
		require.Contains(t, second, `"orientation":[]interface {}{[]interface {}{0, 0, 1}, []interface {}{0, 1, 0}, `+
			`[]interface {}{-1, 0, 0}}, "position":[]interface {}{4, 5, 6}`)
		require.Contains(t, second, "Count=2.147483647e+09")
		require.Contains(t, second, "Owner=261")
		require.NotContains(t, second, "PhysicalConfigData")
	}
}

func TestDamagedBinaryModelsAreErrors(t *testing.T) {
	file := filepath.Join(t.TempDir(), "Pinned.rbxm")
	whole := binarySample(t, "")
	for n := range len(whole) - len("</roblox>") {
		require.NoError(t, os.WriteFile(file, whole[:n], 0o644))
		_, err := newLoader().path(scope{}, file, "")
		require.ErrorContains(t, err, "not a binary model that can be read", n)
	}
	require.NoError(t, os.WriteFile(file, []byte("<roblox version=\"4\">"), 0o644))
	_, err := newLoader().path(scope{}, file, "")
	require.ErrorContains(t, err, `got the beginning "<roblox versio", want "<roblox!`)
	for at := range whole { // no damage makes the reader panic or never end
		damaged := bytes.Clone(whole)
		damaged[at] ^= 0xff
		require.NoError(t, os.WriteFile(file, damaged, 0o644))
		_, _ = newLoader().path(scope{}, file, "")
	}
}
