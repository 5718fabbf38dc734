package emulator

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"hash/fnv"
)

// position is where a page of a listing ended: at its last item.
type position struct {
	number int64
	text   string
}

// cursorHead is how many bytes stand before a position's text: a checksum and the number.
const cursorHead = 16

// cursor writes p as an opaque text that only the same listing takes back.
func (r *Request) cursor(p position) string {
	text := make([]byte, cursorHead, cursorHead+len(p.text))
	binary.BigEndian.PutUint64(text[8:], uint64(p.number))
	text = append(text, p.text...)
	binary.BigEndian.PutUint64(text, r.checksum(text[8:]))
	return base64.RawURLEncoding.EncodeToString(text)
}

// position reads the request's cursor; nil is the beginning of the listing. What no page of this
// listing returned is refused (R130).
func (r *Request) position() (*position, error) {
	if r.Page.Cursor == "" {
		return nil, nil
	}
	text, err := base64.RawURLEncoding.DecodeString(r.Page.Cursor)
	if err != nil || len(text) < cursorHead ||
		binary.BigEndian.Uint64(text) != r.checksum(text[8:]) {
		return nil, ErrCursorInvalid
	}
	return &position{
		number: int64(binary.BigEndian.Uint64(text[8:])),
		text:   string(text[cursorHead:]),
	}, nil
}

// checksum tells listings apart: a cursor is of no use to another one. The size of the page may
// change.
func (r *Request) checksum(position []byte) uint64 {
	bound := func(n *int64) string {
		if n == nil {
			return "-"
		}
		return fmt.Sprint(*n)
	}
	h, p := fnv.New64a(), &r.Page
	fmt.Fprintf(h, "%d %d %q %q %q %q %t %t %d %d %s %s ",
		r.Op, r.Store.Kind, r.Store.Name, r.Store.Scope, r.Key,
		p.Prefix, p.ExcludeDeleted, p.Descending, p.FromMS, p.ToMS, bound(p.Min), bound(p.Max))
	h.Write(position)
	return h.Sum64()
}
