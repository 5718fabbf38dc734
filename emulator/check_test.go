package emulator_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"savestone/emulator"
)

func TestNamesAndKeysAreRefusedInRobloxsWords(t *testing.T) {
	fifty, fiftyOne := strings.Repeat("n", 50), strings.Repeat("n", 51)
	for _, c := range []struct {
		id   emulator.StoreID
		key  string
		want string // "" passes
	}{
		{coins, "k", ""},
		{coins, fifty, ""},
		{coins, strings.Repeat("é", 25), ""},
		{emulator.StoreID{Name: fifty, Scope: fifty}, "k", ""},
		{emulator.GlobalStore(), "k", ""},
		{coins, "", "101: Key name can't be empty."},
		{ranks, "", "101: Key name can't be empty."},
		{coins, fiftyOne, "102: Key name exceeds the 50 character limit."},
		{ranks, fiftyOne, "102: Key name exceeds the 50 character limit."},
		{coins, strings.Repeat("é", 25) + "x", "102: Key name exceeds the 50 character limit."},
		{coins, "\xff", "104: Cannot store string in data store. " +
			"Data stores can only accept valid UTF-8 characters."},
		{emulator.StoreID{Scope: "s"}, "k", "DataStore name can't be an empty string."},
		{emulator.StoreID{Kind: emulator.Ordered, Scope: "u"}, "k",
			"DataStore name can't be an empty string."},
		{emulator.StoreID{Name: fiftyOne, Scope: "s"}, "k",
			"DataStore name exceeds the 50 character limit."},
		{emulator.StoreID{Name: "n"}, "k", "DataStore scope can't be an empty string."},
		{emulator.StoreID{Name: "n", Scope: fiftyOne}, "k",
			"DataStore scope exceeds the 50 character limit."},
	} {
		emu, _ := newEmulator(t)
		for _, op := range []emulator.Op{
			emulator.OpGet, emulator.OpPut, emulator.OpIncrement, emulator.OpRemove,
		} {
			_, err := emu.Do(t.Context(), emulator.Request{
				Op: op, Store: c.id, Key: c.key, Value: json.RawMessage(`1`),
			})
			if c.want == "" {
				require.NoError(t, err)
			} else {
				require.EqualError(t, err, c.want)
			}
		}
	}
}

const cannotStore = " in data store. Data stores can only accept valid UTF-8 characters."

func TestValuesAreRefusedInRobloxsWords(t *testing.T) {
	jsonString := func(size int) string { return `"` + strings.Repeat("x", size-2) + `"` }
	for _, c := range []struct {
		id          emulator.StoreID
		value, want string
	}{
		{coins, `null`, ""},
		{coins, `{"m":null,"t":"buffer","base64":"AA=="}`, ""},
		{coins, jsonString(emulator.ValueBytesMax), ""},
		{coins, jsonString(emulator.ValueBytesMax + 1), "105: Serialized value exceeds 4MB limit."},
		{coins, ``, "103: nil is not allowed in data stores."},
		{coins, "\"\xff\"", "104: Cannot store string" + cannotStore},
		{coins, "[\"\xff\"]", "104: Cannot store Array" + cannotStore},
		{coins, "{\"a\":{\"\xff\":1}}", "104: Cannot store Dictionary" + cannotStore},
		{coins, `{"a":`, "104: Cannot store Dictionary" + cannotStore},
		{coins, `1 2`, "104: Cannot store double" + cannotStore},
		{ranks, `-7`, ""},
		{ranks, `5.0`, ""},
		{ranks, `9223372036854775807`, ""},
		{ranks, `1.5`, "103: double is not allowed in data stores."},
		{ranks, `[1]`, "103: Array is not allowed in data stores."},
		{ranks, `{}`, "103: Dictionary is not allowed in data stores."},
		{ranks, `"1"`, "103: string is not allowed in data stores."},
		{ranks, `true`, "103: bool is not allowed in data stores."},
		{ranks, `null`, "103: nil is not allowed in data stores."},
		{ranks, `1e300`,
			"502: API Services rejected request with error. HTTP 400 (Bad Request)"},
		{ranks, `9223372036854775808`,
			"502: API Services rejected request with error. HTTP 400 (Bad Request)"},
	} {
		emu, _ := newEmulator(t)
		_, err := emu.Seed(c.id, "k", json.RawMessage(c.value))
		if c.want == "" {
			require.NoError(t, err)
			continue
		}
		var named *emulator.Error
		require.ErrorAs(t, err, &named)
		require.Equal(t, c.want, named.Error())
		require.Empty(t, dump(t, emu), "nothing was written")
	}
}

