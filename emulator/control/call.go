package control

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"strconv"
	"strings"

	"github.com/gorilla/mux"

	"savestone/emulator"
	"savestone/emulator/universe"
)

const typeJSON = "application/json"

// bodyBytesMax is room for the largest value there can be, however it is written, and what stands
// around it.
const bodyBytesMax = 2*emulator.ValueBytesMax + 64<<10

// problem is why a request to the control API is refused.
type problem struct {
	Status  int    `json:"status" doc:"the HTTP status"`
	Message string `json:"message" doc:"what was got and what is wanted"`
}

// Error implements error.
func (p *problem) Error() string { return p.Message }

// Problem is the body of each answer that is none of 2xx.
type Problem struct {
	Error problem `json:"error"`
}

// wrong refuses what a client sent.
func wrong(format string, args ...any) error {
	return &problem{http.StatusBadRequest, fmt.Sprintf(format, args...)}
}

// problemOf tells what an error is to a client.
func problemOf(err error) *problem {
	var known *problem
	status := http.StatusInternalServerError
	switch {
	case errors.As(err, &known):
		return known
	case errors.Is(err, universe.ErrUnknown), errors.Is(err, universe.ErrNoServer),
		errors.Is(err, universe.ErrNoUpdate):
		status = http.StatusNotFound
	case errors.Is(err, universe.ErrMany), errors.Is(err, emulator.ErrClosed):
		status = http.StatusServiceUnavailable
	}
	return &problem{status, err.Error()}
}

// call is a request to the control API being answered.
type call struct {
	handler *Handler
	route   *route
	http    *http.Request
	writer  http.ResponseWriter
	vars    map[string]string // parts of the path, decoded
	query   url.Values
}

// serve answers one route.
func (h *Handler) serve(r *route) http.HandlerFunc {
	return func(w http.ResponseWriter, request *http.Request) {
		c := &call{handler: h, route: r, http: request, writer: w}
		result, err := c.answer()
		switch {
		case err != nil:
			refuse(w, problemOf(err))
		case result == nil && r.out != nil: // it wrote its answer itself
		case result == nil:
			w.WriteHeader(http.StatusNoContent)
		default:
			writeJSON(w, http.StatusOK, result)
		}
	}
}

func (c *call) answer() (any, error) {
	if err := c.authorize(); err != nil {
		return nil, err
	}
	if err := c.readAddress(); err != nil {
		return nil, err
	}
	return c.route.run(c)
}

// readAddress decodes the path and the query, which may have no parameters but the route's.
func (c *call) readAddress() error {
	c.vars = map[string]string{}
	for name, text := range mux.Vars(c.http) {
		decoded, err := url.PathUnescape(text)
		if err != nil {
			return wrong("path: %v", err)
		}
		c.vars[name] = decoded
	}
	var err error
	if c.query, err = url.ParseQuery(c.http.URL.RawQuery); err != nil {
		return wrong("query: %v", err)
	}
	for name := range c.query {
		if !c.route.has(name) {
			return wrong("got the parameter %q, want %s", name, c.route.parameterNames())
		}
	}
	return nil
}

// universe returns the universe that a request is about: the one that its parameter names, or the
// only one there is. One that does not exist comes to be if the request changes something.
func (c *call) universe() (*universe.Universe, error) {
	all := c.handler.options.Universes
	text, ids := c.query.Get("universe"), all.IDs()
	if text == "" {
		if len(ids) != 1 {
			return nil, wrong("got no universe, want the parameter universe with an id; "+
				"there are %v", ids)
		}
		return all.Open(c.http.Context(), ids[0])
	}
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil || id <= 0 {
		return nil, wrong("got the universe %q, want a positive number", text)
	}
	if c.http.Method == http.MethodGet {
		return all.Find(c.http.Context(), id)
	}
	return all.Open(c.http.Context(), id)
}

