package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"github.com/jstemmer/go-junit-report/v2/junit"

	"savestone/scenarios/stats"
	"savestone/scenarios/verdict"
)

// JUnit writes one test case for each claim, for the places that read tests. A refuted claim is a
// failure. One that is not shown, or outside the model, is an error: nothing failed, and yet it
// did not pass.
func JUnit(w io.Writer, run *verdict.Run) error {
	suite := junit.Testsuite{Name: run.Name}
	suite.AddProperty("seed", fmt.Sprint(run.Seed))
	suite.AddProperty("plan", run.PlanID)
	suite.AddProperty("system", run.SutID)
	suite.AddProperty("run", run.Hash)
	for _, r := range run.Claims {
		suite.AddTestcase(testcase(run, r))
	}
	if len(run.Claims) == 0 {
		suite.AddTestcase(junit.Testcase{
			Name: "claims", Classname: run.Name, Time: "0",
			Error: &junit.Result{Type: string(stats.NotShown), Message: standing(nil)},
		})
	}
	all := junit.Testsuites{Name: "savestone chaos"}
	all.AddSuite(suite)
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	if err := all.WriteXML(w); err != nil {
		return fmt.Errorf("write JUnit's XML: %w", err)
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func testcase(run *verdict.Run, r verdict.Result) junit.Testcase {
	one := junit.Testcase{Name: r.Claim, Classname: run.Name, Time: "0"}
	if r.Cell != "" {
		one.Classname += " " + r.Cell
	}
	lines := []string{r.Found, r.Why, unsettled(r, run), r.Means}
	text := tame(strings.Join(strings.Fields(strings.Join(lines, "\n")), " "))
	result := &junit.Result{Type: string(r.Verdict), Message: r.Found, Data: text}
	switch r.Verdict {
	case stats.Proven:
		one.SystemOut = &junit.Output{Data: text}
	case stats.Refuted:
		one.Failure = result
	default:
		one.Error = result
	}
	return one
}
