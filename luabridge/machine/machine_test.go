package machine_test

import (
	"math"
	"runtime"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/machine"
)

func TestSelfTestAcceptsTheLinkedVersion(t *testing.T) {
	require.NoError(t, machine.SelfTest())
}

func TestNumbersKeepTheirBits(t *testing.T) {
	m := &machine.Machine{}
	for _, x := range []float64{
		0, math.Copysign(0, -1), 1, -1, 1023, 1024, 0.5, math.Inf(1), math.Inf(-1), 1 << 60, 1e300,
	} {
		got := float64(m.Number(x).(lua.LNumber))
		require.Equal(t, math.Float64bits(x), math.Float64bits(got), x)
	}
	require.True(t, math.IsNaN(float64(m.Number(math.NaN()).(lua.LNumber))))
}

func keysOf(t *lua.LTable) []lua.LValue {
	var keys []lua.LValue
	for key := range machine.All(t) {
		keys = append(keys, key)
	}
	return keys
}

// A traversal shows the list and then the order of insertion, as gopher-lua's own Next does.
func TestTraversalIsInOrderOfInsertion(t *testing.T) {
	table := machine.NewTable(0, 0)
	x := lua.LString("x")
	for _, key := range []lua.LValue{
		lua.LString("b"), lua.LNumber(2), lua.LTrue, lua.LNumber(1), lua.LNumber(0.5), lua.LString("a"),
	} {
		machine.Set(table, key, x)
	}
	want := []lua.LValue{
		lua.LNumber(1), lua.LNumber(2), lua.LString("b"), lua.LTrue, lua.LNumber(0.5), lua.LString("a"),
	}
	require.Equal(t, want, keysOf(table))
	machine.Set(table, lua.LTrue, lua.LNil)
	want = slices.DeleteFunc(want, func(key lua.LValue) bool { return key == lua.LTrue })
	require.Equal(t, want, keysOf(table))
	require.Equal(t, want, keysOf(machine.Copy(table)))
}

// What gopher-lua put into a table is as if this package had.
func TestTablesMayComeFromGopherLua(t *testing.T) {
	table := machine.NewTable(1, 1)
	table.RawSetString("theirs", lua.LTrue)
	table.Append(lua.LNumber(7))
	machine.SetField(table, "ours", lua.LTrue)
	machine.SetField(table, "theirs", lua.LFalse)
	machine.SetItem(table, 2, lua.LNumber(8))
	require.Equal(t, []lua.LValue{
		lua.LNumber(1), lua.LNumber(2), lua.LString("theirs"), lua.LString("ours"),
	}, keysOf(table))
	require.Equal(t, lua.LNumber(8), table.RawGetInt(2))
	require.Equal(t, lua.LFalse, table.RawGetString("theirs"))
	require.Equal(t, 2, machine.Length(table))
}

func TestAfterKnowsWhatATableHad(t *testing.T) {
	table := machine.NewTable(0, 0)
	machine.SetItem(table, 1, lua.LTrue)
	machine.SetField(table, "gone", lua.LTrue)
	machine.SetField(table, "gone", lua.LNil)
	machine.SetItem(table, 1, lua.LNil)
	for _, key := range []lua.LValue{lua.LNil, lua.LNumber(1), lua.LString("gone")} {
		_, ok := machine.After(table, key)
		require.True(t, ok, key)
	}
	for _, key := range []lua.LValue{lua.LNumber(50), lua.LNumber(0), lua.LString("never")} {
		_, ok := machine.After(table, key)
		require.False(t, ok, key)
	}
}

// A table keyed by ids is as large as its entries are many, not as its ids are great.
func TestSparseKeysTakeSpaceByTheirNumber(t *testing.T) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	table := machine.NewTable(0, 0)
	for i := range 100 {
		machine.SetItem(table, 1_000_000-1000*i, lua.LTrue)
	}
	runtime.ReadMemStats(&after)
	require.Len(t, keysOf(table), 100)
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(100_000))
}
