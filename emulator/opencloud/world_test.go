package opencloud

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"savestone/emulator"
	"savestone/emulator/memorystore"
)

// stillClock stands until it is told to go on.
type stillClock struct{ now time.Time }

func (c *stillClock) Now() time.Time { return c.now }

func (c *stillClock) Sleep(context.Context, time.Duration) error { return nil }

// testStart has digits below a millisecond, for times to show.
var testStart = time.Date(2026, 3, 14, 9, 26, 53, 589_793_200, time.UTC)

// world is a universe with a Handler in front.
type world struct {
	*Handler
	t        *testing.T
	clock    *stillClock
	emulator *emulator.Emulator
	sent     []string // messages, as topic: message
}

func newWorld(t *testing.T, o Options) *world {
	w := &world{t: t, clock: &stillClock{testStart}}
	if o.Service == nil {
		w.emulator = emulator.RunT(t, emulator.Options{Clock: w.clock})
		o.Service = w.emulator
	}
	o.Clock, o.UniverseID = w.clock, 1
	o.MemoryStores = memorystore.New(w.clock, memorystore.Options{})
	o.Publish = func(topic, message string) error {
		w.sent = append(w.sent, topic+": "+message)
		return nil
	}
	w.Handler = New(o)
	return w
}

// answer is what a request came to.
type answer struct {
	status int
	header http.Header
	body   string
}

// send sends a request; pairs are headers. A body is JSON unless a header says otherwise.
func (w *world) send(method, target, body string, pairs ...string) answer {
	w.t.Helper()
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(pairs); i += 2 {
		r.Header.Set(pairs[i], pairs[i+1])
	}
	memo := httptest.NewRecorder()
	w.ServeHTTP(memo, r)
	got := answer{memo.Code, memo.Header(), memo.Body.String()}
	checkContract(w.t, r, got)
	return got
}

// must is send for a request that must be answered with 200, and returns the body.
func (w *world) must(method, target, body string, pairs ...string) string {
	w.t.Helper()
	got := w.send(method, target, body, pairs...)
	require.Equal(w.t, http.StatusOK, got.status, "%s %s: %s", method, target, got.body)
	return got.body
}

const (
	v1      = "/datastores/v1/universes/1/standard-datastores"
	entryV1 = v1 + "/datastore/entries/entry"
	v2      = "/cloud/v2/universes/1"
	coins   = v2 + "/data-stores/Coins/entries"
	points  = v2 + "/ordered-data-stores/Points/scopes/global/entries"
	oldPts  = "/ordered-data-stores/v1/universes/1/orderedDataStores/Points/scopes/global/entries"
	queueV2 = v2 + "/memory-store/queues/Jobs/items"
	mapV2   = v2 + "/memory-store/sorted-maps/Best/items"
)
