package roblox

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"savestone/emulator"
)

// everyPage prints the pages of a listing, and the last page twice.
const everyPage = `
	local function everyPage(pages, field)
		local found = {}
		while true do
			local names = {}
			for _, item in pages:GetCurrentPage() do table.insert(names, item[field]) end
			table.insert(found, table.concat(names, ","))
			if pages.IsFinished then break end
			pages:AdvanceToNextPageAsync()
		end
		print(pages.ClassName .. ": " .. table.concat(found, " | "))
	end
`

// R126 to R128, R131, R32.
func TestKeysAreListedByPrefixAndPage(t *testing.T) {
	storesSay(t, everyPage+`
		for _, key in {"b/1", "a2", "a10", "a1", "é"} do store:SetAsync(key, 1) end
		service:GetDataStore("Coins", "other"):SetAsync("a3", 1)
		local pages = store:ListKeysAsync()
		print(pages:GetCurrentPage()[1].ClassName)
		everyPage(pages, "KeyName")
		everyPage(store:ListKeysAsync("a", 2), "KeyName")
		everyPage(store:ListKeysAsync("a1", 2), "KeyName")
		everyPage(store:ListKeysAsync("x"), "KeyName")
		local options = new("DataStoreOptions"); options.AllScopes = true
		local all = service:GetDataStore("Coins", "", options)
		everyPage(all:ListKeysAsync("", 4), "KeyName")
		everyPage(all:ListKeysAsync("global/b/"), "KeyName")
		everyPage(all:ListKeysAsync("o"), "KeyName")
	`, "DataStoreKey",
		"DataStoreKeyPages: a1,a10,a2,b/1,é",
		"DataStoreKeyPages: a1,a10 | a2",
		"DataStoreKeyPages: a1,a10",
		"DataStoreKeyPages: ",
		"DataStoreKeyPages: global/a1,global/a10,global/a2,global/b/1 | global/é,other/a3",
		"DataStoreKeyPages: global/b/1",
		"DataStoreKeyPages: other/a3")
	storesRefuse(t, [][2]string{
		{`store:ListKeysAsync("", 101)`, pageRefused("ListKeysAsync")},
		{`store:ListKeysAsync("", -1)`, pageRefused("ListKeysAsync")},
		{`store:ListKeysAsync({})`, "Unable to cast Dictionary to string"},
		{`store:ListKeysAsync("", 0, "", 1)`, "Unable to cast number to bool"},
		{`store.ListKeysAsync()`, "Expected ':' not '.' calling member function ListKeysAsync"},
	})
}

// R128: 50 by default.
func TestPagesOfKeysHoldFiftyByDefault(t *testing.T) {
	storesSay(t, `
		for i = 1, 51 do store:SetAsync("k" .. i, 1) end
		local pages = store:ListKeysAsync()
		print(#pages:GetCurrentPage(), pages.IsFinished)
		pages:AdvanceToNextPageAsync()
		print(#pages:GetCurrentPage(), pages.IsFinished)
	`, "50 false", "1 true")
}

// G21: R100, R129, R99.
func TestRemovedKeysAreListedUnlessExcluded(t *testing.T) {
	u := newUniverse(t)
	w := u.serverWith(u.emu, unlimited())
	w.start(storePrelude + everyPage + `
		for i = 1, 513 do store:SetAsync(string.format("k%03d", i), 1) end
		for i = 1, 512 do store:RemoveAsync(string.format("k%03d", i)) end
		local pages = store:ListKeysAsync("", 3)
		print(pages:GetCurrentPage()[1].KeyName)
		pages = store:ListKeysAsync("", 3, "", true)
		print(#pages:GetCurrentPage(), pages.IsFinished, pages.Cursor ~= "")
		pages:AdvanceToNextPageAsync()
		print(pages:GetCurrentPage()[1].KeyName, pages.IsFinished)
		task.wait(30 * 86400 + 1)
		everyPage(store:ListKeysAsync(), "KeyName")`)
	u.sim.Run()
	requireSaid(t, w, "k001", "0 false true", "k513 true", "DataStoreKeyPages: k513")
}

// R134, R130.
func TestCursorsResumeAListing(t *testing.T) {
	storesSay(t, everyPage+`
		for _, key in {"a", "b", "c"} do store:SetAsync(key, 1) end
		local pages = store:ListKeysAsync("", 1)
		local cursor = pages.Cursor
		everyPage(store:ListKeysAsync("", 1, cursor), "KeyName")
		everyPage(pages, "KeyName")
		print(pages.Cursor == "", store:ListKeysAsync().Cursor == "")
		print(pcall(function() pages.Cursor = cursor end))
		print(pcall(function() return store:ListVersionsAsync("a").Cursor end))
		fails(store.ListKeysAsync, "", 1, "nonsense")
	`, "DataStoreKeyPages: b | c", "DataStoreKeyPages: a | b | c", "true true",
		"false Unable to assign property Cursor. Property is read only",
		"false Cursor is not a valid member of DataStoreVersionPages \"DataStoreVersionPages\"",
		"W DataStoreService: InvalidExclusiveStartKey: The provided exclusive start key is not "+
			"valid. API: ListKeysAsync, Data Store: Coins",
		"502: API Services rejected request with error. "+
			"Error code: 0 Reason: The provided exclusive start key is not valid.")
}

