package roblox

import (
	"testing"

	"github.com/stretchr/testify/require"
	lua "github.com/yuin/gopher-lua"
)

func TestVectorsComputeByComponent(t *testing.T) {
	says(t, `
		local v, w = Vector3.new(1, 2, 3), Vector3.new(4, 5, 6)
		print(v + w, w - v, v * w, v * 2, 2 * v, w / 2, w // 4, -v)
		print(v == Vector3.new(1, 2, 3), v ~= w, Vector3.new(3, 4).Magnitude, v.X, v.Y, v.Z)
		print(v:Dot(w), v:Cross(w), v:Lerp(w, 0.5), Vector3.new(0, 9, 0).Unit)
		print(v:Max(Vector3.new(0, 9, 0)), v:Min(w), Vector3.new(-1.5, 1.5, 0):Floor())
		print(v:FuzzyEq(v + Vector3.one * 1e-6), Vector3.zero, Vector3.xAxis)
		print(typeof(v), type(v), typeof(v + w), vector.magnitude(Vector3.new(3, 4, 0)))
		local p = Vector2.new(3, 4)
		print(p, p.Magnitude, p + Vector2.one, p:Dot(p), p:Cross(Vector2.xAxis))
		print(typeof(p), type(p))`,
		"5, 7, 9 3, 3, 3 4, 10, 18 2, 4, 6 2, 4, 6 2, 2.5, 3 1, 1, 1 -1, -2, -3",
		"true true 5 1 2 3", "32 -3, 6, -3 2.5, 3.5, 4.5 0, 1, 0", "1, 9, 3 1, 2, 3 -2, 1, 0",
		"true 0, 0, 0 1, 0, 0", "Vector3 vector Vector3 5",
		"3, 4 5 4, 5 25 -4", "Vector2 userdata")
}

func TestCFramesMoveAndTurnPoints(t *testing.T) {
	says(t, `
		local c = CFrame.new(1, 2, 3)
		print(c, c.Position, c.X, CFrame.identity == CFrame.new())
		print(c * Vector3.new(1, 0, 0), c + Vector3.one, (c * c).Position, c:Inverse().Position)
		local turned = CFrame.Angles(0, math.pi / 2, 0)
		print((turned * Vector3.new(1, 0, 0)):FuzzyEq(Vector3.new(0, 0, -1)))
		print(turned:PointToObjectSpace(turned:PointToWorldSpace(Vector3.one)):FuzzyEq(Vector3.one))
		local x, y, z = CFrame.Angles(0.1, 0.2, 0.3):ToEulerAnglesXYZ()
		print(math.round(x * 1e4), math.round(y * 1e4), math.round(z * 1e4))
		local facing = CFrame.lookAt(Vector3.zero, Vector3.new(0, 0, -5))
		print(facing.LookVector, facing.UpVector, facing.RightVector)
		print(CFrame.new(Vector3.zero, Vector3.new(10, 0, 0)).LookVector)
		print(CFrame.new(facing:GetComponents()) == facing, typeof(facing))`,
		"1, 2, 3, 1, 0, 0, 0, 1, 0, 0, 0, 1 1, 2, 3 1 true",
		"2, 2, 3 2, 3, 4, 1, 0, 0, 0, 1, 0, 0, 0, 1 2, 4, 6 -1, -2, -3", "true", "true",
		"1000 2000 3000", "-0, -0, -1 0, 1, 0 1, 0, 0", "1, -0, -0", "true CFrame")
}

func TestColorsConvert(t *testing.T) {
	says(t, `
		local c = Color3.fromRGB(255, 128, 0)
		print(c, c.R, Color3.fromHex("#ff8000") == c, Color3.fromHex("f00"), c:ToHex())
		print(Color3.fromHSV(1/3, 1, 1), Color3.new(0, 1, 0):ToHSV())
		print(Color3.new():Lerp(Color3.new(1, 1, 1), 0.5), typeof(c))
		print(pcall(Color3.fromHex, "nonsense"))`,
		"1, 0.501960814, 0 1 true 1, 0, 0 ff8000", "0, 1, 0 0.3333333333333333 1 1",
		"0.5, 0.5, 0.5 Color3", "false Unable to convert characters to hex value")
}

