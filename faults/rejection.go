package faults

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"savestone/emulator"
)

// The codes that rules have unless they say otherwise.
const (
	codeRejected  = 502 // the backend had an internal error
	codeBadAnswer = 504 // it answered, but not so that anyone could read it
	codeUnparsed  = 501 // the same, in other words
)

// rejections are the errors that Rule.Code can ask for. Where one number stands for several, it is
// the one that a script cannot help.
var rejections = map[int]*emulator.Error{
	101: emulator.ErrKeyEmpty, 102: emulator.ErrKeyLong, 103: emulator.ValueNotAllowed("function"),
	104: emulator.CannotStore("function"), 105: emulator.ErrValueLarge,
	106: emulator.ErrMaxValueInvalid, 107: emulator.ErrMinMaxOrder,
	301: emulator.ErrGetThrottled, 302: emulator.ErrSetThrottled,
	303: emulator.ErrIncrementThrottled, 304: emulator.ErrUpdateThrottled,
	305: emulator.ErrGetSortedThrottled, 306: emulator.ErrRemoveThrottled,
	401: emulator.ErrDataModelClosed, 402: emulator.ErrLuaWebServiceClosed,
	403: emulator.ErrStudioAccess, 404: emulator.ErrOrderedStoreGone,
	501: emulator.ErrUnparsable, 502: emulator.ErrInternal, 503: emulator.ErrKeyNotFound,
	504: emulator.ErrResponseFormat, 505: emulator.ErrOrderedResponseFormat,
	511: emulator.ErrMetadataLarge, 512: emulator.ErrUserIDsMany, 513: emulator.ErrUserIDsInvalid,
	517: emulator.ErrOptionsNotAllowed,
}

// rejection is the error that a caller gets in place of an answer.
func rejection(code int, mayHaveApplied bool) *emulator.Error {
	failure := *rejections[code]
	failure.MayHaveApplied = mayHaveApplied
	return &failure
}

func checkCode(r Rule) error {
	if _, known := rejections[r.Code]; known || r.Code == 0 {
		return nil
	}
	var codes []string
	for _, code := range slices.Sorted(maps.Keys(rejections)) {
		codes = append(codes, fmt.Sprint(code))
	}
	return fmt.Errorf("got the code %d, want one of %s", r.Code, strings.Join(codes, ", "))
}
