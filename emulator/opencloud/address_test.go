package opencloud

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAddressesAreReadAsClientsWriteThem(t *testing.T) {
	for _, c := range []struct{ sent, want string }{
		{v2 + "/data-stores/", v2 + "/data-stores"},
		{v2 + "/data-stores/Coins/entries/", coins},
		{v2 + "/Data-Stores/Coins/Entries/K", coins + "/K"},
		{"//cloud//v2/universes/1/data-stores", v2 + "/data-stores"},
		{v1 + "/datastore/entries/entry/", entryV1},
		{"/Datastores/V1/universes/1/Standard-DataStores/datastore/entries", v1 + "/datastore/entries"},
		{"/ordered-data-stores/v1/universes/1/orderedDatastores/Points/scopes/global/entries", oldPts},
		{v2 + "/memory-store/Queues/Jobs/Items/", queueV2},

		// What users named stays as it is.
		{coins + "/k/", coins + "/k/"}, {coins + "//", coins + "//"}, {coins + "/ENTRIES", coins + "/ENTRIES"},
		{v2 + "/data-stores/V1/scopes/ITEMS/entries/Entry/", v2 + "/data-stores/V1/scopes/ITEMS/entries/Entry/"},
		{coins + "/universes/Universes", coins + "/universes/Universes"},
		{"/universes/", "/universes/"}, {"/universes", "/universes"}, {"", ""}, {"*", "*"}, {"/a//b", "/a//b"},
	} {
		require.Equal(t, c.want, address(c.sent), c.sent)
	}
}

// What clients were seen to do, or could, that is right all the same.
func TestHabitsOfClientsAreTaken(t *testing.T) {
	w := newWorld(t, Options{})
	entry := entryV1 + "?datastoreName=Coins&entryKey="

	got := w.send("POST", entry+"a", `5`, "Content-Type", "") // rblx-open-cloud sends no type
	require.Equal(t, 200, got.status, got.body)
	w.must("POST", entryV1+"?DataStoreName=Coins&EntryKey=b;c+d%20e%2Bf&exclusiveCreate=True", `6`)
	require.Equal(t, `{"keys":[{"scope":"global","key":"a"},{"scope":"global","key":"b;c d e+f"}],"nextPageCursor":""}`,
		w.must("GET", v1+"/datastore/entries?datastoreName=Coins&AllScopes=true", "")) // rbxcloud
	require.Equal(t, "6", w.must("GET", entry+"b;c+d%20e%2Bf", ""))

	w.must("POST", points+"?id=a", `{"value":1}`)
	w.must("POST", points+"?id=b", `{"Value":2}`)
	page := w.must("GET", points+"?max_page_size=1&order_by=desc", "")
	require.Contains(t, page, `"id":"b"`)
	require.Contains(t, w.must("GET", points+"?maxPageSize=1&orderBy=value", ""), `"id":"a"`)
	require.Equal(t, 400, w.send("GET", points+"?orderBy=id", "").status)

	const v1 = "/ordered-data-stores/v1/universes/1"
	w.must("POST", v1+"/orderedDatastores/Old/scopes/global/entries?id=a", `{"value":1}`)
	require.Contains(t, w.must("GET", v1+"/orderedDataStores/Old/scopes/global/entries/a", ""), `"value":1`)

	w.must("POST", coins+"?id=%E2%98%83", `{"value":"snow"}`)
	require.Contains(t, w.must("GET", coins+"/\u2603", ""), `"id":"`+"\u2603"+`"`) // not encoded
	require.Contains(t, w.must("GET", coins+"/%E2%98%83@latest", ""), `"value":"snow"`)
}

// A header is ASCII; clients would read anything else as Latin-1.
func TestAttributesInHeadersAreASCII(t *testing.T) {
	w := newWorld(t, Options{})
	entry := entryV1 + "?datastoreName=Coins&entryKey=a"
	w.must("POST", entry, `1`, "roblox-entry-attributes", `{"name":"\u00e9 ☃ 😀"}`)
	require.Equal(t, `{"name":"\u00e9 \u2603 \ud83d\ude00"}`,
		w.send("GET", entry, "").header.Get("roblox-entry-attributes"))
}

// What Roblox has and this server does not is told apart from what nobody has.
func TestWhatIsNotEmulatedSaysSo(t *testing.T) {
	w := newWorld(t, Options{})
	for _, target := range []string{
		"/creator-configs-public-api/v1/configs/universes/1/repositories/DataStoresConfig/draft",
		"/api-keys/v1/introspect", "/cloud/v2/universes/1", "/cloud/v2/users/1",
		"/assets/v1/assets", "/universes/v1/1/places/1/versions",
	} {
		got := w.send("POST", target, "{}")
		require.Equal(t, 501, got.status, target)
		require.Equal(t, `{"errors":[{"code":0,"message":"NotImplemented"}]}`, got.body)
		require.Contains(t, got.header.Get("Savestone-Reason"), "does not emulate")
	}
	require.Equal(t, 404, w.send("GET", v2+"/data-store", "").status)
}

// A page token has characters that mean something else in a query; not every client encodes it.
func TestPageTokensSurviveClientsThatDoNotEncodeThem(t *testing.T) {
	w := newWorld(t, Options{})
	for _, key := range []string{"~~~>?~", "~~~>?~~>?", "~~~?>~~>?>"} {
		w.must("POST", oldPts+"?id="+url.QueryEscape(key), `{"value":1}`)
	}
	var keys int
	for token := ""; ; keys++ {
		body := w.must("GET", oldPts+"?max_page_size=1&page_token="+token, "")
		token = remembered["TOKEN"].FindStringSubmatch(body + `"nextPageToken":"end"`)[1]
		if token == "end" {
			break
		}
	}
	require.Equal(t, 2, keys, "pages before the last")
}
