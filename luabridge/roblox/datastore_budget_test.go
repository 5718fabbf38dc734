package roblox

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"savestone/emulator"
	"savestone/emulator/gameserver"
)

// fill puts words in the place of the percent signs of a text.
func fill(text string, words ...string) string {
	for _, word := range words {
		text = strings.Replace(text, "%", word, 1)
	}
	return text
}

// requireSaid compares what a server said.
func requireSaid(t *testing.T, w *world, lines ...string) {
	t.Helper()
	require.Equal(t, strings.Join(lines, "\n"), w.heard())
}

// unlimited are the options of a server that may send as much as it likes.
func unlimited() gameserver.Options {
	profile, err := emulator.ProfileNamed("unlimited")
	if err != nil {
		panic(err)
	}
	return gameserver.Options{JobID: "one", Profile: profile}
}

// unlimitedStoresSay is storesSay on a server without limits.
func unlimitedStoresSay(t *testing.T, source string, lines ...string) {
	t.Helper()
	u := newUniverse(t)
	w := u.serverWith(u.emu, unlimited())
	w.start(storePrelude + source)
	u.sim.Run()
	requireSaid(t, w, lines...)
}

const budgetPrelude = storePrelude + `
	local Type = Enum.DataStoreRequestType
	local function budget(name) return service:GetRequestBudgetForRequestType(Type[name]) end
`

// R168, R169, R93, R85.
func TestCallsSpendTheBudgetAndTimeEarnsIt(t *testing.T) {
	u := newUniverse(t)
	require.Equal(t, "100 100\n99 99\n98 98\n98 98\n100 100\n178 178",
		u.server("one").run(budgetPrelude+`
		local function print2() print(budget("StandardRead"), budget("StandardWrite")) end
		print2()
		store:GetAsync("a")
		store:SetAsync("k", 1)
		print2()
		store:UpdateAsync("k", function() return 2 end)
		print2()
		store:GetAsync("k")
		print2()
		task.wait(2)
		print2()
		task.wait(78)
		print2()`))
}

// R168, R235: the rate follows the players.
func TestPlayersChangeHowFastBudgetsAccrue(t *testing.T) {
	u := newUniverse(t)
	w := u.server("one")
	w.start(budgetPrelude + `
		for i = 1, 3 do task.wait(6); print(budget("StandardRead")) end`)
	u.sim.RunUntil(testStart.Add(6 * time.Second))
	player, err := w.Join(Profile{UserID: 1})
	require.NoError(t, err)
	u.sim.RunUntil(testStart.Add(12 * time.Second))
	w.Leave(player, "Unknown")
	u.sim.Run()
	requireSaid(t, w, "106", "116", "122")
}

// R23.
func TestRateLimitsCanBeSet(t *testing.T) {
	u := newUniverse(t)
	require.Equal(t, "100\n101\n201", u.server("one").run(budgetPrelude+`
		service:SetRateLimitForRequestType(Type.StandardRead, 600, 0)
		print(budget("StandardRead"))
		service:SetRateLimitForRequestType(Type.StandardRead, 60, 200)
		task.wait(1)
		print(budget("StandardRead"))
		service:SetRateLimitForRequestType(Type.StandardRead, 6000, 0)
		task.wait(1)
		print(budget("StandardRead"))`))
	storesRefuse(t, [][2]string{
		{`service:SetRateLimitForRequestType(Enum.DataStoreRequestType.StandardRead, 10001, 0)`,
			"baseLimit of StandardRead must be between 0 and 10000"},
		{`service:SetRateLimitForRequestType(Enum.DataStoreRequestType.StandardRead, -1, 0)`,
			"baseLimit of StandardRead must be between 0 and 10000"},
		{`service:SetRateLimitForRequestType(Enum.DataStoreRequestType.StandardRead, 1, 1e300)`,
			"perPlayerLimit of StandardRead must be between 0 and 200"},
		{`service:SetRateLimitForRequestType("OnUpdate", 1, 1)`,
			"The rate limit of OnUpdate cannot be configured"},
		{`service:SetRateLimitForRequestType(Enum.SortDirection.Ascending, 1, 1)`,
			"Unable to cast value to enum DataStoreRequestType"},
	})
}

