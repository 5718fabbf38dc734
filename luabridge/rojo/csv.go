package rojo

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
)

// translation is one entry of a LocalizationTable, in the form of its Contents property.
type translation struct {
	Key     string            `json:"key,omitempty"`
	Context string            `json:"context,omitempty"`
	Example string            `json:"example,omitempty"`
	Source  string            `json:"source,omitempty"`
	Values  map[string]string `json:"values"`
}

// becomeTable makes a node a LocalizationTable. Columns that are not Key, Source, Context or
// Example are languages.
func becomeTable(node *Node, path string, data []byte) error {
	reader := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff"))))
	reader.FieldsPerRecord = -1
	rows, err := reader.ReadAll()
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	entries := []translation{}
	for i := 1; i < len(rows); i++ {
		entry := translation{Values: map[string]string{}}
		for column, text := range rows[i] {
			if text != "" && column < len(rows[0]) {
				entry.put(rows[0][column], text)
			}
		}
		if entry.Key != "" || entry.Source != "" {
			entries = append(entries, entry)
		}
	}
	contents, err := json.Marshal(entries)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	node.ClassName = "LocalizationTable"
	node.Properties = set(node.Properties, "Contents", string(contents))
	return nil
}

func (t *translation) put(column, text string) {
	switch column {
	case "Key":
		t.Key = text
	case "Context":
		t.Context = text
	case "Example":
		t.Example = text
	case "Source":
		t.Source = text
	default:
		t.Values[column] = text
	}
}
