package opencloud

import (
	"context"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"savestone/emulator"
)

// broken is a service with a bug.
type broken struct{}

func (broken) Do(context.Context, emulator.Request) (emulator.Result, error) { panic("a bug") }

func TestPanicsAreAnsweredInTheFormOfTheRoute(t *testing.T) {
	var told []any
	w := newWorld(t, Options{Service: broken{}, Panicked: func(what any, stack []byte) {
		told = append(told, what)
		require.Contains(t, string(stack), "broken.Do")
	}})
	for _, c := range []struct{ target, want string }{
		{coins + "/k", `{"code":"INTERNAL","message":"An internal error occurred."}`},
		{points + "/k", `{"code":"INTERNAL","message":"An internal error occurred."}`},
		{entryV1 + "?datastoreName=Coins&entryKey=k", `{"error":"INTERNAL","message":"An internal error occurred.",` +
			`"errorDetails":[{"errorDetailType":"DatastoreErrorInfo","datastoreErrorCode":"Unknown"}]}`},
	} {
		got := w.send("GET", c.target, "")
		require.Equal(t, http.StatusInternalServerError, got.status)
		require.JSONEq(t, c.want, got.body)
	}
	require.Equal(t, []any{"a bug", "a bug", "a bug"}, told)
}

func TestDoneIsToldOfEachRequest(t *testing.T) {
	var told []Exchange
	w := newWorld(t, Options{Done: func(x Exchange) {
		x.Took = 0
		told = append(told, x)
	}})
	w.must("POST", coins+"?id=a%2Fb", `{"value":1}`)
	w.send("GET", entryV1+"?datastoreName=Coins&entryKey=none&scope=eu", "", "x-api-key", "secret")
	w.send("GET", "/nothing?key=secret", "")
	require.Len(t, told, 3)
	require.Positive(t, told[0].Sent)
	told[0].Sent, told[1].Sent, told[2].Sent = 0, 0, 0
	require.Equal(t, []Exchange{
		{Route: "CreateEntry", Method: "POST", Path: coins, Universe: 1, Store: "Coins", Key: "a/b",
			Status: 200, Version: "08DE81ABD463EB4C.0000000001.08DE81ABD463EB4C.01", Received: 11},
		{Route: "GetEntryV1", Method: "GET", Path: entryV1, Universe: 1, Store: "Coins", Scope: "eu", Key: "none",
			Status: 404, Reason: "Entry not found in the datastore."},
		{Method: "GET", Path: "/nothing", Status: 404, Reason: "there is no such route"},
	}, told)
}

func TestOtherMethodsAreToldWhichThereAre(t *testing.T) {
	w := newWorld(t, Options{})
	for _, c := range []struct{ method, target, want string }{
		{"HEAD", coins + "/k", "GET, PATCH, DELETE"}, {"OPTIONS", coins, "GET, POST"},
		{"PUT", entryV1, "GET, POST, DELETE"}, {"PATCH", v2 + ":publishMessage", "POST"},
	} {
		got := w.send(c.method, c.target, "")
		require.Equal(t, http.StatusMethodNotAllowed, got.status)
		require.Equal(t, c.want, got.header.Get("Allow"))
	}
}
