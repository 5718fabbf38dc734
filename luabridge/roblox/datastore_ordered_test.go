package roblox

import "testing"

const orderedPrelude = `
	store = service:GetOrderedDataStore("Coins")
	local function sorted(...)
		local pages, found = store:GetSortedAsync(...), {}
		while true do
			local page = {}
			for _, entry in pages:GetCurrentPage() do
				table.insert(page, entry.key .. "=" .. entry.value)
			end
			table.insert(found, table.concat(page, " "))
			if pages.IsFinished then break end
			pages:AdvanceToNextPageAsync()
		end
		print(pages.ClassName .. ": " .. table.concat(found, " | "))
	end
`

// R156 to R158, R161, R153.
func TestOrderedStoresAreListedByValue(t *testing.T) {
	unlimitedStoresSay(t, orderedPrelude+`
		for key, value in {a = 3, b = -1, d = 2, c = 2, e = 10} do store:SetAsync(key, value) end
		sorted(true, 10)
		sorted(false, 10)
		sorted(false)
		sorted(true, 2)
		sorted(true, 10, 2, 3)
		sorted(false, 1, nil, 2)
		sorted(true, 10, 2, 2)
		sorted(true, 10, 11)
		print(store:GetSortedAsync(true, 1):GetCurrentPage()[1].value + 1)
	`, "DataStorePages: b=-1 c=2 d=2 a=3 e=10", "DataStorePages: e=10 a=3 c=2 d=2 b=-1",
		"DataStorePages: e=10 a=3 c=2 d=2 b=-1", "DataStorePages: b=-1 c=2 | d=2 a=3 | e=10",
		"DataStorePages: c=2 d=2 a=3", "DataStorePages: c=2 | d=2 | b=-1",
		"DataStorePages: c=2 d=2", "DataStorePages: ", "0")
}

// R164: an empty store gives an empty page.
func TestEmptyOrderedStoresHaveOneEmptyPage(t *testing.T) {
	storesSay(t, orderedPrelude+`
		sorted(true, 10)
		print(#store:GetSortedAsync(true, 10):GetCurrentPage())
	`, "DataStorePages: ", "0")
}

// G23: R157, R159, R160.
func TestGetSortedAsyncChecksItsArguments(t *testing.T) {
	const range106 = "106: PageSize must be within predefined range."
	storesRefuse(t, [][2]string{
		{orderedPrelude + `store:GetSortedAsync()`, "Argument 1 missing or nil"},
		{orderedPrelude + `store:GetSortedAsync(1, 10)`, "Unable to cast number to bool"},
		{orderedPrelude + `store:GetSortedAsync(true, 0)`, range106},
		{orderedPrelude + `store:GetSortedAsync(true, 101)`, range106},
		{orderedPrelude + `store:GetSortedAsync(true, -5)`, range106},
		{orderedPrelude + `store:GetSortedAsync(true, 10, 1.5)`,
			"106: MinValue must be an integer."},
		{orderedPrelude + `store:GetSortedAsync(true, 10, 1, math.huge)`,
			"106: MaxValue must be an integer."},
		{orderedPrelude + `store:GetSortedAsync(true, 10, 2, 1)`,
			"107: MaxValue must be greater than or equal to MinValue."},
		{orderedPrelude + `store:GetSortedAsync(true, 10, "x")`,
			"Unable to cast string to double"},
		{`store:GetSortedAsync(true, 10)`,
			`GetSortedAsync is not a valid member of DataStore "Coins"`},
		{orderedPrelude + `store:ListVersionsAsync("k")`, // R113
			`ListVersionsAsync is not a valid member of OrderedDataStore "Coins"`},
	})
	storesSay(t, orderedPrelude+`sorted(true, 100); sorted(true, 1)`,
		"DataStorePages: ", "DataStorePages: ")
}

// R165, R166.
func TestBatchGetAsyncReadsManyKeysOfAnOrderedStore(t *testing.T) {
	storesSay(t, `
		local ordered = service:GetOrderedDataStore("Coins")
		local Read = Enum.DataStoreRequestType.OrderedRead
		ordered:SetAsync("a", 1)
		ordered:SetAsync(2, 5)
		local before = service:GetRequestBudgetForRequestType(Read)
		show(ordered:BatchGetAsync({"a", "missing", 2, "a"}, {anything = true}))
		print(before - service:GetRequestBudgetForRequestType(Read))
		fails(store.BatchGetAsync, {"a"})
		store = ordered
		fails(store.BatchGetAsync)
		fails(store.BatchGetAsync, "a")
		fails(store.BatchGetAsync, {true})
		fails(store.BatchGetAsync, {""})
		print((pcall(store.BatchGetAsync, store, {})))
		print((pcall(store.BatchGetAsync, store, table.create(101, "a"))))
		print((pcall(store.BatchGetAsync, store, table.create(90, "a"))))
	`, `[{"2":{"value":5},"a":{"value":1}}]`, "4",
		"BatchGetAsync is only supported by OrderedDataStore",
		"Argument 1 missing or nil", "Unable to cast string to Dictionary",
		"Unable to cast boolean to string", "101: Key name can't be empty.",
		"W "+badRequest, "false", "W "+badRequest, "false", "true")
}

const badRequest = "DataStoreService: RequestRejected: API Services rejected request with error. " +
	"HTTP 400 (Bad Request). API: BatchGetAsync, Data Store: Coins"

// R154.
func TestOrderedStoresRefuseOptionsToo(t *testing.T) {
	const line = "W DataStoreService: ParameterNotAllowed: Additional parameter % not allowed. " +
		"API: %, Data Store: Coins\n517: Additional parameter % not allowed"
	storesRefuse(t, [][2]string{
		{orderedPrelude + `store:SetAsync("k", 1, nil, new("DataStoreSetOptions"))`,
			fill(line, "Options", "SetAsync", "Options")},
		{orderedPrelude + `store:IncrementAsync("k", 1, {1})`,
			fill(line, "UserIds", "IncrementAsync", "UserIds")},
	})
}

// R152, R95: doubles beyond 2^53, infinities and NaN.
func TestOrderedStoresHoldWhatFitsInAnInteger(t *testing.T) {
	storesSay(t, orderedPrelude+`
		store:SetAsync("k", 2^53)
		print((store:GetAsync("k")) == 2^53, (store:GetAsync("k")))
		fails(store.SetAsync, "k", 0/0)
		print((pcall(store.SetAsync, store, "k", 1/0)))
		print((store:GetAsync("k")) == 2^53)
	`, "true 9007199254740992", "103: double is not allowed in data stores.",
		"W DataStoreService: RequestRejected: API Services rejected request with error. "+
			"HTTP 400 (Bad Request). API: SetAsync, Data Store: Coins", "false", "true")
}

// R155.
func TestOrderedStoresHaveNoKeyInfo(t *testing.T) {
	storesSay(t, orderedPrelude+`
		print(select("#", store:SetAsync("k", 1)), select(2, store:GetAsync("k")))
		print(select(2, store:IncrementAsync("k", 1)))
		print(select(2, store:UpdateAsync("k", function(value, info)
			print(value, info)
			return value + 1, {1, 2, 3, 4, 5}, "ignored"
		end)))
		print(store:RemoveAsync("k"))
	`, "1 nil", "nil", "2 nil", "nil", "3 nil")
}
