package opencloud

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"savestone/emulator"
)

// Ids of versions: of an object made at testStart, and of its second an hour later.
var (
	firstVersion  = emulator.NewVersion(testStart, 1, testStart)
	secondVersion = emulator.NewVersion(testStart, 2, testStart.Add(time.Hour))
)

func TestSetEntryV1DescribesTheNewVersion(t *testing.T) {
	w := newWorld(t, Options{})
	got := w.send(post, entryV1+"?datastoreName=Coins&entryKey=a", `{"n": 750}`)
	require.Equal(t, "text/json", got.header.Get("Content-Type"))
	again := httptest.NewRequest(post, entryV1+"?datastoreName=Coins&entryKey=b", strings.NewReader("1"))
	again.Header.Set("Content-Type", "application/json")
	again.Header.Set("Accept", "*/*") // as fetch, curl and requests send it
	memo := httptest.NewRecorder()
	w.ServeHTTP(memo, again)
	require.Equal(t, "application/json", memo.Header().Get("Content-Type"))
	require.Equal(t, `{"version":"`+firstVersion+`","deleted":false,"contentLength":10,`+
		`"createdTime":"2026-03-14T09:26:53.5897932Z",`+
		`"objectCreatedTime":"2026-03-14T09:26:53.5897932Z"}`, got.body)
}

// The vector is Roblox's.
func TestGetEntryV1HasTheValueInTheBodyAndTheRestInHeaders(t *testing.T) {
	w := newWorld(t, Options{})
	const target = entryV1 + "?datastoreName=Coins&entryKey=a"
	w.must(post, target, "750", "roblox-entry-attributes", `{"rank":"gold"}`,
		"roblox-entry-userids", "[1,2]", "content-md5", "sTf90fedVsft8zZf6nUg8g==")
	got := w.send(get, target, "")
	require.Equal(t, http.StatusOK, got.status)
	require.Equal(t, "750", got.body)
	for name, want := range map[string]string{
		"content-type":                      "application/json",
		"content-md5":                       "sTf90fedVsft8zZf6nUg8g==",
		"roblox-entry-version":              firstVersion,
		"roblox-entry-created-time":         "2026-03-14T09:26:53.5897932Z",
		"roblox-entry-version-created-time": "2026-03-14T09:26:53.5897932Z",
		"roblox-entry-attributes":           `{"rank":"gold"}`,
		"roblox-entry-userids":              "[1,2]",
	} {
		require.Equal(t, want, got.header.Get(name), name)
	}
}

func TestWritesV1ClearAttributesAndUsersThatAreNotSent(t *testing.T) {
	w := newWorld(t, Options{})
	const target = entryV1 + "?datastoreName=Coins&entryKey=a"
	w.must(post, target, "1", "roblox-entry-attributes", `{"a":1}`, "roblox-entry-userids", "[1]")
	got := w.send(post, strings.Replace(target, "?", "/increment?incrementBy=-3&", 1), "")
	require.Equal(t, "-2", got.body)
	require.Equal(t, "{}", got.header.Get("roblox-entry-attributes"))
	require.Equal(t, "[]", got.header.Get("roblox-entry-userids"))
}

func TestValuesV1AreKeptByteByByte(t *testing.T) {
	w := newWorld(t, Options{})
	const target = entryV1 + "?datastoreName=Coins&entryKey=a"
	for _, value := range []string{
		`{"b":1,  "a":"<é&>"}`, `12345678901234567890`, `null`, `"\u0000"`, `[]`, ` 7`,
	} {
		w.must(post, target, value)
		require.Equal(t, value, w.must(get, target, ""))
	}
}

func TestPreconditionsV1AnswerWithTheEntryAsItIs(t *testing.T) {
	w := newWorld(t, Options{})
	const target = entryV1 + "?datastoreName=Coins&entryKey=a"
	w.must(post, target+"&exclusiveCreate=true", "1", "roblox-entry-userids", "[7]")
	for _, condition := range []string{"&exclusiveCreate=true", "&matchVersion=" + secondVersion} {
		got := w.send(post, target+condition, "2")
		require.Equal(t, http.StatusPreconditionFailed, got.status)
		require.Equal(t, "1", got.body)
		require.Equal(t, firstVersion, got.header.Get("roblox-entry-version"))
		require.Equal(t, "[7]", got.header.Get("roblox-entry-userids"))
		require.NotEmpty(t, got.header.Get("Savestone-Reason"))
	}
	w.must(post, target+"&matchVersion="+firstVersion, "2")
	require.Equal(t, "2", w.must(get, target, ""))
}

func TestExclusiveCreateV1TakesTheKeyOfADeletedEntry(t *testing.T) {
	w := newWorld(t, Options{})
	const target = entryV1 + "?datastoreName=Coins&entryKey=a"
	w.must(post, target, "1")
	require.Equal(t, http.StatusNoContent, w.send(remove, target, "").status)
	w.must(post, target+"&exclusiveCreate=true", "2")
}