// G19: R174, R173, R176.
func TestCallsBeyondTheBudgetQueueAndThenDrop(t *testing.T) {
	u := newUniverse(t)
	w := u.server("one")
	w.start(budgetPrelude + `
		for i = 1, 131 do
			task.spawn(function()
				local ok, message = pcall(store.SetAsync, store, "k" .. i, i)
				if not ok or i == 100 or i == 101 or i == 130 then print(i, message, time()) end
			end)
		end`)
	u.sim.Run()
	said := strings.Split(w.heard(), "\n")
	require.Len(t, said, 30+4)
	require.Equal(t, queueWarning+"k101", said[0])
	require.Equal(t, queueWarning+"k130", said[29])
	require.Equal(t, "131 302: SetAsync request dropped. "+
		"Request was throttled, but throttled request queue was full. 0", said[30])
	require.Regexp(t, `^100 \S+ 0$`, said[31])
	require.Regexp(t, `^101 \S+ 1$`, said[32])
	require.Regexp(t, `^130 \S+ 30$`, said[33])
}

const queueWarning = "W DataStore request was added to queue. If request queue fills, further " +
	"requests will be dropped. Try sending fewer requests.Key = "

// R176: each method has its own text.
func TestDroppedCallsAreNamed(t *testing.T) {
	for _, c := range [][2]string{
		{`store:GetAsync("k" .. n)`, "301: GetAsync"},
		{`store:SetAsync("k" .. n, 1)`, "302: SetAsync"},
		{`store:IncrementAsync("k" .. n)`, "303: IncrementAsync"},
		{`store:UpdateAsync("k" .. n, function() return 1 end)`, "304: UpdateAsync"},
		{`service:GetOrderedDataStore("o"):GetSortedAsync(true, 1)`, "305: GetSortedAsync"},
		{`store:RemoveAsync("k" .. n)`, "306: RemoveAsync"},
	} {
		u := newUniverse(t)
		w := u.server("one")
		w.start(storePrelude + `
			for n = 1, 131 do
				task.spawn(function()
					local ok, message = pcall(function() ` + c[0] + ` end)
					if not ok then _G.refused = message end
				end)
			end
			task.wait()
			print(_G.refused)`)
		u.sim.Run()
		require.Contains(t, w.heard(), c[1]+" request dropped. "+
			"Request was throttled, but throttled request queue was full.")
	}
}

// R173: calls without a queue.
func TestListingsAreDroppedAtOnce(t *testing.T) {
	storesSay(t, `
		for i = 1, 10 do store:ListKeysAsync() end
		fails(store.ListKeysAsync)
		fails(store.ListVersionsAsync, "k")
		print(pcall(service.ListDataStoresAsync, service))
		for i = 1, 100 do store:GetAsync("k" .. i) end
		fails(store.GetVersionAsync, "k", "v")
		fails(store.GetVersionAtTimeAsync, "k", 1)
	`, "ListKeysAsync request dropped. Request was throttled.",
		"ListVersionsAsync request dropped. Request was throttled.",
		"false ListDataStoresAsync request dropped. Request was throttled.",
		"GetVersionAsync request dropped. Request was throttled.",
		"GetVersionAtTimeAsync request dropped. Request was throttled.")
}

// R26, R146: neither refused arguments nor cache hits cost anything.
func TestWhatIsNotSentCostsNothing(t *testing.T) {
	u := newUniverse(t)
	require.Equal(t, "99 100", u.server("one").run(budgetPrelude+`
		store:GetAsync("k")
		for i = 1, 5 do
			store:GetAsync("k")
			pcall(store.GetAsync, store, "")
			pcall(store.SetAsync, store, "k", nil)
			pcall(store.SetAsync, store, "k")
			pcall(store.IncrementAsync, store, "k", {})
		end
		print(budget("StandardRead"), budget("StandardWrite"))`))
}

// R76: a cancelled update pays for its read alone.
func TestCancelledUpdatesPayForTheirRead(t *testing.T) {
	u := newUniverse(t)
	require.Equal(t, "99 100", u.server("one").run(budgetPrelude+`
		store:UpdateAsync("k", function() return nil end)
		print(budget("StandardRead"), budget("StandardWrite"))`))
}

// R171.
func TestClosingRaisesTheBudgets(t *testing.T) {
	u := newUniverse(t)
	w := u.server("one")
	w.start(budgetPrelude + `
		for i = 1, 100 do store:SetAsync("k" .. i, i) end
		game:BindToClose(function() print(budget("StandardWrite")) end)
		print(budget("StandardWrite"))`)
	u.sim.RunUntil(testStart)
	require.NoError(t, w.Shutdown("DeveloperShutdown", nil))
	u.sim.Run()
	requireSaid(t, w, "0", "150")
}

