package scenarios

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"savestone/emulator"
	"savestone/faults"
	"savestone/faults/suggest"
	"savestone/scenarios/verdict"
)

// Plan is one cell of a scenario, ready to be run: plain data, the same for the same file on any
// machine. What a scenario leaves out has the values of newPlan.
type Plan struct {
	Format int    `json:"format"`
	Name   string `json:"name"`
	About  string `json:"about,omitempty"`

	System  System `json:"system"`
	Servers int    `json:"servers"`
	Limits  string `json:"limits"` // an emulator.Profile's name

	Warmup   Span `json:"warmup"`   // saves before it do not count
	Horizon  Span `json:"horizon"`  // until when players do things
	Linger   Span `json:"linger"`   // how long the weather goes on after that
	Drain    Span `json:"drain"`    // from the healing to the end
	Deadline Span `json:"deadline"` // within which a save must be stored to count as one

	Players  Players         `json:"players"`
	Faults   json.RawMessage `json:"faults,omitempty"` // as faults.Parse takes them
	Hazards  Hazards         `json:"hazards"`
	Local    Local           `json:"local"`
	Messages Messages        `json:"messages"`
	Memory   Memory          `json:"memory"`
	Events   []Event         `json:"events,omitempty"`
	Probe    Span            `json:"probe,omitempty"` // how often backups are asked what they have

	Run     bool              `json:"run,omitempty"`    // the scenario's run function drives it
	Script  string            `json:"script,omitempty"` // a module that a server runs instead
	Sources map[string]string `json:"sources,omitempty"`
	Explore *Explore          `json:"explore,omitempty"`

	Claims     []string `json:"claims"`
	Confidence float64  `json:"confidence"`
	Worlds     int      `json:"worlds"`
	// Seed is that of the only world, in hexadecimal digits: how a shrunk scenario says which world
	// it is. Without it worlds have seeds of their own.
	Seed string `json:"seed,omitempty"`
	// Outside lists the kinds of fault that the system is not expected to survive: what a world
	// shows in which one has hit is outside of the model.
	Outside []string `json:"outside,omitempty"`
}

// System is what is tested.
type System struct {
	Name    string `json:"name"`
	Project string `json:"project,omitempty"` // a Rojo project; "@savestone" is the library in lua/
	Adapter string `json:"adapter"`           // a file, or the name of one that ships
	Config  any    `json:"config,omitempty"`  // for the adapter
	Scripts bool   `json:"scripts,omitempty"` // the project's server scripts run too

	// Retries are the waits between the tries of one save, and Queue says that the system goes on
	// trying after the last: what predictions go by.
	Retries []Span `json:"retries,omitempty"`
	Queue   bool   `json:"queue,omitempty"`

	// Builds are other versions of it, by name, which an event can deploy.
	Builds map[string]*System `json:"builds,omitempty"`
	Build  string             `json:"build,omitempty"` // the one that servers start with
	// Broken names a bug of the store itself, of which the zoo has some.
	Broken string `json:"broken,omitempty"`
	// Patches change sources before they run: how the zoo makes its mutants.
	Patches []Patch `json:"patches,omitempty"`
}

// Patch replaces a text that is once in a file.
type Patch struct {
	File    string `json:"file"` // the end of its path
	Find    string `json:"find"`
	Replace string `json:"replace"`
}

// Players says what players do. Each of Count players joins, stays for a Session, is Away, and
// comes back.
type Players struct {
	Count int `json:"count"`
	// Only lists those who play, by user id from 1 to Count; empty means all.
	Only    []int64 `json:"only,omitempty"`
	Spread  Span    `json:"spread"` // over which the first joins are spread
	Session Dist    `json:"session"`
	Away    Dist    `json:"away"`

	Changes   Rate `json:"changes"` // to a player's data
	Saves     Span `json:"saves"`   // between two saves that the game asks for; 0: none
	Purchases Rate `json:"purchases"`
	Trades    Rate `json:"trades"`
	Size      int  `json:"size,omitempty"` // of further data of each player, in bytes

	Hop     Maybe `json:"hop"`   // joins another server at once, after the gap
	Early   Maybe `json:"early"` // leaves so long after joining, loaded or not
	Ghost   Maybe `json:"ghost"` // the server hears of the leaving so much later
	Receipt struct {
		LostAnswer Share `json:"lostAnswer"` // the decision is lost: the purchase is offered again
		Twice      Share `json:"twice"`      // it is offered twice at the same time
	} `json:"receipt"`
}

