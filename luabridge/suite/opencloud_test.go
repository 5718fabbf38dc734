package suite_test

import "testing"

// The same data, whether a script or Open Cloud looks at it.
func TestHttpServiceUsesTheWorldsOwnOpenCloud(t *testing.T) {
	passes(t, `
		local http = game:GetService("HttpService")
		local store = game:GetService("DataStoreService"):GetDataStore("Inventory")
		local base = "https://apis.roblox.com/cloud/v2/universes/1"
		store:SetAsync("ann", {Iron = 50}, {7})

		local entry = http:JSONDecode(http:GetAsync(base .. "/data-stores/Inventory/entries/ann"))
		assert(entry.value.Iron == 50 and entry.users[1] == "users/7" and entry.state == "ACTIVE")

		local answer = http:RequestAsync({
			Url = base .. "/data-stores/Inventory/entries/ben?allowMissing=true", Method = "PATCH",
			Headers = {["Content-Type"] = "application/json"},
			Body = http:JSONEncode({value = "hello", attributes = {rank = "gold"}}),
		})
		assert(answer.Success, answer.Body)
		local value, info = store:GetAsync("ben")
		assert(value == "hello" and info:GetMetadata().rank == "gold")

		local missing = http:RequestAsync({Url = base .. "/data-stores/Inventory/entries/none"})
		assert(not missing.Success and missing.StatusCode == 404)
		assert(missing.StatusMessage == "Not Found")
		assert(http:JSONDecode(missing.Body).code == "NOT_FOUND")
		assert(missing.Headers["savestone-reason"] ~= nil)`)
}

func TestHttpServiceSharesMemoryStoresAndMessagesWithAllServers(t *testing.T) {
	passes(t, `
		local http = game:GetService("HttpService")
		local base = "https://apis.roblox.com/cloud/v2/universes/1"
		local other = emulator.server()
		other:run([[
			heard = {}
			game:GetService("MessagingService"):SubscribeAsync("news", function(message)
				table.insert(heard, message.Data)
			end)
			game:GetService("MemoryStoreService"):GetSortedMap("Best"):SetAsync("ann", 5, 60, 9)
		]])
		http:PostAsync(base .. ":publishMessage", '{"topic":"news","message":"hi"}')
		task.wait(2)
		assert(other:run("return heard[1]") == "hi")
		local item = http:JSONDecode(http:GetAsync(base .. "/memory-store/sorted-maps/Best/items/ann"))
		assert(item.value == 5 and item.numericSortKey == 9)`)
}
