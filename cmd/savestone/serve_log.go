package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
	"time"

	"savestone/emulator"
	"savestone/emulator/opencloud"
)

// requestLog prints what the server does, a line for each request. API keys and values are never in
// it.
type requestLog struct {
	mu   sync.Mutex
	out  io.Writer
	json bool
}

// Write prints a complaint of the HTTP server's.
func (l *requestLog) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.json {
		text, err := json.Marshal(map[string]string{
			"event": "complaint", "text": strings.TrimSpace(string(line)),
		})
		if err != nil {
			return 0, err
		}
		_, err = l.out.Write(append(text, '\n'))
		return len(line), err
	}
	return l.out.Write(line)
}

// panicked prints what a bug needs to be found.
func (l *requestLog) panicked(what any, stack []byte) {
	fmt.Fprintf(l, "a bug in savestone, please report it: %v\n%s", what, stack)
}

// loggedExchange is an exchange in a log of JSON.
type loggedExchange struct {
	Event   string  `json:"event"`
	Time    string  `json:"time"`
	Method  string  `json:"method"`
	Path    string  `json:"path"`
	Status  int     `json:"status"`
	Millis  float64 `json:"ms"`
	Store   string  `json:"store,omitempty"`
	Scope   string  `json:"scope,omitempty"`
	Key     string  `json:"key,omitempty"`
	Version string  `json:"version,omitempty"`
	Reason  string  `json:"reason,omitempty"`
	Bytes   int     `json:"bytes"`
}

// exchange prints a request and what it came to.
func (l *requestLog) exchange(x opencloud.Exchange) {
	line := textLine(x, emulator.Wall{}.Now())
	if l.json {
		text, err := json.Marshal(loggedExchange{
			Event: "request", Time: emulator.Wall{}.Now().UTC().Format(time.RFC3339Nano),
			Method: x.Method, Path: x.Path, Status: x.Status,
			Millis: float64(x.Took.Microseconds()) / 1000,
			Store:  x.Store, Scope: x.Scope, Key: x.Key, Version: x.Version, Reason: x.Reason,
			Bytes: max(x.Received, x.Sent),
		})
		if err != nil {
			return // texts and numbers always have JSON
		}
		line = string(text) + "\n"
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	io.WriteString(l.out, line) // a terminal that is gone stops no server
}

// textLine is an exchange as people read it.
func textLine(x opencloud.Exchange, now time.Time) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %-6s %d %4dms  %s", now.Local().Format("15:04:05"), printable(x.Method),
		x.Status, x.Took.Milliseconds(), subject(x))
	if x.Version != "" {
		fmt.Fprintf(&b, "  %s", counted(x.Version))
	}
	if x.Reason != "" {
		fmt.Fprintf(&b, "  %s", printable(x.Reason))
	} else {
		fmt.Fprintf(&b, "  %s", size(int64(max(x.Received, x.Sent))))
	}
	return b.String() + "\n"
}

// subject is what a request was about: STORE/KEY, with the scope if it is not the usual one.
func subject(x opencloud.Exchange) string {
	if x.Store == "" {
		return printable(x.Path)
	}
	parts := []string{x.Store}
	if x.Scope != "" && x.Scope != "global" {
		parts = append(parts, x.Scope)
	}
	if x.Key != "" {
		parts = append(parts, x.Key)
	}
	return printable(strings.Join(parts, "/"))
}

// counted is the number of a version, of which it is the second part (R104).
func counted(version string) string {
	parts := strings.Split(version, ".")
	if len(parts) < 2 {
		return version
	}
	n, err := strconv.ParseUint(parts[1], 16, 64)
	if err != nil {
		return version
	}
	return fmt.Sprintf("v%d", n)
}

// printable has no character that a terminal would obey.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if !strconv.IsPrint(r) {
			return '\uFFFD'
		}
		return r
	}, text)
}
