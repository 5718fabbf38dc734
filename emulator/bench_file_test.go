package emulator_test

import (
	"database/sql/driver"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/mattn/go-sqlite3"
	"github.com/stretchr/testify/require"

	"savestone/emulator"
)

// Writers to a file are set beside autocommitted upserts into another file at the same synchronous
// setting, of the same values under the same keys in the same shuffled order. The figure that counts
// is x-rate, beside upserts of a single client, one after the other, which is the fastest way to do
// them. For comparison, x-rate-crowd is beside upserts of as many clients as there are writers, each
// with a connection of its own.

func BenchmarkSharedPutsBesideAutocommit(b *testing.B) {
	for _, durability := range []emulator.Durability{emulator.Normal, emulator.Full} {
		for _, writers := range []int{1, 16} {
			name := durability.String() + map[int]string{1: "-1", 16: "-16"}[writers]
			b.Run(name, func(b *testing.B) { compareFiles(b, durability, writers) })
		}
	}
}

// fileTurn is how many writes a side does before it is the next one's turn.
const fileTurn = 1600

// compareFiles reports how many times as many puts as upserts are done in a time.
func compareFiles(b *testing.B, durability emulator.Durability, writers int) {
	sides := [][]step{
		filePuts(b, durability, writers),
		fileUpserts(b, durability, 1),
		fileUpserts(b, durability, writers),
	}
	spent := make([]time.Duration, len(sides))
	for round := 0; b.Loop(); round++ {
		for side, steps := range sides {
			begun := emulator.Wall{}.Now()
			doAll(b, steps, round*fileTurn)
			spent[side] += emulator.Wall{}.Now().Sub(begun)
		}
	}
	b.ReportMetric(float64(spent[1])/float64(spent[0]), "x-rate")
	b.ReportMetric(float64(spent[2])/float64(spent[0]), "x-rate-crowd")
	b.ReportMetric(float64(spent[0].Nanoseconds())/float64(b.N*fileTurn), "ns/put")
	b.ReportMetric(float64(spent[1].Nanoseconds())/float64(b.N*fileTurn), "ns/upsert")
}

// doAll does a turn's writes, with all steps at once.
func doAll(b *testing.B, steps []step, from int) {
	var next atomic.Int64
	var group sync.WaitGroup
	for _, run := range steps {
		group.Go(func() {
			for i := int(next.Add(1)); i <= fileTurn; i = int(next.Add(1)) {
				if err := run(from + i); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	group.Wait()
}

// shuffledKeys is the order in which keys are written to.
func shuffledKeys() []string {
	keys, _ := benchData()
	random := rand.New(rand.NewPCG(1, 0))
	random.Shuffle(len(keys), func(i, j int) { keys[i], keys[j] = keys[j], keys[i] })
	return keys
}

// filePuts are the puts of so many writers to a file.
func filePuts(b *testing.B, durability emulator.Durability, writers int) []step {
	unlimited, err := emulator.ProfileNamed("unlimited")
	require.NoError(b, err)
	emu, err := emulator.Open(b.Context(), filepath.Join(b.TempDir(), "emu.db"),
		emulator.Options{Profile: unlimited, Durability: durability})
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, emu.Close()) })
	keys, sample := benchData()
	for _, key := range keys {
		_, err := emu.Seed(coins, key, sample)
		require.NoError(b, err)
	}
	keys = shuffledKeys()
	steps := make([]step, writers)
	for writer := range steps {
		value := slices.Clone(sample)
		steps[writer] = func(i int) error {
			vary(value, i)
			_, err := emu.Do(b.Context(), emulator.Request{
				Op: emulator.OpPut, Store: coins, Key: keys[i%benchKeys], Value: value,
			})
			return err
		}
	}
	return steps
}

// fileUpserts are the upserts of so many clients into a file.
func fileUpserts(b *testing.B, durability emulator.Durability, clients int) []step {
	path := filepath.Join(b.TempDir(), "raw.db")
	steps := make([]step, clients)
	keys, sample := benchData()
	shuffled := shuffledKeys()
	for client := range steps {
		opened, err := (&sqlite3.SQLiteDriver{}).Open(path +
			"?_mutex=no&_busy_timeout=60000&_journal_mode=WAL&_synchronous=" + durability.String())
		require.NoError(b, err)
		conn := opened.(*sqlite3.SQLiteConn)
		b.Cleanup(func() { require.NoError(b, conn.Close()) })
		if client == 0 {
			fillRaw(b, conn, keys, sample)
		}
		upsert := rawStatement(b, conn, upsertSQL)
		value, args := slices.Clone(sample), []driver.Value{nil, nil}
		steps[client] = func(i int) error {
			vary(value, i)
			args[0], args[1] = shuffled[i%benchKeys], []byte(value)
			_, err := upsert.Exec(args)
			return err
		}
	}
	return steps
}
