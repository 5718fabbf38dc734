package roblox

import (
	"context"

	lua "github.com/yuin/gopher-lua"

	"savestone/emulator"
	"savestone/emulator/gameserver"
	"savestone/luabridge/machine"
	"savestone/luabridge/vm"
)

// listing is what a Pages object shows: a page at hand, and the way to the next one.
type listing struct {
	store    string                          // name, for the console
	items    func() []lua.LValue             // of the page at hand, made anew (R140)
	finished func() bool                     // R136
	cursor   func() string                   // R134
	advance  func(ctx context.Context) error // R137, R138
}

// pagesClasses are what listings return (R134). Pages itself is abstract.
func pagesClasses() []*Class {
	cursor := map[string]*Property{
		"Cursor": {Type: stringType(), ReadOnly: true, Get: func(i *Instance) lua.LValue {
			return lua.LString(i.Data.(*listing).cursor())
		}},
	}
	return []*Class{
		{
			Name: "Pages", Super: "Instance",
			Properties: map[string]*Property{
				"IsFinished": {Type: boolType(), ReadOnly: true,
					Get: func(i *Instance) lua.LValue {
						return lua.LBool(i.Data.(*listing).finished())
					}},
			},
			Methods: map[string]Method{
				"GetCurrentPage": func(c Call) int {
					items := c.Self.Data.(*listing).items()
					page := c.Server.VM.NewTable(len(items), 0)
					for _, item := range items {
						machine.Append(page, item)
					}
					return c.Return(page)
				},
				"AdvanceToNextPageAsync": func(c Call) int {
					thread := vm.MustYield(c.L)
					c.request(thread, c.Self.Data.(*listing).advance)
					return 0
				},
			},
		},
		{Name: "DataStorePages", Super: "Pages"},
		{Name: "DataStoreVersionPages", Super: "Pages"},
		{Name: "DataStoreKeyPages", Super: "Pages", Properties: cursor},
		{Name: "DataStoreListingPages", Super: "Pages", Properties: cursor},
	}
}

// list fetches the first page of a listing of data stores and returns its Pages (R135); show turns
// an item into what scripts see of it.
func (c Call) list(
	thread *vm.Thread, class string,
	fetch func(ctx context.Context) (*gameserver.Pages, error),
	show func(item emulator.Item) lua.LValue,
) int {
	var pages *gameserver.Pages
	c.request(thread, func(ctx context.Context) (err error) {
		pages, err = fetch(ctx)
		return err
	})
	object := c.Server.NewInstance(class, class, nil)
	object.Data = &listing{
		store: c.storeName(),
		items: func() []lua.LValue {
			items := pages.Current()
			shown := make([]lua.LValue, len(items))
			for i, item := range items {
				shown[i] = show(item)
			}
			return shown
		},
		finished: pages.IsFinished, cursor: pages.Cursor, advance: pages.Advance,
	}
	return c.Return(object.Object())
}

// itemClasses are the lines of listings (R121, R126, R133).
func itemClasses() []*Class {
	property := func(t Type, get func(emulator.Item) lua.LValue) *Property {
		return &Property{Type: t, ReadOnly: true, Get: func(i *Instance) lua.LValue {
			return get(i.Data.(emulator.Item))
		}}
	}
	return []*Class{
		{
			Name: "DataStoreKey", Super: "Instance",
			Properties: map[string]*Property{
				"KeyName": property(stringType(), func(item emulator.Item) lua.LValue {
					return lua.LString(item.Key)
				}),
			},
		},
		{
			Name: "DataStoreInfo", Super: "Instance",
			Properties: map[string]*Property{
				"DataStoreName": property(stringType(), func(item emulator.Item) lua.LValue {
					return lua.LString(item.Store)
				}),
				"CreatedTime": property(numberType(), func(item emulator.Item) lua.LValue {
					return lua.LNumber(item.Info.CreatedMS)
				}),
				"UpdatedTime": property(numberType(), func(item emulator.Item) lua.LValue {
					return lua.LNumber(item.Info.UpdatedMS)
				}),
			},
		},
		{
			Name: "DataStoreObjectVersionInfo", Super: "Instance",
			Properties: map[string]*Property{
				"Version": property(stringType(), func(item emulator.Item) lua.LValue {
					return lua.LString(item.Info.Version)
				}),
				"CreatedTime": property(numberType(), func(item emulator.Item) lua.LValue {
					return lua.LNumber(item.Info.UpdatedMS) // when this version came to be
				}),
				"IsDeleted": property(boolType(), func(item emulator.Item) lua.LValue {
					return lua.LBool(item.Deleted)
				}),
			},
		},
	}
}

// item makes the Instance of a class of itemClasses.
func (s *Server) item(class string, item emulator.Item) lua.LValue {
	object := s.NewInstance(class, class, nil)
	object.Data = item
	return object.Object()
}
