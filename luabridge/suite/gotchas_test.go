package suite_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"savestone/emulator"
	"savestone/luabridge"
	"savestone/luabridge/suite"
)

// gotchas is the number of entries of section 31.
const gotchas = 39

// gotchaTimeout lets a case wait until what it removed is gone.
const gotchaTimeout = 100 * 24 * time.Hour

const gotchasFolder = "../../testdata/luau/gotchas"

// Section 31: what real developers trip over happens here as it does in Roblox.
func TestGotchasBiteAsTheyDoInRoblox(t *testing.T) {
	place, err := luabridge.Open(filepath.Join(gotchasFolder, "default.project.json"))
	require.NoError(t, err)
	report, err := suite.Run(t.Context(), place, suite.Options{
		Clock: emulator.Wall{}, Workers: 2, Timeout: gotchaTimeout,
	})
	require.NoError(t, err)
	require.Len(t, report.Files, gotchas)
	for i, file := range report.Files {
		t.Run(file.Name, func(t *testing.T) {
			require.Contains(t, file.Name, fmt.Sprintf("G%02d-", i+1))
			require.Nil(t, file.Problem)
			require.NotEmpty(t, file.Cases)
			for _, c := range file.Cases {
				require.Equal(t, suite.Passed, c.Status, "%s: %+v\n%s",
					strings.Join(c.Path, " "), c.Problem, trace(c))
			}
		})
	}
}

// trace is the end of what a case asked of the data stores.
func trace(c *suite.Case) string {
	const last = 20
	var b bytes.Buffer
	suite.WriteTrace(&b, c.Trace[max(0, len(c.Trace)-last):])
	return b.String() + strings.Join(c.Output, "\n")
}

// mocked are the services that testdata/Naive.luau stands for.
var mocked = regexp.MustCompile(
	`game:GetService\("(DataStoreService|MemoryStoreService|MessagingService|Players)"\)`)

// A double that knows no rules must fail every one of the specs; else they show nothing.
func TestEveryGotchaCatchesANaiveMock(t *testing.T) {
	naive, err := os.ReadFile("testdata/Naive.luau")
	require.NoError(t, err)
	files := map[string]string{"src/Naive.luau": string(naive)}
	specs, err := filepath.Glob(filepath.Join(gotchasFolder, "src", "*.spec.luau"))
	require.NoError(t, err)
	for _, path := range specs {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		files["src/"+filepath.Base(path)] = mocked.ReplaceAllString(
			string(text), `require(game.ReplicatedStorage.lib.Naive)("$1")`)
	}
	report := run(t, suite.Options{Workers: 2, Timeout: gotchaTimeout}, files)
	require.Len(t, report.Files, gotchas)
	for _, file := range report.Files {
		require.Nil(t, file.Problem, file.Name)
		require.NotZero(t, file.Count(suite.Failed), file.Name)
	}
}
