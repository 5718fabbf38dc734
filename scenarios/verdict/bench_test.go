package verdict

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"savestone/scenarios/history"
	"savestone/scenarios/history/historytest"
)

// busy is half an hour of 50 players on two servers: 1,500 saves of 2 to 3 KB, each a read and a
// write, 30 changes between two of them, and an item or two for each.
func busy() (*history.History, *history.Play) {
	const players, saves, changes = 50, 30, 6
	w := historytest.New()
	w.Further = strings.Repeat("0123456789", 200)
	w.Start("a", "b")
	var sessions []int
	for player := range players {
		sessions = append(sessions, w.Join(int64(player), []string{"a", "b"}[player%2]))
	}
	for n := range saves {
		for _, s := range sessions {
			for k := range changes {
				w.Change(s, history.Change{Coins: int64(k)})
			}
			w.Change(s, history.Change{Gives: fmt.Sprintf("item-%d-%d", s, n)})
			w.Read(s)
			w.Save(s)
		}
		w.Wait(time.Minute)
	}
	for _, s := range sessions {
		w.Leave(s)
	}
	return w.End()
}

// BenchmarkJudge brings one world to its row.
func BenchmarkJudge(b *testing.B) {
	h, p := busy()
	b.ReportMetric(float64(len(h.Ops)), "requests")
	for b.Loop() {
		row := RowOf(history.Judge(h, p, history.Limits{}), RowOptions{Timeline: true})
		if len(row.Violations) > 0 {
			b.Fatal(row.Examples[0].Text)
		}
	}
}

// BenchmarkKeep writes one world to a file and reads it again.
func BenchmarkKeep(b *testing.B) {
	h, p := busy()
	row := RowOf(history.Judge(h, p, history.Limits{}), RowOptions{})
	for b.Loop() {
		var file bytes.Buffer
		if err := Keep(&file, &row, h, p); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(file.Len()), "bytes")
		if _, _, _, err := Again(&file); err != nil {
			b.Fatal(err)
		}
	}
}
