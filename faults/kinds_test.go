package faults_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"savestone/emulator"
)

// One test for each kind: what comes of a request, and exactly when.

func TestLateCommitLandsAfterItsCallerWasToldOfAnError(t *testing.T) {
	l := newLab(t, `{"kind": "lateCommit", "delay": "3s"}`)
	l.seed("k", `1`)
	err := l.put("k", `2`)
	require.EqualError(t, err,
		"502: API Services rejected request with error. HTTP 500 (Internal Server Error)")
	require.True(t, mayHaveApplied(t, err))
	require.Zero(t, l.since())
	l.at(3*time.Second - 1)
	require.Equal(t, `1`, l.stored("k"))
	l.at(3 * time.Second)
	require.Equal(t, `2`, l.stored("k"))
	require.Equal(t, []string{"lateCommit INFO"}, l.classes())
}

func TestLateCommitGivesWayUnlessItIsBlind(t *testing.T) {
	for mode, want := range map[string]string{"cas": `9`, "blind": `2`} {
		for _, op := range []emulator.Op{emulator.OpPut, emulator.OpIncrement} {
			l := newLab(t, `{"kind": "lateCommit", "delay": "3s", "mode": "`+mode+`", "limit": 1}`)
			l.seed("k", `1`)
			req := request(op, "k", `2`)
			req.Delta = -7
			_, err := l.do(req)
			require.Error(t, err)
			l.at(time.Second)
			require.NoError(t, l.put("k", `9`))
			l.at(time.Minute)
			require.Equal(t, want, l.stored("k"), "%s %s", mode, op)
		}
	}
}

func TestLateCommitNeedsSomebodyToRunIt(t *testing.T) {
	l := newLab(t, `[]`)
	in := l.injector
	_, err := in.Add(parse(t, `{"kind": "lateCommit"}`)[0])
	require.NoError(t, err)
	require.ErrorContains(t, withoutGo(t, l), `got no Options.Go, which lateCommit needs`)
}

func TestDupCommitCountsTwice(t *testing.T) {
	l := newLab(t, `{"kind": "dupCommit"}`)
	l.seed("k", `1`)
	req := request(emulator.OpIncrement, "k", "")
	req.Delta = 10
	result, err := l.do(req)
	require.NoError(t, err)
	require.Equal(t, `21`, string(result.Value))
	require.Equal(t, `21`, l.stored("k"))

	version := l.seed("k", `1`)
	req = request(emulator.OpPut, "k", `2`)
	req.IfVersion = &version
	_, err = l.do(req)
	require.ErrorIs(t, err, emulator.ErrVersionConflict, "it conflicts with itself")
	require.Equal(t, `2`, l.stored("k"))
	require.Equal(t, []string{"dupCommit OK", "dupCommit LIE"}, l.classes())
}

func TestHangKeepsItsCallerWaiting(t *testing.T) {
	for _, c := range []struct {
		mode, stored, class string
		fails, may          bool
	}{
		{"ok", `2`, "hang OK", false, false},
		{"error", `2`, "hang INFO", true, true},
		{"lost", `1`, "hang FAIL", true, false},
	} {
		l := newLab(t, `{"kind": "hang", "delay": "30s", "mode": "`+c.mode+`"}`)
		l.seed("k", `1`)
		err := l.put("k", `2`)
		require.Equal(t, 30*time.Second, l.since())
		require.Equal(t, c.stored, l.stored("k"), c.mode)
		require.Equal(t, []string{c.class}, l.classes())
		require.Equal(t, c.fails, err != nil, c.mode)
		if c.fails {
			require.Equal(t, c.may, mayHaveApplied(t, err), c.mode)
		}
	}
}

func TestBrownoutFailsSomeAndSlowsTheRest(t *testing.T) {
	l := newLab(t, `[
		{"kind": "brownout", "factor": 5, "chance": 0, "key": "slow"},
		{"kind": "brownout", "factor": 5, "chance": 1, "key": "fails"},
		{"kind": "latency", "delay": "200ms"}
	]`)
	require.NoError(t, l.put("slow", `1`))
	require.Equal(t, time.Second, l.since())
	require.Error(t, l.put("fails", `1`))
	require.Equal(t, "nil", l.stored("fails"))
	require.Equal(t, time.Second, l.since(), "it never got to the latency")
	require.Equal(t, []string{"latency OK", "brownout OK", "brownout FAIL"}, l.classes())
}

