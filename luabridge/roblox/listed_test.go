package roblox

import (
	"testing"

	"github.com/stretchr/testify/require"
	lua "github.com/yuin/gopher-lua"
)

func TestListedClassesHoldWhatTheyAreGiven(t *testing.T) {
	says(t, `
		local part = Instance.new("Part", workspace)
		print(part, part.ClassName, part:IsA("BasePart"), part:IsA("PVInstance"), part:IsA("MeshPart"))
		print(part.Anchored, part.Size, part.Material, part.Color, part.CollisionGroup)
		part.Anchored, part.Size, part.Material = true, Vector3.new(1, 2, 3), "Wood"
		print(part.Anchored, part.Size, part.Material, part.Transparency)
		local copy = part:Clone()
		print(copy.Anchored, copy.Size, copy.Parent)
		part:GetPropertyChangedSignal("Transparency"):Connect(function() print("changed") end)
		part.Transparency = 0
		part.Transparency = 0.5
		part.Touched:Connect(print)`,
		"Part Part true true false", "false 4, 1.2000000476837158, 2 Enum.Material.Plastic "+
			"0.639215708, 0.635294139, 0.647058845 Default",
		"true 1, 2, 3 Enum.Material.Wood 0", "true 1, 2, 3 nil", "changed")
	says(t, `
		local gui = Instance.new("ScreenGui")
		local button = Instance.new("TextButton", gui)
		print(button.Text, button.Active, button.AnchorPoint, button.Size, gui.Enabled)
		button.Size = UDim2.fromScale(1, 1)
		print(button.Size, Instance.new("Frame").Active, Instance.new("Sound").Volume)
		print(Instance.new("RayValue"), Instance.new("BrickColorValue"), Instance.new("Tool"))
		local lighting = game:GetService("Lighting")
		lighting.Brightness, lighting.ClockTime = 3, 6
		print(lighting.Brightness, lighting.ClockTime)`,
		"Button true 0, 0 {0, 0}, {0, 0} true", "{1, 0}, {1, 0} false 0.5", "Value Value Tool",
		"3 6")
}

// R252.
func TestListedClassesRefuseWhatTheyDoNotKnow(t *testing.T) {
	refuses(t, [][2]string{
		{`return Instance.new("Part").Nothing`, `Nothing is not a valid member of Part "Part"`},
		{`Instance.new("Part").Anchored = 1`,
			"Unable to assign property Anchored. boolean expected, got number"},
		{`Instance.new("Part").Size = 1`,
			"Unable to assign property Size. Vector3 expected, got number"},
		{`Instance.new("Part").Material = "Cheese"`,
			"Unable to assign property Material. EnumItem expected, got string"},
		{`Instance.new("Part").Mass = 1`, "Unable to assign property Mass. Property is read only"},
		{`return Instance.new("Part").Mass`,
			"savestone does not know what Part.Mass is before something sets it"},
		{`Instance.new("Part"):GetMass()`, "savestone does not emulate BasePart:GetMass"},
		{`Instance.new("Sound"):Play()`, "savestone does not emulate Sound:Play"},
		{`Instance.new("Sound").Play()`, "Expected ':' not '.' calling member function Play"},
		{`Instance.new("Sound").Ended = 1`, "Ended cannot be assigned to"},
		{`Instance.new("BasePart")`, `Unable to create an Instance of type "BasePart"`},
		{`return game:GetService("ConfigureServerService").x`, "savestone does not emulate " +
			"ConfigureServerService.x, nor the rest of the class"},
	})
}

func TestPropertiesOfAFileKeepWhatNoClassKnows(t *testing.T) {
	w := newWorld(t, Options{})
	part := w.NewInstance("Part", "Brick", w.Service("Workspace"))
	require.NoError(t, part.Load("Transparency", lua.LNumber(0.5)))
	require.NoError(t, part.Load("Invented", lua.LTrue))
	require.Equal(t, "0.5 true", w.run(`print(workspace.Brick.Transparency, workspace.Brick.Invented)`))
}

func TestListedDefaultsAreReadable(t *testing.T) {
	w := newWorld(t, Options{})
	known := 0
	for _, class := range sortedKeys(listedLines()) {
		c := w.classOf(class)
		for _, name := range sortedKeys(c.listing()) {
			if m := w.find(c, name); c.listing()[name][0] != '(' && m.kind == propertyMember {
				if c.listedDefault(w.Server, name) != nil {
					known++
				}
			}
		}
	}
	require.Greater(t, known, 450)
}

func TestPartsAreWhereTheyWerePut(t *testing.T) {
	says(t, `
		local part = Instance.new("Part")
		part.Changed:Connect(function(name) print("changed", name) end)
		part.Position = Vector3.new(1, 2, 3)
		print(part.CFrame.Position, part.Orientation)
		task.wait()
		part.CFrame = CFrame.new(4, 5, 6) * CFrame.Angles(0, math.rad(90), 0)
		print(part.Position, part.Orientation.Y, part.Rotation.Y)
		part.Orientation = Vector3.new(10, 20, 30)
		local o = part.Orientation
		print(part.Position, math.round(o.X), math.round(o.Y), math.round(o.Z))`,
		"1, 2, 3 0, 0, 0", "changed CFrame", "changed Position", "changed Orientation",
		"changed Rotation", "4, 5, 6 90 90", "4, 5, 6 10 20 30", "changed CFrame",
		"changed Position", "changed Orientation", "changed Rotation", "changed CFrame",
		"changed Position", "changed Orientation", "changed Rotation")
	says(t, `
		local model, part = Instance.new("Model"), Instance.new("Part")
		local other = Instance.new("Part", model)
		part.Parent, other.Position = model, Vector3.new(0, 5, 0)
		print(select(2, pcall(model.GetPivot, model)))
		print(select(2, pcall(model.SetPrimaryPartCFrame, model, CFrame.new())))
		model.PrimaryPart = part
		model:PivotTo(CFrame.new(10, 0, 0))
		print(part.Position, other.Position, model:GetPivot().Position)
		model:SetPrimaryPartCFrame(CFrame.new(0, 1, 0))
		print(part.Position, other.Position, model:GetPrimaryPartCFrame().Position)`,
		"savestone does not emulate Model:GetPivot without PrimaryPart or WorldPivot",
		"Model:SetPrimaryPartCFrame() failed because no PrimaryPart has been set, or the "+
			"PrimaryPart no longer exists. Please set Model.PrimaryPart before using this.",
		"10, 0, 0 10, 5, 0 10, 0, 0", "0, 1, 0 0, 6, 0 0, 1, 0")
}

