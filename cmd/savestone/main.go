// Command savestone is the local double of Roblox DataStores: it runs Luau that loads and saves
// player data against an emulated DataStoreService, in virtual time, with the faults of the real
// service.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"savestone/luabridge/machine"
)

const version = "0.1.0"

// The exit codes. Scripts and CI rely on them.
const (
	exitOK          = 0
	exitFailed      = 1   // tests failed, or a script did
	exitUsage       = 2   // wrong flags or configuration
	exitNothing     = 3   // nothing ran
	exitEnvironment = 4   // the machine or savestone itself
	exitDeadline    = 7   // --deadline passed
	exitInterrupted = 130 // by SIGINT
	exitTerminated  = 143 // by SIGTERM
	exitMax         = 255 // systems keep no more than a byte
)

// exit is an error that ends the program with a code of its own. Without an error inside it has
// already told what there is to tell.
type exit struct {
	code int
	err  error
}

// Error implements error.
func (e *exit) Error() string {
	if e.err == nil {
		return ""
	}
	return e.err.Error()
}

// Unwrap returns what the code stands for.
func (e *exit) Unwrap() error { return e.err }

func usage(format string, args ...any) error {
	return &exit{exitUsage, fmt.Errorf(format, args...)}
}

const (
	gcPercent   = 400     // scripts make garbage at a rate where the default costs 10 %
	memoryLimit = 6 << 30 // bytes; past it the collector works harder instead
)

func main() {
	debug.SetGCPercent(gcPercent)
	debug.SetMemoryLimit(memoryLimit)
	ctx, stop := interruptible(context.Background())
	defer stop(nil)
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run is the whole program, with its surroundings as arguments.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	root := rootCommand()
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	var coded *exit
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(stderr, "error: interrupted")
		return interruption(ctx)
	case errors.As(err, &coded):
		if coded.err != nil {
			fmt.Fprintf(stderr, "error: %v\n", coded.err)
		}
		if coded.code == exitInterrupted {
			return interruption(ctx)
		}
		return coded.code
	}
	fmt.Fprintf(stderr, "error: %v\nRun 'savestone help' for the commands and their flags.\n", err)
	return exitUsage // cobra's own errors are about the command line
}

func rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:           "savestone",
		Short:         "A local double of Roblox DataStores: can save code be trusted?",
		SilenceErrors: true,
		SilenceUsage:  true,
		Version:       version,
		PersistentPreRunE: func(*cobra.Command, []string) error {
			if err := machine.SelfTest(); err != nil {
				return &exit{exitEnvironment, err}
			}
			return nil
		},
	}
	root.AddCommand(testCommand(), runCommand(), serveCommand(), execCommand(), dsCommand(),
		stateCommand(), faultCommand(), clockCommand(), budgetCommand(), logsCommand(),
		statusCommand(), readyCommand(), chaosCommand(), benchCommand(), typesCommand(),
		versionCommand())
	return root
}

func versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := fmt.Fprintln(cmd.OutOrStdout(), "savestone", version)
			return err
		},
	}
}

// group makes a command that only has commands of its own say so.
func group(cmd *cobra.Command) *cobra.Command {
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return cmd.Help()
		}
		var names []string
		for _, sub := range cmd.Commands() {
			names = append(names, sub.Name())
		}
		return usage("%s: unknown command %q, want one of %s",
			cmd.CommandPath(), args[0], strings.Join(names, ", "))
	}
	return cmd
}
