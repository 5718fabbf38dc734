package roblox

import (
	"math"
	"strconv"

	lua "github.com/yuin/gopher-lua"
)

// FileValue converts a value as Rojo's files spell it: a bool, number, string, list or map. Kind is
// its type, as the file or the property it is for names it; "" if neither does. It returns false
// for what is of no type that this package has.
func (s *Server) FileValue(kind string, value any) (lua.LValue, bool) {
	switch v := value.(type) {
	case bool:
		return lua.LBool(v), plainKinds[kind]
	case float64:
		if kind == "BrickColor" {
			color, _ := brickColor(lua.LNumber(v))
			return s.Box(color), true
		}
		return lua.LNumber(v), plainKinds[kind]
	case string:
		return s.fileText(kind, v)
	case map[string]any:
		if kind == "EnumItem" {
			return s.fileEnumItem(v)
		}
	}
	n, ok := flatNumbers(value, nil)
	if !ok {
		return nil, false
	}
	switch kind {
	case "NumberRange":
		if len(n) != 2 {
			return nil, false
		}
		return s.record(kind, lua.LNumber(n[0]), lua.LNumber(n[1])), true
	case "Color3": // parts from 0 to 1, unlike those of members.txt
		for i := range n {
			n[i] *= math.MaxUint8
		}
	case "Color3uint8":
		kind = "Color3"
	}
	converted := s.numericValue(kind, n)
	return converted, converted != nil
}

// plainKinds are the types whose values are bools, numbers and strings; properties that are an item
// of an enum take its number and its name.
var plainKinds = map[string]bool{
	"": true, "value": true, "boolean": true, "number": true, "string": true, "EnumItem": true,
	"function": true, "Bool": true, "String": true, "Float32": true, "Float64": true,
	"Int32": true, "Int64": true, "Enum": true, "Content": true, "ContentId": true,
	"ProtectedString": true,
}

func (s *Server) fileEnumItem(spelled map[string]any) (lua.LValue, bool) {
	name, _ := spelled["type"].(string)
	number, _ := spelled["value"].(float64)
	enum := s.enums.find(name)
	if enum == nil {
		return nil, false
	}
	item := enum.value(int(number))
	if item == nil {
		return nil, false
	}
	return item.object, true
}

// fileText converts a text, which for some types is a number in disguise.
func (s *Server) fileText(kind, text string) (lua.LValue, bool) {
	switch kind {
	case "Color3uint8", "Color3": // XML packs a colour into an integer
		code, err := strconv.ParseUint(text, 10, 32)
		part := func(shift int) float64 { return float64(code>>shift&0xff) / math.MaxUint8 }
		return s.NewColor3(part(16), part(8), part(0)), err == nil
	}
	return lua.LString(text), plainKinds[kind]
}

// flatNumbers lists the numbers of nested lists, and those of a CFrame, in their order.
func flatNumbers(value any, list []float64) ([]float64, bool) {
	ok := true
	switch v := value.(type) {
	case float64:
		return append(list, v), true
	case []any:
		for _, element := range v {
			if list, ok = flatNumbers(element, list); !ok {
				return nil, false
			}
		}
		return list, true
	case map[string]any:
		if list, ok = flatNumbers(v["position"], list); ok {
			return flatNumbers(v["orientation"], list)
		}
	}
	return nil, false
}
