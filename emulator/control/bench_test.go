package control_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"savestone/emulator"
	"savestone/emulator/control"
	"savestone/emulator/opencloud"
	"savestone/emulator/universe"
)

// What the log, the metrics and the faults (none here) cost a request.
func BenchmarkGetEntry(b *testing.B) {
	profile, err := emulator.ProfileNamed("unlimited")
	require.NoError(b, err)
	all := universe.New(universe.Options{Path: emulator.InMemory, Only: 1, Profile: profile})
	defer all.Close()
	u, err := all.Open(b.Context(), 1)
	require.NoError(b, err)
	_, err = u.Emulator.Seed(emulator.StoreID{Name: "Coins", Scope: "global"}, "k", []byte(`1`))
	require.NoError(b, err)
	o := opencloud.Options{Unlimited: true, UniverseID: 1, Service: u.Emulator}
	for name, handler := range map[string]http.Handler{
		"alone": opencloud.New(o), "controlled": control.New(control.Options{Universes: all, OpenCloud: o}),
	} {
		b.Run(name, func(b *testing.B) {
			r := httptest.NewRequest("GET", cloud+"/k", http.NoBody)
			for b.Loop() {
				handler.ServeHTTP(httptest.NewRecorder(), r)
			}
		})
	}
}
