package suite

import (
	"encoding/json"
	"fmt"

	lua "github.com/yuin/gopher-lua"

	"savestone/faults"
	"savestone/luabridge/machine"
	"savestone/luabridge/roblox"
	"savestone/luabridge/vm"
)

func (r *fileRun) luaFault(L *lua.LState) int {
	plan, err := faultPlan(vm.ArgAny(L, 1, "fault"))
	if err != nil {
		vm.Errorf(L, "emulator.fault: %v", err)
	}
	l, err := r.board.add(plan)
	if err != nil {
		vm.Errorf(L, "emulator.fault: %v", err)
	}
	v := r.game.VM
	handle := v.NewTable(0, 1)
	machine.SetField(handle, "clear", v.NewFunction("clear", func(*lua.LState) int {
		l.cleared = true
		return 0
	}))
	return vm.Return(L, handle)
}

// faultPlan reads a rule, the name of a preset, or a list of both, as faults.Parse takes them. For
// a rule there are shorter words: the kinds requestLost and replyLost, op for ops, and seconds: how
// long a latency is, or for how long another fault lasts.
func faultPlan(asked lua.LValue) (faults.Plan, error) {
	text, err := roblox.EncodeValue(asked)
	if err != nil {
		return nil, err
	}
	var rule map[string]json.RawMessage
	if json.Unmarshal(text, &rule) == nil {
		if text, err = spelledOut(rule); err != nil {
			return nil, err
		}
	}
	return faults.Parse(text)
}

var shortKinds = map[string]faults.Kind{
	`"requestLost"`: faults.LostRequest, `"replyLost"`: faults.LostReply,
}

// spelledOut is a rule without the shorter words.
func spelledOut(rule map[string]json.RawMessage) (json.RawMessage, error) {
	if kind, short := shortKinds[string(rule["kind"])]; short {
		rule["kind"] = quoted(string(kind))
	}
	if op, short := rule["op"]; short {
		rule["ops"] = op
		delete(rule, "op")
	}
	seconds, short := rule["seconds"]
	if !short {
		return json.Marshal(rule)
	}
	delete(rule, "seconds")
	var n float64
	if json.Unmarshal(seconds, &n) != nil || !(n > 0 && n <= advanceSecondsMax) {
		return nil, fmt.Errorf("got %s seconds, want more than 0, up to %g",
			seconds, float64(advanceSecondsMax))
	}
	field := "to"
	if string(rule["kind"]) == string(quoted(string(faults.Latency))) {
		field = "delay"
	}
	if rule[field] != nil {
		return nil, fmt.Errorf("got seconds and %s, want one of them", field)
	}
	rule[field] = quoted(fmt.Sprintf("%.9fs", n))
	return json.Marshal(rule)
}

func quoted(text string) json.RawMessage { return fmt.Appendf(nil, "%q", text) }