// R136, R138.
func TestPagesEndExactlyAndSaySo(t *testing.T) {
	storesSay(t, `
		store:SetAsync("a", 1)
		store:SetAsync("b", 1)
		local pages = store:ListKeysAsync("", 2)
		print(pages.IsFinished, #pages:GetCurrentPage())
		print(pcall(pages.AdvanceToNextPageAsync, pages))
		print(#pages:GetCurrentPage())
		print(pcall(function() pages.IsFinished = false end))
		print(pcall(function() return new("DataStoreKeyPages") end))
		print(pages:IsA("Pages"), pcall(pages.GetCurrentPage))
	`, "true 2", "false No pages to advance to", "2",
		"false Unable to assign property IsFinished. Property is read only",
		`false Unable to create an Instance of type "DataStoreKeyPages"`,
		"true false Expected ':' not '.' calling member function GetCurrentPage")
}

// R135, R140, R12.
func TestAPageIsASnapshotReadWithoutYielding(t *testing.T) {
	storesSay(t, `
		store:SetAsync("a", 1)
		store:SetAsync("b", 1)
		local pages = store:ListKeysAsync()
		local first = pages:GetCurrentPage()
		store:SetAsync("c", 1)
		table.clear(first)
		local thread = coroutine.create(function() return #pages:GetCurrentPage() end)
		print(coroutine.resume(thread))
		local small = store:ListKeysAsync("", 1)
		thread = coroutine.create(function() small:AdvanceToNextPageAsync() end)
		coroutine.resume(thread)
		print(coroutine.status(thread))
	`, "true 2", "suspended")
}

// R137, R12.
func TestEachAdvanceCostsOneRequest(t *testing.T) {
	storesSay(t, `
		local List = Enum.DataStoreRequestType.StandardList
		for i = 1, 3 do store:SetAsync("k" .. i, 1) end
		local before = service:GetRequestBudgetForRequestType(List)
		local pages = store:ListKeysAsync("", 1)
		pages:AdvanceToNextPageAsync()
		print(before - service:GetRequestBudgetForRequestType(List))
		pages:AdvanceToNextPageAsync()
		print(before - service:GetRequestBudgetForRequestType(List))
	`, "2", "3")
}

// R133, R4.
func TestDataStoresAreListedOnceTheyHoldSomething(t *testing.T) {
	storesSay(t, everyPage+`
		everyPage(service:ListDataStoresAsync(), "DataStoreName")
		store:SetAsync("k", 1)
		task.wait(10)
		service:GetDataStore("Coins", "other"):SetAsync("k", 1)
		service:GetDataStore("Bank"):SetAsync("k", 1)
		service:GetDataStore("Empty")
		service:GetOrderedDataStore("Ranks"):SetAsync("k", 1)
		service:GetGlobalDataStore():SetAsync("k", 1)
		local pages = service:ListDataStoresAsync()
		everyPage(pages, "DataStoreName")
		local info = pages:GetCurrentPage()[2]
		print(info.ClassName, info.CreatedTime, info.UpdatedTime)
		everyPage(service:ListDataStoresAsync("Co"), "DataStoreName")
		pages = service:ListDataStoresAsync("", 1)
		everyPage(service:ListDataStoresAsync("", 1, pages.Cursor), "DataStoreName")
		everyPage(pages, "DataStoreName")
		print(pcall(service.ListDataStoresAsync, service, "", 101))
	`, "DataStoreListingPages: ", "DataStoreListingPages: Bank,Coins",
		"DataStoreInfo 1767225600000 1767225610000",
		"DataStoreListingPages: Coins", "DataStoreListingPages: Coins",
		"DataStoreListingPages: Bank | Coins",
		"W DataStoreService: RequestRejected: API Services rejected request with error. "+
			"HTTP 400 (Bad Request). API: ListDataStoresAsync",
		"false 502: API Services rejected request with error. HTTP 400 (Bad Request)")
}

// R10.
func TestTheGlobalStoreIsAFullDataStore(t *testing.T) {
	storesSay(t, everyPage+`
		local global = service:GetGlobalDataStore()
		local id = global:SetAsync("k", 1)
		everyPage(global:ListKeysAsync(), "KeyName")
		print((global:GetVersionAsync("k", id)), #global:ListVersionsAsync("k"):GetCurrentPage())
	`, "DataStoreKeyPages: k", "1 1")
}

// seed writes n values behind the back of all servers.
func (u *universe) seed(n int, at func(i int) (store, key string)) {
	for i := range n {
		store, key := at(i)
		id := emulator.StoreID{Name: store, Scope: "global"}
		_, err := u.emu.Seed(id, key, []byte("1"))
		require.NoError(u.t, err)
	}
}

// R133: 32 by default.
func TestPagesOfStoresHoldThirtyTwoByDefault(t *testing.T) {
	u := newUniverse(t)
	u.seed(33, func(i int) (string, string) { return fmt.Sprint("store", i), "k" })
	require.Equal(t, "32 false\n1 true", u.server("one").run(storePrelude+`
		local pages = service:ListDataStoresAsync()
		print(#pages:GetCurrentPage(), pages.IsFinished)
		pages:AdvanceToNextPageAsync()
		print(#pages:GetCurrentPage(), pages.IsFinished)`))
}

// R123: 1,024 by default. Before July 2024 every write kept a version.
func TestPagesOfVersionsHoldAThousandByDefault(t *testing.T) {
	profile, err := emulator.ProfileNamed("pre-2024-07")
	require.NoError(t, err)
	u := newUniverseOf(t, emulator.Options{Profile: profile})
	u.seed(1025, func(int) (string, string) { return "Coins", "k" })
	require.Equal(t, "1024 false\n1 true", u.server("one").run(storePrelude+`
		local pages = store:ListVersionsAsync("k")
		print(#pages:GetCurrentPage(), pages.IsFinished)
		pages:AdvanceToNextPageAsync()
		print(#pages:GetCurrentPage(), pages.IsFinished)`))
}
