package main

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"savestone/emulator"
)

const (
	loadClients = 64
	loadKeys    = 50 // of each client
	loadTurns   = 4  // of each of the two servers, one after the other
)

// loadClient reads and writes keys of its own and remembers what it was told is stored.
type loadClient struct {
	id     int
	random *rand.Rand
	http   *http.Client
	stored [loadKeys]int
	took   []time.Duration
	err    error
}

// run sends requests until the end; an error ends it, too.
func (c *loadClient) run(url string, end time.Time) {
	for c.err == nil {
		begun := time.Now()
		if begun.After(end) {
			return
		}
		key := c.random.IntN(loadKeys)
		if c.random.IntN(2) == 0 {
			c.err = c.write(url, key)
		} else {
			c.err = c.read(url, key)
		}
		c.took = append(c.took, time.Since(begun))
	}
}

// loadPadding makes values as large as players' are.
var loadPadding = strings.Repeat("x", 1000)

func (c *loadClient) write(url string, key int) error {
	n := c.stored[key] + 1
	body := fmt.Sprintf(`{"value":{"n":%d,"pad":"%s"}}`, n, loadPadding)
	status, text, err := c.send(http.MethodPatch, c.address(url, key)+"?allowMissing=true", body)
	if err == nil && status != http.StatusOK {
		err = fmt.Errorf("write: %d %s", status, text)
	}
	if err == nil {
		c.stored[key] = n
	}
	return err
}

// read checks that what was stored is there.
func (c *loadClient) read(url string, key int) error {
	status, text, err := c.send(http.MethodGet, c.address(url, key), "")
	if err != nil || status == http.StatusNotFound && c.stored[key] == 0 {
		return err
	}
	if n := loadedNumber(text); status != http.StatusOK || n < c.stored[key] || n > c.stored[key]+1 {
		return fmt.Errorf("read: %d %s, want %d", status, text, c.stored[key])
	}
	return nil
}

func loadedNumber(text []byte) int {
	_, after, _ := bytes.Cut(text, []byte(`"n":`))
	digits, _, _ := bytes.Cut(after, []byte(","))
	n, err := strconv.Atoi(string(digits))
	if err != nil {
		return -1
	}
	return n
}

func (c *loadClient) address(url string, key int) string {
	return fmt.Sprintf("%s%s/Players/entries/%d-%d", url, storesPath, c.id, key)
}

func (c *loadClient) send(method, address, body string) (int, []byte, error) {
	r, err := http.NewRequest(method, address, strings.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	r.Header.Set("Content-Type", "application/json")
	answer, err := c.http.Do(r)
	if err != nil {
		return 0, nil, err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	return answer.StatusCode, text, err
}

// load is what the clients of one server did.
type load struct {
	clients []*loadClient
	took    []time.Duration
	spent   time.Duration
}

func newLoad(t *testing.T) *load {
	transport := &http.Transport{MaxIdleConnsPerHost: loadClients}
	t.Cleanup(transport.CloseIdleConnections)
	l := &load{}
	for i := range loadClients {
		l.clients = append(l.clients, &loadClient{
			id: i, random: rand.New(rand.NewPCG(1, uint64(i))), http: &http.Client{Transport: transport},
		})
	}
	return l
}

// turn lets the clients work for a time.
func (l *load) turn(url string, span time.Duration) {
	begun := time.Now()
	var work sync.WaitGroup
	for _, c := range l.clients {
		work.Go(func() { c.run(url, begun.Add(span)) })
	}
	work.Wait()
	l.spent += time.Since(begun)
	for _, c := range l.clients {
		l.took = append(l.took, c.took...)
		c.took = nil
	}
}

func (l *load) rate() float64 { return float64(len(l.took)) / l.spent.Seconds() }

// String tells how fast the clients were served.
func (l *load) String() string {
	return fmt.Sprintf("%.0f requests/s, p50 %s, p99 %s", l.rate(), l.quantile(0.5), l.quantile(0.99))
}

func (l *load) quantile(q float64) time.Duration {
	slices.Sort(l.took)
	return l.took[int(q*float64(len(l.took)-1))]
}

func (l *load) requireNoError(t *testing.T) {
	t.Helper()
	for _, c := range l.clients {
		require.NoError(t, c.err, "client %d", c.id)
	}
}

// Reads and writes of many clients at once, on a file: none fails, none is forgotten, not even by
// kill -9, and the rate is not far from that of a handler that does nothing else. SAVESTONE_LONG=1
// has it take a minute for each server; README has the figures.
func TestServeHoldsUnderLoad(t *testing.T) {
	span := 2 * time.Second
	if os.Getenv("SAVESTONE_LONG") != "" {
		span = time.Minute
	}
	db := filepath.Join(t.TempDir(), "data.db")
	s := startProcess(t, "--db", db, "--profile", "unlimited")
	program, err := os.Executable()
	require.NoError(t, err)
	bare := exec.CommandContext(t.Context(), program)
	bare.Env = append(os.Environ(), asBare+"="+filepath.Join(t.TempDir(), "bare.db"))
	other := ready(t, bare)

	ours, theirs := newLoad(t), newLoad(t)
	for range loadTurns {
		ours.turn(s.url, span/loadTurns)
		theirs.turn(other.url, span/loadTurns)
	}
	ours.requireNoError(t)
	theirs.requireNoError(t)
	ratio := ours.rate() / theirs.rate()
	t.Logf("savestone serve: %s", ours)
	t.Logf("a bare handler:  %s", theirs)
	t.Logf("ratio of the rates: %.2f", ratio)
	if os.Getenv("SAVESTONE_LONG") != "" { // two seconds on a busy machine tell nothing
		require.GreaterOrEqual(t, ratio, 0.6)
	}

	time.AfterFunc(span/loadTurns/2, func() { s.cmd.Process.Kill() })
	ours.turn(s.url, time.Minute)
	s.ended()
	requireStored(t, db, ours)
}

// requireStored looks for what the clients were told is stored.
func requireStored(t *testing.T, db string, l *load) {
	emu, err := emulator.Open(t.Context(), db, emulator.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, emu.Close()) })
	writes := 0
	for _, c := range l.clients {
		require.Error(t, c.err, "the server was killed")
		for key, want := range c.stored {
			found, err := emu.Peek(emulator.StoreID{Name: "Players", Scope: "global"}, fmt.Sprintf("%d-%d", c.id, key))
			require.NoError(t, err)
			if want > 0 {
				require.GreaterOrEqual(t, loadedNumber(found.Value), want, "client %d, key %d", c.id, key)
			}
			writes += want
		}
	}
	require.Greater(t, writes, loadClients)
}