func TestScreenSizesAndTweensArePlainValues(t *testing.T) {
	says(t, `
		local u = UDim2.new(0.5, 10, 1, -20)
		print(u, u.X, u.Y.Offset, u.Width.Scale, u + UDim2.fromOffset(1, 1), u - u == UDim2.new())
		print(UDim2.new(UDim.new(1, 2), UDim.new(3, 4)), UDim2.fromScale(0, 1):Lerp(u, 0))
		local tween = TweenInfo.new(2, Enum.EasingStyle.Sine)
		print(tween.Time, tween.EasingStyle, tween.EasingDirection, tween.RepeatCount)
		print(tween.Reverses)`,
		"{0.5, 10}, {1, -20} 0.5, 10 -20 0.5 {0.5, 11}, {1, -19} true",
		"{1, 2}, {3, 4} {0, 0}, {1, 0}",
		"2 Enum.EasingStyle.Sine Enum.EasingDirection.Out 0", "false")
}

func TestRandomRepeatsItselfForASeed(t *testing.T) {
	const source = `
		local a, b = Random.new(42), Random.new(42)
		local c = a:Clone()
		local first = a:NextInteger(1, 1e9)
		print(first == b:NextInteger(1, 1e9), first == c:NextInteger(1, 1e9))
		print(a:NextNumber() == b:NextNumber(), a:NextNumber(5, 6) > 5)
		for _ = 1, 100 do
			local n = a:NextInteger(-3, 3)
			assert(n >= -3 and n <= 3 and n == math.floor(n))
		end
		local list = {1, 2, 3, 4, 5}
		a:Shuffle(list)
		table.sort(list)
		print(table.concat(list), math.abs(a:NextUnitVector().Magnitude - 1) < 1e-6)
		print(Random.new():NextInteger(1, 1e9))`
	heard := newWorld(t, Options{Seed: 1}).run(source)
	require.Regexp(t, `^true true\ntrue true\n12345 true\n\d+$`, heard)
	require.Equal(t, heard, newWorld(t, Options{Seed: 1}).run(source))
	require.NotEqual(t, heard, newWorld(t, Options{Seed: 2}).run(source))
	refuses(t, [][2]string{{`Random.new(1):NextInteger(2, 1)`,
		"ServerScriptService.Main:1: invalid argument #3 to 'NextInteger' (interval is empty)"}})
}

func TestDatatypesRefuseWhatTheyDoNotHave(t *testing.T) {
	const at = "ServerScriptService.Main:1: "
	refuses(t, [][2]string{
		{`return Vector3.new().W`, "W is not a valid member of Vector3"},
		{`Vector3.new().X = 1`, "X cannot be assigned to"},
		{`return Vector3.new() + 1`,
			at + "attempt to perform arithmetic (add) on Vector3 and number"},
		{`Vector3.new().Dot(1)`, "Expected ':' not '.' calling member function Dot"},
		{`Vector3.new():Dot(1)`,
			at + "invalid argument #2 to 'Dot' (Vector3 expected, got number)"},
		{`Color3.new(1, "x")`, at + "invalid argument #2 to 'new' (number expected, got string)"},
		{`CFrame.x = 1`, at + "attempt to modify a readonly table"},
	})
}

func TestValueObjectsHoldDatatypes(t *testing.T) {
	says(t, `
		local v = Instance.new("Vector3Value")
		print(v.Value)
		v.Value = Vector3.new(1, 2, 3)
		print(v.Value, v:Clone().Value == v.Value, Instance.new("CFrameValue").Value.Position)
		print(pcall(function() v.Value = 1 end))
		workspace:SetAttribute("Spawn", Vector3.one)
		print(workspace:GetAttribute("Spawn"))`,
		"0, 0, 0", "1, 2, 3 true 0, 0, 0",
		"false Unable to assign property Value. Vector3 expected, got number", "1, 1, 1")
}

// G4.
func TestDatatypesCannotBeStored(t *testing.T) {
	w := newWorld(t, Options{})
	for name, value := range map[string]lua.LValue{
		"Vector3": w.NewVector3(1, 2, 3), "Color3": w.NewColor3(1, 0, 0),
		"EnumItem": w.EnumItem("SortOrder", "Name").Object(), "Instance": w.Game().Object(),
	} {
		_, err := EncodeValue(value)
		require.ErrorContains(t, err, "104: Cannot store "+name+" in data store")
	}
}
