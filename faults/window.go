package faults

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// Window is a time from a start to an end, which is not in it.
type Window struct{ From, To time.Duration }

// MarshalJSON writes the window as "10m..12m".
func (w Window) MarshalJSON() ([]byte, error) {
	return json.Marshal(durationText(w.From) + ".." + durationText(w.To))
}

// UnmarshalJSON reads what MarshalJSON writes.
func (w *Window) UnmarshalJSON(raw []byte) error {
	var text string
	from, to, found := "", "", false
	if json.Unmarshal(raw, &text) == nil {
		from, to, found = strings.Cut(text, "..")
	}
	if !found {
		return fmt.Errorf(`got %s, want a window such as "10m..12m"`, raw)
	}
	var err error
	if w.From, err = parseDuration(from); err != nil {
		return err
	}
	if w.To, err = parseDuration(to); err != nil {
		return err
	}
	return w.validate()
}

func (w Window) validate() error {
	if w.From < 0 || w.To <= w.From {
		return fmt.Errorf("got a window from %v to %v, want an end after the start", w.From, w.To)
	}
	return nil
}
