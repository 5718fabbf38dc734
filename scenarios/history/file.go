package history

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"savestone/emulator"
)

// A saved history is JSON, a line each: first the format, then the requests in the order of their
// calls, then the commits in theirs. The same history gives the same bytes. Values are texts, so
// that they come back byte for byte.

const format = "savestone.history/v1"

type (
	header struct {
		Format  string `json:"format"`
		Ops     int    `json:"ops"`
		Commits int    `json:"commits"`
	}
	keyLine struct {
		Kind  string `json:"kind"`
		Store string `json:"store"`
		Scope string `json:"scope"`
		Key   string `json:"key"`
	}
	entryLine struct {
		Found      bool   `json:"found"`
		Version    string `json:"version,omitempty"`
		Value      string `json:"value,omitempty"`
		Attributes string `json:"attributes,omitempty"`
	}
	momentLine struct {
		Seq int64         `json:"seq"`
		At  time.Duration `json:"ns"`
	}
	opLine struct {
		ID     int    `json:"id"`
		Server string `json:"server"`
		Op     string `json:"op"`
		keyLine
		Value       string      `json:"value,omitempty"`
		Attributes  string      `json:"attributes,omitempty"`
		Delta       int64       `json:"delta,omitempty"`
		Conditional bool        `json:"conditional,omitempty"`
		Named       string      `json:"named,omitempty"`
		Call        momentLine  `json:"call"`
		Return      *momentLine `json:"return,omitempty"`
		Outcome     string      `json:"outcome"`
		Error       string      `json:"error,omitempty"`
		Answer      *entryLine  `json:"answer,omitempty"`
	}
	commitLine struct {
		CommitOf int    `json:"commitOf"`
		Op       string `json:"op"`
		keyLine
		Begin momentLine `json:"begin"`
		End   momentLine `json:"end"`
		Entry entryLine  `json:"entry"`
	}
)

// Save writes the history so that Load reads the same.
func (h *History) Save(w io.Writer) error {
	buffered := bufio.NewWriter(w)
	err := h.encode(newEncoder(buffered))
	if err = errors.Join(err, buffered.Flush()); err != nil {
		return fmt.Errorf("save history: %w", err)
	}
	return nil
}

func newEncoder(w io.Writer) *json.Encoder {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	return encoder
}

func (h *History) encode(encoder *json.Encoder) error {
	err := encoder.Encode(header{format, len(h.Ops), len(h.Commits)})
	for i := 0; err == nil && i < len(h.Ops); i++ {
		err = encoder.Encode(h.opLine(&h.Ops[i]))
	}
	for i := 0; err == nil && i < len(h.Commits); i++ {
		err = encoder.Encode(h.commitLine(&h.Commits[i]))
	}
	return err
}

func (h *History) opLine(op *Op) opLine {
	line := opLine{
		ID: op.ID, Server: op.Server, Op: op.Kind.String(), keyLine: h.keyLine(op.Key),
		Value: op.Value, Attributes: op.Attributes, Delta: op.Delta, Conditional: op.Conditional,
		Named: h.Versions[op.Named].Text, Call: momentLine(op.Call), Outcome: op.Outcome.String(),
		Error: op.Error,
	}
	if op.Return.Seq != 0 {
		line.Return = new(momentLine(op.Return))
	}
	if op.Outcome == OK {
		line.Answer = new(h.entryLine(&op.Answer))
	}
	return line
}

func (h *History) commitLine(c *Commit) commitLine {
	return commitLine{
		CommitOf: c.Op, Op: c.Kind.String(), keyLine: h.keyLine(c.Key),
		Begin: momentLine(c.Begin), End: momentLine(c.End), Entry: h.entryLine(&c.Entry),
	}
}

func (h *History) keyLine(id KeyID) keyLine {
	key := h.Keys[id]
	return keyLine{key.Store.Kind.String(), key.Store.Name, key.Store.Scope, key.Name}
}

func (h *History) entryLine(e *Entry) entryLine {
	return entryLine{e.Found, h.Versions[e.Version].Text, e.Value, e.Attributes}
}

