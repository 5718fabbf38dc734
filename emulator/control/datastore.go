package control

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"savestone/emulator"
	"savestone/emulator/gameserver"
	"savestone/emulator/opencloud"
	"savestone/emulator/universe"
)

// DataStoreCall is one call of a method of DataStoreService or of a store. Which members a method
// takes, the package's doc tells.
type DataStoreCall struct {
	Method string     `json:"method" doc:"of DataStoreService, a data store, or an update"`
	Store  *StoreName `json:"store,omitempty"`

	Key      string          `json:"key,omitempty"`
	Value    json.RawMessage `json:"value,omitempty"`
	UserIDs  []int64         `json:"userIds,omitempty"`
	Metadata json.RawMessage `json:"metadata,omitempty"`
	UseCache *bool           `json:"useCache,omitempty" doc:"true if left out"`
	Delta    *int64          `json:"delta,omitempty" doc:"1 if left out"`
	Update   string          `json:"update,omitempty" doc:"the name that BeginUpdate gave"`

	Version string   `json:"version,omitempty"`
	TimeMS  int64    `json:"timeMs,omitempty"`
	Keys    []string `json:"keys,omitempty"`

	Prefix         string `json:"prefix,omitempty"`
	PageSize       int    `json:"pageSize,omitempty"`
	Cursor         string `json:"cursor,omitempty"`
	ExcludeDeleted bool   `json:"excludeDeleted,omitempty"`
	Descending     bool   `json:"descending,omitempty"`
	FromMS         int64  `json:"fromMs,omitempty"`
	ToMS           int64  `json:"toMs,omitempty"`
	Min            *int64 `json:"min,omitempty"`
	Max            *int64 `json:"max,omitempty"`

	RequestType string `json:"requestType,omitempty" doc:"an Enum.DataStoreRequestType"`
	Base        int    `json:"base,omitempty"`
	PerPlayer   int    `json:"perPlayer,omitempty"`
}

// StoreName names a data store as a script gets it.
type StoreName struct {
	Name      string `json:"name,omitempty"`
	Scope     string `json:"scope,omitempty" doc:"global if left out"`
	Kind      string `json:"kind,omitempty" doc:"standard or ordered; standard if left out"`
	AllScopes bool   `json:"allScopes,omitempty" doc:"its keys are scope/key"`
	Global    bool   `json:"global,omitempty" doc:"the one of GetGlobalDataStore, without a name"`
}

// DataStoreAnswer is what a method came to: a result or an error.
type DataStoreAnswer struct {
	Result   *DataStoreResult `json:"result,omitempty"`
	Error    *DataStoreError  `json:"error,omitempty"`
	Warnings []string         `json:"warnings,omitempty" doc:"lines for the console"`
}

// DataStoreResult is what a method returned; the method tells which members there are.
type DataStoreResult struct {
	Found    *bool           `json:"found,omitempty" doc:"false for nil, nil"`
	Value    json.RawMessage `json:"value,omitempty"`
	KeyInfo  *KeyInfo        `json:"keyInfo,omitempty"`
	Version  string          `json:"version,omitempty"`
	Update   string          `json:"update,omitempty" doc:"the update waits to be committed"`
	Conflict bool            `json:"conflict,omitempty" doc:"somebody else wrote: transform anew"`
	Items    *[]Item         `json:"items,omitempty"`
	Cursor   string          `json:"cursor,omitempty" doc:"what fetches the next page"`
	Budget   *int            `json:"budget,omitempty"`
}

// KeyInfo is a DataStoreKeyInfo.
type KeyInfo struct {
	Version     string          `json:"version"`
	CreatedTime int64           `json:"createdTime" doc:"Unix milliseconds"`
	UpdatedTime int64           `json:"updatedTime" doc:"Unix milliseconds"`
	UserIDs     []int64         `json:"userIds"`
	Metadata    json.RawMessage `json:"metadata"`
}

// Item is one line of a listing.
type Item struct {
	Store       string          `json:"store,omitempty"`
	Scope       string          `json:"scope,omitempty"`
	Key         string          `json:"key,omitempty"`
	Value       json.RawMessage `json:"value,omitempty"`
	Version     string          `json:"version,omitempty"`
	CreatedTime int64           `json:"createdTime,omitempty" doc:"Unix milliseconds"`
	UpdatedTime int64           `json:"updatedTime,omitempty" doc:"Unix milliseconds"`
	Deleted     bool            `json:"deleted,omitempty"`
}

// DataStoreError is an error as a script sees it.
type DataStoreError struct {
	Code    int    `json:"code" doc:"the number in front of the text, or 0"`
	Name    string `json:"name" doc:"Roblox's name for it"`
	Message string `json:"message" doc:"the whole text, as pcall gets it"`

	MayHaveApplied bool `json:"mayHaveApplied" doc:"the write may have taken effect all the same"`
}

