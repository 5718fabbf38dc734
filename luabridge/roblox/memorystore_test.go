package roblox

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"savestone/emulator/memorystore"
)

const memoryPrelude = `local service = game:GetService("MemoryStoreService")
local map, sorted = service:GetHashMap("m"), service:GetSortedMap("m")
local queue = service:GetQueue("q")
local http = game:GetService("HttpService")
local function show(...) print(http:JSONEncode({...})) end
local function yields(fn, ...)
	local co = coroutine.create(fn)
	coroutine.resume(co, ...)
	return coroutine.status(co) == "suspended"
end
`

// memorySays runs a script and compares what it says.
func memorySays(t *testing.T, source string, lines ...string) {
	t.Helper()
	w := newWorld(t, Options{Diagnose: func(d Diagnostic) { t.Log(d.Call, d.Error()) }})
	require.Equal(t, strings.Join(lines, "\n"), w.run(memoryPrelude+source))
}

// memoryRefuses runs statements, each of which must raise the text beside it.
func memoryRefuses(t *testing.T, o Options, statements [][2]string) {
	t.Helper()
	for _, s := range statements {
		source := memoryPrelude + "print(select(2, pcall(function() " + s[0] + " end)))"
		require.Equal(t, s[1], newWorld(t, o).run(source), s[0])
	}
}

// R196.
func TestMemoryStoresHaveOneObjectForAName(t *testing.T) {
	memorySays(t, `
		print(service:GetHashMap("m") == map, service:GetHashMap("n") == map)
		print(service:GetSortedMap("m") == sorted, service:GetQueue("q", 30) == queue)
		print(service:GetQueue("q", 31) == queue)
		print(map.ClassName, sorted.ClassName, queue.ClassName, map.Name, typeof(map))
		print(yields(service.GetHashMap, service, "x"), yields(map.GetAsync, map, "x"))
		print(pcall(Instance.new, "MemoryStoreHashMap"))
	`,
		"true false", "true true", "false",
		"MemoryStoreHashMap MemoryStoreSortedMap MemoryStoreQueue m Instance",
		"false true",
		`false Unable to create an Instance of type "MemoryStoreHashMap"`)
}

func TestHashMapsKeepCopies(t *testing.T) {
	memorySays(t, `
		print(map:GetAsync("k"))
		local data = {coins = 1, pets = {"cat"}}
		print(map:SetAsync("k", data, 60), map:SetAsync("k", data, 60))
		data.coins = 2
		local value = map:GetAsync("k")
		show(value)
		print(value == map:GetAsync("k"))
		print(select("#", map:RemoveAsync("k")), map:GetAsync("k"))
		map:SetAsync("k", false, 60)
		print(map:GetAsync("k"))
		task.wait(59)
		print(map:GetAsync("k"))
		task.wait(1)
		print(map:GetAsync("k"))
	`, "nil", "false true", `[{"coins":1,"pets":["cat"]}]`, "false", "0 nil", "false", "false", "nil")
}

