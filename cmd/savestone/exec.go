package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"savestone/emulator"
)

// The exit codes of exec that are not the command's own, as those of env and docker.
const (
	exitBefore        = 125 // savestone could not start it
	exitNotExecutable = 126
	exitNotFound      = 127
	exitSignalled     = 128 // and the number of the signal that ended it
)

// execFlags are the flags of savestone exec.
type execFlags struct {
	serveFlags
	place   int64
	noProxy bool
	verbose bool
}

func execCommand() *cobra.Command {
	var f execFlags
	cmd := &cobra.Command{
		Use:   "exec [FLAGS] -- COMMAND [ARGUMENT…]",
		Short: "Run a command with a server of its own",
		Long: `Start a server on a free port, run a command that finds it in its environment, end
the server when the command ends, and exit with the command's code. Without --db the data is in
memory.

The command gets
  SAVESTONE_URL and JEST_ROBLOX_OPEN_CLOUD_BASE_URL, the address of the server
  SAVESTONE_API_KEY and ROBLOX_OPEN_CLOUD_API_KEY, a key that it takes
  SAVESTONE_TOKEN, where the other commands of savestone need one for it
  ROBLOX_UNIVERSE_ID and ROBLOX_PLACE_ID
and, unless --no-proxy is given,
  HTTPS_PROXY and https_proxy, so that https://apis.roblox.com is this server, and NO_PROXY for
  what is on this machine; every other host is refused
  NODE_EXTRA_CA_CERTS, SSL_CERT_FILE, REQUESTS_CA_BUNDLE, CURL_CA_BUNDLE and DENO_CERT with a
  certificate for that one host, which no other run trusts, beside those of the system
  NODE_USE_ENV_PROXY, which has newer versions of Node look at all this.

Signals go on to the command. Exit codes: the command's own; 128 + N if signal N ended it; 125 if
savestone could not start it, 126 if it is no program, 127 if there is none.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return before(f.run(cmd, args))
		},
	}
	cmd.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return before(err) })
	flags := cmd.Flags()
	flags.SetInterspersed(false)
	f.addData(flags)
	flags.Lookup("db").DefValue = "in memory"
	f.addAccess(flags)
	f.addControl(flags)
	flags.Int64Var(&f.place, "place-id", 1, "what ROBLOX_PLACE_ID says")
	flags.BoolVar(&f.noProxy, "no-proxy", false, "set only the variables with the address")
	flags.BoolVarP(&f.verbose, "verbose", "v", false, "print a line for each request")
	return cmd
}

// before gives what went wrong before the command began its exit code.
func before(err error) error {
	var coded *exit
	if err == nil || errors.As(err, &coded) && coded.err == nil {
		return err
	}
	if errors.As(err, &coded) && coded.code >= exitNotExecutable {
		return err
	}
	return &exit{exitBefore, err}
}

func (f *execFlags) run(cmd *cobra.Command, args []string) (err error) {
	if len(args) == 0 {
		return usage("exec: got no command, want one after --, as in savestone exec -- npm test")
	}
	program, err := exec.LookPath(args[0])
	switch {
	case errors.Is(err, exec.ErrNotFound) || errors.Is(err, os.ErrNotExist):
		return &exit{exitNotFound, fmt.Errorf("exec: there is no command %q", args[0])}
	case err != nil:
		return &exit{exitNotExecutable, fmt.Errorf("exec: %w", err)}
	}
	folder, err := os.MkdirTemp("", "savestone-exec-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	f.listen, f.port, f.quiet, f.logFormat = defaultAddress+":0", 0, !f.verbose, "text"
	f.memory, f.proxy = !cmd.Flags().Changed("db"), !f.noProxy
	if f.proxy {
		if f.ownAuthority, err = newAuthority(emulator.Wall{}.Now); err != nil {
			return err
		}
	}
	s, err := f.start(cmd)
	if err != nil {
		return err
	}
	child := exec.Command(program, args[1:]...)
	child.Args[0] = args[0]
	child.Stdin, child.Stdout, child.Stderr = cmd.InOrStdin(), cmd.OutOrStdout(), cmd.ErrOrStderr()
	child.Env, err = f.environment(os.Environ(), s, folder)
	if err == nil {
		err = attend(child)
	}
	return errors.Join(err, s.close(cmd.Context()))
}

// attend runs the command, passes signals on to it, and returns how it ended.
func attend(child *exec.Cmd) error {
	signals := make(chan os.Signal, 16)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT)
	defer signal.Stop(signals)
	if err := child.Start(); err != nil {
		return &exit{exitNotExecutable, fmt.Errorf("exec: %w", err)}
	}
	ended := make(chan struct{})
	defer close(ended)
	fromTerminal := term.IsTerminal(int(os.Stdin.Fd()))
	go func() {
		for {
			select {
			case s := <-signals:
				// What is typed at a terminal goes to all of its programs as it is.
				typed := s == os.Interrupt || s == syscall.SIGQUIT
				if !typed || !fromTerminal {
					_ = child.Process.Signal(s) // it may have ended
				}
			case <-ended:
				return
			}
		}
	}()
	return outcome(child.Wait())
}

// outcome is the exit that a command's stands for.
func outcome(err error) error {
	var ended *exec.ExitError
	if !errors.As(err, &ended) {
		return err
	}
	if status, ok := ended.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return &exit{exitSignalled + int(status.Signal()), nil}
	}
	return &exit{ended.ExitCode(), nil}
}
