package control

import (
	"context"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/mux"

	"savestone/emulator"
	"savestone/emulator/opencloud"
	"savestone/emulator/universe"
)

// Options adjust a Handler.
type Options struct {
	Universes *universe.Universes // required

	// OpenCloud is what the API of each universe is like; its Service, Clock, MemoryStores and
	// UniverseID are set here.
	OpenCloud opencloud.Options

	Token      string // who shows it is let in to the control API; "" lets everybody in
	LogEntries int    // how many requests are remembered; 0 means 10,000

	Version string // of the program, for the curious, like what follows
	PID     int

	_ struct{}
}

// Base is where the control API is. Base/v1 is the same, for clients that are shipped apart from
// this program: a later form of the API will leave it as it is.
const Base = "/_savestone"

// Handler answers Open Cloud for all universes, and the control API. It is safe for concurrent use.
type Handler struct {
	options Options
	router  *mux.Router // of the control API
	door    *opencloud.Handler
	log     *log
	metrics *metrics
	started time.Time
	run     string // tells this run of the server from others

	mu    sync.Mutex
	cloud map[int64]*opencloud.Handler // by universe
}

// New returns a Handler.
func New(o Options) *Handler {
	h := &Handler{
		options: o, cloud: map[int64]*opencloud.Handler{}, log: newLog(o.LogEntries),
		started: emulator.Wall{}.Now(),
	}
	h.run = strconv.FormatInt(h.started.UnixMilli(), 36)
	h.metrics = newMetrics(h)
	closed := o.OpenCloud
	closed.UniverseID, closed.Service = o.Universes.Only(), closedService{}
	h.door = opencloud.New(closed)
	h.router = mux.NewRouter().UseEncodedPath().SkipClean(true)
	for _, r := range routes() {
		h.router.HandleFunc(Base+r.path, h.serve(r)).Methods(r.method).Name(r.name)
	}
	h.router.NotFoundHandler = refuseRoute(http.StatusNotFound, "there is no such route")
	h.router.MethodNotAllowedHandler = refuseRoute(http.StatusMethodNotAllowed,
		"the route has no such method")
	return h
}

// Close ends what would go on for ever: streams of the log. It is to be called when the server
// begins to shut down.
func (h *Handler) Close() { h.log.close() }

// profile is the name of the limits that are held.
func (h *Handler) profile() string { return h.options.Universes.Profile().Name }

// ServeHTTP answers a request.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if path, ours := strings.CutPrefix(r.URL.EscapedPath(), Base); ours &&
		(path == "" || path[0] == '/') {
		h.router.ServeHTTP(w, withoutVersion(r))
		return
	}
	u, err := h.universeOf(r)
	switch {
	case err != nil:
		unavailable(w, err)
	case u == nil:
		h.door.ServeHTTP(w, r)
	default:
		h.observe(w, r, u, h.cloudFor(u).ServeHTTP, nil)
	}
}

// withoutVersion drops the version from the path of a request.
func withoutVersion(r *http.Request) *http.Request {
	path := r.URL.EscapedPath()
	rest, versioned := strings.CutPrefix(path, Base+"/v1")
	if path == Base {
		rest, versioned = "/", true
	}
	if !versioned || rest != "" && rest[0] != '/' {
		return r
	}
	clean := r.Clone(r.Context())
	clean.URL.Path = Base + strings.TrimPrefix(strings.TrimPrefix(r.URL.Path, Base), "/v1")
	clean.URL.RawPath = Base + rest
	if rest == "/" {
		clean.URL.Path, clean.URL.RawPath = Base+"/", Base+"/"
	}
	return clean
}

// universePart is where an address of Open Cloud names its universe.
var universePart = regexp.MustCompile(`(?i)/universes/+([0-9]+)(?:[/:?]|$)`)

// universeOf returns the universe that a request to Open Cloud is for; nil if there is none or its
// sender is not let in, which the door says in the right words: only for who is let in a universe
// comes to be.
func (h *Handler) universeOf(r *http.Request) (*universe.Universe, error) {
	all := h.options.Universes
	id := all.Only()
	if id == 0 {
		found := universePart.FindStringSubmatch(r.URL.EscapedPath())
		if found == nil {
			return nil, nil
		}
		var err error
		if id, err = strconv.ParseInt(found[1], 10, 64); err != nil || id <= 0 {
			return nil, nil
		}
		if !h.door.Admits(r, id) {
			return nil, nil
		}
	}
	return all.Open(r.Context(), id)
}

// cloudFor returns the API of a universe.
func (h *Handler) cloudFor(u *universe.Universe) *opencloud.Handler {
	h.mu.Lock()
	defer h.mu.Unlock()
	cloud := h.cloud[u.ID]
	if cloud == nil {
		o := h.options.OpenCloud
		o.UniverseID = u.ID
		o.Service, o.Clock, o.MemoryStores = u.Service, u.Clock, u.MemoryStores
		cloud = opencloud.New(o)
		h.cloud[u.ID] = cloud
	}
	return cloud
}

// unavailable answers for a universe that cannot be opened, in the gateway's form (O3).
func unavailable(w http.ResponseWriter, err error) {
	w.Header().Set("Content-Type", typeJSON)
	w.Header().Set("Savestone-Reason", headerText(err.Error()))
	w.WriteHeader(http.StatusServiceUnavailable)
	w.Write([]byte(`{"errors":[{"code":0,"message":"Service Unavailable"}]}`))
}

// closedService answers for the door, which no request should get past.
type closedService struct{}

// Do implements emulator.Service.
func (closedService) Do(context.Context, emulator.Request) (emulator.Result, error) {
	return emulator.Result{}, emulator.ErrClosed
}
