package opencloud

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"savestone/emulator"
)

// Ordered data stores: v1 and v2 differ in names, in how numbers travel, and in what deleting
// nothing is answered with (sections 3 and 5).

// numberJSON is an entry of an ordered data store.
type numberJSON struct {
	Path  string          `json:"path"`
	Value json.RawMessage `json:"value"`
	ID    string          `json:"id"`
}

func (c *call) newNumberJSON(key string, value json.RawMessage) numberJSON {
	collection := "ordered-data-stores"
	if c.route.family == orderedV1 {
		collection = "orderedDataStores"
	} else {
		value = doubles(value)
	}
	path := fmt.Sprintf("universes/%d/%s/%s/scopes/%s/entries/%s",
		c.universe, collection, c.vars["store"], c.vars["scope"], key)
	return numberJSON{path, value, key}
}

// orderedRequest begins a request about a key.
func (c *call) orderedRequest(op emulator.Op, key string) (emulator.Request, error) {
	req, err := c.keyRequest(op, key)
	req.Store.Kind = emulator.Ordered
	req.Unmetered = c.route.family == orderedV1 // R179
	return req, err
}

// numberBody is what clients send to write.
type numberBody struct {
	Value  json.RawMessage `json:"value"`
	Amount json.RawMessage `json:"amount"`
}

// number reads an integer of 64 bits: v1 takes nothing else, v2 rounds doubles (section 5).
func (c *call) number(name string, text json.RawMessage) (int64, error) {
	if text == nil {
		return 0, invalid("", "The %s is required.", name)
	}
	if n, err := strconv.ParseInt(string(text), 10, 64); err == nil {
		return n, nil
	}
	n, err := strconv.ParseFloat(string(text), 64)
	whole := math.RoundToEven(n)
	outside := err != nil || math.Abs(whole) >= math.MaxInt64 || !isNumberStart(text[0])
	if outside || c.route.family == orderedV1 && whole != n {
		return 0, invalid("", "The %s is not valid.", name).because(
			"got the %s %s, want an integer of 64 bits", name, text)
	}
	return int64(whole), nil
}

// numberRequest begins a write of the body's value.
func (c *call) numberRequest(key string) (emulator.Request, error) {
	req, err := c.orderedRequest(emulator.OpPut, key)
	if err != nil {
		return req, err
	}
	var body numberBody
	if err := c.decode(&body); err != nil {
		return req, err
	}
	n, err := c.number("value", body.Value)
	req.Value = strconv.AppendInt(nil, n, 10)
	return req, err
}

func (c *call) createOrdered() (response, error) {
	req, err := c.numberRequest(c.param("id"))
	if err != nil {
		return response{}, err
	}
	req.IfVersion = new(string) // none yet
	_, err = c.do(req)
	if errors.Is(err, emulator.ErrVersionConflict) {
		return response{}, entryExists()
	}
	if err != nil {
		return response{}, err
	}
	return object(c.newNumberJSON(req.Key, req.Value))
}

func (c *call) getOrdered() (response, error) {
	req, err := c.orderedRequest(emulator.OpGet, c.vars["entry"])
	if err != nil {
		return response{}, err
	}
	result, err := c.do(req)
	switch {
	case err != nil:
		return response{}, err
	case !result.Found:
		return response{}, noEntry()
	}
	return object(c.newNumberJSON(req.Key, result.Value))
}

func (c *call) updateOrdered() (response, error) {
	req, err := c.numberRequest(c.vars["entry"])
	if err != nil {
		return response{}, err
	}
	name := "allowMissing"
	if c.route.family == orderedV1 {
		name = "allow_missing"
	}
	allowMissing, err := c.boolean(name)
	if err != nil {
		return response{}, err
	}
	if _, err := c.replace(req, allowMissing); err != nil {
		return response{}, err
	}
	return object(c.newNumberJSON(req.Key, req.Value))
}

func (c *call) deleteOrdered() (response, error) {
	req, err := c.orderedRequest(emulator.OpRemove, c.vars["entry"])
	if err != nil {
		return response{}, err
	}
	result, err := c.do(req)
	switch {
	case err != nil:
		return response{}, err
	case !result.Found && c.route.family == cloudV2:
		return response{}, noEntry()
	}
	return none()
}

// incrementOrdered adds to an entry, which begins at the amount; the sum stays within 64 bits
// (O22).
func (c *call) incrementOrdered() (response, error) {
	req, err := c.orderedRequest(emulator.OpIncrement, c.vars["entry"])
	if err != nil {
		return response{}, err
	}
	var body numberBody
	if err := c.decode(&body); err != nil {
		return response{}, err
	}
	if c.route.family == cloudV2 && body.Amount == nil {
		body.Amount = json.RawMessage("1") // as O36, assumed
	}
	if req.Delta, err = c.number("amount", body.Amount); err != nil {
		return response{}, err
	}
	result, err := c.do(req)
	if err != nil {
		return response{}, err
	}
	return object(c.newNumberJSON(req.Key, result.Value))
}

func (c *call) listOrdered() (response, error) {
	req := emulator.Request{Op: emulator.OpListSorted, Store: c.store()}
	req.Store.Kind = emulator.Ordered
	req.Unmetered = c.route.family == orderedV1
	var err error
	if req.Page, err = c.orderedPage(); err != nil {
		return response{}, err
	}
	result, err := c.do(req)
	if err != nil {
		return response{}, err
	}
	entries := []numberJSON{}
	for _, item := range result.Items {
		entries = append(entries, c.newNumberJSON(item.Key, item.Value))
	}
	next := c.token(result.Cursor)
	if c.route.family == orderedV1 {
		return object(struct {
			Entries []numberJSON `json:"entries"`
			Next    string       `json:"nextPageToken"`
		}{entries, next})
	}
	return object(struct {
		Entries []numberJSON `json:"orderedDataStoreEntries"`
		Next    string       `json:"nextPageToken,omitempty"`
	}{entries, next})
}

// orderedPage reads which part of an ordered data store is wanted.
func (c *call) orderedPage() (page emulator.Page, err error) {
	if c.route.family == cloudV2 {
		page, err = c.v2Page(orderedMax)
	} else if page.Size, err = c.pageSize("max_page_size", pageDefault, orderedMax); err == nil {
		page.Cursor, err = c.cursor("page_token")
	}
	if err != nil {
		return page, err
	}
	if page.Descending, err = c.descending(); err != nil {
		return page, err
	}
	page.Min, page.Max, err = c.valueFilter()
	return page, err
}

// descending reads the order of a list. In v1 anything that ends in desc is descending, all else
// is not; v2 knows one field (O41).
func (c *call) descending() (bool, error) {
	if c.route.family == orderedV1 {
		return strings.HasSuffix(c.param("order_by"), "desc"), nil
	}
	return c.orderBy("value")
}

// orderBy reads the order of a v2 list, which can have only one.
func (c *call) orderBy(field string) (bool, error) {
	text := c.param("orderBy")
	switch strings.TrimSpace(text) {
	case "", field, field + " asc", "asc":
		return false, nil
	case field + " desc", "desc": // the field left out, as rblx-open-cloud does
		return true, nil
	}
	return false, invalid("", "The orderBy is not valid.").because(
		"got orderBy %q, want %s or %s desc", text, field, field)
}