// Maybe is something that happens with a chance, and how long it takes then.
type Maybe struct {
	Chance Share `json:"chance"`
	Gap    Dist  `json:"gap"`
}

// Hazards are what happens to game servers by chance, each server by itself.
type Hazards struct {
	Crash    Hazard `json:"crash"`    // it ends without a word; another one starts in its place
	Shutdown Hazard `json:"shutdown"` // it closes, as for an update
	Freeze   Hazard `json:"freeze"`   // nothing in it runs for a while
	Restart  Span   `json:"restart"`  // until another server is there
	Skew     Span   `json:"skew"`     // its clock is wrong by up to so much, either way
	Drift    int    `json:"drift"`    // and goes wrong by up to so many millionths
}

// Hazard strikes each server at a mean interval.
type Hazard struct {
	Mean  Span `json:"mean"`
	Lasts Dist `json:"lasts"`
}

// Event is something that happens at a time. Exactly one of the fields after Within is set.
type Event struct {
	At     Span `json:"at"`
	Lasts  Span `json:"lasts,omitempty"`
	Within Span `json:"within,omitempty"`
	By     Span `json:"by,omitempty"` // of skew

	Crash    string `json:"crash,omitempty"`    // a server's name, or "*"
	Shutdown string `json:"shutdown,omitempty"` // the same
	Freeze   string `json:"freeze,omitempty"`
	Skew     string `json:"skew,omitempty"`
	Deploy   string `json:"deploy,omitempty"` // a build: servers close one by one and come back
	Leave    int    `json:"leave,omitempty"`  // so many players leave
	Join     int    `json:"join,omitempty"`   // so many further players join
	Heal     bool   `json:"heal,omitempty"`   // all faults end for good
	Save     bool   `json:"save,omitempty"`   // every player is saved at once
	Mark     string `json:"mark,omitempty"`   // that faults can be made to wait for
}

// Explore makes worlds of a scenario systematically instead of by chance.
type Explore struct {
	// At is what happens at each point in turn: "crash", "lostRequest", "lostReply", "lateCommit",
	// "threadDies".
	At     []string `json:"at"`
	Server string   `json:"server,omitempty"` // whose points; "" means the first
	From   string   `json:"from,omitempty"`   // a mark; "" means the beginning
	To     string   `json:"to,omitempty"`     // a mark; "" means the horizon
}

// Dist is a distribution of lengths of time, as faults.ParseDistribution reads it. The zero value
// is always 0.
type Dist struct {
	text  string
	table faults.Distribution
}

// MarshalJSON writes the text it was read from.
func (d Dist) MarshalJSON() ([]byte, error) { return json.Marshal(d.text) }

// UnmarshalJSON reads a text such as "lognormal(p50=8m,p99=90m)", or a plain length of time.
func (d *Dist) UnmarshalJSON(text []byte) error {
	var value any
	if err := json.Unmarshal(text, &value); err != nil {
		return err
	}
	if span, err := spanOf(value); err == nil {
		if span < 0 {
			return fmt.Errorf("got %v, want no negative time", span)
		}
		*d = Dist{span.String(), faults.Constant(span)}
		return nil
	}
	name, isText := value.(string)
	if !isText || name == "" {
		*d = Dist{}
		return nil
	}
	table, err := faults.ParseDistribution(name)
	*d = Dist{name, table}
	return err
}

// at is the value below which u of 2^32 cases lie.
func (d Dist) at(u uint32) time.Duration {
	if d.text == "" {
		return 0
	}
	return d.table.At(u)
}

func constant(d time.Duration) Dist { return Dist{d.String(), faults.Constant(d)} }

