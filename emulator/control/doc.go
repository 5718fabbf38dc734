// Package control is the HTTP door of a running server: it hands Open Cloud requests to their
// universe and answers the control API, by which tools watch and steer universes: their faults,
// clock, budgets, game servers and state. It is apart from opencloud because that answers for one
// universe and is Roblox's API to the letter, while this one is ours and knows them all.
//
//	all := universe.New(universe.Options{Path: "data.db", Only: 1})
//	handler := control.New(control.Options{Universes: all, Token: token})
//	err := http.ListenAndServe("127.0.0.1:34890", handler)
//
// All is under /_savestone/ (and the same under /_savestone/v1/); the table in routes.go lists it,
// and /_savestone/openapi.json describes it. Bodies and answers are JSON. What is refused is
// answered with 4xx and {"error":{"status":400,"message":"got …, want …"}}. The parameter universe
// names the universe where there is more than one.
//
// # Playing as a game server
//
// POST /_savestone/v1/servers/{server}/datastore does one method of DataStoreService as the game
// server called {server} (its game.JobId), with that server's budgets, queues and cache, and with
// faults. It answers when the method would return, which can take minutes. A server that is not
// there joins by its first call; POST /_savestone/v1/servers makes one with players, by which
// budgets grow, and access: {"server":"job-1","players":8,"access":"studio"}; PATCH
// /_savestone/v1/servers/{server} changes them, DELETE ends it (calls then fail with 401 and 402 as
// in a server that shuts down).
//
// The body names the method, the store, and what the method takes:
//
//	{"method":"SetAsync","store":{"name":"Coins","scope":"global"},"key":"player_1",
//	 "value":{"coins":5},"userIds":[1],"metadata":{"a":1}}
//
// A store is {"name":…}; also "scope" (global if left out), "kind":"ordered" (GetOrderedDataStore),
// "allScopes":true (keys are scope/key), or {"global":true} (GetGlobalDataStore). The answer is 200
// with one of
//
//	{"result":{…},"warnings":["…"]}
//	{"error":{"code":502,"name":"RequestRejected","message":"502: API Services …",
//	          "mayHaveApplied":false},"warnings":["…"]}
//
// where error is what the script's pcall is to see: message is its whole text. Warnings are lines
// for the console, left out if there are none. Statuses other than 200 say that the call itself was
// wrong, not that a method failed.
//
//	method                         takes besides store                        result
//	GetDataStore                   –                                          {}
//	GetAsync                       key, useCache (true if left out)           entry
//	SetAsync                       key, value, userIds, metadata              version
//	IncrementAsync                 key, delta (1), userIds, metadata          entry
//	RemoveAsync                    key                                        entry
//	BeginUpdate                    key                                        entry and update
//	CommitUpdate (no store)        update, value, userIds, metadata           entry
//	CancelUpdate (no store)        update                                     {}
//	GetVersionAsync                key, version                               entry
//	GetVersionAtTimeAsync          key, timeMs                                entry
//	RemoveVersionAsync             key, version                               {}
//	ListVersionsAsync              key, descending, fromMs, toMs, pageSize, cursor   page
//	ListKeysAsync                  prefix, pageSize, cursor, excludeDeleted   page
//	ListDataStoresAsync (no store) prefix, pageSize, cursor                   page
//	GetSortedAsync                 descending, pageSize, min, max, cursor     page
//	BatchGetAsync                  keys                                       page
//	GetRequestBudgetForRequestType (no store)  requestType                    budget
//	SetRateLimitForRequestType (no store)      requestType, base, perPlayer   {}
//
// An entry is {"found":true,"value":…,"keyInfo":{"version":"…","createdTime":ms,"updatedTime":ms,
// "userIds":[…],"metadata":{…}}}; {"found":false} for nil, nil. Ordered stores have no keyInfo, and
// SetAsync no version there. RemoveAsync answers with what was there.
//
// UpdateAsync is BeginUpdate, the transform, and CommitUpdate or (if it returned nil) CancelUpdate:
// BeginUpdate answers with the current entry and with "update", a name. If CommitUpdate answers
// with "update" again (and "conflict":true), another server has written meanwhile: transform the
// entry that came with it and commit once more, as Roblox does. Other updates of the key wait for
// the end, so an update that hears nothing for 30 seconds is ended; then the name is answered with
// 404.
//
// A page is {"items":[…],"cursor":"…"}; send the same call with the cursor for the next page, until
// cursor is left out. Items have, as the method demands, store, scope, key, value, version,
// createdTime, updatedTime, deleted.
package control
