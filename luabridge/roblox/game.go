package roblox

import (
	"fmt"
	"time"

	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/vm"
)

// gameClasses are the root of the data model and what it inherits from (R224, R225).
func gameClasses() []*Class {
	number := func(get func(Options) int64) *Property {
		return &Property{Type: numberType(), ReadOnly: true, Get: func(i *Instance) lua.LValue {
			return lua.LNumber(get(i.server.options))
		}}
	}
	text := func(get func(Options) string) *Property {
		return &Property{Type: stringType(), ReadOnly: true, Get: func(i *Instance) lua.LValue {
			return lua.LString(get(i.server.options))
		}}
	}
	return []*Class{
		{
			Name: "ServiceProvider", Super: "Instance",
			Events: []string{"Close", "ServiceAdded", "ServiceRemoving"},
			Methods: map[string]Method{
				"FindService": findService, "GetService": getService, "service": getService,
			},
		},
		{
			Name: "DataModel", Super: "ServiceProvider",
			Events: []string{"Loaded", "GraphicsQualityChangeRequest"},
			Properties: map[string]*Property{
				"CreatorId":    number(func(o Options) int64 { return o.CreatorID }),
				"CreatorType":  readOnly(enumProperty("CreatorType", "User")),
				"GameId":       number(func(o Options) int64 { return o.GameID }),
				"JobId":        text(func(o Options) string { return o.JobID }),
				"PlaceId":      number(func(o Options) int64 { return o.PlaceID }),
				"PlaceVersion": number(func(o Options) int64 { return o.PlaceVersion }),
				"PrivateServerId": text(func(o Options) string {
					return o.PrivateServer
				}),
				"PrivateServerOwnerId": number(func(Options) int64 { return 0 }),
				"Workspace": {Type: refType(), ReadOnly: true, Get: func(i *Instance) lua.LValue {
					return i.server.Service("Workspace").object
				}},
			},
			Methods: merge(map[string]Method{
				"BindToClose": bindToClose,
				"IsLoaded":    func(c Call) int { return c.Return(lua.LTrue) },
			}, refused("DataModel", "GetObjects", "HttpGet", "HttpPost", "HttpGetAsync",
				"HttpPostAsync", "GetJobsInfo", "SetPlaceId", "SetUniverseId")),
		},
	}
}

func readOnly(p *Property) *Property {
	p.ReadOnly = true
	return p
}

// refused are methods that Roblox has and this package has not: calling one says so.
func refused(class string, names ...string) map[string]Method {
	methods := map[string]Method{}
	for _, name := range names {
		methods[name] = func(c Call) int {
			c.Raise("savestone does not emulate %s:%s", class, name)
			return 0
		}
	}
	return methods
}

// Service returns a service, making it if need be; the class must be one of a service.
func (s *Server) Service(name string) *Instance {
	if found := s.FindService(name); found != nil {
		return found
	}
	class, ok := s.classes[name]
	if !ok || !class.Service {
		panic("roblox: no service " + name)
	}
	service := s.NewInstance(name, name, s.game)
	service.locked = true
	s.services[name] = service
	s.game.fire("ServiceAdded", service.object)
	return service
}

// FindService returns a service that exists already, or nil.
func (s *Server) FindService(name string) *Instance { return s.services[name] }

func getService(c Call) int {
	name := c.String(1)
	class, known := c.Server.classes[name]
	switch {
	case c.Server.forbids(name):
		c.Raise("The current thread cannot access '%s' (lacking capability RobloxScript)", name)
	case known && class.Service:
		return c.Return(c.Server.Service(name).object)
	case c.Server.lacks(name) && robloxClasses()[name].service:
		return c.Return(c.Server.plainService(name).object)
	case known || c.Server.lacks(name):
		return c.Return(lua.LNil) // a class, but not of a service (R224)
	}
	c.Raise("'%s' is not a valid Service name", name)
	return 0
}

