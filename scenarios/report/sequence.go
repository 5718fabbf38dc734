package report

import (
	"cmp"
	"slices"
	"strings"

	"savestone/scenarios/verdict"
)

// Measures of a sequence diagram, in pixels.
const (
	sequenceLeft      = 84 // for the times
	sequenceWide      = 1040
	sequenceLaneMin   = 150
	sequenceLaneMax   = 190
	sequenceTop       = 44 // for the names of the lanes
	sequenceRow       = 40
	sequenceCharacter = 6.3 // the width of one, about
)

// sequence is a story as a diagram: a lane for each who takes part, time running down.
type sequence struct {
	Width, Height, LanesEnd int
	Lanes                   []lane
	Steps                   []step
}

type lane struct {
	X    int
	Name string
}

// step is one event of the diagram: an arrow from X1 to X2, or a note at X1 when they are equal.
type step struct {
	Y, X1, X2 int
	TextX     int
	Anchor    string
	Cross     int // where the sign of something lost stands; 0 for none
	Head      int // 1 for an arrow to the right, -1 to the left, 0 for none
	Kind      string
	Clock     string
	Text      string // what fits
	Full      string
}

// rank puts who acts to the left of whom they act on. Who is neither a player, a server nor
// storage makes servers do something, as timers do.
func rank(name string) int {
	name = strings.ToLower(name)
	switch {
	case strings.HasPrefix(name, "player"):
		return 0
	case strings.HasPrefix(name, "server"):
		return 2
	case strings.HasPrefix(name, "datastore"):
		return 3
	}
	return 1
}

// draw lays out a story; nil if there is none.
func draw(story []verdict.Event) *sequence {
	var names []string
	for _, event := range story {
		for _, name := range []string{event.From, event.To} {
			if name != "" && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	if len(names) == 0 {
		return nil
	}
	slices.SortStableFunc(names, func(a, b string) int { return cmp.Compare(rank(a), rank(b)) })
	wide := (sequenceWide - sequenceLeft) / len(names)
	wide = min(max(wide, sequenceLaneMin), sequenceLaneMax)
	middle := func(lane int) int { return sequenceLeft + wide*lane + wide/2 }
	s := &sequence{
		Width:  sequenceLeft + wide*len(names),
		Height: sequenceTop + sequenceRow*len(story) + 16,
	}
	s.LanesEnd = s.Height - 8
	for i, name := range names {
		s.Lanes = append(s.Lanes, lane{middle(i), fit(name, wide-10)})
	}
	at := func(name string) int { return middle(slices.Index(names, name)) }
	for i, event := range story {
		one := step{
			Y: sequenceTop + sequenceRow*i + 28, Kind: kindClass(event.Kind),
			Clock: clock(event.At), Full: event.Text,
		}
		one.place(event, at, s.Width)
		s.Steps = append(s.Steps, one)
	}
	return s
}

// place puts the step between its lanes.
func (s *step) place(event verdict.Event, at func(string) int, width int) {
	from := cmp.Or(event.From, event.To)
	to := cmp.Or(event.To, event.From)
	if s.Kind == "fault" || from == "" {
		s.X1, s.X2, s.TextX, s.Anchor = sequenceLeft, sequenceLeft, sequenceLeft+10, "start"
		s.Text = fit(event.Text, width-sequenceLeft-20)
		return
	}
	if s.Kind == "note" {
		from = to
	}
	s.X1, s.X2 = at(from), at(to)
	if s.X1 == s.X2 {
		s.TextX, s.Anchor = s.X1+10, "start"
		s.Text = fit(event.Text, width-s.TextX-4)
		if room := width - s.TextX; room < sequenceLaneMax {
			s.TextX, s.Anchor = s.X1-10, "end"
			s.Text = fit(event.Text, s.X1-sequenceLeft-14)
		}
		return
	}
	s.Head = 1
	if s.X2 < s.X1 {
		s.Head = -1
	}
	s.TextX, s.Anchor = (s.X1+s.X2)/2, "middle"
	s.Text = fit(event.Text, max(s.X1, s.X2)-min(s.X1, s.X2)-12)
	if s.Kind == "lost" {
		// A reply that is lost ends short of who waits for it.
		s.X2 -= s.Head * 34
		s.Cross, s.Head = s.X2, 0
	}
}

// kindClass is the event's kind if it is one that the page has a drawing for.
func kindClass(kind string) string {
	if slices.Contains([]string{"call", "reply", "lost", "late", "error", "fault"}, kind) {
		return kind
	}
	return "note"
}

// fit cuts a text to a width in pixels.
func fit(text string, width int) string {
	runes := []rune(text)
	most := max(3, int(float64(width)/sequenceCharacter))
	if len(runes) <= most {
		return text
	}
	return string(runes[:most-1]) + "…"
}
