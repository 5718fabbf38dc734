package rojo

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
)

// The binary format: a header, then chunks that each may be compressed. INST chunks list the
// Instances of a class, PROP chunks one property of all Instances of a class, PRNT says who is
// whose parent. Numbers of a property are stored transposed: all first bytes, then all second ones.

const (
	binaryMagic   = "<roblox!\x89\xff\x0d\x0a\x1a\x0a"
	zstdMagic     = "\x28\xb5\x2f\xfd"
	chunkBytesMax = 256 << 20 // unpacked; more is taken for damage
)

var errBinaryEnds = errors.New("it ends in the middle of something")

// binaryReader reads a file or one of its chunks. The first error stays.
type binaryReader struct {
	data []byte
	err  error
}

func (r *binaryReader) bytes(n int) []byte {
	if r.err != nil || n < 0 || n > len(r.data) {
		r.err = errors.Join(r.err, errBinaryEnds)
		return nil
	}
	taken := r.data[:n]
	r.data = r.data[n:]
	return taken
}

func (r *binaryReader) byte() byte {
	if b := r.bytes(1); b != nil {
		return b[0]
	}
	return 0
}

func (r *binaryReader) uint32() uint32 {
	if b := r.bytes(4); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

func (r *binaryReader) text() string { return string(r.bytes(int(r.uint32()))) }

// words reads n transposed integers of 4 bytes.
func (r *binaryReader) words(n int) []uint32 {
	b := r.bytes(4 * n)
	if b == nil {
		return nil
	}
	list := make([]uint32, n)
	for i := range list {
		list[i] = uint32(b[i])<<24 | uint32(b[n+i])<<16 | uint32(b[2*n+i])<<8 | uint32(b[3*n+i])
	}
	return list
}

// int32s are words whose sign is in the last bit.
func (r *binaryReader) int32s(n int) []int32 {
	list := make([]int32, n)
	for i, w := range r.words(n) {
		list[i] = int32(w>>1) ^ -int32(w&1)
	}
	return list
}

// referents are int32s, each less the one before.
func (r *binaryReader) referents(n int) []int32 {
	list := r.int32s(n)
	for i := 1; i < len(list); i++ {
		list[i] += list[i-1]
	}
	return list
}

// chunk reads the next chunk, unpacked.
func (r *binaryReader) chunk() (name string, content *binaryReader, err error) {
	name = strings.TrimRight(string(r.bytes(4)), "\x00")
	packed, size := r.uint32(), r.uint32()
	r.uint32() // reserved
	if size > chunkBytesMax {
		return "", nil, fmt.Errorf("the chunk %q has %d bytes, want at most %d",
			name, size, chunkBytesMax)
	}
	if packed == 0 {
		content = &binaryReader{data: r.bytes(int(size))}
		return name, content, r.err
	}
	data := r.bytes(int(packed))
	if r.err != nil {
		return "", nil, r.err
	}
	plain, err := unpack(data, int(size))
	if err != nil {
		return "", nil, fmt.Errorf("the chunk %q: %w", name, err)
	}
	return name, &binaryReader{data: plain}, nil
}

func unpack(data []byte, size int) ([]byte, error) {
	if bytes.HasPrefix(data, []byte(zstdMagic)) {
		decoder, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1),
			zstd.WithDecoderMaxMemory(chunkBytesMax))
		if err != nil {
			return nil, err
		}
		defer decoder.Close()
		return decoder.DecodeAll(data, nil)
	}
	plain := make([]byte, size)
	n, err := lz4.UncompressBlock(data, plain)
	return plain[:n], err
}

// binaryFile is what was read of a file so far.
type binaryFile struct {
	path    string
	classes map[uint32][]*Node // by the number of the class
	nodes   map[int32]*Node    // by referent
	roots   []*Node
}

// binaryModel reads an .rbxm file, which must hold one Instance at its top.
func (l *loader) binaryModel(path, name string) (*Node, error) {
	data, err := l.read(path)
	if err != nil {
		return nil, fmt.Errorf("read model: %w", err)
	}
	file := binaryFile{path: filepath.ToSlash(path), classes: map[uint32][]*Node{},
		nodes: map[int32]*Node{}}
	if err := file.read(data); err != nil {
		return nil, fmt.Errorf("%s: not a binary model that can be read: %w", path, err)
	}
	if len(file.roots) != 1 {
		return nil, fmt.Errorf("%s: got a model with %d top-level Instances, want 1",
			path, len(file.roots))
	}
	file.roots[0].Name = name
	return file.roots[0], nil
}

func (f *binaryFile) read(data []byte) error {
	r := &binaryReader{data: data}
	if magic := string(r.bytes(len(binaryMagic))); magic != binaryMagic {
		return fmt.Errorf("got the beginning %.14q, want %q",
			data[:min(14, len(data))], binaryMagic)
	}
	r.bytes(2 + 4 + 4 + 8) // version, counts that the chunks repeat, reserved
	for r.err == nil {
		name, content, err := r.chunk()
		if err != nil {
			return err
		}
		switch name {
		case "INST":
			f.instances(content)
		case "PROP":
			f.property(content)
		case "PRNT":
			f.parents(content)
		case "END":
			return nil
		}
		if content.err != nil {
			return fmt.Errorf("the chunk %s: %w", name, content.err)
		}
	}
	return r.err
}

func (f *binaryFile) instances(r *binaryReader) {
	number, class := r.uint32(), r.text()
	r.byte() // whether it is a service
	for _, referent := range r.referents(r.count()) {
		node := &Node{Name: class, ClassName: class, Files: []string{f.path}}
		f.nodes[referent] = node
		f.classes[number] = append(f.classes[number], node)
	}
}

// count reads how many items follow; each takes at least one byte.
func (r *binaryReader) count() int {
	n := int(r.uint32())
	if n > len(r.data) {
		r.err = errors.Join(r.err, errBinaryEnds)
		return 0
	}
	return n
}

func (f *binaryFile) parents(r *binaryReader) {
	r.byte() // version
	count := r.count()
	children, parents := r.referents(count), r.referents(count)
	for i, referent := range children {
		child, parent := f.nodes[referent], f.nodes[parents[i]]
		switch {
		case child == nil || child == parent:
			r.err = errors.Join(r.err, fmt.Errorf("nothing has the number %d", referent))
			return
		case parent == nil:
			f.roots = append(f.roots, child)
		default:
			parent.Children = append(parent.Children, child)
		}
	}
}
