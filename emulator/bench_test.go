package emulator_test

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/mattn/go-sqlite3"
	"github.com/stretchr/testify/require"

	"savestone/emulator"
)

// The benchmarks set Do beside the least that could do the job: one prepared statement on the
// driver's bare connection, within an open transaction. Values are 1 KB of JSON, each time
// different.

// step does its work for the i-th time.
type step func(i int) error

func BenchmarkDoPut(b *testing.B)     { measure(b, doPut(b)) }
func BenchmarkRawUpsert(b *testing.B) { measure(b, rawUpsert(b)) }
func BenchmarkDoGet(b *testing.B)     { measure(b, doGet(b)) }
func BenchmarkRawSelect(b *testing.B) { measure(b, rawSelect(b)) }

// The ratios are measured with both sides in turn, so that a busy machine slows both.
func BenchmarkDoPutBesideRawUpsert(b *testing.B) {
	compareSteps(b, "x-raw", doPut(b), rawUpsert(b))
}
func BenchmarkDoGetBesideRawSelect(b *testing.B) {
	compareSteps(b, "x-raw", doGet(b), rawSelect(b))
}

func measure(b *testing.B, run step) {
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if err := run(i); err != nil {
			b.Fatal(err)
		}
	}
}

// compareSteps reports how many times as long ours takes as the other: by what all turns took, and
// by the median turns, which tell more on a busy machine.
func compareSteps(b *testing.B, unit string, ours, other step) {
	const turn = 100
	var turns [2][]time.Duration
	for i := 0; b.Loop(); i++ {
		for side, run := range []step{ours, other} {
			begun := emulator.Wall{}.Now()
			for j := range turn {
				if err := run(i*turn + j); err != nil {
					b.Fatal(err)
				}
			}
			turns[side] = append(turns[side], emulator.Wall{}.Now().Sub(begun))
		}
	}
	reportTurns(b, unit, turns, turn)
}

func reportTurns(b *testing.B, unit string, turns [2][]time.Duration, turn int) {
	var sum, median [2]float64
	for side, all := range turns {
		for _, d := range all {
			sum[side] += float64(d)
		}
		slices.Sort(all)
		median[side] = float64(all[len(all)/2])
	}
	b.ReportMetric(sum[0]/sum[1], unit)
	b.ReportMetric(median[0]/median[1], unit+"-median")
	b.ReportMetric(median[0]/float64(turn), "ns/ours")
	b.ReportMetric(median[1]/float64(turn), "ns/other")
}

const benchKeys = 1000

func doPut(b *testing.B) step {
	emu, clock := newEmulator(b)
	keys, value := benchData()
	for i := range keys {
		_, err := emu.Seed(coins, keys[i], value)
		require.NoError(b, err)
	}
	return func(i int) error {
		vary(value, i)
		clock.now = clock.now.Add(time.Millisecond) // else the keys' throughput is used up
		_, err := emu.Do(b.Context(), emulator.Request{
			Op: emulator.OpPut, Store: coins, Key: keys[i%benchKeys], Value: value,
		})
		return err
	}
}

func doGet(b *testing.B) step {
	emu, clock := newEmulator(b)
	keys, value := benchData()
	for i := range keys {
		_, err := emu.Seed(coins, keys[i], value)
		require.NoError(b, err)
	}
	return func(i int) error {
		clock.now = clock.now.Add(time.Millisecond)
		_, err := emu.Do(b.Context(), emulator.Request{
			Op: emulator.OpGet, Store: coins, Key: keys[i%benchKeys],
		})
		return err
	}
}

func rawUpsert(b *testing.B) step {
	conn := rawTable(b)
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

func rawSelect(b *testing.B) step {
	conn := rawTable(b)
	keys, _ := benchData()
	sel := rawStatement(b, conn, `SELECT v FROM kv WHERE k = ?`)
	args, row := []driver.Value{nil}, []driver.Value{nil}
	return func(i int) error {
		args[0] = keys[i%benchKeys]
		rows, err := sel.Query(args)
		if err != nil {
			return err
		}
		if err := rows.Next(row); err != nil {
			return err
		}
		return rows.Close()
	}
}

const upsertSQL = `INSERT INTO kv (k, v) VALUES (?, ?) ON CONFLICT (k) DO UPDATE SET v = excluded.v`

// rawTable is a table of two columns with the same keys and values, in an open transaction.
func rawTable(b *testing.B) *sqlite3.SQLiteConn {
	opened, err := (&sqlite3.SQLiteDriver{}).Open(":memory:")
	require.NoError(b, err)
	conn := opened.(*sqlite3.SQLiteConn)
	b.Cleanup(func() { require.NoError(b, conn.Close()) })
	keys, value := benchData()
	fillRaw(b, conn, keys, value)
	_, err = conn.Exec(`BEGIN`, nil)
	require.NoError(b, err)
	return conn
}

func fillRaw(b *testing.B, conn *sqlite3.SQLiteConn, keys []string, value []byte) {
	_, err := conn.Exec(`CREATE TABLE kv (k TEXT PRIMARY KEY, v BLOB)`, nil)
	require.NoError(b, err)
	for _, key := range keys {
		_, err := conn.Exec(upsertSQL, []driver.Value{key, value})
		require.NoError(b, err)
	}
}

func rawStatement(b *testing.B, conn *sqlite3.SQLiteConn, sql string) driver.Stmt {
	stmt, err := conn.Prepare(sql)
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, stmt.Close()) })
	return stmt
}

// benchData is the keys and a save of 1 KB.
func benchData() (keys []string, value json.RawMessage) {
	for i := range benchKeys {
		keys = append(keys, fmt.Sprintf("player_%04d", i))
	}
	value = json.RawMessage(`{"coins":1000000,"inventory":[`)
	for i := 0; len(value) < 980; i++ {
		value = fmt.Appendf(value, `{"id":%d,"name":"sword of dawn"},`, 10+i)
	}
	value = append(value, `{"pad":"`...)
	for len(value) < 1024-4 {
		value = append(value, 'x')
	}
	return keys, append(value, `"}]}`...)
}

// vary changes the number of coins.
func vary(value []byte, i int) {
	for at := 15; at > 9; at-- {
		value[at] = byte('0' + i%10)
		i /= 10
	}
}
