package report

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"savestone/scenarios/verdict"
)

// TestThePageHasNoBarriersThatAxeKnows holds the page to WCAG 2.2 AA as far as a program can.
func TestThePageHasNoBarriersThatAxeKnows(t *testing.T) {
	if os.Getenv("SAVESTONE_NET") != "1" {
		t.Skip("skipped: SAVESTONE_NET is not 1; want it for axe-core from npm")
	}
	b, folder := browse(t), t.TempDir()
	npm := exec.CommandContext(t.Context(), "npm", "install", "--ignore-scripts", "--no-audit",
		"--prefix", folder, "axe-core@4.10.3")
	output, err := npm.CombinedOutput()
	require.NoError(t, err, string(output))
	axe, err := os.ReadFile(filepath.Join(folder, "node_modules", "axe-core", "axe.min.js"))
	require.NoError(t, err)
	for _, run := range []*verdict.Run{sampleRun(12), sampleMatrix(2), hostileRun(), {}} {
		for width, theme := range map[int]string{1280: "light", 360: "dark"} {
			b.size(width, theme)
			b.open(saved(t, run))
			b.eval(`document.querySelectorAll("details").forEach((one) => { one.open = true; })`)
			b.eval(string(axe) + "; 0")
			found := b.eval(`axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a",
					"wcag21aa", "wcag22aa", "best-practice"] }).then((found) => JSON.stringify({
						passes: found.passes.length,
						violations: found.violations.map((one) => [one.id, one.nodes[0].html]),
					}))`)
			var got struct {
				Passes     int
				Violations [][]string
			}
			require.NoError(t, json.Unmarshal([]byte(found.(string)), &got))
			require.Empty(t, got.Violations, "%q %s %d", run.Name, theme, width)
			require.Greater(t, got.Passes, 20)
		}
	}
}
