package main

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"savestone/emulator"
	"savestone/emulator/opencloud"
)

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
	quiet      bool
	proxy      bool
	caOut      string
	importFrom string
	exportTo   string

	controlFlags

	ownAuthority *authority // of exec, that outlives nothing
}

func serveCommand() *cobra.Command {
	var f serveFlags
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Answer Roblox's Open Cloud API for data stores on this machine",
		Long: `Answer Roblox's Open Cloud API over HTTP until interrupted: standard and ordered data
stores (v1 and v2), memory stores and messaging. Give a client this address in place of
https://apis.roblox.com; or, with --proxy, give one that has that address built in this server as
its HTTPS proxy, and the certificate that --ca-out writes as one to trust.

An answered write is in the database file, and outlives the end of the process in any way;
--durability=full has it outlive the loss of power, too. An interrupted server takes no new
requests, answers those it has, and ends with 130 (SIGINT) or 143 (SIGTERM); a second Ctrl-C ends
it at once.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return serve(cmd, &f) },
	}
	flags := cmd.Flags()
	f.addData(flags)
	f.addAccess(flags)
	f.addControl(flags)
	flags.StringVar(&f.instance, "instance", instanceFile,
		"`FILE` that tells other commands here where the server is; empty writes none")
	flags.StringVar(&f.listen, "listen", defaultListen,
		"`ADDRESS` to listen on ($SAVESTONE_LISTEN)")
	flags.IntVar(&f.port, "port", -1, "port to listen on instead; 0 takes any that is free")
	flags.BoolVar(&f.memory, "memory", false, "keep the data in memory only")
	flags.StringVar(&f.readyFile, "ready-file", "", "`FILE` to write the ready line to")
	flags.StringVar(&f.logFormat, "log-format", "text", "what is printed: text or json")
	flags.BoolVarP(&f.quiet, "quiet", "q", false, "print no line for each request")
	flags.BoolVar(&f.proxy, "proxy", false, "be an HTTPS proxy for "+openCloudHost+", too")
	flags.StringVar(&f.caOut, "ca-out", "",
		"`FILE` to write the certificate to that clients of --proxy must trust")
	return cmd
}

// addData adds the flags about what is stored.
func (f *serveFlags) addData(flags *pflag.FlagSet) {
	flags.StringVar(&f.db, "db", defaultDB(), "database `FILE` that keeps the data ($SAVESTONE_DB)")
	flags.StringVar(&f.durability, "durability", "normal",
		"what a write survives: normal (the end of the process) or full (the loss of power)")
	flags.Int64Var(&f.universe, "universe-id", 1, "the only universe there is; 0 takes any id")
	flags.StringVar(&f.profile, "profile", emulator.DefaultProfile().Name, "limits to hold")
	flags.IntVar(&f.ccu, "ccu", 500, "users in the experience, which its budgets grow with")
	flags.StringVar(&f.importFrom, "import", "",
		"`FOLDER` that state export wrote, to read before the first request")
	flags.StringVar(&f.exportTo, "export-on-exit", "",
		"`FOLDER` to write everything to at the end; that of --import if none is named")
	flags.Lookup("export-on-exit").NoOptDefVal = exportToImport
}

// addAccess adds the flags about who is let in.
func (f *serveFlags) addAccess(flags *pflag.FlagSet) {
	flags.StringVar(&f.auth, "auth", "open", "who is let in: open or keys (of --keys)")
	flags.StringVar(&f.keys, "keys", "", "JSON `FILE` with API keys")
	flags.StringVar(&f.token, "token", os.Getenv("SAVESTONE_TOKEN"),
		"an API key that may do everything ($SAVESTONE_TOKEN)")
	flags.Lookup("token").DefValue = "" // a secret has no place in a help text
	flags.StringSliceVar(&f.hosts, "allowed-hosts", nil, "more names that clients may use for it")
	flags.BoolVar(&f.loose, "loose", false, "take bodies without content type, user ids as 1,2")
}

func defaultDB() string {
	if path := os.Getenv(dbVariable); path != "" {
		return path
	}
	return filepath.Join(stateFolder, "data.db")
}

func serve(cmd *cobra.Command, f *serveFlags) error {
	s, err := f.start(cmd)
	if err != nil {
		return err
	}
	word, err := s.leaveWord()
	if err == nil {
		err = s.announce(cmd)
	}
	if err == nil {
		err = s.wait(cmd.Context())
	}
	return errors.Join(err, word.remove(), s.close(cmd.Context()))
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
