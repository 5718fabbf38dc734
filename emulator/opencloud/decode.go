package opencloud

import (
	"crypto/md5"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/gorilla/mux"

	"savestone/emulator"
)

// readAddress decodes the path and the query (O5, O6).
func (c *call) readAddress() error {
	c.vars = map[string]string{}
	for name, text := range mux.Vars(c.http) {
		decoded, err := url.PathUnescape(text)
		if err != nil {
			return invalid("", "The path is not valid.").because("%v", err)
		}
		c.vars[name] = decoded
	}
	if err := c.readQuery(); err != nil {
		return err
	}
	only := c.handler.options.UniverseID
	id, err := strconv.ParseInt(c.vars["universe"], 10, 64)
	if err != nil || id <= 0 || only != 0 && id != only {
		f := invalid("InvalidUniverseId", "The universe id is not valid.")
		if err == nil && only != 0 {
			return f.because("got universe %d, this server has %d", id, only)
		}
		return f.because("got universe %q, want a positive number", c.vars["universe"])
	}
	c.universe = id
	return c.checkNames()
}

// readQuery decodes the query. A semicolon is a character like others, as encodeURI leaves it.
func (c *call) readQuery() error {
	sent, err := url.ParseQuery(strings.ReplaceAll(c.http.URL.RawQuery, ";", "%3B"))
	if err != nil {
		return invalid("", "The query is not valid.").because("%v", err)
	}
	c.query = url.Values{}
	for _, name := range slices.Sorted(maps.Keys(sent)) {
		c.query[foldName(name)] = append(c.query[foldName(name)], sent[name]...)
	}
	return nil
}

// foldName makes one name of those that a parameter goes by. Clients of v1 were seen to send
// AllScopes (rbxcloud, rblx-open-cloud); that maxPageSize and max_page_size are the same is
// assumed.
func foldName(name string) string {
	return strings.ToLower(strings.ReplaceAll(name, "_", ""))
}

// param returns a parameter of the query, "" if it is missing.
func (c *call) param(name string) string { return c.query.Get(foldName(name)) }

// checkNames checks what the path and the query of v1 name (O12). Roblox counts bytes (R6).
func (c *call) checkNames() error {
	if store, ok := c.vars["store"]; ok && !isName(store, emulator.StoreNameBytesMax) {
		return badName("InvalidDataStoreName", "data store name", store)
	}
	if scope, ok := c.vars["scope"]; ok && !isName(scope, emulator.ScopeBytesMax) {
		return badName("InvalidDataStoreScope", "scope", scope)
	}
	return nil
}

func isName(text string, bytesMax int) bool {
	return text != "" && len(text) <= bytesMax && utf8.ValidString(text)
}

func badName(detail, what, got string) error {
	return invalid(detail, "The %s is not valid.", what).because(
		"the %s has %d bytes, want 1 to 50 of UTF-8", what, len(got))
}

// Bodies: the value and room for what stands around it.
const (
	valueBytesMax    = emulator.ValueBytesMax
	envelopeBytesMax = valueBytesMax + 64<<10
	drainedBytesMax  = 4 * valueBytesMax
)

// readBody reads the body of a route that has one (O4).
func (c *call) readBody() error {
	switch c.route.body {
	case noBody:
		return nil
	case valueBody:
		if err := c.checkBodyHeaders(); err != nil {
			return err
		}
		return c.readUpTo(valueBytesMax)
	case optionalBody:
		return c.readUpTo(envelopeBytesMax)
	}
	if err := c.checkBodyHeaders(); err != nil {
		return err
	}
	return c.readUpTo(envelopeBytesMax)
}

func (c *call) checkBodyHeaders() error {
	length, typ := c.http.ContentLength, c.http.Header.Get("Content-Type")
	if length < 0 || length == 0 && c.http.Header.Get("Content-Length") == "" {
		return invalid("ContentLengthRequired", "Content-Length is required.")
	}
	// v1 takes a value without a type: a client that leaves it out was seen (rblx-open-cloud).
	if c.handler.options.Loose || isJSONType(typ) || typ == "" && c.route.body == valueBody {
		return nil
	}
	return invalid("ContentNotJson", "Content-Type must be application/json.").because(
		"got the content type %q, want application/json", typ)
}

// isJSONType reports whether a content type is JSON's, as the description of messaging spells it.
func isJSONType(text string) bool {
	typ, _, err := mime.ParseMediaType(text)
	return err == nil && (typ == typeJSON || typ == "text/json" ||
		strings.HasPrefix(typ, "application/") && strings.HasSuffix(typ, "+json"))
}

