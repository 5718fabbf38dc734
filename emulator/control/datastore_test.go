package control_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"savestone/emulator/control"
	"savestone/emulator/universe"
)

// play does one method as the server job-1.
func (w *world) play(body string) string { return w.must("POST", job, body) }

func TestAGameServerWritesAndReadsOverHTTP(t *testing.T) {
	w := one(t)
	set := into[control.DataStoreAnswer](w, "POST", job,
		`{"method":"SetAsync",`+coins+`,"key":"k","value":{"n":[1,null]},"userIds":[7],"metadata":{"a":1}}`)
	version := set.Result.Version
	require.Contains(t, version, ".0000000001.")
	info := fmt.Sprintf(`"keyInfo":{"version":%q,"createdTime":1773480413000,"updatedTime":1773480413000,`+
		`"userIds":[7],"metadata":{"a":1}}`, version)
	entry := `{"result":{"found":true,"value":{"n":[1,null]},` + info + `}}`
	require.Equal(t, entry, w.play(`{"method":"GetAsync",`+coins+`,"key":"k"}`))
	require.Equal(t, entry, w.play(`{"method":"GetVersionAsync",`+coins+`,"key":"k","version":"`+version+`"}`))
	require.Equal(t, entry, w.play(`{"method":"RemoveAsync",`+coins+`,"key":"k"}`))
	for _, read := range []string{
		`{"method":"GetAsync",` + coins + `,"key":"k"}`,
		`{"method":"GetAsync",` + coins + `,"key":"never","useCache":false}`,
	} {
		require.Equal(t, `{"result":{"found":false}}`, w.play(read))
	}
	require.Contains(t, w.play(`{"method":"IncrementAsync",`+coins+`,"key":"n","delta":5}`),
		`{"result":{"found":true,"value":5,"keyInfo":{"version":"`)
	require.Equal(t, `{"result":{}}`, w.play(`{"method":"GetDataStore",`+coins+`}`))
}

func TestAGameServerLists(t *testing.T) {
	w := one(t)
	for _, key := range []string{"a", "b", "c"} {
		w.play(`{"method":"SetAsync",` + coins + `,"key":"` + key + `","value":1}`)
		w.play(`{"method":"SetAsync",` + points + `,"key":"` + key + `","value":` + fmt.Sprint(key[0]) + `}`)
	}
	var keys []string
	for cursor := ""; ; {
		page := into[control.DataStoreAnswer](w, "POST", job,
			`{"method":"ListKeysAsync",`+coins+`,"pageSize":2,"cursor":"`+cursor+`"}`).Result
		for _, item := range *page.Items {
			keys = append(keys, item.Scope+"/"+item.Key)
		}
		if cursor = page.Cursor; cursor == "" {
			break
		}
	}
	require.Equal(t, []string{"global/a", "global/b", "global/c"}, keys)

	top := into[control.DataStoreAnswer](w, "POST", job,
		`{"method":"GetSortedAsync",`+points+`,"descending":true,"pageSize":2}`).Result
	require.Equal(t, []control.Item{
		{Key: "c", Value: json.RawMessage("99")}, {Key: "b", Value: json.RawMessage("98")},
	}, *top.Items)
	last, err := json.Marshal(top.Cursor)
	require.NoError(t, err)
	require.Equal(t, `{"result":{"items":[{"key":"a","value":97}]}}`, w.play(
		`{"method":"GetSortedAsync",`+points+`,"descending":true,"pageSize":2,"cursor":`+string(last)+`}`))
	require.Equal(t, `{"result":{"items":[{"key":"a","value":97}]}}`,
		w.play(`{"method":"BatchGetAsync",`+points+`,"keys":["a","z"]}`))
	require.Contains(t, w.play(`{"method":"ListDataStoresAsync"}`), `"items":[{"store":"Coins",`)
	require.Contains(t, w.play(`{"method":"ListVersionsAsync",`+coins+`,"key":"a"}`),
		`"items":[{"version":"`)
	require.Equal(t, `{"result":{"found":true,"value":100}}`,
		w.play(`{"method":"IncrementAsync",`+points+`,"key":"c"}`))
}

// R74: a conflict makes the client transform anew, under the same name.
func TestAnUpdateStartsOverWhenSomebodyElseWrote(t *testing.T) {
	w := one(t)
	begun := into[control.DataStoreAnswer](w, "POST", job, `{"method":"BeginUpdate",`+coins+`,"key":"k"}`)
	require.False(t, *begun.Result.Found)
	commit := func(value string) control.DataStoreResult {
		got := into[control.DataStoreAnswer](w, "POST", job,
			`{"method":"CommitUpdate","update":"`+begun.Result.Update+`","value":`+value+`}`)
		require.Nil(t, got.Error)
		return *got.Result
	}
	w.must("POST", cloud+"?id=k", `{"value":5}`)
	again := commit("1")
	require.True(t, again.Conflict)
	require.Equal(t, begun.Result.Update, again.Update)
	require.JSONEq(t, "5", string(again.Value))
	done := commit("6")
	require.Empty(t, done.Update)
	require.False(t, done.Conflict)
	require.JSONEq(t, "6", string(done.Value))

	gone := w.send("POST", job, `{"method":"CommitUpdate","update":"1","value":1}`)
	require.Equal(t, 404, gone.status)
	require.Contains(t, gone.body, `update \"1\": there is no such update; it ends when`)
}