func TestReadmitLetsMoreAndMoreThrough(t *testing.T) {
	l := newLab(t, `{"kind": "readmit", "from": "1m", "to": "11m"}`)
	admitted := func(at time.Duration) (n int) {
		l.at(at)
		for range 200 {
			if l.put("k", `1`) == nil {
				n++
			}
		}
		return n
	}
	require.Equal(t, 200, admitted(0))
	require.Zero(t, admitted(time.Minute))
	require.Equal(t, 43, admitted(3*time.Minute+30*time.Second), "a quarter, with this seed")
	require.Equal(t, 143, admitted(8*time.Minute+30*time.Second), "three quarters")
	require.Equal(t, 200, admitted(11*time.Minute))
}

func TestThrottlesAnswerAsRobloxDoes(t *testing.T) {
	ranks := request(emulator.OpGet, "k", "")
	ranks.Store.Kind = emulator.Ordered
	for _, c := range []struct {
		kind string
		req  emulator.Request
		want error
	}{
		{"throttleExperience", request(emulator.OpPut, "k", `1`),
			emulator.ExperienceThrottled("StandardWrite")},
		{"throttleExperience", request(emulator.OpRemove, "k", ""),
			emulator.ExperienceThrottled("StandardRemove")},
		{"throttleExperience", ranks, emulator.ExperienceThrottled("OrderedRead")},
		{"throttleStore", request(emulator.OpGet, "k", ""), emulator.ErrStoreThrottled},
		{"throttleKey", request(emulator.OpGet, "k", ""), emulator.ErrKeyThrottled},
	} {
		l := newLab(t, `{"kind": "`+c.kind+`"}`)
		_, err := l.do(c.req)
		require.Equal(t, c.want, err)
		require.Equal(t, []string{c.kind + " FAIL"}, l.classes())
	}
}

func TestAThrottleThatCountsLetsSoManyThroughAMinute(t *testing.T) {
	l := newLab(t, `{"kind": "throttleKey", "perMinute": 2}`)
	l.at(10 * time.Second)
	require.NoError(t, l.put("a", `1`))
	l.at(20 * time.Second)
	require.NoError(t, l.put("a", `2`))
	require.ErrorIs(t, l.put("a", `3`), emulator.ErrKeyThrottled)
	require.NoError(t, l.put("b", `1`), "another key")
	l.at(70*time.Second - 1)
	require.ErrorIs(t, l.put("a", `4`), emulator.ErrKeyThrottled)
	l.at(70 * time.Second)
	require.NoError(t, l.put("a", `5`), "the first one is a minute ago")
	require.ErrorIs(t, l.put("a", `6`), emulator.ErrKeyThrottled)
}

func TestConflictMakesAnUpdateStartOver(t *testing.T) {
	l := newLab(t, `{"kind": "conflict", "times": 3}`)
	l.seed("k", `1`)
	require.Equal(t, 3, l.conflicts("k", `2`))
	require.Equal(t, `2`, l.stored("k"))
	require.Equal(t, []string{"conflict OK", "conflict OK", "conflict OK"}, l.classes())
	require.NoError(t, l.put("k", `3`), "who sets no condition has no conflict")
	require.Zero(t, newLab(t, `{"kind": "conflict"}`).conflicts("new", `1`), "nobody touches nothing")
}

func TestConflictDrawsHowOftenItComes(t *testing.T) {
	l := newLab(t, `{"kind": "conflict"}`)
	l.seed("k", `1`)
	var runs []int
	for range 8 {
		runs = append(runs, l.conflicts("k", `1`))
	}
	require.Equal(t, []int{2, 2, 1, 2, 1, 3, 2, 1}, runs)
}

// conflicts is how often an UpdateAsync has to start over.
func (l *lab) conflicts(key, value string) (n int) {
	l.Helper()
	for ; n < 20; n++ {
		current, err := l.do(request(emulator.OpGet, key, ""))
		require.NoError(l, err)
		req := request(emulator.OpPut, key, value)
		req.IfVersion = &current.Info.Version
		if _, err = l.do(req); err == nil {
			return n
		}
		require.ErrorIs(l, err, emulator.ErrVersionConflict)
	}
	require.Fail(l, "it never gets through")
	return n
}

func TestForeignWriteComesBetween(t *testing.T) {
	for _, c := range []struct{ extra, want string }{
		{``, `{"a":1,"b":2}`},
		{`, "mode": "set", "value": [7]`, `[7]`},
		{`, "mode": "merge", "value": {"b": 9, "c": 3}`, `{"a":1,"b":9,"c":3}`},
	} {
		l := newLab(t, `{"kind": "foreignWrite", "ops": "put"`+c.extra+`}`)
		version := l.seed("k", `{"a":1,"b":2}`)
		req := request(emulator.OpPut, "k", `5`)
		req.IfVersion = &version
		_, err := l.do(req)
		require.ErrorIs(t, err, emulator.ErrVersionConflict)
		require.Equal(t, c.want, l.stored("k"))
		require.Equal(t, []string{"foreignWrite OK"}, l.classes())
	}
	l := newLab(t, `{"kind": "foreignWrite"}`)
	require.Equal(t, "nil", l.get("k"))
	require.Empty(t, l.events, "where nothing is there is nothing to touch")
}

