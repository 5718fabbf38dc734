package verdict

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"savestone/scenarios/history"
	"savestone/scenarios/history/historytest"
)

// day is a world with a bit of everything: a crash, a fault, a save that was given up but stored, a
// purchase, and an old session that writes over a new one.
func day() (*history.History, *history.Play) {
	w := historytest.New()
	w.Start("a", "b")
	s := w.Join(7, "a")
	w.Change(s, history.Change{Coins: 5})
	w.Save(s)
	w.Wait(25 * time.Second)
	w.Change(s, history.Change{Coins: 5, Gives: "sword"})
	save := w.Intend(s)
	op := w.Put(s, *w.Memory(s))
	w.Commit(op)
	w.Answer(op, history.Info)
	w.Fault(op, "reply.lost", "INFO")
	w.Say(save, history.GivenUp)
	w.Wait(25 * time.Second)
	w.Change(s, history.Change{Coins: 5})
	stale := w.Stored(w.Session(s).Key)
	w.Intend(s)
	w.Crash("a")
	next := w.Join(7, "b")
	w.Change(next, history.Change{Coins: 1})
	w.Save(next)
	op = w.Put(next, stale)
	w.Commit(op)
	w.Answer(op, history.OK)
	w.P.Heals = []history.Interval{{Begin: w.Moment()}}
	w.Leave(next)
	w.Key("somebody who never came")
	return w.End()
}

func TestRowCountsAWorld(t *testing.T) {
	h, p := day()
	row := RowOf(history.Judge(h, p, history.Limits{}), RowOptions{
		Metrics: []string{"save_success@5s"}, Timeline: true,
	})
	require.Equal(t, 4, row.Intents)
	require.Equal(t, 2, row.Acked)
	require.Equal(t, 1, row.Crashes)
	require.Equal(t, 2, row.Sessions)
	require.Equal(t, Count{3, 4}, row.Counts["save_success"],
		"one was given up, one was open at the crash, one was written over later")
	require.Equal(t, Count{3, 4}, row.Counts["save_success@5s"])
	require.Equal(t, map[string]int{
		"given up: reply.lost": 1, "never stored: crash": 1, "stored, but lost later": 1,
	}, row.Causes)
	require.Equal(t, Count{1, 1}, row.Counts["pessimism"])
	require.Equal(t, Count{0, 2}, row.Counts["ack_honesty"])
	require.Equal(t, Count{2, 4}, row.Counts["mutation_durable@60s"])
	require.Equal(t, Count{2, 2}, row.Counts["session_final"])
	require.Equal(t, Count{2, 4}, row.Counts["changes_lost"])
	require.Equal(t, Count{1, 6}, row.Counts["attempt_success"])
	require.Equal(t, 2, row.Samples["loss_seconds"].N)
	require.Equal(t, map[string]int{"reply.lost": 1}, row.Fired)
	require.Equal(t, 1, row.Violations["I1"])
	require.Equal(t, 1, row.Violations["I2"])
	require.Equal(t, []int{1, 0, 1, 0, 0, 2}, row.Timeline.Saves)
	require.Equal(t, []int{1, 0, 0, 0, 0, 0}, row.Timeline.Stored)
	require.Equal(t, []int{0, 1, 1, 1, 1, 1}, row.Timeline.Online)
}

func TestViolationsAreToldAsStories(t *testing.T) {
	h, p := day()
	row := RowOf(history.Judge(h, p, history.Limits{}), RowOptions{})
	var e *Example
	for i := range row.Examples {
		if row.Examples[i].Invariant == "I2" {
			e = &row.Examples[i]
		}
	}
	require.NotNil(t, e)
	require.Equal(t, "player_7", e.Key)
	var lines []string
	for _, event := range e.Story {
		lines = append(lines, event.From+" > "+event.To+": "+event.Text)
	}
	require.Equal(t, []string{
		"player 7 > a: joins: session 1",
		"a > DataStore: get #1",
		"DataStore > a: get #1: nothing there",
		"a > player 7: has the data",
		"player 7 > a: change 1 of session 1: +5 coins",
		"timer > a: save of session 1 up to change 1",
		"a > DataStore: put #2",
		"a > DataStore: put #2 takes effect",
		"DataStore > a: put #2: ok",
		"a > timer: save of session 1 up to change 1: acked",
		"player 7 > a: change 2 of session 1: gets sword",
		"timer > a: save of session 1 up to change 2",
		"a > DataStore: put #3",
		"a > DataStore: put #3 takes effect",
		"DataStore > a: put #3, 502: API Services rejected request (reply.lost)",
		"a > timer: save of session 1 up to change 2: given up",
		"player 7 > a: change 3 of session 1: +5 coins",
		"timer > a: save of session 1 up to change 3",
		"a > a: ends: crash",
		"player 7 > a: leaves (crash)",
		"player 7 > b: joins: session 2",
	}, lines[:21])
	require.Equal(t, "b > DataStore: put #6 takes effect", lines[len(lines)-1])
	require.Len(t, e.Versions, 4)
	require.Contains(t, e.Versions[3].Note, "I2: drops 1 change that the version before it had")
	require.Equal(t, "b", e.Versions[3].Server)
}

// A world that was kept is judged again later to just the same.
func TestKeptWorldsComeToTheSame(t *testing.T) {
	h, p := day()
	row := RowOf(history.Judge(h, p, history.Limits{Recovery: time.Second}), RowOptions{
		Deadline: 7 * time.Second, Metrics: []string{"save_success@5s"}, Examples: 1, Timeline: true,
	})
	row.Cell, row.World, row.Seed, row.Hash, row.Events = "weather=bad", 3, 99, "abc", 12
	row.Counts["check(door)"] = Count{1, 2}
	row.Violations["check"], row.Checked["check"] = 1, 2
	row.Examples = append(row.Examples, Example{Invariant: "check", Text: "the door is open"})
	var file, again bytes.Buffer
	require.NoError(t, Keep(&file, &row, h, p))
	require.NoError(t, Keep(&again, &row, h, p))
	require.Equal(t, file.Bytes(), again.Bytes(), "the same world gives the same bytes")
	size := file.Len()
	then, now, j, err := Again(&file)
	require.NoError(t, err)
	want, err := json.Marshal(row)
	require.NoError(t, err)
	for _, r := range []Row{then, now} {
		got, err := json.Marshal(r)
		require.NoError(t, err)
		require.Equal(t, string(want), string(got))
	}
	require.Equal(t, p, j.Play)
	require.Equal(t, h.Keys, j.History.Keys)
	require.Less(t, size, 6000)
}

func TestFilesThatAreNoWorldsAreRefused(t *testing.T) {
	h, p := day()
	require.ErrorContains(t, Keep(&bytes.Buffer{}, &Row{}, h, p), "not made by RowOf")
	_, _, _, err := Again(bytes.NewReader([]byte("PK")))
	require.ErrorContains(t, err, "load world: ")
	var file bytes.Buffer
	row := RowOf(history.Judge(h, p, history.Limits{}), RowOptions{})
	require.NoError(t, Keep(&file, &row, h, p))
	_, _, _, err = Again(bytes.NewReader(file.Bytes()[:file.Len()/2]))
	require.ErrorContains(t, err, "load world: ")
}
