package roblox

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"savestone/emulator"
	"savestone/emulator/gameserver"
	"savestone/luabridge/sched"
	"savestone/luabridge/stdlib"
	"savestone/luabridge/vm"
)

// universe is a simulation with data stores.
type universe struct {
	t   *testing.T
	sim *sched.Sim
	emu *emulator.Emulator
	bus *Bus
}

func newUniverse(t *testing.T) *universe { return newUniverseOf(t, emulator.Options{}) }

func newUniverseOf(t *testing.T, o emulator.Options) *universe {
	sim := sched.New(testStart)
	o.Clock = sim
	return &universe{
		t: t, sim: sim, emu: emulator.RunT(t, o), bus: NewBus(sim, BusOptions{}),
	}
}

// server adds a game server.
func (u *universe) server(job string) *world {
	return u.serverOver(job, u.emu)
}

func (u *universe) serverOver(job string, service emulator.Service) *world {
	return u.serverWith(service, gameserver.Options{JobID: job})
}

// serverWith adds a game server whose data stores have options.
func (u *universe) serverWith(service emulator.Service, o gameserver.Options) *world {
	w := &world{t: u.t, sim: u.sim}
	o.OnWarning = func(text string) { w.Print(Message{Kind: Warning, Text: text}) }
	w.Server = New(vm.Options{Sim: u.sim, Library: stdlib.Library()}, Options{
		Stores: gameserver.New(service, u.sim, o),
		JobID:  o.JobID, Bus: u.bus,
		Output: func(m Message) {
			w.logs = append(w.logs, m)
			mark := map[MessageKind]string{Warning: "W ", Error: "E "}[m.Kind]
			w.said = append(w.said, mark+m.Text)
		},
		Diagnose: func(d Diagnostic) { w.said = append(w.said, "D "+d.Call+": "+d.Error()) },
	})
	u.t.Cleanup(w.VM.Close)
	return w
}

// storesSay runs a script in a new universe and compares what it says. Service is DataStoreService,
// store the data store Coins, and new is Instance.new.
func storesSay(t *testing.T, source string, lines ...string) {
	t.Helper()
	said := newUniverse(t).server("one").run(storePrelude + source)
	require.Equal(t, strings.Join(lines, "\n"), said)
}

const storePrelude = `local service = game:GetService("DataStoreService")
local store, new = service:GetDataStore("Coins"), Instance.new
local http = game:GetService("HttpService")
local function show(...) print(http:JSONEncode({...})) end
local function fails(fn, ...) print(select(2, pcall(fn, store, ...))) end
`

// storesRefuse runs statements, each of which must raise the text beside it.
func storesRefuse(t *testing.T, statements [][2]string) {
	t.Helper()
	for _, s := range statements {
		source := storePrelude + "print(select(2, pcall(function() " + s[0] + " end)))"
		require.Equal(t, s[1], newUniverse(t).server("one").run(source), s[0])
	}
}

func TestStoreObjectsHaveIdentity(t *testing.T) {
	storesSay(t, `
		local all = new("DataStoreOptions"); all.AllScopes = true
		local experimental = new("DataStoreOptions")
		experimental:SetExperimentalFeatures({v2 = true})
		print(store == service:GetDataStore("Coins", "global"))
		print(store == service:GetDataStore("Coins", nil, experimental))
		print(store == service:GetDataStore("Coins", "other"))
		print(store == service:GetDataStore("Coins", "", all))
		print(service:GetDataStore("Coins", "", all) == service:GetDataStore("Coins", "", all))
		print(store == service:GetOrderedDataStore("Coins"))
		print(service:GetGlobalDataStore() == service:GetGlobalDataStore())
		local ordered = service:GetOrderedDataStore("Coins")
		print(typeof(store), store.ClassName, store.Name, store:IsA("GlobalDataStore"))
		print(ordered.ClassName, ordered:IsA("GlobalDataStore"), ordered:IsA("DataStore"))
		print(service:GetGlobalDataStore().ClassName)
	`, "true", "true", "false", "false", "true", "false", "true",
		"Instance DataStore Coins true", "OrderedDataStore true false", "DataStore")
}

