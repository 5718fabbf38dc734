package faults_test

import (
	"testing"

	"savestone/faults"
)

// withoutGo makes an injector that has nobody to run things in the background.
func withoutGo(t *testing.T, l *lab) error {
	_, err := faults.New(l.emulator, l.sim, 1, parse(t, `{"kind": "lateCommit"}`))
	return err
}
