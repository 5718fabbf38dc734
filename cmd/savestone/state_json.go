package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"time"
)

// jsonFile reads a file of JSON and knows where it is in it.
type jsonFile struct {
	name    string // as messages call it
	text    []byte
	decoder *json.Decoder
}

// openJSON reads a file, which must be one JSON value.
func openJSON(path string) (*jsonFile, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, &exit{exitEnvironment, err}
	}
	if err := checkJSON(path, text); err != nil {
		return nil, err
	}
	return &jsonFile{path, text, json.NewDecoder(bytes.NewReader(text))}, nil
}

// fail tells what is wrong at a place of the file.
func (f *jsonFile) fail(at int, format string, args ...any) error {
	return usage("%s: %w", position(f.name, f.text, at), fmt.Errorf(format, args...))
}

// next returns where the next token begins.
func (f *jsonFile) next() int {
	at := int(f.decoder.InputOffset())
	for at < len(f.text) && bytes.IndexByte([]byte(" \t\r\n,:"), f.text[at]) >= 0 {
		at++
	}
	return at
}

// object reads an object and calls member for each of its members, to read the value. No name may
// come twice.
func (f *jsonFile) object(member func(name string, at int) error) error {
	if err := f.open('{', "an object"); err != nil {
		return err
	}
	seen := map[string]bool{}
	for f.decoder.More() {
		at := f.next()
		token, err := f.decoder.Token()
		if err != nil {
			return f.fail(at, "%w", err)
		}
		name := token.(string)
		if seen[name] {
			return f.fail(at, "got %q twice in one object", name)
		}
		seen[name] = true
		if err := member(name, at); err != nil {
			return err
		}
	}
	return f.close()
}

// array reads an array and calls element for each of its elements, to read it.
func (f *jsonFile) array(element func(at int) error) error {
	if err := f.open('[', "an array"); err != nil {
		return err
	}
	for f.decoder.More() {
		if err := element(f.next()); err != nil {
			return err
		}
	}
	return f.close()
}

func (f *jsonFile) open(bracket byte, what string) error {
	at := f.next()
	if f.text[at] != bracket {
		return f.fail(at, "got %s, want %s", jsonType(f.text[at]), what)
	}
	return f.close()
}

// close goes past a bracket.
func (f *jsonFile) close() error {
	at := f.next()
	if _, err := f.decoder.Token(); err != nil {
		return f.fail(at, "%w", err)
	}
	return nil
}

// value reads any value as it stands, white space apart.
func (f *jsonFile) value() (json.RawMessage, error) {
	at := f.next()
	var raw json.RawMessage
	if err := f.decoder.Decode(&raw); err != nil {
		return nil, f.fail(at, "%w", err)
	}
	var b bytes.Buffer
	if err := json.Compact(&b, raw); err != nil {
		return nil, f.fail(at, "%w", err)
	}
	return b.Bytes(), nil
}

// into reads a value of a Go type; want says in words which.
func (f *jsonFile) into(v any, want string) error {
	at := f.next()
	raw, err := f.value()
	if err != nil {
		return err
	}
	if string(raw) == "null" || json.Unmarshal(raw, v) != nil {
		return f.fail(at, "got %s, want %s", shortened(raw), want)
	}
	return nil
}

func (f *jsonFile) string() (text string, err error) {
	err = f.into(&text, "a string")
	return text, err
}

func (f *jsonFile) integer() (n int64, err error) {
	err = f.into(&n, "a whole number of 64 bits")
	return n, err
}

// time reads a time as timeExact writes it.
func (f *jsonFile) time() (time.Time, error) {
	at := f.next()
	text, err := f.string()
	if err != nil {
		return time.Time{}, err
	}
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return time.Time{}, f.fail(at, "got %q, want a time like 2026-01-31T12:00:00Z", text)
	}
	return t.UTC(), nil
}

// timeExact writes a time with all its digits.
func timeExact(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }

// shortened is a JSON text as a message shows it.
func shortened(raw []byte) string {
	const sizeMax = 40
	if len(raw) <= sizeMax {
		return string(raw)
	}
	return jsonType(raw[0])
}

// jsonType says what begins with a byte.
func jsonType(first byte) string {
	switch first {
	case '{':
		return "an object"
	case '[':
		return "an array"
	case '"':
		return "a string"
	case 't', 'f':
		return "a boolean"
	case 'n':
		return "null"
	}
	return "a number"
}

// writeJSON writes a value as the files of an export have it, each line after the first indented by
// prefix.
func writeJSON(b *bytes.Buffer, v any, prefix string) error {
	encoder := json.NewEncoder(b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent(prefix, "  ")
	if err := encoder.Encode(v); err != nil {
		return fmt.Errorf("write %s: %w", strconv.Quote(fmt.Sprint(v)), err)
	}
	b.Truncate(b.Len() - 1) // the newline
	return nil
}
