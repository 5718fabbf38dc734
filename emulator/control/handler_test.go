package control_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"savestone/emulator"
	"savestone/emulator/control"
	"savestone/emulator/opencloud"
	"savestone/emulator/universe"
)

func TestAServerTellsHowItIs(t *testing.T) {
	w := newWorld(t, control.Options{Version: "1.2.3", PID: 42}, universe.Options{Only: 1, CCU: 5})
	w.must("GET", "/cloud/v2/universes/1/data-stores", "")
	require.Equal(t, `{"status":"ok"}`, w.must("GET", "/_savestone/health", ""))
	require.Equal(t, `{"ready":true,"universes":1}`, w.must("GET", "/_savestone/ready", ""))
	status := into[control.Status](w, "GET", "/_savestone/status", "")
	require.Equal(t, []any{"1.2.3", 42, "open", uint64(1), 5}, []any{status.Version, status.PID, status.Auth,
		status.Requests, status.Universes[0].Users})
	page := w.must("GET", "/_savestone/", "")
	require.Contains(t, page, "<code>/_savestone/faults/{rule}</code>")
	require.Equal(t, page, w.must("GET", "/_savestone", ""))
	require.Equal(t, page, w.must("GET", "/_savestone/v1/", ""))
	w.must("GET", "/_savestone/openapi.json", "")
	require.NoError(t, w.all.Close())
	require.Equal(t, 503, w.send("GET", "/_savestone/ready", "").status)
}

func TestTheControlAPITakesTheToken(t *testing.T) {
	w := newWorld(t, control.Options{Token: "t0ken", OpenCloud: opencloud.Options{
		Auth: opencloud.KeysOnly, Keys: []opencloud.Key{{Secret: "k3y", Scopes: []string{"*"}}},
	}}, universe.Options{})
	for _, public := range []string{"/health", "/ready", "/openapi.json", "/"} {
		w.must("GET", "/_savestone"+public, "")
	}
	for _, c := range []struct {
		header, value string
		want          int
	}{
		{"x-api-key", "t0ken", 200}, {"Authorization", "Bearer t0ken", 200}, {"x-api-key", "k3y", 401},
		{"Authorization", "t0ken", 401}, {"Authorization", "Bearer t0kens", 401}, {"Accept", "*/*", 401},
	} {
		for _, path := range []string{"/status", "/metrics", "/requests", "/v1/status"} {
			require.Equal(t, c.want, w.send("GET", "/_savestone"+path, "", c.header, c.value).status, "%v %s", c, path)
		}
	}
	require.Equal(t, 401, w.send("GET", "/cloud/v2/universes/7/data-stores", "").status)
	require.Empty(t, w.all.IDs(), "who is not let in makes no universe")
	w.must("GET", "/cloud/v2/universes/7/data-stores", "", "x-api-key", "k3y")
	require.Equal(t, []int64{7}, w.all.IDs())
}

func TestEachUniverseHasAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data.db")
	for _, want := range []string{"404", "200"} {
		w := newWorld(t, control.Options{}, universe.Options{Path: path})
		got := w.send("GET", "/cloud/v2/universes/7/data-stores/Coins/entries/k", "")
		require.Equal(t, want, fmt.Sprint(got.status))
		if want == "404" {
			w.must("POST", "/cloud/v2/universes/7/data-stores/Coins/entries?id=k", `{"value":1}`)
		}
		require.NoError(t, w.all.Close())
	}
	_, err := os.Stat(filepath.Join(filepath.Dir(path), "data-7.db"))
	require.NoError(t, err)
	w := newWorld(t, control.Options{}, universe.Options{Path: path})
	require.Equal(t, []int64{7}, w.all.IDs())
	require.Equal(t, "real", into[control.Clock](w, "GET", clockPath, "").Mode, "the one that has data")
}

