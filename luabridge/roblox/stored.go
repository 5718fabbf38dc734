package roblox

import (
	"encoding/json"

	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/vm"
)

// EncodeValue returns the JSON that a data store keeps for a Luau value, or the *emulator.Error
// that refuses it.
func EncodeValue(value lua.LValue) (json.RawMessage, error) {
	text, _, err := storedJSON(value)
	return text, err
}

// DecodeValue returns the Luau value that JSON of an emulator stands for, made anew.
func DecodeValue(v *vm.VM, text json.RawMessage) lua.LValue {
	value, err := storedValue(v, text)
	if err != nil {
		panic(err) // the emulator checks every write
	}
	return value
}

// Load compiles a script to a function that has not run. Its globals, the function's Env, belong to
// it alone.
func (s *Server) Load(script *Instance) (*lua.LFunction, error) { return s.load(script, false) }

// HasService reports whether a class is a service that this package emulates.
func (s *Server) HasService(class string) bool {
	c, known := s.classes[class]
	return known && c.Service
}
