package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"savestone/luabridge/suite"
)

func TestTypesDefineEveryGlobalOfASpec(t *testing.T) {
	_, luau, _ := invoke(t, "types")
	_, selene, _ := invoke(t, "types", "--selene")
	for _, name := range suite.Globals() {
		require.Regexp(t, `(?m)^declare (function )?`+name+`[(:]`, luau)
		require.Contains(t, selene, "\n  "+name+":\n")
	}
}