// dataStoreCall is a DataStoreCall being done.
type dataStoreCall struct {
	*call
	DataStoreCall
	server *universe.Server
	game   *gameserver.Server
	store  *gameserver.Store // nil for methods that have none
}

// callDataStore does one method as a game server.
func (c *call) callDataStore(in DataStoreCall) (any, error) {
	m, ok := dataStoreMethods[in.Method]
	if !ok {
		return nil, wrong("got the method %q, want one of %s", in.Method, methodNames())
	}
	if m.store != (in.Store != nil) {
		return nil, wrong("got store %v for %s, want %s", shownStore(in.Store), in.Method,
			map[bool]string{true: `one such as {"name":"Coins"}`, false: "none"}[m.store])
	}
	u, err := c.universe()
	if err != nil {
		return nil, err
	}
	d := &dataStoreCall{call: c, DataStoreCall: in}
	if d.server, err = u.Join(c.vars["server"]); err != nil {
		return nil, wrong("%v", err)
	}
	d.game = d.server.Game()
	d.observed(u, m)
	return nil, nil
}

// observed does the call and writes its answer, for the log to see.
func (d *dataStoreCall) observed(u *universe.Universe, m dataStoreMethod) {
	var err error
	var answer any
	d.handler.observe(d.writer, d.http, u, func(w http.ResponseWriter, r *http.Request) {
		d.http = r
		if answer, err = d.do(m); err != nil {
			refuse(w, problemOf(err))
			return
		}
		writeJSON(w, http.StatusOK, answer)
	}, func(e *Entry) {
		e.Origin, e.Method, e.Path = d.server.ID, d.Method, ""
		e.Received = max(0, d.http.ContentLength) // it was read before
		if answer, ok := answer.(DataStoreAnswer); ok && answer.Error != nil {
			e.Status = opencloud.StatusOf(answer.Error.EmulatorError())
			e.Reason = cmp.Or(e.Reason, answer.Error.Message)
		}
	})
}

// do does the call.
func (d *dataStoreCall) do(m dataStoreMethod) (any, error) {
	if d.Store != nil {
		if err := d.getStore(); err != nil {
			return d.answered(nil, err)
		}
	}
	result, err := m.run(d)
	return d.answered(result, err)
}

// answered tells a failure of Roblox's apart from one of the call.
func (d *dataStoreCall) answered(result *DataStoreResult, err error) (any, error) {
	answer := DataStoreAnswer{Result: result, Warnings: d.server.Warnings()}
	var refusal *emulator.Error
	switch {
	case errors.As(err, &refusal):
		answer.Result = nil
		answer.Error = shownError(refusal)
	case err != nil:
		return nil, err
	}
	return answer, nil
}

func shownError(e *emulator.Error) *DataStoreError {
	return &DataStoreError{
		Code: e.Code, Name: e.Name, Message: e.Error(), MayHaveApplied: e.MayHaveApplied,
	}
}

// EmulatorError is the inverse of shownError.
func (e *DataStoreError) EmulatorError() *emulator.Error {
	text := e.Message
	if e.Code != 0 {
		text = strings.TrimPrefix(text, fmt.Sprintf("%d: ", e.Code))
	}
	return &emulator.Error{
		Code: e.Code, Name: e.Name, Message: text, MayHaveApplied: e.MayHaveApplied,
	}
}

func shownStore(name *StoreName) string {
	if name == nil {
		return "nothing"
	}
	return name.Name
}

// getStore gets the store that the call names.
func (d *dataStoreCall) getStore() error {
	name, err := *d.Store, error(nil)
	id := emulator.StoreID{Name: name.Name, Scope: name.Scope}
	switch name.Kind {
	case "", "standard":
	case "ordered":
		id.Kind = emulator.Ordered
	default:
		return wrong("got the kind %q, want standard or ordered", name.Kind)
	}
	ordinary := name.Scope != "" || id.Kind == emulator.Ordered
	if (name.AllScopes || name.Global) && ordinary ||
		name.Global && (name.AllScopes || name.Name != "") {
		return wrong("got allScopes or global with what it excludes, want allScopes with a name " +
			"alone, or global alone, of standard stores")
	}
	if id.Scope == "" {
		id.Scope = defaultScope
	}
	switch {
	case name.AllScopes:
		d.store, err = d.game.AllScopes(name.Name)
	case name.Global:
		d.store, err = d.game.Store(emulator.GlobalStore())
	default:
		d.store, err = d.game.Store(id)
	}
	return err
}

// defaultScope is the scope of a store that is got without one (R3).
const defaultScope = "global"
