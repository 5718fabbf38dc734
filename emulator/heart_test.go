package emulator

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// In memory, rows are written when somebody looks at them or too much is put off. Nobody can tell.
func TestWhatIsPutOffIsSeenByWhoeverLooks(t *testing.T) {
	e := RunT(t)
	store := StoreID{Name: "Coins", Scope: "global"}
	const keys = knownBytesMax/1024 + 1000 // more than is known by heart
	pad := strings.Repeat("x", 1000)
	for round := range 3 {
		for key := range keys {
			_, err := e.Do(t.Context(), Request{
				Op: OpPut, Store: store, Key: fmt.Sprint(key),
				Value: json.RawMessage(fmt.Sprintf(`"%d %d %s"`, round, key, pad)),
			})
			require.NoError(t, err)
		}
	}
	require.NotEmpty(t, e.db.late)
	require.LessOrEqual(t, e.db.knownBytes, knownBytesMax)
	seen := 0
	require.NoError(t, e.Export(t.Context(), func(r Record) error {
		if r.Key != "" {
			seen++
			require.Equal(t, fmt.Sprintf(`"2 %s %s"`, r.Key, pad), string(r.Versions[0].Value))
		}
		return nil
	}))
	require.Equal(t, keys, seen)
	require.Empty(t, e.db.late)
}

// An entry that is gone leaves nothing put off to whoever gets its row.
func TestWhatIsPutOffEndsWithItsEntry(t *testing.T) {
	e := RunT(t)
	store := StoreID{Name: "Coins", Scope: "global"}
	put := func(key, value string) Result {
		r, err := e.Do(t.Context(), Request{
			Op: OpPut, Store: store, Key: key, Value: json.RawMessage(value),
		})
		require.NoError(t, err)
		return r
	}
	put("a", `1`)
	put("a", `2`)
	last := put("a", `3`)
	require.NotEmpty(t, e.db.late)
	_, err := e.Do(t.Context(), Request{
		Op: OpRemoveVersion, Store: store, Key: "a", Version: last.Info.Version,
	})
	require.NoError(t, err)
	put("b", `4`)
	var text strings.Builder
	require.NoError(t, e.Dump(&text))
	require.NotContains(t, text.String(), `"a"`)
	require.Regexp(t, `"b" \S+ 4\n`, text.String())
}
