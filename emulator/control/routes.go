package control

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"savestone/emulator"
)

// route is one thing that a client can do.
type route struct {
	name    string
	method  string
	path    string // after Base
	summary string
	public  bool // needs no token

	query []parameter
	in    any // a value of the body's type, nil if there is none; the description tells of it
	out   any // a value of the answer's type, nil if it is empty; a media is not JSON

	run func(*call) (any, error) // nil with no error: the answer is written, or empty
}

// parameter is one of a route's query.
type parameter struct{ name, summary string }

// media stands for an answer that is not JSON.
type media string

var inUniverse = parameter{"universe", "id of the universe; it can be left out where there is one"}

const (
	get    = http.MethodGet
	post   = http.MethodPost
	patch  = http.MethodPatch
	remove = http.MethodDelete
)

// routes is the table of all there is.
func routes() []*route {
	var all []*route
	all = append(all, wholeRoutes()...)
	all = append(all, faultRoutes()...)
	all = append(all, clockRoutes()...)
	all = append(all, serverRoutes()...)
	all = append(all, stateRoutes()...)
	return append(all, requestRoutes()...)
}

// wholeRoutes are about the server as a whole.
func wholeRoutes() []*route {
	return []*route{
		{name: "Page", method: get, path: "/", out: media("text/html"), public: true,
			summary: "this API for people to read", run: (*call).page},
		{name: "OpenAPI", method: get, path: "/openapi.json", out: media(typeJSON), public: true,
			summary: "this API for programs to read", run: (*call).openAPI},
		{name: "Health", method: get, path: "/health", out: Health{}, public: true,
			summary: "the server answers", run: (*call).health},
		{name: "Ready", method: get, path: "/ready", out: Ready{}, public: true,
			summary: "the server's data can be used; 503 if not", run: (*call).ready},
		{name: "Status", method: get, path: "/status", out: Status{},
			query:   []parameter{{"usage", "true measures what the data takes of its room"}},
			summary: "the server and its universes at a glance", run: (*call).status},
		{name: "Metrics", method: get, path: "/metrics", out: media("text/plain"),
			summary: "figures for Prometheus", run: (*call).showMetrics},
	}
}

func faultRoutes() []*route {
	const all, one = "/faults", "/faults/{rule:.+}"
	about := []parameter{inUniverse}
	return []*route{
		{name: "ListFaults", method: get, path: all, query: about, out: FaultList{},
			summary: "the rules by which requests fail, and what they hit",
			run:     (*call).listFaults},
		{name: "AddFaults", method: post, path: all, query: about, in: FaultPlan{},
			out: FaultList{}, summary: "let requests fail by a rule, a preset, or a list of them",
			run: (*call).addFaults},
		{name: "ListPresets", method: get, path: all + "/presets", out: PresetList{},
			summary: "rules that have a name together", run: (*call).listPresets},
		{name: "SwitchFault", method: patch, path: one, query: about, in: FaultSwitch{},
			out: Fault{}, summary: "turn a rule on or off", run: with((*call).switchFault)},
		{name: "RemoveFault", method: remove, path: one, query: about,
			summary: "take a rule away", run: (*call).removeFault},
		{name: "ClearFaults", method: remove, path: all, query: about, out: FaultsCleared{},
			summary: "take all rules away", run: (*call).clearFaults},
	}
}

func clockRoutes() []*route {
	all := []*route{
		{name: "GetClock", method: get, path: "", summary: "the universe's clock",
			run: clock(func(*emulator.TravelClock) error { return nil })},
		{name: "FreezeClock", method: post, path: "/freeze", summary: "stop the clock",
			run: always((*emulator.TravelClock).Freeze)},
		{name: "ResumeClock", method: post, path: "/resume",
			summary: "let the clock run as fast as real time, from where it stands",
			run:     always((*emulator.TravelClock).Resume)},
		{name: "RealClock", method: post, path: "/real",
			summary: "take the clock back to real time", run: always((*emulator.TravelClock).Real)},
		{name: "SetClock", method: post, path: "/set", in: ClockTarget{},
			summary: "take the clock to a time", run: with((*call).setClock)},
		{name: "AdvanceClock", method: post, path: "/advance", in: ClockAdvance{},
			summary: "take the clock ahead; who waits for the time between goes on",
			run:     with((*call).advanceClock)},
		{name: "RateClock", method: post, path: "/rate", in: ClockRate{},
			summary: "let the clock run at a rate", run: with((*call).rateClock)},
	}
	for _, r := range all {
		r.path, r.query, r.out = "/clock"+r.path, []parameter{inUniverse}, Clock{}
	}
	return all
}

