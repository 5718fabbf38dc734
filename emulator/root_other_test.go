//go:build !linux

package emulator_test

import (
	"os"
	"testing"
)

// withoutRoot skips what only a user without rights can see.
func withoutRoot(t *testing.T) (restore func()) {
	if os.Geteuid() <= 0 {
		t.Skip("this user may write everywhere")
	}
	return func() {}
}
