package opencloud

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/gorilla/mux"

	"savestone/emulator"
	"savestone/emulator/memorystore"
)

// Options adjust a Handler; but for Service, the zero value is Roblox's default without keys.
type Options struct {
	Service emulator.Service // required: where data store requests go
	Clock   emulator.Clock   // emulator.Wall{} if nil

	// MemoryStores is what the universe's game servers share; with nil, memory stores are answered
	// with 501.
	MemoryStores *memorystore.Universe
	// Publish sends a message to the universe's game servers; nil means that there are none.
	Publish func(topic, message string) error

	UniverseID int64 // the only one there is; 0 means that every id names it
	Auth       Auth
	Keys       []Key // that KeysOnly lets in
	Unlimited  bool  // no rate limits of this API's own are held

	// Loose takes what clients were seen to get wrong: bodies without content type, and user ids
	// as 1,2 instead of [1,2] (O12).
	Loose bool
	// DeletedIsEmpty answers v1 reads of a deleted entry with 204, as the description says (O16).
	DeletedIsEmpty bool
	// FilterPaths matches filters of v2 listings of all scopes with scope/id (O25).
	FilterPaths bool
	// CreateScope asks updates that may create for the permission to create, too (OU9).
	CreateScope bool

	// Done is told of each request that was answered, and Panicked of what failed without a word,
	// with the stack; both from many goroutines at once. nil tells nobody.
	Done     func(Exchange)
	Panicked func(what any, stack []byte)

	_ struct{}
}

// Handler answers the API. It is safe for concurrent use.
type Handler struct {
	options Options
	router  *mux.Router
	direct  map[string]*mux.Router // the routes of a method: looking through the others takes time

	traces  atomic.Uint64 // answers that needed an id
	mu      sync.Mutex    // guards what follows
	meters  map[string]*meter
	flushes [2]int // operations begun, by memorystore.ScopeID
}

// New returns a Handler.
func New(o Options) *Handler {
	if o.Clock == nil {
		o.Clock = emulator.Wall{}
	}
	h := &Handler{options: o, direct: map[string]*mux.Router{}, meters: map[string]*meter{}}
	h.router = mux.NewRouter().UseEncodedPath().SkipClean(true)
	for _, r := range routes() {
		h.router.HandleFunc(r.path, h.serve(r)).Methods(r.method).Name(r.name)
		if h.direct[r.method] == nil {
			h.direct[r.method] = mux.NewRouter().UseEncodedPath().SkipClean(true)
			h.direct[r.method].NotFoundHandler = h.router // which tells 404 from 405
		}
		h.direct[r.method].HandleFunc(r.path, h.serve(r))
	}
	h.router.NotFoundHandler = h.unknown()
	h.router.MethodNotAllowedHandler = h.refuse(http.StatusMethodNotAllowed,
		"MethodNotAllowed", "the route has no such method")
	return h
}

// What a request may be at most, besides its body.
const (
	urlBytesMax    = 16 << 10
	headerBytesMax = 32 << 10
)

// ServeHTTP answers a request.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	size := 0
	for name, values := range r.Header {
		for _, value := range values {
			size += len(name) + len(value)
		}
	}
	switch {
	case len(r.URL.EscapedPath())+len(r.URL.RawQuery) > urlBytesMax:
		h.refuse(http.StatusRequestURITooLong, "URI too long",
			fmt.Sprintf("an address has at most %d bytes", urlBytesMax))(w, r)
	case size > headerBytesMax:
		h.refuse(http.StatusRequestHeaderFieldsTooLarge, "Headers too large",
			fmt.Sprintf("headers have at most %d bytes", headerBytesMax))(w, r)
	default:
		h.route(r.Method).ServeHTTP(w, readdressed(r))
	}
}

// route returns what knows the routes of a method.
func (h *Handler) route(method string) *mux.Router {
	if router := h.direct[method]; router != nil {
		return router
	}
	return h.router
}

// refuse answers as the gateway does that stands before all routes.
func (h *Handler) refuse(status int, message, reason string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		began := emulator.Wall{}.Now()
		f := &failure{gateway: status, message: message, reason: reason}
		c := &call{handler: h, http: r, route: &route{family: cloudV2}}
		answer := c.explain(f)
		if status == http.StatusMethodNotAllowed {
			answer.set("Allow", strings.Join(h.methods(r), ", "))
		}
		c.finish(w, answer, began)
	}
}

// foreign is where Roblox answers with what is not emulated here: the other services, the settings
// for the right to be forgotten (O47) and the rest of v2.
var foreign = regexp.MustCompile(`^/(creator-configs-public-api|api-keys|assets|universes|oauth|` +
	`legacy-[a-z-]+|cloud/v2/(users|groups|assets|universes/[0-9]+$|universes/[0-9]+/(places|` +
	`user-restrictions|subscription-products|notifications)))`)

// unknown refuses what is in no table of routes.
func (h *Handler) unknown() http.HandlerFunc {
	nobodys := h.refuse(http.StatusNotFound, "NotFound", "there is no such route")
	robloxs := h.refuse(http.StatusNotImplemented, "NotImplemented",
		"savestone does not emulate this part of Open Cloud")
	return func(w http.ResponseWriter, r *http.Request) {
		if foreign.MatchString(r.URL.Path) {
			robloxs(w, r)
			return
		}
		nobodys(w, r)
	}
}

// methods returns those that there are for the address of a request.
func (h *Handler) methods(r *http.Request) []string {
	var all []string
	for _, method := range []string{get, post, patch, remove} {
		other := r.Clone(r.Context())
		other.Method = method
		if match := (mux.RouteMatch{}); h.router.Match(other, &match) && match.MatchErr == nil {
			all = append(all, method)
		}
	}
	return all
}

// call is a request being answered.
type call struct {
	handler  *Handler
	http     *http.Request
	route    *route
	vars     map[string]string // parts of the path, decoded
	query    url.Values
	body     []byte
	universe int64
	key      *Key
	quota    []reading // what is left of the limits that the request counts in
}

func (h *Handler) serve(route *route) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c, began := &call{handler: h, http: r, route: route}, emulator.Wall{}.Now()
		answer, err := c.recovered(c.answer)
		if err != nil {
			answer = c.explain(err)
		}
		c.countRead(len(answer.body))
		c.tellQuota(&answer)
		c.finish(w, answer, began)
	}
}

// answer goes the way that every request takes: who asks, how often, what for.
func (c *call) answer() (response, error) {
	for _, step := range []func() error{
		c.identify, c.readAddress, c.authorize, c.count, c.readBody, c.countWrite,
	} {
		if err := step(); err != nil {
			return response{}, err
		}
	}
	return c.route.run(c)
}

// do sends a request to the Service, in the name of the key's owner.
func (c *call) do(req emulator.Request) (emulator.Result, error) {
	req.Server = "open-cloud"
	if c.key != nil && c.key.Owner != "" {
		req.Server += ":" + c.key.Owner
	}
	return c.handler.options.Service.Do(c.context(), req)
}

func (c *call) context() context.Context { return c.http.Context() }
