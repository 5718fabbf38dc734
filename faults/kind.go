package faults

import (
	"context"

	"savestone/emulator"
)

// Kind names a sort of fault.
type Kind string

// Class says what a caller may conclude from the outcome of a request that a fault has hit.
type Class string

// The classes of outcome.
const (
	OK   Class = "OK"   // the answer is true
	Fail Class = "FAIL" // an error; nothing was changed, nor will be
	Info Class = "INFO" // an error; it may have been applied or not
)

// stage is a kind's place on the way of a request.
type stage struct {
	kind       Kind
	class      Class
	parameters []string         // the fields that not every kind has
	check      func(Rule) error // judges them
	apply      effect
}

// effect does to a request what the rule that decides for its kind says. It calls c.onward to let
// the request take its way, or not.
type effect func(ctx context.Context, c *call, rule *compiled) (emulator.Result, error)

// pipeline lists the kinds from the caller inwards: a request meets them in this order, its reply
// in the opposite one.
var pipeline = []stage{
	{Latency, OK, []string{"delay", "leg"}, checkLatency, applyLatency},
	{LostReply, Info, []string{"code"}, checkCode, applyLostReply},
	{LostRequest, Fail, []string{"code"}, checkCode, applyLostRequest},
}
