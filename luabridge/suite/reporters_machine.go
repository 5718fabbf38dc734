package suite

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/jstemmer/go-junit-report/v2/junit"
)

// reportSchema names the form of the JSON report; fields are only ever added to it.
const reportSchema = "savestone.report/v1"

type jsonReport struct {
	Schema  string     `json:"schema"`
	Seed    uint64     `json:"seed"`
	Hash    string     `json:"hash"`
	OK      bool       `json:"ok"`
	Passed  int        `json:"passed"`
	Failed  int        `json:"failed"`
	Skipped int        `json:"skipped"`
	Took    float64    `json:"seconds"`
	Files   []jsonFile `json:"files"`
}

type jsonFile struct {
	Name     string       `json:"name"`
	Path     string       `json:"path"`
	Seed     uint64       `json:"seed"`
	Flaky    bool         `json:"flaky,omitempty"`
	Problem  *jsonProblem `json:"problem,omitempty"`
	Uncaught int          `json:"uncaught"`
	Took     float64      `json:"seconds"`
	Virtual  float64      `json:"virtualSeconds"`
	Requests int          `json:"requests"`
	Refused  int          `json:"requestsFailed"`
	Faults   int          `json:"faults"`
	Unstored []string     `json:"unstoredSnapshots,omitempty"`
	Cases    []jsonCase   `json:"cases"`
}

type jsonCase struct {
	Path    []string     `json:"path"`
	Status  Status       `json:"status"`
	Problem *jsonProblem `json:"problem,omitempty"`
	Output  []string     `json:"output,omitempty"`
	Calls   []jsonCall   `json:"calls,omitempty"`
	Took    float64      `json:"seconds"`
	Virtual float64      `json:"virtualSeconds"`
}

type jsonProblem struct {
	Message string `json:"message"`
	Path    string `json:"path,omitempty"`
	Line    int    `json:"line,omitempty"`
	Column  int    `json:"column,omitempty"`
	Trace   string `json:"trace,omitempty"`
}

type jsonCall struct {
	At      float64 `json:"atSeconds"`
	Took    float64 `json:"virtualSeconds"`
	Op      string  `json:"op"`
	Store   string  `json:"store"`
	Key     string  `json:"key"`
	Outcome string  `json:"outcome"`
}

func writeJSON(w io.Writer, r *Report, _ TextOptions) error {
	out := jsonReport{
		Schema: reportSchema, Seed: r.Seed, Hash: r.Hash, OK: r.OK(), Took: r.Took.Seconds(),
		Passed: r.Count(Passed), Failed: r.Count(Failed), Skipped: r.Count(Skipped),
		Files: make([]jsonFile, len(r.Files)),
	}
	for i, f := range r.Files {
		out.Files[i] = jsonFile{
			Name: f.Name, Path: f.Path, Seed: f.Seed, Flaky: f.Flaky, Problem: jsonOf(f.Problem),
			Uncaught: f.Uncaught, Took: f.Took.Seconds(), Virtual: f.Virtual.Seconds(),
			Requests: f.Calls.Requests, Refused: f.Calls.Failed, Faults: f.Calls.Faults,
			Unstored: f.Unstored,
			Cases:    make([]jsonCase, len(f.Cases)),
		}
		for j, c := range f.Cases {
			out.Files[i].Cases[j] = jsonCase{
				Path: c.Path, Status: c.Status, Problem: jsonOf(c.Problem), Output: c.Output,
				Calls: jsonCalls(c), Took: c.Took.Seconds(), Virtual: c.Virtual.Seconds(),
			}
		}
	}
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "\t")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(out)
}

func jsonOf(p *Problem) *jsonProblem {
	if p == nil {
		return nil
	}
	return &jsonProblem{p.Message, p.Path, p.Line, p.Col, p.Trace}
}

// jsonCalls gives the requests of a failed case; those of the others would only make the file long.
func jsonCalls(c *Case) []jsonCall {
	if c.Status != Failed {
		return nil
	}
	calls := make([]jsonCall, len(c.Trace))
	for i, call := range c.Trace {
		calls[i] = jsonCall{
			call.At.Seconds(), call.Took.Seconds(), call.Op.String(), call.Store, call.Key,
			call.Outcome,
		}
	}
	return calls
}

