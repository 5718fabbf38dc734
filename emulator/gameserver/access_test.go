package gameserver_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"savestone/emulator"
	"savestone/emulator/gameserver"
)

// Section 22: the texts that libraries probe for with a first write, and what a read gets.
func TestAccessDecidesWhatCallsMeet(t *testing.T) {
	const (
		denied  = "403: Cannot write to DataStore from Studio if API access is not enabled."
		refused = "502: API Services rejected request with error. " +
			"Error code: 7 Reason: Studio access to APIs is not allowed."
		offline = "HttpError: ConnectFail"
	)
	for _, c := range []struct {
		access      gameserver.Access
		write, read string
		sent        int
		spent       costs
	}{
		{gameserver.Live, "done", "done", 2,
			costs{emulator.StandardRead: 1, emulator.StandardWrite: 1}},
		{gameserver.Studio, "done", "done", 2,
			costs{emulator.StandardRead: 1, emulator.StandardWrite: 1}},
		{gameserver.StudioNoAPI, denied, refused, 0, costs{}},
		{gameserver.Offline, offline, offline, 0,
			costs{emulator.StandardRead: 1, emulator.StandardWrite: 1}},
	} {
		t.Run(c.access.String(), func(t *testing.T) {
			l := newLimited(t, gameserver.Options{Access: c.access})
			l.set("k")
			l.get("k")
			l.sim.Run()
			require.Equal(t, []string{"0s set k: " + c.write, "0s get k: " + c.read}, l.log)
			require.Len(t, l.sent, c.sent)
			for kind, n := range c.spent {
				require.Equal(t, 100-n, l.server.Budget(kind))
			}
			if len(c.spent) == 0 {
				require.Equal(t, 100, l.server.Budget(emulator.StandardWrite))
			}
		})
	}
}

// Every method is refused, not only those that a probe would use.
func TestStudioWithoutAPIRefusesEveryMethod(t *testing.T) {
	l := newLimited(t, gameserver.Options{Access: gameserver.StudioNoAPI})
	l.eachMethod(func(name string, writes bool, do func() error) {
		l.call(name, func() error {
			want := emulator.ErrStudioRefused
			if writes {
				want = emulator.ErrStudioAccess
			}
			require.Equal(t, want, do(), name)
			return nil
		})
	})
	l.sim.Run()
	require.Len(t, l.log, 13)
	require.Empty(t, l.sent)
}

// eachMethod yields every call that a script can make.
func (l *limited) eachMethod(yield func(name string, writes bool, do func() error)) {
	ctx := l.t.Context()
	yield("Get", false, func() error { _, err := l.coins.Get(ctx, "k", true); return err })
	yield("Set", true, func() error { return setKey(l.t, l.coins, "k") })
	yield("Increment", true, func() error {
		_, err := l.coins.Increment(ctx, "k", 1, nil, nil)
		return err
	})
	yield("Update", true, func() error { _, err := l.coins.Update(ctx, "k", cancel); return err })
	yield("Remove", true, func() error { _, err := l.coins.Remove(ctx, "k"); return err })
	yield("GetVersion", false, func() error {
		_, err := l.coins.GetVersion(ctx, "k", "v")
		return err
	})
	yield("GetVersionAt", false, func() error {
		_, err := l.coins.GetVersionAt(ctx, "k", start.UnixMilli())
		return err
	})
	yield("ListVersions", false, func() error {
		_, err := l.coins.ListVersions(ctx, "k", gameserver.VersionListing{})
		return err
	})
	yield("RemoveVersion", true, func() error { return l.coins.RemoveVersion(ctx, "k", "v") })
	yield("ListKeys", false, func() error {
		_, err := l.coins.ListKeys(ctx, gameserver.KeyListing{})
		return err
	})
	yield("ListStores", false, l.listStores)
	yield("GetSorted", false, l.getSorted)
	yield("GetMany", false, func() error {
		_, err := l.ranks.GetMany(ctx, []string{"k"})
		return err
	})
}

// R21
func TestUnpublishedPlaceHasNoStores(t *testing.T) {
	const text = "You must publish this place to the web to access DataStore."
	server := gameserver.New(scripted(nil), idleClock{},
		gameserver.Options{Access: gameserver.Unpublished})
	_, err := server.Store(coins)
	require.EqualError(t, err, text)
	_, err = server.Store(ranks)
	require.EqualError(t, err, text)
	_, err = server.AllScopes("Coins")
	require.EqualError(t, err, text)
	_, err = server.ListStores(t.Context(), "", 0, "")
	require.EqualError(t, err, text)
}

// R228: a closed server refuses calls with 401, also what it has cached, and with 402 those that
// were on their way.
func TestClosedServerRefusesEveryMethod(t *testing.T) {
	l := newLimited(t, gameserver.Options{})
	l.drain(emulator.StandardWrite)
	l.set("waiting")
	require.NoError(t, l.server.SetRateLimit(emulator.OrderedWrite, 0, 0))
	l.call("waiting for ever", func() error { return setKey(t, l.ranks, "k") })
	l.call("get", func() error { _, err := l.coins.Get(t.Context(), "k", true); return err })
	l.sim.RunUntil(start.Add(400 * time.Millisecond))
	l.log = nil
	l.get("leaving") // is let out while the server closes
	l.sim.Step()
	l.server.Close()
	l.eachMethod(func(name string, _ bool, do func() error) {
		l.call(name, func() error {
			require.Equal(t, emulator.ErrDataModelClosed, do(), name)
			return nil
		})
	})
	l.sim.RunUntil(l.sim.Now())
	require.Len(t, l.log, 1+13)
	const gone = "402: Request Failed. " +
		"LuaWebService is inaccessible while the experience is shutting down."
	require.Equal(t, "400ms get leaving: "+gone, l.log[0])
	l.sim.Run()
	require.Equal(t, []string{
		"1s set waiting: " + gone, "1s waiting for ever: " + gone,
	}, l.log[14:])
}

func TestAccessHasANameBothWays(t *testing.T) {
	for a := gameserver.Live; a <= gameserver.Offline; a++ {
		parsed, err := gameserver.ParseAccess(a.String())
		require.NoError(t, err)
		require.Equal(t, a, parsed)
	}
	_, err := gameserver.ParseAccess("moon")
	require.EqualError(t, err, `access "moon": want one of `+
		`["live" "studio" "studio_no_api" "unpublished" "offline"]`)
}
