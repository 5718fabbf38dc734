package control

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// route is one thing that a client can do.
type route struct {
	name    string
	method  string
	path    string // after Base
	summary string
	public  bool // needs no token

	query []parameter
	in    any // a value of the body's type, nil if there is none
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
	all = append(all, serverRoutes()...)
	return all
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