func TestListsV1GoOnWithACursor(t *testing.T) {
	w := newWorld(t, Options{})
	for _, key := range []string{"a", "b", "c"} {
		w.must(post, entryV1+"?datastoreName=Coins&entryKey="+key, "1")
	}
	w.must(post, entryV1+"?datastoreName=Coins&entryKey=a&scope=eu", "1")
	w.must(post, entryV1+"?datastoreName=Gems&entryKey=a", "1")
	require.Equal(t, []string{"Coins", "Gems"}, pages(w, v1, "cursor", func(p page) (ids []string) {
		for _, store := range p.Stores {
			require.Equal(t, "2026-03-14T09:26:53.589Z", store.CreatedTime)
			ids = append(ids, store.Name)
		}
		return ids
	}))
	keys := func(p page) (ids []string) {
		for _, key := range p.Keys {
			ids = append(ids, key.Scope+"/"+key.Key)
		}
		return ids
	}
	const entries = v1 + "/datastore/entries?datastoreName=Coins&limit=2"
	require.Equal(t, []string{"global/a", "global/b", "global/c"}, pages(w, entries, "cursor", keys))
	require.Equal(t, []string{"eu/a", "global/a", "global/b", "global/c"},
		pages(w, entries+"&allScopes=true", "cursor", keys))
	require.Equal(t, []string{"global/b"}, pages(w, entries+"&prefix=b", "cursor", keys))
}

func TestVersionsV1AreListedWithTombstonesAndSizes(t *testing.T) {
	w := newWorld(t, Options{})
	const target = entryV1 + "?datastoreName=Coins&entryKey=a"
	w.must(post, target, "1000")
	w.clock.now = w.clock.now.Add(2 * time.Hour)
	w.must(post, target, "2")
	require.Equal(t, http.StatusNoContent, w.send(remove, target, "").status)
	versions := func(p page) (lines []string) {
		for _, v := range p.Versions {
			line := v.Created + " " + string(rune('0'+v.Length))
			if v.Deleted {
				line += " deleted"
			}
			lines = append(lines, line)
		}
		return lines
	}
	const list = entryV1 + "/versions?datastoreName=Coins&entryKey=a&limit=1"
	up := []string{
		"2026-03-14T09:26:53.5897932Z 4", "2026-03-14T11:26:53.5897932Z 1",
		"2026-03-14T11:26:53.5897933Z 0 deleted",
	}
	require.Equal(t, up, pages(w, list, "cursor", versions))
	down := []string{up[2], up[1], up[0]}
	require.Equal(t, down, pages(w, list+"&sortOrder=Descending", "cursor", versions))
	require.Equal(t, up[:1], pages(w, list+"&endTime=2026-03-14T10:00:00Z", "cursor", versions))
	require.Equal(t, up[1:],
		pages(w, list+"&startTime=2026-03-14T11:26:53.589Z", "cursor", versions))
}

func TestGetVersionV1ReadsWhatWas(t *testing.T) {
	w := newWorld(t, Options{})
	const target = entryV1 + "?datastoreName=Coins&entryKey=a"
	w.must(post, target, "1")
	w.clock.now = w.clock.now.Add(time.Hour)
	w.must(post, target, "2")
	const version = entryV1 + "/versions/version?datastoreName=Coins&entryKey=a&versionId="
	require.Equal(t, "1", w.must(get, version+firstVersion, ""))
	require.Equal(t, "2", w.must(get, version+secondVersion, ""))
	got := w.send(get, version+emulator.NewVersion(testStart, 3, testStart), "")
	require.Equal(t, http.StatusNotFound, got.status)
	require.Contains(t, got.body, "VersionNotFound")
}

// O16.
func TestADeletedEntryV1IsNotFoundUnlessAskedForNoContent(t *testing.T) {
	for _, empty := range []bool{false, true} {
		w := newWorld(t, Options{DeletedIsEmpty: empty})
		const target = entryV1 + "?datastoreName=Coins&entryKey=a"
		w.must(post, target, "1")
		w.send(remove, target, "")
		want := map[bool]int{false: http.StatusNotFound, true: http.StatusNoContent}[empty]
		require.Equal(t, want, w.send(get, target, "").status)
		require.Equal(t, http.StatusNotFound, w.send(remove, target, "").status)
	}
}

func TestLooseTakesUserIdsWithoutBracketsAndBodiesWithoutType(t *testing.T) {
	w := newWorld(t, Options{Loose: true})
	const target = entryV1 + "?datastoreName=Coins&entryKey=a"
	w.must(post, target, "1", "roblox-entry-userids", "1, 2", "content-type", "text/plain")
	require.Equal(t, "[1,2]", w.send(get, target, "").header.Get("roblox-entry-userids"))
}