func TestGettingAStoreChecksItsName(t *testing.T) {
	long := strings.Repeat("x", 51)
	storesRefuse(t, [][2]string{
		{`service:GetDataStore()`, "Argument 1 missing or nil"},
		{`service:GetDataStore("")`, "DataStore name can't be an empty string."},
		{`service:GetDataStore("` + long + `")`, "DataStore name exceeds the 50 character limit."},
		{`service:GetDataStore("a", "")`, "DataStore scope can't be an empty string."},
		{`service:GetOrderedDataStore("a", "` + long + `")`,
			"DataStore scope exceeds the 50 character limit."},
		{`service:GetDataStore("a", nil, new("DataStoreSetOptions"))`,
			"Unable to cast value to Object"},
		{`service:GetDataStore("a", nil, {})`, "Unable to cast value to Object"},
		{`local o = new("DataStoreOptions"); o.AllScopes = true; service:GetDataStore("a", nil, o)`,
			"The scope must be an empty string when DataStoreOptions.AllScopes is true"},
		{`new("DataStore")`, `Unable to create an Instance of type "DataStore"`},
		{`service.AutomaticRetry = false`,
			"The current thread cannot write 'AutomaticRetry' (lacking capability LocalUser)"},
		{`service:GetOrderedDataStore("Coins"):ListKeysAsync()`,
			`ListKeysAsync is not a valid member of OrderedDataStore "Coins"`},
	})
}

func TestKeysAreCheckedBeforeAnythingElse(t *testing.T) {
	long := strings.Repeat("x", 51)
	storesRefuse(t, [][2]string{
		{`store:GetAsync()`, "Argument 1 missing or nil"},
		{`store:SetAsync(nil, print)`, "Argument 1 missing or nil"},
		{`store:GetAsync({})`, "Unable to cast Dictionary to string"},
		{`store:SetAsync("", print)`, "101: Key name can't be empty."},
		{`store:SetAsync("` + long + `", print)`, "102: Key name exceeds the 50 character limit."},
		{`store:UpdateAsync("", nil)`, "101: Key name can't be empty."},
		{`store:UpdateAsync("k")`, "Argument 2 missing or nil"},
		{`store:UpdateAsync("k", 5)`, "Unable to cast number to function"},
		{`store:IncrementAsync("k", {})`, "Unable to cast Dictionary to double"},
		{`store:RemoveAsync("")`, "101: Key name can't be empty."},
		{`store.GetAsync("k")`, "Expected ':' not '.' calling member function GetAsync"},
		{`store:GetAsync("k", new("DataStoreSetOptions"))`, "Unable to cast value to Object"},
	})
	storesSay(t, `
		for _, key in {1.5, 123, 0/0, 1/0, -1/0} do store:SetAsync(key, tostring(key)) end
		print(store:GetAsync("1.5"), store:GetAsync("123"), store:GetAsync("INF"),
			store:GetAsync("-INF"), store:GetAsync("NAN") ~= nil)
	`, "1.5 123 inf -inf true")
}

func TestArgumentErrorsTakeNoTime(t *testing.T) {
	storesSay(t, `
		local co = coroutine.create(function() return pcall(store.GetAsync, store, "") end)
		print(coroutine.resume(co))
		print(coroutine.status(co))
	`, "true false 101: Key name can't be empty.", "dead")
}

// G10: R61.
func TestWhatIsSetIsReadBackWithItsKeyInfo(t *testing.T) {
	storesSay(t, `
		local options = new("DataStoreSetOptions")
		options:SetMetadata({rank = "gold"})
		local version = store:SetAsync("k", {coins = 5, pets = {"cat"}}, {1, 2.5}, options)
		local value, info = store:GetAsync("k")
		show(value, info:GetUserIds(), info:GetMetadata())
		print(typeof(info), info.ClassName, info.Version == version, #version)
		print(info.CreatedTime == DateTime.now().UnixTimestampMillis, info.UpdatedTime)
		print(pcall(function() info.Version = "x" end))
		local again, other = store:GetAsync("k")
		print(again == value, again.coins, other == info, other.Version == info.Version)
		store:SetAsync("k", 1)
		info = select(2, store:GetAsync("k"))
		show(info:GetUserIds(), info:GetMetadata())
		print(store:GetAsync("missing"))
	`,
		`[{"coins":5,"pets":["cat"]},[1,3],{"rank":"gold"}]`,
		"Instance DataStoreKeyInfo true 47",
		"true 1767225600000",
		"false Unable to assign property Version. Property is read only",
		"false 5 false true", // R50
		"[[],[]]",            // R61
		"nil nil")            // R64
}

