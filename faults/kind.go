package faults

import (
	"context"

	"savestone/emulator"
)

// Kind names a sort of fault.
type Kind string

// Class says what a caller may conclude from the outcome of a request that a fault has hit.
type Class string

// The classes of outcome. SILENT, no outcome at all, is what the end of a game server makes of its
// requests; no fault here does.
const (
	OK     Class = "OK"     // the answer is true
	Fail   Class = "FAIL"   // an error; nothing was changed, nor will be
	Info   Class = "INFO"   // an error; it may have been applied or not
	Lie    Class = "LIE"    // an answer, but things are not so
	Silent Class = "SILENT" // no answer; it may have been applied or not
)

// stage is a kind's place on the way of a request.
type stage struct {
	kind  Kind
	class Class // of most of its events; a kind's comment tells of others
	apply effect

	parameters []string                     // the fields that not every kind has
	modes      []string                     // values of Rule.Mode, the usual one first
	suits      func(*emulator.Request) bool // which requests it can hit; nil: all
	background bool                         // it needs Options.Go
	check      func(Rule) error             // judges the parameters; nil: any will do
	prepare    func(*compiled) error        // makes ready what the kind needs; may be nil
}

// effect does to a request what the rule that decides for its kind says. It calls c.onward to let
// the request take its way, or not.
type effect func(ctx context.Context, c *call, rule *compiled) (emulator.Result, error)

// pipeline lists the kinds from the caller inwards: a request meets them in this order, its reply
// in the opposite one. A kind that does something at two places has two stages; the first has its
// parameters.
var pipeline = []stage{
	{kind: Heal, class: OK, apply: applyHeal},
	{kind: Swizzle, class: OK, apply: applySwizzle, modes: []string{"hold", "fail"},
		parameters: []string{"spread", "code"}, check: checkSwizzle, prepare: prepareSwizzle},
	{kind: Oversize, class: Fail, apply: applyOversize, suits: isPut,
		parameters: []string{"bytes", "growth"}, check: checkOversize},
	{kind: Brownout, class: OK, apply: applyBrownout,
		parameters: []string{"factor", "code"}, check: checkBrownout},
	{kind: Outage, class: Fail, apply: applyOutageReply,
		parameters: []string{"unavailability", "meanOutage", "shape", "schedule", "common",
			"ackLoss", "slowFail", "blackhole", "ramp", "delay", "code"},
		check: checkOutage, prepare: prepareOutage},
	{kind: Latency, class: OK, apply: applyLatency,
		parameters: []string{"delay", "leg"}, check: checkLatency},
	{kind: Hang, class: OK, apply: applyHang, modes: []string{"ok", "error", "lost"},
		parameters: []string{"delay", "code"}, check: checkHang},
	{kind: GarbledReply, class: Fail, apply: applyGarbledReply, modes: []string{"error", "value"},
		parameters: []string{"code"}, check: checkCode},
	{kind: LostReply, class: Info, apply: applyLostReply,
		parameters: []string{"code"}, check: checkCode},
	{kind: ThrottleExperience, class: Fail, apply: applyThrottleExperience,
		parameters: []string{"perMinute"}, check: checkPerMinute},
	{kind: ThrottleStore, class: Fail, apply: applyThrottleStore,
		parameters: []string{"perMinute"}, check: checkPerMinute},
	{kind: ThrottleKey, class: Fail, apply: applyThrottleKey, suits: hasKey,
		parameters: []string{"perMinute"}, check: checkPerMinute},
	{kind: Outage, apply: applyOutage},
	{kind: Readmit, class: Fail, apply: applyReadmit,
		parameters: []string{"code"}, check: checkReadmit},
	{kind: LostRequest, class: Fail, apply: applyLostRequest,
		parameters: []string{"code"}, check: checkCode},
	{kind: LateCommit, class: Info, apply: applyLateCommit, suits: changesKey, background: true,
		modes:      []string{"cas", "blind"},
		parameters: []string{"delay", "code"}, check: checkLateCommit},
	{kind: DupCommit, class: OK, apply: applyDupCommit, suits: changesKey},
	{kind: Conflict, class: OK, apply: applyConflict, suits: isConditional,
		parameters: []string{"times"}, check: checkTimes},
	{kind: ForeignWrite, class: OK, apply: applyForeignWrite, suits: isGetOrChange,
		modes: []string{"touch", "set", "merge"}, parameters: []string{"value"},
		check: checkForeignWrite},
	{kind: NilRead, class: Lie, apply: applyNilRead, suits: isGet},
	{kind: StaleRead, class: Lie, apply: applyStaleRead, suits: isGetOrChange,
		parameters: []string{"delay"}, check: checkDelayIfAny},
	{kind: Corrupt, class: Lie, apply: applyCorrupt, suits: isStandardGet, modes: corruptModes,
		parameters: []string{"at", "between"}, check: checkCorrupt},
	{kind: VersionGap, class: OK, apply: applyVersionGap, suits: isVersionList},
	{kind: VersionExpire, class: OK, apply: applyVersionExpire, suits: isOfVersions,
		parameters: []string{"age"}, check: checkAge},
	{kind: PartialList, class: OK, apply: applyPartialList, suits: isKeyList,
		modes: []string{"miss", "repeat", "error"}},
	{kind: Misdirect, class: Lie, apply: applyMisdirect, suits: isMisdirected,
		parameters: []string{"scopeTo"}, check: checkScope},
}

// Kinds lists them all, in the order in which a request meets them.
func Kinds() []Kind {
	var kinds []Kind
	for _, name := range kindNames() {
		kinds = append(kinds, Kind(name))
	}
	return kinds
}
