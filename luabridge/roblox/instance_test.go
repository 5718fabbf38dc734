package roblox

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestInstanceIsTheSameValueWhereverItComesFrom(t *testing.T) {
	says(t, `
		local folder = Instance.new("Folder", workspace)
		local seen = {[folder] = "seen"}
		print(folder == workspace.Folder, seen[workspace:FindFirstChild("Folder")])
		print(folder.Destroy == workspace.Destroy, folder ~= Instance.new("Folder"))
		print(typeof(folder), type(folder), tostring(folder), getmetatable(folder))`,
		"true seen", "true true", "Instance userdata Folder The metatable is locked")
}

// R250.
func TestFindMethodsFindWhatTheirNamesSay(t *testing.T) {
	says(t, `
		local model = Instance.new("Model", workspace)
		local value = Instance.new("IntValue", model)
		value.Name = "Deep"
		print(workspace:FindFirstChild("Deep"), workspace:FindFirstChild("Deep", true))
		print(model:FindFirstChildOfClass("ValueBase"), model:FindFirstChildWhichIsA("ValueBase"))
		print(workspace:FindFirstChildWhichIsA("ValueBase", true))
		print(value:FindFirstAncestor("Workspace"), value:FindFirstAncestorOfClass("PVInstance"),
			value:FindFirstAncestorWhichIsA("PVInstance"))
		print(value:IsDescendantOf(game), workspace:IsAncestorOf(value), value:IsA("Instance"))
		print(value:GetFullName(), game:GetFullName(), Instance.new("Folder"):GetFullName())
		print(#model:GetChildren(), #workspace:GetDescendants())`,
		"nil Deep", "nil Deep", "Deep", "Workspace nil Model", "true true true",
		"Workspace.Model.Deep Game Folder", "1 2")
}

// R251, R252.
func TestWrongUseOfAnInstanceIsToldInRobloxsWords(t *testing.T) {
	refuses(t, [][2]string{
		{`return workspace.Nothing`, `Nothing is not a valid member of Workspace "Workspace"`},
		{`Instance.new("Folder").x = 1`, `x is not a valid member of Folder "Folder"`},
		{`workspace.FindFirstChild("x")`,
			"Expected ':' not '.' calling member function FindFirstChild"},
		{`workspace.GetChildren()`, "Expected ':' not '.' calling member function GetChildren"},
		{`workspace:FindFirstChild()`, "Argument 1 missing or nil"},
		{`workspace:FindFirstChild({})`, "Unable to cast Dictionary to string"},
		{`workspace:IsAncestorOf(1)`, "Unable to cast value to Object"},
		{`Instance.new("Nonsense")`, `Unable to create an Instance of type "Nonsense"`},
		{`Instance.new("Workspace")`, `Unable to create an Instance of type "Workspace"`},
		{`Instance.new("Folder").ClassName = "x"`,
			"Unable to assign property ClassName. Property is read only"},
		{`Instance.new("Folder").Name = {}`,
			"Unable to assign property Name. string expected, got table"},
		{`Instance.new("BoolValue").Value = 1`,
			"Unable to assign property Value. boolean expected, got number"},
		{`Instance.new("Folder").Parent = "x"`,
			"Unable to assign property Parent. Instance expected, got string"},
		{`Instance.new("Folder").ChildAdded = 1`, "ChildAdded cannot be assigned to"},
		{`workspace.Parent = nil`, "The Parent property of Workspace is locked, " +
			"current parent: Game, new parent NULL"},
		{`workspace:Destroy()`, "The Parent property of Workspace is locked, " +
			"current parent: Game, new parent NULL"},
		{`local f = Instance.new("Folder") f.Parent = f`,
			"Attempt to set Folder as its own parent"},
		{`local f = Instance.new("Folder") local g = Instance.new("Model", f) f.Parent = g`,
			"Attempt to set parent of Folder to Folder.Model would result in circular reference"},
		{`return Instance.new("BindableFunction").OnInvoke`, "OnInvoke is a callback member of " +
			"BindableFunction; you can only set the callback value, get is not available"},
		{`workspace:GetPropertyChangedSignal("Nope")`, "Nope is not a valid property name."},
	})
}

func TestDestroyIsFinal(t *testing.T) {
	says(t, `
		local folder = Instance.new("Folder", workspace)
		local inner = Instance.new("Folder", folder)
		local c = folder.ChildAdded:Connect(print)
		folder.Destroying:Connect(function() print("destroying") end)
		folder:Destroy()
		folder:Destroy()
		print(folder.Parent, inner.Parent, c.Connected)
		print(pcall(function() folder.Parent = workspace end))`,
		"nil nil false", "false The Parent property of Folder is locked, current parent: NULL, "+
			"new parent Workspace", "destroying")
}

func TestCloneCopiesAllThatIsArchivableAndKeepsInnerReferences(t *testing.T) {
	says(t, `
		local model = Instance.new("Model")
		local value = Instance.new("ObjectValue", model)
		value.Value = model
		value:SetAttribute("Level", 3)
		value:AddTag("Saved")
		Instance.new("Folder", model).Archivable = false
		local copy = model:Clone()
		local inner = copy.Value
		print(#copy:GetChildren(), inner.Value == copy, inner:GetAttribute("Level"))
		print(inner:HasTag("Saved"), copy.Parent, value.Value == model)
		model.Archivable = false
		print(model:Clone())`,
		"1 true 3", "true nil true", "nil")
}

