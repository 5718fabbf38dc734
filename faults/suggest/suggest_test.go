package suggest

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestHintNamesTheNearestWord(t *testing.T) {
	words := []string{"chance", "code", "limit"}
	for wrong, want := range map[string]string{
		"chanse":   `; did you mean "chance"?`,
		"limits":   `; did you mean "limit"?`,
		"cod":      `; did you mean "code"?`,
		"x":        "",
		"elephant": "",
		"":         "",
	} {
		require.Equal(t, want, Hint(wrong, words), wrong)
	}
}
