package luabridge_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"savestone/emulator"
	"savestone/luabridge"
	"savestone/luabridge/roblox"
	"savestone/luabridge/sched"
)

func TestPlaceWithModelsAndPropertiesLoads(t *testing.T) {
	require.Equal(t, strings.Join([]string{
		"Model true Part 1, 2, 3 true", "Door Old", "5 7 red 1, 0, 0 1, 2, 3",
		"Bright red Enum.Material.Wood 1, 0, 0", "hello 1, 2, 3 {0.5, 0}, {0, 10}", "12 0.25 true",
		"Handle Base", "kept", "StringValue text from a file", "false",
	}, "\n"), output(t, map[string]string{
		"default.project.json": `{
			"name": "place",
			"tree": {
				"$className": "DataModel",
				"Lighting": { "$properties": { "ClockTime": 12, "FogColor": [0.25, 0, 0] } },
				"Workspace": {
					"$properties": { "Gravity": 100, "FallenPartsDestroyHeight": -100 },
					"Car": { "$path": "Car.model.json" },
					"Baseplate": {
						"$className": "Part",
						"$properties": {
							"Anchored": true, "Size": [1, 2, 3], "BrickColor": 21, "Material": "Wood",
							"Color": [1, 0, 0], "Tags": ["Door", "Old"],
							"CustomPhysicalProperties": { "PhysicalProperties": "Default" },
						},
						"$attributes": {
							"level": 5, "weight": { "Float32": 7 }, "colour": "red",
							"tint": { "Color3": [1, 0, 0] }, "at": { "Vector3": [1, 2, 3] },
						},
					},
					"Sword": { "$path": "Sword.rbxmx" },
				},
				"StarterGui": {
					"Hud": {
						"$className": "ScreenGui",
						"Label": {
							"$className": "TextLabel",
							"$properties": {
								"Text": "hello",
								"Size": { "UDim2": [[0.5, 0], [0, 10]] },
							},
						},
					},
				},
				"ReplicatedStorage": {
					"Text": { "$path": "note.txt" }, "Sounds": { "$path": "Sounds" },
					"Ref": {
						"$className": "ObjectValue",
						"$attributes": { "Rojo_Target_Value": "the base" },
					},
					"Base": { "$className": "Configuration", "$id": "the base" },
				},
				"ServerScriptService": { "$path": "server" },
			},
		}`,
		"note.txt": "text from a file",
		"Car.model.json": `{
			"ClassName": "Model",
			"Children": [{
				"Name": "Wheel", "ClassName": "Part",
				"Properties": { "Position": [1, 2, 3] }, "Attributes": { "kept": "kept" },
			}],
		}`,
		"Sounds/Hit.model.json":   `{ "ClassName": "Sound", "Properties": { "Looped": false } }`,
		"Sounds/init.meta.json":   `{ "className": "SoundGroup" }`,
		"server/Main.server.luau": modelScript,
		"Sword.rbxmx": `<roblox version="4"><Item class="Model" referent="A"><Properties>
			<Ref name="PrimaryPart">B</Ref></Properties><Item class="Part" referent="B"><Properties>
			<string name="Name">Handle</string></Properties></Item></Item></roblox>`,
	}))
}

const modelScript = `
	local car, base = workspace.Car, workspace.Baseplate
	print(car.ClassName, base.Anchored, car.Wheel.ClassName, car.Wheel.Position, car.Wheel:IsA("BasePart"))
	print(table.concat(base:GetTags(), " "))
	print(base:GetAttribute("level"), base:GetAttribute("weight"), base:GetAttribute("colour"),
		base:GetAttribute("tint"), base:GetAttribute("at"))
	print(base.BrickColor, base.Material, base.Color)
	local label = game:GetService("StarterGui").Hud.Label
	print(label.Text, base.Size, label.Size)
	local lighting = game:GetService("Lighting")
	print(lighting.ClockTime, lighting.FogColor.R, workspace.Gravity == 100)
	local storage = game:GetService("ReplicatedStorage")
	print(workspace.Sword.PrimaryPart, storage.Ref.Value)
	print(car.Wheel:GetAttribute("kept"))
	print(storage.Text.ClassName, storage.Text.Value)
	print(storage.Sounds.Hit.Looped)`

func TestNpmBinaryModelIsRead(t *testing.T) {
	folder := npmModules(t, "@isentinel/jest-roblox@0.3.10")
	writeText(t, folder, "default.project.json", `{
		"name": "place",
		"tree": {
			"$className": "DataModel",
			"ServerScriptService": { "$path": "server" },
			"ServerStorage": {
				"Runner": { "$path": "node_modules/@isentinel/jest-roblox/plugin/JestRobloxRunner.rbxm" },
			},
		},
	}`)
	writeText(t, folder, "server/Main.server.luau", `
		local runner = game:GetService("ServerStorage").Runner
		local classes, lines = {}, 0
		for _, i in runner:GetDescendants() do
			classes[i.ClassName] = (classes[i.ClassName] or 0) + 1
			if i:IsA("LuaSourceContainer") then
				lines += #string.split(i.Source, "\n")
				assert(loadstring(i.Source))
			end
		end
		print(runner.ClassName, classes.ModuleScript, classes.Folder, lines > 1000)`)
	require.Equal(t, "Script 15 3 true", projectOutput(t, folder))
}

func TestScriptsThatComeLaterRunOnce(t *testing.T) {
	require.Equal(t, strings.Join([]string{
		"main", "copied Template", "enabled", "waited",
	}, "\n"), output(t, map[string]string{
		"default.project.json": `{
			"name": "place",
			"tree": {
				"$className": "DataModel",
				"ServerScriptService": { "$path": "server" },
				"ServerStorage": { "$path": "storage" },
			},
		}`,
		"server/Main.server.luau": `
			local copy = game:GetService("ServerStorage").Template:Clone()
			copy.Parent = workspace
			copy.Parent = game:GetService("ServerScriptService")
			script.Parent.Later.Enabled = true
			print("main")
			task.defer(task.defer, print, "waited")`,
		"server/Later.server.luau":     `print("enabled")`,
		"server/Later.meta.json":       `{ "properties": { "Enabled": false } }`,
		"storage/Template.server.luau": `print("copied", script)`,
	}))
}

func TestPlayersHaveLeftWhenAServerCloses(t *testing.T) {
	folder := t.TempDir()
	writeText(t, folder, "Main.server.luau", `
		local Players = game:GetService("Players")
		Players.PlayerRemoving:Connect(function(player) print("leaves", player) end)
		game:BindToClose(function(reason) print(reason, #Players:GetPlayers()) end)`)
	place, err := luabridge.OpenScript(filepath.Join(folder, "Main.server.luau"))
	require.NoError(t, err)
	sim := sched.New(luabridge.Epoch)
	var lines []string
	game, err := place.Start(luabridge.Options{
		Sim: sim, Service: emulator.RunT(t, emulator.Options{Clock: sim}),
		Output: func(m roblox.Message) { lines = append(lines, m.Text) },
	})
	require.NoError(t, err)
	defer game.Close()
	game.RunScripts()
	for id := range int64(2) {
		_, err := game.Join(roblox.Profile{UserID: id + 1})
		require.NoError(t, err)
	}
	require.NoError(t, game.ShutDown(t.Context()))
	require.Equal(t, []string{
		"leaves Player1", "leaves Player2", "Enum.CloseReason.ServerEmpty 0",
	}, lines)
}
