package vm_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/vm"
)

func TestLengthIsTheBorderOfTheListNotOfStrayKeys(t *testing.T) {
	v := world(t, vm.Options{})
	x := lua.LString("x")
	for _, c := range []struct {
		keys []int
		want int
	}{
		{nil, 0},
		{[]int{1}, 1},
		{[]int{1, 2, 3}, 3},
		{[]int{1001}, 0}, // R45: an inventory keyed by item id
		{[]int{2}, 0},
		{[]int{1, 1000}, 1},
		{[]int{1, 3}, 1},
		{[]int{3, 2, 1}, 3},
		{[]int{1, 2, 3, 4, 900}, 4},
		{[]int{1 << 21}, 0},
	} {
		table := v.NewTable(0, 0)
		for _, key := range c.keys {
			vm.SetRaw(table, lua.LNumber(key), x)
		}
		require.Equal(t, c.want, vm.Length(table), c.keys)
	}
}

func TestRemovingFromTheEndShrinksTheList(t *testing.T) {
	v := world(t, vm.Options{})
	table := v.NewTable(0, 0)
	for i := 1; i <= 1000; i++ {
		vm.SetIndex(table, i, lua.LTrue)
	}
	for i := 1; i < 1000; i++ {
		vm.SetIndex(table, i, lua.LNil)
	}
	require.Equal(t, 1000, table.MaxN())
	vm.SetIndex(table, 1000, lua.LNil)
	require.Zero(t, table.MaxN())
	require.Equal(t, 0, vm.Length(table))
	key, _ := vm.Next(table, lua.LNil)
	require.Equal(t, lua.LNil, key)
}
