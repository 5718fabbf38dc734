package emulator_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"savestone/emulator"
)

// crashFile names the database that this process is to write to until it is killed.
const crashFile = "SAVESTONE_CRASH_FILE"

func TestMain(m *testing.M) {
	if path := os.Getenv(crashFile); path != "" {
		fmt.Fprintln(os.Stderr, writeUntilKilled(path))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

const crashWriters = 8

// writeUntilKilled has writers that each count on in their own key, in stores of both kinds, and
// say so after each answer.
func writeUntilKilled(path string) error {
	emu, err := emulator.Open(context.Background(), path, emulator.Options{})
	if err != nil {
		return err
	}
	failed := make(chan error)
	for writer := range crashWriters {
		go func() { failed <- countOn(emu, writer) }()
	}
	return <-failed
}

func countOn(emu *emulator.Emulator, writer int) error {
	store := coins
	if writer%2 == 1 {
		store = ranks
	}
	key := strconv.Itoa(writer)
	stored, err := emu.Peek(store, key)
	if err != nil {
		return err
	}
	for n := counted(stored) + 1; ; n++ {
		if _, err := emu.Seed(store, key, json.RawMessage(strconv.Itoa(n))); err != nil {
			return err
		}
		fmt.Printf("%d %d\n", writer, n)
	}
}

// counted is how far a writer came: its key's number, 0 if there is none.
func counted(r emulator.Result) int {
	n, _ := strconv.Atoi(string(r.Value))
	return n
}

// Every answered write is there after kill -9, and at most the one under way besides.
func TestAnsweredWritesSurviveKilledProcesses(t *testing.T) {
	const kills = 50
	seed := uint64(emulator.Wall{}.Now().UnixNano())
	if text := os.Getenv("SAVESTONE_SEED"); text != "" {
		var err error
		seed, err = strconv.ParseUint(text, 10, 64)
		require.NoError(t, err)
	}
	t.Logf("SAVESTONE_SEED=%d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	path := filepath.Join(t.TempDir(), "crash.db")
	var answered [crashWriters]int
	for range kills {
		writeAndKill(t, path, random.IntN(400), &answered)
		requireWhole(t, path)
		emu := open(t, path)
		for writer := range answered {
			stored, err := emu.Peek([]emulator.StoreID{coins, ranks}[writer%2], strconv.Itoa(writer))
			require.NoError(t, err)
			count := counted(stored)
			require.GreaterOrEqual(t, count, answered[writer], "writer %d", writer)
			require.LessOrEqual(t, count, answered[writer]+1, "writer %d", writer)
			answered[writer] = count
		}
		require.NoError(t, emu.Close())
	}
	for writer := range answered {
		require.Positive(t, answered[writer], "the writers wrote too little to show anything")
	}
}

// writeAndKill lets a process write until it was answered so many times, and notes all answers.
func writeAndKill(t *testing.T, path string, answers int, answered *[crashWriters]int) {
	t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), crashFile+"="+path)
	output, err := child.StdoutPipe()
	require.NoError(t, err)
	child.Stderr = os.Stderr
	require.NoError(t, child.Start())
	lines := bufio.NewReader(output)
	for i := 0; ; i++ {
		if i == answers {
			require.NoError(t, child.Process.Kill())
		}
		line, err := lines.ReadString('\n')
		if err == io.EOF {
			break
		}
		require.NoError(t, err)
		var writer, n int
		_, err = fmt.Sscanf(line, "%d %d\n", &writer, &n)
		require.NoError(t, err)
		answered[writer] = n
	}
	err = child.Wait()
	require.EqualError(t, err, "signal: killed")
}

// requireWhole runs SQLite's own check on a file that nobody has open.
func requireWhole(t *testing.T, path string) {
	t.Helper()
	conn := sqliteConn(t, path)
	rows, err := conn.Query(`PRAGMA integrity_check`, nil)
	require.NoError(t, err)
	require.Equal(t, [][]string{{"ok"}}, rowTexts(t, rows))
	require.NoError(t, conn.Close())
}
