package emulator_test

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/mattn/go-sqlite3"
	"github.com/stretchr/testify/require"

	"savestone/emulator"
)

// The benchmarks compare Do with the least that could do the job: one prepared statement on the
// driver's bare connection. Values are 1 KB of JSON, different each time.

const benchKeys = 1000

func benchKey(i int) string { return fmt.Sprintf("player_%04d", i%benchKeys) }

// benchValue is a save of 1 KB.
func benchValue() []byte {
	value := []byte(`{"coins":1000000,"inventory":[`)
	for i := 0; len(value) < 980; i++ {
		value = fmt.Appendf(value, `{"id":%d,"name":"sword of dawn"},`, 10+i)
	}
	value = append(value, `{"pad":"`...)
	for len(value) < 1024-4 {
		value = append(value, 'x')
	}
	return append(value, `"}]}`...)
}

// vary changes the number of coins.
func vary(value []byte, i int) { copy(value[9:16], fmt.Sprintf("%07d", 1_000_000+i%1_000_000)) }

func BenchmarkDoPut(b *testing.B) { benchmarkDoPut(b) }
func BenchmarkDoGet(b *testing.B) { benchmarkDoGet(b) }

func benchmarkDoPut(b *testing.B) {
	emu, keys, value := benchEmulator(b)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		vary(value, i)
		_, err := emu.Do(b.Context(), emulator.Request{
			Op: emulator.OpPut, Store: coins, Key: keys[i%benchKeys], Value: value,
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

func benchmarkDoGet(b *testing.B) {
	emu, keys, _ := benchEmulator(b)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		_, err := emu.Do(b.Context(), emulator.Request{
			Op: emulator.OpGet, Store: coins, Key: keys[i%benchKeys],
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

func benchEmulator(b *testing.B) (*emulator.Emulator, []string, json.RawMessage) {
	emu, _ := newEmulator(b)
	value := json.RawMessage(benchValue())
	keys := make([]string, benchKeys)
	for i := range keys {
		keys[i] = benchKey(i)
		_, err := emu.Seed(coins, keys[i], value)
		require.NoError(b, err)
	}
	return emu, keys, value
}

const rawUpsert = `INSERT INTO kv (k, v) VALUES (?, ?) ON CONFLICT (k) DO UPDATE SET v = excluded.v`

func BenchmarkRawUpsert(b *testing.B) { benchmarkRawUpsert(b) }
func BenchmarkRawSelect(b *testing.B) { benchmarkRawSelect(b) }

func benchmarkRawUpsert(b *testing.B) {
	conn, keys, value := benchRaw(b)
	upsert, err := conn.Prepare(rawUpsert)
	require.NoError(b, err)
	args := []driver.Value{nil, nil}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		vary(value, i)
		args[0], args[1] = keys[i%benchKeys], value
		if _, err := upsert.Exec(args); err != nil {
			b.Fatal(err)
		}
	}
	require.NoError(b, upsert.Close())
}

func benchmarkRawSelect(b *testing.B) {
	conn, keys, _ := benchRaw(b)
	sel, err := conn.Prepare(`SELECT v FROM kv WHERE k = ?`)
	require.NoError(b, err)
	args, row := []driver.Value{nil}, []driver.Value{nil}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		args[0] = keys[i%benchKeys]
		rows, err := sel.Query(args)
		if err != nil {
			b.Fatal(err)
		}
		if err := rows.Next(row); err != nil {
			b.Fatal(err)
		}
		if err := rows.Close(); err != nil {
			b.Fatal(err)
		}
	}
	require.NoError(b, sel.Close())
}

// benchRaw returns a connection with the same keys and values in a table of two columns, in an open
// transaction.
func benchRaw(b *testing.B) (*sqlite3.SQLiteConn, []string, []byte) {
	opened, err := (&sqlite3.SQLiteDriver{}).Open(":memory:")
	require.NoError(b, err)
	conn := opened.(*sqlite3.SQLiteConn)
	b.Cleanup(func() { require.NoError(b, conn.Close()) })
	_, err = conn.Exec(`CREATE TABLE kv (k TEXT PRIMARY KEY, v BLOB)`, nil)
	require.NoError(b, err)
	value := benchValue()
	keys := make([]string, benchKeys)
	for i := range keys {
		keys[i] = benchKey(i)
		_, err := conn.Exec(rawUpsert, []driver.Value{keys[i], value})
		require.NoError(b, err)
	}
	_, err = conn.Exec(`BEGIN`, nil)
	require.NoError(b, err)
	return conn, keys, value
}
