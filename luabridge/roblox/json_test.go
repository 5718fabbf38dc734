package roblox

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	lua "github.com/yuin/gopher-lua"

	"savestone/emulator"
	"savestone/luabridge/machine"
	"savestone/luabridge/sched"
	"savestone/luabridge/stdlib"
	"savestone/luabridge/vm"
)

// bareVM returns a VM without a library: enough for values.
func bareVM() *vm.VM {
	return vm.New(vm.Options{
		Sim:     sched.New(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)),
		Library: vm.Library{Open: func(*vm.VM) {}},
	})
}

// tableOf makes a table from alternating keys and values.
func tableOf(v *vm.VM, pairs ...any) *lua.LTable {
	table := v.NewTable(0, 0)
	for i := 0; i < len(pairs); i += 2 {
		vm.SetRaw(table, luaOf(v, pairs[i]), luaOf(v, pairs[i+1]))
	}
	return table
}

func listOf(v *vm.VM, items ...any) *lua.LTable {
	table := v.NewTable(0, 0)
	for i, item := range items {
		table.RawSetInt(i+1, luaOf(v, item))
	}
	return table
}

func luaOf(v *vm.VM, value any) lua.LValue {
	switch value := value.(type) {
	case nil:
		return lua.LNil
	case bool:
		return lua.LBool(value)
	case int:
		return lua.LNumber(value)
	case float64:
		return lua.LNumber(value)
	case string:
		return lua.LString(value)
	case []byte:
		return stdlib.NewBuffer(value)
	}
	return value.(lua.LValue)
}

type oddType struct{}

func (oddType) LuauType() string { return "Vector3" }

func oddValue() lua.LValue { return &lua.LUserData{Value: oddType{}, Metatable: lua.LNil} }

func TestStoredJSONIsCanonical(t *testing.T) {
	v := bareVM()
	shared := listOf(v, 1)
	for name, c := range map[string]struct {
		value any
		want  string
	}{
		"true":               {true, `true`},
		"integer":            {42, `42`},
		"zero":               {0, `0`},
		"negative zero":      {math.Copysign(0, -1), `-0`},
		"fraction":           {0.1, `0.1`},
		"2^53":               {1 << 53, `9007199254740992`},
		"small":              {1e-7, `1e-07`},
		"large":              {1e21, `1e+21`},
		"below the exponent": {123456789012345680000.0, `123456789012345680000`},
		"string":             {"hé/\u2028", "\"hé/\u2028\""},
		"escapes": {
			"\b\t\n\f\r\"\\\x00\x1f\x7f", `"\b\t\n\f\r\"\\\u0000\u001F` + "\x7f\"",
		},
		"R43 empty":                    {listOf(v), `[]`},
		"R43 list":                     {listOf(v, 1, "a", false), `[1,"a",false]`},
		"R43 nested empty":             {tableOf(v, "a", listOf(v)), `{"a":[]}`},
		"sorted members":               {tableOf(v, "b", 1, "a", 2, "B", 3), `{"B":3,"a":2,"b":1}`},
		"R44 mixed":                    {tableOf(v, 1, "x", "name", "y"), `["x"]`},
		"R45 sparse":                   {tableOf(v, 1001, "x"), `{"1001":"x"}`},
		"R45 zero":                     {tableOf(v, 0, "x"), `{"0":"x"}`},
		"R45 fraction":                 {tableOf(v, 1.5, "x"), `{"1.5":"x"}`},
		"R45 negative":                 {tableOf(v, -1, "x", "n", 1), `{"-1":"x","n":1}`},
		"string key beside its number": {tableOf(v, 1001, "n", "1001", "s"), `{"1001":"s"}`},
		"R46 hole":                     {listOf(v, 1, nil, 3, 4), `[1,null,3,4]`},
		"R46 beyond the border":        {tableOf(v, 1, 1, 2, 2, 900, 3), `[1,2]`},
		"R48 twice without a cycle":    {listOf(v, shared, shared), `[[1],[1]]`},
		"R41 inf":                      {math.Inf(1), `{"m":null,"t":"numeric","v":"inf"}`},
		"R41 nested -inf": {
			listOf(v, math.Inf(-1)), `[{"m":null,"t":"numeric","v":"-inf"}]`,
		},
		"R41 nan":          {math.NaN(), `{"m":null,"t":"numeric","v":"nan"}`},
		"R42 buffer":       {[]byte("\x00\xff"), `{"base64":"AP8=","m":null,"t":"buffer"}`},
		"R42 empty buffer": {[]byte{}, `{"base64":"","m":null,"t":"buffer"}`},
	} {
		t.Run(name, func(t *testing.T) {
			text, _, err := storedJSON(luaOf(v, c.value))
			require.NoError(t, err)
			require.Equal(t, c.want, string(text))
			require.True(t, json.Valid(text))
		})
	}
}