func TestSetAsyncChecksItsAttributes(t *testing.T) {
	storesRefuse(t, [][2]string{
		{`store:SetAsync("k")`, "Argument 2 missing or nil"},
		{`store:SetAsync("k", nil)`, "103: nil is not allowed in data stores."},
		{`store:SetAsync("k", 1, {1, 2, 3, 4, 5})`,
			"W DataStoreService: UserIdLimitExceeded: UserID size exceeds limit of 4. " +
				"API: SetAsync, Data Store: Coins\n512: UserID size exceeds limit of 4"},
		{`store:SetAsync("k", 1, {"a"})`,
			"W DataStoreService: AttributeFormatError: Attribute userId format is invalid. " +
				"API: SetAsync, Data Store: Coins\n513: Attribute userId format is invalid"},
		{`store:SetAsync("k", 1, nil, new("DataStoreIncrementOptions"))`,
			"Unable to cast value to Object"},
		{`new("DataStoreSetOptions"):SetMetadata()`, "Argument 1 missing or nil"},
		{`new("DataStoreSetOptions"):SetMetadata({1})`, "Unable to cast to Dictionary"},
		{`local o = new("DataStoreSetOptions")
			o:SetMetadata({a = print}); store:SetAsync("k", 1, nil, o)`,
			"W DataStoreService: AttributeFormatError: Attribute metadata format is invalid. " +
				"API: SetAsync, Data Store: Coins\n513: Attribute metadata format is invalid"},
		{`local o = new("DataStoreSetOptions")
			o:SetMetadata({a = ("x"):rep(300)}); store:SetAsync("k", 1, nil, o)`,
			"W DataStoreService: AttributeSizeTooLarge: Metadata attribute size exceeds 300 " +
				"bytes limit. API: SetAsync, Data Store: Coins\n" +
				"511: Metadata attribute size exceeds 300 bytes limit."},
	})
}

// G4: R37, R38.
func TestUnstorableValuesSayWhereTheCulpritIs(t *testing.T) {
	storesSay(t, `
		fails(store.SetAsync, "k", {pets = {{owner = Enum.SortDirection.Ascending}}})
		fails(store.SetAsync, "k", game)
		fails(store.UpdateAsync, "k", function() return {1, print} end)
		print(store:GetAsync("k"))
	`,
		`D SetAsync of "k" in "Coins": value.pets[1].owner: `+
			`a value of type EnumItem cannot be stored`,
		"104: Cannot store Dictionary in data store. "+
			"Data stores can only accept valid UTF-8 characters.",
		`D SetAsync of "k" in "Coins": value: a value of type Instance cannot be stored`,
		"104: Cannot store Instance in data store. "+
			"Data stores can only accept valid UTF-8 characters.",
		`D UpdateAsync of "k" in "Coins": value[2]: a value of type function cannot be stored`,
		"104: Cannot store Array in data store. "+
			"Data stores can only accept valid UTF-8 characters.",
		"nil nil")
}

// G1, G2, G3, G27, G28, G29.
func TestTablesChangeShapeOnTheWay(t *testing.T) {
	storesSay(t, `
		local function through(value) store:SetAsync("k", value); return (store:GetAsync("k")) end
		local items = through({[1001] = "sword"})
		print(items[1001], items["1001"])
		local mixed = through({"a", name = "b"})
		print(mixed[1], mixed.name)
		local hole = through({1, nil, 3, 4})
		print(hole[1], hole[2], hole[3])
		print(through(2^53 + 2) == 2^53 + 2, through(0/0) ~= through(0/0), through(-1/0))
		local shared = {}
		local twice = through({shared, shared})
		print(twice[1] == twice[2])
	`,
		"nil sword",
		`D SetAsync of "k" in "Coins": value: an array loses its other keys: `+
			"1 of them, such as name",
		"a nil", "1 nil 3", "true true -inf", "false")
}

