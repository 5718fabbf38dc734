package roblox

import (
	"encoding/json"
	"math"

	lua "github.com/yuin/gopher-lua"

	"savestone/emulator"
	"savestone/luabridge/machine"
	"savestone/luabridge/vm"
)

// storeOptionClasses are the objects that scripts make to pass options (section 3.8).
func storeOptionClasses() []*Class {
	withMetadata := map[string]Method{
		"SetMetadata": func(c Call) int {
			c.Self.Data = c.copyDictionary(1)
			return 0
		},
		"GetMetadata": func(c Call) int {
			if table, ok := c.Self.Data.(*lua.LTable); ok {
				return c.Return(machine.Copy(table))
			}
			return c.Return(c.Server.VM.NewTable(0, 0)) // R24
		},
	}
	return []*Class{
		{
			Name: "DataStoreOptions", Super: "Instance", Creatable: true,
			Properties: map[string]*Property{"AllScopes": {Type: boolType()}},
			Methods: map[string]Method{
				"SetExperimentalFeatures": func(c Call) int { // R19: nothing comes of it
					c.copyDictionary(1)
					return 0
				},
			},
		},
		{
			Name: "DataStoreGetOptions", Super: "Instance", Creatable: true,
			Properties: map[string]*Property{"UseCache": {Type: boolType(), Default: lua.LTrue}},
		},
		{Name: "DataStoreSetOptions", Super: "Instance", Creatable: true, Methods: withMetadata},
		{Name: "DataStoreIncrementOptions", Super: "Instance", Creatable: true,
			Methods: withMetadata},
	}
}

// copyDictionary copies an argument that must be a table with nothing but strings as keys (R24).
func (c Call) copyDictionary(n int) *lua.LTable {
	table, ok := c.Required(n).(*lua.LTable)
	if !ok {
		c.Raise("Unable to cast to Dictionary")
	}
	for key, _ := vm.Next(table, lua.LNil); key != lua.LNil; key, _ = vm.Next(table, key) {
		if _, ok := key.(lua.LString); !ok {
			c.Raise("Unable to cast to Dictionary")
		}
	}
	return machine.Copy(table)
}

// userIDs reads the user ids of a write: up to four numbers, rounded (R57, R58). That there are too
// many is for the emulator to say.
func userIDs(value lua.LValue) ([]int64, error) {
	if value == lua.LNil {
		return nil, nil
	}
	table, ok := value.(*lua.LTable)
	if !ok {
		return nil, emulator.ErrUserIDsInvalid
	}
	length := vm.Length(table)
	if length == 0 && !isEmpty(table) {
		return nil, emulator.ErrUserIDsInvalid
	}
	var ids []int64
	for i := 1; i <= length; i++ {
		number, ok := machine.Item(table, i).(lua.LNumber)
		if !ok || math.IsNaN(float64(number)) {
			return nil, emulator.ErrUserIDsInvalid
		}
		ids = append(ids, roundHalfUp(float64(number)))
	}
	return ids, nil
}

// roundHalfUp rounds as data stores do (R91).
func roundHalfUp(n float64) int64 { return toInt(math.Floor(n + 0.5)) }

// metadataJSON reads the metadata of a write: nil for none (R59, R62). Its size is for the emulator
// to judge.
func metadataJSON(value lua.LValue) (json.RawMessage, error) {
	if value == lua.LNil {
		return nil, nil
	}
	table, ok := value.(*lua.LTable)
	if !ok {
		return nil, emulator.ErrMetadataInvalid
	}
	if isEmpty(table) {
		return nil, nil
	}
	text, _, err := storedJSON(table)
	if err != nil {
		return nil, emulator.ErrMetadataInvalid
	}
	return text, nil
}

// metadataOf reads the metadata in an options object, which may be nil.
func metadataOf(options *Instance) (json.RawMessage, error) {
	if options == nil || options.Data == nil {
		return nil, nil
	}
	return metadataJSON(options.Data.(*lua.LTable))
}

// keyInfoClass is what comes beside a value (section 12). Its properties are read only (R103).
func keyInfoClass() *Class {
	property := func(t Type, get func(emulator.KeyInfo) lua.LValue) *Property {
		return &Property{Type: t, ReadOnly: true, Get: func(i *Instance) lua.LValue {
			info, _ := i.Data.(emulator.KeyInfo)
			return get(info)
		}}
	}
	return &Class{
		Name: "DataStoreKeyInfo", Super: "Instance",
		Properties: map[string]*Property{
			"CreatedTime": property(numberType(), func(info emulator.KeyInfo) lua.LValue {
				return lua.LNumber(info.CreatedMS)
			}),
			"UpdatedTime": property(numberType(), func(info emulator.KeyInfo) lua.LValue {
				return lua.LNumber(info.UpdatedMS)
			}),
			"Version": property(stringType(), func(info emulator.KeyInfo) lua.LValue {
				return lua.LString(info.Version)
			}),
		},
		Methods: map[string]Method{
			"GetUserIds": func(c Call) int {
				ids := c.Self.Data.(emulator.KeyInfo).UserIDs
				list := c.Server.VM.NewTable(len(ids), 0)
				for _, id := range ids {
					machine.Append(list, lua.LNumber(id))
				}
				return c.Return(list)
			},
			"GetMetadata": func(c Call) int {
				metadata := c.Self.Data.(emulator.KeyInfo).Metadata
				if len(metadata) == 0 {
					return c.Return(c.Server.VM.NewTable(0, 0))
				}
				table, err := storedValue(c.Server.VM, metadata)
				if err != nil {
					c.Raise("%s", err)
				}
				return c.Return(table)
			},
		},
	}
}

// keyInfo makes the Instance that describes what was found, or nil (R64, R155).
func (s *Server) keyInfo(id emulator.StoreID, found bool, info emulator.KeyInfo) *Instance {
	if !found || id.Kind == emulator.Ordered {
		return nil
	}
	object := s.NewInstance("DataStoreKeyInfo", "DataStoreKeyInfo", nil)
	object.Data = info
	return object
}
