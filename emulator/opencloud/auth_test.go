package opencloud

import (
	"net/http"
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// keyWorld has one key.
func keyWorld(t *testing.T, key Key) *world {
	key.Secret = "secret"
	return newWorld(t, Options{Auth: KeysOnly, Keys: []Key{key}})
}

const setCoins = entryV1 + "?datastoreName=Coins&entryKey=a"

// O3.
func TestAMissingOrWrongKeyIsUnauthorized(t *testing.T) {
	w := keyWorld(t, Key{Scopes: []string{"*"}})
	for _, headers := range [][]string{
		{}, {"x-api-key", "wrong"}, {"x-api-key", ""}, {"Authorization", "Bearer secret"},
	} {
		for _, target := range []string{v1, v2 + "/data-stores", oldPts} {
			got := w.send(get, target, "", headers...)
			require.Equal(t, http.StatusUnauthorized, got.status)
			require.Equal(t, `{"errors":[{"code":0,"message":"Invalid API Key"}]}`, got.body)
			require.NotEmpty(t, got.header.Get("Savestone-Reason"))
		}
	}
	w.must(get, v1, "", "x-api-key", "secret")
}

// O2.
func TestMessagesMayBePublishedWithABearerToken(t *testing.T) {
	w := keyWorld(t, Key{Scopes: []string{messagePublish}})
	const body = `{"topic":"t","message":"m"}`
	w.must(post, v2+":publishMessage", body, "Authorization", "Bearer secret")
	require.Equal(t, []string{"t: m"}, w.sent)
}

func TestAKeyWithoutThePermissionIsForbidden(t *testing.T) {
	w := keyWorld(t, Key{Scopes: []string{objectsRead}})
	got := w.send(get, v1, "", "x-api-key", "secret")
	require.Equal(t, http.StatusForbidden, got.status)
	require.Equal(t, `{"error":"INSUFFICIENT_SCOPE","message":"The api key does not have sufficient `+
		`scope to perform this operation.","errorDetails":[{"errorDetailType":"DatastoreErrorInfo",`+
		`"datastoreErrorCode":"Forbidden"}]}`, got.body)
	got = w.send(get, v2+"/data-stores", "", "x-api-key", "secret")
	require.Equal(t, http.StatusForbidden, got.status)
	require.Equal(t, `{"code":"PERMISSION_DENIED","message":"The api key does not have sufficient `+
		`scope to perform this operation."}`, got.body)
	require.Equal(t, "the key lacks the permission universe-datastores.control:list",
		got.header.Get("Savestone-Reason"))
}

// Which permission a v1 write needs depends on what is there (section 1.2).
func TestWritesV1NeedThePermissionForWhatTheyDo(t *testing.T) {
	all := map[string]bool{objectsCreate: false, objectsUpdate: false, storesCreate: false}
	allowed := func(exists, storeExists bool, without string) int {
		var scopes []string
		for scope := range all {
			if scope != without {
				scopes = append(scopes, scope)
			}
		}
		w := keyWorld(t, Key{Scopes: scopes})
		free := New(Options{Service: w.emulator, Clock: w.clock})
		keyed := w.Handler
		w.Handler = free
		if storeExists {
			w.must(post, entryV1+"?datastoreName=Coins&entryKey=other", "1")
		}
		if exists {
			w.must(post, setCoins, "1")
		}
		w.Handler = keyed
		return w.send(post, setCoins, "2", "x-api-key", "secret").status
	}
	for _, c := range []struct {
		exists, storeExists bool
		without             string
		want                int
	}{
		{true, true, objectsUpdate, 403}, {true, true, objectsCreate, 200},
		{true, true, storesCreate, 200}, {false, true, objectsUpdate, 200},
		{false, true, objectsCreate, 403}, {false, true, storesCreate, 200},
		{false, false, objectsCreate, 403}, {false, false, storesCreate, 403},
		{false, false, objectsUpdate, 200},
	} {
		require.Equal(t, c.want, allowed(c.exists, c.storeExists, c.without), "%+v", c)
	}
}

func TestKeysHoldToTheirUniversesStoresNetworksAndTime(t *testing.T) {
	all := []string{"*"}
	for name, c := range map[string]struct {
		key  Key
		want int
	}{
		"right universe": {Key{Scopes: all, Universes: []int64{1}}, 200},
		"wrong universe": {Key{Scopes: all, Universes: []int64{2}}, 403},
		"right store":    {Key{Scopes: all, DataStores: []string{"Coins"}}, 200},
		"wrong store":    {Key{Scopes: all, DataStores: []string{"Gems"}}, 403},
		"right network":  {Key{Scopes: all, Networks: prefixes("192.0.2.0/24")}, 200},
		"wrong network":  {Key{Scopes: all, Networks: prefixes("10.0.0.0/8")}, 401},
		"expired":        {Key{Scopes: all, Expires: testStart}, 401},
		"not expired":    {Key{Scopes: all, Expires: testStart.Add(time.Second)}, 200},
	} {
		w := keyWorld(t, c.key) // httptest sends from 192.0.2.1
		require.Equal(t, c.want, w.send(post, setCoins, "1", "x-api-key", "secret").status, name)
		target := v2 + "/data-stores/Coins/entries"
		require.Equal(t, c.want, w.send(get, target, "", "x-api-key", "secret").status, name)
	}
}

func prefixes(text string) []netip.Prefix { return []netip.Prefix{netip.MustParsePrefix(text)} }

// OU9.
func TestUpdatesThatMayCreateNeedThePermissionIfSo(t *testing.T) {
	for strict, want := range map[bool]int{false: 200, true: 403} {
		w := newWorld(t, Options{Auth: KeysOnly, CreateScope: strict,
			Keys: []Key{{Secret: "secret", Scopes: []string{objectsUpdate}}}})
		got := w.send(patch, coins+"/a?allowMissing=true", `{"value":1}`, "x-api-key", "secret")
		require.Equal(t, want, got.status)
	}
}
