package gameserver

import (
	"context"

	"savestone/emulator"
)

// What this file's methods read is never cached (R148).

// ListStores lists the universe's standard stores (R133).
func (s *Server) ListStores(
	ctx context.Context, prefix string, pageSize int, cursor string,
) (*Pages, error) {
	return s.list(ctx, listStoresMethod, emulator.Request{
		Op:   emulator.OpListStores,
		Page: emulator.Page{Size: pageSize, Cursor: cursor, Prefix: prefix},
	})
}

// KeyListing says which keys ListKeys is about; its zero value asks for all, from the first.
type KeyListing struct {
	Prefix         string // literal bytes; of scope/key in an AllScopes store (R127)
	PageSize       int    // 0 means Roblox's default (R128)
	Cursor         string // Pages.Cursor of the listing to resume (R130)
	ExcludeDeleted bool   // leaves tombstones out (R129)
}

// ListKeys lists the store's keys: those of its scope, or of every scope in an AllScopes store; an
// item tells both (R126).
func (st *Store) ListKeys(ctx context.Context, l KeyListing) (*Pages, error) {
	return st.server.list(ctx, listKeysMethod, emulator.Request{
		Op: emulator.OpListKeys, Store: st.id,
		Page: emulator.Page{
			Size: l.PageSize, Cursor: l.Cursor, Prefix: l.Prefix, ExcludeDeleted: l.ExcludeDeleted,
		},
	})
}

// VersionListing says which versions ListVersions is about; its zero value asks for all, oldest
// first.
type VersionListing struct {
	Descending   bool   // newest first
	FromMS, ToMS int64  // Unix milliseconds, inclusive; 0 means no bound (R122)
	PageSize     int    // 0 means Roblox's default (R123)
	Cursor       string // Pages.Cursor of the listing to resume
}

// ListVersions lists key's versions, the current one and tombstones too (R121).
func (st *Store) ListVersions(
	ctx context.Context, key string, l VersionListing,
) (*Pages, error) {
	req, err := st.at(emulator.OpListVersions, key)
	if err != nil {
		return nil, err
	}
	req.Page = emulator.Page{
		Size: l.PageSize, Cursor: l.Cursor,
		Descending: l.Descending, FromMS: l.FromMS, ToMS: l.ToMS,
	}
	return st.server.list(ctx, listVersionsMethod, req)
}

// GetVersion reads the version of key called version (R116).
func (st *Store) GetVersion(ctx context.Context, key, version string) (emulator.Result, error) {
	req, err := st.at(emulator.OpGetVersion, key)
	if err != nil {
		return emulator.Result{}, err
	}
	req.Version = version
	return st.server.checked(ctx, getVersionMethod, req)
}

// GetVersionAt reads the version of key that was current at timeMS, in Unix milliseconds; nothing
// is found if there is none any more (R119, R120).
func (st *Store) GetVersionAt(
	ctx context.Context, key string, timeMS int64,
) (emulator.Result, error) {
	req, err := st.at(emulator.OpGetVersionAt, key)
	if err != nil {
		return emulator.Result{}, err
	}
	req.TimeMS = timeMS
	return st.server.checked(ctx, getVersionAtMethod, req)
}

// RemoveVersion deletes the version of key called version for good (R125).
func (st *Store) RemoveVersion(ctx context.Context, key, version string) error {
	req, err := st.at(emulator.OpRemoveVersion, key)
	if err != nil {
		return err
	}
	req.Version = version
	_, err = st.server.checked(ctx, removeVersionMethod, req)
	return err
}

// SortedListing says what GetSorted is about; its zero value asks for all, smallest first.
type SortedListing struct {
	Descending bool
	PageSize   int    // 1..100; 0 means the default of 50, a script's own 0 is an error (R157)
	Min, Max   *int64 // inclusive; nil means no bound (R158)
	Cursor     string // Pages.Cursor of the listing to resume
}

// GetSorted lists an ordered store by value (R156).
func (st *Store) GetSorted(ctx context.Context, l SortedListing) (*Pages, error) {
	return st.server.list(ctx, getSortedMethod, emulator.Request{
		Op: emulator.OpListSorted, Store: st.id,
		Page: emulator.Page{
			Size: l.PageSize, Cursor: l.Cursor, Descending: l.Descending, Min: l.Min, Max: l.Max,
		},
	})
}

// GetMany reads many keys of an ordered store and leaves out those that are not there (R165). Each
// key costs a read, a repeated one too (R166).
func (st *Store) GetMany(ctx context.Context, keys []string) ([]emulator.Item, error) {
	req := emulator.Request{Op: emulator.OpGetMany, Store: st.id, Keys: keys}
	result, err := st.server.checked(ctx, getManyMethod, req)
	return result.Items, err
}

// checked is request for one whose arguments nobody has looked at yet (R26).
func (s *Server) checked(
	ctx context.Context, m *method, req emulator.Request,
) (emulator.Result, error) {
	if err := req.Check(); err != nil {
		return emulator.Result{}, err
	}
	return s.request(ctx, m, req)
}
