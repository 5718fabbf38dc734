package emulator_test

import (
	"database/sql/driver"
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

// Writers to a file are set beside autocommitted upserts into another file, one after the other, at
// the same synchronous setting.

func BenchmarkSharedPutsBesideAutocommit(b *testing.B) {
	for _, durability := range []emulator.Durability{emulator.Normal, emulator.Full} {
		for _, writers := range []int{1, 16} {
			name := durability.String() + map[int]string{1: "-1", 16: "-16"}[writers]
			b.Run(name, func(b *testing.B) { compareFiles(b, durability, writers) })
		}
	}
}

// compareFiles reports how many times as many puts as upserts are done in a time.
func compareFiles(b *testing.B, durability emulator.Durability, writers int) {
	const turn = 1600
	unlimited, err := emulator.ProfileNamed("unlimited")
	require.NoError(b, err)
	emu, err := emulator.Open(b.Context(), filepath.Join(b.TempDir(), "emu.db"),
		emulator.Options{Profile: unlimited, Durability: durability})
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, emu.Close()) })
	raw := rawFileUpsert(b, durability)
	var spent [2]time.Duration
	for i := 0; b.Loop(); i++ {
		begun := emulator.Wall{}.Now()
		putAll(b, emu, writers, turn)
		spent[0] += emulator.Wall{}.Now().Sub(begun)
		begun = emulator.Wall{}.Now()
		for j := range turn {
			require.NoError(b, raw(i*turn+j))
		}
		spent[1] += emulator.Wall{}.Now().Sub(begun)
	}
	b.ReportMetric(float64(spent[1])/float64(spent[0]), "x-rate")
	b.ReportMetric(float64(spent[0].Nanoseconds())/float64(b.N*turn), "ns/put")
	b.ReportMetric(float64(spent[1].Nanoseconds())/float64(b.N*turn), "ns/upsert")
}

// putAll does count puts by so many writers.
func putAll(b testing.TB, emu *emulator.Emulator, writers, count int) {
	keys, sample := benchData()
	var next atomic.Int64
	var group sync.WaitGroup
	for range writers {
		group.Go(func() {
			value := slices.Clone(sample)
			for {
				i := int(next.Add(1))
				if i > count {
					return
				}
				vary(value, i)
				_, err := emu.Do(b.Context(), emulator.Request{
					Op: emulator.OpPut, Store: coins, Key: keys[i%benchKeys], Value: value,
				})
				if err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	group.Wait()
}

func rawFileUpsert(b *testing.B, durability emulator.Durability) step {
	path := filepath.Join(b.TempDir(), "raw.db")
	opened, err := (&sqlite3.SQLiteDriver{}).Open(
		path + "?_mutex=no&_journal_mode=WAL&_synchronous=" + durability.String())
	require.NoError(b, err)
	conn := opened.(*sqlite3.SQLiteConn)
	b.Cleanup(func() { require.NoError(b, conn.Close()) })
	_, err = conn.Exec(`CREATE TABLE kv (k TEXT PRIMARY KEY, v BLOB)`, nil)
	require.NoError(b, err)
	keys, value := benchData()
	upsert := rawStatement(b, conn, upsertSQL)
	args := []driver.Value{nil, nil}
	return func(i int) error {
		vary(value, i)
		args[0], args[1] = keys[i%benchKeys], []byte(value)
		_, err := upsert.Exec(args)
		return err
	}
}
