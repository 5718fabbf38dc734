package roblox

import (
	"fmt"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/machine"
	"savestone/luabridge/vm"
)

// record is a value of a datatype that is nothing but its fields.
type record struct {
	kind   string
	names  []string
	values []lua.LValue
}

// LuauType implements vm.Typed.
func (r *record) LuauType() string { return r.kind }

// String returns what tostring shows.
func (r *record) String() string {
	texts := make([]string, len(r.values))
	for i, value := range r.values {
		if table, ok := value.(*lua.LTable); ok { // the keypoints of a sequence
			for n := 1; n <= vm.Length(table); n++ {
				texts[i] += vm.Text(machine.Item(table, n)) + " "
			}
			continue
		}
		texts[i] = vm.Text(value)
	}
	return strings.Join(texts, " ")
}

func (r *record) field(name string) lua.LValue {
	for i := range r.names {
		if r.names[i] == name {
			return r.values[i]
		}
	}
	return nil
}

// recordNames are the datatypes that are records, with their fields.
var recordNames = map[string][]string{
	"NumberRange":            {"Min", "Max"},
	"NumberSequenceKeypoint": {"Time", "Value", "Envelope"},
	"ColorSequenceKeypoint":  {"Time", "Value"},
	"NumberSequence":         {"Keypoints"},
	"ColorSequence":          {"Keypoints"},
	"Rect":                   {"Min", "Max", "Width", "Height"},
	"Ray":                    {"Origin", "Direction"},
}

// absentDatatypes are those that Roblox has besides.
var absentDatatypes = []string{
	"Axes", "CatalogSearchParams", "Content", "DockWidgetPluginGuiInfo", "Faces", "FloatCurveKey",
	"Font", "OverlapParams", "Path2DControlPoint", "PathWaypoint", "PhysicalProperties",
	"RaycastParams", "Region3", "Region3int16", "RotationCurveKey", "SharedTable", "Vector2int16",
	"Vector3int16",
}

func recordDatatypes() []Datatype {
	var all []Datatype
	for _, kind := range sortedKeys(recordNames) {
		fields := map[string]func(any) lua.LValue{}
		for _, name := range recordNames[kind] {
			fields[name] = func(self any) lua.LValue { return self.(*record).field(name) }
		}
		all = append(all, Datatype{Name: kind, Fields: fields,
			Meta: map[string]lua.LGFunction{"__eq": equalRecords}})
	}
	return all
}

func equalRecords(L *lua.LState) int {
	a, aok := recordOf(L.Get(1))
	b, bok := recordOf(L.Get(2))
	return vm.Return(L, lua.LBool(aok && bok && sameRecords(a, b)))
}

func sameRecords(a, b *record) bool {
	if a.kind != b.kind {
		return false
	}
	for i := range a.values {
		if !sameValue(a.values[i], b.values[i]) {
			return false
		}
	}
	return true
}

// sameValue compares the fields of records: numbers, other plain values and lists of records.
func sameValue(a, b lua.LValue) bool {
	if list, ok := a.(*lua.LTable); ok {
		other, isList := b.(*lua.LTable)
		if !isList || vm.Length(list) != vm.Length(other) {
			return false
		}
		for n := 1; n <= vm.Length(list); n++ {
			if !sameValue(machine.Item(list, n), machine.Item(other, n)) {
				return false
			}
		}
		return true
	}
	if r, ok := recordOf(a); ok {
		s, isRecord := recordOf(b)
		return isRecord && sameRecords(r, s)
	}
	if v, ok := a.(*lua.LUserData); ok {
		w, isData := b.(*lua.LUserData)
		return isData && v.Value == w.Value
	}
	return a == b
}

func recordOf(value lua.LValue) (*record, bool) {
	if object, ok := value.(*lua.LUserData); ok {
		r, isRecord := object.Value.(*record)
		return r, isRecord
	}
	return nil, false
}

// record makes a value; the values are those of recordNames, in that order.
func (s *Server) record(kind string, values ...lua.LValue) lua.LValue {
	return s.Box(&record{kind: kind, names: recordNames[kind], values: values})
}

