package control_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"savestone/emulator/control"
)

const (
	faultsPath = "/_savestone/faults"
	entryPath  = cloud + "/k"
)

func TestAFaultChangesTheNextAnswer(t *testing.T) {
	w := one(t)
	w.must("POST", cloud+"?id=k", `{"value":5}`)
	w.must("GET", entryPath, "")
	added := into[control.FaultList](w, "POST", faultsPath, `{"kind":"lostRequest","ops":"get"}`)
	require.Equal(t, "lostRequest#1", added.Faults[0].ID)
	got := w.send("GET", entryPath, "")
	require.Equal(t, 500, got.status)
	require.Equal(t, "fault lostRequest#1 (lostRequest)", got.header.Get("Savestone-Reason"))
	w.must("POST", cloud+"?id=other", `{"value":6}`) // not a get

	list := into[control.FaultList](w, "GET", faultsPath, "").Faults
	require.Len(t, list, 1)
	require.Equal(t, 1, list[0].Hits)
	require.Equal(t, "2026-03-14T09:26:53Z", list[0].LastHit)
	require.True(t, list[0].On)

	require.False(t, into[control.Fault](w, "PATCH", faultsPath+"/lostRequest%231", `{}`).On)
	w.must("GET", entryPath, "")
	require.True(t, into[control.Fault](w, "PATCH", faultsPath+"/lostRequest%231", `{}`).On)
	require.Equal(t, 500, w.send("GET", entryPath, "").status)
	w.must("PATCH", faultsPath+"/lostRequest%231", `{"on":true}`)
	w.must("DELETE", faultsPath+"/lostRequest%231", "")
	w.must("GET", entryPath, "")
	require.Equal(t, 404, w.send("DELETE", faultsPath+"/lostRequest%231", "").status)
	require.Equal(t, 404, w.send("PATCH", faultsPath+"/lostRequest%231", "{}").status)
}

func TestALostReplyWroteAndSaysSo(t *testing.T) {
	w := one(t)
	w.must("POST", faultsPath, `{"id":"mine","kind":"lostReply","limit":1}`)
	got := w.send("POST", cloud+"?id=k", `{"value":5}`)
	require.Equal(t, 500, got.status)
	require.Equal(t, "fault mine (lostReply, the write may have been applied)",
		got.header.Get("Savestone-Reason"))
	require.Contains(t, w.must("GET", entryPath, ""), `"value":5`)
}

func TestAOneShotFaultHitsOnce(t *testing.T) {
	w := one(t)
	w.must("POST", faultsPath, `{"id":"once","kind":"lostRequest","limit":1}`)
	require.Equal(t, 500, w.send("GET", cloud, "").status)
	w.must("GET", cloud+"?maxPageSize=2", "")
	require.True(t, into[control.FaultList](w, "GET", faultsPath, "").Faults[0].Spent)
	w.must("PATCH", faultsPath+"/once", `{"on":false}`)
	w.must("PATCH", faultsPath+"/once", `{"on":true}`)
	w.must("GET", cloud+"?maxPageSize=3", "")
	w.must("DELETE", faultsPath+"/once", "")
	w.must("POST", faultsPath, `{"id":"once","kind":"lostRequest","limit":1}`)
	require.Equal(t, 500, w.send("GET", cloud, "").status, "a new rule of the same id")
}

func TestAPresetIsAllOfItsRules(t *testing.T) {
	w := one(t)
	presets := into[control.PresetList](w, "GET", faultsPath+"/presets", "").Presets
	require.NotEmpty(t, presets)
	for _, p := range presets {
		require.NotEmpty(t, p.About)
		added := into[control.FaultList](w, "POST", faultsPath, `"`+p.Name+`"`)
		require.Len(t, added.Faults, len(p.Rules))
		again := w.send("POST", faultsPath, `"`+p.Name+`"`)
		require.Equal(t, 409, again.status, again.body)
		cleared := into[control.FaultsCleared](w, "DELETE", faultsPath, "")
		require.Equal(t, len(p.Rules), cleared.Cleared)
	}
}

// The window of a rule counts from when it was added, by the universe's clock.
func TestTheWindowOfARuleCountsFromWhenItWasAdded(t *testing.T) {
	w := one(t)
	w.must("POST", clockPath+"/advance", `{"by":"3h"}`)
	w.must("POST", faultsPath, `{"kind":"lostRequest","from":"10m","to":"20m"}`)
	for _, step := range []struct {
		by   string
		want int
	}{{"9m59s", 404}, {"1s", 500}, {"9m59s", 500}, {"1s", 404}} {
		w.must("POST", clockPath+"/advance", `{"by":"`+step.by+`"}`)
		require.Equal(t, step.want, w.send("GET", entryPath, "").status, step)
	}
}

func TestGameServersMeetTheSameFaults(t *testing.T) {
	w := one(t)
	w.must("POST", faultsPath, `{"id":"mine","kind":"lostRequest","server":"job-*"}`)
	require.Equal(t, 404, w.send("GET", entryPath, "").status)
	got := w.send("POST", job, `{"method":"GetAsync",`+coins+`,"key":"k"}`)
	require.Equal(t, "fault mine (lostRequest)", got.header.Get("Savestone-Reason"))
	require.Contains(t, got.body, `{"error":{"code":502,"name":"RequestRejected",`)
}
