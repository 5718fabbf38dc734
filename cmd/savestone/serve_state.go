package main

import (
	"context"

	"savestone/emulator/universe"
)

// exportToImport is what --export-on-exit holds if it names no folder.
const exportToImport = "\x00"

// checkFolders finds out where the state goes in the end, before anything else happens.
func (f *serveFlags) checkFolders() error {
	if f.universe == 0 && f.importFrom+f.exportTo != "" {
		return usage("--universe-id 0: --import and --export-on-exit want one universe, got any")
	}
	if f.exportTo == exportToImport {
		if f.importFrom == "" {
			return usage("--export-on-exit: got no folder, want " +
				"--export-on-exit=FOLDER or --import")
		}
		f.exportTo = f.importFrom
	}
	if f.exportTo == "" {
		return nil
	}
	return checkTarget(f.exportTo)
}

// load reads what --import names.
func (f *serveFlags) load(ctx context.Context, all *universe.Universes) error {
	if f.importFrom == "" {
		return nil
	}
	u, err := all.Open(ctx, f.universe)
	if err != nil {
		return environment(err)
	}
	return environment(u.Emulator.Import(ctx, newImporter(f.importFrom).records()))
}

// save writes what --export-on-exit asks for: all of it, versions too.
func (f *serveFlags) save(ctx context.Context, all *universe.Universes) error {
	if f.exportTo == "" {
		return nil
	}
	u, err := all.Open(ctx, f.universe)
	if err != nil {
		return environment(err)
	}
	_, err = export(context.WithoutCancel(ctx), u.Emulator, f.exportTo, true)
	return environment(err)
}
