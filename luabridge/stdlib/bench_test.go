package stdlib_test

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/vm"
)

// perTurn measures what one turn of two programs costs, which take the number of turns. They run
// by turns, so that a busy machine slows both.
func perTurn(b *testing.B, turns int, programs [2]func(turns int)) (first, second float64) {
	best := [2]time.Duration{math.MaxInt64, math.MaxInt64}
	for range 6 {
		for i, program := range programs {
			before := b.Elapsed()
			program(turns)
			best[i] = min(best[i], b.Elapsed()-before)
		}
	}
	perTurn := func(d time.Duration) float64 { return float64(d.Nanoseconds()) / float64(turns) }
	return perTurn(best[0]), perTurn(best[1])
}

// report compares two programs under b: what a turn of the first costs, and the ratio.
func report(b *testing.B, turns int, first, second func(turns int)) {
	for b.Loop() {
		own, other := perTurn(b, turns, [2]func(int){first, second})
		b.ReportMetric(own, "ns/turn")
		b.ReportMetric(own/other, "ratio")
	}
}

// ours compiles a chunk of our Luau that takes the number of turns.
func ours(b *testing.B, source string) func(turns int) {
	v := newWorld(b, vm.Options{})
	fn, err := v.Load(source, "Bench", v.Globals)
	require.NoError(b, err)
	return func(turns int) {
		_, fault := v.NewThread(fn).Resume(lua.LNumber(turns))
		require.Nil(b, fault)
	}
}

// stock compiles the same chunk for gopher-lua as it comes, with its own libraries.
func stock(b *testing.B, source string) func(turns int) {
	L := lua.NewState()
	b.Cleanup(L.Close)
	fn, err := L.LoadString(source)
	require.NoError(b, err)
	return func(turns int) {
		L.Push(fn)
		L.Push(lua.LNumber(turns))
		L.Call(1, 0)
	}
}

const switchSource = `
	local turns = ...
	local co = coroutine.create(function()
		while true do coroutine.yield() end
	end)
	local resume = coroutine.resume
	for i = 1, turns do resume(co) end`

const turnsMeasured = 100_000

// Resume and yield, beside gopher-lua's own coroutines: the wanted ratio is 3 at most.
func BenchmarkResumeYield(b *testing.B) {
	mine, theirs := ours(b, switchSource), stock(b, switchSource)
	report(b, turnsMeasured, mine, theirs)
}

const switchThroughPcallsSource = `
	local turns = ...
	local function loop() while true do coroutine.yield() end end
	local co = coroutine.create(function() pcall(pcall, pcall, pcall, pcall, loop) end)
	local resume = coroutine.resume
	for i = 1, turns do resume(co) end`

// The same through five pcalls, beside none: the wanted ratio is 1.2 at most.
func BenchmarkResumeYieldThroughPcalls(b *testing.B) {
	five, none := ours(b, switchThroughPcallsSource), ours(b, switchSource)
	report(b, turnsMeasured, five, none)
}

const pcallSource = `
	local turns = ...
	local function nothing() end
	for i = 1, turns do pcall(nothing) end`

// A pcall without an error, beside gopher-lua's own.
func BenchmarkPcall(b *testing.B) {
	mine, theirs := ours(b, pcallSource), stock(b, pcallSource)
	report(b, turnsMeasured, mine, theirs)
}

const pcallErrorSource = `
	local turns = ...
	for i = 1, turns do pcall(error, "x") end`

func BenchmarkPcallError(b *testing.B) {
	mine, theirs := ours(b, pcallErrorSource), stock(b, pcallErrorSource)
	report(b, turnsMeasured/10, mine, theirs)
}

const createSource = `
	local turns = ...
	local function nothing() end
	for i = 1, turns do coroutine.resume(coroutine.create(nothing)) end`

// A coroutine's whole life, beside gopher-lua's own.
func BenchmarkCoroutineLife(b *testing.B) {
	mine, theirs := ours(b, createSource), stock(b, createSource)
	report(b, turnsMeasured/10, mine, theirs)
}