func TestHumanoidsLoseHealthAndDie(t *testing.T) {
	says(t, `
		local character = Instance.new("Model")
		local humanoid = Instance.new("Humanoid", character)
		humanoid.HealthChanged:Connect(function(health) print("health", health) end)
		humanoid.Died:Connect(function() print("died") end)
		humanoid:TakeDamage(30)
		local shield = Instance.new("ForceField", character)
		humanoid:TakeDamage(30)
		shield:Destroy()
		humanoid.Health = 1000
		print(humanoid.Health, humanoid.MaxHealth, humanoid.WalkSpeed)
		humanoid:TakeDamage(300)
		print(humanoid.Health)`,
		"100 100 16", "0", "health 70", "health 100", "health 0", "died")
}

func TestRecordsCompareByTheirFields(t *testing.T) {
	says(t, `
		local range = NumberRange.new(1, 2)
		print(range, range.Min, range.Max, range == NumberRange.new(1, 2), typeof(range))
		print(NumberRange.new(3).Max, range == NumberRange.new(1, 3))
		local numbers = NumberSequence.new(0, 1)
		print(numbers, #numbers.Keypoints, numbers == NumberSequence.new(0, 1))
		print(NumberSequence.new({ NumberSequenceKeypoint.new(0, 5), NumberSequenceKeypoint.new(1, 6) }))
		local colours = ColorSequence.new(Color3.new(1, 0, 0))
		print(colours.Keypoints[2].Value, colours == ColorSequence.new(Color3.new(1, 0, 0)))
		print(Rect.new(1, 2, 4, 8).Width, Rect.new(Vector2.one, Vector2.one).Height)
		print(Ray.new(Vector3.zero, Vector3.one).Direction)
		print(BrickColor.new("Bright red"), BrickColor.new(23).Name, BrickColor.Black().Number)
		print(BrickColor.new("no such") == BrickColor.new("Medium stone grey"))
		local emitter = Instance.new("ParticleEmitter")
		emitter.Lifetime = range
		print(emitter.Lifetime, typeof(BrickColor.random()))`,
		"1 2 1 2 true NumberRange", "3 false", "0 0 0 1 1 0  2 true", "0 5 0 1 6 0 ",
		"1, 0, 0 true", "3 0", "1, 1, 1", "Bright red Bright blue 26", "true", "1 2 BrickColor")
	refuses(t, [][2]string{
		{`NumberRange.new(2, 1)`, "NumberRange: invalid range"},
		{`NumberSequence.new({})`, "NumberSequence: requires at least 2 keypoints"},
		{`NumberSequence.new({ 1, 2 })`,
			"NumberSequence.new: table must be an array of keypoints"},
		{`return BrickColor.Red().Color`, "savestone does not emulate BrickColor.Color"},
		{`BrickColor.new(Color3.new())`, "savestone does not emulate BrickColor.new with a Color3"},
		{`Region3.new()`, "savestone does not emulate Region3.new"},
		{`NumberRange.new(1).Min = 2`, "Min cannot be assigned to"},
	})
}

func TestCFramesTurnAboutAxesAndHalfway(t *testing.T) {
	says(t, `
		local c = CFrame.fromAxisAngle(Vector3.yAxis, math.pi / 2)
		local axis, angle = c:ToAxisAngle()
		print(axis:FuzzyEq(Vector3.yAxis), math.round(math.deg(angle)))
		print(CFrame.identity:Lerp(c + Vector3.new(2, 0, 0), 0.5):FuzzyEq(
			CFrame.new(1, 0, 0) * CFrame.Angles(0, math.pi / 4, 0)))
		print(CFrame.new(1, 2, 3, 0, math.sin(math.pi / 4), 0, math.cos(math.pi / 4)):FuzzyEq(
			CFrame.new(1, 2, 3) * c))
		local x, y, z = CFrame.fromOrientation(0.1, 0.2, 0.3):ToOrientation()
		print(math.round(x * 1e4), math.round(y * 1e4), math.round(z * 1e4))
		print(CFrame.fromMatrix(Vector3.one, Vector3.xAxis, Vector3.yAxis) == CFrame.new(1, 1, 1))
		axis, angle = CFrame.Angles(math.pi, 0, 0):ToAxisAngle()
		print(axis:FuzzyEq(Vector3.xAxis, 1e-3), math.round(math.deg(angle)))
		print(CFrame.new(1, 2, 3):Lerp(CFrame.new(3, 2, 1), 0.25).Position)`,
		"true 90", "true", "true", "1000 2000 3000", "true", "true 180", "1.5, 2, 2.5")
}
