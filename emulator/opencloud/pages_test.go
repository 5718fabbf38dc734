package opencloud

import (
	"encoding/json"
	"net/url"
	"strings"

	"github.com/stretchr/testify/require"
)

// page is what all lists have, and which of them it is.
type page struct {
	Stores    []storeJSON     `json:"datastores"`
	Keys      []keyJSON       `json:"keys"`
	Versions  []versionJSON   `json:"versions"`
	Resources []storeResource `json:"dataStores"`
	Entries   []entryJSON     `json:"dataStoreEntries"`
	Numbers   []numberJSON    `json:"orderedDataStoreEntries"`
	Numbers1  []numberJSON    `json:"entries"`
	Items     []mapItemJSON   `json:"items"`
	Cursor    string          `json:"nextPageCursor"`
	Token     string          `json:"nextPageToken"`
}

// pages follows a list to its end and returns what it has.
func pages(w *world, target, parameter string, of func(page) []string) (all []string) {
	w.t.Helper()
	next := target
	for range 100 {
		var p page
		require.NoError(w.t, json.Unmarshal([]byte(w.must(get, next, "")), &p))
		all = append(all, of(p)...)
		token := p.Cursor + p.Token
		if token == "" {
			return all
		}
		separator := "?"
		if strings.Contains(target, "?") {
			separator = "&"
		}
		next = target + separator + parameter + "=" + url.QueryEscape(token)
	}
	require.Fail(w.t, "the list has no end", target)
	return nil
}
