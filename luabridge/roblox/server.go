package roblox

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	lua "github.com/yuin/gopher-lua"

	"savestone/emulator/gameserver"
	"savestone/emulator/memorystore"
	"savestone/luabridge/bytecode"
	"savestone/luabridge/machine"
	"savestone/luabridge/sched"
	"savestone/luabridge/vm"
)

// Options of a Server; the zero value is a live Roblox server without data stores.
type Options struct {
	Stores  *gameserver.Server     // where data store calls go
	Context func() context.Context // of data store calls; nil means the background

	JobID         string // game.JobId (R225)
	PlaceID       int64  // game.PlaceId
	GameID        int64  // game.GameId, the universe
	PlaceVersion  int64
	CreatorID     int64
	PrivateServer string // game.PrivateServerId
	Studio        bool   // RunService:IsStudio
	PlayersMax    int    // Players.MaxPlayers; 0 means 50
	Seed          uint64 // of everything random that scripts see

	// SignalsImmediate runs handlers within Fire, as Workspace.SignalBehavior Immediate does.
	SignalsImmediate bool

	// Output is told what appears in the developer console.
	Output func(Message)
	// Module compiles a script, under its full name as chunk name; if its globals will be replaced,
	// dynamic. Programs may be shared. Without it, the script's Source is compiled.
	Module func(script *Instance, dynamic bool) (*bytecode.Program, error)
	// Alias finds what require("@alias/rest") begins at in a script, and how many components of the
	// rest lead there; nil knows no aliases.
	Alias func(script *Instance, alias string, rest []string) (at *Instance, used int, err error)
	// Diagnose is told what data store errors and JSON errors leave unsaid (R38).
	Diagnose func(Diagnostic)
	// Bus carries MessagingService's messages; nil means that there is no other server.
	Bus *Bus
	// MemoryStores is what the servers of a universe share; nil means that this is its only one.
	MemoryStores *memorystore.Universe
	// Fetch answers HttpService's requests to Open Cloud; nil refuses them, as it does all others.
	Fetch func(ctx context.Context, request FetchRequest) (FetchResponse, error)
	// Net answers HttpService's requests to the hosts in NetHosts, in real time. A host is a name
	// or address, with the port unless any will do.
	Net      func(ctx context.Context, request FetchRequest) (FetchResponse, error)
	NetHosts []string
	// Secrets are what HttpService:GetSecret knows.
	Secrets map[string]string
	// Client is told what remote events send to a player.
	Client func(remote, player *Instance, args []lua.LValue)
	// Disk is where services that keep files lead; nil means that scripts cannot reach them.
	Disk Disk
	// Placed is told of each script that came to another place in the tree or was enabled.
	Placed func(script *Instance)
	// Exit is called by ProcessService:ExitAsync.
	Exit func(code int)
}

// Server is the data model of one game server.
type Server struct {
	VM *vm.VM

	options    Options
	library    vm.Library
	metatables map[string]*lua.LTable
	classes    registry
	enums      *enums
	random     *rand.Rand
	start      time.Time
	game       *Instance
	services   map[string]*Instance
	modules    map[*Instance]*module
	chunks     map[string]*Instance // the scripts that were loaded, by chunk name
	known      map[int64]string     // the names of players by user id
	tagged     tagIndex
	frames     frames
	postponed  []postponed
	timers     map[*sched.Timer]struct{} // that go with the server
	depth      depth
	closing    closing
	errors     int
}

// New makes a VM with a data model in it. Errors that end threads go to Options.Output, besides
// vo.Uncaught.
func New(vo vm.Options, o Options) *Server {
	s := &Server{
		options:    o,
		library:    vo.Library,
		metatables: map[string]*lua.LTable{},
		random:     rand.New(rand.NewPCG(o.Seed, 0x5afe57a7e)),
		start:      vo.Sim.Now(),
		services:   map[string]*Instance{},
		modules:    map[*Instance]*module{},
		chunks:     map[string]*Instance{},
		known:      map[int64]string{},
		timers:     map[*sched.Timer]struct{}{},
	}
	s.frames.server = s
	tell := vo.Uncaught
	vo.Uncaught = func(thread *vm.Thread, fault *vm.Error) {
		s.uncaught(fault)
		if tell != nil {
			tell(thread, fault)
		}
	}
	s.VM = vm.New(vo)
	s.VM.Host = s
	s.defineInstance()
	for _, d := range datatypes() {
		s.define(d)
	}
	s.enums = newEnums(s)
	s.buildClasses()
	s.game = s.NewInstance("DataModel", "Game", nil)
	s.game.locked = true
	for _, name := range servicesAtStart {
		s.Service(name)
	}
	for _, name := range []string{"StarterCharacterScripts", "StarterPlayerScripts"} {
		s.NewInstance(name, name, s.Service("StarterPlayer"))
	}
	s.setGlobals()
	s.bus().mailbox(s) // it counts as a server of the universe from now on
	return s
}

