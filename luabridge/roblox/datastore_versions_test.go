package roblox

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// G20: R108, R116, R102, R70, R71.
func TestVersionsAreReadWithWhatBelongedToThem(t *testing.T) {
	storesSay(t, `
		local first = store:SetAsync("k", "a", {7})
		local lost = store:SetAsync("k", "b", {8})
		task.wait(3600)
		local now = store:SetAsync("k", "c")
		local value, info = store:GetVersionAsync("k", lost)
		show(value, info:GetUserIds(), info.Version == lost, info.ClassName)
		print((store:GetVersionAsync("k", now)))
		fails(store.GetVersionAsync, "k", first)
		fails(store.GetVersionAsync, "k", "nonsense")
		fails(store.GetVersionAsync, "other", now)
	`, `["b",[8],true,"DataStoreKeyInfo"]`, "c",
		versionRefused, versionRefused, versionRefused)
}

const (
	versionRefusal = "502: API Services rejected request with error. " +
		"Reason: The provided version is not valid."
	versionRefused = "W DataStoreService: RequestRejected: The provided version is not valid. " +
		"API: GetVersionAsync, Data Store: Coins\n" + versionRefusal
)

// R118, R121, R112: a tombstone is a version without a value.
func TestTombstonesAreVersions(t *testing.T) {
	storesSay(t, `
		store:SetAsync("k", 1)
		store:RemoveAsync("k")
		local pages = store:ListVersionsAsync("k")
		local versions = pages:GetCurrentPage()
		print(pages.ClassName, pages.IsFinished, #versions)
		for _, v in versions do print(v.ClassName, v.IsDeleted, v.CreatedTime) end
		local value, info = store:GetVersionAsync("k", versions[2].Version)
		print(value, info.Version == versions[2].Version)
		print((store:GetVersionAsync("k", versions[1].Version)))
	`, "DataStoreVersionPages true 2",
		"DataStoreObjectVersionInfo false 1767225600000",
		"DataStoreObjectVersionInfo true 1767225600000", "nil true", "1")
}

// R119, R120.
func TestVersionAtATimeIsTheOneThatWasCurrentThen(t *testing.T) {
	storesSay(t, `
		local function now() return DateTime.now().UnixTimestampMillis end
		local begin = now()
		task.wait(60)
		store:SetAsync("k", "a")
		local written = now()
		task.wait(3600)
		store:SetAsync("k", "b")
		for _, at in {begin, written - 1, written, written + 3599999, now(), now() + 600000} do
			print(store:GetVersionAtTimeAsync("k", at))
		end
		task.wait(1)
		store:RemoveAsync("k")
		print(store:GetVersionAtTimeAsync("k", now()))
		print((store:GetVersionAtTimeAsync("k", now() - 1)))
		for _, at in {0, -1, now() + 600001} do fails(store.GetVersionAtTimeAsync, "k", at) end
		fails(store.GetVersionAtTimeAsync, "k")
	`, "nil nil", "nil nil", "a DataStoreKeyInfo", "a DataStoreKeyInfo", "b DataStoreKeyInfo",
		"b DataStoreKeyInfo", "nil nil", "b",
		timestampRefusal, timestampRefusal, timestampRefusal, "Argument 2 missing or nil")
}

const timestampRefusal = "Timestamp must be positive and not more than ten minutes in the future."

// fourHours writes v1 to v4, an hour apart, and has name list versions.
const fourHours = `
	local stamps, ids = {}, {}
	for n = 1, 4 do
		table.insert(ids, store:SetAsync("k", "v" .. n))
		stamps[n] = DateTime.now().UnixTimestampMillis
		task.wait(3600)
	end
	local function list(...)
		local pages, found = store:ListVersionsAsync("k", ...), {}
		while true do
			local page = {}
			for _, v in pages:GetCurrentPage() do
				table.insert(page, table.find(ids, v.Version))
				assert(v.CreatedTime == stamps[page[#page]])
			end
			table.insert(found, table.concat(page, ","))
			if pages.IsFinished then break end
			pages:AdvanceToNextPageAsync()
		end
		print(table.concat(found, " | "))
	end
`

