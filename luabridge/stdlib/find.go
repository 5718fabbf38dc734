package stdlib

import (
	"strings"

	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/machine"
	"savestone/luabridge/vm"
)

const patternSpecials = "^$*+?.([%-"

func stringFind(L *lua.LState) int { return search(L, "find", true) }

func stringMatch(L *lua.LState) int { return search(L, "match", false) }

// search is find, which returns the place and the captures, and match, which returns the captures.
func search(L *lua.LState, name string, places bool) int {
	subject, text := vm.ArgString(L, 1, name), vm.ArgString(L, 2, name)
	start := max(fromEnd(vm.OptInt(L, 3, name, 1), len(subject)), 1) - 1
	if start > len(subject) {
		L.Push(lua.LNil)
		return 1
	}
	if places && (lua.LVAsBool(L.Get(4)) || !strings.ContainsAny(text, patternSpecials)) {
		return findPlain(L, subject, text, start)
	}
	m := match{L: L, pattern: patternOf(L, text), subject: subject}
	for ; start <= len(subject); start++ {
		if end := m.at(start); end >= 0 {
			if !places {
				return m.push(start, end, true)
			}
			L.Push(lua.LNumber(start + 1))
			L.Push(lua.LNumber(end))
			return 2 + m.push(start, end, false)
		}
		if m.pattern.anchored {
			break
		}
	}
	L.Push(lua.LNil)
	return 1
}

func findPlain(L *lua.LState, subject, text string, start int) int {
	at := strings.Index(subject[start:], text)
	if at < 0 {
		L.Push(lua.LNil)
		return 1
	}
	L.Push(lua.LNumber(start + at + 1))
	L.Push(lua.LNumber(start + at + len(text)))
	return 2
}

// stringGmatch's iterator remembers where the last match ended.
func stringGmatch(L *lua.LState) int {
	subject, text := vm.ArgString(L, 1, "gmatch"), vm.ArgString(L, 2, "gmatch")
	pattern := parsePattern(text, false)
	place := 0
	L.Push(&lua.LFunction{IsG: true, Env: vm.Of(L).Globals, GFunction: func(L *lua.LState) int {
		m := match{L: L, pattern: pattern, subject: subject}
		for start := place; start <= len(subject); start++ {
			if end := m.at(start); end >= 0 {
				place = max(end, start+1)
				return m.push(start, end, true)
			}
		}
		place = len(subject) + 1
		L.Push(lua.LNil)
		return 1
	}})
	return 1
}

func stringGsub(L *lua.LState) int {
	subject, text := vm.ArgString(L, 1, "gsub"), vm.ArgString(L, 2, "gsub")
	replacement := replacementOf(L)
	most := vm.OptInt(L, 4, "gsub", len(subject)+1)
	m := match{L: L, pattern: patternOf(L, text), subject: subject}
	var result []byte
	count, place := 0, 0
	for count < most {
		end := m.at(place)
		if end >= 0 {
			count++
			result = replacement(result, &m, place, end)
		}
		switch {
		case end > place:
			place = end
		case place < len(subject):
			result = append(result, subject[place])
			place++
		default:
			place++
		}
		if place > len(subject) || m.pattern.anchored {
			break
		}
		if len(result) > stringBytesMax {
			vm.Raise(L, outOfMemory)
		}
	}
	if place < len(subject) {
		result = append(result, subject[place:]...)
	}
	L.Push(lua.LString(result))
	L.Push(lua.LNumber(count))
	return 2
}

// replacer appends what replaces a match.
type replacer func(result []byte, m *match, start, end int) []byte

// replacementOf reads gsub's third argument.
func replacementOf(L *lua.LState) replacer {
	switch value := L.Get(3).(type) {
	case lua.LString, lua.LNumber:
		template := vm.Text(value)
		if strings.IndexByte(template, '%') < 0 {
			return func(result []byte, _ *match, _, _ int) []byte {
				return append(result, template...)
			}
		}
		return func(result []byte, m *match, start, end int) []byte {
			return expand(result, template, m, start, end)
		}
	case *lua.LTable:
		return func(result []byte, m *match, start, end int) []byte {
			found := machine.Index(L, value, m.value(0, start, end))
			return appendReplacement(result, found, m, start, end)
		}
	case *lua.LFunction:
		return func(result []byte, m *match, start, end int) []byte {
			top := L.GetTop()
			args := m.push(start, end, true)
			returned := vm.Call1(L, value, takeFrom(L, top, args)...)
			return appendReplacement(result, returned, m, start, end)
		}
	}
	vm.ArgTypeError(L, 3, "gsub", "string/function/table")
	return nil
}

// takeFrom takes the topmost values off the stack.
func takeFrom(L *lua.LState, top, count int) []lua.LValue {
	values := make([]lua.LValue, count)
	for i := range values {
		values[i] = L.Get(top + 1 + i)
	}
	L.SetTop(top)
	return values
}

// expand appends a template with its %0 to %9 filled in.
func expand(result []byte, template string, m *match, start, end int) []byte {
	for i := 0; i < len(template); i++ {
		if template[i] != '%' {
			result = append(result, template[i])
			continue
		}
		i++
		switch {
		case i < len(template) && template[i] == '%':
			result = append(result, '%')
		case i == len(template) || !isDigit(template[i]):
			vm.Errorf(m.L, "invalid use of '%%' in replacement string")
		case template[i] == '0':
			result = append(result, m.subject[start:end]...)
		default:
			result, _ = appendText(result, m.value(int(template[i]-'1'), start, end))
		}
	}
	return result
}

// appendReplacement appends what a table or a function gave; nil and false keep the match.
func appendReplacement(result []byte, value lua.LValue, m *match, start, end int) []byte {
	if lua.LVIsFalse(value) {
		return append(result, m.subject[start:end]...)
	}
	result, ok := appendText(result, value)
	if !ok {
		vm.Errorf(m.L, "invalid replacement value (a %s)", vm.TypeName(value))
	}
	return result
}
