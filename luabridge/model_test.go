package luabridge_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
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
