package roblox

import (
	_ "embed"
	"strconv"
	"strings"
	"sync"

	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/vm"
)

// The numbers and names of Roblox's brick colours, a line each.
//
//go:embed brickcolors.txt
var brickColorsText string

// BrickColor is one of the colours that have a number and a name. What it looks like is not known
// here.
type BrickColor struct {
	Number int
	Name   string
}

// LuauType implements vm.Typed.
func (BrickColor) LuauType() string { return "BrickColor" }

// String returns what tostring shows.
func (b BrickColor) String() string { return b.Name }

var brickColors = sync.OnceValue(func() []BrickColor {
	var all []BrickColor
	for line := range strings.Lines(brickColorsText) {
		number, name, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		n, err := strconv.Atoi(number)
		if err != nil {
			panic("roblox: brickcolors.txt: " + line)
		}
		all = append(all, BrickColor{n, name})
	}
	return all
})

// brickColorNamed are the functions of the BrickColor table that take no argument.
var brickColorNamed = map[string]int{
	"White": 1, "Gray": 194, "DarkGray": 199, "Black": 26, "Red": 21, "Yellow": 24, "Green": 28,
	"Blue": 23,
}

const brickColorDefault = 194 // what an unknown name or number becomes

func findBrickColor(matches func(BrickColor) bool) BrickColor {
	var fallback BrickColor
	for _, b := range brickColors() {
		if matches(b) {
			return b
		}
		if b.Number == brickColorDefault {
			fallback = b
		}
	}
	return fallback
}

// brickColor returns the colour that a value stands for: its name or its number.
func brickColor(value lua.LValue) (BrickColor, bool) {
	switch value := value.(type) {
	case lua.LString:
		return findBrickColor(func(b BrickColor) bool { return b.Name == string(value) }), true
	case lua.LNumber:
		return findBrickColor(func(b BrickColor) bool { return b.Number == int(value) }), true
	}
	return BrickColor{}, false
}

func brickColorDatatype() Datatype {
	return Datatype{
		Name:   "BrickColor",
		Absent: []string{"Color", "R", "G", "B", "r", "g", "b"},
		Fields: map[string]func(any) lua.LValue{
			"Number": func(self any) lua.LValue { return lua.LNumber(self.(BrickColor).Number) },
			"Name":   func(self any) lua.LValue { return lua.LString(self.(BrickColor).Name) },
		},
		Meta: map[string]lua.LGFunction{"__eq": func(L *lua.LState) int {
			return vm.Return(L, lua.LBool(sameValue(L.Get(1), L.Get(2))))
		}},
	}
}

func (s *Server) brickColorGlobal() lua.LValue {
	functions := map[string]lua.LGFunction{
		"new": func(L *lua.LState) int {
			color, ok := brickColor(L.Get(1))
			if !ok || L.GetTop() > 1 {
				vm.Raise(L, "savestone does not emulate BrickColor.new with a Color3")
			}
			return vm.Return(L, s.Box(color))
		},
		"random": func(L *lua.LState) int {
			all := brickColors()
			return vm.Return(L, s.Box(all[s.random.IntN(len(all))]))
		},
		"palette": func(L *lua.LState) int {
			vm.Raise(L, "savestone does not emulate BrickColor.palette")
			return 0
		},
	}
	for _, name := range sortedKeys(brickColorNamed) {
		functions[name] = func(L *lua.LState) int {
			color, _ := brickColor(lua.LNumber(brickColorNamed[name]))
			return vm.Return(L, s.Box(color))
		}
	}
	return s.constructors(functions, nil)
}
