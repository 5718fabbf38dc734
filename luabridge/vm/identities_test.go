package vm

import (
	"runtime"
	"testing"
	"weak"

	"github.com/stretchr/testify/require"
	lua "github.com/yuin/gopher-lua"
)

func TestIdentitiesForgetTheDead(t *testing.T) {
	ids := newIdentities()
	kept := &lua.LTable{}
	name := ids.text("table", weak.Make(kept))
	for range 10 {
		for range identitiesMin {
			ids.text("table", weak.Make(&lua.LTable{}))
		}
		runtime.GC()
	}
	require.LessOrEqual(t, len(ids.numbers), 3*identitiesMin)
	require.Equal(t, name, ids.text("table", weak.Make(kept)))
	next := ids.text("table", weak.Make(&lua.LTable{}))
	require.Equal(t, "table: 0x0000000000002802", next)
	runtime.KeepAlive(kept)
}
