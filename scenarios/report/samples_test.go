package report

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"savestone/scenarios/verdict"
)

// TestWriteSamples leaves pages and pictures of them to look at:
//
//	REPORT_SAMPLES=/tmp/report go test -run WriteSamples ./scenarios/report
func TestWriteSamples(t *testing.T) {
	folder := os.Getenv("REPORT_SAMPLES")
	if folder == "" {
		t.Skip("skipped: set REPORT_SAMPLES to a folder for pages to look at")
	}
	b := browse(t)
	for name, run := range map[string]*verdict.Run{
		"evening": sampleRun(3000), "matrix": sampleMatrix(40), "hostile": hostileRun(), "empty": {Name: "empty"},
	} {
		page, err := os.ReadFile(saved(t, run))
		require.NoError(t, err)
		path := filepath.Join(folder, name)
		require.NoError(t, os.WriteFile(path+".html", page, 0o644))
		for _, width := range []int{1280, 360} {
			for _, theme := range []string{"light", "dark"} {
				b.size(width, theme)
				b.open(path + ".html")
				b.picture(fmt.Sprintf("%s-%d-%s.png", path, width, theme))
			}
		}
	}
}
