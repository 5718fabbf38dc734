package control_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
	"github.com/stretchr/testify/require"

	"savestone/emulator"
	"savestone/emulator/control"
	"savestone/emulator/universe"
)

// described is the description that a server gives of itself.
var described = sync.OnceValues(func() (*openapi3.T, error) {
	all := universe.New(universe.Options{Path: emulator.InMemory, Only: 1})
	memo := httptest.NewRecorder()
	control.New(control.Options{Universes: all}).ServeHTTP(memo,
		httptest.NewRequest("GET", "/_savestone/openapi.json", http.NoBody))
	doc, err := openapi3.NewLoader().LoadFromData(memo.Body.Bytes())
	if err != nil {
		return nil, err
	}
	return doc, doc.Validate(context.Background())
})

var router = sync.OnceValues(func() (routers.Router, error) {
	doc, err := described()
	if err != nil {
		return nil, err
	}
	return gorillamux.NewRouter(doc)
})

var (
	seenMu sync.Mutex
	seen   = map[string]bool{} // operations that a test had done
)

// checkContract holds an answer of the control API against the description.
func checkContract(t *testing.T, r *http.Request, got answer) {
	t.Helper()
	path := strings.Replace(r.URL.Path, "/_savestone/v1/", "/_savestone/", 1)
	if !strings.HasPrefix(path, "/_savestone/") {
		return
	}
	find, err := router()
	require.NoError(t, err)
	plain := httptest.NewRequest(r.Method, path, http.NoBody)
	route, vars, err := find.FindRoute(plain)
	if err != nil {
		require.Contains(t, []int{404, 405}, got.status, "%s %s: %s", r.Method, path, got.body)
		return
	}
	if got.status < 300 {
		seenMu.Lock()
		seen[route.Operation.OperationID] = true
		seenMu.Unlock()
	}
	typ, _, _ := strings.Cut(got.header.Get("Content-Type"), ";")
	header := http.Header{"Content-Type": {typ}}
	if typ != "application/json" && got.status < 300 && got.status != 204 {
		require.NotNil(t, route.Operation.Responses.Status(200).Value.Content.Get(typ), "%s: %s", path, typ)
		return
	}
	require.NoError(t, openapi3filter.ValidateResponse(t.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{
			Request: plain, PathParams: vars, Route: route,
		},
		Status: got.status, Header: header, Body: io.NopCloser(bytes.NewReader([]byte(got.body))),
		Options: &openapi3filter.Options{IncludeResponseStatus: true},
	}), "%s %s: %s", r.Method, path, got.body)
}

func TestTheDescriptionIsWhole(t *testing.T) {
	doc, err := described()
	require.NoError(t, err)
	require.GreaterOrEqual(t, doc.Paths.Len(), 25)
	for path, item := range doc.Paths.Map() {
		for method, o := range item.Operations() {
			require.NotEmpty(t, o.Summary, "%s %s", method, path)
		}
	}
}

// TestMain has the last word: each route was done at least once with success.
func TestMain(m *testing.M) { mainOf(m) }
