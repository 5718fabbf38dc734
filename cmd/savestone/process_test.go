package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// asMain has this test program be savestone itself, for tests that need a process of its own.
const asMain = "SAVESTONE_TEST_AS_MAIN"

func TestMain(m *testing.M) {
	if os.Getenv(asMain) != "" {
		os.Unsetenv(asMain)
		main()
	}
	if path := os.Getenv(asBare); path != "" {
		fmt.Fprintln(os.Stderr, serveBare(path))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// savestone prepares a process of its own.
func savestone(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	program, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Env = append(os.Environ(), asMain+"=1")
	cmd.Dir = t.TempDir()
	return cmd
}

// serverProcess is a savestone serve that can be killed.
type serverProcess struct {
	t    *testing.T
	cmd  *exec.Cmd
	url  string
	errs *bytes.Buffer
}

// startProcess starts savestone serve on a free port and waits until it is ready.
func startProcess(t *testing.T, args ...string) *serverProcess {
	t.Helper()
	all := append([]string{"serve", "--port", "0", "--log-format", "json", "--quiet"}, args...)
	return ready(t, savestone(t, all...))
}

// ready starts a process and waits until it says where it is.
func ready(t *testing.T, cmd *exec.Cmd) *serverProcess {
	t.Helper()
	s := &serverProcess{t: t, cmd: cmd, errs: &bytes.Buffer{}}
	s.cmd.Stderr = s.errs
	out, err := s.cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, s.cmd.Start())
	t.Cleanup(func() { s.cmd.Process.Kill() })
	reader := bufio.NewReader(out)
	line, err := reader.ReadBytes('\n')
	require.NoError(t, err, s.errs)
	go io.Copy(io.Discard, reader)
	var ready readyLine
	require.NoError(t, json.Unmarshal(line, &ready))
	require.Equal(t, s.cmd.Process.Pid, ready.PID)
	s.url = ready.URL
	return s
}

// signal sends the process a signal.
func (s *serverProcess) signal(signal os.Signal) {
	s.t.Helper()
	require.NoError(s.t, s.cmd.Process.Signal(signal))
}

// ended waits for the end, and returns the exit code, or minus the signal that ended the process.
func (s *serverProcess) ended() int {
	s.cmd.Wait()
	status := s.cmd.ProcessState.Sys().(syscall.WaitStatus)
	if status.Signaled() {
		return -int(status.Signal())
	}
	return status.ExitStatus()
}
