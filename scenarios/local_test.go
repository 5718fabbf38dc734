package scenarios_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"savestone/scenarios"
	"savestone/scenarios/stats"
)

// scripted runs a script on the only server of a world with the given surroundings, and returns
// which of its checks failed.
func scripted(t *testing.T, surroundings, script string) []string {
	t.Helper()
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
		return path
	}
	write("check.luau", script)
	path := write("try.chaos.luau", `return {
		name = "try", script = "check.luau", horizon = "10m", drain = "1s",
		claims = { "violations(check) == 0" }, `+surroundings+` }`)
	var failed []string
	for _, row := range run(t, path, scenarios.Options{Seed: 1}).Rows {
		for _, example := range row.Examples {
			failed = append(failed, example.Key)
		}
	}
	return failed
}

func TestMessagesAreLostAndDelayed(t *testing.T) {
	const script = `
		local messaging = game:GetService("MessagingService")
		return function(t)
			local heard, began = 0, os.clock()
			messaging:SubscribeAsync("topic", function() heard += 1; began = os.clock() - began end)
			messaging:PublishAsync("topic", "hello")
			task.wait(30)
			t.check("arrives", heard == 1)
			t.check("takes seven seconds", math.abs(began - 7) < 0.1)
		end`
	require.Equal(t, []string{"takes seven seconds"}, scripted(t, ``, script))
	require.Empty(t, scripted(t, `messages = { delay = "7s" }`, script))
	require.Equal(t, []string{"arrives", "takes seven seconds"},
		scripted(t, `messages = { drop = "100%" }`, script))
}

func TestMemoryStoresFailAndForget(t *testing.T) {
	const script = `
		local map = game:GetService("MemoryStoreService"):GetHashMap("map")
		return function(t)
			map:SetAsync("key", 1, 3600)
			task.wait(90)
			t.check("answers", (pcall(map.GetAsync, map, "key")))
			task.wait(60)
			t.check("remembers", map:GetAsync("key") == 1)
		end`
	require.Empty(t, scripted(t, ``, script))
	require.Equal(t, []string{"answers"},
		scripted(t, `memory = { down = { { from = "1m", to = "2m" } } }`, script))
	require.Equal(t, []string{"remembers"},
		scripted(t, `memory = { loss = "100%", every = "2m" }`, script))
}

func TestServersHaveClocksAndBudgetsOfTheirOwn(t *testing.T) {
	const script = `
		local stores = game:GetService("DataStoreService")
		return function(t)
			local told = os.time() - 1773480413 -- when simulations begin
			t.check("the clock is right", math.abs(told) <= 1)
			local kind = Enum.DataStoreRequestType.StandardWrite
			local before = stores:GetRequestBudgetForRequestType(kind)
			t.check("the budget is what it says", before < 1000)
		end`
	require.Empty(t, scripted(t, ``, script))
	require.Equal(t, []string{"the budget is what it says", "the clock is right"},
		scripted(t, `hazards = { skew = "1h" }, ["local"] = { boast = 5000 }`, script))
}

func TestFaultsThatNeedNotBeSurvivedAreOutsideOfTheModel(t *testing.T) {
	path := file(t, `return {
		name = "beyond", system = { adapter = "plain-retry" }, horizon = "5m", drain = "1m",
		players = { count = 3, session = "1m", away = "5s", changes = "10/min", saves = "20s" },
		faults = { { kind = "nilRead", id = "nil", chance = "50%" } }, outside = { "nilRead" },
		claims = { "violations(*) == 0" },
	}`)
	r := run(t, path, scenarios.Options{Seed: 1})
	require.NotEmpty(t, r.Rows[0].Violations)
	require.NotEmpty(t, r.Rows[0].Outside)
	require.Equal(t, stats.OutsideModel, r.Claims[0].Verdict)
}

func TestDroppedRequestsAreCounted(t *testing.T) {
	const text = `return {
		name = "drops", system = { adapter = "plain-retry" }, horizon = "5m", drain = "1m",
		players = { count = 50, session = "2m", away = "1s", changes = "10/min", saves = "5s" },
		["local"] = { budgets = "%s" }, claims = { "queue_drops == 0" },
	}`
	calm := run(t, file(t, fmt.Sprintf(text, "100%")), scenarios.Options{Seed: 1})
	require.Equal(t, stats.Proven, calm.Claims[0].Verdict)
	starved := run(t, file(t, fmt.Sprintf(text, "1%")), scenarios.Options{Seed: 1})
	require.Equal(t, stats.Refuted, starved.Claims[0].Verdict)
	require.Greater(t, starved.Rows[0].Counts["queue_drops"].Failures, 10)
}

func TestDataStoresOfAClosingServerCanEndEarly(t *testing.T) {
	const text = `return {
		name = "closing", system = { adapter = "locked" }, servers = 1, horizon = "5m", drain = "1m",
		players = { count = 3, changes = "10/min" }, ["local"] = { %s },
		faults = { { kind = "latency", id = "slow", ops = "*", delay = "2s" } },
		events = { { at = "2m", shutdown = "server-1" } }, claims = { "violations(I17) == 0" },
	}`
	calm := run(t, file(t, fmt.Sprintf(text, "")), scenarios.Options{Seed: 1})
	require.Empty(t, calm.Rows[0].Violations)
	early := run(t, file(t, fmt.Sprintf(text, `closeAfter = "1s"`)), scenarios.Options{Seed: 1})
	require.Equal(t, 3, early.Rows[0].Violations["I17"])
}

func TestThreadThatDiesAtARequestIsNeverAnswered(t *testing.T) {
	path := file(t, `return {
		name = "dies", system = { adapter = "plain-retry" }, servers = 1, horizon = "3m", drain = "1m",
		explore = { at = { "threadDies" }, from = "begin", to = "end" },
		claims = { "violations(I1, I2) == 0" },
		run = function(w)
			local player = w.player()
			w.join(player, 1)
			w.change(player)
			w.mark("begin")
			task.spawn(w.save, player)
			w.wait(20)
			w.mark("end")
		end,
	}`)
	r := run(t, path, scenarios.Options{Seed: 1})
	require.Len(t, r.Rows, 3, "none, the read, the write")
	require.Equal(t, []int{0, 1, 1}, []int{
		r.Rows[0].Fired["threadDies"], r.Rows[1].Fired["threadDies"], r.Rows[2].Fired["threadDies"],
	})
}