func stateRoutes() []*route {
	const snapshots = "/state/snapshots"
	about := []parameter{inUniverse}
	return []*route{
		{name: "Data", method: post, path: "/data", query: about, in: DataRequest{},
			out: DataResult{}, summary: "do a data store operation that no fault and budget is for",
			run: with((*call).data)},
		{name: "ListSnapshots", method: get, path: snapshots, query: about, out: SnapshotList{},
			summary: "the copies of what is stored", run: (*call).listSnapshots},
		{name: "TakeSnapshot", method: post, path: snapshots, query: about, in: SnapshotName{},
			out: Done{}, summary: "keep a copy of what is stored", run: with((*call).takeSnapshot)},
		{name: "RemoveSnapshot", method: remove, path: snapshots + "/{snapshot}", query: about,
			summary: "throw a copy away", run: (*call).removeSnapshot},
		{name: "Restore", method: post, path: "/state/restore", query: about, in: SnapshotName{},
			out: Done{}, summary: "put back everything that is stored as it was in a snapshot",
			run: with((*call).restore)},
		{name: "Reset", method: post, path: "/state/reset", query: about, out: Done{},
			summary: "forget everything that is stored", run: (*call).reset},
		{name: "Export", method: get, path: "/state/export", query: about, out: media(typeLines),
			summary: "everything that is stored, a record on each line", run: (*call).export},
		{name: "Import", method: post, path: "/state/import", query: about, in: media(typeLines),
			out: Done{}, summary: "store what was exported, in place of the same stores and keys",
			run: (*call).importState},
	}
}

func requestRoutes() []*route {
	limited := append([]parameter{{"limit", "how many at most, the newest; 100 if left out"}},
		filterParameters...)
	stream := append([]parameter{{"lastEventId", "as the header Last-Event-ID"}},
		filterParameters...)
	return []*route{
		{name: "GetBudgets", method: get, path: "/budgets", out: Budgets{},
			query:   []parameter{inUniverse, {"keys", "how many keys to tell of; 10 if left out"}},
			summary: "how the limits stand", run: (*call).getBudgets},
		{name: "ListRequests", method: get, path: "/requests", query: limited, out: RequestLog{},
			summary: "the last requests of clients", run: (*call).listRequests},
		{name: "StreamRequests", method: get, path: "/requests/stream", query: stream,
			out:     media("text/event-stream"),
			summary: "requests as they are answered; Last-Event-ID goes on after that event",
			run:     (*call).streamRequests},
	}
}

func serverRoutes() []*route {
	const one = "/servers/{server}"
	about := []parameter{inUniverse}
	return []*route{
		{name: "ListServers", method: get, path: "/servers", query: about, out: ServerList{},
			summary: "the game servers that play in the universe", run: (*call).listServers},
		{name: "AddServer", method: post, path: "/servers", query: about, in: ServerSetup{},
			out: Server{}, summary: "let a game server join", run: with((*call).addServer)},
		{name: "GetServer", method: get, path: one, query: about, out: Server{},
			summary: "one game server, with its budgets", run: (*call).getServer},
		{name: "ChangeServer", method: patch, path: one, query: about, in: ServerChange{},
			out: Server{}, summary: "change players or access of a game server",
			run: with((*call).changeServer)},
		{name: "RemoveServer", method: remove, path: one, query: about,
			summary: "end a game server", run: (*call).removeServer},
		{name: "CallDataStore", method: post, path: one + "/datastore", query: about,
			in: DataStoreCall{}, out: DataStoreAnswer{},
			summary: "do one method of DataStoreService as this game server",
			run:     with((*call).callDataStore)},
	}
}

// has reports whether a route knows a parameter.
func (r *route) has(name string) bool {
	return slices.ContainsFunc(r.query, func(p parameter) bool { return p.name == name })
}

// parameterNames lists a route's parameters for a message.
func (r *route) parameterNames() string {
	if len(r.query) == 0 {
		return "none"
	}
	names := make([]string, len(r.query))
	for i, p := range r.query {
		names[i] = p.name
	}
	return fmt.Sprintf("any of %s", strings.Join(names, ", "))
}
