package suite_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// passes runs the body of one case.
func passes(t *testing.T, body string) {
	t.Helper()
	file := one(t, `it("case", function()`+"\n"+body+"\nend)")
	require.Nil(t, file.Problem)
	require.Len(t, file.Cases, 1)
	require.Nil(t, file.Cases[0].Problem, "%+v", file.Cases[0].Problem)
}

func TestSourcesRunOnAnotherServerAndAnswer(t *testing.T) {
	passes(t, `
		local other = emulator.server()
		local id, sum, list, none, last = other:run([[
			local a, b = ...
			n = (n or 0) + 1
			return game.JobId, a + b.x, {1, 2}, nil, n
		]], 1, {x = 2})
		assert(id ~= game.JobId and sum == 3 and list[2] == 2 and none == nil and last == 1)
		assert(other:run("return n") == 1, "sources share their globals")
		local began = time()
		other:run("task.wait(10)")
		expect(time() - began).to.be.near(10, 0.1)`)
}

func TestErrorsOnAnotherServerComeBackWithItsName(t *testing.T) {
	passes(t, `
		local other = emulator.server()
		local function fails(...)
			local ok, message = pcall(other.run, other, ...)
			assert(not ok)
			return message
		end
		expect(fails("error('oops', 0)")).to.equal("server-2: oops")
		expect(fails("x x"):match("^server%-2: ")).to.be.ok()
		expect(fails("return game"):match("^server%-2: value 1 cannot travel")).to.be.ok()
		expect(fails("return 1", game):match("^server%-2: value 1 cannot travel")).to.be.ok()
		expect(fails("game:GetService('DataStoreService'):GetDataStore('')")).to.equal(
			"server-2: DataStore name can't be an empty string.")`)
}

func TestServersOfOneFileShareDataMessagesAndFaults(t *testing.T) {
	passes(t, `
		local other = emulator.server()
		local heard
		game:GetService("MessagingService"):SubscribeAsync("t", function(m) heard = m.Data end)
		other:run([[
			game:GetService("DataStoreService"):GetDataStore("S"):SetAsync("k", 5)
			game:GetService("MemoryStoreService"):GetHashMap("M"):SetAsync("k", 6, 60)
			game:GetService("MessagingService"):PublishAsync("t", 7)
		]])
		emulator.advance(2)
		expect((game:GetService("DataStoreService"):GetDataStore("S"):GetAsync("k"))).to.equal(5)
		expect(game:GetService("MemoryStoreService"):GetHashMap("M"):GetAsync("k")).to.equal(6)
		expect(heard).to.equal(7)
		emulator.fault({kind = "requestLost"})
		expect(function() other:run([[
			game:GetService("DataStoreService"):GetDataStore("S"):SetAsync("k", 8)
		]]) end).to.throw("502")`)
}

func TestPlayersJoinAndLeaveAnotherServer(t *testing.T) {
	passes(t, `
		local other = emulator.server()
		other:run([[
			local players = game:GetService("Players")
			players.PlayerAdded:Connect(function(p) print("hello", p.Name) end)
			players.PlayerRemoving:Connect(function(p) print("bye", p.UserId) end)
		]])
		other:join(7, "Ann")
		other:leave(7)
		emulator.advance(1)
		expect(table.concat(other:output(), "; ")).to.equal("hello Ann; bye 7")
		expect(#game:GetService("Players"):GetPlayers()).to.equal(0)
		expect(function() other:leave(7) end).to.throw("no such player")`)
}

func TestAnotherServerIsShutDownOrCrashes(t *testing.T) {
	passes(t, `
		local source = [[
			game:BindToClose(function(reason) print(reason.Name); task.wait(5) end)
			game:BindToClose(function() task.wait(40); print("never") end)
			task.delay(60, function() print("nor this") end)
		]]
		local closed, crashed = emulator.server(), emulator.server()
		closed:run(source)
		crashed:run(source)
		local seconds, unfinished = closed:shutdown("ServerEmpty")
		expect(seconds).to.equal(30)
		expect(unfinished).to.equal(1)
		crashed:crash()
		emulator.advance(100)
		expect(table.concat(closed:output(), "; ")).to.equal("ServerEmpty")
		expect(#crashed:output()).to.equal(0)
		expect(function() crashed:run("return 1") end).to.throw("the server ended")`)
}

func TestWhoWaitsForACrashedServerIsToldOfIt(t *testing.T) {
	passes(t, `
		local other = emulator.server()
		task.delay(5, function() other:crash() end)
		expect(function() other:run("task.wait(60)") end).to.throw("the server ended")
		expect(time()).to.be.near(5, 0.1)`)
}

func TestAccessOfAnotherServerIsChosen(t *testing.T) {
	passes(t, `
		local studio = emulator.server({access = "studio_no_api"})
		expect(studio:run("return game:GetService('RunService'):IsStudio()")).to.equal(true)
		expect(function() studio:run([[
			game:GetService("DataStoreService"):GetDataStore("S"):SetAsync("k", 1)
		]]) end).to.throw("403: ")
		expect(emulator.server({access = "unpublished"}):run("return game.PlaceId")).to.equal(0)
		expect(function() emulator.server({access = "mars"}) end).to.throw("studio_no_api")
		expect(function() emulator.server({color = "red"}) end).to.throw("want access")`)
}

func TestConsolesOfOtherServersAreInTheFilesOutput(t *testing.T) {
	file := one(t, `it("case", function()
		emulator.server():run("print('one'); warn('two')")
		print("three")
		assert(#emulator.output() == 3)
	end)`)
	require.Nil(t, file.Cases[0].Problem)
	require.Equal(t, "server-2: one|server-2: [warn] two|three",
		strings.Join(file.Cases[0].Output, "|"))
}

func TestFaultsHitEveryOperationByItsName(t *testing.T) {
	passes(t, `
		local service = game:GetService("DataStoreService")
		local store, ordered = service:GetDataStore("S"), service:GetOrderedDataStore("S")
		local id, gone = store:SetAsync("v", 1), store:SetAsync("w", 1)
		for op, call in {
			get = function() store:GetAsync("other") end,
			put = function() store:SetAsync("k", 2) end,
			increment = function() store:IncrementAsync("k") end,
			remove = function() store:RemoveAsync("k") end,
			getVersion = function() store:GetVersionAsync("v", id) end,
			getVersionAt = function() store:GetVersionAtTimeAsync("k", 1) end,
			listVersions = function() store:ListVersionsAsync("k") end,
			removeVersion = function() store:RemoveVersionAsync("w", gone) end,
			listKeys = function() store:ListKeysAsync() end,
			listStores = function() service:ListDataStoresAsync() end,
			listSorted = function() ordered:GetSortedAsync(true, 1) end,
			getMany = function() ordered:BatchGetAsync({"k"}) end,
		} do
			local fault = emulator.fault({kind = "requestLost", op = op})
			expect(call).to.throw("50")
			fault:clear()
			call()
		end`)
}

func TestCrashedServerCannotShutDown(t *testing.T) {
	passes(t, `
		local other = emulator.server()
		other:crash()
		expect(function() other:shutdown() end).to.throw("is shutting down already")`)
}