// R2 of the incidents: who believes that there is nothing overwrites what there is.
func TestNilReadHasAnUpdateOverwriteWhatIsThere(t *testing.T) {
	l := newLab(t, `{"kind": "nilRead", "affects": "update"}`)
	l.seed("k", `{"coins":5}`)
	require.Equal(t, `{"coins":5}`, l.get("k"), "GetAsync is not affected")
	read := request(emulator.OpGet, "k", "")
	read.Updating = true
	result, err := l.do(read)
	require.NoError(t, err)
	require.Equal(t, "nil", shown(result))
	put := request(emulator.OpPut, "k", `{"coins":0}`)
	put.IfVersion, put.Updating = &result.Info.Version, true
	_, err = l.do(put)
	require.NoError(t, err)
	require.Equal(t, `{"coins":0}`, l.stored("k"))
	require.Equal(t, []string{"nilRead LIE"}, l.classes())

	l = newLab(t, `{"kind": "nilRead", "affects": "get"}`)
	l.seed("k", `1`)
	require.Equal(t, "nil", l.get("k"))
	require.Equal(t, "nil", l.get("nothing"))
	require.Len(t, l.events, 1, "that there is nothing is no lie")
}

func TestStaleReadAnswersWhatWas(t *testing.T) {
	l := newLab(t, `{"kind": "staleRead", "delay": "10s"}`)
	require.NoError(t, l.put("k", `1`))
	l.at(5 * time.Second)
	require.NoError(t, l.put("k", `2`))
	require.Equal(t, `2`, l.get("k"), "what was there 10 s ago is not known")
	l.at(10 * time.Second)
	require.Equal(t, `1`, l.get("k"))
	l.at(15*time.Second - 1)
	require.Equal(t, `1`, l.get("k"))
	l.at(15 * time.Second)
	require.Equal(t, `2`, l.get("k"))
	require.Equal(t, []string{"staleRead LIE", "staleRead LIE"}, l.classes())
	require.NoError(t, l.put("k", `3`))
	require.Equal(t, `2`, l.get("k"))
	_, err := l.do(request(emulator.OpRemove, "k", ""))
	require.NoError(t, err)
	l.at(time.Minute)
	require.Equal(t, "nil", l.get("k"))
}

func TestGarbledReplySpoilsTheAnswer(t *testing.T) {
	l := newLab(t, `{"kind": "garbledReply"}`)
	err := l.put("k", `1`)
	require.EqualError(t, err, "501: Can't parse response, data may be corrupted.")
	require.True(t, mayHaveApplied(t, err))
	require.Equal(t, `1`, l.stored("k"))
	_, err = l.do(request(emulator.OpGet, "k", ""))
	require.False(t, mayHaveApplied(t, err))
	ranks := request(emulator.OpGet, "k", "")
	ranks.Store.Kind = emulator.Ordered
	_, err = l.do(ranks)
	require.ErrorIs(t, err, emulator.ErrOrderedResponseFormat)
	require.Equal(t, []string{
		"garbledReply INFO", "garbledReply FAIL", "garbledReply FAIL",
	}, l.classes())

	l = newLab(t, `{"kind": "garbledReply", "mode": "value"}`)
	l.seed("k", `{"coins":5}`)
	require.Equal(t, `{}`, l.get("k"), "with this seed")
	require.Equal(t, `{"coins":5}`, l.stored("k"))
	require.Equal(t, []string{"garbledReply LIE"}, l.classes())
}

// R3 of the incidents: for a while all scopes lead elsewhere, and then back.
func TestMisdirectLeadsAstrayUntilItHeals(t *testing.T) {
	l := newLab(t, `{"use": "2020-scope-incident", "from": "1m"}`)
	require.NoError(t, l.put("k", `1`))
	l.at(time.Minute)
	require.Equal(t, "nil", l.get("k"))
	require.NoError(t, l.put("k", `2`))
	require.Equal(t, `2`, l.get("k"))
	require.Equal(t, `1`, l.stored("k"))
	ranks := request(emulator.OpPut, "k", `7`)
	ranks.Store.Kind = emulator.Ordered
	_, err := l.do(ranks)
	require.NoError(t, err)
	l.at(74 * time.Minute)
	require.Equal(t, `1`, l.get("k"), "what was saved meanwhile is lost")
	top, err := l.emulator.Peek(ranks.Store, "k")
	require.NoError(t, err)
	require.Equal(t, `7`, shown(top), "ordered stores are spared")
	require.Equal(t, []string{"misdirect LIE", "misdirect LIE", "misdirect LIE"}, l.classes())
}

