package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"savestone/emulator/control"
)

// The environment variables that stand in for --url and --token.
const (
	urlVariable   = "SAVESTONE_URL"
	tokenVariable = "SAVESTONE_TOKEN"
)

// remoteFlags say which running server a command talks to.
type remoteFlags struct {
	url      string
	token    string
	universe int64
	output   string
}

func (f *remoteFlags) add(cmd *cobra.Command) {
	flags := cmd.PersistentFlags()
	flags.StringVar(&f.url, "url", "",
		"`ADDRESS` of a running savestone (default: $"+urlVariable+", or the one of this folder)")
	flags.StringVar(&f.token, "token", "", "what lets you in there (default: $"+tokenVariable+")")
	flags.Int64Var(&f.universe, "universe-id", 0, "which universe; needless where there is one")
}

// remote is a running server.
type remote struct {
	base     string // address of its control API
	token    string
	universe string // parameter, "" for the only one
	told     string // where its address is from, for messages
}

// connect finds the server that is meant; that it answers is not yet known.
func (f *remoteFlags) connect() (*remote, error) {
	r := &remote{token: f.token}
	if r.token == "" {
		r.token = os.Getenv(tokenVariable)
	}
	if f.universe < 0 {
		return nil, usage("--universe-id: got %d, want a positive number", f.universe)
	}
	if f.universe > 0 {
		r.universe = strconv.FormatInt(f.universe, 10)
	}
	address := f.url
	if r.told = "--url"; address == "" {
		address, r.told = os.Getenv(urlVariable), urlVariable
	}
	if address == "" {
		found, path, err := findInstance()
		if err != nil {
			return nil, err
		}
		address, r.told = found.URL, path
		if r.token == "" {
			r.token = found.Token
		}
	}
	if !strings.Contains(address, "://") {
		address = "http://" + address
	}
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, usage("%s: got %q, want an address such as http://127.0.0.1:34890",
			r.told, address)
	}
	r.base = u.Scheme + "://" + u.Host + control.Base
	return r, nil
}

// with runs a command's work on the server that is meant.
func (f *remoteFlags) with(
	work func(cmd *cobra.Command, r *remote, args []string) error,
) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		r, err := f.connect()
		if err != nil {
			return err
		}
		return work(cmd, r, args)
	}
}

// address is that of a route; parameters are names and values.
func (r *remote) address(path string, parameters ...string) string {
	query := url.Values{}
	for i := 0; i < len(parameters); i += 2 {
		if parameters[i+1] != "" {
			query.Set(parameters[i], parameters[i+1])
		}
	}
	if len(query) == 0 {
		return r.base + path
	}
	return r.base + path + "?" + query.Encode()
}

// about is address for a route about one universe.
func (r *remote) about(path string) string { return r.address(path, "universe", r.universe) }

// open sends a request, and returns the answer if it is a success.
func (r *remote) open(
	ctx context.Context, method, address string, body io.Reader, headers ...string,
) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, method, address, body)
	if err != nil {
		return nil, usage("%s: %w", r.told, err)
	}
	req.Header.Set("Content-Type", "application/json")
	if r.token != "" {
		req.Header.Set("Authorization", "Bearer "+r.token)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	answer, err := localClient.Do(req)
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil:
		return nil, &exit{exitEnvironment, r.silent(err)}
	case answer.StatusCode/100 == 2:
		return answer, nil
	}
	defer answer.Body.Close()
	return nil, r.refused(answer)
}

// localClient uses no proxy: those of the environment are for what is elsewhere.
var localClient = &http.Client{Transport: &http.Transport{}}

// silent says that nothing answers.
func (r *remote) silent(err error) error {
	var about *url.Error
	if errors.As(err, &about) {
		err = about.Err
	}
	if r.told == "--url" || r.told == urlVariable {
		return fmt.Errorf("no savestone answers at %s (%s): %w", r.base, r.told, err)
	}
	return fmt.Errorf("the savestone of %s is not there any more: %w; start savestone serve again",
		r.told, err)
}

// refused tells why the server did not do it.
func (r *remote) refused(answer *http.Response) error {
	const bytesMax = 64 << 10
	text, err := io.ReadAll(io.LimitReader(answer.Body, bytesMax))
	var p control.Problem
	if err != nil || json.Unmarshal(text, &p) != nil || p.Error.Message == "" {
		return &exit{exitEnvironment, fmt.Errorf("%s (%s) is no savestone of this kind: got %s",
			r.base, r.told, answer.Status)}
	}
	message := errors.New(p.Error.Message)
	switch {
	case answer.StatusCode == http.StatusUnauthorized:
		return usage("%w; want --token or %s", message, tokenVariable)
	case answer.StatusCode == http.StatusBadRequest:
		return usage("%w", message)
	case answer.StatusCode < 500:
		return &exit{exitFailed, message}
	}
	return &exit{exitEnvironment, message}
}

// do sends a value as JSON and reads the answer's; each can be nil.
func (r *remote) do(ctx context.Context, method, address string, in, out any) error {
	var body io.Reader
	if in != nil {
		var text bytes.Buffer
		encoder := json.NewEncoder(&text)
		encoder.SetEscapeHTML(false) // a value shall be stored as it is
		if err := encoder.Encode(in); err != nil {
			return &exit{exitEnvironment, err}
		}
		body = &text
	}
	answer, err := r.open(ctx, method, address, body)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if out == nil {
		return nil
	}
	decoder := json.NewDecoder(answer.Body)
	if err := decoder.Decode(out); err != nil {
		return &exit{exitEnvironment, fmt.Errorf("the answer of %s: %w", address, err)}
	}
	return nil
}
