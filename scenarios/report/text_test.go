package report

import (
	"bytes"
	"encoding/xml"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"savestone/scenarios/stats"
	"savestone/scenarios/verdict"
)

func TestTextIsTheVerdictAndItsReasons(t *testing.T) {
	run := sampleRun(50)
	run.Claims = run.Claims[2:5]
	var out bytes.Buffer
	require.NoError(t, Text(&out, run, TextOptions{Files: []string{"r.html", "r.json"}}))
	require.Equal(t, ` bad-evening   seed 77   50 worlds   25 h virtual, 750 h played

 █ VERDICT  REFUTED   0 of 3 claims proven, 1 refuted, 2 not shown   (95 % confidence)

   ✕ violations(I1) == 0                          1 violations
   ? recovery <= 60s                              no trials
     No trials: nothing in this run measured it, and no data is never a pass.
   ? session_final >= 99.99%                      0 of 41 failed
     29,956 worlds with no more than 0 bad would show it: 29,906 more.

   violations                 I1 1
   failed saves by cause      outage outlasts the retries 30
   faults that hit            slow 65,000 · outage 720 · lost-acks 56
   faults that never hit      scope-incident (misdirect)
   replay the first           savestone chaos replay .savestone/chaos/bad-evening-77#11
   the same again             seed 77 · plan 3fa2c1d09be4 · system 9b1c55d2e0f3 · run c0ffee123456 · savestone 0.1.0

report  r.html  r.json
`, out.String())
}

func TestAClaimIsNotWrittenTwice(t *testing.T) {
	run := &verdict.Run{Claims: []verdict.Result{
		{Claim: "a{case=calm} >= 99%", Cell: "case=calm", Found: "found it", Verdict: stats.Proven},
		{Claim: strings.Repeat("long", 20), Cell: "case=bad", Found: "found it too", Verdict: stats.Proven},
	}}
	var out bytes.Buffer
	require.NoError(t, Text(&out, run, TextOptions{}))
	require.Contains(t, out.String(), "   ✓ a{case=calm} >= 99%                          found it\n")
	require.Contains(t, out.String(), "longlong [case=bad]\n     found it too\n")
}

func TestTextIsColouredOnlyWhenAsked(t *testing.T) {
	var plain, coloured bytes.Buffer
	require.NoError(t, Text(&plain, sampleRun(20), TextOptions{}))
	require.NoError(t, Text(&coloured, sampleRun(20), TextOptions{Colour: true}))
	require.NotContains(t, plain.String(), "\x1b")
	require.Contains(t, coloured.String(), "\x1b[31m█ VERDICT  REFUTED\x1b[0m")
	bare := coloured.String()
	for _, code := range []string{"\x1b[31m", "\x1b[32m", "\x1b[33m", "\x1b[35m", "\x1b[0m"} {
		bare = strings.ReplaceAll(bare, code, "")
	}
	require.Equal(t, plain.String(), bare)
}

func TestTextInASCIIHasNothingElse(t *testing.T) {
	for _, run := range []*verdict.Run{sampleRun(20), hostileRun()} {
		var out bytes.Buffer
		require.NoError(t, Text(&out, run, TextOptions{ASCII: true}))
		for _, b := range out.Bytes() {
			require.True(t, b == '\n' || b >= ' ' && b <= '~', "%q", b)
		}
		require.Contains(t, out.String(), "# VERDICT  REFUTED")
		require.Contains(t, out.String(), "   XX ")
	}
}

// A name must not be able to clear the screen, or to print a line that looks like a verdict.
func TestNamesCannotCommandATerminal(t *testing.T) {
	run := hostileRun()
	run.Name += "\n █ VERDICT  PROVEN\r"
	var out bytes.Buffer
	require.NoError(t, Text(&out, run, TextOptions{}))
	require.NotContains(t, out.String(), "\x1b")
	require.NotContains(t, out.String(), "\x00")
	require.NotContains(t, out.String(), "\u202e")
	require.NotContains(t, out.String(), "\r")
	require.NotContains(t, out.String(), "\n █ VERDICT  PROVEN")
}

func TestMarkdownTakesNoMarkupFromNames(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, Markdown(&out, hostileRun()))
	for _, line := range strings.Split(out.String(), "\n") {
		outside, _, _ := strings.Cut(line, "`` ") // what follows is code, in a fence of two
		require.NotContains(t, outside, "<script")
		require.NotContains(t, outside, "<img")
		require.NotContains(t, outside, "@all")
		if strings.HasPrefix(line, "| ") {
			cells := strings.Count(line, "|") - strings.Count(line, `\|`)
			require.Equal(t, 5, cells, line)
		}
	}
	require.Equal(t, "`a`", codeSpan("a"))
	require.Equal(t, "`` a`b ``", codeSpan("a`\n`b`"[0:2]+"b"))
}

func TestJUnitHasACaseForEachClaim(t *testing.T) {
	for _, run := range []*verdict.Run{sampleRun(20), hostileRun()} {
		var out bytes.Buffer
		require.NoError(t, JUnit(&out, run))
		var got struct {
			Tests    int `xml:"tests,attr"`
			Failures int `xml:"failures,attr"`
			Errors   int `xml:"errors,attr"`
			Cases    []struct {
				Failure *struct {
					Type string `xml:"type,attr"`
				} `xml:"failure"`
				Error *struct {
					Type string `xml:"type,attr"`
				} `xml:"error"`
			} `xml:"testsuite>testcase"`
		}
		require.NoError(t, xml.Unmarshal(out.Bytes(), &got), out.String())
		counts := map[stats.Verdict]int{}
		for _, r := range run.Claims {
			counts[r.Verdict]++
		}
		require.Equal(t, len(run.Claims), got.Tests)
		require.Equal(t, counts[stats.Refuted], got.Failures)
		require.Equal(t, counts[stats.NotShown]+counts[stats.OutsideModel], got.Errors, "neither passed")
		for i, r := range run.Claims {
			switch one := got.Cases[i]; r.Verdict {
			case stats.Proven:
				require.True(t, one.Failure == nil && one.Error == nil)
			case stats.Refuted:
				require.Equal(t, "REFUTED", one.Failure.Type)
			default:
				require.Equal(t, string(r.Verdict), one.Error.Type)
			}
		}
	}
}

func TestARunWithoutClaimsPassesNowhere(t *testing.T) {
	run := &verdict.Run{Schema: verdict.Schema, Name: "no claims"}
	var text, xml bytes.Buffer
	require.NoError(t, Text(&text, run, TextOptions{}))
	require.Contains(t, text.String(), "VERDICT  NOT SHOWN   the plan makes no claims")
	require.NoError(t, JUnit(&xml, run))
	require.Contains(t, xml.String(), `errors="1"`)
}
