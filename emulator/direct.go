package emulator

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// The back door: what a test or an operator sees and sets without going through a Service chain, so
// without faults, without history and without a game server's cache.

// Seed stores value under key, as a write that no server made.
func (e *Emulator) Seed(store StoreID, key string, value json.RawMessage) (KeyInfo, error) {
	req := Request{Op: OpPut, Store: store, Key: key, Value: value, direct: true}
	result, err := e.Do(context.Background(), req)
	if err != nil {
		return KeyInfo{}, fmt.Errorf("seed %s: %w", store, err)
	}
	return result.Info, nil
}

// Peek reads what is stored under key.
func (e *Emulator) Peek(store StoreID, key string) (Result, error) {
	req := Request{Op: OpGet, Store: store, Key: key, direct: true}
	result, err := e.Do(context.Background(), req)
	if err != nil {
		return Result{}, fmt.Errorf("peek into %s: %w", store, err)
	}
	return result, nil
}

// Dump writes everything that is stored, for a human: stores by kind, name and scope, keys by their
// bytes, of each key the versions from the current one back. The same data gives the same text.
func (e *Emulator) Dump(w io.Writer) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.db == nil {
		return ErrClosed
	}
	d := dumper{w: w}
	if err := e.db.eachVersion(d.version); err != nil {
		return fmt.Errorf("dump standard stores: %w", err)
	}
	if err := e.db.eachNumber(d.number); err != nil {
		return fmt.Errorf("dump ordered stores: %w", err)
	}
	return nil
}

// dumper writes lines of a Dump, with a heading wherever store or key change.
type dumper struct {
	w     io.Writer
	begun bool
	store StoreID
	key   string
}

func (d *dumper) heading(store StoreID) error {
	if d.begun && store == d.store {
		return nil
	}
	d.begun, d.store, d.key = true, store, ""
	_, err := fmt.Fprintln(d.w, store)
	return err
}

func (d *dumper) version(store StoreID, key string, e *entry) error {
	if err := d.heading(store); err != nil {
		return err
	}
	line := fmt.Sprintf("    was %s %s",
		e.written.time().Format("2006-01-02T15:04:05.000Z"), content(e))
	if key != d.key {
		d.key = key
		line = fmt.Sprintf("  %q %s %s", key, e.version(), content(e))
	}
	_, err := fmt.Fprintln(d.w, line)
	return err
}

func content(e *entry) string {
	if e.state != live {
		return "removed"
	}
	text := string(e.value)
	if len(e.userIDs) > 0 {
		text += fmt.Sprintf(" users %d", e.userIDs)
	}
	if len(e.metadata) > 0 {
		text += fmt.Sprintf(" metadata %s", e.metadata)
	}
	return text
}

func (d *dumper) number(store StoreID, key string, n int64) error {
	if err := d.heading(store); err != nil {
		return err
	}
	_, err := fmt.Fprintf(d.w, "  %q %d\n", key, n)
	return err
}

// String names a store as messages and dumps do.
func (id StoreID) String() string {
	return fmt.Sprintf("%s store %q, scope %q", id.Kind, id.Name, id.Scope)
}

// Tester is as much of testing.TB as RunT needs.
type Tester interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
	Cleanup(f func())
}

// RunT returns an Emulator in memory that ends with the test, after a check that its database is
// whole. o has at most one element.
func RunT(t Tester, o ...Options) *Emulator {
	t.Helper()
	options := Options{}
	if len(o) > 0 {
		options = o[0]
	}
	e, err := Open(context.Background(), InMemory, options)
	if err != nil {
		t.Fatalf("start an emulator: %v", err)
	}
	t.Cleanup(func() {
		if err := e.checkIntegrity(); err != nil {
			t.Errorf("the emulator's database after the test: %v", err)
		}
		if err := e.Close(); err != nil {
			t.Errorf("close the emulator: %v", err)
		}
	})
	return e
}

// checkIntegrity reports what SQLite finds wrong with the database; a closed one is fine.
func (e *Emulator) checkIntegrity() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.db == nil {
		return nil
	}
	found, err := e.db.faults()
	if err != nil || len(found) == 0 {
		return err
	}
	return fmt.Errorf("integrity check: %s", strings.Join(found, "; "))
}