func TestStoredJSONCompressesBuffersThatGetShorter(t *testing.T) {
	v := bareVM()
	data := []byte(strings.Repeat("savestone", 100))
	text, _, err := storedJSON(stdlib.NewBuffer(data))
	require.NoError(t, err)
	require.Regexp(t, `^\{"zbase64":"KLUv/[A-Za-z0-9+/=]+","m":null,"t":"buffer"\}$`, string(text))
	require.Less(t, len(text), 100)
	require.Equal(t, data, stdlib.AsBuffer(DecodeValue(v, text)).Data)
}

func TestUnstorableValuesNameTheContainerAndADiagnosticTheCulprit(t *testing.T) {
	v := bareVM()
	cycle := tableOf(v, "name", "x")
	machine.SetField(cycle, "self", listOf(v, cycle))
	deep := listOf(v)
	for range jsonDepthMax {
		deep = listOf(v, deep)
	}
	fn := v.NewFunction("f", func(*lua.LState) int { return 0 })
	for name, c := range map[string]struct {
		value      any
		typ        string
		path, says string
	}{
		"R37 function":     {fn, "function", "value", "a value of type function"},
		"R37 userdata":     {oddValue(), "Vector3", "value", "a value of type Vector3"},
		"R38 in a list":    {listOf(v, 1, oddValue()), "Array", "value[2]", "type Vector3"},
		"R38 in an object": {tableOf(v, "p", oddValue()), "Dictionary", "value.p", "type Vector3"},
		"R38 deep": {
			tableOf(v, "pets", listOf(v, tableOf(v, "a b", tableOf(v, 7001, fn)))),
			"Dictionary", `value.pets[1]["a b"]["7001"]`, "a value of type function",
		},
		"R39 string":   {"\xff", "string", "value", "not valid UTF-8 at byte 1"},
		"R39 nested":   {listOf(v, "ok\xc3\x28"), "Array", "value[1]", "not valid UTF-8 at byte 3"},
		"R39 key":      {tableOf(v, "\xff", 1), "Dictionary", `value["\xff"]`, "not valid UTF-8"},
		"R47 key":      {tableOf(v, true, 1), "Dictionary", "value", "a key of type boolean"},
		"R47 list key": {tableOf(v, 1, 1, false, 2), "Array", "value", "a key of type boolean"},
		"R48 cycle":    {cycle, "Dictionary", "value.self[1]", "contains itself: it is also value"},
		"too deep": {
			deep, "Array", "value" + strings.Repeat("[1]", jsonDepthMax), "deeper than 1000",
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, diagnostics, err := storedJSON(luaOf(v, c.value))
			require.Equal(t, emulator.CannotStore(c.typ), err)
			require.Len(t, diagnostics, 1)
			require.Equal(t, c.path, diagnostics[0].Path)
			require.Contains(t, diagnostics[0].Problem, c.says)
		})
	}
}

func TestStoredJSONTellsWhatAnArrayLoses(t *testing.T) {
	v := bareVM()
	value := tableOf(v, "pets", tableOf(v, 1, "cat", "owner", "me", "age", 3))
	text, diagnostics, err := storedJSON(value)
	require.NoError(t, err)
	require.Equal(t, `{"pets":["cat"]}`, string(text))
	require.Equal(t, []Diagnostic{{
		Path: "value.pets", Problem: "an array loses its other keys: 2 of them, such as owner",
	}}, diagnostics)
}

func TestStoredJSONRefusesNilAndWhatIsTooLong(t *testing.T) {
	v := bareVM()
	_, _, err := storedJSON(lua.LNil)
	require.Equal(t, emulator.ValueNotAllowed("nil"), err)

	fits := strings.Repeat("x", emulator.ValueBytesMax-2) // R51: quotes count
	_, _, err = storedJSON(lua.LString(fits))
	require.NoError(t, err)
	_, _, err = storedJSON(lua.LString(fits + "x"))
	require.Equal(t, emulator.ErrValueLarge, err)

	bomb := listOf(v) // 2^60 leaves, if written out
	for range 60 {
		bomb = listOf(v, bomb, bomb)
	}
	_, _, err = storedJSON(bomb)
	require.Equal(t, emulator.ErrValueLarge, err)
}

func TestFrozenTablesAreStoredAndMetatablesIgnored(t *testing.T) {
	v := bareVM()
	table := tableOf(v, "a", listOf(v, 1))
	table.Metatable = tableOf(v, "__index", tableOf(v, "b", 2), "__len", true)
	vm.Freeze(table)
	text, _, err := storedJSON(table)
	require.NoError(t, err)
	require.Equal(t, `{"a":[1]}`, string(text))
}

