package report

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// tab is a page in a headless Chromium, driven over a pipe by its DevTools protocol. The pipe makes
// a client of a few lines do where a library would bring the whole protocol.
type tab struct {
	t       *testing.T
	out     io.Writer
	in      *bufio.Reader
	session string
	last    int

	Problems []string // console errors, exceptions, policy violations
	Requests []string // all URLs that the page asked for
}

// message is what goes over the pipe, in both directions.
type message struct {
	ID      int             `json:"id,omitempty"`
	Session string          `json:"sessionId,omitempty"`
	Method  string          `json:"method,omitempty"`
	Params  json.RawMessage `json:"params,omitempty"`
	Result  json.RawMessage `json:"result,omitempty"`
	Error   json.RawMessage `json:"error,omitempty"`
}

// browse starts a Chromium, or skips the test where there is none.
func browse(t *testing.T) *tab {
	t.Helper()
	program, err := exec.LookPath("chromium")
	if err != nil {
		if os.Getenv("SAVESTONE_NET") == "1" {
			require.NoError(t, err, "want Debian's package chromium")
		}
		t.Skip("skipped: no chromium on the PATH; want Debian's package chromium")
	}
	theirIn, ourOut, err := os.Pipe()
	require.NoError(t, err)
	ourIn, theirOut, err := os.Pipe()
	require.NoError(t, err)
	command := exec.Command(program, "--headless", "--no-sandbox", "--disable-gpu",
		"--disable-dev-shm-usage", "--remote-debugging-pipe", "--no-first-run",
		"--disable-background-networking", "--user-data-dir="+t.TempDir(), "about:blank")
	command.ExtraFiles = []*os.File{theirIn, theirOut}
	require.NoError(t, command.Start())
	require.NoError(t, theirIn.Close())
	require.NoError(t, theirOut.Close())
	b := &tab{t: t, out: ourOut, in: bufio.NewReader(ourIn)}
	t.Cleanup(func() {
		b.session = ""
		b.call("Browser.close", nil, nil)
		_ = command.Wait() // it may end by the signal of its own closing
		_, _ = ourOut.Close(), ourIn.Close()
	})
	var target struct{ TargetID string }
	b.call("Target.createTarget", map[string]any{"url": "about:blank"}, &target)
	var attached struct{ SessionID string }
	b.call("Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &attached)
	b.session = attached.SessionID
	for _, domain := range []string{"Page", "Runtime", "Log", "Network"} {
		b.call(domain+".enable", nil, nil)
	}
	return b
}

// call asks for a method and waits for its answer; events on the way are noted.
func (b *tab) call(method string, params any, result any) {
	b.t.Helper()
	b.last++
	id := b.last
	packed, err := json.Marshal(params)
	require.NoError(b.t, err)
	sent, err := json.Marshal(message{ID: id, Session: b.session, Method: method, Params: packed})
	require.NoError(b.t, err)
	_, err = b.out.Write(append(sent, 0))
	require.NoError(b.t, err)
	for {
		got := b.next()
		if got.ID != id {
			continue
		}
		require.Empty(b.t, string(got.Error), method)
		if result != nil {
			require.NoError(b.t, json.Unmarshal(got.Result, result))
		}
		return
	}
}

// next reads one message and notes what it tells of the page.
func (b *tab) next() message {
	b.t.Helper()
	text, err := b.in.ReadBytes(0)
	require.NoError(b.t, err)
	var got message
	require.NoError(b.t, json.Unmarshal(text[:len(text)-1], &got))
	var event struct {
		Type    string
		Request struct{ URL string }
		Entry   struct{ Level, Text string }
	}
	if got.Params != nil {
		_ = json.Unmarshal(got.Params, &event) // events of other forms are of no interest
	}
	switch got.Method {
	case "Network.requestWillBeSent":
		b.Requests = append(b.Requests, event.Request.URL)
	case "Runtime.exceptionThrown":
		b.Problems = append(b.Problems, string(got.Params))
	case "Runtime.consoleAPICalled":
		if event.Type == "error" || event.Type == "warning" {
			b.Problems = append(b.Problems, string(got.Params))
		}
	case "Log.entryAdded":
		if event.Entry.Level == "error" || event.Entry.Level == "warning" {
			b.Problems = append(b.Problems, event.Entry.Text)
		}
	}
	return got
}

// open loads a file from disk and waits until the script of the page, if it has ours, is done.
func (b *tab) open(path string) {
	b.t.Helper()
	path, err := filepath.Abs(path)
	require.NoError(b.t, err)
	b.call("Page.navigate", map[string]any{"url": "file://" + path}, nil)
	for b.next().Method != "Page.loadEventFired" {
	}
	b.eval(`new Promise((done) => {
		const look = () => document.documentElement.dataset.ready || !document.getElementById("data")
			? done("") : requestAnimationFrame(look);
		look();
	})`)
}

// eval returns what an expression of the page's script comes to.
func (b *tab) eval(expression string) any {
	b.t.Helper()
	var got struct {
		Result           struct{ Value any }
		ExceptionDetails json.RawMessage
	}
	b.call("Runtime.evaluate", map[string]any{
		"expression": expression, "awaitPromise": true, "returnByValue": true,
	}, &got)
	require.Empty(b.t, string(got.ExceptionDetails), expression)
	return got.Result.Value
}

// size makes the window so wide, with a theme.
func (b *tab) size(width int, theme string) {
	b.t.Helper()
	b.call("Emulation.setDeviceMetricsOverride", map[string]any{
		"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false,
	}, nil)
	b.call("Emulation.setEmulatedMedia", map[string]any{
		"features": []any{map[string]any{"name": "prefers-color-scheme", "value": theme}},
	}, nil)
	b.eval(`new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(0))))`)
}

// picture saves the whole page as a PNG.
func (b *tab) picture(path string) {
	b.t.Helper()
	var got struct{ Data string }
	b.call("Page.captureScreenshot", map[string]any{"captureBeyondViewport": true, "clip": map[string]any{
		"x": 0, "y": 0, "scale": 1, "width": b.eval("innerWidth"),
		"height": b.eval("document.documentElement.scrollHeight"),
	}}, &got)
	image, err := base64.StdEncoding.DecodeString(got.Data)
	require.NoError(b.t, err)
	require.NoError(b.t, os.WriteFile(path, image, 0o644))
}