// Load reads what Save wrote.
func Load(r io.Reader) (*History, error) {
	h := &History{names: newNames()}
	decoder := newDecoder(r)
	err := h.decode(decoder)
	if err == nil && decoder.More() {
		err = fmt.Errorf("got more after %d requests and %d commits", len(h.Ops), len(h.Commits))
	}
	if err != nil {
		return nil, fmt.Errorf("load history: %w", err)
	}
	return h, nil
}

func newDecoder(r io.Reader) *json.Decoder {
	decoder := json.NewDecoder(r)
	decoder.DisallowUnknownFields()
	return decoder
}

func (h *History) decode(decoder *json.Decoder) error {
	var head header
	if err := decoder.Decode(&head); err != nil {
		return err
	}
	if head.Format != format {
		return fmt.Errorf("got the format %q, want %q", head.Format, format)
	}
	for i := range head.Ops {
		var line opLine
		if err := decoder.Decode(&line); err != nil {
			return fmt.Errorf("request %d of %d: %w", i+1, head.Ops, err)
		}
		if err := h.addOp(&line); err != nil {
			return fmt.Errorf("request %d: %w", i+1, err)
		}
	}
	for i := range head.Commits {
		var line commitLine
		if err := decoder.Decode(&line); err != nil {
			return fmt.Errorf("commit %d of %d: %w", i+1, head.Commits, err)
		}
		if err := h.addCommit(&line); err != nil {
			return fmt.Errorf("commit %d: %w", i+1, err)
		}
	}
	h.arrange()
	return nil
}

func (h *History) addOp(line *opLine) error {
	if line.ID != len(h.Ops)+1 {
		return fmt.Errorf("got the id %d, want %d", line.ID, len(h.Ops)+1)
	}
	kind, key, err := h.request(line.Op, &line.keyLine)
	if err != nil {
		return err
	}
	outcome := slices.Index(outcomeNames[:], line.Outcome)
	if outcome < 0 {
		return fmt.Errorf("got the outcome %q, want one of %s",
			line.Outcome, strings.Join(outcomeNames[:], ", "))
	}
	op := Op{
		ID: line.ID, Server: line.Server, Kind: kind, Key: key, Value: line.Value,
		Attributes: line.Attributes, Delta: line.Delta, Conditional: line.Conditional,
		Named: h.version(key, line.Named), Call: Moment(line.Call), Outcome: Outcome(outcome),
		Error: line.Error,
	}
	if line.Return != nil {
		op.Return = Moment(*line.Return)
	}
	if line.Answer != nil {
		op.Answer = h.entry(key, line.Answer)
	}
	h.Ops = append(h.Ops, op)
	return nil
}

func (h *History) addCommit(line *commitLine) error {
	kind, key, err := h.request(line.Op, &line.keyLine)
	if err != nil {
		return err
	}
	h.Commits = append(h.Commits, Commit{
		Op: line.CommitOf, Kind: kind, Key: key, Begin: Moment(line.Begin), End: Moment(line.End),
		Entry: h.entry(key, &line.Entry),
	})
	return nil
}

// request reads the operation and the key that a line is about.
func (h *History) request(op string, line *keyLine) (emulator.Op, KeyID, error) {
	kind, ok := operationNamed(op)
	if !ok {
		return 0, 0, fmt.Errorf("got the operation %q, want one of the emulator's", op)
	}
	store := emulator.StoreID{Kind: emulator.Standard, Name: line.Store, Scope: line.Scope}
	switch line.Kind {
	case emulator.Standard.String():
	case emulator.Ordered.String():
		store.Kind = emulator.Ordered
	default:
		return 0, 0, fmt.Errorf("got a %q store, want %s or %s",
			line.Kind, emulator.Standard, emulator.Ordered)
	}
	return kind, h.key(Key{store, line.Key}), nil
}

// keyID reads a key.
func (h *History) keyID(line *keyLine) (KeyID, error) {
	_, key, err := h.request(emulator.OpGet.String(), line)
	return key, err
}

func (h *History) entry(key KeyID, line *entryLine) Entry {
	return Entry{line.Found, h.version(key, line.Version), line.Value, line.Attributes}
}

func operationNamed(name string) (emulator.Op, bool) {
	for op := emulator.OpGet; op <= emulator.OpGetMany; op++ {
		if op.String() == name {
			return op, true
		}
	}
	return 0, false
}
