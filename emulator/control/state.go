package control

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"

	"savestone/emulator"
	"savestone/emulator/universe"
)

// SnapshotName names a snapshot.
type SnapshotName struct {
	Name    string `json:"name" doc:"letters, digits, - _ ."`
	Replace bool   `json:"replace,omitempty" doc:"overwrite one of that name"`
}

// Snapshot is a snapshot that there is.
type Snapshot struct {
	Name  string `json:"name"`
	Taken string `json:"taken" doc:"in real time"`
	Bytes int64  `json:"bytes"`
}

// SnapshotList is all snapshots of a universe.
type SnapshotList struct {
	Snapshots []Snapshot `json:"snapshots"`
}

// Done tells that something was done where there is nothing else to tell.
type Done struct {
	Done string `json:"done"`
}

// aboutSnapshot gives an error of work on snapshots its status.
func aboutSnapshot(err error) error {
	status := 0
	switch {
	case errors.Is(err, universe.ErrSnapshotName):
		status = http.StatusBadRequest
	case errors.Is(err, universe.ErrSnapshotTaken):
		status = http.StatusConflict
	case errors.Is(err, universe.ErrNoSnapshot):
		status = http.StatusNotFound
	default:
		return err
	}
	return &problem{status, err.Error()}
}

// snapshots returns those of the universe that the request is about.
func (c *call) snapshots() (universe.Snapshots, *universe.Universe, error) {
	u, err := c.universe()
	if err != nil {
		return universe.Snapshots{}, nil, err
	}
	snapshots, err := u.Snapshots()
	return snapshots, u, err
}

func (c *call) listSnapshots() (any, error) {
	snapshots, _, err := c.snapshots()
	if err != nil {
		return nil, err
	}
	list, err := snapshots.List()
	if err != nil {
		return nil, err
	}
	shown := SnapshotList{[]Snapshot{}}
	for _, s := range list {
		shown.Snapshots = append(shown.Snapshots, Snapshot{s.Name, shownTime(s.Taken), s.Bytes})
	}
	return shown, nil
}

func (c *call) takeSnapshot(in SnapshotName) (any, error) {
	snapshots, u, err := c.snapshots()
	if err != nil {
		return nil, err
	}
	if err := snapshots.Take(c.http.Context(), u.Emulator, in.Name, in.Replace); err != nil {
		return nil, aboutSnapshot(err)
	}
	return Done{fmt.Sprintf("snapshot %s of universe %d", in.Name, u.ID)}, nil
}

func (c *call) removeSnapshot() (any, error) {
	snapshots, _, err := c.snapshots()
	if err != nil {
		return nil, err
	}
	return nil, aboutSnapshot(snapshots.Remove(c.vars["snapshot"]))
}

func (c *call) restore(in SnapshotName) (any, error) {
	if in.Replace {
		return nil, wrong("got replace, want the name alone")
	}
	u, err := c.universe()
	if err != nil {
		return nil, err
	}
	if err := u.Restore(c.http.Context(), in.Name); err != nil {
		return nil, aboutSnapshot(err)
	}
	return Done{fmt.Sprintf("universe %d is as in snapshot %s", u.ID, in.Name)}, nil
}

func (c *call) reset() (any, error) {
	u, err := c.universe()
	if err != nil {
		return nil, err
	}
	if err := u.Reset(c.http.Context()); err != nil {
		return nil, err
	}
	return Done{fmt.Sprintf("universe %d is empty now", u.ID)}, nil
}

// typeLines is a JSON value on each line.
const typeLines = "application/x-ndjson"

// export answers with all that is stored, a record on each line.
func (c *call) export() (any, error) {
	u, err := c.universe()
	if err != nil {
		return nil, err
	}
	c.writer.Header().Set("Content-Type", typeLines)
	sent := &counter{Writer: c.writer}
	out := bufio.NewWriterSize(sent, 64<<10)
	err = u.Emulator.Export(c.http.Context(), func(r emulator.Record) error {
		line, err := EncodeRecord(r)
		if err == nil {
			_, err = out.Write(line)
		}
		return err
	})
	if err == nil {
		return nil, out.Flush()
	}
	if sent.bytes > 0 {
		panic(http.ErrAbortHandler) // what ends here must not look whole
	}
	return nil, err
}

// counter counts what is written.
type counter struct {
	io.Writer
	bytes int64
}

// Write implements io.Writer.
func (c *counter) Write(data []byte) (int, error) {
	n, err := c.Writer.Write(data)
	c.bytes += int64(n)
	return n, err
}

// importState stores records as export gave them.
func (c *call) importState() (any, error) {
	u, err := c.universe()
	if err != nil {
		return nil, err
	}
	count := 0
	err = u.Emulator.Import(c.http.Context(), counted(Records(c.http.Body), &count))
	var syntax *problem
	switch {
	case errors.As(err, &syntax):
		return nil, &problem{http.StatusBadRequest, err.Error()}
	case err != nil:
		return nil, wrong("%v", err)
	}
	u.Forget()
	return Done{fmt.Sprintf("imported %d records into universe %d", count, u.ID)}, nil
}

func counted(records iter.Seq2[emulator.Record, error], n *int) iter.Seq2[emulator.Record, error] {
	return func(yield func(emulator.Record, error) bool) {
		for r, err := range records {
			if *n++; !yield(r, err) {
				return
			}
		}
	}
}

// Records reads records, one on each line, as EncodeRecord wrote them.
func Records(from io.Reader) iter.Seq2[emulator.Record, error] {
	return func(yield func(emulator.Record, error) bool) {
		lines := bufio.NewScanner(from)
		lines.Buffer(nil, 256<<20) // a key can have many versions
		for n := 1; lines.Scan(); n++ {
			if len(bytes.TrimSpace(lines.Bytes())) == 0 {
				continue
			}
			r, err := decodeRecord(lines.Bytes())
			if err != nil {
				err = fmt.Errorf("line %d: %w", n, err)
			}
			if !yield(r, err) || err != nil {
				return
			}
		}
		if err := lines.Err(); err != nil {
			yield(emulator.Record{}, fmt.Errorf("read records: %w", err))
		}
	}
}

// encodeLine writes a value as JSON on one line, without escapes that only HTML needs.
func encodeLine(value any) ([]byte, error) {
	var line bytes.Buffer
	encoder := json.NewEncoder(&line)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(value)
	return line.Bytes(), err
}