// R27, R198 to R200, R207, R211.
func TestMemoryStoresCheckTheirArguments(t *testing.T) {
	const name, cast = "Code: 2, Error: The name field is required.", "Unable to cast "
	const expires = "Code: 2, Error: The field expires must be between 0 and 3888000000."
	const unconvertible = "Unable to convert value to json."
	memoryRefuses(t, Options{}, [][2]string{
		{`service:GetHashMap()`, "Argument 1 missing or nil"},
		{`service:GetQueue({})`, cast + "Dictionary to string"},
		{`service:GetHashMap(""):GetAsync("k")`, name},
		{`service:GetSortedMap(""):GetSizeAsync()`, name},
		{`service:GetQueue(""):AddAsync(1, 1)`, name},
		{`map:GetAsync()`, "Argument 1 missing or nil"},
		{`map:GetAsync("")`, "Code: 2, Error: The key field is required."},
		{`map.GetAsync("k")`, "Expected ':' not '.' calling member function GetAsync"},
		{`sorted.GetRangeAsync(map, 1, 1)`, "Expected ':' not '.' calling member function GetRangeAsync"},
		{`map:SetAsync("k")`, "Argument 2 missing or nil"},
		{`map:SetAsync("k", 1)`, "Argument 3 missing or nil"},
		{`map:SetAsync("k", 1, "soon")`, cast + "string to int64"},
		{`map:SetAsync("k", 1, -1)`, expires},
		{`map:SetAsync("k", 1, 3888001)`, expires},
		{`map:SetAsync("k", 1, 1e300)`, expires},
		{`map:SetAsync("k", 1, 3888000) error("fine", 0)`, "fine"},
		{`map:SetAsync("k", ("x"):rep(32766), 1) error("fine", 0)`, "fine"},
		{`map:SetAsync("k", ("x"):rep(32767), 1)`, "Code: 4, Error: The provided value is too long."},
		{`map:SetAsync("k", table.create(40000, 1), 1)`, "Code: 4, Error: The provided value is too long."},
		{`map:SetAsync("k", game, 1)`, unconvertible},
		{`map:SetAsync("k", print, 1)`, unconvertible},
		{`map:SetAsync("k", {1/0}, 1)`, unconvertible},
		{`map:SetAsync("k", "\xff", 1)`, unconvertible},
		{`local t = {} t.t = t map:SetAsync("k", t, 1)`, unconvertible},
		{`map:UpdateAsync("k", function() return "\xff" end, 1)`, unconvertible},
		{`map:UpdateAsync("k", nil, 1)`, "Argument 2 missing or nil"},
		{`map:UpdateAsync("k", 5, 1)`, cast + "number to function"},
		{`map:UpdateAsync("k", print)`, "Argument 3 missing or nil"},
		{`map:ListItemsAsync(0)`, "Code: 2, Error: The field count must be between 1 and 200."},
		{`sorted:SetAsync("k", 1, 1, true)`, "Unable to convert sortKey to a valid number or string."},
		{`sorted:SetAsync("k", 1, 1, 0/0)`, "Unable to convert sortKey to a valid number or string."},
		{`sorted:UpdateAsync("k", function() return 1, {} end, 1)`,
			"Unable to convert sortKey to a valid number or string."},
		{`sorted:GetRangeAsync()`, "Argument 1 missing or nil"},
		{`sorted:GetRangeAsync(Enum.SortDirection.Ascending, 201)`,
			"Code: 2, Error: The field count must be between 1 and 200."},
		{`sorted:GetRangeAsync("Ascending", 1, true)`, cast + "boolean to Dictionary"},
		{`sorted:GetRangeAsync("Ascending", 1, {key = {}})`,
			"Code: 2, Error: The provided lower bound is not valid"},
		{`sorted:GetRangeAsync("Ascending", 1, nil, "\n")`,
			"Code: 2, Error: The provided upper bound is not valid"},
		{`sorted:GetRangeAsync("Ascending", 1, {sortKey = {}})`,
			"Unable to convert sortKey to a valid number or string."},
		{`queue:AddAsync(nil, 1)`, "Argument 1 missing or nil"},
		{`queue:AddAsync(1)`, "Argument 2 missing or nil"},
		{`queue:ReadAsync()`, "Argument 1 missing or nil"},
		{`queue:ReadAsync(101)`, "Code: 2, Error: The field count must be between 1 and 100."},
		{`queue:ReadAsync(0, false, 0)`, "Code: 2, Error: The field count must be between 1 and 100."},
		{`queue:ReadAsync(1, 1)`, cast + "number to bool"},
		{`queue:RemoveAsync()`, "Argument 1 missing or nil"},
	})
}

func TestUnkeepableValuesSayWhereTheCulpritIs(t *testing.T) {
	var told []string
	w := newWorld(t, Options{Diagnose: func(d Diagnostic) { told = append(told, d.Call+": "+d.Error()) }})
	w.run(memoryPrelude + `pcall(map.SetAsync, map, "k", {pets = {{name = "\xff"}}}, 1)`)
	require.Equal(t, []string{`SetAsync in MemoryStoreHashMap "m": value.pets[1].name: ` +
		`a string is not valid UTF-8 at byte 1; use a buffer for bytes`}, told)
}

// R203.
func TestMemoryUpdatesTransformAFreshCopy(t *testing.T) {
	memorySays(t, `
		local function add(old) old = old or {n = 0}; old.n += 1; return old end
		show(map:UpdateAsync("k", add, 60))
		show(map:UpdateAsync("k", add, 60), map:GetAsync("k"))
		print(map:UpdateAsync("k", function(old) old.n = 9 return nil end, 60))
		show(map:GetAsync("k"))
		print(yields(map.UpdateAsync, map, "k", add, 60))
	`, `[{"n":1}]`, `[{"n":2},{"n":2}]`, "nil", `[{"n":2}]`, "true")
}