func TestWhatCannotBeIsRefused(t *testing.T) {
	w := one(t)
	long := strings.Repeat("x", 200)
	for _, c := range []struct {
		method, path, body string
		status             int
		want               string
	}{
		{"GET", "/odd", "", 404, "GET /_savestone/odd: there is no such route"},
		{"GET", "/v2/status", "", 404, "there is no such route"},
		{"PUT", "/clock", "", 405, "the route has no such method"},
		{"GET", "/status?colour=1", "", 400, `got the parameter \"colour\", want any of usage`},
		{"GET", "/health?x=1", "", 400, `got the parameter \"x\", want none`},
		{"GET", "/status?usage=perhaps", "", 400, `got usage \"perhaps\", want true or false`},
		{"GET", "/clock?universe=x", "", 400, `got the universe \"x\", want a positive number`},
		{"GET", "/clock?universe=-1", "", 400, "want a positive number"},
		{"GET", "/clock?%zz", "", 400, "query: invalid URL escape"},
		{"POST", "/clock/freeze?universe=9", "", 404, "universe 9: there is no such universe"},
		{"POST", "/clock/set", `{"to":"noon"}`, 400, `got the time \"noon\", want one such as 2026`},
		{"POST", "/clock/set", `{"to":"1850-01-01T00:00:00Z"}`, 400, "want one from 1970 to 2199"},
		{"POST", "/clock/set", `{"to":5}`, 400, `got a number for \"to\", want a string`},
		{"POST", "/clock/set", ``, 400, "got nothing, want a JSON object with any of to"},
		{"POST", "/clock/advance", `{"by":"-1h"}`, 400, `got the duration \"-1h\", want one such as 30s`},
		{"POST", "/clock/advance", `{"by":"99999d"}`, 400, "want it to end before 2200"},
		{"POST", "/clock/advance", `{"by":"1d1x"}`, 400, "want one such as"},
		{"POST", "/clock/rate", `{"rate":0}`, 400, "got the rate 0, want more than 0 and at most 100000"},
		{"POST", "/clock/rate", `{"rate":"fast"}`, 400, `got a string for \"rate\", want a number`},
		{"POST", "/faults", ``, 400, "got nothing, want JSON: a rule such as"},
		{"POST", "/faults", `"odd"`, 400, `got the preset \"odd\", want one of`},
		{"POST", "/faults", `{"kind":"odd"}`, 400, `got the kind \"odd\"`},
		{"POST", "/faults", `{"kind":"lostReply","chance":2}`, 400, "want a share from 0 to 1"},
		{"POST", "/faults", `[{"id":"a","kind":"lostReply"},{"id":"a","kind":"lostReply"}]`, 400, "a second time"},
		{"PATCH", "/faults/a", `{"on":"yes"}`, 400, `want true or false`},
		{"PATCH", "/faults/a", `{"on":true}`, 404, `rule \"a\": there is no such rule`},
		{"DELETE", "/faults/a", ``, 404, `there is no such rule`},
		{"POST", "/servers", `{}`, 400, `got the server id \"\"`},
		{"POST", "/servers", `{"server":"` + long + `"}`, 400, "want up to 100 letters"},
		{"POST", "/servers", `{"server":"a","players":-1}`, 400, "got -1 players, want 0 to 10000"},
		{"POST", "/servers", `{"server":"a","players":1.5}`, 400,
			`got a number 1.5 for \"players\", want a whole number`},
		{"POST", "/servers", `{"server":"a","access":"odd"}`, 400, `access \"odd\": want one of`},
		{"GET", "/servers/a", ``, 404, `server \"a\": there is no such game server`},
		{"DELETE", "/servers/a", ``, 404, `there is no such game server`},
		{"PATCH", "/servers/a", `{"players":1}`, 404, `there is no such game server`},
		{"GET", "/budgets?keys=x", ``, 400, `got keys \"x\", want a number from 0 to 1000`},
		{"GET", "/requests?limit=0", ``, 400, `want a number from 1 to 10000`},
		{"GET", "/requests?status=9", ``, 400, `got the status \"9\", want one such as 429`},
		{"GET", "/requests?op=%5B", ``, 400, `got the pattern \"[\"`},
		{"GET", "/requests/stream?lastEventId=1", ``, 400, `got the event id \"1\"`},
		{"POST", "/state/snapshots", `{"name":""}`, 400, `got the name \"\", want up to 100 letters`},
		{"POST", "/state/restore", `{"name":"a","replace":true}`, 400, `got replace, want the name alone`},
		{"POST", "/data", `{"op":"get","key":5}`, 400, `want a string`},
		{"POST", "/state/import", strings.Repeat("x", 100), 400, "line 1: invalid character"},
	} {
		got := w.send(c.method, "/_savestone"+c.path, c.body)
		require.Equal(t, c.status, got.status, "%+v: %s", c, got.body)
		require.Contains(t, got.body, c.want)
		require.Contains(t, got.body, fmt.Sprintf(`{"error":{"status":%d,"message":"`, c.status))
		require.NotEmpty(t, got.header.Get("Savestone-Reason"))
	}
	huge := w.send("POST", "/_savestone/faults", strings.Repeat(" ", 9<<20))
	require.Equal(t, 413, huge.status)
}

func FuzzTheRouterDoesNotPanic(f *testing.F) {
	for _, seed := range []struct{ method, target, body string }{
		{"GET", "/_savestone/clock", ""}, {"POST", "/_savestone/faults", `{"kind":"lostReply"}`},
		{"POST", "/_savestone/v1/servers/a/datastore",
			`{"method":"SetAsync","store":{"name":"a"},"key":"k","value":1}`},
		{"POST", "/_savestone/v1/servers/a/datastore", `{"method":"CommitUpdate","update":"1","value":1}`},
		{"POST", "/_savestone/data", `{"op":"listVersions","store":"a","key":"k"}`},
		{"POST", "/_savestone/state/import", `{"kind":"standard"}`},
		{"GET", "/_savestone/requests?status=5xx&op=*", ""},
		{"DELETE", "/_savestone/faults/a%2Fb", ""}, {"PATCH", "/_savestone/servers/a", `{"players":3}`},
		{"POST", "/_savestone/clock/advance", `{"by":"3d"}`}, {"GET", "/cloud/v2/universes/2/data-stores", ""},
	} {
		f.Add(seed.method, seed.target, seed.body)
	}
	wall := &standing{now: start}
	all := universe.New(universe.Options{Path: emulator.InMemory, Only: 1, Clock: wall})
	f.Cleanup(func() { require.NoError(f, all.Close()) })
	handler := control.New(control.Options{Universes: all})
	handler.Close() // no stream shall last
	f.Fuzz(func(t *testing.T, method, target, body string) {
		if strings.Contains(body, "atency") || strings.Contains(body, "BeginUpdate") {
			t.Skip("it would wait")
		}
		r, err := http.NewRequestWithContext(t.Context(), method, "http://localhost/"+strings.TrimPrefix(target, "/"),
			strings.NewReader(body))
		if err != nil {
			t.Skip("no request at all")
		}
		memo := httptest.NewRecorder()
		handler.ServeHTTP(memo, r)
		require.NotZero(t, memo.Code)
		require.NotEqual(t, 500, memo.Code, "%s %s %s: %s", method, target, body, memo.Body)
	})
}