// integer reads a parameter, fallback if it is missing.
func (c *call) integer(name string, low, high, fallback int64) (int64, error) {
	text := c.query.Get(name)
	if text == "" {
		return fallback, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < low || n > high {
		return 0, wrong("got %s %q, want a number from %d to %d", name, text, low, high)
	}
	return n, nil
}

// body reads the request's body.
func (c *call) body() ([]byte, error) {
	if c.http.Body == nil {
		return nil, nil
	}
	text, err := io.ReadAll(io.LimitReader(c.http.Body, bodyBytesMax+1))
	switch {
	case err != nil:
		return nil, wrong("body: %v", err)
	case len(text) > bodyBytesMax:
		return nil, &problem{http.StatusRequestEntityTooLarge,
			fmt.Sprintf("got a body that is too large, want at most %d bytes", bodyBytesMax)}
	}
	return text, nil
}

// decode reads the body as one JSON object with no members but those of into.
func (c *call) decode(into any) error {
	text, err := c.body()
	if err != nil {
		return err
	}
	if trimmed := bytes.TrimSpace(text); len(trimmed) == 0 || trimmed[0] != '{' {
		return wrong("body: got %s, want a JSON object with any of %s", shortened(text),
			members(into))
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return wrong("body: %s", explained(err, into))
	}
	if _, err := decoder.Token(); err != io.EOF {
		return wrong("body: got more after the JSON object, want nothing")
	}
	return nil
}

// explained says in our words what encoding/json did not like.
func explained(err error, into any) string {
	var typ *json.UnmarshalTypeError
	if errors.As(err, &typ) {
		return fmt.Sprintf("got a %s for %q, want %s", typ.Value, typ.Field, kindOf(typ.Type))
	}
	if name, unknown := strings.CutPrefix(err.Error(), "json: unknown field "); unknown {
		return fmt.Sprintf("got the member %s, want any of %s", name, members(into))
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return "got JSON that ends too early, want a whole object"
	}
	return err.Error()
}

// kindOf says what JSON stands for a Go type.
func kindOf(t reflect.Type) string {
	switch t.Kind() {
	case reflect.String:
		return "a string"
	case reflect.Bool:
		return "true or false"
	case reflect.Slice, reflect.Array:
		return "an array"
	case reflect.Struct, reflect.Map:
		return "an object"
	case reflect.Pointer:
		return kindOf(t.Elem())
	case reflect.Float64:
		return "a number"
	}
	return "a whole number"
}

// members lists the names of the members of a struct's JSON.
func members(into any) string {
	var names []string
	for _, field := range reflect.VisibleFields(reflect.TypeOf(into).Elem()) {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if name != "" && name != "-" {
			names = append(names, name)
		}
	}
	return strings.Join(names, ", ")
}

// shortened is what a client sent as a message shows it.
func shortened(text []byte) string {
	const bytesMax = 40
	switch {
	case len(bytes.TrimSpace(text)) == 0:
		return "nothing"
	case len(text) > bytesMax:
		return strconv.Quote(string(text[:bytesMax])) + "…"
	}
	return strconv.Quote(string(text))
}

// with makes a route's run of a function that gets the body.
func with[In any](do func(c *call, in In) (any, error)) func(*call) (any, error) {
	return func(c *call) (any, error) {
		var in In
		if err := c.decode(&in); err != nil {
			return nil, err
		}
		return do(c, in)
	}
}

// refuse answers with a problem.
func refuse(w http.ResponseWriter, p *problem) {
	w.Header().Set("Savestone-Reason", headerText(p.Message))
	writeJSON(w, p.Status, Problem{*p})
}

func refuseRoute(status int, message string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		refuse(w, &problem{status, fmt.Sprintf("%s %s: %s; %s lists all there are",
			r.Method, r.URL.Path, message, Base+"/openapi.json")})
	}
}

// writeJSON answers with a value as JSON. What the client misses of it is its own affair.
func writeJSON(w http.ResponseWriter, status int, value any) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		text.Reset()
		status = http.StatusInternalServerError
		fmt.Fprintf(&text, `{"error":{"status":500,"message":%q}}`, err)
	}
	w.Header().Set("Content-Type", typeJSON)
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Length", strconv.Itoa(text.Len()))
	w.WriteHeader(status)
	w.Write(text.Bytes())
}

// headerText makes a text fit for a header.
func headerText(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, text)
}
