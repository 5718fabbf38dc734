package emulator

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// FuzzValidJSON compares with encoding/json, which knows no malformed UTF-8 and allows more depth.
func FuzzValidJSON(f *testing.F) {
	for _, text := range []string{
		`{}`, `[]`, ` { "a" : [ 1 , -2.5e+10, 0, 0.1 ] , "b" : null } `, `"\u12aF\n\\\""`, `"ü€😀"`,
		"", " ", `{`, `{"a"`, `{"a":`, `{"a":1,}`, `[1,]`, `[1 2]`, `01`, `-`, `1.`, `1e`, `+1`,
		`.5`, "\"12345678\"", "\"1234567\t8\"", "\"12345678\x0090\"", "\"1234é567\\n8\"",
		`tru`, `nul`, `truefalse`, `"`, `"\`, `"\u12g4"`, `"\u12`, `"\x"`, "\"\x1f\"", "\"\xff\"",
		"\"\xed\xa0\x80\"", `{1:2}`, `{"a" 1}`, `[1]]`, "\v1", "1\x00", `nan`, `-inf`, `"a""b"`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if strings.Count(string(text), "[")+strings.Count(string(text), "{") > valueDepthMax {
			return
		}
		require.Equal(t, json.Valid(text) && utf8.Valid(text), validJSON(text), "%q", text)
	})
}

// Eight bytes are looked at together: each is told apart in each place, whatever is around it.
func TestPlainBytesAreToldApartInEveryPlace(t *testing.T) {
	for _, around := range " !#~[]\x7f" {
		for c := range 256 {
			for place := range 8 {
				eight := []byte(strings.Repeat(string(around), 8))
				eight[place] = byte(c)
				text := fmt.Appendf(nil, `"%s"`, eight)
				require.Equal(t, json.Valid(text) && utf8.Valid(text), validJSON(text), "%q", text)
			}
		}
	}
}

func TestJSONMayNestOnlySoDeep(t *testing.T) {
	nested := func(depth int) []byte {
		return []byte(strings.Repeat("[", depth) + strings.Repeat("]", depth))
	}
	require.True(t, validJSON(nested(valueDepthMax+1)))
	require.False(t, validJSON(nested(valueDepthMax+2)))
}
