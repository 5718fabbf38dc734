package opencloud

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"savestone/emulator"
)

func TestAValueV1HasAtMostFourMegabytes(t *testing.T) {
	w := newWorld(t, Options{})
	fits := `"` + strings.Repeat("x", 4<<20-2) + `"`
	w.must(post, setCoins, fits)
	got := w.send(post, setCoins+"b", fits+" ")
	require.Equal(t, http.StatusBadRequest, got.status)
	require.Contains(t, got.body, `"datastoreErrorCode":"ContentTooBig"`)
}

func TestAValueV2HasAtMostFourMegabytes(t *testing.T) {
	w := newWorld(t, Options{})
	value := func(size int) string { return `{"value":"` + strings.Repeat("x", size-2) + `"}` }
	w.must(post, coins+"?id=a", value(4<<20))
	for _, size := range []int{4<<20 + 1, 5 << 20} {
		got := w.send(post, coins+"?id=b", value(size))
		require.Equal(t, http.StatusBadRequest, got.status)
		require.Equal(t, `{"code":"INVALID_ARGUMENT","message":"The content is too big."}`, got.body)
	}
}

// O4.
func TestABodyNeedsALength(t *testing.T) {
	w := newWorld(t, Options{})
	for target, want := range map[string]string{
		setCoins:        `"datastoreErrorCode":"ContentLengthRequired"`,
		coins + "?id=a": `{"code":"INVALID_ARGUMENT","message":"Content-Length is required."}`,
	} {
		r := httptest.NewRequest(post, target, strings.NewReader(`{"value":1}`))
		r.Header.Set("Content-Type", "application/json")
		r.ContentLength = -1 // chunked
		memo := httptest.NewRecorder()
		w.ServeHTTP(memo, r)
		require.Equal(t, http.StatusBadRequest, memo.Code)
		require.Contains(t, memo.Body.String(), want)
	}
}

func TestLongAddressesAndHeadersAreRefused(t *testing.T) {
	w := newWorld(t, Options{})
	got := w.send(get, v1+"?prefix="+strings.Repeat("x", urlBytesMax), "")
	require.Equal(t, http.StatusRequestURITooLong, got.status)
	got = w.send(get, v1, "", "x-note", strings.Repeat("x", headerBytesMax))
	require.Equal(t, http.StatusRequestHeaderFieldsTooLarge, got.status)
}

// The emulator's own lists are shorter than v2's pages.
func TestAPageOfEntriesHas256OfThem(t *testing.T) {
	w := newWorld(t, Options{})
	for i := range 300 {
		key := string([]byte{byte('a' + i/26), byte('a' + i%26)})
		_, err := w.emulator.Seed(emulator.StoreID{Name: "Coins", Scope: "global"}, key, []byte("1"))
		require.NoError(t, err)
	}
	sizes := []int{}
	ids := pages(w, coins+"?maxPageSize=1000", "pageToken", func(p page) (ids []string) {
		sizes = append(sizes, len(p.Entries))
		for _, e := range p.Entries {
			ids = append(ids, e.ID)
		}
		return ids
	})
	require.Equal(t, []int{256, 44}, sizes)
	require.Len(t, ids, 300)
	require.IsIncreasing(t, ids)
}

// O26.
func TestAPageOfLiveEntriesCanBeEmptyWithMoreToCome(t *testing.T) {
	w := newWorld(t, Options{})
	id := emulator.StoreID{Name: "Coins", Scope: "global"}
	for i := range 600 {
		key := string([]byte{byte('a' + i/26), byte('a' + i%26)})
		_, err := w.emulator.Seed(id, key, []byte("1"))
		require.NoError(t, err)
		_, err = w.emulator.Do(t.Context(), emulator.Request{
			Op: emulator.OpRemove, Store: id, Key: key,
		})
		require.NoError(t, err)
	}
	w.must(post, coins+"?id=z", `{"value":1}`)
	body := w.must(get, coins, "")
	require.Contains(t, body, `{"dataStoreEntries":[],"nextPageToken":"`)
	ids := pages(w, coins, "pageToken", func(p page) (ids []string) {
		for _, e := range p.Entries {
			ids = append(ids, e.ID)
		}
		return ids
	})
	require.Equal(t, []string{"z"}, ids)
}

func TestWithoutMemoryStoresThereIsNoneToAnswer(t *testing.T) {
	w := newWorld(t, Options{})
	w.options.MemoryStores = nil
	got := w.send(get, mapV2+"/a", "")
	require.Equal(t, http.StatusNotImplemented, got.status)
	require.Contains(t, got.body, `"code":"NOT_IMPLEMENTED"`)
}