// newPlan has what a scenario need not say.
func newPlan() Plan {
	plan := Plan{
		Format: 1, Servers: 1, Limits: emulator.DefaultProfile().Name,
		Horizon: Span(10 * time.Minute), Drain: Span(5 * time.Minute),
		Deadline: Span(30 * time.Second), Confidence: 0.95, Worlds: 1,
	}
	plan.Players.Session = constant(spanMax)
	plan.Players.Away = constant(10 * time.Second)
	plan.Hazards.Restart = Span(20 * time.Second)
	return plan
}

// canonical is the plan as one text.
func (p *Plan) canonical() json.RawMessage {
	text, err := json.Marshal(p)
	if err != nil {
		panic("scenarios: a plan cannot be written down: " + err.Error())
	}
	return text
}

// hashOf names a text.
func hashOf(texts ...string) string {
	sum := sha256.New()
	for _, text := range texts {
		fmt.Fprintf(sum, "%d:%s", len(text), text)
	}
	return hex.EncodeToString(sum.Sum(nil))[:16]
}

// validate finds what cannot be run.
func (p *Plan) validate() error {
	limits := []struct {
		name      string
		got       int
		low, high int
	}{
		{"servers", p.Servers, 1, 100}, {"players.count", p.Players.Count, 0, 10_000},
		{"worlds", p.Worlds, 1, 10_000_000}, {"players.size", p.Players.Size, 0, 1 << 20},
	}
	for _, l := range limits {
		if l.got < l.low || l.got > l.high {
			return fmt.Errorf("%s: got %d, want %d to %d", l.name, l.got, l.low, l.high)
		}
	}
	err := negative("", map[string]Span{
		"warmup": p.Warmup, "horizon": p.Horizon, "linger": p.Linger, "drain": p.Drain,
		"deadline": p.Deadline, "probe": p.Probe, "players.saves": p.Players.Saves,
		"players.spread": p.Players.Spread, "hazards.restart": p.Hazards.Restart,
		"hazards.skew": p.Hazards.Skew, "hazards.crash.mean": p.Hazards.Crash.Mean,
		"hazards.shutdown.mean": p.Hazards.Shutdown.Mean,
		"hazards.freeze.mean":   p.Hazards.Freeze.Mean,
	})
	if err != nil {
		return err
	}
	if err := p.validateHaste(); err != nil {
		return err
	}
	if err := checkBug(p.System.Broken); err != nil {
		return fmt.Errorf("system.%w", err)
	}
	_, err = strconv.ParseUint(p.Seed, 16, 64)
	if p.Seed != "" && (err != nil || p.Worlds != 1) {
		return fmt.Errorf("seed: got %q and %d worlds, want up to 16 hexadecimal digits and "+
			"1 world", p.Seed, p.Worlds)
	}
	switch {
	case p.Name == "":
		return fmt.Errorf("name: got none, want one")
	case p.System.Adapter == "" && p.Script == "":
		return fmt.Errorf("system.adapter: got none, want a file or one of %s", adapterNames())
	case p.Deadline == 0:
		return fmt.Errorf("deadline: got 0, want the time that a save may take")
	case p.Horizon == 0:
		return fmt.Errorf("horizon: got 0, want the time that players have")
	case p.Warmup >= p.Horizon:
		return fmt.Errorf("warmup: got %v, want less than the horizon of %v",
			time.Duration(p.Warmup), time.Duration(p.Horizon))
	case !(p.Confidence > 0.5 && p.Confidence < 1):
		return fmt.Errorf("confidence: got %v, want more than 0.5 and less than 1", p.Confidence)
	}
	if _, err := emulator.ProfileNamed(p.Limits); err != nil {
		return fmt.Errorf("limits: %w", err)
	}
	rules, err := p.rules()
	if err != nil {
		return fmt.Errorf("faults: %w", err)
	}
	if err := p.validateOutside(rules); err != nil {
		return err
	}
	if _, err := verdict.ParseClaims(p.Claims); err != nil {
		return fmt.Errorf("claims: %w", err)
	}
	if err := p.validateExplore(); err != nil {
		return err
	}
	return p.validateEvents()
}

