package opencloud

import (
	"fmt"
	"time"

	"savestone/emulator"
)

// storeResource is a data store in v2.
type storeResource struct {
	Path       string `json:"path"`
	CreateTime string `json:"createTime,omitempty"`
	ExpireTime string `json:"expireTime,omitempty"`
	State      string `json:"state"`
	ID         string `json:"id"`
}

func (c *call) newStoreResource(item emulator.Item) storeResource {
	s := storeResource{
		Path: fmt.Sprintf("universes/%d/data-stores/%s", c.universe, item.Store),
		ID:   item.Store, State: stateActive,
		CreateTime: timeV2(time.UnixMilli(item.Info.CreatedMS)),
	}
	if item.Deleted {
		s.State, s.ExpireTime = stateDeleted, timeV2(time.UnixMilli(item.ExpiresMS))
	}
	return s
}

// deleteStore hides a data store, for thirty days to bring it back (O38).
func (c *call) deleteStore() (response, error) { return c.moveStore(emulator.OpRemoveStore) }

// undeleteStore brings a data store back.
func (c *call) undeleteStore() (response, error) { return c.moveStore(emulator.OpRestoreStore) }

func (c *call) moveStore(op emulator.Op) (response, error) {
	result, err := c.do(emulator.Request{Op: op, Store: c.store()})
	switch {
	case err != nil:
		return response{}, err
	case !result.Found:
		return response{}, noStore()
	}
	return object(c.newStoreResource(result.Items[0]))
}

func (c *call) listStores() (response, error) {
	page, err := c.filteredPage(storesMax)
	if err != nil {
		return response{}, err
	}
	result, err := c.do(emulator.Request{Op: emulator.OpListStores, Page: page})
	if err != nil {
		return response{}, err
	}
	stores := []storeResource{}
	for _, item := range result.Items {
		stores = append(stores, c.newStoreResource(item))
	}
	return object(struct {
		Stores []storeResource `json:"dataStores"`
		Next   string          `json:"nextPageToken,omitempty"`
	}{stores, c.token(result.Cursor)})
}

// snapshot has the next write to every key keep what it replaces, once a day (O39).
func (c *call) snapshot() (response, error) {
	result, err := c.do(emulator.Request{Op: emulator.OpSnapshot})
	if err != nil {
		return response{}, err
	}
	return object(struct {
		Taken bool   `json:"newSnapshotTaken"`
		Time  string `json:"latestSnapshotTime"`
	}{result.Found, timeV2(time.UnixMilli(result.Info.CreatedMS))})
}
