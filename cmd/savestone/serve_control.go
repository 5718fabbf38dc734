package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/spf13/pflag"

	"savestone/emulator"
	"savestone/emulator/control"
	"savestone/emulator/opencloud"
	"savestone/emulator/universe"
	"savestone/faults"
)

// controlFlags are the flags about what the control API steers.
type controlFlags struct {
	faults     []string
	clock      string
	seed       uint64
	logEntries int
	instance   string

	secret string // what lets a client in to the control API, "" if anybody is
}

// addControl adds the flags about faults, time and the log of requests.
func (f *controlFlags) addControl(flags *pflag.FlagSet) {
	flags.StringArrayVar(&f.faults, "fault", nil,
		"`PLAN` by which requests fail: a preset, or rules as JSON; see savestone fault")
	flags.StringVar(&f.clock, "clock", "real",
		"time of the universes: real, frozen, a `RATE` such as 60, or a time to begin at")
	flags.Uint64Var(&f.seed, "seed", 1, "of all chance; the same requests meet the same faults")
	flags.IntVar(&f.logEntries, "request-log", 10_000, "requests that are remembered")
}

// universes makes ready what the server keeps. The only universe is opened at once: who cannot use
// the database shall know it now.
func (f *serveFlags) universes(ctx context.Context) (*universe.Universes, error) {
	o, err := f.universeOptions()
	if err != nil {
		return nil, err
	}
	if o.Path != emulator.InMemory {
		if err := os.MkdirAll(filepath.Dir(o.Path), 0o755); err != nil {
			return nil, &exit{exitEnvironment, err}
		}
	}
	all := universe.New(o)
	if f.universe != 0 {
		if _, err := all.Open(ctx, f.universe); err != nil {
			return nil, &exit{exitEnvironment, err}
		}
	}
	return all, nil
}

// universeOptions reads what universes shall be like.
func (f *serveFlags) universeOptions() (universe.Options, error) {
	o := universe.Options{Path: f.db, Only: f.universe, CCU: f.ccu, Seed: f.seed}
	if f.memory {
		o.Path = emulator.InMemory
	}
	if f.durability == "full" {
		o.Durability = emulator.Full
	}
	if f.logEntries < 1 || f.logEntries > 1_000_000 {
		return o, usage("--request-log: got %d, want 1 to 1000000", f.logEntries)
	}
	var err error
	if o.Profile, err = emulator.ProfileNamed(f.profile); err != nil {
		return o, usage("--profile: %w", err)
	}
	if o.Faults, err = faultPlan(f.faults); err != nil {
		return o, usage("--fault: %w", err)
	}
	if o.Travel, err = clockFlag(f.clock); err != nil {
		return o, err
	}
	return o, nil
}

// faultPlan reads plans as the command line has them: JSON, or the bare name of a preset.
func faultPlan(texts []string) (faults.Plan, error) {
	var all faults.Plan
	for _, text := range texts {
		plan, err := faults.Parse(planJSON(text))
		if err != nil {
			return nil, err
		}
		all = append(all, plan...)
	}
	return all, nil
}

// planJSON gives the name of a preset the quotes that JSON wants.
func planJSON(text string) json.RawMessage {
	if raw := json.RawMessage(text); json.Valid(raw) {
		return raw
	}
	if text != "" && text[0] != '{' && text[0] != '[' {
		return json.RawMessage(strconv.Quote(text))
	}
	return json.RawMessage(text)
}

// clockFlag reads how universes' clocks begin.
func clockFlag(text string) (func(*emulator.TravelClock) error, error) {
	switch text {
	case "real":
		return nil, nil
	case "frozen":
		return func(c *emulator.TravelClock) error {
			c.Freeze()
			return nil
		}, nil
	}
	var travel func(*emulator.TravelClock) error
	if rate, err := strconv.ParseFloat(text, 64); err == nil {
		travel = func(c *emulator.TravelClock) error { return c.Run(rate) }
	} else if to, err := time.Parse(time.RFC3339, text); err == nil {
		travel = func(c *emulator.TravelClock) error { return c.Set(to) }
	} else {
		return nil, usage("--clock: got %q, want real, frozen, a rate such as 60, or a time such "+
			"as 2026-12-24T18:00:00Z", text)
	}
	if err := travel(emulator.NewTravelClock(nil)); err != nil {
		return nil, usage("--clock: %w", err)
	}
	return travel, nil
}

// handler answers all requests. The control API is for whoever may use the rest; where that takes a
// key, it takes --token, or one that nobody has to think of. An API key will not do: its
// permissions are about data.
func (f *serveFlags) handler(all *universe.Universes, o opencloud.Options) *control.Handler {
	if f.secret = f.token; f.secret == "" && f.auth == "keys" {
		f.secret = rand.Text()
	}
	return control.New(control.Options{
		Universes: all, OpenCloud: o, Token: f.secret, LogEntries: f.logEntries,
		Version: version, PID: os.Getpid(),
	})
}
