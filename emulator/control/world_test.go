package control_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"savestone/emulator"
	"savestone/emulator/control"
	"savestone/emulator/universe"
)

// start is when the tests' time begins.
var start = time.Date(2026, 3, 14, 9, 26, 53, 0, time.UTC)

// standing is a clock that stands until a test moves it; who sleeps on it waits for their context.
type standing struct {
	mu  sync.Mutex
	now time.Time
}

func (c *standing) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *standing) Sleep(ctx context.Context, d time.Duration) error {
	if d > 0 {
		<-ctx.Done()
	}
	return ctx.Err()
}

// pass lets time go on.
func (c *standing) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// world is a running server.
type world struct {
	*control.Handler
	t    *testing.T
	wall *standing
	all  *universe.Universes
}

func newWorld(t *testing.T, o control.Options, u universe.Options) *world {
	w := &world{t: t, wall: &standing{now: start}}
	u.Clock = w.wall
	if u.Path == "" {
		u.Path = emulator.InMemory
	}
	w.all = universe.New(u)
	o.Universes = w.all
	w.Handler = control.New(o)
	t.Cleanup(func() {
		require.NoError(t, w.all.Close())
	})
	return w
}

// one is a world with one universe.
func one(t *testing.T) *world {
	return newWorld(t, control.Options{}, universe.Options{Only: 1})
}

// answer is what a request came to.
type answer struct {
	status int
	header http.Header
	body   string
}

// send sends a request; pairs are headers.
func (w *world) send(method, target, body string, pairs ...string) answer {
	w.t.Helper()
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	r = r.WithContext(w.t.Context())
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(pairs); i += 2 {
		r.Header.Set(pairs[i], pairs[i+1])
	}
	memo := httptest.NewRecorder()
	w.ServeHTTP(memo, r)
	got := answer{memo.Code, memo.Header(), memo.Body.String()}
	checkContract(w.t, r, got)
	return got
}

// must is send for a request that succeeds; it returns the body.
func (w *world) must(method, target, body string, pairs ...string) string {
	w.t.Helper()
	got := w.send(method, target, body, pairs...)
	require.Equal(w.t, 2, got.status/100, "%s %s: %d %s", method, target, got.status, got.body)
	return strings.TrimSpace(got.body)
}

// into is must for an answer that is read.
func into[T any](w *world, method, target, body string) T {
	w.t.Helper()
	var value T
	require.NoError(w.t, json.Unmarshal([]byte(w.must(method, target, body)), &value))
	return value
}

const (
	servers = "/_savestone/servers"
	job     = "/_savestone/v1/servers/job-1/datastore"
	coins   = `"store":{"name":"Coins"}`
	points  = `"store":{"name":"Points","kind":"ordered"}`
	cloud   = "/cloud/v2/universes/1/data-stores/Coins/entries"
)