func writeJUnit(w io.Writer, r *Report, _ TextOptions) error {
	suites := junit.Testsuites{Name: "savestone", Time: seconds(r.Took)}
	for _, f := range r.Files {
		s := junit.Testsuite{
			Name: f.Name, File: f.Path, Time: seconds(f.Took), ID: len(suites.Suites),
		}
		if f.Problem != nil {
			s.AddTestcase(junit.Testcase{
				Name: "(file)", Classname: f.Name, Error: junitResult(f.Problem),
			})
		}
		for _, c := range f.Cases {
			test := junit.Testcase{
				Name: strings.Join(c.Path, " › "), Classname: f.Name, Time: seconds(c.Took),
			}
			switch c.Status {
			case Failed:
				test.Failure = junitResult(c.Problem)
			case Skipped:
				test.Skipped = &junit.Result{Message: "skipped"}
			}
			if len(c.Output) > 0 {
				test.SystemOut = &junit.Output{Data: strings.Join(c.Output, "\n")}
			}
			s.AddTestcase(test)
		}
		suites.AddSuite(s)
	}
	return suites.WriteXML(w)
}

func junitResult(p *Problem) *junit.Result {
	return &junit.Result{Message: p.Message, Data: p.place() + "\n" + p.Message + "\n" + p.Trace}
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.3f", d.Seconds()) }

// writeTAP writes version 14 of the Test Anything Protocol.
func writeTAP(w io.Writer, r *Report, _ TextOptions) error {
	var b strings.Builder
	n := 0
	line := func(ok bool, name, note string) {
		n++
		word := "ok"
		if !ok {
			word = "not ok"
		}
		fmt.Fprintf(&b, "%s %d - %s%s\n", word, n, strings.ReplaceAll(name, "#", `\#`), note)
	}
	for _, f := range r.Files {
		if f.Problem != nil {
			line(false, f.Name, "")
			yamlBlock(&b, f.Problem)
		}
		for _, c := range f.Cases {
			switch c.Status {
			case Passed:
				line(true, title(f, c), "")
			case Skipped:
				line(true, title(f, c), " # SKIP")
			case Failed:
				line(false, title(f, c), "")
				yamlBlock(&b, c.Problem)
			}
		}
	}
	_, err := fmt.Fprintf(w, "TAP version 14\n1..%d\n%s", n, b.String())
	return err
}

func yamlBlock(b *strings.Builder, p *Problem) {
	fmt.Fprintf(b, "  ---\n  message: %q\n", p.Message)
	if p.place() != "" {
		fmt.Fprintf(b, "  at: %q\n", p.place())
	}
	b.WriteString("  ...\n")
}

// githubShown is how many annotations GitHub shows for one step.
const githubShown = 10

// writeGitHub writes GitHub's annotations, and a table of all failures to the step's summary.
func writeGitHub(w io.Writer, r *Report, o TextOptions) error {
	shown := 0
	var table strings.Builder
	fmt.Fprintf(&table, "### savestone: %d passed, %d failed, %d skipped\n\n",
		r.Count(Passed), r.Count(Failed), r.Count(Skipped))
	failures(r, func(f *File, c *Case, p *Problem) {
		if shown++; shown <= githubShown {
			fmt.Fprintf(w, "::error file=%s,line=%d,title=%s::%s\n", githubProperty(p.Path), p.Line,
				githubProperty(title(f, c)), githubText(p.Message))
		}
		if shown == 1 {
			table.WriteString("| failure | at | message |\n|---|---|---|\n")
		}
		fmt.Fprintf(&table, "| %s | %s | %s |\n",
			cell(title(f, c)), cell(p.place()), cell(p.Message))
	})
	return appendSummary(o.Summary, table.String())
}

// appendSummary adds to the file that GitHub shows as the step's summary, if there is one.
func appendSummary(path, text string) error {
	if path == "" {
		return nil
	}
	file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("write the step's summary: %w", err)
	}
	if _, err := file.WriteString(text); err != nil {
		return fmt.Errorf("write the step's summary: %w", err)
	}
	return file.Close()
}

func githubText(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(s)
}

func githubProperty(s string) string {
	return strings.NewReplacer(":", "%3A", ",", "%2C").Replace(githubText(s))
}

func cell(s string) string {
	return strings.NewReplacer("|", `\|`, "\n", "<br>").Replace(s)
}
