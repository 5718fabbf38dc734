package opencloud

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

const typeJSON = "application/json"

// response is an answer before it is written.
type response struct {
	status int
	typ    string // of the content; "" if there is none
	header [][2]string
	body   []byte

	version string // of the entry that it is about, for logs
}

// write sends the response. What the client misses of it is its own affair.
func (r response) write(w http.ResponseWriter) {
	header := w.Header()
	for _, pair := range r.header {
		header.Set(pair[0], pair[1])
	}
	if r.typ != "" {
		header.Set("Content-Type", r.typ)
	}
	if r.status != http.StatusNoContent {
		header.Set("Content-Length", strconv.Itoa(len(r.body)))
	}
	w.WriteHeader(r.status)
	w.Write(r.body)
}

func (r *response) set(name, value string) { r.header = append(r.header, [2]string{name, value}) }

// value returns a header that was set.
func (r *response) value(name string) string {
	for _, pair := range r.header {
		if pair[0] == name {
			return pair[1]
		}
	}
	return ""
}

// object answers with a value as JSON.
func object(value any) (response, error) {
	text, err := encode(value)
	if err != nil {
		return response{}, err
	}
	return response{status: http.StatusOK, typ: typeJSON, body: text}, nil
}

// ascii writes JSON so that a header can hold it: what is not ASCII is escaped.
func ascii(text []byte) string {
	var out []byte
	for _, r := range string(text) {
		switch {
		case r < utf8.RuneSelf:
			out = append(out, byte(r))
		case r > 0xFFFF:
			high, low := utf16.EncodeRune(r)
			out = fmt.Appendf(out, `\u%04x\u%04x`, high, low)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
	}
	return string(out)
}

// none answers that it is done where there is nothing to tell.
func none() (response, error) { return object(struct{}{}) }

// encode writes JSON as it was stored: without escapes that only HTML needs.
func encode(value any) ([]byte, error) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return nil, fmt.Errorf("encode the answer: %w", err)
	}
	return bytes.TrimSuffix(text.Bytes(), []byte("\n")), nil
}
