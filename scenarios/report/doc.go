// Package report shows people and machines what a run proved: one HTML page that opens from disk
// without a network, the run itself as JSON, JUnit for the places that read tests, Markdown for
// pull requests, and a summary for the terminal.
//
//	run, err := report.Load("reports/bad-evening.json")
//	err = report.HTML(page, run)
//
// Everything answers the reader's questions in the order they are asked: what is claimed and does
// it hold, when did things fail, how sure is that, how slow was it, where does it hold, how exactly
// did it go wrong, and what does all this not say. The worst comes first.
//
// Names and values in a run come from the system under test and are hostile until shown to be
// otherwise: the page escapes them and forbids itself every script but its own.
//
// It is a package of its own because a run that was saved is shown again later, on other machines,
// by commands that run no worlds.
package report
