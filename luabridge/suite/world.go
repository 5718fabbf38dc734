package suite

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"time"

	lua "github.com/yuin/gopher-lua"

	"savestone/emulator"
	"savestone/emulator/memorystore"
	"savestone/emulator/opencloud"
	"savestone/faults"
	"savestone/luabridge"
	"savestone/luabridge/roblox"
	"savestone/luabridge/rojo"
	"savestone/luabridge/sched"
	"savestone/luabridge/vm"
)

// world is what one spec file runs in.
type world struct {
	sim      *sched.Sim
	emulator *emulator.Emulator
	bus      *roblox.Bus
	memory   *memorystore.Universe
	fetch    luabridge.Fetch // Open Cloud, for HttpService
	board    *switchboard
	recorder *recorder
	seed     uint64
	game     *luabridge.Game   // where the cases run
	games    []*luabridge.Game // all servers, that one first
	limit    *vm.Limit
	profile  *emulator.Profile
	output   []string
	heard    func(roblox.Message) // told of each message; nil: nobody
	uncaught int
}

func newWorld(
	ctx context.Context, place *luabridge.Place, seed uint64, o Options, server luabridge.Options,
) (*world, error) {
	w := &world{sim: sched.New(luabridge.Epoch), seed: seed, limit: o.Limit, profile: o.Profile}
	var err error
	w.emulator, err = emulator.Open(ctx, emulator.InMemory,
		emulator.Options{Clock: w.sim, CCU: w.users, Profile: o.Profile})
	if err != nil {
		return nil, err
	}
	w.bus = roblox.NewBus(w.sim, roblox.BusOptions{})
	w.memory = memorystore.New(w.sim, memorystore.Options{})
	w.board = newSwitchboard(w.emulator, w.sim, seed, func(e faults.Event) {
		w.recorder.calls.Faults++
		w.recorder.fold("fault", e.String())
	})
	w.recorder = &recorder{next: w.board, clock: w.sim, start: w.sim.Now()}
	server.Output, server.Access = w.hear, o.Access
	w.fetch = luabridge.OpenCloud(opencloud.Options{
		Service: w.recorder, Clock: w.sim, MemoryStores: w.memory,
		Publish: func(topic, message string) error { return w.game.Publish(topic, message) },
	})
	if w.game, err = w.open(place, server); err != nil {
		return nil, errors.Join(err, w.emulator.Close())
	}
	return w, nil
}

// open adds a game server to the world.
func (w *world) open(place *luabridge.Place, o luabridge.Options) (*luabridge.Game, error) {
	o.Sim, o.Service, o.Bus, o.MemoryStores = w.sim, w.recorder, w.bus, w.memory
	o.Limit, o.Seed, o.Profile, o.Fetch = w.limit, w.seed, w.profile, w.fetch
	game, err := place.Start(o)
	if err != nil {
		return nil, fmt.Errorf("start the place: %w", err)
	}
	w.games = append(w.games, game)
	return game, nil
}

// join lets a player into one of the servers.
func (w *world) join(game *luabridge.Game, p roblox.Profile) (*roblox.Instance, error) {
	player, err := game.Join(p)
	w.memory.SetUsers(w.users())
	return player, err
}

// users counts the players on all servers.
func (w *world) users() int {
	n := 0
	for _, game := range w.games {
		if !game.Closed() {
			n += len(game.Players())
		}
	}
	return n
}

func (w *world) close() error {
	w.game.Close()
	return w.emulator.Close()
}

// fileSeed gives each file a seed of its own, which does not depend on what other files there are.
func fileSeed(seed uint64, name string) uint64 {
	h := fnv.New64a()
	fmt.Fprintf(h, "%d|%s", seed, name)
	return h.Sum64()
}

// hear keeps what appears in the developer console.
func (w *world) hear(m roblox.Message) { w.hearFrom("", m) }

// hearFrom is hear for a server with a name of its own, and returns the line without the name.
func (w *world) hearFrom(server string, m roblox.Message) string {
	text := m.Text
	switch m.Kind {
	case roblox.Warning:
		text = "[warn] " + text
	case roblox.Error:
		w.uncaught++
		text = "[error] " + text
		if m.Trace != "" {
			text += "\n" + indentTrace(m.Trace)
		}
	}
	line := text
	if server != "" {
		line = server + ": " + text
	}
	w.recorder.fold(int(m.Kind), line)
	if m.Kind == roblox.Warning || m.Kind == roblox.Error {
		line = w.withFiles(line)
	}
	w.output = append(w.output, line)
	if w.heard != nil {
		w.heard(m)
	}
	return text
}

// withFiles names the files of the lines that a text speaks of. They are for people, and not part
// of the run's hash: the same project may lie elsewhere.
func (w *world) withFiles(text string) string {
	for _, game := range w.games { // they run the same files, but not each has run all
		if told := game.WithFiles(text); told != text {
			return told
		}
	}
	return text
}

// find returns the Instance made of a node.
func (w *world) find(node *rojo.Node) *roblox.Instance { return w.game.InstanceOf(node) }

// finish runs a function in a thread of its own until it returns, fails, hangs or runs out of time.
func (w *world) finish(
	fn *lua.LFunction, timeout time.Duration, args ...lua.LValue,
) ([]lua.LValue, *Problem) {
	thread := w.game.VM.NewThread(fn)
	thread.Watch()
	deadline := w.sim.Now().Add(timeout)
	thread.Run(args...)
	for thread.Status() != vm.Dead {
		if w.limit != nil && w.limit.Stopped() != "" {
			break
		}
		next, ok := w.sim.Next()
		switch {
		case !ok:
			return nil, w.hung(thread, "it waits for something that never comes: "+
				"no timer, request or event is left that could resume it")
		case next.After(deadline):
			return nil, w.hung(thread, fmt.Sprintf("it did not end within %s of virtual time",
				Virtual(timeout)))
		}
		w.sim.Step()
	}
	if fault := thread.Fault(); fault != nil {
		return nil, w.problem(fault)
	}
	if reason := w.stopped(); reason != "" {
		return nil, &Problem{Message: reason}
	}
	if thread.Returned() == nil {
		return nil, &Problem{Message: "its thread was cancelled before the function returned"}
	}
	return thread.Returned(), nil
}

func (w *world) stopped() string {
	if w.limit == nil {
		return ""
	}
	return w.limit.Stopped()
}

// hung ends a thread that would not end and says where it stood.
func (w *world) hung(thread *vm.Thread, message string) *Problem {
	frames := thread.Frames()
	thread.Kill()
	problem := &Problem{Message: message, Trace: w.traceback(frames)}
	w.locate(problem, frames)
	return problem
}
