package control

import (
	"encoding/json"
	"errors"
	"net/http"

	"savestone/emulator"
)

// DataRequest is an emulator.Request of somebody who looks after the data: no fault hits it, and
// it counts in no budget of the experience.
type DataRequest struct {
	Op    string `json:"op" doc:"as emulator.Op spells it: get, put, listKeys and so on"`
	Kind  string `json:"kind,omitempty" doc:"standard or ordered; standard if left out"`
	Store string `json:"store,omitempty" doc:"the store of GetGlobalDataStore has no name"`
	Scope string `json:"scope,omitempty" doc:"global if left out; - lists the keys of all"`
	Key   string `json:"key,omitempty"`

	Value     json.RawMessage `json:"value,omitempty"`
	UserIDs   []int64         `json:"userIds,omitempty"`
	Metadata  json.RawMessage `json:"metadata,omitempty"`
	IfVersion *string         `json:"ifVersion,omitempty" doc:"empty: onto no live entry"`
	Delta     int64           `json:"delta,omitempty"`

	Version string   `json:"version,omitempty"`
	TimeMS  int64    `json:"timeMs,omitempty"`
	Keys    []string `json:"keys,omitempty"`

	PageSize       int    `json:"pageSize,omitempty"`
	Cursor         string `json:"cursor,omitempty"`
	Prefix         string `json:"prefix,omitempty"`
	ExcludeDeleted bool   `json:"excludeDeleted,omitempty"`
	ShowDeleted    bool   `json:"showDeleted,omitempty"`
	Descending     bool   `json:"descending,omitempty"`
	FromMS         int64  `json:"fromMs,omitempty"`
	ToMS           int64  `json:"toMs,omitempty"`
	Min            *int64 `json:"min,omitempty"`
	Max            *int64 `json:"max,omitempty"`
}

// DataResult is an emulator.Result, or the error that Roblox has for it.
type DataResult struct {
	Found  bool            `json:"found"`
	Value  json.RawMessage `json:"value,omitempty"`
	Info   DataInfo        `json:"info"`
	Items  []DataItem      `json:"items,omitempty"`
	Cursor string          `json:"cursor,omitempty"`
	Error  *DataStoreError `json:"error,omitempty"`
}

// DataInfo is an emulator.KeyInfo.
type DataInfo struct {
	Version   string          `json:"version,omitempty"`
	CreatedMS int64           `json:"createdMs,omitempty"`
	UpdatedMS int64           `json:"updatedMs,omitempty"`
	UserIDs   []int64         `json:"userIds,omitempty"`
	Metadata  json.RawMessage `json:"metadata,omitempty"`
}

// DataItem is an emulator.Item.
type DataItem struct {
	Store     string          `json:"store,omitempty"`
	Scope     string          `json:"scope,omitempty"`
	Key       string          `json:"key,omitempty"`
	Value     json.RawMessage `json:"value,omitempty"`
	Size      int             `json:"size,omitempty"`
	Info      DataInfo        `json:"info"`
	Deleted   bool            `json:"deleted,omitempty"`
	ExpiresMS int64           `json:"expiresMs,omitempty"`
}

// allScopes is the scope that stands for all of them, as in Open Cloud (O25).
const allScopes = "-"

// NewDataRequest writes an emulator.Request for the API.
func NewDataRequest(req emulator.Request) DataRequest {
	scope := req.Store.Scope
	if scope == "" {
		scope = allScopes
	}
	return DataRequest{
		Op: req.Op.String(), Kind: req.Store.Kind.String(), Store: req.Store.Name, Scope: scope,
		Key: req.Key, Value: req.Value, UserIDs: req.UserIDs, Metadata: req.Metadata,
		IfVersion: req.IfVersion, Delta: req.Delta,
		Version: req.Version, TimeMS: req.TimeMS, Keys: req.Keys,
		PageSize: req.Page.Size, Cursor: req.Page.Cursor, Prefix: req.Page.Prefix,
		ExcludeDeleted: req.Page.ExcludeDeleted, ShowDeleted: req.Page.ShowDeleted,
		Descending: req.Page.Descending, FromMS: req.Page.FromMS, ToMS: req.Page.ToMS,
		Min: req.Page.Min, Max: req.Page.Max,
	}
}

// request reads the emulator.Request.
func (r *DataRequest) request() (emulator.Request, error) {
	req := emulator.Request{
		Store: emulator.StoreID{Name: r.Store, Scope: r.Scope}, Key: r.Key,
		Value: r.Value, UserIDs: r.UserIDs, Metadata: r.Metadata, IfVersion: r.IfVersion,
		Delta: r.Delta, Version: r.Version, TimeMS: r.TimeMS, Keys: r.Keys,
		Page: emulator.Page{
			Size: r.PageSize, Cursor: r.Cursor, Prefix: r.Prefix, Descending: r.Descending,
			ExcludeDeleted: r.ExcludeDeleted, ShowDeleted: r.ShowDeleted,
			FromMS: r.FromMS, ToMS: r.ToMS, Min: r.Min, Max: r.Max,
		},
		Server: "control", Unmetered: true,
	}
	switch r.Kind {
	case "", "standard":
	case "ordered":
		req.Store.Kind = emulator.Ordered
	default:
		return req, wrong("got the kind %q, want standard or ordered", r.Kind)
	}
	switch r.Scope {
	case "":
		req.Store.Scope = defaultScope
	case allScopes:
		req.Store.Scope = ""
	}
	for op := emulator.OpGet; op <= emulator.OpRestoreStore; op++ {
		if op.String() == r.Op {
			req.Op = op
			return req, nil
		}
	}
	return req, wrong("got the op %q, want one such as get, put or listKeys", r.Op)
}

func (c *call) data(in DataRequest) (any, error) {
	req, err := in.request()
	if err != nil {
		return nil, err
	}
	u, err := c.universe()
	if err != nil {
		return nil, err
	}
	result, err := u.Emulator.Do(c.http.Context(), req)
	var refusal *emulator.Error
	switch {
	case errors.As(err, &refusal):
		return DataResult{Error: shownError(refusal)}, nil
	case errors.Is(err, emulator.ErrNotEmulated):
		return nil, &problem{http.StatusBadRequest, err.Error()}
	case err != nil:
		return nil, err
	}
	return newDataResult(result), nil
}

func newDataResult(r emulator.Result) DataResult {
	shown := DataResult{Found: r.Found, Value: r.Value, Info: DataInfo(r.Info), Cursor: r.Cursor}
	for _, item := range r.Items {
		shown.Items = append(shown.Items, DataItem{
			item.Store, item.Scope, item.Key, item.Value, item.Size, DataInfo(item.Info),
			item.Deleted, item.ExpiresMS,
		})
	}
	return shown
}

// Result reads the emulator.Result that the API wrote, or the error.
func (r *DataResult) Result() (emulator.Result, error) {
	if r.Error != nil {
		return emulator.Result{}, r.Error.EmulatorError()
	}
	result := emulator.Result{
		Found: r.Found, Value: r.Value, Info: emulator.KeyInfo(r.Info), Cursor: r.Cursor,
	}
	for _, item := range r.Items {
		result.Items = append(result.Items, emulator.Item{
			Store: item.Store, Scope: item.Scope, Key: item.Key, Value: item.Value,
			Size: item.Size, Info: emulator.KeyInfo(item.Info), Deleted: item.Deleted,
			ExpiresMS: item.ExpiresMS,
		})
	}
	return result, nil
}
