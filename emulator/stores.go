package emulator

import (
	"slices"
	"strings"
)

// The operations on whole stores, which only Open Cloud has (O38).

// removedStandard is the kind that the row of a standard store has while it is removed: so nothing
// finds it, and updated tells since when. Another process may know the row by heart for a while, as
// Roblox's own caches do.
const removedStandard Kind = 128

// removeStore hides a store. If it is hidden already, that stays as it is.
func (tx *transaction) removeStore() (Result, error) {
	if tx.name.store != 0 {
		if err := tx.moveStore(Standard, removedStandard); err != nil {
			return Result{}, err
		}
	}
	return tx.storeResult(removedStandard)
}

// restoreStore brings a hidden store back.
func (tx *transaction) restoreStore() (Result, error) {
	removed, err := tx.storeResult(removedStandard)
	if err == nil && removed.Found {
		err = tx.moveStore(removedStandard, Standard)
	}
	if err != nil {
		return Result{}, err
	}
	return tx.storeResult(Standard)
}

func (tx *transaction) moveStore(from, to Kind) error {
	if err := tx.db.purgeStores(tx.now); err != nil { // one of the same name may have expired
		return err
	}
	_, err := tx.db.run(moveStore, int64(to), int64(tx.now), int64(from), tx.req.Store.Name)
	delete(tx.db.stores, storeName{from, tx.req.Store.Name})
	tx.db.dropHeads()
	return err
}

// storeResult describes the store of the request, if there is one of that kind.
func (tx *transaction) storeResult(kind Kind) (Result, error) {
	name := tx.req.Store.Name
	row, err := tx.db.run(selectStoreTimes, int64(kind), name)
	if err != nil || row == nil {
		return Result{}, err
	}
	item := storeItem(kind, name, ticks(row[0].(int64)), ticks(row[1].(int64)))
	if kind == removedStandard && tx.expired(item) {
		return Result{}, nil
	}
	return Result{Found: true, Items: []Item{item}}, nil
}

func storeItem(kind Kind, name string, created, updated ticks) Item {
	item := Item{Store: name, Info: KeyInfo{
		CreatedMS: created.unixMS(), UpdatedMS: updated.unixMS(),
	}}
	if kind == removedStandard {
		item.Deleted, item.ExpiresMS = true, (updated + ticksIn(StoreLifetime)).unixMS()
	}
	return item
}

// expired reports whether a removed store is gone, although it was not purged yet.
func (tx *transaction) expired(item Item) bool { return item.ExpiresMS <= tx.now.unixMS() }

// checkNotRemoved refuses requests to a removed store (O38).
func (tx *transaction) checkNotRemoved() error {
	switch tx.req.Op {
	case OpListStores, OpSnapshot, OpRemoveStore, OpRestoreStore:
		return nil
	}
	if tx.req.Store.Kind != Standard {
		return nil
	}
	removed, err := tx.storeResult(removedStandard)
	if err == nil && removed.Found {
		err = ErrStoreRemoved
	}
	return err
}

// storesAfter returns the first stores after a name, as the request's page wants them.
func (tx *transaction) storesAfter(after string, limit int) ([]Item, error) {
	kinds := []Kind{Standard}
	if tx.req.Page.ShowDeleted {
		kinds = append(kinds, removedStandard)
	}
	var stores []Item
	for _, kind := range kinds {
		err := tx.db.eachStore(kind, tx.req.Page.Prefix, after, tx.now, limit,
			func(name string, created, updated ticks) bool {
				item := storeItem(kind, name, created, updated)
				if kind == Standard || !tx.expired(item) {
					stores = append(stores, item)
				}
				return true
			})
		if err != nil {
			return nil, err
		}
	}
	slices.SortFunc(stores, func(a, b Item) int { return strings.Compare(a.Store, b.Store) })
	return stores, nil
}

// purgeStores deletes what removed stores held whose time is over.
func (d *database) purgeStores(now ticks) error {
	over := int64(now - ticksIn(StoreLifetime))
	if _, err := d.run(purgeStoresEntries, int64(removedStandard), over); err != nil {
		return err
	}
	_, err := d.run(purgeStores, int64(removedStandard), over)
	return err
}
