package stdlib_test

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/vm"
)

// perTurn measures what one turn of a loop costs: program is a function of the number of turns, and
// call runs it.
func perTurn(b *testing.B, turns int, call func(turns int)) float64 {
	call(turns) // warm up
	best := time.Duration(math.MaxInt64)
	for range 5 {
		before := b.Elapsed()
		call(turns)
		best = min(best, b.Elapsed()-before)
	}
	return float64(best.Nanoseconds()) / float64(turns)
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
	for b.Loop() {
		own, native := perTurn(b, turnsMeasured, mine), perTurn(b, turnsMeasured, theirs)
		b.ReportMetric(own, "ns/switch")
		b.ReportMetric(native, "ns/stock-switch")
		b.ReportMetric(own/native, "ratio")
	}
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
	for b.Loop() {
		deep, plain := perTurn(b, turnsMeasured, five), perTurn(b, turnsMeasured, none)
		b.ReportMetric(deep, "ns/switch")
		b.ReportMetric(deep/plain, "ratio")
	}
}

const pcallSource = `
	local turns = ...
	local function nothing() end
	for i = 1, turns do pcall(nothing) end`

// A pcall without an error, beside gopher-lua's own.
func BenchmarkPcall(b *testing.B) {
	mine, theirs := ours(b, pcallSource), stock(b, pcallSource)
	for b.Loop() {
		own, native := perTurn(b, turnsMeasured, mine), perTurn(b, turnsMeasured, theirs)
		b.ReportMetric(own, "ns/pcall")
		b.ReportMetric(own/native, "ratio")
	}
}

const pcallErrorSource = `
	local turns = ...
	for i = 1, turns do pcall(error, "x") end`

func BenchmarkPcallError(b *testing.B) {
	mine, theirs := ours(b, pcallErrorSource), stock(b, pcallErrorSource)
	for b.Loop() {
		own, native := perTurn(b, turnsMeasured/10, mine), perTurn(b, turnsMeasured/10, theirs)
		b.ReportMetric(own, "ns/pcall")
		b.ReportMetric(own/native, "ratio")
	}
}

const createSource = `
	local turns = ...
	local function nothing() end
	for i = 1, turns do coroutine.resume(coroutine.create(nothing)) end`

// A coroutine's whole life, beside gopher-lua's own.
func BenchmarkCoroutineLife(b *testing.B) {
	mine, theirs := ours(b, createSource), stock(b, createSource)
	for b.Loop() {
		own, native := perTurn(b, turnsMeasured/10, mine), perTurn(b, turnsMeasured/10, theirs)
		b.ReportMetric(own, "ns/life")
		b.ReportMetric(own/native, "ratio")
	}
}