func TestValueObjectsConvertLikeRoblox(t *testing.T) {
	says(t, `
		local int, number, text = Instance.new("IntValue"), Instance.new("NumberValue"),
			Instance.new("StringValue")
		int.Value = 7.9
		number.Value = "2.5"
		text.Value = 12
		print(int.Value, number.Value, text.Value, typeof(text.Value))
		int.Changed:Connect(function(value) print("changed", value) end)
		int:GetPropertyChangedSignal("Value"):Connect(function(...) print("signal", ...) end)
		int.Value = 8
		int.Value = 8
		int.Name = "Coins"`,
		"7 2.5 12 string", "signal", "changed 8")
}

// R253.
func TestAttributes(t *testing.T) {
	says(t, `
		local folder = Instance.new("Folder")
		folder.AttributeChanged:Connect(function(name) print("any", name) end)
		folder:GetAttributeChangedSignal("a"):Connect(function() print("a") end)
		folder:SetAttribute("b", true)
		folder:SetAttribute("a", 1)
		folder:SetAttribute("a", 1)
		for name, value in folder:GetAttributes() do print(name, value) end
		folder:SetAttribute("a", nil)
		print(folder:GetAttribute("a"))`,
		"a 1", "b true", "nil", "any b", "a", "any a", "a", "any a")
	refuses(t, [][2]string{
		{`workspace:SetAttribute("RBXx", 1)`, "Attribute name cannot begin with RBX: RBXx"},
		{`workspace:SetAttribute("a b", 1)`,
			"Attribute name has a character that is not allowed: a b"},
		{`workspace:SetAttribute("x", {})`, "Dictionary is not a supported attribute type"},
		{`workspace:SetAttribute("x", workspace)`, "Instance is not a supported attribute type"},
	})
}

func TestTreeEventsTellWhoCameAndWent(t *testing.T) {
	says(t, `
		local folder = Instance.new("Folder")
		local child = Instance.new("Model", folder)
		child.Name = "Inner"
		workspace.ChildAdded:Connect(function(i) print("added", i) end)
		workspace.ChildRemoved:Connect(function(i) print("removed", i) end)
		workspace.DescendantAdded:Connect(function(i) print("deep", i) end)
		workspace.DescendantRemoving:Connect(function(i) print("going", i) end)
		child.AncestryChanged:Connect(function(i, parent) print("moved", i, parent) end)
		folder.Changed:Connect(function(property) print("changed", property) end)
		folder.Parent = workspace
		task.wait()
		folder.Parent = nil`,
		"added Folder", "deep Folder", "deep Inner", "moved Folder Workspace", "changed Parent",
		"going Folder", "going Inner", "removed Folder", "moved Folder nil", "changed Parent")
}

func TestWaitForChildReturnsAtOnceWaitsOrGivesUp(t *testing.T) {
	says(t, `
		local here = Instance.new("Folder", workspace)
		print(workspace:WaitForChild("Folder") == here)
		task.delay(2, function() here.Name = "Renamed" end)
		task.delay(3, function() Instance.new("Model", workspace) end)
		print(workspace:WaitForChild("Renamed") == here, time())
		print(workspace:WaitForChild("Model", 100), time())
		print(workspace:WaitForChild("Never", 1.5), time())`,
		"true", "true 2", "Model 3", "nil 4.5")
}

// R250.
func TestWaitForChildWarnsAfterFiveSeconds(t *testing.T) {
	w := newWorld(t, Options{})
	w.start(`game.ReplicatedStorage:WaitForChild("Remotes")`)
	w.sim.RunUntil(testStart.Add(infiniteYieldAfter - 1))
	require.Empty(t, w.heard())
	w.sim.RunUntil(testStart.Add(infiniteYieldAfter))
	require.Equal(t, `W Infinite yield possible on 'ReplicatedStorage:WaitForChild("Remotes")'`,
		w.heard())
	w.sim.Run()
	require.Empty(t, w.heard())
}

func TestCancelledWaitForChildLeavesNothingBehind(t *testing.T) {
	says(t, `
		local thread = task.spawn(function() workspace:WaitForChild("x") print("never") end)
		task.cancel(thread)
		Instance.new("Folder", workspace).Name = "x"
		task.wait(10)
		print(coroutine.status(thread))`, "dead")
}

func TestCollectionServiceSeesTaggedInstancesOfTheGameOnly(t *testing.T) {
	says(t, `
		local Collection = game:GetService("CollectionService")
		Collection:GetInstanceAddedSignal("Door"):Connect(function(i) print("added", i) end)
		Collection:GetInstanceRemovedSignal("Door"):Connect(function(i) print("removed", i) end)
		local folder = Instance.new("Folder")
		folder:AddTag("Door")
		print(#Collection:GetTagged("Door"))
		folder.Parent = workspace
		print(Collection:GetTagged("Door")[1], Collection:HasTag(folder, "Door"))
		folder:RemoveTag("Door")
		print(#Collection:GetTagged("Door"), #folder:GetTags())`,
		"0", "Folder true", "0 0", "added Folder", "removed Folder")
}

func TestClassesInheritAsRobloxsDo(t *testing.T) {
	w := newWorld(t, Options{})
	for _, name := range sortedKeys(w.classes) {
		class := w.classes[name]
		require.True(t, class.is("Instance"), name)
		known, ok := robloxClasses()[name]
		if !ok {
			continue // Roblox has it, but tells ordinary scripts nothing of it
		}
		require.Equal(t, known.super, class.Super, name)
		require.Equal(t, known.service, class.Service, name)
		require.Equal(t, known.creatable, class.Creatable, name)
	}
	for _, name := range sortedKeys(robloxClasses()) {
		require.True(t, w.classOf(name).is("Instance"), name)
	}
}