// validateOutside finds kinds that cannot hit, which would say nothing.
func (p *Plan) validateOutside(rules faults.Plan) error {
	kinds := []string{"crash", "shutdown", "freeze", "skew"}
	for _, rule := range rules {
		kinds = append(kinds, string(rule.Kind))
	}
	for i, kind := range p.Outside {
		if !slices.Contains(kinds, kind) {
			return fmt.Errorf("outside[%d]: got %q, want a kind of the plan's faults%s",
				i+1, kind, suggest.Hint(kind, kinds))
		}
	}
	return nil
}

// hasteMin is the least time between two deeds of one kind: a world in which they come faster would
// have no end.
const hasteMin = 100 * time.Millisecond

func (p *Plan) validateHaste() error {
	deeds := []struct {
		name  string
		every time.Duration
	}{
		{"players.saves", time.Duration(p.Players.Saves)},
		{"players.changes", p.Players.Changes.Every},
		{"players.purchases", p.Players.Purchases.Every},
		{"players.trades", p.Players.Trades.Every},
		{"probe", time.Duration(p.Probe)},
		{"hazards.crash.mean", time.Duration(p.Hazards.Crash.Mean)},
		{"hazards.shutdown.mean", time.Duration(p.Hazards.Shutdown.Mean)},
		{"hazards.freeze.mean", time.Duration(p.Hazards.Freeze.Mean)},
	}
	for _, d := range deeds {
		if d.every > 0 && d.every < hasteMin {
			return fmt.Errorf("%s: got one every %v, want one every %v or fewer",
				d.name, d.every, hasteMin)
		}
	}
	return nil
}

// negative refuses times below 0, of which names say where they are.
func negative(at string, spans map[string]Span) error {
	for _, name := range sortedKeys(spans) {
		if spans[name] < 0 {
			return fmt.Errorf("%s%s: got %v, want no negative time",
				at, name, time.Duration(spans[name]))
		}
	}
	return nil
}

// hasServer reports whether a server can have a name, in its first life or a later one.
func (p *Plan) hasServer(name string) bool {
	for place := range p.Servers {
		later, ok := strings.CutPrefix(name, "server-"+numeral(place+1))
		if ok && (later == "" || len(later) == 1 && later >= "a" && later <= "z") {
			return true
		}
	}
	return false
}

func (p *Plan) validateEvents() error {
	for i, e := range p.Events {
		err := negative(fmt.Sprintf("events[%d].", i+1),
			map[string]Span{"at": e.At, "lasts": e.Lasts, "within": e.Within})
		if err != nil {
			return err
		}
		if end := p.Horizon + p.Linger + p.Drain; e.At > end {
			return fmt.Errorf("events[%d].at: got %v, want no more than the %v that a world has",
				i+1, time.Duration(e.At), time.Duration(end))
		}
		for _, server := range []string{e.Crash, e.Shutdown, e.Freeze, e.Skew} {
			if server != "" && server != "*" && !p.hasServer(server) {
				return fmt.Errorf(`events[%d]: got the server %q, want "server-1" to "server-%d", `+
					`or "*"`, i+1, server, p.Servers)
			}
		}
		set := 0
		for _, is := range []bool{
			e.Crash != "", e.Shutdown != "", e.Freeze != "", e.Skew != "", e.Deploy != "",
			e.Leave > 0, e.Join > 0, e.Heal, e.Save, e.Mark != "",
		} {
			if is {
				set++
			}
		}
		if set != 1 {
			return fmt.Errorf("events[%d]: got %d deeds, want one of crash, shutdown, freeze, "+
				"skew, deploy, leave, join, heal, save, mark", i+1, set)
		}
		if e.Deploy != "" && p.System.Builds[e.Deploy] == nil {
			return fmt.Errorf("events[%d].deploy: got the build %q, want one of system.builds",
				i+1, e.Deploy)
		}
		if e.Freeze != "" && e.Lasts <= 0 {
			return fmt.Errorf("events[%d].freeze: got no lasts, want how long", i+1)
		}
	}
	return nil
}

// rules are the plan's faults.
func (p *Plan) rules() (faults.Plan, error) {
	if len(p.Faults) == 0 || string(p.Faults) == "null" {
		return nil, nil
	}
	return faults.Parse(p.Faults)
}