func TestMemoryUpdatesTellOnlyThatTheirCallbackFailed(t *testing.T) {
	const failed = "false Failed to invoke transformation function"
	memorySays(t, `
		print(pcall(map.UpdateAsync, map, "k", function() error("boom") end, 60))
		print(pcall(map.UpdateAsync, map, "k", function() task.wait() end, 60))
		print(pcall(sorted.UpdateAsync, sorted, "k", function() map:GetAsync("x") end, 60))
		print(map:GetAsync("k"))
	`,
		"E ServerScriptService.Main:12: boom", failed,
		"E ServerScriptService.Main:13: Callbacks cannot yield", failed,
		"E ServerScriptService.Main:14: Callbacks cannot yield", failed,
		"nil")
}

func TestHashMapPagesShowEveryItem(t *testing.T) {
	memorySays(t, `
		for i = 1, 5 do map:SetAsync("k" .. i, {i}, 60) end
		local pages = map:ListItemsAsync(2)
		print(pages.ClassName, pages:IsA("Pages"))
		local sum, sizes = 0, {}
		while true do
			local page = pages:GetCurrentPage()
			table.insert(sizes, #page)
			for _, item in page do
				assert(item.key == "k" .. item.value[1])
				sum += item.value[1]
			end
			if pages.IsFinished then break end
			pages:AdvanceToNextPageAsync()
		end
		show(sum, sizes)
		print(pages:GetCurrentPage() == pages:GetCurrentPage())
		print(pcall(pages.AdvanceToNextPageAsync, pages))
		print(yields(map.ListItemsAsync, map, 1))
		pages = service:GetHashMap("empty"):ListItemsAsync(1)
		print(pages.IsFinished, #pages:GetCurrentPage())
	`, "MemoryStoreHashMapPages true", "[15,[2,2,1]]", "false", "false No pages to advance to", "true",
		"true 0")
}

// R205 to R207, G33.
func TestSortedMapsSort(t *testing.T) {
	memorySays(t, `
		print(sorted:GetAsync("a"))
		print(sorted:SetAsync("a", 1, 60, 10), sorted:SetAsync("b", 2, 60, "x"))
		print(sorted:SetAsync("c", 3, 60), sorted:SetAsync("a", 1, 60, 20))
		sorted:SetAsync("d", 4, 60, -5)
		print(sorted:GetAsync("a"))
		local function range(...)
			local keys = {}
			for _, item in sorted:GetRangeAsync(...) do
				table.insert(keys, item.key .. "=" .. item.value .. ":" .. tostring(item.sortKey))
			end
			print(table.concat(keys, " "))
		end
		range(Enum.SortDirection.Ascending, 200)
		range("Descending", 2)
		range(Enum.SortDirection.Ascending, 200, {sortKey = -5}, {key = "c"})
		range(Enum.SortDirection.Ascending, 200, {key = "a", sortKey = 20})
		sorted:SetAsync("e", 5, 60)
		range(Enum.SortDirection.Ascending, 200, "c")
		print(sorted:UpdateAsync("a", function(value, key) return value + 1, key end, 60))
		print(sorted:UpdateAsync("a", function(value, key) return value + 1 end, 60))
		print(sorted:UpdateAsync("a", function() end, 60))
		print(sorted:GetSizeAsync())
		sorted:RemoveAsync("a")
		print(sorted:GetSizeAsync())
	`,
		"nil nil", "false false", "false true", "1 20",
		"d=4:-5 a=1:20 b=2:x c=3:nil", "c=3:nil b=2:x", "a=1:20 b=2:x", "b=2:x c=3:nil", "e=5:nil",
		"2 20", "3 nil", "nil nil", "5", "4")
}

// R208 to R210.
func TestQueuesHandOutAndTakeBack(t *testing.T) {
	memorySays(t, `
		print(select("#", queue:AddAsync("low", 600)))
		queue:AddAsync({"high"}, 600, 1)
		local items, id = queue:ReadAsync(1)
		show(items, typeof(id), queue:GetSizeAsync(), queue:GetSizeAsync(true))
		queue:RemoveAsync(id)
		print(queue:GetSizeAsync())
		items, id = service:GetQueue("q", 5):ReadAsync(1, false, 0)
		show(items)
		items, id = queue:ReadAsync(1, false, 0)
		print(#items, id)
		local began = time()
		items, id = queue:ReadAsync(1)
		print(items[1], time() - began)
		print(#queue:ReadAsync(2, true, 3), time() - began)
		task.wait(28)
		show((queue:ReadAsync(2, true, 0)))
		queue:AddAsync("new", 600)
		show((queue:ReadAsync(2, true, 0)))
	`,
		"0", `[[["high"]],"string",2,1]`, "1", `[["low"]]`, "0 nil", "low 6", "0 9", "[[]]", `[["low","new"]]`)
}

