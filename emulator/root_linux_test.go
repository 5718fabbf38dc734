package emulator_test

import (
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// withoutRoot takes from this thread what root may do to files, until the returned function is
// called.
func withoutRoot(t *testing.T) (restore func()) {
	const nobody = 65534
	user := syscall.Geteuid()
	if user != 0 {
		return func() {}
	}
	require.NoError(t, syscall.Setfsuid(nobody))
	return func() { require.NoError(t, syscall.Setfsuid(user)) }
}
