package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"savestone/emulator/opencloud"
)

func TestRequestLinesTellWhatPeopleWantToKnow(t *testing.T) {
	at := time.Date(2026, 3, 14, 19, 4, 11, 0, time.Local)
	const version = "08DE81ABD463EB4C.000000000C.08DE81ABD463EB4C.01"
	for _, c := range []struct {
		exchange opencloud.Exchange
		want     string
	}{
		{opencloud.Exchange{Method: "PATCH", Status: 200, Took: 3 * time.Millisecond, Store: "PlayerData",
			Key: "Player_261", Scope: "global", Version: version, Received: 1434, Sent: 300},
			"19:04:11 PATCH  200    3ms  PlayerData/Player_261  v12  1.4 kB\n"},
		{opencloud.Exchange{Method: "POST", Status: 500, Took: 812 * time.Millisecond, Store: "PlayerData",
			Key: "Player_7", Scope: "eu", Reason: "InternalServerError: oops; it may have been applied"},
			"19:04:11 POST   500  812ms  PlayerData/eu/Player_7  InternalServerError: oops; " +
				"it may have been applied\n"},
		{opencloud.Exchange{Method: "GET", Status: 404, Path: "/a\x1b[2Jb", Reason: "there is no such route"},
			"19:04:11 GET    404    0ms  /a\uFFFD[2Jb  there is no such route\n"},
	} {
		require.Equal(t, c.want, textLine(c.exchange, at))
	}
}

// A log is read by more people than a key is for.
func TestSecretsAreNeverPrinted(t *testing.T) {
	for _, format := range []string{"text", "json"} {
		t.Setenv("SAVESTONE_TOKEN", "top-secret")
		s := startProcess(t, "--memory", "--quiet=false", "--log-format", "json")
		if format == "text" {
			s = startProcess(t, "--memory", "--quiet=false")
		}
		for _, key := range []string{"top-secret", "wrong-secret"} {
			r, err := http.NewRequest("GET", s.url+storesPath+"?apikey="+key, nil)
			require.NoError(t, err)
			r.Header.Set("x-api-key", key)
			r.Header.Set("Authorization", "Bearer "+key)
			answer, err := http.DefaultClient.Do(r)
			require.NoError(t, err)
			answer.Body.Close()
		}
		s.signal(os.Interrupt)
		require.Equal(t, exitInterrupted, s.ended())
		require.Contains(t, s.errs.String(), storesPath)
		require.NotContains(t, s.errs.String(), "secret")
	}
	_, out, errs := invoke(t, "serve", "--help")
	require.NotContains(t, out+errs, "top-secret")
}

func TestBusyPortNamesWhoHoldsIt(t *testing.T) {
	s := startProcess(t, "--memory")
	_, port, err := net.SplitHostPort(strings.TrimPrefix(s.url, "http://"))
	require.NoError(t, err)
	code, _, errs := invoke(t, "serve", "--memory", "--port", port)
	require.Equal(t, exitEnvironment, code)
	require.Contains(t, errs, "port "+port+" is taken by ")
	require.Contains(t, errs, fmt.Sprintf("(process %d)", s.cmd.Process.Pid))
	require.Contains(t, errs, "want --port with another one")
}

func TestServeCarriesStateInAndOut(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "state")
	require.NoError(t, os.MkdirAll(filepath.Join(folder, "standard", "Coins"), 0o755))
	file := filepath.Join(folder, "standard", "Coins", "global.json")
	require.NoError(t, os.WriteFile(file, []byte(`{"a": {"value": 5}}`), 0o644))
	other := filepath.Join(t.TempDir(), "other")
	s := start(t, "--memory", "--import", folder, "--export-on-exit="+other)
	status, body := s.ask("GET", storesPath+"/Coins/entries/a", "")
	require.Equal(t, 200, status, body)
	status, body = s.ask("POST", storesPath+"/Coins/entries?id=b", `{"value":6}`)
	require.Equal(t, 200, status, body)
	require.Equal(t, exitInterrupted, s.stop())

	s = start(t, "--memory", "--import", other, "--export-on-exit")
	status, body = s.ask("GET", storesPath+"/Coins/entries/b", "")
	require.Equal(t, 200, status, body)
	status, _ = s.ask("DELETE", storesPath+"/Coins/entries/a", "")
	require.Equal(t, 200, status)
	require.Equal(t, exitInterrupted, s.stop())
	text, err := os.ReadFile(filepath.Join(other, "standard", "Coins", "global.json"))
	require.NoError(t, err)
	require.Contains(t, string(text), `"removed": true`)
}