func (c *call) readUpTo(bytesMax int) error {
	tooBig := invalid("ContentTooBig", "The content is too big.").because(
		"a body here has at most %d bytes", bytesMax)
	if c.http.Body == nil {
		return nil
	}
	if c.http.ContentLength > int64(bytesMax) {
		// Who is still sending does not listen; up to a point it is read for nothing.
		io.Copy(io.Discard, io.LimitReader(c.http.Body, drainedBytesMax))
		return tooBig
	}
	body, err := io.ReadAll(io.LimitReader(c.http.Body, int64(bytesMax)+1))
	switch {
	case err != nil:
		return invalid("", "The content cannot be read.").because("%v", err)
	case len(body) > bytesMax:
		return tooBig
	}
	c.body = body
	return nil
}

// decode reads the body as a JSON object.
func (c *call) decode(into any) error {
	if text := strings.TrimLeft(string(c.body[:min(len(c.body), 64)]), " \t\r\n"); text == "" ||
		text[0] != '{' {
		return invalid("ContentNotJson", "The content is not a JSON object.")
	}
	err := json.Unmarshal(c.body, into)
	if err == nil {
		return nil
	}
	f := invalid("ContentNotJson", "The content is not valid.")
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) {
		return f.because("got a JSON %s in the field %s", wrong.Value, wrong.Field)
	}
	return f.because("%v", err)
}

// unreadable refuses a parameter that is not of its type.
func unreadable(name, value, want string) error {
	f := invalid("", "The value '%s' is not valid.", value)
	f.field = name
	return f.because("got %s %q, want %s", name, value, want)
}

// integer reads a parameter, fallback if it is missing.
func (c *call) integer(name string, bits int, fallback int64) (int64, error) {
	text := c.param(name)
	if text == "" {
		return fallback, nil
	}
	n, err := strconv.ParseInt(text, 10, bits)
	if err != nil {
		return 0, unreadable(name, text, fmt.Sprintf("an integer of %d bits", bits))
	}
	return n, nil
}

// boolean reads a parameter, false if it is missing.
func (c *call) boolean(name string) (bool, error) {
	switch text := c.param(name); strings.ToLower(text) {
	case "", "false":
		return false, nil
	case "true":
		return true, nil
	default:
		return false, unreadable(name, text, "true or false")
	}
}

// pageSize reads how many items a list shall have: fallback for none or 0, and at most sizeMax.
func (c *call) pageSize(name string, fallback, sizeMax int) (int, error) {
	n, err := c.integer(name, 32, 0)
	switch {
	case err != nil:
		return 0, err
	case n < 0:
		return 0, invalid("InvalidLimit", "The page size is not valid.").because(
			"got %s %d, want 0 to %d", name, n, sizeMax)
	case n == 0:
		return fallback, nil
	}
	return min(int(n), sizeMax), nil
}

// attributes reads a JSON object of attributes; none are nil.
func attributes(text string) (json.RawMessage, error) {
	trimmed := strings.TrimSpace(text)
	if trimmed == "" || trimmed == "null" {
		return nil, nil
	}
	if trimmed[0] != '{' || !json.Valid([]byte(trimmed)) || !utf8.ValidString(trimmed) {
		return nil, invalid("InvalidAttributes", "The attributes are not valid.").because(
			"got the attributes %q, want a JSON object", trimmed)
	}
	if len(trimmed) > emulator.MetadataBytesMax {
		return nil, invalid("InvalidAttributes", "The attributes are too long.").because(
			"got attributes of %d bytes, want fewer than 300", len(trimmed))
	}
	return json.RawMessage(trimmed), nil
}

// userIDs reads the v1 header for user ids (O12).
func (c *call) userIDs(text string) ([]int64, error) {
	trimmed := strings.TrimSpace(text)
	if c.handler.options.Loose && trimmed != "" && trimmed[0] != '[' {
		trimmed = "[" + trimmed + "]"
	}
	if trimmed == "" {
		return nil, nil
	}
	var ids []int64
	if err := json.Unmarshal([]byte(trimmed), &ids); err != nil || trimmed[0] != '[' {
		return nil, invalid("InvalidUserIds", "The user ids are not valid.").because(
			"got the user ids %q, want a JSON array of numbers", trimmed)
	}
	return checkUserIDs(ids)
}

func checkUserIDs(ids []int64) ([]int64, error) {
	if len(ids) > emulator.UserIDsMax ||
		slices.ContainsFunc(ids, func(id int64) bool { return id < 0 }) {
		return nil, invalid("InvalidUserIds", "The user ids are not valid.").because(
			"got the user ids %d, want at most %d, none negative", ids, emulator.UserIDsMax)
	}
	return ids, nil
}

// checkMD5 holds a body against the checksum that came with it.
func (c *call) checkMD5() error {
	want := c.http.Header.Get("content-md5")
	if got := checksum(c.body); want != "" && want != got {
		return invalid("ChecksumMismatch", "The checksum does not match the content.").because(
			"got content-md5 %q, the content has %q", want, got)
	}
	return nil
}

func checksum(body []byte) string {
	sum := md5.Sum(body)
	return base64.StdEncoding.EncodeToString(sum[:])
}
