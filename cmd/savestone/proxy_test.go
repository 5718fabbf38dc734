package main

import (
	"bufio"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"savestone/emulator"
)

const robloxStores = "https://" + openCloudHost + storesPath

// startProxy starts a server that is a proxy, and returns the file with its certificate.
func startProxy(t *testing.T, args ...string) (s *served, ca string) {
	t.Chdir(t.TempDir())
	ca = filepath.Join(t.TempDir(), "ca.pem")
	return start(t, append([]string{"--memory", "--proxy", "--ca-out", ca}, args...)...), ca
}

// through returns a client that uses the proxy and trusts its authority.
func through(t *testing.T, proxy, ca string, http2 bool) *http.Client {
	text, err := os.ReadFile(ca)
	require.NoError(t, err)
	roots := x509.NewCertPool()
	require.True(t, roots.AppendCertsFromPEM(text))
	address, err := url.Parse(proxy)
	require.NoError(t, err)
	transport := &http.Transport{
		Proxy:           http.ProxyURL(address),
		TLSClientConfig: &tls.Config{RootCAs: roots}, ForceAttemptHTTP2: http2,
	}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

func TestProxyAnswersForRoblox(t *testing.T) {
	s, ca := startProxy(t)
	status, body := s.ask("POST", storesPath+"/Coins/entries?id=a", `{"value":5}`)
	require.Equal(t, 200, status, body)
	for _, c := range []struct {
		url, protocol string
		http2         bool
	}{
		{robloxStores, "HTTP/1.1", false}, {robloxStores, "HTTP/2.0", true},
		{"https://" + openCloudHost + ":443" + storesPath, "HTTP/1.1", false},
		{"http://" + openCloudHost + storesPath, "HTTP/1.1", false}, // the whole address, no tunnel
		{s.url + storesPath, "HTTP/1.1", false},
	} {
		client := through(t, s.url, ca, c.http2)
		for range 2 {
			answer, err := client.Get(c.url + "/Coins/entries/a")
			require.NoError(t, err, c.url)
			text, err := io.ReadAll(answer.Body)
			require.NoError(t, err)
			answer.Body.Close()
			require.Equal(t, 200, answer.StatusCode, c.url)
			require.Equal(t, c.protocol, answer.Proto)
			require.Contains(t, string(text), `"value":5`)
		}
	}
}

// ask sends the first line of a request to a proxy, and returns what it says.
func askProxy(t *testing.T, s *served, line string) (status int, reason string) {
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	require.NoError(t, err)
	defer conn.Close()
	_, host, _ := strings.Cut(strings.Fields(line)[1], "//")
	host, _, _ = strings.Cut(host, "/")
	if host == "" {
		host = strings.Fields(line)[1]
	}
	fmt.Fprintf(conn, "%s HTTP/1.1\r\nHost: %s\r\n\r\n", line, host)
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	require.NoError(t, err)
	return answer.StatusCode, answer.Header.Get("Savestone-Reason")
}

func TestProxyRefusesEveryOtherHost(t *testing.T) {
	s, _ := startProxy(t)
	own := strings.TrimPrefix(s.url, "http://")
	for _, c := range []struct {
		line   string
		status int
	}{
		{"CONNECT example.com:443", 403}, {"CONNECT apis.roblox.com.evil.example:443", 403},
		{"CONNECT apis.roblox.com:22", 403}, {"CONNECT 127.0.0.1:1", 403}, {"CONNECT localhost:22", 403},
		{"GET http://example.com/", 403}, {"GET https://www.roblox.com/", 403},
		{"GET http://127.0.0.1:1/", 403},
		{"CONNECT apis.roblox.com:443", 200}, {"CONNECT APIS.roblox.com.:443", 200}, {"CONNECT " + own, 200},
		{"GET http://" + own + storesPath, 200},
	} {
		status, reason := askProxy(t, s, c.line)
		require.Equal(t, c.status, status, c.line)
		if c.status == 403 {
			require.Contains(t, reason, "savestone is a proxy for apis.roblox.com only")
		}
	}
}

func TestServerWithoutProxySaysSo(t *testing.T) {
	s := start(t, "--memory")
	status, reason := askProxy(t, s, "CONNECT apis.roblox.com:443")
	require.Equal(t, 405, status)
	require.Contains(t, reason, "start it with savestone serve --proxy")
}

func TestAuthorityIsKeptUntilItIsOldOrKnown(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "ca")
	now := emulator.Wall{}.Now()
	at := func(later time.Duration) string {
		a, err := authorityIn(folder, func() time.Time { return now.Add(later) })
		require.NoError(t, err)
		return string(a.pem())
	}
	first := at(0)
	secret := filepath.Join(folder, "authority.pem")
	info, err := os.Stat(secret)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	shown, err := os.ReadFile(filepath.Join(folder, "ca.pem"))
	require.NoError(t, err)
	require.Equal(t, first, string(shown))
	require.NotContains(t, first, "PRIVATE")

	require.Equal(t, first, at(authorityLife-authorityMargin-time.Hour), "it is trusted already")
	second := at(authorityLife - authorityMargin)
	require.NotEqual(t, first, second, "soon it is over")
	require.NoError(t, os.Chmod(secret, 0o644))
	third := at(authorityLife)
	require.NotEqual(t, second, third, "others could read the key")
	require.NoError(t, os.WriteFile(secret, []byte("nonsense"), 0o600))
	require.NotEqual(t, third, at(authorityLife))
}