func TestUpdateAsyncTransformsAFreshCopy(t *testing.T) {
	storesSay(t, `
		local value, info = store:UpdateAsync("k", function(current, keyInfo)
			print(current, keyInfo)
			return {n = 1}, {7}, {rank = "x"}
		end)
		show(value, info:GetUserIds(), info:GetMetadata())
		local seen
		store:UpdateAsync("k", function(current, keyInfo)
			seen = current
			show(current, keyInfo:GetUserIds())
			current.n += 1
			return current
		end)
		local after, later = store:GetAsync("k")
		show(after, later:GetUserIds(), later:GetMetadata())
		print(after == seen)
		print(store:UpdateAsync("k", function() return nil end))
		print(store:UpdateAsync("k", function() end))
		show((store:GetAsync("k")))
	`, "nil nil", `[{"n":1},[7],{"rank":"x"}]`, `[{"n":1},[7]]`, `[{"n":2},[],[]]`,
		"false", "nil", "nil", `[{"n":2}]`)
}

// G6, G8, G9.
func TestUpdateAsyncHidesCallbackErrorsButNotYields(t *testing.T) {
	storesSay(t, `
		print(pcall(store.UpdateAsync, store, "k", function(_, info)
			return info:GetUserIds()
		end))
		fails(store.UpdateAsync, "k", function() task.wait() end)
		fails(store.UpdateAsync, "k", function() return store:GetAsync("other") end)
		fails(store.UpdateAsync, "k", function() coroutine.yield() end)
		print(store:UpdateAsync("k", function()
			print((pcall(task.wait)))
			task.spawn(function() task.wait(1); print("others may wait") end)
			return 5
		end))
		fails(store.UpdateAsync, "k", function() return 1, 2 end)
		fails(store.UpdateAsync, "k", function() return 1, nil, "x" end)
	`,
		"E ServerScriptService.Main:8: attempt to index nil with 'GetUserIds'",
		"true nil",
		"Callbacks cannot yield", "Callbacks cannot yield", "Callbacks cannot yield",
		"false", "5 DataStoreKeyInfo",
		"W DataStoreService: AttributeFormatError: Attribute userId format is invalid. "+
			"API: UpdateAsync, Data Store: Coins",
		"513: Attribute userId format is invalid",
		"W DataStoreService: AttributeFormatError: Attribute metadata format is invalid. "+
			"API: UpdateAsync, Data Store: Coins",
		"513: Attribute metadata format is invalid",
		"others may wait")
}

// racer writes behind the back of the next request that reads.
type racer struct {
	emulator.Service
	race func()
}

func (r *racer) Do(ctx context.Context, req emulator.Request) (emulator.Result, error) {
	result, err := r.Service.Do(ctx, req)
	if race := r.race; race != nil && req.Op == emulator.OpGet {
		r.race = nil
		race()
	}
	return result, err
}

// G7: R74, R80.
func TestUpdateAsyncRunsAgainAfterAConflict(t *testing.T) {
	u := newUniverse(t)
	coins := emulator.StoreID{Name: "Coins", Scope: "global"}
	service := &racer{Service: u.emu, race: func() {
		_, err := u.emu.Seed(coins, "k", []byte("10"))
		require.NoError(t, err)
	}}
	w := u.serverOver("one", service)
	require.Equal(t, "saw nil\nsaw 10\n11", w.run(storePrelude+`
		print((store:UpdateAsync("k", function(current)
			print("saw", current)
			return (current or 0) + 1
		end)))`))
}

func TestIncrementAsyncCountsIntegers(t *testing.T) {
	storesSay(t, `
		print((store:IncrementAsync("k")))
		print((store:IncrementAsync("k", 2.5)))
		print((store:IncrementAsync("k", -10)))
		print(select(2, store:IncrementAsync("k", 0)).ClassName)
		store:SetAsync("text", "x")
		fails(store.IncrementAsync, "text", 1)
	`, "1", "4", "-6", "DataStoreKeyInfo",
		"W DataStoreService: RequestRejected: Key value is not numeric. "+
			"API: IncrementAsync, Data Store: Coins",
		"502: API Services rejected request with error. "+
			"Error code: 24 Reason: Key value is not numeric.")
}

func TestRemoveAsyncReturnsWhatWasThere(t *testing.T) {
	storesSay(t, `
		store:SetAsync("k", {1})
		local value, info = store:RemoveAsync("k")
		print(value[1], info.ClassName)
		print(store:GetAsync("k"))
		print(store:RemoveAsync("k"))
	`, "1 DataStoreKeyInfo", "nil nil", "nil nil")
}

