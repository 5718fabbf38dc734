package roblox

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEnumItemsAreTheSameValueWhereverTheyComeFrom(t *testing.T) {
	says(t, `
		local item = Enum.CloseReason.ServerEmpty
		print(item, item.Name, item.Value, item.EnumType, typeof(item), typeof(Enum))
		print(item == Enum.CloseReason:GetEnumItems()[5], item == Enum.CloseReason:FromValue(4))
		print(item == Enum.CloseReason:FromName("ServerEmpty"), Enum.CloseReason:FromName("x"))
		print(({[item] = "found"})[Enum.CloseReason.ServerEmpty], typeof(Enum.CloseReason))
		print(item:IsA("CloseReason"), item == Enum.MessageType.MessageInfo)`,
		"Enum.CloseReason.ServerEmpty ServerEmpty 4 CloseReason EnumItem Enums", "true true",
		"true nil", "found Enum", "true false")
}

func TestUnknownEnumsAndItemsAreRefused(t *testing.T) {
	refuses(t, [][2]string{
		{`return Enum.Nonsense`, `Nonsense is not a valid member of "Enum"`},
		{`return Enum.SortDirection.Sideways`,
			`Sideways is not a valid member of "Enum.SortDirection"`},
		{`return Enum.SortDirection.Ascending.Size`,
			`Size is not a valid member of "Enum.SortDirection.Ascending"`},
		{`Enum.SortDirection.Ascending.Name = 1`, "Name cannot be assigned to"},
		{`Instance.new("Script").RunContext = Enum.SortDirection.Ascending`,
			"Unable to assign property RunContext. EnumItem expected, got EnumItem"},
	})
}

func TestEnumPropertiesTakeItemsNamesAndNumbers(t *testing.T) {
	says(t, `
		local s = Instance.new("Script")
		print(s.RunContext)
		for _, value in {Enum.RunContext.Client, "Plugin", 1} do
			s.RunContext = value
			print(s.RunContext)
		end
		print(s:Clone().RunContext)`,
		"Enum.RunContext.Legacy", "Enum.RunContext.Client", "Enum.RunContext.Plugin",
		"Enum.RunContext.Server", "Enum.RunContext.Server")
}

func TestEveryEnumHasItemsWithoutDoubles(t *testing.T) {
	w := newWorld(t, Options{})
	for _, name := range sortedKeys(enumLines()) {
		e := w.enums.find(name)
		require.NotEmpty(t, e.Items, name)
		names, values := map[string]bool{}, map[int]bool{}
		for _, item := range e.Items {
			names[item.Name], values[item.Value] = true, true
			require.Same(t, item, w.EnumItem(name, item.Name))
		}
		require.Len(t, names, len(e.Items), name)
		require.Len(t, values, len(e.Items), name)
	}
	require.Equal(t, 101, w.EnumItem("KeyCode", "E").Value)
	require.Len(t, sortedKeys(enumLines()), 633)
}
