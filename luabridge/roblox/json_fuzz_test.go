package roblox

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/machine"
	"savestone/luabridge/stdlib"
	"savestone/luabridge/vm"
)

// FuzzDecodeJSON holds the decoder against encoding/json: both take the same texts and read the
// same numbers and strings, and what was read is written and read again unchanged.
func FuzzDecodeJSON(f *testing.F) {
	for _, text := range []string{
		`{"a":[1,2,{"b":null}],"c":"\u00e9\ud83d\ude00"}`, `[[],{},[null,1,null]]`,
		`-0.0e-7`, `1e999`, `"\ud800x"`, `{"m":null,"t":"buffer","base64":"AP8="}`,
		`{"m":null,"t":"numeric","v":"nan"}`, `{"1":1,"2":[{}]}`, `"`,
		`[1,]`, "\"\xff\"", `123456789012345678901234567890`, ` true `,
	} {
		f.Add(text)
	}
	v := bareVM()
	f.Fuzz(func(t *testing.T, text string) {
		value, err := decodeJSON(v, text)
		if strings.Count(text, "[")+strings.Count(text, "{") > jsonDepthMax {
			return
		}
		require.Equal(t, json.Valid([]byte(text)) && utf8.ValidString(text), err == nil, "%v", err)
		if err != nil {
			return
		}
		var want any
		if json.Unmarshal([]byte(text), &want) == nil {
			requireScalarEqual(t, want, value)
		}
		if value == lua.LNil {
			return
		}
		first, _, err := storedJSON(value)
		require.NoError(t, err)
		require.True(t, json.Valid(first), "%s", first)
		again, err := decodeJSON(v, string(first))
		require.NoError(t, err)
		second, _, err := storedJSON(again)
		require.NoError(t, err)
		require.Equal(t, string(first), string(second))
	})
}

func requireScalarEqual(t *testing.T, want any, got lua.LValue) {
	switch want := want.(type) {
	case string:
		require.Equal(t, lua.LString(want), got)
	case float64:
		require.Equal(t, lua.LNumber(want), got)
	case bool:
		require.Equal(t, lua.LBool(want), got)
	}
}

// randomValue makes a value that survives being stored: no holes, no mixed tables.
func randomValue(v *vm.VM, r *rand.Rand, depth int) lua.LValue {
	kinds := 7
	if depth == 0 {
		kinds = 5
	}
	switch r.IntN(kinds) {
	case 0:
		return lua.LBool(r.IntN(2) == 0)
	case 1:
		return lua.LNumber(r.Int64N(1<<53) - 1<<52)
	case 2:
		return lua.LNumber(r.NormFloat64() * 1e10)
	case 3:
		return lua.LString(randomText(r))
	case 4:
		data := make([]byte, r.IntN(40))
		for i := range data {
			data[i] = byte(r.IntN(3))
		}
		return stdlib.NewBuffer(data)
	case 5:
		list := v.NewTable(0, 0)
		for i := range r.IntN(5) {
			list.RawSetInt(i+1, randomValue(v, r, depth-1))
		}
		return list
	}
	object := v.NewTable(0, 0)
	for range 1 + r.IntN(5) {
		machine.SetField(object, randomText(r), randomValue(v, r, depth-1))
	}
	return object
}

func randomText(r *rand.Rand) string {
	var b strings.Builder
	for range r.IntN(8) {
		b.WriteRune([]rune("ab\"\\\n\x00é漢😀 /")[r.IntN(11)])
	}
	return b.String()
}

func TestStoredValuesComeBackAsTheyWere(t *testing.T) {
	const seed = 20260801
	t.Logf("seed %d", seed)
	v := bareVM()
	r := rand.New(rand.NewPCG(seed, 0))
	for range 3000 {
		value := randomValue(v, r, 4)
		text, diagnostics, err := storedJSON(value)
		require.NoError(t, err)
		require.Empty(t, diagnostics)
		require.True(t, json.Valid(text))
		require.Equal(t, spell(value), spell(DecodeValue(v, text)))
	}
}

// spell writes a value in a form that does not depend on the encoder.
func spell(value lua.LValue) string {
	if buffer := stdlib.AsBuffer(value); buffer != nil {
		return fmt.Sprintf("buffer %x", buffer.Data)
	}
	table, ok := value.(*lua.LTable)
	if !ok {
		return fmt.Sprintf("%T %v", value, value)
	}
	parts := map[string]string{} // fmt prints it sorted by key
	table.ForEach(func(key, item lua.LValue) {
		parts[fmt.Sprintf("%T %q", key, key.String())] = spell(item)
	})
	return fmt.Sprint(parts)
}

// profile is a player's data of some 3 KB, as games keep it.
func profile(v *vm.VM) *lua.LTable {
	items := v.NewTable(0, 0)
	for i := range 40 {
		items.RawSetInt(i+1, tableOf(v,
			"id", fmt.Sprintf("item_%04d", i), "count", i*7,
			"level", 1.5*float64(i), "equipped", i%3 == 0))
	}
	return tableOf(v, "version", 12, "coins", 1234567, "name", "Player with a fairly long name",
		"inventory", items, "settings", tableOf(v, "music", 0.8, "sfx", 1, "language", "en-us"))
}

func BenchmarkEncodeJSON(b *testing.B) {
	value := profile(bareVM())
	text, _, err := storedJSON(value)
	require.NoError(b, err)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		_, _, _ = storedJSON(value)
	}
}

func BenchmarkDecodeJSON(b *testing.B) {
	v := bareVM()
	text, _, err := storedJSON(profile(v))
	require.NoError(b, err)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		_ = DecodeValue(v, text)
	}
}

// BenchmarkStandardDecode reads the same text with encoding/json, to compare with.
func BenchmarkStandardDecode(b *testing.B) {
	text, _, err := storedJSON(profile(bareVM()))
	require.NoError(b, err)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		var value any
		if err := json.Unmarshal(text, &value); err != nil {
			b.Fatal(err)
		}
	}
}