func TestAttributesAreRefusedInRobloxsWords(t *testing.T) {
	metadata := func(size int) string { return `{"a":"` + strings.Repeat("x", size-8) + `"}` }
	for _, c := range []struct {
		id       emulator.StoreID
		userIDs  []int64
		metadata string
		want     string
	}{
		{coins, []int64{1, 1, -1, 0}, metadata(299), ""},
		{coins, []int64{}, `{}`, ""},
		{coins, []int64{1, 2, 3, 4, 5}, ``, "512: UserID size exceeds limit of 4"},
		{coins, nil, metadata(300), "511: Metadata attribute size exceeds 300 bytes limit."},
		{coins, nil, `[]`, "513: Attribute metadata format is invalid"},
		{coins, nil, `{"a"}`, "513: Attribute metadata format is invalid"},
		{ranks, []int64{}, ``, ""},
		{ranks, []int64{1}, ``, "517: Additional parameter UserIds not allowed"},
		{ranks, nil, `{"a":1}`, "517: Additional parameter Options not allowed"},
	} {
		for _, op := range []emulator.Op{emulator.OpPut, emulator.OpIncrement} {
			emu, _ := newEmulator(t)
			_, err := emu.Do(t.Context(), emulator.Request{
				Op: op, Store: c.id, Key: "k", Value: json.RawMessage(`1`),
				UserIDs: c.userIDs, Metadata: json.RawMessage(c.metadata),
			})
			if c.want == "" {
				require.NoError(t, err)
			} else {
				require.EqualError(t, err, c.want)
				require.Empty(t, dump(t, emu), "nothing was written")
			}
		}
	}
}

func TestEmptyMetadataIsNone(t *testing.T) {
	emu, _ := newEmulator(t)
	req := emulator.Request{
		Op: emulator.OpPut, Key: "k", Value: json.RawMessage(`1`), Metadata: json.RawMessage(`{}`),
	}
	require.Nil(t, do(t, emu, req).Info.Metadata)
	require.Nil(t, get(t, emu, "k").Info.Metadata)
}

// R60: what is documented of one key and one value is held by a strict profile alone.
func TestAStrictProfileHoldsTheLimitsOfEachMetadataPair(t *testing.T) {
	ordinary, _ := newEmulator(t)
	strict, _ := limited(t, "strict", 0)
	for _, c := range []struct {
		key, part int
		fits      bool
	}{{50, 1, true}, {51, 1, false}, {1, 250, true}, {1, 251, false}} {
		metadata := fmt.Sprintf(`{"%s":"%s"}`,
			strings.Repeat("k", c.key), strings.Repeat("v", c.part))
		for _, op := range []emulator.Op{emulator.OpPut, emulator.OpIncrement} {
			req := emulator.Request{
				Op: op, Store: coins, Key: "k",
				Value: json.RawMessage(`1`), Metadata: json.RawMessage(metadata),
			}
			_, err := ordinary.Do(t.Context(), req)
			require.NoError(t, err)
			_, err = strict.Do(t.Context(), req)
			if c.fits {
				require.NoError(t, err)
				continue
			}
			require.EqualError(t, err, "511: Metadata attribute size exceeds 300 bytes limit.")
		}
	}
}
