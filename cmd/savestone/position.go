package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"
)

// checkJSON tells where a text is not one JSON value in UTF-8. Name is what the text is called.
func checkJSON(name string, text []byte) error {
	if at := invalidUTF8(text); at >= 0 {
		return usage("%s: got the byte %#x, want UTF-8", position(name, text, at), text[at])
	}
	var value json.RawMessage
	err := json.Unmarshal(text, &value)
	var wrong *json.SyntaxError
	switch {
	case errors.As(err, &wrong):
		at := int(wrong.Offset)
		if at > 0 && wrong.Error() != "unexpected end of JSON input" {
			at-- // Offset is after the culprit
		}
		return usage("%s: %w", position(name, text, at), err)
	case err != nil:
		return usage("%s: %w", name, err)
	}
	return nil
}

// invalidUTF8 returns where text stops being UTF-8, -1 if it does not.
func invalidUTF8(text []byte) int {
	if utf8.Valid(text) {
		return -1
	}
	at := 0
	for {
		r, size := utf8.DecodeRune(text[at:])
		if r == utf8.RuneError && size == 1 {
			return at
		}
		at += size
	}
}

// position writes a place in a text as name:line:column; columns count characters.
func position(name string, text []byte, at int) string {
	before := text[:min(at, len(text))]
	line := bytes.Count(before, []byte("\n")) + 1
	column := utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:]) + 1
	return fmt.Sprintf("%s:%d:%d", name, line, column)
}
