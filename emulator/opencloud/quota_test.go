package opencloud

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"savestone/emulator"
)

// Section 1.3.
func TestUniversesHaveSoManyV1RequestsAMinute(t *testing.T) {
	w := newWorld(t, Options{})
	for i := range 300 {
		got := w.send(post, setCoins, "1")
		require.Equal(t, http.StatusOK, got.status)
		require.Equal(t, "300, 300;w=60", got.header.Get("x-ratelimit-limit"))
		require.Equal(t, fmt.Sprint(299-i), got.header.Get("x-ratelimit-remaining"))
	}
	w.clock.now = w.clock.now.Add(10 * time.Second)
	got := w.send(post, setCoins, "1")
	require.Equal(t, http.StatusTooManyRequests, got.status)
	require.Equal(t, `{"error":"RESOURCE_EXHAUSTED","message":"Too many requests.","errorDetails":`+
		`[{"errorDetailType":"DatastoreErrorInfo","datastoreErrorCode":"TooManyRequests"}]}`, got.body)
	require.Equal(t, "50", got.header.Get("retry-after"))
	require.Equal(t, "50", got.header.Get("x-ratelimit-reset"))
	require.Equal(t, "0", got.header.Get("x-ratelimit-remaining"))
	require.Equal(t, "the limit of 300 requests a minute to a universe",
		got.header.Get("Savestone-Reason"))
	w.must(get, setCoins, "") // reads count apart
	w.clock.now = w.clock.now.Add(50 * time.Second)
	w.must(post, setCoins, "1")
}

func TestV1WritesAndReadsHaveSoManyBytesAMinute(t *testing.T) {
	w := newWorld(t, Options{})
	w.emulator = emulator.RunT(t, emulator.Options{Clock: w.clock, Profile: unlimitedProfile(t)})
	w.options.Service = w.emulator
	big := `"` + strings.Repeat("x", 4<<20-2) + `"`
	w.must(post, setCoins, big)
	w.must(post, setCoins, big)
	require.Equal(t, http.StatusTooManyRequests, w.send(post, setCoins, big).status)
	w.must(post, setCoins+"b", "1") // what fits may go on
	for range 5 {
		w.must(get, setCoins, "") // 20 MB
	}
	require.Equal(t, http.StatusTooManyRequests, w.send(get, setCoins, "").status)
}

func unlimitedProfile(t *testing.T) *emulator.Profile {
	profile, err := emulator.ProfileNamed("unlimited")
	require.NoError(t, err)
	return profile
}

// O7: the keys of one owner share its limits.
func TestTheKeysOfAnOwnerShareALimit(t *testing.T) {
	keys := []Key{
		{Secret: "a", Owner: "ann", Scopes: []string{"*"}},
		{Secret: "b", Owner: "ann", Scopes: []string{"*"}},
		{Secret: "c", Owner: "ben", Scopes: []string{"*"}},
	}
	w := newWorld(t, Options{Auth: KeysOnly, Keys: keys})
	snapshot := func(key string) int {
		return w.send(post, v2+"/data-stores:snapshot", "{}", "x-api-key", key).status
	}
	for i := range 60 {
		require.Equal(t, http.StatusOK, snapshot(keys[i%2].Secret))
	}
	require.Equal(t, http.StatusTooManyRequests, snapshot("a"))
	require.Equal(t, http.StatusTooManyRequests, snapshot("b"))
	require.Equal(t, http.StatusOK, snapshot("c"))
}

// O11, R179: v2 shares the budgets of the game servers, v1 does not.
func TestTheExperiencesBudgetsHoldForV2Only(t *testing.T) {
	w := newWorld(t, Options{})
	w.emulator = emulator.RunT(t, emulator.Options{
		Clock: w.clock, CCU: func() int { return 0 },
	})
	w.options.Service = w.emulator
	for range 300 {
		w.send(get, coins+"/a", "")
	}
	got := w.send(get, coins+"/a", "")
	require.Equal(t, http.StatusTooManyRequests, got.status)
	require.Equal(t, `{"code":"RESOURCE_EXHAUSTED","message":"The standard read request rate exceeds `+
		`the allowed maximum for the experience."}`, got.body)
	require.Equal(t, "60", got.header.Get("retry-after"))
	require.Equal(t, http.StatusNotFound, w.send(get, setCoins, "").status)
}

func TestAKeysThroughputHoldsForAll(t *testing.T) {
	w := newWorld(t, Options{})
	big := `"` + strings.Repeat("x", 3<<20) + `"`
	w.must(post, setCoins, big)
	got := w.send(patch, coins+"/a", `{"value":`+big+`}`)
	require.Equal(t, http.StatusTooManyRequests, got.status)
	require.Contains(t, got.body, "The request rate exceeds the allowed maximum for the key.")
}

func TestUnlimitedHoldsNoLimitsOfTheApiItself(t *testing.T) {
	w := newWorld(t, Options{Unlimited: true})
	for range 301 {
		require.Empty(t, w.send(get, v1, "").header.Get("x-ratelimit-limit"))
	}
}
