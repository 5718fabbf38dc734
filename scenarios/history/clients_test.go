package history_test

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"savestone/emulator"
	"savestone/scenarios/history"
)

// gate answers as its test says.
type gate struct {
	next emulator.Service
	do   func(next emulator.Service, ctx context.Context, req emulator.Request) (emulator.Result, error)
}

func (g *gate) Do(ctx context.Context, req emulator.Request) (emulator.Result, error) {
	if g.do != nil {
		return g.do(g.next, ctx, req)
	}
	return g.next.Do(ctx, req)
}

// world is an emulator behind a gate, between the two faces of a recorder.
type world struct {
	recorder *history.Recorder
	gate     *gate
	svc      emulator.Service
}

func newWorld(t *testing.T) *world {
	clock := &tickingClock{now: start}
	w := &world{recorder: history.NewRecorder(clock)}
	w.gate = &gate{next: w.recorder.Truth(emulator.RunT(t, emulator.Options{Clock: clock}))}
	w.svc = w.recorder.Clients(w.gate)
	return w
}

func (w *world) set(t *testing.T, server, value string) error {
	t.Helper()
	_, err := w.svc.Do(t.Context(), emulator.Request{
		Op: emulator.OpPut, Server: server, Store: coins, Key: "k", Value: json.RawMessage(value),
	})
	return err
}

func (w *world) remove(t *testing.T, server string) {
	t.Helper()
	_, err := w.svc.Do(t.Context(), emulator.Request{
		Op: emulator.OpRemove, Server: server, Store: coins, Key: "k",
	})
	require.NoError(t, err)
}

func lose(next emulator.Service, ctx context.Context, req emulator.Request) (emulator.Result, error) {
	return emulator.Result{}, emulator.ErrInternal
}

// A save fails, the next one succeeds, and then the first is tried again.
func TestRetryOfAnOldValueIsAResurrection(t *testing.T) {
	w := newWorld(t)
	w.gate.do = lose
	require.Error(t, w.set(t, "a", `{"n":1}`))
	w.gate.do = nil
	require.NoError(t, w.set(t, "a", `{"n":2}`))
	require.Empty(t, history.NoResurrection(w.recorder.History()))
	require.NoError(t, w.set(t, "b", `{"n":1}`))
	require.Empty(t, history.NoResurrection(w.recorder.History()), "another server's business")
	require.NoError(t, w.set(t, "a", `{"n":1}`))
	found := history.NoResurrection(w.recorder.History())
	require.Equal(t, []string{"I3"}, invariants(found))
	require.Equal(t, []int{4, 1, 2}, found[0].Ops)
	require.Empty(t, history.Witness(w.recorder.History()), "the store did what it was asked")
}

func TestRetryBeforeTheNextValueIsFine(t *testing.T) {
	w := newWorld(t)
	w.gate.do = lose
	require.Error(t, w.set(t, "a", `{"n":1}`))
	w.gate.do = nil
	require.NoError(t, w.set(t, "a", `{"n":1}`))
	require.NoError(t, w.set(t, "a", `{"n":1}`))
	require.NoError(t, w.set(t, "a", `{"n":2}`))
	require.Empty(t, history.NoResurrection(w.recorder.History()))
}

func TestRemovedValueStaysRemoved(t *testing.T) {
	w := newWorld(t)
	require.NoError(t, w.set(t, "a", `{"n":1}`))
	w.remove(t, "a")
	w.remove(t, "a")
	require.Empty(t, history.NoResurrection(w.recorder.History()))
	require.NoError(t, w.set(t, "a", `{"n":1}`))
	require.Equal(t, []string{"I3"}, invariants(history.NoResurrection(w.recorder.History())))
}

// A write that was answered with an error lands after the one that followed it.
func TestLateWriteBreaksTheOrder(t *testing.T) {
	w := newWorld(t)
	var late func()
	w.gate.do = func(next emulator.Service, ctx context.Context, req emulator.Request) (emulator.Result, error) {
		late = func() {
			_, err := next.Do(ctx, req)
			require.NoError(t, err)
		}
		maybe := *emulator.ErrInternal
		maybe.MayHaveApplied = true
		return emulator.Result{}, &maybe
	}
	require.Error(t, w.set(t, "a", `{"n":1}`))
	w.gate.do = nil
	require.NoError(t, w.set(t, "a", `{"n":2}`))
	require.Empty(t, history.OrderKept(w.recorder.History()))
	late()
	h := w.recorder.History()
	found := history.OrderKept(h)
	require.Equal(t, []string{"I14"}, invariants(found))
	require.Equal(t, []int{1, 2}, found[0].Ops)
	require.Empty(t, history.Witness(h), "after an error of that kind a store may do so")
}

// A client that died waiting is in the history, and so is what it asked for.
func TestRequestWithoutAnAnswerIsOfUnknownOutcome(t *testing.T) {
	w := newWorld(t)
	w.gate.do = func(next emulator.Service, ctx context.Context, req emulator.Request) (emulator.Result, error) {
		_, _ = next.Do(ctx, req)
		panic("the server crashed")
	}
	require.Panics(t, func() { _ = w.set(t, "a", `1`) })
	h := w.recorder.History()
	require.Len(t, h.Commits, 1)
	require.Equal(t, history.Info, h.Ops[0].Outcome)
	require.Zero(t, h.Ops[0].Return)
	require.Empty(t, history.Witness(h))
	again, err := history.Load(strings.NewReader(saved(t, h)))
	require.NoError(t, err)
	require.Zero(t, again.Ops[0].Return)
}

func saved(t *testing.T, h *history.History) string {
	t.Helper()
	var text bytes.Buffer
	require.NoError(t, h.Save(&text))
	return text.String()
}

func TestSavedHistoryComesBackTheSame(t *testing.T) {
	text := saved(t, sequential(t, 300, 3))
	require.Equal(t, text, saved(t, sequential(t, 300, 3)), "the same run gives the same bytes")
	require.NotEqual(t, text, saved(t, sequential(t, 300, 4)))
	h, err := history.Load(strings.NewReader(text))
	require.NoError(t, err)
	require.Equal(t, text, saved(t, h))
	require.Empty(t, history.Witness(h))
}

func TestDamagedHistoryIsRefused(t *testing.T) {
	w := newWorld(t)
	require.NoError(t, w.set(t, "a", `"<é>"`))
	text := saved(t, w.recorder.History())
	require.Contains(t, text, `<é>`)
	lines := strings.SplitAfter(text, "\n")
	for _, c := range []struct{ text, want string }{
		{"", "load history: EOF"},
		{"{}", `got the format "", want "savestone.history/v1"`},
		{lines[0], "request 1 of 1: EOF"},
		{lines[0] + lines[1], "commit 1 of 1: EOF"},
		{text + lines[2], "got more after 1 requests and 1 commits"},
		{strings.Replace(text, `"id":1`, `"id":2`, 1), "got the id 2, want 1"},
		{strings.Replace(text, `"ok"`, `"fine"`, 1), `got the outcome "fine", want one of info, ok, fail`},
		{strings.Replace(text, `"op":"put"`, `"op":"putt"`, 1), `got the operation "putt"`},
		{strings.Replace(text, `"standard"`, `"sorted"`, 1), `got a "sorted" store, want standard or ordered`},
		{strings.Replace(text, `"server"`, `"sever"`, 1), `unknown field "sever"`},
	} {
		_, err := history.Load(strings.NewReader(c.text))
		require.ErrorContains(t, err, c.want)
	}
}
