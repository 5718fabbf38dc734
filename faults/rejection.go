package faults

import (
	"fmt"

	"savestone/emulator"
)

// The codes of Rule.Code.
const (
	codeRejected  = 502 // the backend had an internal error
	codeBadAnswer = 504 // it answered, but not so that anyone could read it
)

// rejection is the error that a caller gets in place of an answer.
func rejection(code int, mayHaveApplied bool) *emulator.Error {
	failure := *emulator.ErrInternal
	if code == codeBadAnswer {
		failure = *emulator.ErrResponseFormat
	}
	failure.MayHaveApplied = mayHaveApplied
	return &failure
}

func checkCode(r Rule) error {
	if r.Code != 0 && r.Code != codeRejected && r.Code != codeBadAnswer {
		return fmt.Errorf("got the code %d, want %d or %d", r.Code, codeRejected, codeBadAnswer)
	}
	return nil
}
