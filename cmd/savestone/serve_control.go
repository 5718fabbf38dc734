package main

import (
	"context"
	"crypto/rand"
	"os"
	"path/filepath"

	"savestone/emulator"
	"savestone/emulator/control"
	"savestone/emulator/opencloud"
	"savestone/emulator/universe"
)

// universes makes ready what the server keeps. The only universe is opened at once: who cannot use
// the database shall know it now.
func (f *serveFlags) universes(ctx context.Context) (*universe.Universes, error) {
	path := f.db
	if f.memory {
		path = emulator.InMemory
	} else if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, &exit{exitEnvironment, err}
	}
	profile, err := emulator.ProfileNamed(f.profile)
	if err != nil {
		return nil, usage("--profile: %w", err)
	}
	o := universe.Options{Path: path, Only: f.universe, Profile: profile, CCU: f.ccu}
	if f.durability == "full" {
		o.Durability = emulator.Full
	}
	all := universe.New(o)
	if f.universe != 0 {
		if _, err := all.Open(ctx, f.universe); err != nil {
			return nil, &exit{exitEnvironment, err}
		}
	}
	return all, nil
}

// handler answers all requests. The control API is for whoever may use the rest; where that takes a
// key, it takes the token.
func (f *serveFlags) handler(all *universe.Universes, o opencloud.Options) *control.Handler {
	return control.New(control.Options{
		Universes: all, OpenCloud: o, Token: f.controlToken(), Version: version,
	})
}

// controlToken is what lets a client in to the control API: --token, or one that nobody has to
// think of, where others need a key. An API key will not do: its permissions are about data.
func (f *serveFlags) controlToken() string {
	if f.token == "" && f.auth == "keys" {
		f.token = rand.Text()
	}
	return f.token
}
