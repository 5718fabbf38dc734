package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"savestone/scenarios/verdict"
)

// JSON writes the run as it is. The same run gives the same bytes, so that two files can be
// compared to see whether two runs were the same.
func JSON(w io.Writer, run *verdict.Run) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(run); err != nil {
		return fmt.Errorf("write the run %q as JSON: %w", run.Name, err)
	}
	return nil
}

// Load reads a run that JSON wrote.
func Load(path string) (*verdict.Run, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	// The schema is looked at first: the rest of another document would only confuse.
	var head struct {
		Schema string `json:"schema"`
	}
	if err := json.Unmarshal(text, &head); err != nil {
		return nil, fmt.Errorf("%s: got something else than JSON, want a run: %w", path, err)
	}
	if head.Schema != verdict.Schema {
		return nil, fmt.Errorf("%s: got the schema %q, want %q, as `savestone chaos run` writes it",
			path, head.Schema, verdict.Schema)
	}
	run := &verdict.Run{}
	if err := json.NewDecoder(bytes.NewReader(text)).Decode(run); err != nil {
		return nil, fmt.Errorf("%s: read the run: %w", path, err)
	}
	return run, nil
}
