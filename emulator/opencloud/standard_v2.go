package opencloud

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"savestone/emulator"
)

// Standard data stores in v2 (section 4).

// The states of a resource (section 4.1).
const (
	stateActive  = "ACTIVE"
	stateDeleted = "DELETED"
)

// entryJSON is an entry. Lists leave most of it out.
type entryJSON struct {
	Path            string          `json:"path"`
	CreateTime      string          `json:"createTime,omitempty"`
	RevisionID      string          `json:"revisionId,omitempty"`
	RevisionCreated string          `json:"revisionCreateTime,omitempty"`
	State           string          `json:"state,omitempty"`
	Etag            string          `json:"etag,omitempty"`
	Value           json.RawMessage `json:"value,omitempty"`
	ID              string          `json:"id"`
	Users           []string        `json:"users,omitzero"`
	Attributes      json.RawMessage `json:"attributes,omitempty"`
}

type entriesJSON struct {
	Entries []entryJSON `json:"dataStoreEntries"`
	Next    string      `json:"nextPageToken,omitempty"`
}

// entryPath is the path of an entry, in the form of the request.
func (c *call) entryPath(id string) string {
	if scope, ok := c.vars["scope"]; ok {
		return c.scopedPath(scope, id)
	}
	return fmt.Sprintf("universes/%d/data-stores/%s/entries/%s", c.universe, c.vars["store"], id)
}

func (c *call) scopedPath(scope, id string) string {
	return fmt.Sprintf("universes/%d/data-stores/%s/scopes/%s/entries/%s",
		c.universe, c.vars["store"], scope, id)
}

// newEntryJSON describes a version of an entry, without what it holds.
func (c *call) newEntryJSON(id string, info emulator.KeyInfo, live bool) entryJSON {
	created, written := versionTimes(info.Version)
	e := entryJSON{
		Path: c.entryPath(id), ID: id, State: stateActive,
		CreateTime: timeV2(created), RevisionCreated: timeV2(written),
		RevisionID: info.Version, Etag: info.Version,
	}
	if !live {
		e.State = stateDeleted
	}
	return e
}

// entry answers with an entry and what it holds.
func (c *call) entry(id string, result emulator.Result) (response, error) {
	e := c.newEntryJSON(id, result.Info, result.Found)
	e.Users, e.Attributes = []string{}, orObject(result.Info.Metadata)
	for _, user := range result.Info.UserIDs {
		e.Users = append(e.Users, fmt.Sprintf("users/%d", user))
	}
	if result.Found {
		e.Value = doubles(result.Value)
	}
	return object(e)
}

// store names the data store of a request; without a scope it is global's.
func (c *call) store() emulator.StoreID {
	id := emulator.StoreID{Name: c.vars["store"], Scope: globalScope}
	if scope, ok := c.vars["scope"]; ok {
		id.Scope = scope
	}
	return id
}

// entryRequest begins a request about the entry in the path.
func (c *call) entryRequest(op emulator.Op) (emulator.Request, error) {
	return c.keyRequest(op, c.vars["entry"])
}

func (c *call) keyRequest(op emulator.Op, key string) (emulator.Request, error) {
	req := emulator.Request{Op: op, Store: c.store(), Key: key}
	if !isName(key, emulator.KeyBytesMax) {
		return req, badName("", "entry id", key)
	}
	return req, nil
}

// getEntry reads an entry, or one of its revisions: key@revision, key@latest or key@latest:time
// (O29 to O31).
func (c *call) getEntry() (response, error) {
	id := c.vars["entry"]
	key, revision := id, ""
	if at := strings.LastIndexByte(id, '@'); at >= 0 {
		key, revision = id[:at], id[at+1:]
	}
	req, err := c.keyRequest(emulator.OpGet, key)
	if err != nil {
		return response{}, err
	}
	then, timed := strings.CutPrefix(revision, "latest:")
	switch {
	case timed:
		req.Op = emulator.OpGetVersionAt
		if req.TimeMS, err = revisionTime(then); err != nil {
			return response{}, err
		}
		id = key
	case revision == "latest" || revision == "" && key == id:
		id = key
	case !isVersion(revision):
		return response{}, badVersion(revision)
	default:
		req.Op, req.Version = emulator.OpGetVersion, revision
	}
	result, err := c.do(req)
	if err != nil {
		return response{}, err
	}
	if !result.Found && req.Op != emulator.OpGetVersion {
		return response{}, noEntry() // OU1
	}
	return c.entry(id, result)
}

func revisionTime(text string) (int64, error) {
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil || t.UnixMilli() <= 0 {
		return 0, invalid("", "The timestamp is not valid.").because(
			"got @latest:%s, want a time of RFC 3339 after 1970", text)
	}
	return t.UnixMilli(), nil
}

// listEntries lists keys: path and id only. The scope - stands for all (O25).
func (c *call) listEntries() (response, error) {
	prefix, err := c.prefixFilter()
	if err != nil {
		return response{}, err
	}
	size, err := c.pageSize("maxPageSize", pageDefault, entriesMax)
	if err != nil {
		return response{}, err
	}
	showDeleted, err := c.boolean("showDeleted")
	if err != nil {
		return response{}, err
	}
	req := emulator.Request{Op: emulator.OpListKeys, Store: c.store()}
	req.Page = emulator.Page{Prefix: prefix, ExcludeDeleted: !showDeleted}
	keep, path := keepAll, func(item emulator.Item) string { return c.entryPath(item.Key) }
	if req.Store.Scope == "-" {
		req.Store.Scope = ""
		path = func(item emulator.Item) string { return c.scopedPath(item.Scope, item.Key) }
		if !c.handler.options.FilterPaths {
			req.Page.Prefix = ""
			keep = func(item emulator.Item) bool { return strings.HasPrefix(item.Key, prefix) }
		}
	}
	if req.Page.Cursor, err = c.cursor("pageToken"); err != nil {
		return response{}, err
	}
	items, cursor, err := c.collect(req, size, emulator.KeysPageMax, keep)
	if err != nil {
		return response{}, err
	}
	entries := []entryJSON{}
	for _, item := range items {
		entries = append(entries, entryJSON{Path: path(item), ID: item.Key})
	}
	return object(entriesJSON{entries, c.token(cursor)})
}
