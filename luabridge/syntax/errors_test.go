package syntax_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"savestone/luabridge/syntax"
)

func TestErrorsTellPlaceAndTokens(t *testing.T) {
	_, err := syntax.Parse("if a then\n\tf()\n")
	require.Equal(t, &syntax.Error{
		Pos:     syntax.Pos{Line: 3, Col: 1},
		Message: "Expected 'end' (to close 'then' at line 1), got <eof>",
		Want:    "'end'",
		Got:     "<eof>",
	}, err)
	require.EqualError(t, err, "3:1: Expected 'end' (to close 'then' at line 1), got <eof>")
}

func TestErrorsWithoutAWantedTokenNameNone(t *testing.T) {
	_, err := syntax.Parse("break")
	require.Equal(t, &syntax.Error{
		Pos:     syntax.Pos{Line: 1, Col: 1},
		Message: "break statement must be inside a loop",
	}, err)
}