// Of returns the Server that a Go function was called from.
func Of(L *lua.LState) *Server { return vm.Of(L).Host.(*Server) }

// Game returns the root of the data model.
func (s *Server) Game() *Instance { return s.game }

// Now returns the virtual time.
func (s *Server) Now() time.Time { return s.VM.Sim.Now() }

// Context returns the context for calls into the layers below.
func (s *Server) Context() context.Context {
	if s.options.Context == nil {
		return context.Background()
	}
	return s.options.Context()
}

// Options returns what the server was made with.
func (s *Server) Options() Options { return s.options }

// Random returns the server's source of chance.
func (s *Server) Random() *rand.Rand { return s.random }

// postponed is something to run at the end of the current resumption point.
type postponed struct {
	depth depth
	run   func()
}

// postpone has run happen at the end of the current resumption point: at the current instant, after
// everything already due (R237, R242).
func (s *Server) postpone(at depth, run func()) {
	s.postponed = append(s.postponed, postponed{at, run})
	if len(s.postponed) == 1 {
		s.later(0, s.drain)
	}
}

func (s *Server) drain() {
	for n := 0; n < len(s.postponed); n++ { // running one may postpone more
		next := s.postponed[n]
		s.postponed[n] = postponed{}
		s.at(next.depth, next.run)
	}
	s.postponed = s.postponed[:0]
}

// at runs something at a depth of its own.
func (s *Server) at(depth depth, run func()) {
	outer := s.depth
	s.depth = depth
	defer func() { s.depth = outer }()
	run()
}

// later has something happen after a while, or when a server that is frozen then goes on, unless it
// is killed before.
func (s *Server) later(wait time.Duration, run func()) *sched.Timer {
	var timer *sched.Timer
	timer = s.VM.Sim.After(wait, func() {
		if until, frozen := s.VM.Halted(); frozen {
			timer.Again(until)
			return
		}
		delete(s.timers, timer)
		run()
	})
	s.timers[timer] = struct{}{}
	return timer
}

// Kill ends the server where it stands, as a crash does: no script of it runs any more, and nothing
// of it is left in the simulation. Called by a running task, it does so right after that.
func (s *Server) Kill() {
	s.end()
	if s.VM.Sim.Current() != nil {
		s.VM.Sim.After(0, s.Kill)
		return
	}
	s.VM.Kill()
	for timer := range s.timers {
		timer.Stop()
	}
	clear(s.timers)
	s.postponed = nil
}

// onTime is later for what happens to the server from outside: that it is frozen changes nothing.
func (s *Server) onTime(wait time.Duration, run func()) *sched.Timer {
	var timer *sched.Timer
	timer = s.VM.Sim.After(wait, func() {
		delete(s.timers, timer)
		run()
	})
	s.timers[timer] = struct{}{}
	return timer
}

// Freeze has nothing of the server run for a while: no script, no timer, no frame. What is due
// meanwhile comes late, all at once. Requests that have left go on, and messages wait.
func (s *Server) Freeze(lasts time.Duration) { s.VM.Halt(lasts) }

// SetClock sets the clock that scripts see ahead of the true time, or back, and has it drift:
// os.time, os.date, tick and DateTime.now jump, workspace:GetServerTimeNow catches up slowly, and
// os.clock does not change. Data stores go by the true time.
func (s *Server) SetClock(ahead time.Duration, driftPPM int64) error {
	if err := s.VM.SetClock(ahead, driftPPM); err != nil {
		return fmt.Errorf("set the clock of server %q: %w", s.options.JobID, err)
	}
	return nil
}

// RunScript starts a Script in a thread of its own and returns the thread, or nil if the source
// does not compile: the error then is in the output.
func (s *Server) RunScript(script *Instance) *vm.Thread {
	fn, err := s.load(script, false)
	if err != nil {
		s.fail(Message{Text: err.Error(), Script: script.FullName()})
		return nil
	}
	thread := s.VM.NewThread(fn)
	thread.Run()
	return thread
}

// load compiles a script to a function whose globals know it as "script".
func (s *Server) load(script *Instance, dynamic bool) (*lua.LFunction, error) {
	compile := s.options.Module
	if compile == nil {
		compile = s.compileSource
	}
	program, err := compile(script, dynamic)
	if err != nil {
		return nil, err
	}
	s.chunks[script.FullName()] = script
	return s.VM.Link(program, s.environment(script)), nil
}

func (s *Server) compileSource(script *Instance, dynamic bool) (*bytecode.Program, error) {
	library := s.library
	if dynamic {
		library = library.Dynamic()
	}
	return library.Compile(vm.Text(script.Value("Source")), script.FullName())
}

// environment returns the globals of one script.
func (s *Server) environment(script *Instance) *lua.LTable {
	env, meta := s.VM.NewTable(0, 1), s.VM.NewTable(0, 1)
	machine.SetField(meta, "__index", s.VM.Globals)
	env.Metatable = meta
	machine.SetField(env, "script", script.Object())
	return env
}
