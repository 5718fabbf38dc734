package control_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"savestone/emulator/control"
	"savestone/emulator/universe"
)

const clockPath = "/_savestone/clock"

func TestAFrozenClockStandsInVersionIDs(t *testing.T) {
	w := one(t)
	require.Equal(t, "real", into[control.Clock](w, "GET", clockPath, "").Mode)
	frozen := into[control.Clock](w, "POST", clockPath+"/freeze", "")
	require.Equal(t, "frozen", frozen.Mode)
	w.wall.pass(hour)
	require.Equal(t, frozen.Now, into[control.Clock](w, "GET", clockPath, "").Now)
	first := w.must("POST", cloud+"?id=a", `{"value":1}`)
	w.wall.pass(hour)
	second := w.must("POST", cloud+"?id=b", `{"value":1}`)
	require.Equal(t, first, strings.NewReplacer("/b", "/a", `"b"`, `"a"`).Replace(second))
	require.Contains(t, first, `"createTime":"2026-03-14T09:26:53Z"`)

	w.must("POST", clockPath+"/advance", `{"by":"1d"}`)
	require.Contains(t, w.must("POST", cloud+"?id=c", `{"value":1}`), `"createTime":"2026-03-15T09:26:53Z"`)
	w.must("POST", clockPath+"/set", `{"to":"2030-01-01T00:00:00+01:00"}`)
	require.Contains(t, w.must("POST", cloud+"?id=d", `{"value":1}`), `"createTime":"2029-12-31T23:00:00Z"`)
}

func TestAClockRunsAtARateAndGoesBackToRealTime(t *testing.T) {
	w := one(t)
	w.must("POST", clockPath+"/rate", `{"rate":60}`)
	w.wall.pass(hour)
	got := into[control.Clock](w, "GET", clockPath, "")
	require.Equal(t, control.Clock{
		Now: "2026-03-16T21:26:53Z", Mode: "running", Rate: 60, Ahead: "59h0m0s",
	}, got)
	w.must("POST", clockPath+"/resume", "")
	w.wall.pass(hour)
	require.Equal(t, "2026-03-16T22:26:53Z", into[control.Clock](w, "GET", clockPath, "").Now)
	require.Equal(t, "2026-03-14T11:26:53Z", into[control.Clock](w, "POST", clockPath+"/real", "").Now)
}

func TestAnAdvanceWakesWhoWaits(t *testing.T) {
	w := one(t)
	w.must("POST", clockPath+"/freeze", "")
	w.must("POST", faultsPath, `{"kind":"latency","delay":"2m","leg":"send"}`)
	done := make(chan answer)
	go func() { done <- w.send("GET", entryPath, "") }()
	u, err := w.all.Open(t.Context(), 1)
	require.NoError(t, err)
	require.Eventually(t, func() bool { return u.Clock.State().Asleep == 1 }, eventually, tick)
	waiting := into[control.Clock](w, "POST", clockPath+"/advance", `{"by":"1m59s"}`)
	require.Equal(t, "1s", waiting.Next)
	require.Equal(t, 1, waiting.Asleep)
	w.must("POST", clockPath+"/advance", `{"by":"1s"}`)
	got := <-done
	require.Equal(t, 404, got.status)
	require.Equal(t, "fault latency#1 (latency 2m0s)", got.header.Get("Savestone-Reason"))
}

func TestUniversesAreApart(t *testing.T) {
	w := newWorld(t, control.Options{}, universe.Options{})
	require.Equal(t, 400, w.send("GET", clockPath, "").status, "there is none to be meant")
	require.Equal(t, 404, w.send("GET", clockPath+"?universe=7", "").status)
	w.must("POST", "/cloud/v2/universes/7/data-stores/Coins/entries?id=k", `{"value":1}`)
	require.Equal(t, 404, w.send("GET", "/cloud/v2/universes/8/data-stores/Coins/entries/k", "").status)
	w.must("POST", clockPath+"/set?universe=7", `{"to":"2040-01-01T00:00:00Z"}`)
	w.must("POST", faultsPath+"?universe=7", `{"kind":"lostRequest"}`)
	require.Equal(t, 500, w.send("GET", "/cloud/v2/universes/7/data-stores", "").status)
	w.must("GET", "/cloud/v2/universes/8/data-stores", "")
	require.Equal(t, "real", into[control.Clock](w, "GET", clockPath+"?universe=8", "").Mode)
	got := w.send("GET", clockPath, "")
	require.Contains(t, got.body, "want the parameter universe with an id; there are [7 8]")
	w.must("POST", "/_savestone/state/reset?universe=8", "")
	w.must("DELETE", faultsPath+"?universe=7", "")
	w.must("GET", "/cloud/v2/universes/7/data-stores/Coins/entries/k", "")
	status := into[control.Status](w, "GET", "/_savestone/status?usage=true", "")
	require.Len(t, status.Universes, 2)
	require.Equal(t, 1, status.Universes[0].Usage.Keys)
	require.Equal(t, 0, status.Universes[1].Usage.Keys)
}

func TestOnlyOneUniverseIsThere(t *testing.T) {
	w := one(t)
	require.Equal(t, 400, w.send("GET", "/cloud/v2/universes/2/data-stores", "").status)
	got := w.send("POST", clockPath+"/freeze?universe=2", "")
	require.Equal(t, 404, got.status)
	require.Contains(t, got.body, "universe 2: there is no such universe")
}
