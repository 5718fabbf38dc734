package roblox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	lua "github.com/yuin/gopher-lua"

	"savestone/emulator/memorystore"
	"savestone/luabridge/vm"
)

// memoryStores is what MemoryStoreService knows.
type memoryStores struct {
	universe *memorystore.Universe
	private  bool // no other server shares the universe
	objects  map[memoryName]*Instance
}

// memoryName is what makes two structure objects one and the same (R196, assumed).
type memoryName struct {
	class, name string
	invisible   time.Duration // of a queue
}

// memoryStoreClasses are MemoryStoreService and all that it returns (section 24).
func memoryStoreClasses() []*Class {
	service := &Class{
		Name: "MemoryStoreService", Super: "Instance", Service: true,
		Init: func(i *Instance) {
			stores := &memoryStores{
				universe: i.server.options.MemoryStores, objects: map[memoryName]*Instance{},
			}
			if stores.universe == nil {
				stores.universe = memorystore.New(i.server.VM.Sim, memorystore.Options{})
				stores.private = true
			}
			i.Data = stores
		},
		Methods: map[string]Method{
			"GetHashMap": getHashMap, "GetSortedMap": getSortedMap, "GetQueue": getQueue,
		},
	}
	return []*Class{
		service, hashMapClass(), hashMapPagesClass(), sortedMapClass(), memoryQueueClass(),
	}
}

func (s *Server) memoryStores() *memoryStores {
	return s.Service("MemoryStoreService").Data.(*memoryStores)
}

// memoryScope is the scope of the universe's data that the server works on: Studio has its own
// (R197).
func (s *Server) memoryScope() *memorystore.Scope {
	if s.options.Studio {
		return s.memoryStores().universe.Scope(memorystore.Test)
	}
	return s.memoryStores().universe.Scope(memorystore.Live)
}

func getHashMap(c Call) int {
	name := memoryName{class: "MemoryStoreHashMap", name: c.String(1)}
	return c.returnStructure(name, c.Server.memoryScope().HashMap(name.name))
}

func getSortedMap(c Call) int {
	name := memoryName{class: "MemoryStoreSortedMap", name: c.String(1)}
	return c.returnStructure(name, c.Server.memoryScope().SortedMap(name.name))
}

func getQueue(c Call) int {
	name := memoryName{class: "MemoryStoreQueue", name: c.String(1)}
	name.invisible = memorystore.InvisibilityDefault
	if c.Value(2) != lua.LNil {
		name.invisible = wholeSeconds(c.Int(2))
	}
	return c.returnStructure(name, memoryQueue{
		Queue: c.Server.memoryScope().Queue(name.name), invisible: name.invisible,
	})
}

// returnStructure returns the one object for a name. Nothing is sent (R196).
func (c Call) returnStructure(name memoryName, data any) int {
	known := c.Self.Data.(*memoryStores).objects
	object, ok := known[name]
	if !ok {
		object = c.Server.NewInstance(name.class, name.name, nil)
		object.Data = data
		known[name] = object
	}
	return c.Return(object.object)
}

// wholeSeconds returns a duration that is out of every limit if the number of seconds is.
func wholeSeconds(n int64) time.Duration {
	const secondsMax = int64(memorystore.ExpirationMax / time.Second)
	return time.Duration(min(max(n, -1), secondsMax+1)) * time.Second
}

// memoryRequest lets time pass while do asks the universe, and raises what it is refused.
func (c Call) memoryRequest(thread *vm.Thread, do func(ctx context.Context) error) {
	stores := c.Server.memoryStores()
	if c.Server.Closed() {
		c.refuseMemory(memorystore.ErrRequestFailed) // assumed
	}
	if stores.private {
		stores.universe.SetUsers(len(c.Server.Players()))
	}
	var err error
	thread.Block(func() { err = do(c.Server.Context()) })
	if err != nil {
		c.refuseMemory(err)
	}
}

// refuseMemory raises an error of a memory store.
func (c Call) refuseMemory(err error) {
	var refusal *memorystore.Error
	if errors.As(err, &refusal) {
		c.Raise("%s", refusal.Text(c.Server.memoryStores().universe.Texts()))
	}
	c.refuse(err)
}

// memoryJSON returns the JSON that a memory store keeps of a value: HttpService's (R198). What that
// writes as null or as no JSON at all cannot be kept, assumed.
func (c Call) memoryJSON(value lua.LValue) (json.RawMessage, error) {
	e := encoder{bytesMax: memorystore.ValueBytesMax, http: true}
	err := e.value(value)
	tell := func(d Diagnostic) {
		d.Call = fmt.Sprintf("%s in %s %q", c.Name, c.Self.ClassName(), c.Self.Name())
		c.Server.diagnose(d)
	}
	for _, d := range e.dropped {
		tell(d)
	}
	var culprit *Diagnostic
	switch {
	case errors.Is(err, errJSONLarge):
		return nil, memorystore.ErrValueLarge
	case errors.As(err, &culprit):
		tell(*culprit)
		return nil, memorystore.ErrValueInvalid
	case string(e.text) == "null":
		return nil, memorystore.ErrValueInvalid
	}
	return e.text, nil
}

// memoryValue reads an argument that shall be kept.
func (c Call) memoryValue(n int) json.RawMessage {
	text, err := c.memoryJSON(c.Required(n))
	if err != nil {
		c.refuseMemory(err)
	}
	return text
}

// fromMemory makes a fresh value of what a memory store keeps, nil of nothing. Open Cloud may have
// put something there that nests too deeply for Luau.
func (c Call) fromMemory(text json.RawMessage) lua.LValue {
	if text == nil {
		return lua.LNil
	}
	value, err := decodeJSON(c.Server.VM, string(text))
	if err != nil {
		c.refuseMemory(memorystore.ErrUnreadable)
	}
	return value
}

// memoryTransform calls the script's function on fresh copies of what an item holds, and returns
// the two things that it may return. An error in it, such as for a yield, is for the console: the
// caller learns only that there was one (R203, R211).
func (c Call) memoryTransform(
	fn *lua.LFunction, args ...lua.LValue,
) (first, second lua.LValue, err error) {
	results, fault := vm.ProtectNoYield(c.L, callbackYieldText, fn, args...)
	if fault != nil {
		c.Server.uncaught(fault)
		return nil, nil, memorystore.ErrTransform
	}
	results = append(results, lua.LNil, lua.LNil)
	return results[0], results[1], nil
}
