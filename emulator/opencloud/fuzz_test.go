package opencloud

import (
	"bufio"
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"savestone/emulator"
	"savestone/emulator/memorystore"
)

// FuzzRouter sends requests as they may come from a socket: none may panic, be answered with an
// internal error, or with a body that is not what its label says.
func FuzzRouter(f *testing.F) {
	files, err := filepath.Glob(filepath.Join(exchangesFolder, "*.txt"))
	require.NoError(f, err)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(f, err)
		for _, block := range strings.Split(string(text), "\n\n") {
			lines := strings.SplitN(block, "\n", 2)
			if requestLine.MatchString(lines[0]) {
				body := ""
				if len(lines) == 2 {
					_, body, _ = strings.Cut(lines[1], "> ")
				}
				f.Add(lines[0], "content-type: application/json", []byte(body))
			}
		}
	}
	for _, r := range routes() {
		path := strings.NewReplacer("{universe}", "1", "{store}", "Coins", "{scope}", "a",
			"{entry:.+}", "k").Replace(r.path)
		f.Add(r.method+" "+path, "roblox-entry-userids: [1]", []byte(`{"value":1}`))
	}
	profile, err := emulator.ProfileNamed("unlimited")
	require.NoError(f, err)
	clock := &stillClock{testStart}
	emu := emulator.RunT(f, emulator.Options{Clock: clock, Profile: profile})
	handler := New(Options{
		Service: emu, Clock: clock, Unlimited: true,
		MemoryStores: memorystore.New(clock, memorystore.Options{Limits: &memorystore.Limits{}}),
	})
	f.Fuzz(func(t *testing.T, line, header string, body []byte) {
		text := line + " HTTP/1.1\r\nHost: apis.roblox.com\r\n" + header + "\r\n\r\n"
		r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(text)))
		if err != nil {
			t.Skip("no request")
		}
		r.ContentLength = int64(len(body))
		r.Header.Set("Content-Length", "1")
		r.Body = http.NoBody
		if len(body) > 0 {
			r = r.Clone(t.Context())
			r.Body = closer{bytes.NewReader(body)}
		}
		memo := httptest.NewRecorder()
		handler.ServeHTTP(memo, r)
		require.NotEqual(t, http.StatusInternalServerError, memo.Code, memo.Body)
		if strings.Contains(memo.Header().Get("Content-Type"), "json") && memo.Body.Len() > 0 {
			require.True(t, json.Valid(memo.Body.Bytes()), "%s", memo.Body)
		}
	})
}

type closer struct{ *bytes.Reader }

func (closer) Close() error { return nil }

// FuzzDoubles: what v2 makes of a value is the value that encoding/json reads as doubles.
func FuzzDoubles(f *testing.F) {
	for _, seed := range []string{
		` { "a \\" b\\\\" : [ 1 , "\\\\\\" " ] } `,
		`[9007199254740993,-0,1e400,-1e400,1e-400,0.1,"12345678901234567890\"1",123456789012345.678]`,
		`{"a":1.7976931348623159e308}`, `-12345678901234567890`, `"`, `1e`, `-`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		got := doubles(text)
		var want, read any
		if json.Unmarshal(text, &want) != nil {
			return // not JSON, or beyond doubles: it must not panic
		}
		require.NoError(t, json.Unmarshal(got, &read), "%s", got)
		require.Equal(t, want, read)

		var dense bytes.Buffer
		require.NoError(t, json.Compact(&dense, got))
		require.Equal(t, dense.String(), string(compact(got)))
	})
}
