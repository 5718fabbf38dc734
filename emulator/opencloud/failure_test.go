package opencloud

import (
	"context"
	"errors"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"savestone/emulator"
)

// failing answers everything with one error.
type failing struct{ err error }

func (f failing) Do(context.Context, emulator.Request) (emulator.Result, error) {
	return emulator.Result{}, f.err
}

func TestFailuresOfTheServiceHaveTheirStatus(t *testing.T) {
	lost := *emulator.ErrResponseFormat
	lost.MayHaveApplied = true
	for _, c := range []struct {
		err    error
		status int
		code   string
		reason string
	}{
		{emulator.ErrInternal, 500, "INTERNAL", "RequestRejected: API Services rejected request " +
			"with error. HTTP 500 (Internal Server Error)"},
		{&lost, 500, "INTERNAL", "InternalError: DataStore Request successful, but the response " +
			"was not formatted correctly.; it may have been applied"},
		{emulator.RejectedHTTP(503, "Service Unavailable"), 503, "UNAVAILABLE", "RequestRejected: " +
			"API Services rejected request with error. HTTP 503 (Service Unavailable)"},
		{emulator.ErrKeyThrottled, 429, "RESOURCE_EXHAUSTED", "RequestRejected: API Services " +
			"rejected request with error. Error code: 0 Reason: The request rate exceeds the " +
			"allowed maximum for the key."},
		{emulator.ExperienceThrottled("OrderedRead"), 429, "RESOURCE_EXHAUSTED",
			"OrderedReadExperienceThrottled: `OrderedRead` request was throttled by experience limits."},
		{emulator.ErrClosed, 503, "UNAVAILABLE", "the emulator is closed"},
		{emulator.ErrNotEmulated, 501, "NOT_IMPLEMENTED", "not emulated"},
		{context.Canceled, statusCancelled, "CANCELLED", "context canceled"},
		{errors.New("disk\nfull"), 500, "INTERNAL", "disk?full"},
	} {
		w := newWorld(t, Options{Service: failing{c.err}})
		got := w.send(get, coins+"/a", "")
		require.Equal(t, c.status, got.status, c.err)
		require.Contains(t, got.body, `{"code":"`+c.code+`","message":"`)
		require.Equal(t, c.reason, got.header.Get("Savestone-Reason"))
		require.Equal(t, c.status, w.send(get, setCoins, "").status, c.err)
		throttled := c.status == http.StatusTooManyRequests
		require.Equal(t, throttled, got.header.Get("retry-after") != "", c.err)
	}
}

func TestRoutesHaveNamesOfTheirOwn(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range routes() {
		require.False(t, seen[r.name], r.name)
		seen[r.name] = true
		require.NotNil(t, r.run, r.name)
		require.NotEqual(t, unlimited, r.usage, r.name)
	}
}