// R228: what waits when the server ends is told that it did.
func TestQueuedCallsEndWithTheServer(t *testing.T) {
	u := newUniverse(t)
	w := u.server("one")
	w.start(budgetPrelude + `
		service:SetRateLimitForRequestType(Type.StandardWrite, 0, 0)
		print(pcall(store.SetAsync, store, "k", 1))
		print(pcall(store.SetAsync, store, "k", 1))`)
	u.sim.RunUntil(testStart.Add(2 * time.Second))
	require.NoError(t, w.Shutdown("ServerEmpty", nil))
	u.sim.RunUntil(testStart.Add(time.Minute))
	requireSaid(t, w, queueWarning+"k",
		"false 402: Request Failed. LuaWebService is inaccessible while the experience is "+
			"shutting down.",
		"false 401: Request Failed. DataModel is inaccessible while the experience is "+
			"shutting down.")
}

// Section 20.2.
func TestOlderProfilesKnowOtherTypes(t *testing.T) {
	profile, err := emulator.ProfileNamed("2025")
	require.NoError(t, err)
	u := newUniverse(t)
	w := u.serverWith(u.emu, gameserver.Options{JobID: "one", Profile: profile})
	require.Equal(t, "100 100 100\n99 98 98", w.run(budgetPrelude+`
		print(budget("GetAsync"), budget("SetIncrementAsync"), budget("UpdateAsync"))
		store:GetAsync("k")
		store:SetAsync("k", 1)
		store:RemoveAsync("k")
		print(budget("GetAsync"), budget("SetIncrementAsync"), budget("UpdateAsync"))`))
}

// G24: R179, R180, R188.
func TestTheExperiencesBudgetHasATextOfItsOwn(t *testing.T) {
	u := newUniverseOf(t, emulator.Options{CCU: func() int { return 1 }})
	w := u.serverWith(u.emu, unlimited())
	w.start(storePrelude + `
		for i = 1, 320 do store:SetAsync("k" .. i, i) end
		fails(store.SetAsync, "k", 1)
		fails(store.UpdateAsync, "k", function() return 1 end)
		print(store:IncrementAsync("k", 1, nil, nil) == 1)`)
	u.sim.RunUntil(testStart.Add(time.Second))
	const name, text = "StandardWriteExperienceThrottled",
		"`StandardWrite` request was throttled by experience limits."
	line := "W DataStoreService: " + name + ": " + text + " API: %, Data Store: Coins"
	said := strings.Split(w.heard(), "\n")
	require.Equal(t, []string{
		fill(line, "SetAsync"), name + ": " + text,
		fill(line, "UpdateAsync"), name + ": " + text, fill(line, "IncrementAsync"),
	}, said[:5])
	require.Contains(t, said[5], name)
}

// G32: R182, R184, R189: a listing of versions does not wait, a read does.
func TestAThrottledKeyHasATextOfItsOwn(t *testing.T) {
	u := newUniverse(t)
	w := u.server("one")
	w.start(storePrelude + `
		local id = store:SetAsync("k", string.rep("x", 4 * 1024 * 1024 - 2))
		for i = 1, 6 do store:GetVersionAsync("k", id) end
		fails(store.GetVersionAsync, "k", id)
		task.spawn(function()
			store:SetAsync("k", 1)
			print("waited", time() >= 60)
		end)`)
	u.sim.Run()
	const text = "The request rate exceeds the allowed maximum for the key."
	requireSaid(t, w,
		"W DataStoreService: KeyThrottled: "+text+" API: GetVersionAsync, Data Store: Coins",
		"502: API Services rejected request with error. Error code: 0 Reason: "+text,
		queueWarning+"k", "waited true")
}

// R44: as the data store did in 2018, if asked to.
func TestAStrictProfileRefusesTablesThatWouldLoseKeys(t *testing.T) {
	profile, err := emulator.ProfileNamed("strict")
	require.NoError(t, err)
	u := newUniverse(t)
	w := u.serverWith(u.emu, gameserver.Options{JobID: "one", Profile: profile})
	require.Equal(t, strings.Join([]string{
		"true",
		`D SetAsync of "k" in "Coins": value: an array loses its other keys: ` +
			"1 of them, such as b",
		"false Cannot convert mixed or non-array tables: keys must be strings",
	}, "\n"), w.run(budgetPrelude+`
		print((pcall(store.SetAsync, store, "k", {"a", "b", {c = 1}})))
		print(pcall(store.SetAsync, store, "k", {"a", b = 1}))`))
}
