package gameserver_test

import (
	"errors"
	"fmt"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"savestone/emulator"
	"savestone/emulator/gameserver"
)

// book answers listings with pages of one item each.
func book(pages int) scripted {
	return func(req emulator.Request) (emulator.Result, error) {
		page, _ := strconv.Atoi(req.Page.Cursor)
		result := emulator.Result{Items: []emulator.Item{{Key: fmt.Sprintf("k%d", page)}}}
		if page+1 < pages {
			result.Cursor = strconv.Itoa(page + 1)
		}
		return result, nil
	}
}

func (l *limited) run(do func()) {
	l.t.Helper()
	l.call("it", func() error { do(); return nil })
	l.sim.RunUntil(l.sim.Now())
	require.NotEmpty(l.t, l.log, "the call did not end")
}

// R134, R135, R136, R138
func TestPagesAreTurnedUntilTheLast(t *testing.T) {
	l := newLimited(t, gameserver.Options{})
	l.backend = book(3)
	l.run(func() {
		pages, err := l.coins.ListKeys(t.Context(), gameserver.KeyListing{})
		require.NoError(t, err)
		for i := range 3 {
			require.Equal(t, []emulator.Item{{Key: fmt.Sprintf("k%d", i)}}, pages.Current())
			require.Equal(t, i == 2, pages.IsFinished())
			require.Equal(t, []string{"1", "2", ""}[i], pages.Cursor())
			if i < 2 {
				require.NoError(t, pages.Advance(t.Context()))
			}
		}
		sent := len(l.sent)
		require.EqualError(t, pages.Advance(t.Context()), "No pages to advance to")
		require.Len(t, l.sent, sent)
		require.Equal(t, []emulator.Item{{Key: "k2"}}, pages.Current())
	})
}

// R137: an advance is charged, and throttled, like the listing it goes on with.
func TestAdvanceIsARequestOfTheListingsType(t *testing.T) {
	for _, c := range []struct {
		name string
		kind emulator.RequestType
		list func(l *limited) (*gameserver.Pages, error)
	}{
		{"ListDataStoresAsync", emulator.StandardList, func(l *limited) (*gameserver.Pages, error) {
			return l.server.ListStores(t.Context(), "", 0, "")
		}},
		{"ListKeysAsync", emulator.StandardList, func(l *limited) (*gameserver.Pages, error) {
			return l.coins.ListKeys(t.Context(), gameserver.KeyListing{})
		}},
		{"ListVersionsAsync", emulator.StandardList, func(l *limited) (*gameserver.Pages, error) {
			return l.coins.ListVersions(t.Context(), "k", gameserver.VersionListing{})
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := newLimited(t, gameserver.Options{})
			l.backend = book(100)
			l.run(func() {
				pages, err := c.list(l)
				require.NoError(t, err)
				for l.server.Budget(c.kind) > 0 {
					require.NoError(t, pages.Advance(t.Context()))
				}
				require.Len(t, l.sent, 10)
				require.EqualError(t, pages.Advance(t.Context()),
					c.name+" request dropped. Request was throttled.")
				require.Equal(t, "10", pages.Cursor())
			})
		})
	}
	l := newLimited(t, gameserver.Options{})
	l.backend = book(100)
	l.call("sorted", func() error {
		pages, err := l.ranks.GetSorted(t.Context(), gameserver.SortedListing{})
		for range 10 {
			require.NoError(t, err)
			err = pages.Advance(t.Context())
		}
		return err
	})
	l.sim.Run()
	require.Equal(t, []string{"12s sorted: done"}, l.log, "the eleventh waits for 5 a minute")
}

func TestFailedAdvanceKeepsThePageAtHand(t *testing.T) {
	l := newLimited(t, gameserver.Options{})
	l.backend = book(2)
	l.run(func() {
		pages, err := l.coins.ListKeys(t.Context(), gameserver.KeyListing{})
		require.NoError(t, err)
		l.backend = func(emulator.Request) (emulator.Result, error) {
			return emulator.Result{}, emulator.ErrInternal
		}
		require.ErrorIs(t, pages.Advance(t.Context()), emulator.ErrInternal)
		require.Equal(t, []emulator.Item{{Key: "k0"}}, pages.Current())
		l.backend = book(2)
		require.NoError(t, pages.Advance(t.Context()))
		require.Equal(t, []emulator.Item{{Key: "k1"}}, pages.Current())
	})
}

// What a script says reaches the backend as it is.
func TestListingsPassTheirArgumentsOn(t *testing.T) {
	l := newLimited(t, gameserver.Options{JobID: "one"})
	var got emulator.Request
	l.backend = func(req emulator.Request) (emulator.Result, error) {
		got = req
		return emulator.Result{}, nil
	}
	least, most := int64(-3), int64(9)
	request := func(op emulator.Op, store emulator.StoreID, page emulator.Page) emulator.Request {
		return emulator.Request{Op: op, Server: "one", Store: store, Page: page}
	}
	ofKey := func(req emulator.Request, key string) emulator.Request {
		req.Key = key
		return req
	}
	l.run(func() {
		ctx := t.Context()
		_, err := l.server.ListStores(ctx, "pre", 7, "")
		require.NoError(t, err)
		require.Equal(t, request(emulator.OpListStores, emulator.StoreID{},
			emulator.Page{Size: 7, Prefix: "pre"}), got)
		_, err = l.coins.ListKeys(ctx, gameserver.KeyListing{
			Prefix: "p", PageSize: 8, ExcludeDeleted: true,
		})
		require.NoError(t, err)
		require.Equal(t, request(emulator.OpListKeys, coins,
			emulator.Page{Size: 8, Prefix: "p", ExcludeDeleted: true}), got)
		_, err = l.coins.ListVersions(ctx, "k", gameserver.VersionListing{
			Descending: true, FromMS: 1, ToMS: 2, PageSize: 3,
		})
		require.NoError(t, err)
		require.Equal(t, ofKey(request(emulator.OpListVersions, coins,
			emulator.Page{Size: 3, Descending: true, FromMS: 1, ToMS: 2}), "k"), got)
		_, err = l.ranks.GetSorted(ctx, gameserver.SortedListing{
			Descending: true, PageSize: 4, Min: &least, Max: &most,
		})
		require.NoError(t, err)
		require.Equal(t, request(emulator.OpListSorted, ranks,
			emulator.Page{Size: 4, Descending: true, Min: &least, Max: &most}), got)
	})
}

// R148
func TestVersionsAndListingsAreNeverCached(t *testing.T) {
	l := newLimited(t, gameserver.Options{})
	calls := 0
	l.eachMethod(func(name string, _ bool, do func() error) {
		switch name {
		case "GetVersion", "GetVersionAt", "ListVersions", "ListKeys", "ListStores", "GetSorted",
			"GetMany": // R166, assumed
			calls++
			l.call(name, func() error { return errors.Join(do(), do()) })
		}
	})
	l.sim.RunUntil(start)
	require.Equal(t, 7, calls)
	require.Len(t, l.sent, 2*calls)
}
