package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"savestone/emulator"
	"savestone/emulator/control"
)

func logsCommand() *cobra.Command {
	f := &remoteFlags{}
	l := logsFlags{remoteFlags: f}
	cmd := &cobra.Command{
		Use:   "logs",
		Short: "Show the last requests to a running server, and with -f those to come",
		Long: `Show the last requests to a running server, and with -f those to come.

--filter takes conditions that must all hold: status=429, status=4xx, status=failed, and patterns
of op, store, scope, key, origin, method and fault: --filter 'op=put,store=Player*'.`,
		Args: cobra.NoArgs,
		RunE: f.with(func(cmd *cobra.Command, r *remote, _ []string) error {
			return l.run(cmd, r)
		}),
	}
	f.add(cmd)
	flags := cmd.Flags()
	flags.BoolVarP(&l.follow, "follow", "f", false, "go on with requests as they are answered")
	flags.StringSliceVar(&l.filter, "filter", nil, "`CONDITIONS` on the requests to show")
	flags.IntVarP(&l.last, "last", "n", 20, "show the last `N` at first")
	outputFlag(cmd, &f.output, asTable, asJSON)
	return cmd
}

// logsFlags are the flags of savestone logs.
type logsFlags struct {
	*remoteFlags
	follow bool
	filter []string
	last   int
}

func (l *logsFlags) run(cmd *cobra.Command, r *remote) error {
	parameters := []string{"universe", r.universe}
	for _, condition := range l.filter {
		name, value, found := strings.Cut(condition, "=")
		if !found || value == "" {
			return usage("--filter: got %q, want a condition such as status=4xx", condition)
		}
		parameters = append(parameters, name, value)
	}
	if l.last < 0 {
		return usage("--last: got %d, want 0 or more", l.last)
	}
	var log control.RequestLog
	limit := strconv.Itoa(max(1, l.last))
	address := r.address("/requests", append(parameters, "limit", limit)...)
	if err := r.do(cmd.Context(), "GET", address, nil, &log); err != nil {
		return err
	}
	if l.last == 0 {
		log.Requests = nil
	}
	p := printer{cmd.OutOrStdout(), l.output}
	for _, e := range log.Requests {
		if err := showEntry(p, e); err != nil {
			return err
		}
	}
	if !l.follow {
		return nil
	}
	return followLog(cmd, r, p, r.address("/requests/stream", parameters...), log.Event)
}

// followLog prints requests as they come after an event. When the server ends, so does it.
func followLog(cmd *cobra.Command, r *remote, p printer, address, id string) error {
	ctx := cmd.Context()
	for {
		answer, err := r.open(ctx, "GET", address, nil, "Last-Event-ID", id)
		if err != nil {
			return err
		}
		err = readEvents(p, answer, &id)
		answer.Body.Close()
		if ctx.Err() != nil {
			return &exit{exitInterrupted, nil}
		}
		if err != nil {
			return err
		}
		if err := (emulator.Wall{}).Sleep(ctx, time.Second); err != nil {
			return &exit{exitInterrupted, nil}
		}
	}
}

// readEvents prints the events of a stream until it breaks off; id is where to go on.
func readEvents(p printer, answer *http.Response, id *string) error {
	lines := bufio.NewScanner(answer.Body)
	lines.Buffer(nil, 1<<20)
	event := ""
	for lines.Scan() {
		name, value, _ := strings.Cut(lines.Text(), ": ")
		switch name {
		case "id":
			*id = value
		case "event":
			event = value
		case "data":
			if err := showEvent(p, event, []byte(value)); err != nil {
				return err
			}
		}
	}
	return nil
}

func showEvent(p printer, event string, data []byte) error {
	switch event {
	case "request":
		var e control.Entry
		if err := json.Unmarshal(data, &e); err != nil {
			return &exit{exitEnvironment, fmt.Errorf("the server's event: %w", err)}
		}
		return showEntry(p, e)
	case "dropped":
		if p.form == asTable {
			return p.line("… the server has forgotten some: %s", data)
		}
	}
	return nil
}

// showEntry prints a request on a line.
func showEntry(p printer, e control.Entry) error {
	if p.form == asJSON {
		text, err := json.Marshal(e)
		if err != nil {
			return &exit{exitEnvironment, err}
		}
		return p.line("%s", text)
	}
	at := e.Time
	if t, err := time.Parse(time.RFC3339Nano, e.Time); err == nil {
		at = t.Local().Format("15:04:05.000")
	}
	about := e.Path
	if e.Store != "" {
		about = e.Store + "/" + e.Key
		if e.Scope != defaultScope {
			about = e.Store + "/" + e.Scope + "/" + e.Key
		}
	}
	line := fmt.Sprintf("%s %-10s %-6s %d %7.1fms  %s", at, printable(e.Origin),
		printable(e.Method), e.Status, e.Millis, printable(about))
	if e.Reason != "" {
		line += "  " + printable(e.Reason)
	}
	return p.line("%s", line)
}