// R87: the second update of a key waits for the first; R76: which may leave the entry as it is.
func TestUpdatesOfAKeyTakeTurns(t *testing.T) {
	w := one(t)
	u, err := w.all.Open(t.Context(), 1)
	require.NoError(t, err)
	first := into[control.DataStoreAnswer](w, "POST", job, `{"method":"BeginUpdate",`+coins+`,"key":"k"}`)
	second := make(chan string)
	go func() { second <- w.play(`{"method":"BeginUpdate",` + coins + `,"key":"k"}`) }()
	require.Eventually(t, func() bool { return u.Clock.State().Asleep == 1 }, eventually, tick)
	require.Equal(t, `{"result":{}}`,
		w.play(`{"method":"CancelUpdate","update":"`+first.Result.Update+`"}`))
	require.NoError(t, u.Clock.Advance(frame))
	require.Equal(t, `{"result":{"found":false,"update":"2"}}`, <-second)
}

func TestAFailureOfRobloxIsAnAnswer(t *testing.T) {
	w := one(t)
	for _, c := range []struct{ call, want string }{
		{`{"method":"GetAsync",` + coins + `}`,
			`"code":101,"name":"KeyNameEmpty","message":"101: Key name can't be empty."`},
		{`{"method":"GetDataStore","store":{"name":""}}`,
			`"code":0,"name":"StoreNameEmpty","message":"DataStore name can't be an empty string."`},
		{`{"method":"GetAsync","store":{"name":"Coins","allScopes":true},"key":"k"}`,
			`"code":0,"name":"KeyFormInvalid","message":"Key must be in the format scope/key"`},
	} {
		require.Equal(t, `{"error":{`+c.want+`,"mayHaveApplied":false}}`, w.play(c.call))
	}
}

func TestACallThatCannotBeIsRefused(t *testing.T) {
	w := one(t)
	for _, c := range []struct{ call, want string }{
		{``, `body: got nothing, want a JSON object with any of method, store, key`},
		{`[]`, `got \"[]\", want a JSON object`},
		{`{"method":"GetAsync"`, `got JSON that ends too early`},
		{`{"method":"GetAsync"} {}`, `got more after the JSON object, want nothing`},
		{`{"method":"GetAsync","colour":1}`, `got the member \"colour\", want any of method, store`},
		{`{"method":5}`, `got a number for \"method\", want a string`},
		{`{"method":"Get"}`, `got the method \"Get\", want one of BatchGetAsync, BeginUpdate`},
		{`{"method":"GetAsync"}`, `got store nothing for GetAsync, want one such as`},
		{`{"method":"CancelUpdate",` + coins + `}`, `got store Coins for CancelUpdate, want none`},
		{`{"method":"SetAsync",` + coins + `,"key":"k"}`, `got no value for SetAsync, want any JSON`},
		{`{"method":"GetAsync","store":{"name":"Coins","kind":"odd"}}`,
			`got the kind \"odd\", want standard or ordered`},
		{`{"method":"GetAsync","store":{"global":true,"name":"Coins"}}`, `want allScopes with a name`},
		{`{"method":"GetSortedAsync",` + coins + `}`,
			`got GetSortedAsync of a store that is standard, want one that is ordered`},
		{`{"method":"ListKeysAsync",` + points + `}`,
			`got ListKeysAsync of a store that is ordered, want one that is standard`},
		{`{"method":"GetRequestBudgetForRequestType","requestType":"Odd"}`,
			`got the request type \"Odd\", want one of GetAsync`},
	} {
		got := w.send("POST", job, c.call)
		require.Equal(t, 400, got.status, c.call)
		require.Contains(t, got.body, c.want)
		require.Contains(t, got.body, `{"error":{"status":400,"message":"`)
	}
	got := w.send("POST", "/_savestone/servers/-odd/datastore", `{"method":"ListDataStoresAsync"}`)
	require.Contains(t, got.body, `got the server id \"-odd\", want up to 100 letters`)
}

func TestBudgetsOfAGameServerCountItsPlayers(t *testing.T) {
	w := one(t)
	require.Equal(t, `{"result":{"budget":100}}`,
		w.play(`{"method":"GetRequestBudgetForRequestType","requestType":"StandardRead"}`))
	changed := into[control.Server](w, "PATCH", servers+"/job-1", `{"players":8,"access":"studio"}`)
	require.Equal(t, 8, changed.Players)
	require.Equal(t, "studio", changed.Access)
	u, err := w.all.Open(t.Context(), 1)
	require.NoError(t, err)
	require.Equal(t, 8, u.Users())

	require.Equal(t, changed, into[control.Server](w, "GET", servers+"/job-1", ""))

	w.must("POST", servers, `{"server":"job-2","players":3}`)
	require.Equal(t, 11, into[control.ServerList](w, "GET", servers, "").Players)
	w.must("DELETE", servers+"/job-1", "")
	require.Equal(t, 404, w.send("GET", servers+"/job-1", "").status)
	require.Equal(t, 3, u.Users())
}

func TestAServerThatIsUnpublishedHasNoStores(t *testing.T) {
	w := newWorld(t, control.Options{}, universe.Options{Only: 1})
	w.must("POST", servers, `{"server":"job-1","access":"unpublished"}`)
	require.Contains(t, w.play(`{"method":"GetDataStore",`+coins+`}`),
		`"message":"You must publish this place to the web to access DataStore."`)
}