// R197 and R196: servers share what Studio does not see.
func TestServersShareAUniverseOfMemoryStores(t *testing.T) {
	u := newUniverse(t)
	shared := memorystore.New(u.sim, memorystore.Options{})
	server := func(studio bool) *world {
		return newWorldOf(t, u.sim, Options{MemoryStores: shared, Studio: studio})
	}
	a, b, studio := server(false), server(false), server(true)
	const look = `task.wait(1) print(map:GetAsync("k"), queue:GetSizeAsync(), #queue:ReadAsync(1, false, 0))`
	a.start(memoryPrelude + `map:SetAsync("k", 5, 60) queue:AddAsync(1, 60)` + look)
	b.start(memoryPrelude + look)
	studio.start(memoryPrelude + look)
	u.sim.Run()
	require.Equal(t, "5 1 0", a.heard())
	require.Equal(t, "5 1 1", b.heard(), "it wrote nothing, so it came to look first")
	require.Equal(t, "nil 0 0", studio.heard())
}

// R203: tasks of two servers that update one key at once run again instead of losing a count.
func TestServersCountTogether(t *testing.T) {
	u := newUniverse(t)
	shared := memorystore.New(u.sim, memorystore.Options{})
	const count = `
		local calls = 0
		map:UpdateAsync("k", function(n) calls += 1 return (n or 0) + 1 end, 60)
		task.wait(1)
		print(calls, map:GetAsync("k"))`
	a := newWorldOf(t, u.sim, Options{MemoryStores: shared})
	b := newWorldOf(t, u.sim, Options{MemoryStores: shared})
	a.start(memoryPrelude + count)
	b.start(memoryPrelude + count)
	u.sim.Run()
	require.Equal(t, "1 2", a.heard())
	require.Equal(t, "2 2", b.heard())
}

// R201, R202: a server alone counts its own players.
func TestAServersPlayersRaiseItsLimits(t *testing.T) {
	const spend = `
		local ok, problem, n = true, nil, -1
		task.wait(60)
		while ok do ok, problem = pcall(map.GetAsync, map, "k") n += 1 end
		print(n, problem)`
	w := newWorld(t, Options{})
	const throttled = " Code: 6, Error: The rate of requests exceeds the allowed limit."
	require.Equal(t, "1000"+throttled, w.run(memoryPrelude+spend))
	_, err := w.Join(Profile{UserID: 1, Name: "One"})
	require.NoError(t, err)
	require.Equal(t, "1120"+throttled, w.run(memoryPrelude+spend))
}

func TestDocumentedTextsCanBeChosen(t *testing.T) {
	sim := newUniverse(t).sim
	shared := memorystore.New(sim, memorystore.Options{Texts: memorystore.Documented})
	w := newWorldOf(t, sim, Options{MemoryStores: shared})
	require.Equal(t, "false InvalidExpirationTime: "+
		"The field 'expiration' time must be between 0 and 3,888,000.",
		w.run(memoryPrelude+`print(pcall(map.SetAsync, map, "k", 1, -1))`))
}

func TestValuesThatLuauCannotReadAreRefused(t *testing.T) {
	sim := newUniverse(t).sim
	shared := memorystore.New(sim, memorystore.Options{})
	deep := strings.Repeat("[", 2000) + strings.Repeat("]", 2000)
	sim.Go(func() {
		_, _, err := shared.Scope(memorystore.Live).HashMap("m").Set(t.Context(), "k",
			memorystore.Write{Value: []byte(deep), Expiration: time.Hour})
		require.NoError(t, err)
	})
	sim.Run()
	w := newWorldOf(t, sim, Options{MemoryStores: shared})
	require.Equal(t, "Failed to read response.\nFailed to read response.", w.run(memoryPrelude+`
		print(select(2, pcall(map.GetAsync, map, "k")))
		print(select(2, pcall(map.UpdateAsync, map, "k", print, 60)))`))
}

func TestMemoryStoresCannotBeReachedAfterTheEnd(t *testing.T) {
	w := newWorld(t, Options{})
	w.start(memoryPrelude + `task.wait(1) print(pcall(map.GetAsync, map, "k"))`)
	require.NoError(t, w.Shutdown("ServerEmpty", nil))
	w.sim.RunUntil(testStart.Add(2 * time.Second))
	require.Equal(t, "false Request Failed.", w.heard())
}
