package history

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strconv"
	"strings"
)

// ReadLedger reads the ledger that path leads to in a stored value. It is the zero Ledger where
// there is none; an error says why one that is there cannot be right.
func ReadLedger(value string, path []string) (Ledger, error) {
	text := member(value, path)
	if text == "" || text == "null" {
		return Ledger{}, nil
	}
	l := Ledger{Found: true}
	s := scanner{text: text}
	ok, err := s.members(func(name string) error {
		if err := l.field(&s, name); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		return nil
	})
	switch {
	case err != nil:
		return Ledger{}, err
	case !ok:
		return Ledger{}, fmt.Errorf("got %.20q, want a table", text)
	}
	return l, nil
}

func (l *Ledger) field(s *scanner, name string) (err error) {
	switch name {
	case "marks":
		l.Marks = map[int]int{}
		return counts(s, func(name string, n int) error {
			session, err := strconv.Atoi(name)
			l.Marks[session] = n
			return err
		})
	case "coins":
		l.Coins, err = s.whole()
	case "items":
		l.Items, err = named(s)
	case "receipts":
		l.Receipts, err = named(s)
	case "steps":
		l.Steps, err = named(s)
	case "schema":
		if l.Schema = s.raw(); l.Schema[0] == '"' {
			l.Schema, err = unquoted(l.Schema)
		}
	default:
		s.skip()
	}
	return err
}

// named reads how often each name is there.
func named(s *scanner) (map[string]int, error) {
	all := map[string]int{}
	err := counts(s, func(name string, n int) error {
		if n != 0 {
			all[name] = n
		}
		return nil
	})
	return all, err
}

// counts reads a table of numbers, none of them negative.
func counts(s *scanner, add func(name string, n int) error) error {
	ok, err := s.members(func(name string) error {
		n, err := s.whole()
		if err == nil && n < 0 {
			err = fmt.Errorf("got %d, want at least 0", n)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		return add(name, int(n))
	})
	if err == nil && !ok && !strings.HasSuffix(s.text[:s.at], "null") {
		err = errors.New("got no table")
	}
	return err
}

func unquoted(raw string) (text string, err error) {
	err = json.Unmarshal([]byte(raw), &text)
	return text, err
}

// sameMarks reports whether two ledgers hold the same changes.
func (l *Ledger) sameMarks(other *Ledger) bool { return maps.Equal(l.Marks, other.Marks) }

// same reports whether two ledgers say the same.
func (l *Ledger) same(other *Ledger) bool {
	return l.sameMarks(other) && l.Coins == other.Coins && l.Schema == other.Schema &&
		maps.Equal(l.Items, other.Items) && maps.Equal(l.Receipts, other.Receipts) &&
		maps.Equal(l.Steps, other.Steps)
}
