package gameserver_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"savestone/emulator"
	"savestone/emulator/gameserver"
)

func allScopes(t *testing.T, server *gameserver.Server, name string) *gameserver.Store {
	t.Helper()
	store, err := server.AllScopes(name)
	require.NoError(t, err)
	return store
}

// R13, R15
func TestAllScopesStoreIsAnObjectOfItsOwn(t *testing.T) {
	w := newWorld(t, coins)
	all := allScopes(t, w.server, "Coins")
	require.Same(t, all, allScopes(t, w.server, "Coins"))
	require.NotSame(t, all, w.store)
	require.Equal(t, emulator.StoreID{Name: "Coins"}, all.ID())
	_, err := w.server.AllScopes("")
	require.ErrorIs(t, err, emulator.ErrStoreNameEmpty)
	_, err = w.server.AllScopes(strings.Repeat("n", 51))
	require.ErrorIs(t, err, emulator.ErrStoreNameLong)
}

// R31, R32: a key is split at its first slash, and each part checked.
func TestAllScopesKeysNameTheirScope(t *testing.T) {
	fifty := strings.Repeat("n", 50)
	for _, c := range []struct{ key, want string }{
		{"global/k", ""},
		{"global/a/b", ""},
		{fifty + "/" + fifty, ""},
		{"k", "Key must be in the format scope/key"},
		{"", "Key must be in the format scope/key"},
		{"/k", "101: Key name can't be empty."},
		{"global/", "101: Key name can't be empty."},
		{fifty + "n/k", "102: Key name exceeds the 50 character limit."},
		{"global/" + fifty + "n", "102: Key name exceeds the 50 character limit."},
	} {
		w := newWorld(t, coins)
		all := allScopes(t, w.server, "Coins")
		_, err := all.Set(t.Context(), c.key, []byte(`5`), nil, nil)
		if c.want != "" {
			require.EqualError(t, err, c.want, c.key)
			require.Empty(t, w.line.passed)
			continue
		}
		require.NoError(t, err, c.key)
		scope, key, _ := strings.Cut(c.key, "/")
		stored, err := w.emu.Peek(emulator.StoreID{Name: "Coins", Scope: scope}, key)
		require.NoError(t, err)
		require.Equal(t, `5`, shown(stored))
	}
}

// R142: one key, two objects, two caches; and two scopes of one object are not mixed up.
func TestAllScopesStoreHasACacheOfItsOwn(t *testing.T) {
	w := newWorld(t, coins)
	all := allScopes(t, w.server, "Coins")
	read := func(key string) string {
		result, err := all.Get(t.Context(), key, true)
		require.NoError(t, err)
		return shown(result)
	}
	require.Equal(t, "nil", read("global/k"))
	set(t, w.store, `1`)
	require.Equal(t, "nil", read("global/k"))
	require.Equal(t, `1`, get(t, w.store, true))
	_, err := all.Set(t.Context(), "mine/k", []byte(`2`), nil, nil)
	require.NoError(t, err)
	require.Equal(t, `2`, read("mine/k"))
	require.Equal(t, "nil", read("global/k"))
}

// All methods about a key go by scope/key.
func TestAllScopesMethodsSplitTheirKey(t *testing.T) {
	l := newLimited(t, gameserver.Options{})
	l.coins = allScopes(t, l.server, "Coins")
	l.eachMethod(func(name string, _ bool, do func() error) {
		switch name {
		case "ListKeys", "ListStores", "GetSorted", "GetMany":
			return
		}
		l.call(name, func() error {
			require.Equal(t, gameserver.ErrKeyForm, do(), name)
			return nil
		})
	})
	_, err := l.coins.Watch("k", nil)
	require.Equal(t, gameserver.ErrKeyForm, err)
	l.sim.Run()
	require.Len(t, l.log, 9)
	require.Empty(t, l.sent)
}
