package opencloud

import (
	"encoding/json"
	"net/http"
	"time"

	"savestone/emulator"
)

// Standard data stores in v1: parameters in the query, what describes a value in headers, the value
// alone in the body (section 2).

const (
	limitMaxV1   = 100 // OU3
	globalScope  = "global"
	storesLimit  = 1 // O12: what a list has unless asked
	entriesLimit = 16
)

// storeV1 reads which data store a request is about (O12).
func (c *call) storeV1() (emulator.StoreID, error) {
	id := emulator.StoreID{Name: c.param("datastoreName"), Scope: globalScope}
	if scope := c.param("scope"); scope != "" {
		id.Scope = scope
	}
	switch {
	case !isName(id.Name, emulator.StoreNameBytesMax):
		return id, badName("InvalidDataStoreName", "data store name", id.Name)
	case !isName(id.Scope, emulator.ScopeBytesMax):
		return id, badName("InvalidDataStoreScope", "scope", id.Scope)
	}
	return id, nil
}

// entryV1 begins a request about an entry. Its limits are v1's own, not the universe's (R179).
func (c *call) entryV1(op emulator.Op) (emulator.Request, error) {
	store, err := c.storeV1()
	req := emulator.Request{Op: op, Store: store, Key: c.param("entryKey"), Unmetered: true}
	if err == nil && !isName(req.Key, emulator.KeyBytesMax) {
		err = badName("InvalidEntryKey", "entry key", req.Key)
	}
	return req, err
}

// limitV1 reads how many items a list shall have.
func (c *call) limitV1(fallback int) (int, error) {
	n, err := c.integer("limit", 32, int64(fallback))
	if err == nil && (n < 1 || n > limitMaxV1) {
		err = invalid("InvalidLimit", "The limit is not valid.").because(
			"got limit %d, want 1 to %d", n, limitMaxV1)
	}
	return int(n), err
}

// storeExists looks for a data store.
func (c *call) storeExists(name string) (bool, error) {
	result, err := c.do(emulator.Request{
		Op: emulator.OpListStores, Page: emulator.Page{Prefix: name, Size: 1}, Unmetered: true,
	})
	return err == nil && len(result.Items) == 1 && result.Items[0].Store == name, err
}

// missingV1 tells whether it is the entry that is not there, or all of its data store (O15).
func (c *call) missingV1(store emulator.StoreID) error {
	exists, err := c.storeExists(store.Name)
	switch {
	case err != nil:
		return err
	case !exists:
		return noStore()
	}
	return noEntry()
}

func (c *call) getEntryV1() (response, error) {
	req, err := c.entryV1(emulator.OpGet)
	if err != nil {
		return response{}, err
	}
	result, err := c.do(req)
	switch {
	case err != nil:
		return response{}, err
	case result.Found:
		return entryResponseV1(result, result.Value), nil
	case c.handler.options.DeletedIsEmpty && result.Info.Version != "": // O16
		return response{status: http.StatusNoContent}, nil
	}
	return response{}, c.missingV1(req.Store)
}

func (c *call) getVersionV1() (response, error) {
	req, err := c.entryV1(emulator.OpGetVersion)
	if err != nil {
		return response{}, err
	}
	req.Version = c.param("versionId")
	if !isVersion(req.Version) {
		return response{}, badVersion(req.Version)
	}
	result, err := c.do(req)
	switch {
	case isUnknownVersion(err):
		return response{}, &failure{
			code: notFound, detail: "VersionNotFound", message: "Version not found.",
			reason: "the entry has no such version, or no longer",
		}
	case err != nil:
		return response{}, err
	case !result.Found: // a tombstone
		return response{status: http.StatusNoContent}, nil
	}
	return entryResponseV1(result, result.Value), nil
}

// entryResponseV1 answers with an entry: the value as it is, the rest in headers. Of an entry
// without attributes or users it tells so (OU12).
func entryResponseV1(result emulator.Result, value json.RawMessage) response {
	answer := response{
		status: http.StatusOK, typ: typeJSON, body: value, version: result.Info.Version,
	}
	created, written := versionTimes(result.Info.Version)
	users, err := encode(orEmpty(result.Info.UserIDs))
	if err != nil {
		panic(err) // numbers always have JSON
	}
	answer.header = [][2]string{
		{"content-md5", checksum(value)},
		{"roblox-entry-version", result.Info.Version},
		{"roblox-entry-created-time", timeV1(created)},
		{"roblox-entry-version-created-time", timeV1(written)},
		{"roblox-entry-attributes", ascii(orObject(result.Info.Metadata))},
		{"roblox-entry-userids", string(users)},
	}
	return answer
}

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

func orObject(object json.RawMessage) json.RawMessage {
	if object == nil {
		return json.RawMessage("{}")
	}
	return object
}

// storeJSON is a data store in a v1 list.
type storeJSON struct {
	Name        string `json:"name"`
	CreatedTime string `json:"createdTime"`
}

func (c *call) listStoresV1() (response, error) {
	size, err := c.limitV1(storesLimit)
	if err != nil {
		return response{}, err
	}
	cursor, err := c.cursor("cursor")
	if err != nil {
		return response{}, err
	}
	result, err := c.do(emulator.Request{
		Op: emulator.OpListStores, Unmetered: true,
		Page: emulator.Page{Size: size, Cursor: cursor, Prefix: c.param("prefix")},
	})
	if err != nil {
		return response{}, err
	}
	stores := []storeJSON{}
	for _, item := range result.Items {
		created := time.UnixMilli(item.Info.CreatedMS)
		stores = append(stores, storeJSON{item.Store, timeV1(created)})
	}
	return object(struct {
		Stores []storeJSON `json:"datastores"`
		Next   string      `json:"nextPageCursor"`
	}{stores, c.token(result.Cursor)})
}

// keyJSON is an entry in a v1 list.
type keyJSON struct {
	Scope string `json:"scope"`
	Key   string `json:"key"`
}

func (c *call) listEntriesV1() (response, error) {
	req, err := c.keysRequestV1()
	if err != nil {
		return response{}, err
	}
	result, err := c.do(req)
	if err != nil {
		return response{}, err
	}
	if len(result.Items) == 0 && req.Page.Cursor == "" {
		if exists, err := c.storeExists(req.Store.Name); err != nil || !exists {
			return response{}, orError(err, noStore())
		}
	}
	keys := []keyJSON{}
	for _, item := range result.Items {
		keys = append(keys, keyJSON{item.Scope, item.Key})
	}
	return object(struct {
		Keys []keyJSON `json:"keys"`
		Next string    `json:"nextPageCursor"`
	}{keys, c.token(result.Cursor)})
}

func orError(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}

// keysRequestV1 reads what keys are wanted. Scope and allScopes exclude each other (O13).
func (c *call) keysRequestV1() (emulator.Request, error) {
	req := emulator.Request{Op: emulator.OpListKeys, Unmetered: true}
	var err error
	if req.Store, err = c.storeV1(); err != nil {
		return req, err
	}
	allScopes, err := c.boolean("allScopes")
	switch {
	case err != nil:
		return req, err
	case allScopes && c.param("scope") != "":
		return req, invalid("InvalidDataStoreScope",
			"The scope is not valid.").because("scope and allScopes exclude each other")
	case allScopes:
		req.Store.Scope = ""
	}
	if req.Page.Size, err = c.limitV1(entriesLimit); err != nil {
		return req, err
	}
	req.Page.Prefix = c.param("prefix")
	req.Page.Cursor, err = c.cursor("cursor")
	return req, err
}
