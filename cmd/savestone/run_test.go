package main

import (
	"bytes"
	"context"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// script runs a Luau file with the given flags.
func script(t *testing.T, source string, flags ...string) (code int, stdout, stderr string) {
	t.Helper()
	folder := write(t, map[string]string{"main.luau": source})
	return invoke(t, append([]string{"run", filepath.Join(folder, "main.luau")}, flags...)...)
}

const place = `{
	"name": "place",
	"tree": {
		"$className": "DataModel",
		"ServerScriptService": { "$path": "server" },
		"ReplicatedStorage": { "$path": "shared" }
	}
}`

func TestRunEndsWhenNothingIsLeftToDo(t *testing.T) {
	code, out, errs := script(t, `
		task.delay(3600, print, "an hour later")
		print("now")`)
	require.Equal(t, exitOK, code, errs)
	require.Equal(t, "now\nan hour later\n", out)
}

func TestRunEndsAtTheHorizon(t *testing.T) {
	code, out, errs := script(t, `
		local turns = 0
		game:BindToClose(function() print("turns", turns) end)
		while true do
			task.wait(10)
			turns += 1
		end`, "--for", "65s")
	require.Equal(t, exitOK, code, errs)
	require.Equal(t, "turns 6\n", out)
}

func TestUncaughtErrorMakesTheExitCodeOne(t *testing.T) {
	folder := write(t, map[string]string{"main.luau": "print('before')\nerror('boom')"})
	file := filepath.Join(folder, "main.luau")
	code, out, errs := invoke(t, "run", file)
	require.Equal(t, exitFailed, code)
	require.Equal(t, "before\n", out)
	require.Equal(t, "[error] ServerScriptService.main:2 ("+file+":2): boom\n"+
		"  ServerScriptService.main:2 ("+file+":2)\n", errs)
	code, _, errs = script(t, "task.spawn(function() task.wait(5) error('late') end)")
	require.Equal(t, exitFailed, code)
	require.Contains(t, errs, "late")
}

func TestExitAsyncDecidesTheExitCode(t *testing.T) {
	code, out, _ := script(t, `
		game:GetService("ProcessService"):ExitAsync(9)
		task.wait(1)
		print("never")`)
	require.Equal(t, 9, code)
	require.Empty(t, out)
	code, _, _ = script(t, `game:GetService("ProcessService"):ExitAsync(256)`)
	require.Equal(t, exitFailed, code)
}

func TestRunStartsEveryServerScriptOfAPlace(t *testing.T) {
	folder := write(t, map[string]string{
		"default.project.json":      place,
		"server/a.server.luau":      `print("a", require(game.ReplicatedStorage.Shared).name)`,
		"server/b.server.luau":      `print("b", require("@game/ReplicatedStorage/Shared").name)`,
		"server/module.luau":        `print("a module does not run by itself") return {}`,
		"shared/Shared.luau":        `return { name = script:GetFullName() }`,
		"shared/client.client.luau": `print("a client script does not run on a server")`,
	})
	code, out, errs := invoke(t, "run", filepath.Join(folder, "default.project.json"))
	require.Equal(t, exitOK, code, errs)
	require.Equal(t, "a ReplicatedStorage.Shared\nb ReplicatedStorage.Shared\n", out)
}

func TestPlayersComeAndGo(t *testing.T) {
	code, out, errs := script(t, `
		local Players = game:GetService("Players")
		Players.PlayerAdded:Connect(function(player) print("hello", player.Name, player.UserId) end)
		Players.PlayerRemoving:Connect(function(player) print("bye", player.Name) end)
		game:BindToClose(function() task.wait(1) print("closed") end)`, "--players", "2")
	require.Equal(t, exitOK, code, errs)
	require.Equal(t, "hello Player1 1\nhello Player2 2\nbye Player1\nbye Player2\nclosed\n", out)
}

func TestDatabaseFileKeepsDataBetweenRuns(t *testing.T) {
	db := filepath.Join(t.TempDir(), "data.db")
	source := `
		local store = game:GetService("DataStoreService"):GetDataStore("Visits")
		print((store:IncrementAsync("count")))`
	for want := range 3 {
		code, out, errs := script(t, source, "--db", db)
		require.Equal(t, exitOK, code, errs)
		require.Equal(t, string(rune('1'+want))+"\n", out)
	}
	code, _, errs := script(t, source, "--db", filepath.Join(t.TempDir(), "no", "such", "folder.db"))
	require.Equal(t, exitEnvironment, code)
	require.Contains(t, errs, "folder.db")
}

func TestInterruptStopsCleanly(t *testing.T) {
	folder := write(t, map[string]string{"main.luau": "while true do end"})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out, errs bytes.Buffer
	code := run(ctx, []string{"run", filepath.Join(folder, "main.luau")}, &out, &errs)
	require.Equal(t, exitInterrupted, code)
	require.Contains(t, errs.String(), "interrupted")
}

// canceler interrupts the program when it writes.
type canceler struct{ cancel context.CancelFunc }

func (c canceler) Write(text []byte) (int, error) {
	c.cancel()
	return len(text), nil
}

func TestInterruptWhileTimePassesDecidesTheExitCode(t *testing.T) {
	folder := write(t, map[string]string{
		"main.luau": "print('go') while true do task.wait(1) end",
	})
	for range 50 {
		ctx, cancel := context.WithCancel(t.Context())
		var errs bytes.Buffer
		code := run(ctx, []string{"run", filepath.Join(folder, "main.luau")}, canceler{cancel}, &errs)
		require.Equal(t, exitInterrupted, code)
		require.Contains(t, errs.String(), "interrupted")
	}
}

func TestProfileAndAccessChooseTheRoblox(t *testing.T) {
	source := `
		local service = game:GetService("DataStoreService")
		print(service:GetRequestBudgetForRequestType(Enum.DataStoreRequestType.StandardWrite) > 1e6)
		print(select(2, pcall(service.GetDataStore, service, "Coins")))`
	code, out, errs := script(t, source, "--profile", "unlimited", "--access", "unpublished")
	require.Equal(t, exitOK, code, errs)
	require.Equal(t, "true\nYou must publish this place to the web to access DataStore.\n", out)
	code, _, errs = script(t, source, "--profile", "1999")
	require.Equal(t, exitUsage, code)
	require.Contains(t, errs, `--profile: got profile "1999", want one of 2026`)
	code, _, errs = script(t, source, "--access", "all")
	require.Equal(t, exitUsage, code)
	require.Contains(t, errs, `--access: access "all": want one of`)
}