func TestOversizeLetsAValueGrowUntilItIsRefused(t *testing.T) {
	l := newLab(t, `{"kind": "oversize", "bytes": "2MB", "growth": "1MB", "from": "10s"}`)
	require.NoError(t, l.put("k", `1`))
	l.at(2*time.Minute + 9*time.Second)
	require.NoError(t, l.put("k", `2`))
	l.at(2*time.Minute + 10*time.Second)
	require.ErrorIs(t, l.put("k", `3`), emulator.ErrValueLarge)
	require.Equal(t, `2`, l.stored("k"))
	require.Equal(t, []string{"oversize FAIL"}, l.classes())
}

func TestVersionGapAlwaysMissesTheSameVersions(t *testing.T) {
	l := newLab(t, `{"kind": "versionGap", "chance": "50%"}`)
	for i := range 8 {
		l.at(time.Duration(i) * time.Hour)
		l.seed("k", `1`)
	}
	list := func() (times []int) {
		result, err := l.do(request(emulator.OpListVersions, "k", ""))
		require.NoError(t, err)
		for _, item := range result.Items {
			at := time.UnixMilli(item.Info.UpdatedMS).Sub(begun)
			times = append(times, int(at/time.Hour))
		}
		return times
	}
	require.Equal(t, []int{0, 1, 2, 3, 5, 6}, list(), "with this seed")
	require.Equal(t, list(), list())
	require.Equal(t, "versionGap OK", l.classes()[0])
}

func TestVersionExpireForgetsEarly(t *testing.T) {
	l := newLab(t, `{"kind": "versionExpire", "age": "90m"}`)
	old := l.seed("k", `1`)
	l.at(time.Hour)
	young := l.seed("k", `2`)
	l.at(2 * time.Hour)
	l.seed("k", `3`)
	result, err := l.do(request(emulator.OpListVersions, "k", ""))
	require.NoError(t, err)
	require.Len(t, result.Items, 2)
	req := request(emulator.OpGetVersion, "k", "")
	req.Version = young
	result, err = l.do(req)
	require.NoError(t, err)
	require.Equal(t, `2`, shown(result))
	req.Version = old
	_, err = l.do(req)
	require.ErrorIs(t, err, emulator.ErrVersionInvalid)
	at := request(emulator.OpGetVersionAt, "k", "")
	at.TimeMS = begun.Add(time.Minute).UnixMilli()
	result, err = l.do(at)
	require.NoError(t, err)
	require.Equal(t, "nil", shown(result))
	require.Equal(t, []string{
		"versionExpire OK", "versionExpire FAIL", "versionExpire OK",
	}, l.classes())
}

func TestPartialListMissesRepeatsOrFails(t *testing.T) {
	list := func(mode, cursor string) (string, error) {
		l := newLab(t, `{"kind": "partialList", "chance": "40%", "mode": "`+mode+`"}`)
		for _, key := range []string{"a", "b", "c", "d", "e"} {
			l.seed(key, `1`)
		}
		req := request(emulator.OpListKeys, "", "")
		result, err := l.do(req)
		if err != nil {
			return "", err
		}
		var keys []string
		for _, item := range result.Items {
			keys = append(keys, item.Key)
		}
		return strings.Join(keys, ""), nil
	}
	missed, err := list("miss", "")
	require.NoError(t, err)
	require.Equal(t, "abcd", missed, "with this seed")
	repeated, err := list("repeat", "")
	require.NoError(t, err)
	require.Equal(t, "abcdee", repeated, "the same ones")

	l := newLab(t, `{"kind": "partialList", "mode": "error"}`)
	l.seed("a", `1`)
	l.seed("b", `1`)
	req := request(emulator.OpListKeys, "", "")
	req.Page.Size = 1
	page, err := l.do(req)
	require.NoError(t, err, "the first page comes")
	req.Page.Cursor = page.Cursor
	_, err = l.do(req)
	require.ErrorIs(t, err, emulator.ErrInternal)
	require.Equal(t, []string{"partialList FAIL"}, l.classes())
}

func TestHealEndsAllFaults(t *testing.T) {
	l := newLab(t, `[{"kind": "heal", "from": "5m", "key": "k*"}, {"kind": "lostRequest"}]`)
	require.Error(t, l.put("k", `1`))
	l.at(5 * time.Minute)
	require.NoError(t, l.put("k", `1`))
	require.Error(t, l.put("other", `1`))
}
