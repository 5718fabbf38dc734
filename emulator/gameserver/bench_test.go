package gameserver_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"savestone/emulator"
	"savestone/emulator/gameserver"
)

// What a game server adds to a request, cached or sent, on a backend that does nothing.
func BenchmarkStore(b *testing.B) {
	unlimited, err := emulator.ProfileNamed("unlimited")
	require.NoError(b, err)
	server := gameserver.New(scripted(nil), idleClock{}, gameserver.Options{Profile: unlimited})
	store, err := server.Store(coins)
	require.NoError(b, err)
	for _, c := range []struct {
		name string
		call func() error
	}{
		{"cached get", func() error { _, err := store.Get(b.Context(), "k", true); return err }},
		{"get", func() error { _, err := store.Get(b.Context(), "k", false); return err }},
		{"set", func() error {
			_, err := store.Set(b.Context(), "k", json.RawMessage(`5`), nil, nil)
			return err
		}},
		{"update", func() error {
			_, err := store.Update(b.Context(), "k", change(`5`))
			return err
		}},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := c.call(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