func TestOrderedJSONTakesNumbersOnly(t *testing.T) {
	v := bareVM()
	for want, value := range map[string]any{
		"103: string is not allowed in data stores.":     "5",
		"103: Array is not allowed in data stores.":      listOf(v),
		"103: Dictionary is not allowed in data stores.": tableOf(v, "f", oddValue()),
		"103: bool is not allowed in data stores.":       true,
		"103: nil is not allowed in data stores.":        nil,
		"103: double is not allowed in data stores.":     math.NaN(),

		"502: API Services rejected request with error. HTTP 400 (Bad Request)": math.Inf(1),
	} {
		_, err := orderedJSON(luaOf(v, value))
		require.EqualError(t, err, want)
	}
	text, err := orderedJSON(lua.LNumber(-12))
	require.NoError(t, err)
	require.Equal(t, "-12", string(text))
}

func TestHTTPJSONLetsThroughWhatDataStoresRefuse(t *testing.T) {
	v := bareVM()
	value := listOf(v, oddValue(), math.Inf(1), math.Inf(-1), math.NaN(), tableOf(v, true, 1))
	text, err := httpJSON(value)
	require.NoError(t, err)
	require.Equal(t, `[null,inf,-inf,nan,[]]`, text)

	_, err = httpJSON(listOf(v, "\xff"))
	require.EqualError(t, err,
		"value[1]: a string is not valid UTF-8 at byte 1; use a buffer for bytes")
}

func TestDecodeJSONMakesFreshLuauValues(t *testing.T) {
	v := bareVM()
	const text = ` {"list" : [1, -2.5e3, null, "\u00e9\ud83d\ude00\/", null], "gone":null,` +
		`"object":{"1":true,"deep":{"x":[]}}, "dup":1, "dup":2} `
	value, err := decodeJSON(v, text)
	require.NoError(t, err)
	table := value.(*lua.LTable)
	list := table.RawGetString("list").(*lua.LTable)
	require.Equal(t, lua.LNumber(-2500), list.RawGetInt(2))
	require.Equal(t, lua.LNil, list.RawGetInt(3))
	require.Equal(t, lua.LString("é😀/"), list.RawGetInt(4))
	require.Equal(t, 4, list.MaxN())
	require.Equal(t, lua.LNil, table.RawGetString("gone"))
	require.Equal(t, lua.LNumber(2), table.RawGetString("dup"))
	object := table.RawGetString("object").(*lua.LTable)
	require.Equal(t, lua.LTrue, object.RawGetString("1"))

	again, err := decodeJSON(v, text)
	require.NoError(t, err)
	require.NotSame(t, table, again)
}

func TestDecodeJSONRestoresTaggedValues(t *testing.T) {
	v := bareVM()
	value, err := decodeJSON(v, `[
		{"t":"numeric","v":"-inf","m":null}, {"v":"nan","m":null,"t":"numeric"},
		{"m":null,"t":"buffer","base64":"AP8="}, {"t":"buffer","base64":"AP8="},
		{"m":null,"t":"odd"}
	]`)
	require.NoError(t, err)
	list := value.(*lua.LTable)
	require.Equal(t, lua.LNumber(math.Inf(-1)), list.RawGetInt(1))
	require.NotEqual(t, list.RawGetInt(2), list.RawGetInt(2)) // NaN
	require.Equal(t, []byte{0, 255}, stdlib.AsBuffer(list.RawGetInt(3)).Data)
	require.IsType(t, &lua.LTable{}, list.RawGetInt(4)) // not tagged: a table can make this
	require.Equal(t, lua.LString("odd"), list.RawGetInt(5).(*lua.LTable).RawGetString("t"))
}

func TestDecodeJSONSaysWhereTextIsWrong(t *testing.T) {
	v := bareVM()
	for text, want := range map[string]string{
		``:           "the JSON ends too early, after 0 bytes",
		`[1,`:        "the JSON ends too early, after 3 bytes",
		`[1,]`:       "byte 4 of the JSON: ']' does not belong here",
		`{a:1}`:      "byte 2 of the JSON: 'a' does not belong here",
		`{"a" 1}`:    "byte 6 of the JSON: '1' does not belong here",
		`01`:         "byte 2 of the JSON: '1' does not belong here",
		`inf`:        "byte 1 of the JSON: 'i' does not belong here",
		`"\x"`:       `byte 2 of the JSON: '\\' does not belong here`,
		"\"\x01\"":   `byte 2 of the JSON: '\x01' does not belong here`,
		`"\u12G4"`:   "byte 6 of the JSON: 'G' does not belong here",
		`1 2`:        "byte 3 of the JSON: '2' does not belong here",
		`"unclosed`:  "the JSON ends too early, after 9 bytes",
		`"unclosed\`: "the JSON ends too early, after 10 bytes",
	} {
		_, err := decodeJSON(v, text)
		require.EqualError(t, err, want, text)
	}
	_, err := decodeJSON(v, strings.Repeat("[", 2000)+strings.Repeat("]", 2000))
	require.Error(t, err)
}
