package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"savestone/emulator/control"
)

// readyLine is what tells other programs where the server is.
type readyLine struct {
	Event string `json:"event"`
	URL   string `json:"url"`
	PID   int    `json:"pid"`
}

// announce tells that the server is ready.
func (s *server) announce(cmd *cobra.Command) error {
	f := s.flags
	line, err := json.Marshal(readyLine{Event: "ready", URL: s.url(), PID: os.Getpid()})
	if err != nil {
		return err
	}
	line = append(line, '\n')
	if f.readyFile != "" {
		if err := replaceFile(f.readyFile, line, 0o644); err != nil {
			return &exit{exitEnvironment, fmt.Errorf("--ready-file: %w", err)}
		}
	}
	if f.logFormat == "json" {
		_, err = cmd.OutOrStdout().Write(line)
		return err
	}
	_, err = fmt.Fprint(cmd.OutOrStdout(), s.banner())
	return err
}

// replaceFile writes a file that its readers see whole or not at all.
func replaceFile(path string, content []byte, mode os.FileMode) error {
	half := fmt.Sprintf("%s.%d", path, os.Getpid())
	if err := os.WriteFile(half, content, mode); err != nil {
		return err
	}
	return os.Rename(half, path)
}

// banner is what people see who start the server.
func (s *server) banner() string {
	f, url := s.flags, s.url()
	auth := "API key: any (auth = open)"
	if f.auth == "keys" || f.token != "" {
		auth = "API key: one of those given (auth = keys)"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "\n  savestone %s  ·  Roblox DataStore emulator\n\n", version)
	fmt.Fprintf(&b, "  Open Cloud  %s/cloud/v2/universes/%d/…"+
		"    (v1: /datastores/v1, /ordered-data-stores/v1)\n", url, max(1, f.universe))
	fmt.Fprintf(&b, "              %s\n", auth)
	if s.proxy != nil {
		fmt.Fprintf(&b, "  Proxy       HTTPS_PROXY=%s for %s; trust %s\n", url, openCloudHost,
			s.proxy.authority.shown)
	}
	fmt.Fprintf(&b, "  Control     %s%s/\n", url, control.Base)
	fmt.Fprintf(&b, "  Data        %s    limits: %s · %d CCU\n", f.dataLine(), f.profile, f.ccu)
	fmt.Fprintf(&b, "  Faults      %s    Clock  %s\n\n  Ctrl-C ends it.\n\n",
		printable(cmp.Or(strings.Join(f.faults, ", "), "none")), printable(f.clock))
	return b.String()
}

// dataLine tells where the data is and how much there is.
func (f *serveFlags) dataLine() string {
	if f.memory {
		return "in memory, gone with this process"
	}
	if info, err := os.Stat(f.db); err == nil {
		return fmt.Sprintf("%s (%s)", f.db, size(info.Size()))
	}
	return f.db
}

// size writes a number of bytes as people read it.
func size(bytes int64) string {
	switch {
	case bytes < 1000:
		return fmt.Sprintf("%d B", bytes)
	case bytes < 1000_000:
		return fmt.Sprintf("%.1f kB", float64(bytes)/1000)
	}
	return fmt.Sprintf("%.1f MB", float64(bytes)/1000_000)
}
