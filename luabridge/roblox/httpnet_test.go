package roblox

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// netForTests answers what scripts are let out to.
func netForTests(_ context.Context, r FetchRequest) (FetchResponse, error) {
	switch {
	case strings.HasSuffix(r.URL, "/down"):
		return FetchResponse{}, errors.New("connection refused")
	case strings.HasSuffix(r.URL, "/slow"):
		return FetchResponse{}, os.ErrDeadlineExceeded
	}
	return FetchResponse{Status: 200, Body: r.Method + " " + r.URL + " " + r.Header["x-any"] + r.Body}, nil
}

// R223: what scripts were let out to, and nothing else, with any header, 500 times a minute.
func TestHttpServiceReachesWhatItIsLetOutTo(t *testing.T) {
	w := newWorld(t, Options{Net: netForTests, NetHosts: []string{"127.0.0.1:34890", "other.test"}})
	const closed = "Http requests are not enabled. Enable via game settings "
	require.Equal(t, strings.Join([]string{
		"POST http://127.0.0.1:34890/a 5!", "GET https://other.test:99/b 5", "GET http://other.test/c ",
		"HttpError: ConnectFail", "HttpError: Timedout", closed, closed, closed, "Number of requests exceeded limit",
	}, "\n"), w.run(httpPrelude+`
		local function send(url, body)
			local ok, answer = pcall(http.RequestAsync, http, {
				Url = url, Method = body and "POST", Body = body, Headers = { ["x-any"] = 5 },
			})
			return if ok then answer.Body else answer
		end
		print(send("http://127.0.0.1:34890/a", "!"))
		print(send("https://other.test:99/b"))
		print(http:GetAsync("http://other.test/c"))
		print(send("http://127.0.0.1:34890/down"))
		print(send("http://127.0.0.1:34890/slow"))
		for _, url in {"http://127.0.0.1:1/", "ftp://other.test/", "http://other.test.evil/"} do
			print((string.gsub(send(url), "%(.*", "")))
		end
		local last
		for n = 1, 500 do last = send("http://other.test/") end
		print(last)`))
}

// Whoever waits for an answer holds nobody else up.
func TestOtherThreadsGoOnWhileAnAnswerIsAwaited(t *testing.T) {
	release := make(chan struct{})
	w := newWorld(t, Options{
		NetHosts: []string{"a.test"},
		Net: func(ctx context.Context, r FetchRequest) (FetchResponse, error) {
			if strings.HasSuffix(r.URL, "/release") {
				close(release)
			}
			select {
			case <-release:
				return FetchResponse{Status: 200, Body: r.URL}, nil
			case <-ctx.Done():
				return FetchResponse{}, ctx.Err()
			}
		},
	})
	require.Equal(t, "http://a.test/release\nhttp://a.test/wait", w.run(httpPrelude+`
		task.delay(0.1, function() print(http:GetAsync("http://a.test/release")) end)
		print(http:GetAsync("http://a.test/wait"))`))
}
