package suite

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/machine"
	"savestone/luabridge/vm"
)

// expectation is expect(value) on its way to a matcher.
type expectation struct {
	of      *expectations
	value   lua.LValue
	negated bool
}

// LuauType implements vm.Typed.
func (*expectation) LuauType() string { return "Expectation" }

// matcher judges a value; the message says what was wanted and what was got, for the case that the
// verdict is not the wanted one.
type matcher func(L *lua.LState, value lua.LValue, args []lua.LValue, negated bool) (bool, string)

// expectations are the matchers of one spec file.
type expectations struct {
	vm     *vm.VM
	meta   *lua.LTable
	custom map[string]*lua.LFunction
}

var matchers = map[string]matcher{
	"a": matchType, "an": matchType, "ok": matchOK, "equal": matchEqual, "near": matchNear,
	"throw": matchThrow,
}

// chainWords only make a sentence of it.
var chainWords = map[string]bool{
	"to": true, "be": true, "been": true, "have": true, "was": true, "at": true,
}

func newExpectations(v *vm.VM) *expectations {
	x := &expectations{vm: v, custom: map[string]*lua.LFunction{}, meta: v.NewTable(0, 2)}
	machine.SetField(x.meta, "__index", v.NewFunction("", x.index))
	machine.SetField(x.meta, "__metatable", lua.LString("The metatable is locked"))
	return x
}

// open puts expect into the globals of a spec module.
func (x *expectations) open(env *lua.LTable) {
	v := x.vm
	call := v.NewFunction("expect", func(L *lua.LState) int {
		return vm.Return(L, x.object(&expectation{of: x, value: vm.ArgAny(L, 2, "expect")}))
	})
	// expect is a function with a field, expect.extend, so it is a table that can be called.
	expect, meta := v.NewTable(0, 1), v.NewTable(0, 1)
	machine.SetField(meta, "__call", call)
	expect.Metatable = meta
	machine.SetField(expect, "extend", v.NewFunction("extend", x.extend))
	machine.SetField(env, "expect", expect)
}

func (x *expectations) object(e *expectation) *lua.LUserData {
	return &lua.LUserData{Value: e, Metatable: x.meta}
}

// index follows expect(value).to.be... one word.
func (x *expectations) index(L *lua.LState) int {
	e := L.Get(1).(*lua.LUserData).Value.(*expectation)
	word := vm.ArgString(L, 2, "index")
	switch {
	case chainWords[word]:
		return vm.Return(L, L.Get(1))
	case word == "never":
		flipped := *e
		flipped.negated = !e.negated
		return vm.Return(L, x.object(&flipped))
	case x.custom[word] != nil:
		return vm.Return(L, x.vm.NewFunction("", func(L *lua.LState) int {
			return e.custom(L, x.custom[word])
		}))
	case matchers[word] != nil:
		return vm.Return(L, x.vm.NewFunction("", func(L *lua.LState) int {
			return e.judge(L, matchers[word])
		}))
	}
	vm.Errorf(L, "expect has no matcher %q; want a, an, ok, equal, near, throw, or one added with"+
		" expect.extend", word)
	return 0
}

func (e *expectation) judge(L *lua.LState, match matcher) int {
	passed, message := match(L, e.value, e.arguments(L), e.negated)
	if passed == e.negated {
		vm.Errorf(L, "%s", message)
	}
	return vm.Return(L, e.of.object(&expectation{of: e.of, value: e.value}))
}

// arguments are those of a matcher, which is called as to.equal(x) or as to:equal(x).
func (e *expectation) arguments(L *lua.LState) []lua.LValue {
	args := vm.Rest(L, 1)
	if len(args) > 0 {
		if self, ok := args[0].(*lua.LUserData); ok && self.Value == e {
			return args[1:]
		}
	}
	return args
}

// extend adds matchers: functions of the value and the arguments that return {pass=, message=}.
func (x *expectations) extend(L *lua.LState) int {
	added := vm.ArgTable(L, 1, "extend")
	for key, value := vm.Next(added, lua.LNil); key != lua.LNil; key, value = vm.Next(added, key) {
		name, isName := key.(lua.LString)
		fn, isFunction := value.(*lua.LFunction)
		if !isName || !isFunction {
			vm.Errorf(L, "expect.extend wants a table of named functions, got a %s under a %s",
				vm.TypeName(value), vm.TypeName(key))
		}
		if chainWords[string(name)] || name == "never" || matchers[string(name)] != nil {
			vm.Errorf(L, "expect.extend cannot replace %q", string(name))
		}
		x.custom[string(name)] = fn
	}
	return 0
}