// G22, G39.
func TestOrderedStoresTakeIntegersAlone(t *testing.T) {
	storesSay(t, `
		store = service:GetOrderedDataStore("Coins")
		print(store:SetAsync("k", 5), store:GetAsync("k"))
		print(store:SetAsync("k", 6, {}))
		print(store:IncrementAsync("k", 2))
		local function more(value) return value + 1, {1} end
		print(store:UpdateAsync("k", more), (store:GetAsync("k")))
		print(store:RemoveAsync("k"))
		for _, value in {1.5, "x", true, {}, {a = 1}} do fails(store.SetAsync, "k", value) end
		fails(store.SetAsync, "k", 5, {1})
	`, "nil 5 nil", "nil", "8 nil", "9 9", "9 nil",
		"103: double is not allowed in data stores.",
		"103: string is not allowed in data stores.",
		"103: bool is not allowed in data stores.",
		"103: Array is not allowed in data stores.",
		"103: Dictionary is not allowed in data stores.",
		"W DataStoreService: ParameterNotAllowed: Additional parameter UserIds not allowed. "+
			"API: SetAsync, Data Store: Coins",
		"517: Additional parameter UserIds not allowed")
}

func TestOrderedUpdatesGetNoKeyInfo(t *testing.T) { // R155
	storesSay(t, `
		store = service:GetOrderedDataStore("Coins")
		store:SetAsync("k", 5)
		store:UpdateAsync("k", function(value, info) print(value, info) return 6 end)
		print(store:UpdateAsync("new", function(value, info) print(value, info) return 1 end))
	`, "5 nil", "nil nil", "1 nil")
}

// G11: R141, R147, R12, R67.
func TestCachedReadsDoNotYieldAndMayBeOld(t *testing.T) {
	u := newUniverse(t)
	a, b := u.server("a"), u.server("b")
	a.start(storePrelude + `
		local function yields(fn, ...)
			local co = coroutine.create(fn)
			coroutine.resume(co, ...)
			return coroutine.status(co) == "suspended"
		end
		store:SetAsync("k", 1)
		task.wait(1)
		local fresh = new("DataStoreGetOptions")
		fresh.UseCache = false
		print(yields(store.GetAsync, store, "k"))
		print((store:GetAsync("k")), (store:GetAsync("k", fresh)))
		print(yields(store.GetAsync, store, "k", fresh))
		task.wait(4)
		print((store:GetAsync("k")))`)
	b.start(storePrelude + `task.wait(0.5); store:SetAsync("k", 2)`)
	u.sim.Run()
	require.Equal(t, "false\n1 2\ntrue\n2", a.heard())
	require.Empty(t, b.heard())
}

// G12, G36: R31, R142.
func TestAllScopesStoresTakeTheScopeFromTheKey(t *testing.T) {
	storesSay(t, `
		local options = new("DataStoreOptions")
		options.AllScopes = true
		local all = service:GetDataStore("Coins", "", options)
		all:SetAsync("global/k", 1)
		all:SetAsync("other/a/b", 2)
		print((store:GetAsync("k")), (service:GetDataStore("Coins", "other"):GetAsync("a/b")))
		store:SetAsync("k", 3)
		print((store:GetAsync("k")), (all:GetAsync("global/k")))
		task.wait(4)
		print((all:GetAsync("global/k")))
		for _, key in {"k", "/k", "global/"} do print(select(2, pcall(all.GetAsync, all, key))) end
	`, "1 2", "3 1", "3", "Key must be in the format scope/key",
		"101: Key name can't be empty.", "101: Key name can't be empty.")
}

func TestBudgetsAreThoseOfAFreshServer(t *testing.T) {
	storesSay(t, `
		local Type = Enum.DataStoreRequestType
		print(service:GetRequestBudgetForRequestType(Type.GetAsync),
			service:GetRequestBudgetForRequestType("OrderedList"),
			service:GetRequestBudgetForRequestType(2))
		service:SetRateLimitForRequestType(Type.GetAsync, 60, 40)
		for _, item in Type:GetEnumItems() do service:GetRequestBudgetForRequestType(item) end
	`, "100 10 100")
	storesRefuse(t, [][2]string{
		{`service:SetRateLimitForRequestType(Enum.DataStoreRequestType.GetAsync, 61, 0)`,
			"baseLimit of GetAsync must be between 0 and 60"},
		{`service:SetRateLimitForRequestType(Enum.DataStoreRequestType.ListAsync, 0, 3)`,
			"perPlayerLimit of ListAsync must be between 0 and 2"},
		{`service:SetRateLimitForRequestType(Enum.DataStoreRequestType.UpdateAsync, 0, 0)`,
			"The rate limit of UpdateAsync cannot be configured"},
		{`service:GetRequestBudgetForRequestType()`, "Argument 1 missing or nil"},
	})
}

