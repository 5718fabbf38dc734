package control

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"savestone/emulator"
	"savestone/emulator/gameserver"
)

// dataStoreMethod is one of what a game server can be asked for.
type dataStoreMethod struct {
	store bool // it is one of a store
	run   func(*dataStoreCall) (*DataStoreResult, error)
}

var dataStoreMethods = map[string]dataStoreMethod{
	"GetDataStore":          {true, (*dataStoreCall).getNothing},
	"GetAsync":              {true, (*dataStoreCall).get},
	"SetAsync":              {true, (*dataStoreCall).set},
	"IncrementAsync":        {true, (*dataStoreCall).increment},
	"RemoveAsync":           {true, (*dataStoreCall).remove},
	"BeginUpdate":           {true, (*dataStoreCall).beginUpdate},
	"CommitUpdate":          {false, (*dataStoreCall).commitUpdate},
	"CancelUpdate":          {false, (*dataStoreCall).cancelUpdate},
	"GetVersionAsync":       {true, (*dataStoreCall).getVersion},
	"GetVersionAtTimeAsync": {true, (*dataStoreCall).getVersionAt},
	"RemoveVersionAsync":    {true, (*dataStoreCall).removeVersion},
	"ListVersionsAsync":     {true, (*dataStoreCall).listVersions},
	"ListKeysAsync":         {true, (*dataStoreCall).listKeys},
	"ListDataStoresAsync":   {false, (*dataStoreCall).listStores},
	"GetSortedAsync":        {true, (*dataStoreCall).getSorted},
	"BatchGetAsync":         {true, (*dataStoreCall).batchGet},

	"GetRequestBudgetForRequestType": {false, (*dataStoreCall).budget},
	"SetRateLimitForRequestType":     {false, (*dataStoreCall).setRateLimit},
}

func methodNames() string {
	return strings.Join(slices.Sorted(maps.Keys(dataStoreMethods)), ", ")
}

func (d *dataStoreCall) context() context.Context { return d.http.Context() }

// of refuses a method that the store's kind does not have.
func (d *dataStoreCall) of(kind emulator.Kind) error {
	if id := d.store.ID(); id.Kind != kind {
		return wrong("got %s of a store that is %s, want one that is %s", d.Method, id.Kind, kind)
	}
	return nil
}

// attributes returns the metadata of a write, nil if it has none.
func (d *dataStoreCall) attributes() []byte {
	if string(d.Metadata) == "null" {
		return nil
	}
	return d.Metadata
}

// valued refuses a write without a value.
func (d *dataStoreCall) valued() error {
	if len(d.Value) == 0 {
		return wrong("got no value for %s, want any JSON", d.Method)
	}
	return nil
}

// entry shows an entry as a script gets it.
func (d *dataStoreCall) entry(found emulator.Result, err error) (*DataStoreResult, error) {
	if err != nil {
		return nil, err
	}
	result := &DataStoreResult{Found: &found.Found}
	if !found.Found {
		return result, nil
	}
	result.Value = found.Value
	if d.store == nil || d.store.ID().Kind == emulator.Standard {
		result.KeyInfo = shownInfo(found.Info)
	}
	return result, nil
}

func shownInfo(info emulator.KeyInfo) *KeyInfo {
	if info.CreatedMS == 0 {
		return nil // of an ordered store (R155)
	}
	shown := &KeyInfo{
		Version: info.Version, CreatedTime: info.CreatedMS, UpdatedTime: info.UpdatedMS,
		UserIDs: info.UserIDs, Metadata: info.Metadata,
	}
	if shown.UserIDs == nil {
		shown.UserIDs = []int64{}
	}
	if shown.Metadata == nil {
		shown.Metadata = []byte("{}")
	}
	return shown
}

// getNothing answers that the store could be got.
func (d *dataStoreCall) getNothing() (*DataStoreResult, error) { return &DataStoreResult{}, nil }

func (d *dataStoreCall) get() (*DataStoreResult, error) {
	useCache := d.UseCache == nil || *d.UseCache
	return d.entry(d.store.Get(d.context(), d.Key, useCache))
}

func (d *dataStoreCall) set() (*DataStoreResult, error) {
	if err := d.valued(); err != nil {
		return nil, err
	}
	info, err := d.store.Set(d.context(), d.Key, d.Value, d.UserIDs, d.attributes())
	if err != nil {
		return nil, err
	}
	if d.store.ID().Kind == emulator.Ordered {
		return &DataStoreResult{}, nil
	}
	return &DataStoreResult{Version: info.Version}, nil
}

func (d *dataStoreCall) increment() (*DataStoreResult, error) {
	delta := int64(1)
	if d.Delta != nil {
		delta = *d.Delta
	}
	return d.entry(d.store.Increment(d.context(), d.Key, delta, d.UserIDs, d.attributes()))
}

func (d *dataStoreCall) remove() (*DataStoreResult, error) {
	return d.entry(d.store.Remove(d.context(), d.Key))
}

func (d *dataStoreCall) beginUpdate() (*DataStoreResult, error) {
	name, current, err := d.server.BeginUpdate(d.context(), d.store, d.Key)
	result, err := d.entry(current, err)
	if err != nil {
		return nil, err
	}
	result.Update = name
	return result, nil
}