// recordGlobals are the tables of the record types, and of the datatypes that are not here.
func (s *Server) recordGlobals() map[string]lua.LValue {
	constructor := func(make lua.LGFunction) lua.LValue {
		return s.constructors(map[string]lua.LGFunction{"new": make}, nil)
	}
	globals := map[string]lua.LValue{
		"NumberRange": constructor(newNumberRange), "Rect": constructor(newRect),
		"NumberSequence": constructor(func(L *lua.LState) int {
			return newSequence(L, "NumberSequence", "number")
		}),
		"ColorSequence": constructor(func(L *lua.LState) int {
			return newSequence(L, "ColorSequence", "Color3")
		}),
		"NumberSequenceKeypoint": constructor(func(L *lua.LState) int {
			return vm.Return(L, Of(L).record("NumberSequenceKeypoint",
				lua.LNumber(vm.ArgNumber(L, 1, "new")), lua.LNumber(vm.ArgNumber(L, 2, "new")),
				lua.LNumber(vm.OptNumber(L, 3, "new", 0))))
		}),
		"ColorSequenceKeypoint": constructor(func(L *lua.LState) int {
			color3.arg(L, 2, "new")
			return vm.Return(L, Of(L).record("ColorSequenceKeypoint",
				lua.LNumber(vm.ArgNumber(L, 1, "new")), L.Get(2)))
		}),
		"Ray": constructor(func(L *lua.LState) int {
			vec3.arg(L, 1, "new")
			vec3.arg(L, 2, "new")
			return vm.Return(L, Of(L).record("Ray", L.Get(1), L.Get(2)))
		}),
	}
	for _, name := range absentDatatypes {
		globals[name] = s.absent(name)
	}
	return globals
}

// absent is the table of a datatype that is not emulated: touching it says so.
func (s *Server) absent(name string) lua.LValue {
	table, meta := s.VM.NewTable(0, 0), s.VM.NewTable(0, 2)
	machine.SetField(meta, "__index", s.VM.NewFunction("", func(L *lua.LState) int {
		vm.Raise(L, fmt.Sprintf("savestone does not emulate %s.%s", name, memberName(L)))
		return 0
	}))
	machine.SetField(meta, "__metatable", lua.LString("The metatable is locked"))
	table.Metatable = meta
	vm.Freeze(table)
	return table
}

func newNumberRange(L *lua.LState) int {
	low := vm.ArgNumber(L, 1, "new")
	high := vm.OptNumber(L, 2, "new", low)
	if low > high {
		vm.Raise(L, "NumberRange: invalid range")
	}
	return vm.Return(L, Of(L).record("NumberRange", lua.LNumber(low), lua.LNumber(high)))
}

func newRect(L *lua.LState) int {
	low, isVector := vec2.of(L.Get(1))
	high, _ := vec2.of(L.Get(2))
	if !isVector {
		n := numbers(L, "new", 4)
		low, high = Vector2{n[0], n[1]}, Vector2{n[2], n[3]}
	}
	s := Of(L)
	return vm.Return(L, s.record("Rect", vec2.box(s, low), vec2.box(s, high),
		lua.LNumber(high.X-low.X), lua.LNumber(high.Y-low.Y)))
}

// newSequence makes a sequence of one value, of two, or of a list of keypoints.
func newSequence(L *lua.LState, kind, of string) int {
	s, keypoint := Of(L), kind+"Keypoint"
	point := func(at float64, value lua.LValue) lua.LValue {
		if kind == "NumberSequence" {
			return s.record(keypoint, lua.LNumber(at), value, lua.LNumber(0))
		}
		return s.record(keypoint, lua.LNumber(at), value)
	}
	points := s.VM.NewTable(2, 0)
	first, last := L.Get(1), L.Get(2)
	if last == lua.LNil {
		last = first
	}
	list, isList := first.(*lua.LTable)
	switch {
	case isList:
		for n := 1; n <= vm.Length(list); n++ {
			item := machine.Item(list, n)
			if vm.TypeName(item) != keypoint {
				vm.Raise(L, kind+".new: table must be an array of keypoints")
			}
			machine.Append(points, item)
		}
		if points.Len() < 2 {
			vm.Raise(L, kind+": requires at least 2 keypoints")
		}
	case vm.TypeName(first) != of:
		vm.ArgTypeError(L, 1, "new", of)
	case vm.TypeName(last) != of:
		vm.ArgTypeError(L, 2, "new", of)
	default:
		machine.Append(points, point(0, first))
		machine.Append(points, point(1, last))
	}
	vm.Freeze(points)
	return vm.Return(L, s.record(kind, points))
}
