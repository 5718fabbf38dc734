package opencloud

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/stretchr/testify/require"
)

// openapiFolder has Roblox's own descriptions of the API, which are not part of this project.
const openapiFolder = "../../../shared/spec/openapi"

// contracts are the descriptions, by the path that their families begin with, or nil if they are not
// at hand.
var contracts = sync.OnceValues(func() (map[string]*openapi3.T, error) {
	files := map[string]string{
		"/datastores/":          "datastores-v1.json",
		"/ordered-data-stores/": "ordered-datastores-v1.json",
		"/cloud/v2/":            "cloud-v2.json",
		"/messaging-service/":   "messaging-v1.json",
	}
	if _, err := os.Stat(openapiFolder); os.IsNotExist(err) {
		return nil, nil
	}
	openapi3filter.RegisterBodyDecoder("text/json", openapi3filter.JSONBodyDecoder)
	loaded := map[string]*openapi3.T{}
	for prefix, file := range files {
		doc, err := openapi3.NewLoader().LoadFromFile(filepath.Join(openapiFolder, file))
		if err != nil {
			return nil, err
		}
		loaded[prefix] = doc
	}
	return loaded, nil
})

// TestTheDescriptionsAreAtHand says so where the other tests' answers are checked by themselves
// only.
func TestTheDescriptionsAreAtHand(t *testing.T) {
	docs, err := contracts()
	require.NoError(t, err)
	if docs == nil {
		t.Skipf("%s is absent: no answer is held against Roblox's descriptions", openapiFolder)
	}
	require.Len(t, docs, 4)
}

// strayed are the answers in which Roblox itself is known to stray from its descriptions, by
// method and end of the path.
var strayed = map[string]string{
	"GET /v1/universes/{universeId}/standard-datastores/datastore/entries": "keys are objects " +
		"in the example, strings in the schema",
	"GET /v1/universes/{universeId}/standard-datastores/datastore/entries/entry": "values of " +
		"any type, an object in the schema",
	"GET /v1/universes/{universeId}/standard-datastores/datastore/entries/entry/versions/version": "" +
		"values of any type, an object in the schema",
	"POST /v1/universes/{universeId}/standard-datastores/datastore/entries/entry/increment": "" +
		"a number, an object in the schema",
	"GET /v1/universes/{universeId}/standard-datastores/datastore/entries/entry/versions": "" +
		"a list in the example, one version in the schema",
}

// checkContract holds a successful answer against Roblox's description of it.
func checkContract(t *testing.T, r *http.Request, got answer) {
	t.Helper()
	docs, err := contracts()
	require.NoError(t, err)
	if docs == nil || got.status >= 300 {
		return
	}
	for prefix, doc := range docs {
		if !strings.HasPrefix(r.URL.Path, prefix) {
			continue
		}
		route := describedRoute(t, doc, r)
		if route == nil || strayed[route.Method+" "+route.Path] != "" {
			return
		}
		validate(t, route, r, got)
	}
}

func validate(t *testing.T, route *routers.Route, r *http.Request, got answer) {
	t.Helper()
	input := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: r, Route: route},
		Status:                 got.status,
		Header:                 got.header,
		Body:                   io.NopCloser(bytes.NewReader([]byte(got.body))),
		Options:                &openapi3filter.Options{IncludeResponseStatus: true},
	}
	err := openapi3filter.ValidateResponse(context.Background(), input)
	require.NoError(t, err, "%s %s: %s", r.Method, r.URL, got.body)
}

// describedRoute finds the operation that a request is for. The most literal path is the one.
func describedRoute(t *testing.T, doc *openapi3.T, r *http.Request) *routers.Route {
	t.Helper()
	base := ""
	if server, err := url.Parse(doc.Servers[0].URL); err == nil {
		base = strings.TrimSuffix(server.Path, "/")
	}
	path, best := strings.TrimPrefix(address(r.URL.EscapedPath()), base), ""
	for template := range doc.Paths.Map() {
		operation := doc.Paths.Value(template).GetOperation(r.Method)
		if operation != nil && fits(template, path) && literal(template) > literal(best) {
			best = template
		}
	}
	if best == "" && strings.Contains(path, "/operations/") {
		return nil // O44: only the guides tell of it
	}
	require.NotEmpty(t, best, "no description has %s %s", r.Method, path)
	item := doc.Paths.Value(best)
	return &routers.Route{
		Spec: doc, Path: best, PathItem: item, Method: r.Method,
		Operation: item.GetOperation(r.Method),
	}
}

// literal counts what of a template is no parameter.
func literal(template string) int {
	size, inside := 0, false
	for _, char := range template {
		inside = inside && char != '}' || char == '{'
		if !inside {
			size++
		}
	}
	return size
}

// fits reports whether a path is of a template; the last parameter may hold slashes.
func fits(template, path string) bool {
	before, rest, more := strings.Cut(template, "{")
	if !strings.HasPrefix(path, before) {
		return false
	}
	if !more {
		return path == before
	}
	path = path[len(before):]
	_, rest, _ = strings.Cut(rest, "}")
	literal, _, _ := strings.Cut(rest, "{")
	if literal == rest { // the last parameter
		return strings.HasSuffix(path, rest) && len(path) > len(rest)
	}
	at := strings.Index(path, literal)
	return at > 0 && !strings.Contains(path[:at], "/") && fits(rest, path[at:])
}
