package main

import (
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"savestone/luabridge/vm"
)

func TestScriptsThatFillTheMemoryAreStopped(t *testing.T) {
	s := &stopper{limit: &vm.Limit{}, bytesMax: 1}
	runtime.GC() // so that it is known what is in use
	s.watch(t.Context(), t.Context(), time.Hour)
	require.Equal(t, "stopped: what scripts keep fills more than 0 MB; a table or a string that"+
		" grows without end?", s.limit.Stopped())
	require.Equal(t, exitFailed, s.code())
}
