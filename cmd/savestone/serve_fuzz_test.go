package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"github.com/stretchr/testify/require"

	"savestone/emulator"
)

// FuzzServer sends requests through all that a server is made of: proxy, names, control API and
// Open Cloud. None may panic, and a refusal says why.
func FuzzServer(f *testing.F) {
	for _, head := range []string{
		"GET /cloud/v2/universes/1/data-stores HTTP/1.1\r\nHost: localhost",
		"CONNECT apis.roblox.com:443 HTTP/1.1\r\nHost: apis.roblox.com:443",
		"CONNECT [::1]:1 HTTP/1.1\r\nHost: [::1]:1", "GET http://example.com/ HTTP/1.1\r\nHost: example.com",
		"GET / HTTP/1.1\r\nHost: localhost\r\nOrigin: null", "OPTIONS * HTTP/1.1\r\nHost: 127.0.0.1",
		"GET /_savestone/health HTTP/1.1\r\nHost: localhost", "GET /_savestone/v1/servers HTTP/1.1\r\nHost: [::1]:9",
		"POST /_savestone/v1/servers/a%2Fb/datastore HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json",
		"PATCH /cloud/v2/universes/1/data-stores/a/entries/%00%FF?allowMissing=1 HTTP/1.0\r\nHost: localhost.",
	} {
		f.Add(head, []byte(`{"method":"GetAsync","store":{"name":"a"},"key":"k","value":1}`))
	}
	var flags serveFlags
	set := pflag.NewFlagSet("serve", pflag.ContinueOnError)
	flags.addData(set)
	flags.addAccess(set)
	flags.addControl(set)
	flags.listen, flags.logFormat = "127.0.0.1:0", "text"
	flags.memory, flags.quiet, flags.proxy = true, true, true
	var err error
	flags.ownAuthority, err = newAuthority(emulator.Wall{}.Now)
	require.NoError(f, err)
	cmd := &cobra.Command{}
	cmd.SetContext(f.Context())
	cmd.SetErr(io.Discard)
	s, err := flags.start(cmd)
	require.NoError(f, err)
	f.Cleanup(func() { require.NoError(f, s.close(f.Context())) })
	handler := s.http[len(s.http)-1].Handler
	f.Fuzz(func(t *testing.T, head string, body []byte) {
		r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(head + "\r\n\r\n")))
		if err != nil {
			t.Skip("no request")
		}
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond) // of those that go on for ever
		defer cancel()
		memo := httptest.NewRecorder()
		handler.ServeHTTP(memo, r.WithContext(ctx))
		require.NotEqual(t, http.StatusInternalServerError, memo.Code, memo.Body)
		if memo.Code == http.StatusForbidden {
			require.NotEmpty(t, memo.Header().Get("Savestone-Reason"))
		}
	})
}
