package gameserver

import (
	"context"
	"encoding/json"
	"strings"

	"savestone/emulator"
)

// Store is a server's handle on one scope of one data store, standard or ordered, or on all scopes
// of a standard one. Its cache is its own: another Store that reaches the same key does not see it
// (R142).
type Store struct {
	server *Server
	id     emulator.StoreID
	cache  cache // guarded by server.mu
}

// ID returns what the store is called. Its scope is empty if it has all of them.
func (st *Store) ID() emulator.StoreID { return st.id }

// Strict reports whether its server's profile refuses doubtful writes.
func (st *Store) Strict() bool { return st.server.profile.Strict }

// ErrKeyForm refuses a key of an AllScopes store that has no slash (R31; the text is assumed).
var ErrKeyForm = &emulator.Error{
	Name: "KeyFormInvalid", Message: "Key must be in the format scope/key",
}

// Get reads key's current value (R63, R64): from the cache if useCache allows and it was read or
// written within emulator.CacheLifetime, and then without a wait or a cost (R66, R146); else from
// the backend (R67).
func (st *Store) Get(ctx context.Context, key string, useCache bool) (emulator.Result, error) {
	req, err := st.at(emulator.OpGet, key)
	if err != nil {
		return emulator.Result{}, err
	}
	if err := st.server.admissible(getMethod); err != nil {
		return emulator.Result{}, err
	}
	if useCache {
		if result, ok := st.recall(entryOf(&req)); ok {
			return result, nil
		}
	}
	c, err := st.server.charge(ctx, getMethod, req)
	if err != nil {
		return emulator.Result{}, err
	}
	return st.read(ctx, c)
}

// Set overwrites key's value, user ids and metadata (R61, R69). The answer's Version is what
// SetAsync returns (R70).
func (st *Store) Set(
	ctx context.Context, key string,
	value json.RawMessage, userIDs []int64, metadata json.RawMessage,
) (emulator.KeyInfo, error) {
	req, err := st.at(emulator.OpPut, key)
	if err != nil {
		return emulator.KeyInfo{}, err
	}
	req.Value, req.UserIDs, req.Metadata = value, userIDs, metadata
	result, err := st.writeOnce(ctx, setMethod, req)
	return result.Info, err
}

// Increment adds delta to key's integer and overwrites user ids and metadata (R89, R94).
func (st *Store) Increment(
	ctx context.Context, key string,
	delta int64, userIDs []int64, metadata json.RawMessage,
) (emulator.Result, error) {
	req, err := st.at(emulator.OpIncrement, key)
	if err != nil {
		return emulator.Result{}, err
	}
	req.Delta, req.UserIDs, req.Metadata = delta, userIDs, metadata
	return st.writeOnce(ctx, incrementMethod, req)
}

// Remove puts a tombstone on key and returns what was there (R96, R97).
func (st *Store) Remove(ctx context.Context, key string) (emulator.Result, error) {
	req, err := st.at(emulator.OpRemove, key)
	if err != nil {
		return emulator.Result{}, err
	}
	return st.writeOnce(ctx, removeMethod, req)
}

// at makes a request about key, and tells what is wrong with key. In an AllScopes store it is split
// at its first slash, and each part is checked as a key is (R31).
func (st *Store) at(op emulator.Op, key string) (emulator.Request, error) {
	req := emulator.Request{Op: op, Store: st.id, Key: key}
	if st.id.Scope == "" {
		scope, rest, found := strings.Cut(key, "/")
		if !found {
			return req, ErrKeyForm
		}
		req.Store.Scope, req.Key = "global", scope // to check the scope like a key
		if err := nameOf(req).Check(); err != nil {
			return req, err
		}
		req.Store.Scope, req.Key = scope, rest
	}
	return req, nameOf(req).Check()
}

// CheckKey tells what is wrong with a key, which calls look at before all else (R26).
func (st *Store) CheckKey(key string) error {
	_, err := st.at(emulator.OpGet, key)
	return err
}

// nameOf is a request whose Check looks at the names alone.
func nameOf(req emulator.Request) *emulator.Request {
	return &emulator.Request{Op: emulator.OpGet, Store: req.Store, Key: req.Key}
}

// read sends a read and remembers the answer, also that there is nothing (R143, R149).
func (st *Store) read(ctx context.Context, c *call) (emulator.Result, error) {
	result, err := c.send(ctx)
	if err != nil {
		return emulator.Result{}, err
	}
	st.remember(c.entry, result)
	return result, nil
}

// writeOnce checks, charges and sends a write.
func (st *Store) writeOnce(
	ctx context.Context, m *method, req emulator.Request,
) (emulator.Result, error) {
	if err := req.Check(); err != nil {
		return emulator.Result{}, err
	}
	c, err := st.server.charge(ctx, m, req)
	if err != nil {
		return emulator.Result{}, err
	}
	return st.write(ctx, c)
}

// write sends a write and remembers what the key holds then (R144). A write that failed leaves the
// cache as it was, even if it did take effect (R145).
func (st *Store) write(ctx context.Context, c *call) (emulator.Result, error) {
	result, err := c.send(ctx)
	if err != nil {
		return emulator.Result{}, err
	}
	held := result
	if c.req.Op == emulator.OpRemove {
		held = emulator.Result{}
	}
	st.remember(c.entry, held)
	st.server.announce(c.entry, held)
	return result, nil
}
