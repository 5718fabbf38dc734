package opencloud

import (
	"encoding/base64"
	"encoding/json"
	"hash/fnv"
	"maps"
	"strconv"
	"strings"

	"savestone/emulator"
)

// token is what a page token or cursor holds: base64 of JSON, as Roblox's were seen to be (O14,
// OU8).
type token struct {
	Version int    `json:"version"`
	Cursor  string `json:"cursor"`
	List    string `json:"list"` // which list it continues
}

const tokenVersion = 1

// list tells lists apart: a token is only for the one that it came from (O21, O33). The size of the
// page may change (assumed), and so may the token itself.
func (c *call) list() string {
	query := maps.Clone(c.query)
	for _, name := range []string{"cursor", "pageToken", "limit", "maxPageSize"} {
		query.Del(foldName(name))
	}
	h := fnv.New64a()
	h.Write([]byte(c.http.URL.Path + "?" + query.Encode())) // never fails
	return strconv.FormatUint(h.Sum64(), 36)
}

// token makes a cursor one for the client, "" after the last page.
func (c *call) token(cursor string) string {
	if cursor == "" {
		return ""
	}
	text, err := json.Marshal(token{tokenVersion, cursor, c.list()})
	if err != nil {
		panic(err) // strings always have JSON
	}
	return base64.StdEncoding.EncodeToString(text)
}

// cursor reads a parameter that holds a token, or nothing.
func (c *call) cursor(name string) (string, error) {
	sent := c.param(name) // where clients that do not encode it have a space for a plus
	if sent == "" {
		return "", nil
	}
	refusal := invalid("InvalidCursor", "Invalid cursor.")
	text, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(sent, " ", "+"))
	if err != nil {
		return "", refusal.because("%s is no token of this server", name)
	}
	var t token
	if err := json.Unmarshal(text, &t); err != nil || t.Cursor == "" || t.Version != tokenVersion {
		return "", refusal.because("%s is no token of this server", name)
	}
	if t.List != c.list() {
		return "", refusal.because("%s is of a list with other parameters", name)
	}
	return t.Cursor, nil
}

// v2Page reads size and token of a v2 list's page.
func (c *call) v2Page(sizeMax int) (page emulator.Page, err error) {
	if page.Size, err = c.pageSize("maxPageSize", pageDefault, sizeMax); err != nil {
		return page, err
	}
	page.Cursor, err = c.cursor("pageToken")
	return page, err
}

// filteredPage is v2Page for the lists that have the filter and showDeleted in common.
func (c *call) filteredPage(sizeMax int) (page emulator.Page, err error) {
	if page, err = c.v2Page(sizeMax); err != nil {
		return page, err
	}
	if page.Prefix, err = c.prefixFilter(); err != nil {
		return page, err
	}
	page.ShowDeleted, err = c.boolean("showDeleted")
	page.ExcludeDeleted = !page.ShowDeleted
	return page, err
}

// collect gathers a list's page of size items from as many pages of the emulator's as it takes,
// each of at most pageMax items, of those that are to be kept. One call looks at a limited number
// of items, so it may return fewer with more to come (O26).
func (c *call) collect(
	req emulator.Request, size, pageMax int, keep func(emulator.Item) bool,
) (items []emulator.Item, cursor string, err error) {
	for examined := 0; ; {
		req.Page.Size = min(size-len(items), pageMax)
		result, err := c.do(req)
		if err != nil {
			return nil, "", err
		}
		for _, item := range result.Items {
			if keep(item) {
				items = append(items, item)
			}
		}
		examined += len(result.Items)
		req.Page.Cursor = result.Cursor
		if result.Cursor == "" || len(items) == size || len(result.Items) == 0 ||
			examined >= emulator.KeysExaminedMax {
			return items, result.Cursor, nil
		}
	}
}

func keepAll(emulator.Item) bool { return true }
