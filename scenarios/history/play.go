package history

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Play is what players and game servers did, beside what they asked of data stores. Whoever drives
// a world writes it down while it happens; History has what became of it. A player's data holds a
// ledger (see Ledger) that says which changes are in it, so every stored value can be traced back
// to the changes that made it.
type Play struct {
	// Path leads from a stored value to the ledger in it, as ["data", "ledger"].
	Path []string

	Servers  []Life     // in the order of their starts
	Sessions []Session  // in the order of their joins: Sessions[i].ID is i+1
	Changes  []Change   // in the order in which they were made
	Saves    []Save     // in the order of their calls
	Receipts []Receipt  // one for each time that a purchase was offered to a server
	Trades   []Trade    // items that went from one player to another
	Probes   []Probe    // what a recovery would have given, now and then
	Reports  []Report   // what servers said of themselves
	Faults   []Fault    // what was done to them, in order
	Heals    []Interval // times without any fault, in which recovery must happen

	Measured Interval // intents made in here count
	End      Moment   // of the world, after the last heal
}

// Interval is a stretch of a history. An End of zero is the end of the world.
type Interval struct{ Begin, End Moment }

// Life is one life of a game server: one that starts anew after a crash has another name.
type Life struct {
	Server string
	Build  string // which of several builds of the code it ran, "" if there is one
	Begin  Moment
	// Closing is when BindToClose functions began, zero if they never did.
	Closing Moment
	End     Moment // zero: it lived to the end of the world
	Reason  string // "crash", "shutdown", ""
	Lost    int    // sessions that were still open when it ended
	Dropped int    // requests that its own full queues dropped (301 to 306), in the measured time
}

// Session is one stay of a player on a server.
type Session struct {
	ID     int // from 1
	Player int64
	Server string
	Key    KeyID // where the player's data is stored; names of the History beside this Play

	Join   Moment
	Loaded Moment // zero: a load never ended
	OK     bool   // the load gave the player's data; only then there are changes
	Error  string // why it did not
	Source string // where the data came from, if the system says so: "primary", "backup", "default"
	Base   Ledger // what was in it

	Leave Moment // the player left, or the server ended under them; zero: still there
	Left  Moment // the system was done with them; zero: it never was
	End   string // "left", "hopped", "crash", "shutdown", "kicked", ""
}

// Ledger is what a player's data says of the changes in it. A session numbers its changes from 1
// and each puts its number into Marks, so that a mark of n stands for the changes 1 to n. What the
// changes come to is there too, so that one that was made twice shows.
type Ledger struct {
	Found    bool           // there was one, and it could be read
	Marks    map[int]int    // by session: the number of its last change in here
	Coins    int64          // the sum of all changes' coins
	Items    map[string]int // how often each item is there: once, unless it was duplicated
	Receipts map[string]int // how often each purchase was granted
	Schema   string         // the version of the data's schema, "" if it has none
	Steps    map[string]int // how often each migration step was applied
}

// Change is one change to a player's data.
type Change struct {
	Session int
	Number  int // within the session, from 1
	At      Moment
	Coins   int64
	Gives   string // an item that the player has from now on
	Takes   string // an item that the player no longer has
	Receipt string // the purchase that it grants
}

// Answer is what a system said of a save.
type Answer uint8

// The answers.
const (
	Unanswered Answer = iota // the call never returned
	Acked                    // it is stored
	Queued                   // it is not stored yet, and the system keeps trying
	GivenUp                  // it is not stored, and the system will not try again
)

var answerNames = [...]string{
	Unanswered: "unanswered", Acked: "acked", Queued: "queued", GivenUp: "given up",
}

// String returns the answer as saved plays spell it.
func (a Answer) String() string { return answerNames[a] }

// MarshalText implements encoding.TextMarshaler.
func (a Answer) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (a *Answer) UnmarshalText(text []byte) error {
	at := slices.Index(answerNames[:], string(text))
	if at < 0 {
		return fmt.Errorf("got the answer %q, want one of %s", text,
			strings.Join(answerNames[:], ", "))
	}
	*a = Answer(at)
	return nil
}

// Save is one intent to save: the player's data as it was at the call shall be stored.
type Save struct {
	Session int
	Marks   int    // how many of the session's changes it holds
	Final   bool   // the last one, as the player left or the server closed
	By      string // who asked: "timer", "player", "receipt", "leave", "system"
	Call    Moment
	Return  Moment // zero without an answer
	Answer  Answer
	Error   string
}

// Receipt is one offer of a purchase to a server (ProcessReceipt).
type Receipt struct {
	Purchase string
	Player   int64
	Session  int // the change that granted it is in this session, 0 if none did
	Call     Moment
	Return   Moment
	Granted  bool // the answer was PurchaseGranted
	Recorded bool // and that answer arrived; else the purchase is offered again
}

// Trade is an item that went from one session's player to another's. Both changes carry it.
type Trade struct {
	Item     string
	From, To int // sessions
	At       Moment
}

// Probe is what a recovery of a player's data would have given at some time, asked of backups
// alone, past all faults.
type Probe struct {
	Player int64
	At     Moment
	OK     bool
	Error  string
	Ledger Ledger
}

// Report is what a system says of itself: its own counts, to be compared with what happened.
type Report struct {
	Server  string
	At      Moment
	Saves   int  // that it says were asked of it since its server began
	Exact   bool // it counts only those, and none that it makes by itself
	Stored  int  // that it says are stored
	Healthy bool
	Held    int // sessions, queued saves and other things that it still holds
	Threads int // Luau threads that wait
}

// Fault is one thing that was done to the world.
type Fault struct {
	At       Moment
	Until    time.Duration // since the history began; 0: it was an instant
	Rule     string        // its ID
	Kind     string
	Class    string // OK, FAIL, INFO, LIE, SILENT; "" for what is done to a server
	Op       int    // the request that it hit, 0 if none
	Server   string // that it hit, "" if none
	Detail   string
	Identity string // what finds it again in a replay
}
