package luabridge

import (
	"context"
	"fmt"
	"hash/fnv"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"time"

	"savestone/emulator"
	"savestone/emulator/gameserver"
	"savestone/emulator/memorystore"
	"savestone/luabridge/bytecode"
	"savestone/luabridge/roblox"
	"savestone/luabridge/rojo"
	"savestone/luabridge/sched"
	"savestone/luabridge/stdlib"
	"savestone/luabridge/vm"
)

// Epoch is when simulations begin unless they are told otherwise. It is no round number, because a
// program that works only at the start of an hour or a day should not seem to work.
var Epoch = time.Date(2026, 3, 14, 9, 26, 53, 589_000_000, time.UTC)

// Options of a Game.
type Options struct {
	Sim     *sched.Sim       // required
	Service emulator.Service // required: where data store requests go
	Bus     *roblox.Bus      // between the servers of one universe; nil if there is only this one
	Limit   *vm.Limit        // stops scripts by force; nil never does
	Seed    uint64           // of everything random that scripts see
	Name    string           // tells the servers of one world apart; part of JobId

	MemoryStores *memorystore.Universe // between the servers, too; nil if there is only this one

	Disk   roblox.Disk // the files that scripts can reach; nil: none
	Output func(roblox.Message)
	Exit   func(code int) // ProcessService:ExitAsync was called
	Studio bool           // RunService:IsStudio()

	Fetch    Fetch             // answers requests to Open Cloud; nil: the services above do
	Net      Fetch             // answers requests to NetHosts, in real time
	NetHosts []string          // that scripts may reach, such as 127.0.0.1:34890
	Secrets  map[string]string // of HttpService:GetSecret

	ClockAhead time.Duration // of the clock that scripts see; back if negative. See SetClock
	ClockDrift int64         // what it gains, in millionths

	Access  gameserver.Access // what the server may reach; both states of Studio imply Studio
	Profile *emulator.Profile // the limits on data store requests; nil means those of today

	_ struct{}
}

// Game is one game server that runs a Place.
type Game struct {
	*roblox.Server
	Place *Place

	sim       *sched.Sim
	limit     *vm.Limit
	nodes     map[*roblox.Instance]*rojo.Node
	instances map[*rojo.Node]*roblox.Instance
	paths     map[string]*roblox.Instance // by what they were made of; see mapPaths
	files     map[string]string           // full name of a script to its file

	running bool                      // scripts run by themselves
	ran     map[*roblox.Instance]bool // scripts that did

	exited   bool
	exitCode int
}

// Start makes a game server with the place's tree. No script runs yet.
func (p *Place) Start(o Options) (*Game, error) {
	g := &Game{
		Place: p, sim: o.Sim, limit: o.Limit,
		nodes:     map[*roblox.Instance]*rojo.Node{},
		instances: map[*rojo.Node]*roblox.Instance{}, files: map[string]string{},
		ran: map[*roblox.Instance]bool{},
	}
	random := serverRandom(o.Seed, o.Name)
	job, seed := jobID(random), random.Uint64()
	stores := gameserver.New(o.Service, o.Sim, gameserver.Options{
		JobID: job, Profile: o.Profile, Access: o.Access,
		OnWarning: func(text string) {
			g.Print(roblox.Message{Kind: roblox.Warning, Text: text})
		},
	})
	model := roblox.Options{
		Stores: stores, Bus: o.Bus, MemoryStores: o.MemoryStores, Context: context.Background,
		JobID: job, Seed: seed, Studio: o.Studio,
		PlaceID: orOne(p.Project.PlaceID), GameID: orOne(p.Project.GameID), PlaceVersion: 1,
		Output: o.Output, Module: g.module, Alias: g.alias, Diagnose: o.diagnose,
		Disk: o.Disk, Exit: func(code int) { g.exit(code, o.Exit) },
		Fetch: o.Fetch, Net: o.Net, NetHosts: o.NetHosts, Secrets: o.Secrets,
		Placed: g.placed,
	}
	if model.Fetch == nil {
		model.Fetch = g.openCloud(o)
	}
	switch o.Access {
	case gameserver.Studio, gameserver.StudioNoAPI:
		model.Studio, model.JobID = true, "" // R225
	case gameserver.Unpublished:
		model.PlaceID, model.GameID, model.PlaceVersion = 0, 0, 0 // section 22, R225
	}
	g.Server = roblox.New(
		vm.Options{Sim: o.Sim, Library: stdlib.Library(), Limit: o.Limit, Seed: seed}, model)
	if err := g.build(); err != nil {
		return nil, err
	}
	if err := g.SetClock(o.ClockAhead, o.ClockDrift); err != nil {
		return nil, err
	}
	return g, nil
}

// diagnose says in the output what Roblox leaves unsaid.
func (o Options) diagnose(d roblox.Diagnostic) {
	if o.Output != nil {
		text := fmt.Sprintf("savestone: %s: %s", d.Call, &d)
		o.Output(roblox.Message{Kind: roblox.Warning, Text: text})
	}
}

func orOne(id uint64) int64 {
	if id == 0 {
		return 1 // 0 would mean an unpublished place, where data stores refuse to work
	}
	return int64(id)
}

// serverRandom is where a server's chance comes from: of its own, so that two servers started from
// one seed do not give the same GUIDs.
func serverRandom(seed uint64, name string) *rand.Rand {
	h := fnv.New64a()
	fmt.Fprintf(h, "server|%s", name)
	return rand.New(rand.NewPCG(seed, h.Sum64()))
}

// jobID makes the server's UUID (R225).
func jobID(random *rand.Rand) string {
	high, low := random.Uint64(), random.Uint64()
	high = high&^0xf000 | 0x4000 // version 4
	low = low&^(3<<62) | 2<<62   // the usual variant
	return fmt.Sprintf("%08x-%04x-%04x-%04x-%012x",
		high>>32, high>>16&0xffff, high&0xffff, low>>48, low&0xffff_ffff_ffff)
}

func (g *Game) exit(code int, tell func(int)) {
	if g.exited {
		return
	}
	g.exited, g.exitCode = true, code
	if tell != nil {
		tell(code)
	}
}

// module compiles a script of the tree for the data model.
func (g *Game) module(script *roblox.Instance, dynamic bool) (*bytecode.Program, error) {
	chunk := script.FullName()
	if node := g.nodes[script]; node != nil && node.Source != nil {
		g.files[chunk] = node.Source.File
		return g.Place.program(node.Source, chunk, dynamic)
	}
	text, ok := script.Value("Source").(interface{ String() string })
	if !ok || text.String() == "" {
		return nil, fmt.Errorf("%s has no source to run", chunk)
	}
	return library(dynamic).Compile(text.String(), chunk)
}

// File returns the path of the file that a script's full name stands for, or "".
func (g *Game) File(chunk string) string { return g.files[chunk] }

// FileOf returns the file that a script was made of, absolute and with forward slashes, or "".
func (g *Game) FileOf(script *roblox.Instance) string {
	node := g.nodes[script]
	if node == nil || node.Source == nil {
		return ""
	}
	file, err := filepath.Abs(node.Source.File)
	if err != nil {
		return ""
	}
	return filepath.ToSlash(file)
}

// InstanceOf returns what a node of the place's project became, or nil.
func (g *Game) InstanceOf(node *rojo.Node) *roblox.Instance { return g.instances[node] }

// Files lists the files of the scripts that have run so far, sorted.
func (g *Game) Files() []string {
	return slices.Compact(slices.Sorted(maps.Values(g.files)))
}