func (d *dataStoreCall) commitUpdate() (*DataStoreResult, error) {
	if err := d.valued(); err != nil {
		return nil, err
	}
	written, err := d.server.CommitUpdate(d.context(), d.Update, gameserver.Change{
		Value: d.Value, UserIDs: d.UserIDs, Metadata: d.attributes(),
	})
	conflict := errors.Is(err, emulator.ErrVersionConflict)
	if conflict {
		err = nil
	}
	result, err := d.entry(written, err)
	if conflict {
		result.Conflict, result.Update = true, d.Update
	}
	return result, err
}

func (d *dataStoreCall) cancelUpdate() (*DataStoreResult, error) {
	return &DataStoreResult{}, d.server.CancelUpdate(d.Update)
}

func (d *dataStoreCall) getVersion() (*DataStoreResult, error) {
	if err := d.of(emulator.Standard); err != nil {
		return nil, err
	}
	return d.entry(d.store.GetVersion(d.context(), d.Key, d.Version))
}

func (d *dataStoreCall) getVersionAt() (*DataStoreResult, error) {
	if err := d.of(emulator.Standard); err != nil {
		return nil, err
	}
	return d.entry(d.store.GetVersionAt(d.context(), d.Key, d.TimeMS))
}

func (d *dataStoreCall) removeVersion() (*DataStoreResult, error) {
	if err := d.of(emulator.Standard); err != nil {
		return nil, err
	}
	return &DataStoreResult{}, d.store.RemoveVersion(d.context(), d.Key, d.Version)
}

func (d *dataStoreCall) listVersions() (*DataStoreResult, error) {
	if err := d.of(emulator.Standard); err != nil {
		return nil, err
	}
	return page(d.store.ListVersions(d.context(), d.Key, gameserver.VersionListing{
		Descending: d.Descending, FromMS: d.FromMS, ToMS: d.ToMS,
		PageSize: d.PageSize, Cursor: d.Cursor,
	}))
}

func (d *dataStoreCall) listKeys() (*DataStoreResult, error) {
	if err := d.of(emulator.Standard); err != nil {
		return nil, err
	}
	return page(d.store.ListKeys(d.context(), gameserver.KeyListing{
		Prefix: d.Prefix, PageSize: d.PageSize, Cursor: d.Cursor, ExcludeDeleted: d.ExcludeDeleted,
	}))
}

func (d *dataStoreCall) listStores() (*DataStoreResult, error) {
	return page(d.game.ListStores(d.context(), d.Prefix, d.PageSize, d.Cursor))
}

func (d *dataStoreCall) getSorted() (*DataStoreResult, error) {
	if err := d.of(emulator.Ordered); err != nil {
		return nil, err
	}
	return page(d.store.GetSorted(d.context(), gameserver.SortedListing{
		Descending: d.Descending, PageSize: d.PageSize, Min: d.Min, Max: d.Max, Cursor: d.Cursor,
	}))
}

func (d *dataStoreCall) batchGet() (*DataStoreResult, error) {
	if err := d.of(emulator.Ordered); err != nil {
		return nil, err
	}
	items, err := d.store.GetMany(d.context(), d.Keys)
	if err != nil {
		return nil, err
	}
	return &DataStoreResult{Items: shownItems(items)}, nil
}

// page shows the first page of a listing.
func page(pages *gameserver.Pages, err error) (*DataStoreResult, error) {
	if err != nil {
		return nil, err
	}
	return &DataStoreResult{Items: shownItems(pages.Current()), Cursor: pages.Cursor()}, nil
}

func shownItems(items []emulator.Item) *[]Item {
	shown := make([]Item, len(items))
	for i, item := range items {
		shown[i] = Item{
			Store: item.Store, Scope: item.Scope, Key: item.Key, Value: item.Value,
			Deleted:     item.Deleted,
			CreatedTime: item.Info.CreatedMS, UpdatedTime: item.Info.UpdatedMS,
		}
		if item.Info.CreatedMS != 0 { // an ordered entry's is not for others to see (R155)
			shown[i].Version = item.Info.Version
		}
	}
	return &shown
}

func (d *dataStoreCall) budget() (*DataStoreResult, error) {
	t, err := d.requestType()
	if err != nil {
		return nil, err
	}
	left := d.game.Budget(t)
	return &DataStoreResult{Budget: &left}, nil
}

func (d *dataStoreCall) setRateLimit() (*DataStoreResult, error) {
	t, err := d.requestType()
	if err != nil {
		return nil, err
	}
	return &DataStoreResult{}, d.game.SetRateLimit(t, d.Base, d.PerPlayer)
}

// requestType finds the item of Enum.DataStoreRequestType that a call names.
func (d *dataStoreCall) requestType() (emulator.RequestType, error) {
	var names []string
	for t := range emulator.RequestType(emulator.RequestTypeCount) {
		if t.String() == d.RequestType {
			return t, nil
		}
		names = append(names, t.String())
	}
	return 0, wrong("got the request type %q, want one of %s", d.RequestType,
		strings.Join(names, ", "))
}