// A certificate that is trusted shall not be worth stealing.
func TestAuthorityCannotSpeakForOthers(t *testing.T) {
	now := emulator.Wall{}.Now()
	a, err := newAuthority(func() time.Time { return now })
	require.NoError(t, err)
	roots := x509.NewCertPool()
	roots.AddCert(a.cert)
	leaf, err := a.certificate(nil)
	require.NoError(t, err)
	_, err = leaf.Leaf.Verify(x509.VerifyOptions{Roots: roots, DNSName: openCloudHost})
	require.NoError(t, err)

	again, err := a.certificate(nil)
	require.NoError(t, err)
	require.Same(t, leaf, again)
	now = now.Add(leafLife)
	renewed, err := a.certificate(nil)
	require.NoError(t, err)
	require.NotSame(t, leaf, renewed)
	require.True(t, renewed.Leaf.NotAfter.After(now))

	for _, other := range []x509.Certificate{
		{DNSNames: []string{"www.roblox.com"}}, {IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}},
	} {
		other.NotBefore, other.NotAfter = now, now.Add(time.Hour)
		der, err := x509.CreateCertificate(rand.Reader, &other, a.cert, leaf.Leaf.PublicKey, a.key)
		require.NoError(t, err)
		forged, err := x509.ParseCertificate(der)
		require.NoError(t, err)
		_, err = forged.Verify(x509.VerifyOptions{Roots: roots, CurrentTime: now})
		require.ErrorContains(t, err, "not authorized to sign for this name")
	}
}

func TestCurlReachesRobloxThroughTheProxy(t *testing.T) {
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("there is no curl on this machine")
	}
	s, ca := startProxy(t)
	curl := func(args ...string) string {
		all := append([]string{"-sS", "--proxy", s.url, "--cacert", ca, "-w", " %{http_code}"}, args...)
		output, err := exec.CommandContext(t.Context(), "curl", all...).CombinedOutput()
		require.NoError(t, err, "%s", output)
		return string(output)
	}
	require.Contains(t, curl("-X", "POST", robloxStores+"/Coins/entries?id=a",
		"-H", "Content-Type: application/json", "-d", `{"value":5}`), `"value":5`)
	require.Contains(t, curl("--http1.1", robloxStores+"/Coins/entries/a"), " 200")
	output, err := exec.CommandContext(t.Context(), "curl", "-sS", "--proxy", s.url, "--cacert", ca,
		"https://example.com/").CombinedOutput()
	require.Error(t, err)
	require.Contains(t, string(output), "403")
}
