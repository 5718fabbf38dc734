package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// served is a running savestone serve.
type served struct {
	t    *testing.T
	url  string
	stop func() int // ends it and returns the exit code
}

// start runs savestone serve on a free port until it is ready.
func start(t *testing.T, args ...string) *served {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	read, write := io.Pipe()
	var errs bytes.Buffer
	code := make(chan int, 1)
	go func() {
		all := append([]string{"serve", "--port", "0", "--log-format", "json", "--instance", ""}, args...)
		ended := run(ctx, all, write, &errs)
		write.Close()
		code <- ended
	}()
	line, err := bufio.NewReader(read).ReadBytes('\n')
	require.NoError(t, err, &errs)
	var ready readyLine
	require.NoError(t, json.Unmarshal(line, &ready))
	require.Equal(t, os.Getpid(), ready.PID)
	stopped, result := false, 0
	s := &served{t: t, url: ready.URL, stop: func() int {
		if !stopped {
			cancel()
			stopped, result = true, <-code
		}
		return result
	}}
	t.Cleanup(func() { s.stop() })
	return s
}

// ask sends a request; pairs are headers, of which Host is the name of the server.
func (s *served) ask(method, path, body string, pairs ...string) (int, string) {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), method, s.url+path, strings.NewReader(body))
	require.NoError(s.t, err)
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(pairs); i += 2 {
		r.Header.Set(pairs[i], pairs[i+1])
		if pairs[i] == "Host" {
			r.Host = pairs[i+1]
		}
	}
	answer, err := http.DefaultClient.Do(r)
	require.NoError(s.t, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	require.NoError(s.t, err)
	return answer.StatusCode, string(text)
}

const storesPath = "/cloud/v2/universes/1/data-stores"

func TestServeAnswersUntilItIsStoppedAndKeepsTheData(t *testing.T) {
	db := filepath.Join(t.TempDir(), "new", "data.db")
	s := start(t, "--db", db)
	status, body := s.ask("POST", storesPath+"/Coins/entries?id=a%2Fb", `{"value":{"n":1}}`)
	require.Equal(t, 200, status, body)
	require.Equal(t, exitInterrupted, s.stop())
	_, err := http.Get(s.url + storesPath)
	require.Error(t, err)

	s = start(t, "--db", db)
	status, body = s.ask("GET", storesPath+"/Coins/entries/a/b", "")
	require.Equal(t, 200, status)
	require.Contains(t, body, `"value":{"n":1},"id":"a/b"`)
}

func TestServeTellsOthersWhereItIs(t *testing.T) {
	file := filepath.Join(t.TempDir(), "ready.json")
	s := start(t, "--memory", "--ready-file", file)
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, fmt.Sprintf(`{"event":"ready","url":%q,"pid":%d}`+"\n", s.url, os.Getpid()),
		string(text))
}

func TestServeLetsInWhoHasAKey(t *testing.T) {
	keys := filepath.Join(t.TempDir(), "keys.json")
	require.NoError(t, os.WriteFile(keys, []byte(`[{"secret": "lister",
		"scopes": ["universe-datastores.control:list"], "networks": ["127.0.0.0/8"]}]`), 0o600))
	s := start(t, "--memory", "--auth", "keys", "--keys", keys, "--token", "all")
	snapshot := storesPath + ":snapshot"
	for _, c := range []struct {
		method, path, key string
		want              int
	}{
		{"GET", storesPath, "", 401}, {"GET", storesPath, "wrong", 401},
		{"GET", storesPath, "lister", 200}, {"POST", snapshot, "lister", 403},
		{"POST", snapshot, "all", 200},
	} {
		status, _ := s.ask(c.method, c.path, "", "x-api-key", c.key)
		require.Equal(t, c.want, status, "%+v", c)
	}
}

// What a page in a browser could do that has made its own name point here.
func TestServeRefusesForeignHostsAndOrigins(t *testing.T) {
	s := start(t, "--memory", "--allowed-hosts", "emulator.test")
	for _, c := range []struct {
		header, value string
		want          int
	}{
		{"Host", "evil.example", 403}, {"Host", "evil.example:34890", 403}, {"Host", "localhost", 200},
		{"Host", "LOCALHOST:1", 200}, {"Host", "[::1]:34890", 200}, {"Host", "apis.roblox.com", 200},
		{"Host", "emulator.test", 200}, {"Host", "localhost.evil.example", 403},
		{"Origin", "https://evil.example", 403}, {"Origin", "null", 403},
		{"Origin", "http://localhost:3000", 200},
	} {
		status, _ := s.ask("GET", storesPath, "", c.header, c.value)
		require.Equal(t, c.want, status, "%+v", c)
	}
}

func TestServeRefusesWhatCannotBe(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer taken.Close()
	_, port, err := net.SplitHostPort(taken.Addr().String())
	require.NoError(t, err)
	for _, c := range []struct {
		args string
		code int
		want string
	}{
		{"--port " + port, exitEnvironment, "port " + port + " is taken"},
		{"--listen 0.0.0.0:0", exitUsage, "others can reach; want --token or --auth keys"},
		{"--listen here", exitUsage, `got "here", want an address`},
		{"--auth some", exitUsage, `got "some", want open or keys`},
		{"--auth keys", exitUsage, "got no key"},
		{"--keys nowhere.json", exitUsage, "--keys: open nowhere.json"},
		{"--profile 1999", exitUsage, `got profile "1999"`},
		{"--durability some", exitUsage, "want normal or full"},
		{"--log-format xml", exitUsage, "want text or json"},
		{"--universe-id -1", exitUsage, "want 0 or more"},
		{"extra", exitUsage, `unknown command "extra"`},
	} {
		args := append([]string{"serve", "--memory"}, strings.Fields(c.args)...)
		code, out, errs := invoke(t, args...)
		require.Equal(t, c.code, code, c.args+out+errs)
		require.Contains(t, errs, c.want)
	}
}
