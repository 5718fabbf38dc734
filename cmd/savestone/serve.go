package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"savestone/emulator"
	"savestone/emulator/opencloud"
)

// The timeouts of the server. They are generous: whoever is slower than that is no client.
const (
	headerTimeout   = 10 * time.Second
	requestTimeout  = time.Minute
	idleTimeout     = 2 * time.Minute
	shutdownTimeout = 10 * time.Second
)

// headersBytesMax is what net/http reads before the handler counts more exactly.
const headersBytesMax = 64 << 10

// serveFlags are the flags of savestone serve.
type serveFlags struct {
	listen     string
	port       int
	db         string
	memory     bool
	durability string
	universe   int64
	profile    string
	ccu        int
	auth       string
	keys       string
	token      string
	hosts      []string
	loose      bool
	readyFile  string
	logFormat  string
}

func serveCommand() *cobra.Command {
	var f serveFlags
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Answer Roblox's Open Cloud API for data stores on this machine",
		Long: `Answer Roblox's Open Cloud API over HTTP until interrupted: standard and ordered data
stores (v1 and v2), memory stores and messaging. Give a client this address in place of
https://apis.roblox.com. An answered write is on disk; an interrupted server finishes what it
has begun.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return serve(cmd, f) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.listen, "listen", "127.0.0.1:34890", "`ADDRESS` to listen on")
	flags.IntVar(&f.port, "port", -1, "port to listen on instead; 0 takes any that is free")
	flags.StringVar(&f.db, "db", filepath.Join(".savestone", "data.db"),
		"database `FILE` that keeps the data")
	flags.BoolVar(&f.memory, "memory", false, "keep the data in memory only")
	flags.StringVar(&f.durability, "durability", "normal",
		"what a write survives: normal (the end of the process) or full (the loss of power)")
	flags.Int64Var(&f.universe, "universe-id", 1, "the only universe there is; 0 takes any id")
	flags.StringVar(&f.profile, "profile", emulator.DefaultProfile().Name, "limits to hold")
	flags.IntVar(&f.ccu, "ccu", 500, "users in the experience, which its budgets grow with")
	flags.StringVar(&f.auth, "auth", "open", "who is let in: open or keys (of --keys)")
	flags.StringVar(&f.keys, "keys", "", "JSON `FILE` with API keys")
	flags.StringVar(&f.token, "token", "", "an API key that may do everything")
	flags.StringSliceVar(&f.hosts, "allowed-hosts", nil, "more names that clients may use for it")
	flags.BoolVar(&f.loose, "loose", false, "take bodies without content type, user ids as 1,2")
	flags.StringVar(&f.readyFile, "ready-file", "", "`FILE` to write the ready line to")
	flags.StringVar(&f.logFormat, "log-format", "text", "what is printed: text or json")
	return cmd
}

func serve(cmd *cobra.Command, f serveFlags) error {
	o, err := f.options()
	if err != nil {
		return err
	}
	all, err := f.universes(cmd.Context())
	if err != nil {
		return err
	}
	listener, err := f.listener(cmd.Context())
	if err != nil {
		return errors.Join(err, all.Close())
	}
	server := &http.Server{
		Handler:           guard(f.handler(all, o), f.names(listener)),
		ReadHeaderTimeout: headerTimeout, ReadTimeout: requestTimeout, IdleTimeout: idleTimeout,
		MaxHeaderBytes: headersBytesMax,
	}
	err = f.announce(cmd, listener)
	if err == nil {
		err = serveUntilDone(cmd.Context(), server, listener)
	}
	return errors.Join(err, all.Close())
}

// serveUntilDone answers until ctx is done, and then finishes what has begun.
func serveUntilDone(ctx context.Context, server *http.Server, listener net.Listener) error {
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return &exit{exitEnvironment, fmt.Errorf("serve: %w", err)}
	case <-ctx.Done():
	}
	timeout, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTimeout)
	defer cancel()
	if err := server.Shutdown(timeout); err != nil {
		return &exit{exitEnvironment, fmt.Errorf("finish what has begun: %w", err)}
	}
	<-failed
	return &exit{exitInterrupted, nil}
}

// options reads what the API shall be like.
func (f *serveFlags) options() (opencloud.Options, error) {
	o := opencloud.Options{Loose: f.loose}
	switch {
	case f.universe < 0:
		return o, usage("--universe-id: got %d, want 0 or more", f.universe)
	case f.logFormat != "text" && f.logFormat != "json":
		return o, usage("--log-format: got %q, want text or json", f.logFormat)
	case f.durability != "normal" && f.durability != "full":
		return o, usage("--durability: got %q, want normal or full", f.durability)
	}
	profile, err := emulator.ProfileNamed(f.profile)
	if err != nil {
		return o, usage("--profile: %w", err)
	}
	o.Unlimited = profile.Unlimited
	switch f.auth {
	case "open":
	case "keys":
		o.Auth = opencloud.KeysOnly
	default:
		return o, usage("--auth: got %q, want open or keys", f.auth)
	}
	if f.keys != "" {
		if o.Keys, err = readKeys(f.keys); err != nil {
			return o, err
		}
	}
	if f.token != "" {
		o.Auth = opencloud.KeysOnly
		o.Keys = append(o.Keys, opencloud.Key{Secret: f.token, Scopes: []string{"*"}})
	}
	if o.Auth == opencloud.KeysOnly && len(o.Keys) == 0 {
		return o, usage("--auth keys: got no key, want --keys FILE or --token")
	}
	return o, nil
}

// readKeys reads a file of API keys.
func readKeys(file string) ([]opencloud.Key, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, usage("--keys: %w", err)
	}
	var keys []opencloud.Key
	if err := json.Unmarshal(text, &keys); err != nil {
		return nil, usage(`--keys: %s: %w; want [{"secret": "…", "scopes": ["*"]}]`, file, err)
	}
	for i, key := range keys {
		if key.Secret == "" {
			return nil, usage("--keys: %s: key %d has no secret", file, i+1)
		}
	}
	return keys, nil
}

// listener takes the address. What others on the network could reach needs a key.
func (f *serveFlags) listener(ctx context.Context) (net.Listener, error) {
	host, port, err := net.SplitHostPort(f.listen)
	if err != nil {
		return nil, usage("--listen: got %q, want an address such as 127.0.0.1:34890", f.listen)
	}
	if f.port >= 0 {
		port = strconv.Itoa(f.port)
	}
	if !isLoopback(host) && f.token == "" && f.auth == "open" {
		return nil, usage("--listen: got %s, which others can reach; want --token or --auth keys",
			host)
	}
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", net.JoinHostPort(host, port))
	if errors.Is(err, syscall.EADDRINUSE) {
		err = fmt.Errorf("port %s is taken, perhaps by another savestone; want --port with "+
			"another one, or 0: %w", port, err)
	}
	if err != nil {
		return nil, &exit{exitEnvironment, err}
	}
	return listener, nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// readyLine is what tells other programs where the server is.
type readyLine struct {
	Event string `json:"event"`
	URL   string `json:"url"`
	PID   int    `json:"pid"`
}

// announce tells that the server is ready.
func (f *serveFlags) announce(cmd *cobra.Command, listener net.Listener) error {
	ready := readyLine{Event: "ready", URL: "http://" + listener.Addr().String(), PID: os.Getpid()}
	line, err := json.Marshal(ready)
	if err != nil {
		return err
	}
	line = append(line, '\n')
	if f.readyFile != "" {
		if err := os.WriteFile(f.readyFile, line, 0o644); err != nil {
			return &exit{exitEnvironment, fmt.Errorf("--ready-file: %w", err)}
		}
	}
	if f.logFormat == "json" {
		_, err = cmd.OutOrStdout().Write(line)
		return err
	}
	return f.banner(cmd, ready.URL)
}

func (f *serveFlags) banner(cmd *cobra.Command, url string) error {
	data, auth := f.db, "API key: any (auth = open)"
	if f.memory {
		data = "in memory, gone with this process"
	}
	if f.auth == "keys" || f.token != "" {
		auth = "API key: one of those given (auth = keys)"
	}
	_, err := fmt.Fprintf(cmd.OutOrStdout(), `
  savestone %s  ·  Roblox DataStore emulator

  Open Cloud  %s/cloud/v2/universes/%d/…    (v1: /datastores/v1, /ordered-data-stores/v1)
              %s
  Data        %s    limits: %s · %d CCU

  Ctrl-C ends it.
`, version, url, max(1, f.universe), auth, data, f.profile, f.ccu)
	return err
}
