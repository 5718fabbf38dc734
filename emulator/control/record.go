package control

import (
	"bytes"
	"encoding/json"
	"time"

	"savestone/emulator"
)

// Record is a line of an export: a data store, an entry of one, or when the last snapshot of
// versions was taken (R110).
type Record struct {
	Kind  string `json:"kind,omitempty" doc:"standard or ordered"`
	Store string `json:"store,omitempty"`
	Scope string `json:"scope,omitempty"`
	Key   string `json:"key,omitempty"`

	Versions  []RecordVersion `json:"versions,omitempty" doc:"of a standard entry, newest first"`
	Forgotten string          `json:"forgotten,omitempty" doc:"the current version, if removed"`
	Number    *int64          `json:"number,omitempty" doc:"of an ordered entry"`

	Created  string `json:"created,omitempty" doc:"of a store"`
	Updated  string `json:"updated,omitempty" doc:"of a store"`
	Snapshot string `json:"snapshot,omitempty"`
}

// RecordVersion is a version of an entry. JSON that has white space stands in a text.
type RecordVersion struct {
	Version      string          `json:"version"`
	Expires      string          `json:"expires,omitempty" doc:"unless it is current"`
	UserIDs      []int64         `json:"userIds,omitempty"`
	Metadata     json.RawMessage `json:"metadata,omitempty"`
	MetadataText string          `json:"metadataText,omitempty"`
	Value        json.RawMessage `json:"value,omitempty" doc:"neither it nor its text: a tombstone"`
	ValueText    string          `json:"valueText,omitempty"`
}

// EncodeRecord writes a record on one line.
func EncodeRecord(r emulator.Record) ([]byte, error) {
	shown := Record{
		Kind: r.Store.Kind.String(), Store: r.Store.Name, Scope: r.Store.Scope, Key: r.Key,
		Forgotten: r.Forgotten, Created: timeOrNone(r.Created), Updated: timeOrNone(r.Updated),
	}
	switch {
	case !r.Snapshot.IsZero():
		shown = Record{Snapshot: shownTime(r.Snapshot)}
	case r.Key != "" && r.Store.Kind == emulator.Ordered:
		shown.Number = &r.Number
	}
	for _, v := range r.Versions {
		version := RecordVersion{Version: v.ID, Expires: timeOrNone(v.Expires), UserIDs: v.UserIDs}
		version.Value, version.ValueText = exact(v.Value)
		version.Metadata, version.MetadataText = exact(v.Metadata)
		shown.Versions = append(shown.Versions, version)
	}
	return encodeLine(shown)
}

// exact returns a JSON text as JSON if writing that keeps each of its bytes, else as a text.
func exact(raw json.RawMessage) (json.RawMessage, string) {
	if raw == nil {
		return nil, ""
	}
	line, err := encodeLine(raw)
	if err == nil && bytes.Equal(bytes.TrimSuffix(line, []byte("\n")), raw) {
		return raw, ""
	}
	return nil, string(raw)
}

func timeOrNone(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return shownTime(t)
}

func decodeRecord(line []byte) (emulator.Record, error) {
	var shown Record
	decoder := json.NewDecoder(bytes.NewReader(line))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&shown); err != nil {
		return emulator.Record{}, wrong("%s", explained(err, &shown))
	}
	r := emulator.Record{
		Store: emulator.StoreID{Name: shown.Store, Scope: shown.Scope}, Key: shown.Key,
		Forgotten: shown.Forgotten,
	}
	switch {
	case shown.Kind == "ordered":
		r.Store.Kind = emulator.Ordered
	case shown.Kind != "standard" && shown.Snapshot == "":
		return r, wrong("got the kind %q, want standard or ordered", shown.Kind)
	}
	if shown.Number != nil {
		r.Number = *shown.Number
	}
	for _, t := range []struct {
		text string
		into *time.Time
	}{{shown.Created, &r.Created}, {shown.Updated, &r.Updated}, {shown.Snapshot, &r.Snapshot}} {
		if err := parseTime(t.text, t.into); err != nil {
			return r, err
		}
	}
	for _, v := range shown.Versions {
		version := emulator.Version{ID: v.Version, UserIDs: v.UserIDs}
		version.Value = either(v.Value, v.ValueText)
		version.Metadata = either(v.Metadata, v.MetadataText)
		if err := parseTime(v.Expires, &version.Expires); err != nil {
			return r, err
		}
		r.Versions = append(r.Versions, version)
	}
	return r, nil
}

func either(raw json.RawMessage, text string) json.RawMessage {
	if text != "" {
		return json.RawMessage(text)
	}
	return raw
}

func parseTime(text string, into *time.Time) error {
	if text == "" {
		return nil
	}
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return wrong("got the time %q, want one such as 2026-01-31T12:00:00Z", text)
	}
	*into = t.UTC()
	return nil
}
