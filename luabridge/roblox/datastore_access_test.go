package roblox

import (
	"testing"

	"github.com/stretchr/testify/require"

	"savestone/emulator"
	"savestone/emulator/gameserver"
)

// G30: section 22, R188.
func TestStatesOfAccessHaveTheTextsThatLibrariesProbeFor(t *testing.T) {
	const line = "W DataStoreService: StudioAccessToApisNotAllowed: % API: %, Data Store: Coins"
	const write, read = "Cannot write to DataStore from Studio if API access is not enabled.",
		"Studio access to APIs is not allowed."
	const read502 = "502: API Services rejected request with error. Error code: 7 Reason: " + read
	for _, c := range []struct {
		access gameserver.Access
		source string
		lines  []string
	}{
		{gameserver.Live, `store:SetAsync("k", 1); print((store:GetAsync("k")))`, []string{"1"}},
		{gameserver.Studio, `store:SetAsync("k", 1); print((store:GetAsync("k")))`, []string{"1"}},
		{gameserver.StudioNoAPI, `
			fails(store.SetAsync, "k", 1)
			fails(store.UpdateAsync, "k", function() return 1 end)
			fails(store.GetAsync, "k")
			fails(store.ListKeysAsync)
			print(service:GetRequestBudgetForRequestType("StandardWrite"))`, []string{
			fill(line, write, "SetAsync"), "403: " + write,
			fill(line, write, "UpdateAsync"), "403: " + write,
			fill(line, read, "GetAsync"), read502,
			fill(line, read, "ListKeysAsync"), read502, "100",
		}},
		{gameserver.Offline, `
			for _, method in {"IncrementAsync", "RemoveAsync", "GetVersionAsync"} do
				local ok, message = pcall(store[method], store, "k", "1")
				print(ok, message:match("ConnectFail"))
			end
			print((pcall(store.SetAsync, store, "k", 1)))`,
			[]string{"false ConnectFail", "false ConnectFail", "false ConnectFail", "false"}},
	} {
		t.Run(c.access.String(), func(t *testing.T) {
			u := newUniverse(t)
			w := u.serverWith(u.emu, gameserver.Options{JobID: "one", Access: c.access})
			w.start(storePrelude + c.source)
			u.sim.Run()
			requireSaid(t, w, c.lines...)
		})
	}
}

// R21.
func TestUnpublishedPlacesHaveNoStores(t *testing.T) {
	u := newUniverse(t)
	w := u.serverWith(u.emu, gameserver.Options{Access: gameserver.Unpublished})
	w.start(`local service = game:GetService("DataStoreService")
		for _, method in {"GetDataStore", "GetOrderedDataStore", "GetGlobalDataStore"} do
			print(pcall(service[method], service, "Coins"))
		end
		print(pcall(service.ListDataStoresAsync, service))`)
	u.sim.Run()
	const refusal = "false You must publish this place to the web to access DataStore."
	requireSaid(t, w, refusal, refusal, refusal, refusal)
}

// R167.
func TestOnUpdateTellsOfNewValues(t *testing.T) {
	u := newUniverse(t)
	one, two := u.server("one"), u.server("two")
	one.start(storePrelude + `
		local connection = store:OnUpdate("k", function(value)
			print(time(), value and value.n)
		end)
		print(typeof(connection), connection.Connected)
		store:SetAsync("k", {n = 1})
		store:SetAsync("other", {n = 2})
		task.wait(130)
		store:RemoveAsync("k")
		task.wait(10)
		connection:Disconnect()
		store:SetAsync("k", {n = 4})
		fails(store.OnUpdate, "")
		fails(store.OnUpdate, "k")
		fails(store.OnUpdate, "k", 5)`)
	two.start(storePrelude + `task.wait(70); store:SetAsync("k", {n = 3})`)
	u.sim.Run() // ends: a disconnected function asks no more
	requireSaid(t, one, "RBXScriptConnection true", "0 1", "120 3", "130 nil",
		"101: Key name can't be empty.", "Argument 2 missing or nil",
		"Unable to cast number to function")
	require.Less(t, u.sim.Now().Sub(testStart).Minutes(), 4.0)
}

// R55, R41, R42: what other tools wrote.
func TestValuesOfOtherToolsAreRead(t *testing.T) {
	u := newUniverse(t)
	for key, value := range map[string]string{
		"null":   `null`,
		"member": `{"a":null,"b":1}`,
		"hole":   `[1,null,3]`,
		"inf":    `{"m":null,"t":"numeric","v":"inf"}`,
		"packed": `{"m":null,"t":"buffer","zbase64":"KLUv/SAJSQAAc2F2ZXN0b25l"}`,
	} {
		_, err := u.emu.Seed(emulator.StoreID{Name: "Coins", Scope: "global"}, key, []byte(value))
		require.NoError(t, err)
	}
	require.Equal(t, "nil DataStoreKeyInfo\nnil 1\n1 nil 3\ninf\nsavestone",
		u.server("one").run(storePrelude+`
			print(store:GetAsync("null"))
			local member, hole = store:GetAsync("member"), store:GetAsync("hole")
			print(member.a, member.b)
			print(hole[1], hole[2], hole[3])
			print((store:GetAsync("inf")))
			print(buffer.tostring((store:GetAsync("packed"))))`))
}