func TestServeRefusesStateThatCannotBe(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"--export-on-exit", "got no folder"}, {"--import nowhere", "nowhere"},
		{"--export-on-exit=" + root, "holds no export"},
		{"--universe-id 0 --import x", "want one universe"},
	} {
		args := append([]string{"serve", "--memory", "--port", "0"}, strings.Fields(c.args)...)
		code, out, errs := invoke(t, args...)
		require.Equal(t, exitUsage, code, out+errs)
		require.Contains(t, errs, c.want)
	}
}

func TestBannerTellsWhereEverythingIs(t *testing.T) {
	t.Chdir(t.TempDir())
	ctx, cancel := context.WithCancel(t.Context())
	var out bytes.Buffer
	written := writerFunc(func(text []byte) (int, error) {
		defer cancel() // the banner is all there is to see
		return out.Write(text)
	})
	code := run(ctx, []string{"serve", "--port", "0", "--proxy", "--profile", "2026"}, written, &bytes.Buffer{})
	require.Equal(t, exitInterrupted, code)
	for _, want := range []string{
		"savestone " + version, "Open Cloud  http://127.0.0.1:", "/cloud/v2/universes/1/…", "auth = open",
		"HTTPS_PROXY=http://127.0.0.1:", "trust .savestone/ca/ca.pem", "Data        .savestone/data.db (",
		"limits: 2026 · 500 CCU", "/_savestone/", "Faults      none    Clock  real",
	} {
		require.Contains(t, out.String(), want)
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(text []byte) (int, error) { return f(text) }

// Nobody can hold the server up by being slow, or fill it by being long.
func TestServerHasLimits(t *testing.T) {
	server := newHTTPServer(nil, &bytes.Buffer{})
	for _, limit := range []time.Duration{
		server.ReadHeaderTimeout, server.ReadTimeout, server.WriteTimeout, server.IdleTimeout,
	} {
		require.Positive(t, limit)
		require.LessOrEqual(t, limit, 2*time.Minute)
	}
	s := start(t, "--memory")
	status, body := s.ask("GET", storesPath, "", "X-Long", strings.Repeat("x", 33<<10))
	require.Equal(t, 431, status)
	require.JSONEq(t, `{"errors":[{"code":0,"message":"Headers too large"}]}`, body)
	status, _ = s.ask("GET", storesPath, "", "X-Long", strings.Repeat("x", 1<<20))
	require.Equal(t, 431, status)
	status, _ = s.ask("GET", storesPath+"?filter="+strings.Repeat("x", 17<<10), "")
	require.Equal(t, 414, status)
	status, body = s.ask("POST", storesPath+"/Coins/entries?id=a", strings.Repeat("x", 5<<20))
	require.Equal(t, 400, status)
	require.JSONEq(t, `{"code":"INVALID_ARGUMENT","message":"The content is too big."}`, body)
}

// A page in a browser could reach the server under any of these names.
func TestNamesOfTheServer(t *testing.T) {
	names := []string{"localhost", "127.0.0.1", "::1", openCloudHost}
	for host, want := range map[string]bool{
		"localhost": true, "localhost.": true, "LocalHost:80": true, "127.0.0.1:34890": true, "[::1]": true,
		"[::1]:1": true, "[0:0:0:0:0:0:0:1]:1": true, "apis.roblox.com.": true, "::1": true,
		"": false, ":80": false, "localhost..": false, "localhost.evil.example": false, "127.0.0.1.nip.io": false,
		"127.0.0.2": false, "[::2]:1": false, "0.0.0.0": false, "[::]": false, "evil.example:34890": false,
		"localhost@evil.example": false, "2130706433": false,
	} {
		require.Equal(t, want, allowed(host, names), host)
	}
	for origin, want := range map[string]bool{
		"http://localhost": true, "https://localhost:3000": true, "http://[::1]:5173": true,
		"null": false, "": false, "http://": false, "https://evil.example": false, "file://": false,
		"http://localhost.evil.example": false, "http://evil.example#localhost": false,
		"http://localhost@evil.example": false, "chrome-extension://localhost": false,
	} {
		require.Equal(t, want, allowedOrigin(origin, names), origin)
	}
}

func TestRequestsWithoutAUsableHostAreRefused(t *testing.T) {
	s := start(t, "--memory")
	for head, want := range map[string]string{
		"Host: evil.example": "403", "Host: localhost\r\nHost: localhost": "400", "X: y": "400",
		"Host: localhost\r\nOrigin: http://localhost\r\nOrigin: https://evil.example": "403",
		"Host: localhost\r\nOrigin: ": "403", "Host: localhost": "200",
	} {
		conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
		require.NoError(t, err)
		fmt.Fprintf(conn, "GET %s HTTP/1.1\r\n%s\r\nConnection: close\r\n\r\n", storesPath, head)
		line, err := bufio.NewReader(conn).ReadString('\n')
		require.NoError(t, err)
		require.Contains(t, line, want, head)
		conn.Close()
	}
}
