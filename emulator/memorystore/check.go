package memorystore

import (
	"encoding/json"
	"math"
	"strings"
	"time"
	"unicode/utf8"
)

// problem picks what a request is refused for: one problem is named, several are not (R211).
func problem(found ...*Error) error {
	var one *Error
	for _, err := range found {
		switch {
		case err == nil:
		case one != nil:
			return ErrProblems
		default:
			one = err
		}
	}
	if one == nil {
		return nil
	}
	return one
}

// isBlank reports whether a required field is missing: spaces do not count, assumed.
func isBlank(text string) bool { return strings.TrimSpace(text) == "" }

// isText reports whether a name or key has only characters that Roblox takes, and not too many.
func isText(text string, charactersMax int) bool {
	return utf8.ValidString(text) && utf8.RuneCountInString(text) <= charactersMax &&
		!strings.ContainsFunc(text, func(r rune) bool { return r < ' ' })
}

func (id structureID) check() *Error {
	switch {
	case isBlank(id.name):
		return ErrNameEmpty
	case !isText(id.name, NameCharactersMax):
		return nameInvalid(id.kind)
	}
	return nil
}

func checkKey(key string) *Error {
	switch {
	case isBlank(key):
		return ErrKeyEmpty
	case !isText(key, KeyCharactersMax):
		return ErrKeyInvalid
	}
	return nil
}

// checkExpiration holds R199 against how long an item shall live.
func checkExpiration(expiration time.Duration) *Error {
	if expiration < 0 || expiration > ExpirationMax {
		return ErrExpirationInvalid
	}
	return nil
}

func checkValue(value json.RawMessage) *Error {
	switch {
	case len(value) > ValueBytesMax:
		return ErrValueLarge
	case !utf8.Valid(value) || !json.Valid(value):
		return ErrValueInvalid
	}
	return nil
}

func checkCount(count, countMax int) *Error {
	if count < 1 || count > countMax {
		return CountInvalid(countMax)
	}
	return nil
}

func (k SortKey) check() *Error {
	number, isNumber := k.Number()
	text, _ := k.Text()
	if isNumber && math.IsNaN(number) || !isText(text, SortKeyCharactersMax) {
		return ErrSortKeyInvalid
	}
	return nil
}

// check refuses a bound with the error for its side.
func (b Bound) check(refusal *Error) *Error {
	if b.Key != "" && checkKey(b.Key) != nil || b.SortKey.check() != nil {
		return refusal
	}
	return nil
}

// check refuses what no item can become.
func (w Write) check(kind Kind) *Error {
	if kind == hashMap && w.SortKey != (SortKey{}) {
		return ErrSortKeyInvalid
	}
	return w.SortKey.check()
}
