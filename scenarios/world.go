package scenarios

import (
	"context"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"time"

	"savestone/emulator"
	"savestone/emulator/memorystore"
	"savestone/faults"
	"savestone/luabridge"
	"savestone/luabridge/roblox"
	"savestone/luabridge/sched"
	"savestone/luabridge/vm"
	"savestone/scenarios/history"
)

// world is one run of a plan: one emulator and one virtual clock, with all that lives by it.
type world struct {
	cell   *cell
	plan   *Plan
	builds map[string]*build
	number int
	seed   uint64

	sim      *sched.Sim
	emulator *emulator.Emulator
	recorder *history.Recorder
	injector *faults.Injector
	service  emulator.Service // what game servers ask
	profile  *emulator.Profile
	bus      *roblox.Bus
	memory   *memorystore.Universe
	limit    *vm.Limit
	trace    trace

	play    history.Play
	servers []*server         // by place; a server that ended is replaced in it
	players map[int64]*player // by user id
	ids     []int64           // their user ids, in the order they came
	closed  bool              // nobody joins any more
	quiet   bool              // the horizon is past: nothing is changed any more
	healed  bool
	deploys string // the build that new servers start with
	output  []string
	checks  map[string]*check // of scripts
	problem error             // why the world cannot go on
	points  *points           // of an exploration, or nil
	choices int               // made so far by chance
}

// seedOf is the seed of a world: no other number of worlds or shards changes it.
func seedOf(planHash string, seed uint64, number int) uint64 {
	h := fnv.New64a()
	fmt.Fprintf(h, "%s|%d|%d", planHash, seed, number)
	return h.Sum64()
}

// newWorld makes a world at its first instant: servers run, nobody has joined.
func newWorld(
	ctx context.Context, c *cell, number int, seed uint64, a assignment, limit *vm.Limit,
) (*world, error) {
	w := &world{
		cell: c, plan: &c.Plan, builds: c.builds, number: number, seed: seed, limit: limit,
		sim: sched.New(luabridge.Epoch), players: map[int64]*player{},
		checks: map[string]*check{}, deploys: c.Plan.System.Build,
	}
	var err error
	if w.profile, err = emulator.ProfileNamed(c.Plan.Limits); err != nil {
		return nil, err
	}
	w.emulator, err = emulator.Open(ctx, emulator.InMemory, emulator.Options{
		Clock: w.sim, Profile: w.profile, CCU: func() int { return len(w.players) },
	})
	if err != nil {
		return nil, err
	}
	if err := w.equip(a); err != nil {
		w.close()
		return nil, err
	}
	return w, nil
}

// equip puts the services of a world around each other and starts the servers.
func (w *world) equip(a assignment) error {
	w.recorder = history.NewRecorder(w.sim)
	w.trace.begin(w)
	injector, err := w.weather()
	if err != nil {
		return err
	}
	w.injector = injector
	w.service = w.recorder.Clients(&w.trace)
	w.trace.next = injector
	if explore := w.plan.Explore; explore != nil {
		w.points = &points{
			world: w, next: injector, plan: *explore, what: a, active: explore.From == "",
		}
		w.trace.next = w.points
	}
	w.bus = roblox.NewBus(w.sim, w.plan.busOptions(w.seed))
	w.memory = memorystore.New(w.sim, w.memoryOptions())
	w.servers = make([]*server, w.plan.Servers)
	return nil
}

// struck notes a fault that hit a request.
func (w *world) struck(op int, e faults.Event) {
	w.trace.fold("fault", e.String())
	w.play.Faults = append(w.play.Faults, history.Fault{
		At: w.now(), Rule: e.Rule, Kind: string(e.Kind), Class: string(e.Class),
		Op: op, Server: e.Server,
	})
}

// close frees what the world holds. Tasks end where they stand.
func (w *world) close() {
	w.sim.Close()
	if err := w.emulator.Close(); err != nil && w.problem == nil {
		w.problem = err
	}
}

func (w *world) now() history.Moment { return w.recorder.Now() }

// since is the time since the world began.
func (w *world) since() time.Duration { return w.sim.Now().Sub(luabridge.Epoch) }

// until lets the running task sleep until a time since the world began.
func (w *world) until(at time.Duration) { w.sleep(at - w.since()) }

func (w *world) sleep(d time.Duration) {
	if d <= 0 {
		return
	}
	if err := w.sim.Sleep(context.Background(), d); err != nil {
		w.fail(err) // the background is never done
	}
}

// waitFor begins something and lets the running task wait until it calls done, which it may do
// before it returns.
func (w *world) waitFor(begin func(done func())) {
	task, ended, waits := w.sim.Current(), false, false
	begin(func() {
		ended = true
		if waits {
			w.sim.After(0, func() {
				if task.State() == sched.Parked {
					task.Resume()
				}
			})
		}
	})
	waits = true
	for !ended {
		w.sim.Park()
	}
}

// fail ends the world: something is wrong with it, not with what it tests.
func (w *world) fail(err error) {
	if w.problem == nil {
		w.problem = err
	}
}

// stream is the chance of one thing in the world, which nothing else draws from.
func (w *world) stream(parts ...any) *rand.Rand {
	h := fnv.New64a()
	fmt.Fprintln(h, parts...)
	return rand.New(rand.NewPCG(w.seed, h.Sum64()))
}

// happens draws whether something does.
func happens(random *rand.Rand, chance Share) bool {
	return random.Uint64()>>11 < uint64(float64(chance)*(1<<53))
}

// gapOf draws the time to the next event of a rate; ok is false for one that never happens.
func gapOf(random *rand.Rand, r Rate) (gap time.Duration, ok bool) {
	if r.Every <= 0 {
		return 0, false
	}
	return scaled(random.Uint32(), r.Every), true
}

// spreadOver is a time within a span, to the microsecond.
func spreadOver(span time.Duration, chance uint32) time.Duration {
	return time.Duration(uint64(span/time.Microsecond)*uint64(chance)>>32) * time.Microsecond
}

// hear keeps what servers print as warnings and errors, for a person who looks at the world.
func (w *world) hear(server string, m roblox.Message) {
	w.trace.fold("output", server, m.Text)
	if m.Kind != roblox.Warning && m.Kind != roblox.Error || len(w.output) >= outputMax {
		return
	}
	w.output = append(w.output, fmt.Sprintf("%v %s: %s", w.since(), server, m.Text))
}

const outputMax = 200