func TestStoresCannotBeReachedAfterTheEnd(t *testing.T) {
	u := newUniverse(t)
	w := u.server("one")
	w.start(storePrelude + `task.wait(1); fails(store.GetAsync, "k")`)
	require.NoError(t, w.Shutdown("ServerEmpty", nil))
	u.sim.RunUntil(testStart.Add(2 * time.Second))
	require.Equal(t, "401: Request Failed. DataModel is inaccessible "+
		"while the experience is shutting down.", w.heard())
}

// broken answers every request with the same error, after doing it if applies is set.
type broken struct {
	emulator.Service
	err     error
	applies bool
}

func (b *broken) Do(ctx context.Context, req emulator.Request) (emulator.Result, error) {
	if b.applies && req.Op != emulator.OpGet {
		if _, err := b.Service.Do(ctx, req); err != nil {
			return emulator.Result{}, err
		}
	}
	return emulator.Result{}, b.err
}

// G13, G14: R145, R64.
func TestAFailedCallThrowsAndLeavesTheCache(t *testing.T) {
	u := newUniverse(t)
	service := &broken{Service: u.emu, err: emulator.ErrInternal, applies: true}
	w := u.serverOver("one", service)
	const line = "W DataStoreService: RequestRejected: API Services rejected request with error. " +
		"HTTP 500 (Internal Server Error). API: %, Data Store: Coins\n"
	const text = "502: API Services rejected request with error. HTTP 500 (Internal Server Error)"
	require.Equal(t,
		strings.ReplaceAll(line, "%", "GetAsync")+text+"\n"+
			strings.ReplaceAll(line, "%", "SetAsync")+text,
		w.run(storePrelude+`fails(store.GetAsync, "k"); fails(store.SetAsync, "k", 5)`))
	stored, err := u.emu.Peek(emulator.StoreID{Name: "Coins", Scope: "global"}, "k")
	require.NoError(t, err)
	require.Equal(t, "5", string(stored.Value))
}

func TestAFailureOfOursIsReportedEvenIfTheScriptCatchesIt(t *testing.T) {
	u := newUniverse(t)
	w := u.serverOver("one", &broken{Service: u.emu, err: errors.New("disk full")})
	require.Equal(t, "E savestone: GetAsync: disk full\ndisk full",
		w.run(storePrelude+`fails(store.GetAsync, "k")`))
	require.Equal(t, 1, w.Errors())
}

// G5.
func TestBytesAreStoredAsBuffers(t *testing.T) {
	storesSay(t, `
		fails(store.SetAsync, "k", {bytes = "\255\254"})
		local bytes = buffer.fromstring("\255\254\0")
		store:SetAsync("k", {bytes = bytes})
		local read = store:GetAsync("k").bytes
		print(typeof(read), buffer.tostring(read) == buffer.tostring(bytes), read == bytes)
	`,
		`D SetAsync of "k" in "Coins": value.bytes: `+
			"a string is not valid UTF-8 at byte 1; use a buffer for bytes",
		"104: Cannot store Dictionary in data store. "+
			"Data stores can only accept valid UTF-8 characters.",
		"buffer true false")
}

// garbled answers reads with text that is no JSON.
type garbled struct{ emulator.Service }

func (garbled) Do(context.Context, emulator.Request) (emulator.Result, error) {
	return emulator.Result{Found: true, Value: []byte(`{"cut`)}, nil
}

func TestGarbledValuesAreRefused(t *testing.T) {
	const line = "W DataStoreService: InternalError: Can't parse response, " +
		"data may be corrupted. " +
		"API: GetAsync, Data Store: Coins\n501: Can't parse response, data may be corrupted."
	u := newUniverse(t)
	require.Equal(t, line+"\n"+strings.ReplaceAll(line, "GetAsync", "UpdateAsync"),
		u.serverOver("one", garbled{u.emu}).run(storePrelude+`
			fails(store.GetAsync, "k")
			fails(store.UpdateAsync, "k", print)`))
}
