package roblox

import (
	"fmt"
	"slices"

	lua "github.com/yuin/gopher-lua"

	"savestone/emulator"
)

// stores is what DataStoreService knows: the store objects that it handed out (R13).
type stores map[storeName]*Instance

// storeName is what makes two store objects one and the same (R13, assumed for allScopes).
type storeName struct {
	id        emulator.StoreID
	allScopes bool
}

// dataStoreClasses are DataStoreService and all that it returns or takes.
func dataStoreClasses() []*Class {
	service := &Class{
		Name: "DataStoreService", Super: "Instance", Service: true,
		Init: func(i *Instance) { i.Data = stores{} },
		Properties: map[string]*Property{
			"AutomaticRetry":     lackingCapability("AutomaticRetry", lua.LTrue),
			"LegacyNamingScheme": lackingCapability("LegacyNamingScheme", lua.LFalse),
		},
		Methods: merge(map[string]Method{
			"GetDataStore":                   getDataStore,
			"GetGlobalDataStore":             getGlobalDataStore,
			"GetOrderedDataStore":            getOrderedDataStore,
			"GetRequestBudgetForRequestType": getRequestBudget,
			"SetRateLimitForRequestType":     setRateLimit,
		}, refused("DataStoreService", "ListDataStoresAsync")),
	}
	return append([]*Class{service, keyInfoClass()},
		append(storeClasses(), storeOptionClasses()...)...)
}

// lackingCapability is a property that game scripts may not write (section 3.7).
func lackingCapability(name string, value lua.LValue) *Property {
	return &Property{Type: boolType(), Default: value, Set: func(*Instance, lua.LValue) error {
		return fmt.Errorf(
			"The current thread cannot write '%s' (lacking capability LocalUser)", name)
	}}
}

// getDataStore returns the store of a name and scope, or of a name and all its scopes. Nothing is
// sent (R14).
func getDataStore(c Call) int {
	id := emulator.StoreID{Name: c.String(1), Scope: c.OptString(2, "global")} // R16
	name := storeName{id: id}
	if options := c.options(3, "DataStoreOptions"); options != nil {
		name.allScopes = lua.LVAsBool(options.Value("AllScopes"))
	}
	if name.allScopes {
		if c.Value(2) != lua.LString("") { // R17; the text is assumed
			c.Raise("The scope must be an empty string when DataStoreOptions.AllScopes is true")
		}
		id.Scope = "global" // stands for all of them
		name.id.Scope = ""
	}
	if err := id.Check(); err != nil { // R15, R18
		c.Raise("%s", err)
	}
	return c.Return(c.store(name).object)
}

func getGlobalDataStore(c Call) int {
	return c.Return(c.store(storeName{id: emulator.GlobalStore()}).object)
}

func getOrderedDataStore(c Call) int {
	id := emulator.StoreID{
		Kind: emulator.Ordered, Name: c.String(1), Scope: c.OptString(2, "global"),
	}
	if err := id.Check(); err != nil {
		c.Raise("%s", err)
	}
	return c.Return(c.store(storeName{id: id}).object)
}

// store returns the one object for a name.
func (c Call) store(name storeName) *Instance {
	if c.Server.options.Stores == nil {
		c.Raise("savestone runs this server without data stores")
	}
	known := c.Self.Data.(stores)
	store, ok := known[name]
	if !ok {
		class := "DataStore"
		if name.id.Kind == emulator.Ordered {
			class = "OrderedDataStore"
		}
		store = c.Server.NewInstance(class, name.id.Name, nil)
		store.Data = name
		known[name] = store
	}
	return store
}

// options returns an options object of the wanted class, or nil for nil (R25).
func (c Call) options(n int, class string) *Instance {
	if c.Value(n) == lua.LNil {
		return nil
	}
	options := AsInstance(c.Value(n))
	if options == nil || !options.IsA(class) {
		c.Raise("Unable to cast value to Object")
	}
	return options
}

// requestType describes one kind of request to GetRequestBudgetForRequestType and
// SetRateLimitForRequestType.
type requestType struct {
	name string

	// burst is what a new server may do at once (R168), for an older type that of what it became
	// (R170). Those of StandardRemove, OrderedRemove and the lists are assumed.
	burst int

	// The largest numbers that SetRateLimitForRequestType takes (R23); both 0 when it takes none.
	baseMax, perPlayerMax int64
}

var requestTypes = []requestType{
	{"GetAsync", 100, 60, 40},
	{"SetIncrementAsync", 100, 60, 40},
	{"UpdateAsync", 100, 0, 0},
	{"GetSortedAsync", 10, 5, 2},
	{"SetIncrementSortedAsync", 50, 30, 5},
	{"OnUpdate", 30, 0, 0},
	{"ListAsync", 10, 5, 2},
	{"GetVersionAsync", 100, 5, 2},
	{"RemoveVersionAsync", 10, 5, 2},
	{"StandardRead", 100, 10_000, 200},
	{"StandardWrite", 100, 10_000, 200},
	{"StandardList", 10, 10_000, 200},
	{"StandardRemove", 100, 10_000, 200},
	{"OrderedRead", 100, 10_000, 200},
	{"OrderedWrite", 50, 10_000, 200},
	{"OrderedList", 10, 10_000, 200},
	{"OrderedRemove", 50, 10_000, 200},
}

func (c Call) requestType(n int) requestType {
	item := c.Enum(n, "DataStoreRequestType")
	i := slices.IndexFunc(requestTypes, func(t requestType) bool { return t.name == item.Name })
	return requestTypes[i] // a test holds the enum against the table
}

// getRequestBudget returns the budget of a server that has just started (R168, R169). Requests are
// not limited here yet, so it is never spent: scripts that wait for a budget go on at once.
func getRequestBudget(c Call) int {
	return c.Return(lua.LNumber(c.requestType(1).burst))
}

// setRateLimit checks its arguments (R23); as nothing is limited, it changes nothing. The texts are
// assumed.
func setRateLimit(c Call) int {
	kind, base, perPlayer := c.requestType(1), c.Int(2), c.Int(3)
	switch {
	case kind.baseMax == 0:
		c.Raise("The rate limit of %s cannot be configured", kind.name)
	case base < 0 || base > kind.baseMax:
		c.Raise("baseLimit of %s must be between 0 and %d", kind.name, kind.baseMax)
	case perPlayer < 0 || perPlayer > kind.perPlayerMax:
		c.Raise("perPlayerLimit of %s must be between 0 and %d", kind.name, kind.perPlayerMax)
	}
	return 0
}
