package opencloud

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// readdressed gives a request the address that the table of routes knows. Clients that work on
// Roblox were seen to write orderedDatastores (rblx-open-cloud); so case does not matter in what is
// no name. That a slash at the end of a collection does not, nor doubled slashes before the
// universe, is assumed. What comes after /entries/ can be a key, and stays as it is (O6).
func readdressed(r *http.Request) *http.Request {
	sent := r.URL.EscapedPath()
	path := address(sent)
	if path == sent {
		return r
	}
	decoded, err := url.PathUnescape(path)
	if err != nil {
		return r
	}
	clean := r.Clone(r.Context())
	clean.URL.Path, clean.URL.RawPath = decoded, path
	return clean
}

// address is the path that the table of routes knows for one that was sent.
func address(path string) string {
	parts := strings.Split(path, "/")
	at := slices.IndexFunc(parts, func(p string) bool { return strings.EqualFold(p, "universes") })
	if at < 0 || len(parts) < at+3 {
		return path
	}
	clean := []string{""}
	for _, part := range parts[:at+1] {
		if part != "" {
			clean = append(clean, spelled(part))
		}
	}
	rest := parts[at+1:] // the universe, its collection, and so on
	for i, part := range rest {
		if isWord(rest, i) {
			rest[i] = spelled(part)
		}
	}
	if last := len(rest) - 1; rest[last] == "" && isWord(rest, last-1) {
		rest = rest[:last]
	}
	return strings.Join(append(clean, rest...), "/")
}

// isWord reports whether the part after a universe with an index is a word of the API rather than a
// name that users gave.
func isWord(rest []string, index int) bool {
	switch strings.ToLower(rest[1]) {
	case "standard-datastores":
		return index > 0
	case "memory-store":
		return index == 1 || index == 2 || index == 4
	}
	return index == 1 || index == 3 || index == 5 && strings.EqualFold(rest[3], "scopes")
}

// words are how the API spells them, by how they are spelled in lower case.
var words = func() map[string]string {
	known := map[string]string{}
	for _, word := range []string{
		"datastores", "ordered-data-stores", "cloud", "messaging-service", "universes", "v1", "v2",
		"standard-datastores", "datastore", "entries", "entry", "increment", "versions", "version",
		"orderedDataStores", "data-stores", "scopes", "memory-store", "queues", "sorted-maps",
		"items", "operations", "topics",
	} {
		known[strings.ToLower(word)] = word
	}
	return known
}()

func spelled(part string) string {
	if word, ok := words[strings.ToLower(part)]; ok {
		return word
	}
	return part
}