// plainService returns a service that this package does not emulate, so that a module which only
// asks for it loads. Any use of its members says what is missing.
func (s *Server) plainService(name string) *Instance {
	if found := s.FindService(name); found != nil {
		return found
	}
	service := s.game.findChild(func(i *Instance) bool { return i.class.Name == name })
	if service == nil {
		service = s.NewInstance(name, name, s.game)
	}
	service.locked = true
	s.services[name] = service
	return service
}

func findService(c Call) int {
	name := c.String(1)
	if _, known := c.Server.classes[name]; !known && !c.Server.lacks(name) {
		c.Raise("'%s' is not a valid Service name", name)
	}
	return c.Return(c.Server.FindService(name).Object())
}

// closing is the end of a server.
type closing struct {
	bound   []*lua.LFunction
	started bool
	over    bool
	running int
	done    func(Closed)
	began   time.Time
}

// closeWait is how long BindToClose functions may run, all together (R226).
const closeWait = 30 * time.Second

// Closed tells how a shutdown went.
type Closed struct {
	Unfinished int           // BindToClose functions that the limit cut off
	Took       time.Duration // virtual
}

func bindToClose(c Call) int {
	c.Server.closing.bound = append(c.Server.closing.bound, c.Function(1))
	return 0
}

// Closing reports whether Shutdown was called.
func (s *Server) Closing() bool { return s.closing.started }

// Closed reports whether the server has come to its end: its data stores cannot be reached any more
// (R228).
func (s *Server) Closed() bool { return s.closing.over }

// Shutdown closes the server for a reason, an item of Enum.CloseReason. The functions given to
// BindToClose run side by side, and PlayerRemoving fires for every player who is still there (R226,
// R228). When the functions have returned, or after 30 s, game.Close fires and done is called;
// whoever owns the server then kills it.
func (s *Server) Shutdown(reason string, done func(Closed)) error {
	if s.closing.started {
		return fmt.Errorf("shut down server %q: it is shutting down already", s.options.JobID)
	}
	end := &s.closing
	end.started, end.done, end.began = true, done, s.Now()
	end.running = len(end.bound)
	argument := s.EnumItem("CloseReason", reason).object
	if s.options.Stores != nil {
		s.options.Stores.BeginShutdown()
	}
	timer := s.onTime(closeWait, s.endShutdown)
	for _, fn := range end.bound {
		s.VM.NewThread(s.VM.NewFunction("", func(L *lua.LState) int {
			defer func() {
				if end.running--; end.running == 0 && !end.over {
					timer.Stop()
					s.later(0, s.endShutdown)
				}
			}()
			vm.Call(L, 0, fn, argument)
			return 0
		})).Run()
	}
	for _, player := range s.Players() {
		s.Leave(player, "Unknown")
	}
	if len(end.bound) == 0 {
		timer.Stop()
		s.later(0, s.endShutdown)
	}
	return nil
}

func (s *Server) endShutdown() {
	end := &s.closing
	if end.over {
		return
	}
	if _, frozen := s.VM.Halted(); !frozen {
		s.closeEvent()
	}
	s.end()
	if end.done != nil {
		end.done(Closed{Unfinished: end.running, Took: s.Now().Sub(end.began)})
	}
}

// end takes the server's data stores away from it (R228). It cannot shut down any more.
func (s *Server) end() {
	s.closing.started, s.closing.over = true, true
	if s.options.Stores != nil {
		s.options.Stores.Close()
	}
}

// Crash ends the server where it stands, from outside of all threads: none of them goes on, no
// function given to BindToClose runs, and other servers are not told.
func (s *Server) Crash() {
	s.end()
	if s.frames.timer != nil {
		s.frames.timer.Stop()
	}
	s.bus().Leave(s)
	s.VM.Kill()
}

// closeEvent fires game.Close, whose handlers run at once in every mode (R230).
func (s *Server) closeEvent() {
	if signal, ok := s.game.signals["Close"]; ok {
		for _, c := range signal.connections {
			c.deliver(nil)
		}
	}
}
