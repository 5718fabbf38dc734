package control_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"savestone/emulator"
)

// The timeouts of a server are for clients that are slow. This test needs real time: net/http's
// deadlines have no other.
func TestARequestThatWaitsOutlivesTheTimeoutsOfTheServer(t *testing.T) {
	const timeout = 50 * time.Millisecond
	w := one(t)
	server := httptest.NewUnstartedServer(w)
	server.Config.ReadTimeout, server.Config.WriteTimeout = timeout, timeout
	server.Start()
	defer server.Close()
	u, err := w.all.Open(t.Context(), 1)
	require.NoError(t, err)
	u.Clock.Freeze()
	w.must("POST", faultsPath, `{"kind":"latency","delay":"1h","leg":"send"}`)
	statuses := make(chan int)
	for _, body := range []string{"", `{"value":1}`} {
		go func() {
			method, path := "GET", cloud+"/other"
			if body != "" {
				method, path = "POST", cloud+"?id=k"
			}
			r, err := http.NewRequest(method, server.URL+path, strings.NewReader(body))
			require.NoError(t, err)
			r.Header.Set("Content-Type", "application/json")
			got, err := http.DefaultClient.Do(r)
			if err != nil {
				statuses <- 0
				return
			}
			got.Body.Close()
			statuses <- got.StatusCode
		}()
	}
	require.Eventually(t, func() bool { return u.Clock.State().Asleep == 2 }, eventually, tick)
	require.NoError(t, emulator.Wall{}.Sleep(t.Context(), 3*timeout))
	require.NoError(t, u.Clock.Advance(2*hour))
	require.ElementsMatch(t, []int{404, 200}, []int{<-statuses, <-statuses})
}
