package control_test

import (
	"bufio"
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"savestone/emulator/control"
	"savestone/emulator/universe"
)

const requestsPath = "/_savestone/requests"

func TestTheLogTellsWhatBecameOfRequests(t *testing.T) {
	w := one(t)
	w.must("POST", cloud+"?id=a%2Fb", `{"value":5}`, "x-api-key", "secret")
	w.must("POST", faultsPath, `{"id":"mine","kind":"lostReply","ops":"put","server":"job-1"}`)
	w.play(`{"method":"SetAsync",` + coins + `,"key":"k","value":1}`)
	w.send("GET", "/cloud/v2/universes/1/odd", "")
	log := into[control.RequestLog](w, "GET", requestsPath, "")
	require.Len(t, log.Requests, 3)
	created := log.Requests[0]
	require.Equal(t, []any{"open-cloud", "POST", "/cloud/v2/universes/1/data-stores/Coins/entries", 200, "put",
		"standard", "Coins", "global", "a/b"}, []any{created.Origin, created.Method, created.Path, created.Status,
		created.Op, created.Kind, created.Store, created.Scope, created.Key})
	require.NotEmpty(t, created.Version)
	require.Equal(t, int64(len(`{"value":5}`)), created.Received)
	set := log.Requests[1]
	require.Equal(t, []any{"job-1", "SetAsync", "", 500, "put", "k"},
		[]any{set.Origin, set.Method, set.Path, set.Status, set.Op, set.Key})
	require.Equal(t, []control.Hit{{Rule: "mine", Kind: "lostReply", Class: "INFO"}}, set.Faults)
	require.Equal(t, 404, log.Requests[2].Status)
	require.Equal(t, uint64(3), log.Last)

	for query, want := range map[string]int{
		"?status=failed": 2, "?status=4xx": 1, "?status=200": 1, "?op=pu*": 2, "?key=a/*": 1, "?origin=job-*": 1,
		"?fault=*": 1, "?fault=other": 0, "?store=Coins&status=200": 1, "?limit=1": 1, "?universe=2": 0,
		"?method=SetAsync": 1, "?scope=global": 2,
	} {
		require.Len(t, into[control.RequestLog](w, "GET", requestsPath+query, "").Requests, want, query)
	}
	require.NotContains(t, w.must("GET", requestsPath, ""), "secret")
}

func TestTheLogForgetsTheOldest(t *testing.T) {
	w := newWorld(t, control.Options{LogEntries: 3}, universe.Options{Only: 1})
	for range 5 {
		w.must("GET", "/cloud/v2/universes/1/data-stores", "")
	}
	log := into[control.RequestLog](w, "GET", requestsPath, "")
	require.Equal(t, uint64(5), log.Last)
	require.Equal(t, uint64(3), log.Requests[0].ID)
	require.Len(t, log.Requests, 3)
}

// follow reads events until there are n, then leaves.
func follow(t *testing.T, url, lastID string, n int) (events []string, last string) {
	t.Helper()
	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	r, err := http.NewRequestWithContext(ctx, "GET", url+requestsPath+"/stream", http.NoBody)
	require.NoError(t, err)
	if lastID != "" {
		r.Header.Set("Last-Event-ID", lastID)
	}
	got, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer got.Body.Close()
	require.Equal(t, "text/event-stream", got.Header.Get("Content-Type"))
	lines := bufio.NewScanner(got.Body)
	for len(events) < n && lines.Scan() {
		text := lines.Text()
		if id, ok := strings.CutPrefix(text, "id: "); ok {
			last = id
		}
		if data, ok := strings.CutPrefix(text, "data: "); ok {
			events = append(events, data)
		}
	}
	require.Len(t, events, n)
	return events, last
}

func TestAStreamGoesOnWhereItBrokeOff(t *testing.T) {
	w := newWorld(t, control.Options{LogEntries: 4}, universe.Options{Only: 1})
	server := httptest.NewServer(w)
	defer server.Close()
	defer w.Close()
	ask := func(key string) { w.send("GET", cloud+"/"+key, "") }
	ask("before")
	ids := make(chan string)
	go func() {
		events, last := follow(t, server.URL, "", 1)
		require.Contains(t, events[0], `"key":"first"`)
		ids <- last
	}()
	require.Eventually(t, func() bool {
		return strings.Contains(w.must("GET", "/_savestone/metrics", ""), "savestone_log_followers 1")
	}, eventually, tick)
	ask("first")
	last := <-ids
	ask("second")
	ask("third")
	events, _ := follow(t, server.URL, last, 2)
	require.Contains(t, events[0], `"key":"second"`)
	require.Contains(t, events[1], `"key":"third"`)

	for _, key := range []string{"4", "5", "6", "7"} {
		ask(key)
	}
	events, _ = follow(t, server.URL, last, 5)
	require.Equal(t, `{"count":2}`, events[0], "the log has forgotten two")
	require.Contains(t, events[1], `"key":"4"`)
	require.Contains(t, w.must("GET", "/_savestone/metrics", ""), "savestone_log_dropped_total 2")

	events, _ = follow(t, server.URL, "anotherrun.99", 5)
	require.Contains(t, events[0], `{"count":4}`)
}

func TestAStreamEndsWithTheServer(t *testing.T) {
	w := one(t)
	server := httptest.NewServer(w)
	defer server.Close()
	got, err := http.Get(server.URL + requestsPath + "/stream?status=failed")
	require.NoError(t, err)
	defer got.Body.Close()
	w.Close()
	for lines := bufio.NewScanner(got.Body); lines.Scan(); {
		require.NotContains(t, lines.Text(), "data")
	}
}

func TestAStreamOfAClosedServerEndsAtOnce(t *testing.T) {
	w := one(t)
	w.Close()
	require.Equal(t, "retry: 1000", w.must("GET", requestsPath+"/stream", ""))
	require.Equal(t, 400, w.send("GET", requestsPath+"/stream", "", "Last-Event-ID", "odd").status)
}

func TestMetricsCount(t *testing.T) {
	w := one(t)
	w.must("POST", faultsPath, `{"kind":"lostRequest","ops":"put"}`)
	w.send("POST", cloud+"?id=k", `{"value":5}`)
	w.play(`{"method":"GetAsync",` + coins + `,"key":"k"}`)
	text := w.must("GET", "/_savestone/metrics", "")
	for _, want := range []string{
		`savestone_requests_total{op="put",origin="open-cloud",status="500",universe="1"} 1`,
		`savestone_requests_total{op="get",origin="server",status="200",universe="1"} 1`,
		`savestone_faults_total{kind="lostRequest",universe="1"} 1`,
		`savestone_request_duration_seconds_count{op="put"} 1`,
		`savestone_budget_used{type="StandardRead",universe="1"} 1`,
		`savestone_servers{universe="1"} 1`, `savestone_clock_rate{universe="1"} 1`, "go_goroutines ",
	} {
		require.Contains(t, text, want)
	}
}
