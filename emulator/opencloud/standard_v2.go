package opencloud

import (
	"bytes"
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
	var value json.RawMessage
	if result.Found {
		value, e.Value = compact(doubles(result.Value)), blankValue
	}
	answer, err := object(e)
	answer.body, answer.version = withValue(answer.body, value), result.Info.Version
	return answer, err
}

// blankValue stands for the value of an entry while the rest is encoded.
var blankValue = json.RawMessage("0")

// withValue puts a value in the place of the blank one. It is not for encoding/json to look through
// once more: values can be large, and they are JSON already.
func withValue(object []byte, value json.RawMessage) []byte {
	member := []byte(`,"value":`) // a string would have its quotes escaped
	before, after, ok := bytes.Cut(object, append(member, blankValue...))
	if !ok {
		return object
	}
	whole := make([]byte, 0, len(object)+len(value))
	return append(append(append(append(whole, before...), member...), value...), after...)
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

// getEntry reads an entry, or one of its revisions.
func (c *call) getEntry() (response, error) {
	req, id, err := c.revisionRequest(c.vars["entry"])
	if err != nil {
		return response{}, err
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

// revisionRequest reads key, key@revision, key@latest or key@latest:time (O29 to O31), and the id
// to answer with.
func (c *call) revisionRequest(id string) (req emulator.Request, shown string, err error) {
	key, revision := id, "latest"
	if at := strings.LastIndexByte(id, '@'); at >= 0 {
		key, revision = id[:at], id[at+1:]
	}
	if req, err = c.keyRequest(emulator.OpGet, key); err != nil {
		return req, key, err
	}
	then, timed := strings.CutPrefix(revision, "latest:")
	switch {
	case timed:
		req.Op = emulator.OpGetVersionAt
		req.TimeMS, err = revisionTime(then)
	case revision == "latest":
	case isVersion(revision):
		req.Op, req.Version = emulator.OpGetVersion, revision
		return req, id, nil
	default:
		err = badVersion(revision)
	}
	return req, key, err
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
	page, err := c.filteredPage(entriesMax)
	if err != nil {
		return response{}, err
	}
	req := emulator.Request{Op: emulator.OpListKeys, Store: c.store(), Page: page}
	keep, path := keepAll, func(item emulator.Item) string { return c.entryPath(item.Key) }
	if req.Store.Scope == "-" {
		req.Store.Scope = ""
		path = func(item emulator.Item) string { return c.scopedPath(item.Scope, item.Key) }
		if !c.handler.options.FilterPaths {
			req.Page.Prefix = ""
			keep = func(item emulator.Item) bool { return strings.HasPrefix(item.Key, page.Prefix) }
		}
	}
	items, cursor, err := c.collect(req, page.Size, emulator.KeysPageMax, keep)
	if err != nil {
		return response{}, err
	}
	entries := []entryJSON{}
	for _, item := range items {
		entries = append(entries, entryJSON{Path: path(item), ID: item.Key})
	}
	return object(entriesJSON{entries, c.token(cursor)})
}
