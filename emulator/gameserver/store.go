package gameserver

import (
	"context"
	"encoding/json"

	"savestone/emulator"
)

// Store is a server's handle on one scope of one data store, standard or ordered. Its cache is its
// own: another Store that reaches the same key does not see it (R142).
type Store struct {
	server *Server
	id     emulator.StoreID
	cache  cache // guarded by server.mu
	turns  turns // guarded by server.mu
}

func newStore(server *Server, id emulator.StoreID) *Store {
	return &Store{
		server: server,
		id:     id,
		cache:  newCache(),
		turns:  turns{queues: map[string][]uint64{}},
	}
}

// ID returns what the store is called.
func (st *Store) ID() emulator.StoreID { return st.id }

// Get reads key's current value (R63, R64): from the cache if useCache allows and it was read or
// written within emulator.CacheLifetime, and then without a wait (R66); else from the backend
// (R67).
func (st *Store) Get(ctx context.Context, key string, useCache bool) (emulator.Result, error) {
	req := st.request(emulator.OpGet, key)
	if err := req.Check(); err != nil {
		return emulator.Result{}, err
	}
	if useCache {
		if result, ok := st.recall(key); ok {
			return result, nil
		}
	}
	return st.fetch(ctx, req)
}

// Set overwrites key's value, user ids and metadata (R61, R69). The answer's Version is what
// SetAsync returns (R70).
func (st *Store) Set(
	ctx context.Context, key string,
	value json.RawMessage, userIDs []int64, metadata json.RawMessage,
) (emulator.KeyInfo, error) {
	req := st.request(emulator.OpPut, key)
	req.Value, req.UserIDs, req.Metadata = value, userIDs, metadata
	result, err := st.write(ctx, req)
	return result.Info, err
}

// Increment adds delta to key's integer and overwrites user ids and metadata (R89, R94).
func (st *Store) Increment(
	ctx context.Context, key string,
	delta int64, userIDs []int64, metadata json.RawMessage,
) (emulator.Result, error) {
	req := st.request(emulator.OpIncrement, key)
	req.Delta, req.UserIDs, req.Metadata = delta, userIDs, metadata
	return st.write(ctx, req)
}

// Remove puts a tombstone on key and returns what was there (R96, R97).
func (st *Store) Remove(ctx context.Context, key string) (emulator.Result, error) {
	return st.write(ctx, st.request(emulator.OpRemove, key))
}

func (st *Store) request(op emulator.Op, key string) emulator.Request {
	return emulator.Request{Op: op, Store: st.id, Key: key}
}

// fetch reads from the backend and remembers the answer, also that there is nothing (R143, R149).
func (st *Store) fetch(ctx context.Context, req emulator.Request) (emulator.Result, error) {
	result, err := st.server.do(ctx, req)
	if err != nil {
		return emulator.Result{}, err
	}
	st.remember(req.Key, result)
	return result, nil
}

// write sends a write and remembers what key holds then (R144). A write that failed leaves the
// cache as it was, even if it did take effect (R145).
func (st *Store) write(ctx context.Context, req emulator.Request) (emulator.Result, error) {
	if err := req.Check(); err != nil {
		return emulator.Result{}, err
	}
	result, err := st.server.do(ctx, req)
	if err != nil {
		return emulator.Result{}, err
	}
	if req.Op == emulator.OpRemove {
		st.remember(req.Key, emulator.Result{})
	} else {
		st.remember(req.Key, result)
	}
	return result, nil
}
