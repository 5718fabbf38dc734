package main

import (
	"strings"

	"github.com/spf13/pflag"

	"savestone/emulator"
	"savestone/emulator/gameserver"
)

// limitFlags choose which Roblox a run stands for.
type limitFlags struct{ profile, access string }

func (l *limitFlags) add(flags *pflag.FlagSet) {
	flags.StringVar(&l.profile, "profile", emulator.DefaultProfile().Name,
		"limits as they were in a `YEAR`: "+strings.Join(emulator.ProfileNames(), ", "))
	flags.StringVar(&l.access, "access", gameserver.Live.String(),
		"what data stores can be reached: "+strings.Join(gameserver.AccessNames(), ", "))
}

func (l limitFlags) parse() (*emulator.Profile, gameserver.Access, error) {
	profile, err := emulator.ProfileNamed(l.profile)
	if err != nil {
		return nil, 0, usage("--profile: %w", err)
	}
	access, err := gameserver.ParseAccess(l.access)
	if err != nil {
		return nil, 0, usage("--access: %w", err)
	}
	return profile, access, nil
}
