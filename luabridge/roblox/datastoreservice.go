package roblox

import (
	"fmt"
	"slices"

	lua "github.com/yuin/gopher-lua"

	"savestone/emulator"
	"savestone/emulator/gameserver"
)

// stores is what DataStoreService knows: the objects that it handed out (R13).
type stores map[*gameserver.Store]*Instance

// dataStoreClasses are DataStoreService and all that it returns or takes.
func dataStoreClasses() []*Class {
	service := &Class{
		Name: "DataStoreService", Super: "Instance", Service: true,
		Init: func(i *Instance) { i.Data = stores{} },
		Properties: map[string]*Property{
			"AutomaticRetry":     lackingCapability("AutomaticRetry", lua.LTrue),
			"LegacyNamingScheme": lackingCapability("LegacyNamingScheme", lua.LFalse),
		},
		Methods: map[string]Method{
			"GetDataStore":                   getDataStore,
			"GetGlobalDataStore":             getGlobalDataStore,
			"GetOrderedDataStore":            getOrderedDataStore,
			"GetRequestBudgetForRequestType": getRequestBudget,
			"ListDataStoresAsync":            listDataStoresAsync,
			"SetRateLimitForRequestType":     setRateLimit,
		},
	}
	return slices.Concat([]*Class{service, keyInfoClass()}, storeClasses(), storeOptionClasses(),
		pagesClasses(), itemClasses())
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
	options := c.options(3, "DataStoreOptions")
	if options == nil || !lua.LVAsBool(options.Value("AllScopes")) {
		return c.store(c.gameServer().Store(id))
	}
	if c.Value(2) != lua.LString("") { // R17; the text is assumed
		c.Raise("The scope must be an empty string when DataStoreOptions.AllScopes is true")
	}
	return c.store(c.gameServer().AllScopes(id.Name))
}

func getGlobalDataStore(c Call) int {
	return c.store(c.gameServer().Store(emulator.GlobalStore()))
}

func getOrderedDataStore(c Call) int {
	return c.store(c.gameServer().Store(emulator.StoreID{
		Kind: emulator.Ordered, Name: c.String(1), Scope: c.OptString(2, "global"),
	}))
}

// gameServer returns where data store calls go.
func (c Call) gameServer() *gameserver.Server {
	if c.Server.options.Stores == nil {
		c.Raise("savestone runs this server without data stores")
	}
	return c.Server.options.Stores
}

// store returns the one object for a store, or raises why it cannot be had (R15, R18, R21).
func (c Call) store(store *gameserver.Store, err error) int {
	if err != nil {
		c.Raise("%s", err)
	}
	known := c.Self.Data.(stores)
	object, ok := known[store]
	if !ok {
		class := "DataStore"
		if store.ID().Kind == emulator.Ordered {
			class = "OrderedDataStore"
		}
		object = c.Server.NewInstance(class, store.ID().Name, nil)
		object.Data = store
		known[store] = object
	}
	return c.Return(object.object)
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