// R121 to R124.
func TestVersionsAreListedByTimeWithinBounds(t *testing.T) {
	storesSay(t, fourHours+`
		list()
		list(Enum.SortDirection.Descending)
		list("Ascending", stamps[2], stamps[3])
		list(nil, stamps[2] + 1, nil)
		list(nil, 0, stamps[3] - 1, 0)
		list(Enum.SortDirection.Descending, 0, 0, 3)
		list(nil, nil, nil, 2)
		local none = store:ListVersionsAsync("missing")
		print(#none:GetCurrentPage(), none.IsFinished)
	`, "1,2,3,4", "4,3,2,1", "2,3", "3,4", "1,2", "4,3,2 | 1", "1,2 | 3,4", "0 true")
	storesRefuse(t, [][2]string{
		{`store:ListVersionsAsync("k", "Sideways")`,
			"Unable to cast value to enum SortDirection"},
		{`store:ListVersionsAsync("k", nil, 0, 0, 1025)`, pageRefused("ListVersionsAsync")},
		{`store:ListVersionsAsync("k", nil, 0, 0, -1)`, pageRefused("ListVersionsAsync")},
		{`store:ListVersionsAsync("")`, "101: Key name can't be empty."},
	})
}

// pageRefused is what a wrong page size is answered with (R123, R128).
func pageRefused(method string) string {
	const text = "API Services rejected request with error. HTTP 400 (Bad Request)"
	return "W DataStoreService: RequestRejected: " + text + ". API: " + method +
		", Data Store: Coins\n502: " + text
}

// R111, R99.
func TestBackupsExpireThirtyDaysAfterTheyWereSuperseded(t *testing.T) {
	storesSay(t, `
		local id = store:SetAsync("k", 1)
		task.wait(3600)
		store:SetAsync("k", 2)
		task.wait(30 * 86400 - 60)
		print((store:GetVersionAsync("k", id)), #store:ListVersionsAsync("k"):GetCurrentPage())
		task.wait(60)
		print((pcall(store.GetVersionAsync, store, "k", id)))
		print(#store:ListVersionsAsync("k"):GetCurrentPage(), (store:GetAsync("k")))
	`, "1 2",
		"W DataStoreService: RequestRejected: The provided version is not valid. "+
			"API: GetVersionAsync, Data Store: Coins",
		"false", "1 2")
}

// R125.
func TestRemovedVersionsAreGoneForGood(t *testing.T) {
	storesSay(t, fourHours+`
		print(store:RemoveVersionAsync("k", ids[2]))
		list()
		print((pcall(store.GetVersionAsync, store, "k", ids[2])))
		store:RemoveVersionAsync("k", ids[4])
		task.wait(4)
		print(store:GetAsync("k"))
		print((store:GetVersionAsync("k", ids[3])))
		fails(store.RemoveVersionAsync, "k")
	`, "", "1,3,4",
		"W DataStoreService: RequestRejected: The provided version is not valid. "+
			"API: GetVersionAsync, Data Store: Coins",
		"false", "nil nil", "v3", "Argument 2 missing or nil")
}

// R148, R12.
func TestReadingVersionsAlwaysAsksTheBackend(t *testing.T) {
	storesSay(t, `
		local id = store:SetAsync("k", 1)
		for _, call in {
			function() store:GetVersionAsync("k", id) end,
			function() store:GetVersionAtTimeAsync("k", 1767225600000) end,
			function() store:ListVersionsAsync("k") end,
			function() store:ListKeysAsync() end,
			function() service:ListDataStoresAsync() end,
		} do
			local thread = coroutine.create(call)
			coroutine.resume(thread)
			print(coroutine.status(thread))
			task.wait()
		end
	`, "suspended", "suspended", "suspended", "suspended", "suspended")
}

func TestVersionsOfAnAllScopesStore(t *testing.T) {
	u := newUniverse(t)
	require.Equal(t, "1 1 1\nKey must be in the format scope/key", u.server("one").run(
		storePrelude+`
		local options = new("DataStoreOptions"); options.AllScopes = true
		local all = service:GetDataStore("Coins", "", options)
		local id = all:SetAsync("s/k", 1)
		print((all:GetVersionAsync("s/k", id)), #all:ListVersionsAsync("s/k"):GetCurrentPage(),
			(service:GetDataStore("Coins", "s"):GetVersionAsync("k", id)))
		print(select(2, pcall(all.ListVersionsAsync, all, "k")))`))
}
