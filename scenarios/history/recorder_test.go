package history_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"savestone/emulator"
	"savestone/scenarios/history"
)

// BenchmarkRecorder puts 1 KB with both faces of a recorder around the emulator, and without, in
// turn.
func BenchmarkRecorder(b *testing.B) {
	clock := &tickingClock{now: start}
	profile, err := emulator.ProfileNamed("unlimited")
	require.NoError(b, err)
	bare := emulator.RunT(b, emulator.Options{Clock: clock, Profile: profile})
	recorder := history.NewRecorder(clock)
	recorded := recorder.Clients(recorder.Truth(
		emulator.RunT(b, emulator.Options{Clock: clock, Profile: profile})))
	value := make([]byte, 1024)
	for i := range value {
		value[i] = 'x'
	}
	value[0], value[1023] = '"', '"'
	var spent [2]int64
	for i := 0; b.Loop(); i++ {
		for side, svc := range []emulator.Service{recorded, bare} {
			begun := emulator.Wall{}.Now()
			for n := range 100 {
				req := emulator.Request{
					Op: emulator.OpPut, Store: coins, Key: fmt.Sprintf("player_%d", n), Value: value,
				}
				if _, err := svc.Do(b.Context(), req); err != nil {
					b.Fatal(err)
				}
			}
			spent[side] += int64(emulator.Wall{}.Now().Sub(begun))
		}
	}
	b.ReportMetric(float64(spent[0])/float64(spent[1]), "x-bare")
}
