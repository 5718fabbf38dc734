package roblox

import (
	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/vm"
)

type tmpBuffer struct{ b []byte }

func (tmpBuffer) BasicType() string { return "buffer" }

func bufferBytes(value lua.LValue) ([]byte, bool) {
	if o, ok := value.(*lua.LUserData); ok {
		b, ok := o.Value.(tmpBuffer)
		return b.b, ok
	}
	return nil, false
}

func newBuffer(v *vm.VM, data []byte) lua.LValue {
	return &lua.LUserData{Value: tmpBuffer{data}, Metatable: lua.LNil}
}
