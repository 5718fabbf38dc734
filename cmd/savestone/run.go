package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"savestone/emulator"
	"savestone/luabridge"
	"savestone/luabridge/roblox"
	"savestone/luabridge/sched"
)

// runFlags are the flags of savestone run.
type runFlags struct {
	db       string
	seed     uint64
	span     time.Duration
	deadline time.Duration
	players  int
	allowNet []string
	limits   limitFlags
}

// playersMax is more than Roblox lets onto one server.
const playersMax = 1000

func runCommand() *cobra.Command {
	var f runFlags
	cmd := &cobra.Command{
		Use:   "run FILE",
		Short: "Run one script, or every server script of a place, in virtual time",
		Long: `Run a Luau file as a server script, or, given a *.project.json or the sourcemap.json
that Rojo makes of one, every server Script of the place. When nothing is left to do, or after --for
of virtual time, the server shuts down and game:BindToClose functions run. ProcessService:ExitAsync
ends the run at once.

An uncaught error makes the exit code 1; ExitAsync(code) makes it that code, or 1 if the code is
none that a process can have.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runPlace(cmd, f, args[0])
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.db, "db", emulator.InMemory, "database `FILE` that keeps the data")
	flags.Uint64Var(&f.seed, "seed", 1, "seed of everything random; with --db the time of day")
	flags.DurationVar(&f.span, "for", 0, "virtual time; 0 means until nothing is left to do")
	flags.DurationVar(&f.deadline, "deadline", time.Minute, "real time for the run")
	f.limits.add(flags)
	allowNetFlag(flags, &f.allowNet)
	flags.IntVar(&f.players, "players", 0, "players who join at the start and leave at the end")
	return cmd
}

func runPlace(cmd *cobra.Command, f runFlags, file string) error {
	profile, access, err := f.limits.parse()
	if err != nil {
		return err
	}
	if err := within(cmd, "players", 0, playersMax); err != nil {
		return err
	}
	if f.span < 0 || f.deadline <= 0 {
		return usage("--for: got %s, want 0 or more; --deadline: got %s, want more than 0",
			f.span, f.deadline)
	}
	place, err := open(file)
	if err != nil {
		return err
	}
	warn(cmd, place)
	stop := watch(cmd.Context(), f.deadline)
	defer stop.end()
	sim := sched.New(luabridge.Epoch)
	if f.db != emulator.InMemory {
		// What is kept outlives the run. So that the next run is later, and another server with
		// other GUIDs, time and chance begin with the machine's clock.
		sim = sched.New(emulator.Wall{}.Now())
		if !cmd.Flags().Changed("seed") {
			f.seed = uint64(sim.Now().UnixNano())
		}
	}
	emu, err := emulator.Open(cmd.Context(), f.db, emulator.Options{Clock: sim, Profile: profile})
	if err != nil {
		return &exit{exitEnvironment, err}
	}
	var game *luabridge.Game
	shown := console{out: cmd.OutOrStdout(), err: cmd.ErrOrStderr()}
	game, err = place.Start(luabridge.Options{
		Sim: sim, Service: emu, Limit: stop.limit, Seed: f.seed, Profile: profile, Access: access,
		Net: fetchNet, NetHosts: f.allowNet,
		Output: func(m roblox.Message) { shown.show(game, m) },
	})
	if err != nil {
		return &exit{exitUsage, errors.Join(err, emu.Close())}
	}
	err = play(cmd, game, sim, f, stop)
	code := conclusion(game, stop)
	game.Close()
	if err := errors.Join(err, emu.Close()); err != nil {
		return &exit{exitEnvironment, err}
	}
	return code
}

// conclusion tells how a run ended that was not in savestone's own way.
func conclusion(game *luabridge.Game, stop *stopper) error {
	code := game.ExitCode()
	switch reason := stop.limit.Stopped(); {
	case stop.late:
		return &exit{exitDeadline, fmt.Errorf("%s; a place that never comes to rest ends at a"+
			" virtual time that --for gives, as in --for 1h", reason)}
	case reason != "":
		return &exit{stop.code(), errors.New(reason)}
	case code == exitOK && game.Errors() > 0, code < 0, code > exitMax:
		return &exit{code: exitFailed}
	case code != exitOK:
		return &exit{code: code}
	}
	return nil
}

// play is the life of the server from the first player to the last.
func play(
	cmd *cobra.Command, game *luabridge.Game, sim *sched.Sim, f runFlags, stop *stopper,
) error {
	game.RunScripts()
	for n := range f.players {
		if game.Exited() || stop.limit.Stopped() != "" {
			return nil
		}
		if _, err := game.Join(roblox.Profile{UserID: int64(n + 1)}); err != nil {
			return err
		}
	}
	var horizon time.Time
	if f.span > 0 {
		horizon = sim.Now().Add(f.span)
	}
	switch game.Drain(cmd.Context(), horizon) {
	case luabridge.Idle, luabridge.TimeUp:
		return game.ShutDown(cmd.Context())
	case luabridge.Canceled:
		return cmd.Context().Err()
	}
	return nil
}

func open(file string) (*luabridge.Place, error) {
	info, err := os.Stat(file)
	switch {
	case err != nil:
		return nil, usage("%s: no such file; want a .luau file or a *.project.json", file)
	case info.IsDir():
		return nil, usage("%s is a folder; want a .luau file or a *.project.json", file)
	case strings.HasSuffix(file, ".luau") || strings.HasSuffix(file, ".lua"):
		place, err := luabridge.OpenScript(file)
		if err != nil {
			return nil, &exit{exitEnvironment, err}
		}
		return place, nil
	case strings.HasSuffix(file, ".project.json") || strings.HasSuffix(file, ".project.jsonc"):
		place, err := luabridge.Open(file)
		if err != nil {
			return nil, &exit{exitUsage, err}
		}
		return place, nil
	case strings.HasSuffix(file, "sourcemap.json"):
		place, err := luabridge.OpenSourcemap(file)
		if err != nil {
			return nil, &exit{exitUsage, err}
		}
		return place, nil
	}
	return nil, usage("%s: want a .luau file, a *.project.json or a sourcemap.json", file)
}

// console shows what appears in the developer console: what scripts print on one stream, complaints
// on the other, with the files they speak of.
type console struct{ out, err io.Writer }

func (c console) show(game *luabridge.Game, m roblox.Message) {
	switch m.Kind {
	case roblox.Warning:
		fmt.Fprintln(c.err, "[warn]", game.WithFiles(m.Text))
	case roblox.Error:
		fmt.Fprintln(c.err, "[error]", game.WithFiles(m.Text))
		for line := range strings.Lines(game.WithFiles(m.Trace)) {
			fmt.Fprint(c.err, "  ", line)
		}
	default:
		fmt.Fprintln(c.out, m.Text)
	}
}
