package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
)

// The forms in which commands answer.
const (
	asTable = "table"
	asJSON  = "json"
	asValue = "value" // just the value, for pipes
)

// outputFlag adds -o with its choices, the first of which is the default.
func outputFlag(cmd *cobra.Command, output *string, choices ...string) {
	*output = choices[0]
	cmd.Flags().VarP(&choice{output, choices}, "output", "o",
		"`FORM` of the answer: "+strings.Join(choices, ", "))
}

// choice is a flag that takes one of a few words.
type choice struct {
	value   *string
	choices []string
}

// String implements pflag.Value.
func (c *choice) String() string { return *c.value }

// Type implements pflag.Value.
func (c *choice) Type() string { return "word" }

// Set implements pflag.Value.
func (c *choice) Set(word string) error {
	if !slices.Contains(c.choices, word) {
		return fmt.Errorf("want one of %s", strings.Join(c.choices, ", "))
	}
	*c.value = word
	return nil
}

// printer answers in one of the forms.
type printer struct {
	out  io.Writer
	form string
}

// answer prints records as JSON, or as a table; row tells the cells of a record.
func answer[T any](p printer, records []T, header string, row func(T) []string) error {
	if p.form == asJSON {
		if records == nil {
			records = []T{}
		}
		return p.json(records)
	}
	rows := make([][]string, len(records))
	for i, record := range records {
		rows[i] = row(record)
	}
	return p.table(header, rows)
}

// table prints rows under a header of words, in columns as wide as they need to be.
func (p printer) table(header string, rows [][]string) error {
	w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, strings.Join(strings.Fields(strings.ToUpper(header)), "\t"))
	for _, row := range rows {
		fmt.Fprintln(w, strings.Join(row, "\t"))
	}
	return broken(w.Flush())
}

func (p printer) json(v any) error {
	encoder := json.NewEncoder(p.out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return broken(encoder.Encode(v))
}

func (p printer) line(format string, args ...any) error {
	_, err := fmt.Fprintf(p.out, format+"\n", args...)
	return broken(err)
}

// broken is the error of an output that takes no more.
func broken(err error) error {
	if err == nil {
		return nil
	}
	return &exit{exitEnvironment, fmt.Errorf("print the answer: %w", err)}
}

// plain returns a name as a table shows it: quoted if it would disturb the table or look like
// something else.
func plain(name string) string {
	quoted := strconv.Quote(name)
	if name == "" || strings.Contains(name, " ") || quoted != `"`+name+`"` {
		return quoted
	}
	return name
}

// stateText tells a tombstone from what has a value.
func stateText(removed bool) string {
	if removed {
		return "removed"
	}
	return "live"
}

// timeText writes Unix milliseconds as people read them.
func timeText(ms int64) string {
	return time.UnixMilli(ms).UTC().Format("2006-01-02T15:04:05.000Z")
}
