package control_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"savestone/emulator/control"
	"savestone/emulator/universe"
)

const statePath = "/_savestone/state"

func TestStateGoesBackToASnapshot(t *testing.T) {
	for _, path := range []string{"", filepath.Join(t.TempDir(), "data.db")} {
		w := newWorld(t, control.Options{}, universe.Options{Only: 1, Path: path})
		w.must("POST", cloud+"?id=k", `{"value":1}`)
		require.Contains(t, w.play(`{"method":"GetAsync",`+coins+`,"key":"k"}`), `"value":1`)
		require.Equal(t, "snapshot full of universe 1",
			into[control.Done](w, "POST", statePath+"/snapshots", `{"name":"full"}`).Done)
		require.Equal(t, 409, w.send("POST", statePath+"/snapshots", `{"name":"full"}`).status)
		w.must("POST", statePath+"/reset", "")
		require.Equal(t, 404, w.send("GET", entryPath, "").status)
		require.Equal(t, `{"result":{"found":false}}`, w.play(`{"method":"GetAsync",`+coins+`,"key":"k"}`),
			"caches of game servers go with the data")
		w.must("POST", statePath+"/restore", `{"name":"full"}`)
		require.Contains(t, w.must("GET", entryPath, ""), `"value":1`)
		list := into[control.SnapshotList](w, "GET", statePath+"/snapshots", "").Snapshots
		require.Len(t, list, 1)
		require.Equal(t, "full", list[0].Name)
		w.must("DELETE", statePath+"/snapshots/full", "")
		require.Equal(t, 404, w.send("DELETE", statePath+"/snapshots/full", "").status)
		require.Equal(t, 404, w.send("POST", statePath+"/restore", `{"name":"full"}`).status)
		require.Equal(t, 400, w.send("POST", statePath+"/restore", `{"name":"../full"}`).status)
	}
}

func TestWhatIsExportedCanBeImported(t *testing.T) {
	w := one(t)
	w.must("POST", job, `{"method":"SetAsync",`+coins+
		`,"key":"k","value":{"a": [1, "<&>"]},"userIds":[1],"metadata":{"m":1}}`)
	w.wall.pass(2 * hour)
	w.must("POST", job, `{"method":"RemoveAsync",`+coins+`,"key":"k"}`)
	w.must("POST", job, `{"method":"SetAsync",`+points+`,"key":"k","value":-7}`)
	w.must("POST", "/cloud/v2/universes/1/data-stores:snapshot", `{}`)
	exported := w.must("GET", statePath+"/export", "")
	require.Len(t, strings.Split(exported, "\n"), 5)
	require.Contains(t, exported, `"valueText":"{\"a\": [1, \"<&>\"]}"`, "each byte counts")
	w.must("POST", statePath+"/reset", "")
	require.Equal(t, "imported 5 records into universe 1",
		into[control.Done](w, "POST", statePath+"/import", exported).Done)
	require.Equal(t, exported, w.must("GET", statePath+"/export", ""))

	for _, c := range []struct{ lines, want string }{
		{"{", "line 1: got JSON that ends too early"},
		{exported + "\n{\"kind\":\"odd\"}", `line 6: got the kind \"odd\", want standard or ordered`},
		{`{"kind":"standard","created":"today"}`, `line 1: got the time \"today\"`},
		{`{"kind":"standard","colour":1}`, `line 1: got the member \"colour\", want any of kind, store`},
		{`{"kind":"standard","store":"a","scope":"b","key":"c"}`, `got no version, want at least one`},
	} {
		got := w.send("POST", statePath+"/import", c.lines)
		require.Equal(t, 400, got.status, got.body)
		require.Contains(t, got.body, c.want)
	}
	require.Equal(t, exported, w.must("GET", statePath+"/export", ""), "nothing of what is refused stays")
}

func TestDataIsDoneWithoutFaultsAndBudgets(t *testing.T) {
	w := one(t)
	w.must("POST", faultsPath, `{"kind":"lostRequest"}`)
	const data = "/_savestone/data"
	put := into[control.DataResult](w, "POST", data, `{"op":"put","store":"Coins","key":"k","value":5}`)
	require.True(t, put.Found)
	require.Equal(t, `{"found":true,"value":5,"info":{"version":"`+put.Info.Version+
		`","createdMs":1773480413000,"updatedMs":1773480413000}}`,
		w.must("POST", data, `{"op":"get","store":"Coins","key":"k"}`))
	require.Contains(t, w.must("POST", data, `{"op":"listKeys","store":"Coins","scope":"-"}`),
		`"items":[{"scope":"global","key":"k",`)
	require.Contains(t, w.must("POST", data, `{"op":"increment","kind":"ordered","store":"P","key":"k","delta":3}`),
		`"value":3`)
	require.Contains(t, w.must("POST", data, `{"op":"get","store":"Coins"}`), `"error":{"code":101,`)
	require.Equal(t, 0, len(into[control.RequestLog](w, "GET", "/_savestone/requests", "").Requests))
	for _, c := range []struct{ body, want string }{
		{`{"op":"odd"}`, `got the op \"odd\", want one such as get, put or listKeys`},
		{`{"op":"get","kind":"odd"}`, `got the kind \"odd\"`},
		{`{"op":"getVersion","kind":"ordered","store":"P","key":"k"}`, `ordered stores: not emulated`},
	} {
		got := w.send("POST", data, c.body)
		require.Equal(t, 400, got.status, got.body)
		require.Contains(t, got.body, c.want)
	}
}

func TestBudgetsTellWhatIsLeft(t *testing.T) {
	w := newWorld(t, control.Options{}, universe.Options{Only: 1, CCU: 10})
	w.must("POST", cloud+"?id=k", `{"value":"`+strings.Repeat("x", 2000)+`"}`)
	w.must("GET", entryPath, "")
	w.play(`{"method":"GetAsync",` + coins + `,"key":"other"}`)
	got := into[control.Budgets](w, "GET", "/_savestone/budgets?keys=1", "")
	require.Equal(t, 10, got.Users)
	used := map[string]int64{}
	for _, b := range got.Experience {
		used[b.RequestType] = b.Used
		require.Positive(t, b.PerMinute)
	}
	require.Equal(t, int64(1), used["StandardWrite"])
	require.GreaterOrEqual(t, used["StandardRead"], int64(2))
	require.Len(t, got.Keys, 1)
	require.Equal(t, "k", got.Keys[0].Key)
	require.Equal(t, int64(2048), got.Keys[0].Write)
	require.Equal(t, int64(25<<20), got.KeyMax.Read)
	require.Equal(t, "job-1", got.Servers[0].Server)
	require.Equal(t, 99, got.Servers[0].Budgets["StandardRead"])
	w.wall.pass(hour)
	require.Empty(t, into[control.Budgets](w, "GET", "/_savestone/budgets", "").Keys)
}
