package report

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"savestone/scenarios/verdict"
)

// saved writes the page of a run to a file of its own.
func saved(t *testing.T, run *verdict.Run) string {
	t.Helper()
	var page bytes.Buffer
	require.NoError(t, HTML(&page, run))
	path := filepath.Join(t.TempDir(), "report.html")
	require.NoError(t, os.WriteFile(path, page.Bytes(), 0o644))
	return path
}

// These tests are one, for the sake of one browser.
func TestThePageWorksInABrowser(t *testing.T) {
	b := browse(t)
	b.size(1280, "light")
	runs := map[string]*verdict.Run{
		"one cell": sampleRun(300), "a matrix": sampleMatrix(10), "hostile": hostileRun(), "empty": {},
	}
	for name, run := range runs {
		t.Run(name+": no error, no request, nothing wider than a telephone", func(t *testing.T) {
			path := saved(t, run)
			b.Problems, b.Requests = nil, nil
			for _, theme := range []string{"light", "dark"} {
				b.open(path)
				for _, width := range []int{1280, 360} {
					b.size(width, theme)
					root := "document.documentElement"
					require.Equal(t, b.eval(root+".clientWidth"), b.eval(root+".scrollWidth"), "%d %s", width, theme)
				}
			}
			require.Empty(t, b.Problems)
			require.Equal(t, []string{"file://" + path, "file://" + path}, b.Requests)
			require.Equal(t, "claims", b.eval(`document.querySelector("main").firstElementChild.id`))
			require.EqualValues(t, 2, b.eval("document.scripts.length"))
			require.EqualValues(t, 0, b.eval("document.images.length"))
		})
	}
	b.size(1280, "light")
	t.Run("the watch itself sees errors and requests", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "bad.html")
		bad := `<script>console.error("seen")</script><img src="http://127.0.0.1:9/away.png">`
		require.NoError(t, os.WriteFile(path, []byte(bad), 0o644))
		b.Problems, b.Requests = nil, nil
		b.open(path)
		require.Contains(t, strings.Join(b.Problems, "\n"), `"value":"seen"`)
		require.Contains(t, b.Requests, "http://127.0.0.1:9/away.png")
		b.Problems = nil
	})
	t.Run("charts are stepped through by keyboard", func(t *testing.T) { stepByKeyboard(t, b) })
	t.Run("the theme can be changed", func(t *testing.T) {
		b.open(saved(t, sampleRun(3)))
		paper := `getComputedStyle(document.body).backgroundColor`
		require.Equal(t, "rgb(255, 255, 255)", b.eval(paper))
		b.eval(`document.getElementById("theme").click()`)
		require.Equal(t, "rgb(20, 23, 27)", b.eval(paper))
	})
	t.Run("without scripts the claims and the stories are there", func(t *testing.T) {
		b.call("Emulation.setScriptExecutionDisabled", map[string]any{"value": true}, nil)
		defer b.call("Emulation.setScriptExecutionDisabled", map[string]any{"value": false}, nil)
		b.call("Page.navigate", map[string]any{"url": "file://" + saved(t, sampleRun(50))}, nil)
		for b.next().Method != "Page.loadEventFired" {
		}
		text := b.eval("document.body.innerText")
		require.Contains(t, text, "violations(I1) == 0")
		require.Contains(t, text, "savestone chaos replay .savestone/chaos/bad-evening-77#11")
		require.Contains(t, text, "the old SetAsync lands")
		require.Contains(t, text, "The timeline is drawn by a script.")
	})
}

func stepByKeyboard(t *testing.T, b *tab) {
	press := func(key string) {
		b.call("Input.dispatchKeyEvent", map[string]any{"type": "keyDown", "key": key}, nil)
		b.call("Input.dispatchKeyEvent", map[string]any{"type": "keyUp", "key": key}, nil)
	}
	run := sampleRun(300)
	b.open(saved(t, run))
	told := func(chart string) any {
		return b.eval(`document.querySelector("#` + chart + ` .readout").textContent`)
	}
	b.eval(`document.querySelector("#timeline-chart > svg").focus()`)
	press("Home")
	require.Contains(t, told("timeline-chart"), "00:00: ")
	press("ArrowRight")
	require.Contains(t, told("timeline-chart"), "00:10: ")
	press("End")
	require.Contains(t, told("timeline-chart"), "29:50: ")
	b.eval(`document.querySelector("#confidence-chart > svg").focus()`)
	press("End")
	require.Contains(t, told("confidence-chart"), "after 300 worlds: ")
	b.eval(`document.querySelector("#latency-chart > svg").focus()`)
	press("Home")
	require.Contains(t, told("latency-chart"), "longer than 3")

	b.eval(`document.querySelector("[aria-label='Zoom in']").click()`)
	require.Contains(t, b.eval(`document.getElementById("timeline-chart").textContent`), "10:00")
	b.eval(`document.querySelector("#timeline-chart details").open = true`)
	b.eval(`new Promise((done) => setTimeout(done, 0))`)
	require.EqualValues(t, 180, b.eval(`document.querySelectorAll("#timeline-chart tbody tr").length`))

	// All choices can be made.
	for _, list := range []string{"world", "claim", "metric"} {
		b.eval(`for (const one of document.getElementById("` + list + `").options) {
			one.selected = true;
			one.parentNode.dispatchEvent(new Event("change"));
		}`)
	}
	require.Empty(t, b.Problems)
}