func (e *expectation) custom(L *lua.LState, fn *lua.LFunction) int {
	args := append([]lua.LValue{e.value}, e.arguments(L)...)
	vm.Call(L, 1, fn, args...)
	verdict, ok := L.Get(-1).(*lua.LTable)
	if !ok {
		vm.Errorf(L, "a matcher must return {pass = boolean, message = string}, got a %s",
			vm.TypeName(L.Get(-1)))
	}
	if lua.LVAsBool(verdict.RawGetString("pass")) == e.negated {
		vm.Errorf(L, "%s", vm.Text(verdict.RawGetString("message")))
	}
	return vm.Return(L, e.of.object(&expectation{of: e.of, value: e.value}))
}

func matchType(
	L *lua.LState, value lua.LValue, args []lua.LValue, negated bool,
) (bool, string) {
	want := argument(L, args, "a type's name")
	name := vm.ToString(L, want)
	passed := vm.TypeName(value) == name || vm.TypeOf(value) == name
	return passed, fmt.Sprintf("expected %sa value of type %s, got %s",
		not(negated), name, describe(L, value))
}

func matchOK(L *lua.LState, value lua.LValue, _ []lua.LValue, negated bool) (bool, string) {
	if negated {
		return value != lua.LNil, "expected nil, got " + describe(L, value)
	}
	return value != lua.LNil, "expected a value, got nil"
}

func matchEqual(
	L *lua.LState, value lua.LValue, args []lua.LValue, negated bool,
) (bool, string) {
	want := argument(L, args, "a value")
	passed := machine.Equal(L, want, value)
	if negated {
		return passed, "expected anything but " + describe(L, want)
	}
	message := fmt.Sprintf("expected %s, got %s", describe(L, want), describe(L, value))
	if _, isTable := want.(*lua.LTable); isTable && !passed {
		message += " (tables are equal when they are the same table)"
	}
	return passed, message
}

// nearLimit is how far apart two numbers may be that count as near.
const nearLimit = 1e-7

func matchNear(
	L *lua.LState, value lua.LValue, args []lua.LValue, negated bool,
) (bool, string) {
	want, isNumber := argument(L, args, "a number").(lua.LNumber)
	got, alsoNumber := value.(lua.LNumber)
	if !isNumber || !alsoNumber {
		vm.Errorf(L, "near compares numbers, got %s and %s",
			describe(L, value), describe(L, argument(L, args, "a number")))
	}
	limit := lua.LNumber(nearLimit)
	if len(args) > 1 {
		if given, ok := args[1].(lua.LNumber); ok {
			limit = given
		}
	}
	passed := math.Abs(float64(got-want)) <= float64(limit)
	return passed, fmt.Sprintf("expected a number %snear %s (within %s), got %s", not(negated),
		vm.Text(want), vm.Text(limit), vm.Text(got))
}

func matchThrow(
	L *lua.LState, value lua.LValue, args []lua.LValue, negated bool,
) (bool, string) {
	fn, ok := value.(*lua.LFunction)
	if !ok {
		vm.Errorf(L, "throw judges a function, got %s", describe(L, value))
	}
	part := ""
	if len(args) > 0 && args[0] != lua.LNil {
		part = vm.ToString(L, args[0])
	}
	_, fault := vm.Protect(L, fn, nil, nil)
	if fault == nil {
		return false, "expected the function to throw, but it returned"
	}
	text := vm.ToString(L, fault.Value)
	switch {
	case negated && part == "":
		return true, "expected the function to return, but it threw: " + text
	case negated:
		return strings.Contains(text, part),
			fmt.Sprintf("expected no error containing %q, but it threw: %s", part, text)
	}
	return strings.Contains(text, part),
		fmt.Sprintf("expected an error containing %q, but it threw: %s", part, text)
}

func argument(L *lua.LState, args []lua.LValue, want string) lua.LValue {
	if len(args) == 0 {
		vm.Errorf(L, "the matcher wants %s, got nothing", want)
	}
	return args[0]
}

func not(negated bool) string {
	if negated {
		return "not "
	}
	return ""
}

// describe shows a value in a message: strings in quotes, other types told apart from them.
func describe(L *lua.LState, value lua.LValue) string {
	if text, ok := value.(lua.LString); ok {
		return strconv.Quote(string(text))
	}
	text := vm.ToString(L, value)
	switch value.(type) {
	case *lua.LUserData:
		return text + " (" + vm.TypeName(value) + ")"
	}
	return text
}
