package opencloud

import (
	"encoding/json"
	"errors"
	"math"
	"strconv"
	"strings"

	"savestone/emulator"
)

// entryBody is what clients send to write an entry.
type entryBody struct {
	Value      json.RawMessage `json:"value"`
	Users      []string        `json:"users"`
	Attributes json.RawMessage `json:"attributes"`
	Etag       string          `json:"etag"`
	Amount     *float64        `json:"amount"`
}

// into puts what describes a value into a request; what is not given is cleared (O27).
func (b *entryBody) into(req *emulator.Request) (err error) {
	var ids []int64
	for _, user := range b.Users {
		text, ok := strings.CutPrefix(user, "users/")
		id, err := strconv.ParseInt(text, 10, 64)
		if !ok || err != nil {
			return invalid("", "The users are not valid.").because(
				"got the user %q, want one like users/123", user)
		}
		ids = append(ids, id)
	}
	if req.UserIDs, err = checkUserIDs(ids); err != nil {
		return err
	}
	req.Metadata, err = attributes(string(b.Attributes))
	return err
}

// putRequest begins a write of the body's value to a key.
func (c *call) putRequest(key string) (emulator.Request, entryBody, error) {
	var body entryBody
	req, err := c.keyRequest(emulator.OpPut, key)
	if err == nil {
		err = c.decode(&body)
	}
	if err == nil {
		err = body.into(&req)
	}
	if err == nil && body.Value == nil {
		err = invalid("", "The value is required.")
	}
	req.Value = doubles(body.Value)
	return req, body, err
}

func (c *call) createEntry() (response, error) {
	req, _, err := c.putRequest(c.param("id"))
	if err != nil {
		return response{}, err
	}
	req.IfVersion = new(string) // no live entry; a tombstone is none (O35)
	result, err := c.do(req)
	if errors.Is(err, emulator.ErrVersionConflict) {
		return response{}, entryExists()
	}
	if err != nil {
		return response{}, err
	}
	return c.entry(req.Key, c.written(req, result))
}

// written completes the answer to a write, which need not repeat what it was given.
func (c *call) written(req emulator.Request, result emulator.Result) emulator.Result {
	result.Found = true
	if result.Value == nil {
		result.Value = req.Value
	}
	return result
}

// updateEntry replaces an entry. A revision in the id is part of the key (O29).
func (c *call) updateEntry() (response, error) {
	req, body, err := c.putRequest(c.vars["entry"])
	if err != nil {
		return response{}, err
	}
	allowMissing, err := c.boolean("allowMissing")
	if err != nil {
		return response{}, err
	}
	if allowMissing && c.handler.options.CreateScope {
		if err := c.require(objectsCreate); err != nil {
			return response{}, err
		}
	}
	if body.Etag != "" {
		req.IfVersion = &body.Etag // O28
	}
	result, err := c.replace(req, allowMissing)
	if err != nil {
		return response{}, err
	}
	return c.entry(req.Key, c.written(req, result))
}

// replaceTriesMax is how often an update that is for existing entries only starts over when another
// write came between.
const replaceTriesMax = 16

// replace puts a value onto an entry, which must exist unless allowMissing.
func (c *call) replace(req emulator.Request, allowMissing bool) (emulator.Result, error) {
	if allowMissing {
		return c.do(req)
	}
	look := emulator.Request{Op: emulator.OpGet, Store: req.Store, Key: req.Key, Unmetered: true}
	for try := 1; ; try++ {
		now, err := c.do(look)
		switch {
		case err != nil:
			return now, err
		case !now.Found:
			return now, noEntry()
		}
		write := req
		if write.IfVersion == nil {
			write.IfVersion = &now.Info.Version
		}
		result, err := c.do(write)
		if !errors.Is(err, emulator.ErrVersionConflict) || req.IfVersion != nil ||
			try == replaceTriesMax {
			return result, err
		}
	}
}

// deleteEntry puts a tombstone on an entry (O37). An etag that no longer holds refuses it (O28).
func (c *call) deleteEntry() (response, error) {
	req, err := c.entryRequest(emulator.OpRemove)
	if err != nil {
		return response{}, err
	}
	if etag := c.param("etag"); etag != "" {
		now, err := c.do(emulator.Request{
			Op: emulator.OpGet, Store: req.Store, Key: req.Key, Unmetered: true,
		})
		if err != nil {
			return response{}, err
		}
		if now.Found && now.Info.Version != etag {
			return response{}, emulator.ErrVersionConflict
		}
	}
	result, err := c.do(req)
	switch {
	case err != nil:
		return response{}, err
	case !result.Found:
		return response{}, noEntry()
	}
	return none()
}

func (c *call) incrementEntry() (response, error) {
	req, err := c.entryRequest(emulator.OpIncrement)
	if err != nil {
		return response{}, err
	}
	var body entryBody
	if err := c.decode(&body); err != nil {
		return response{}, err
	}
	if err := body.into(&req); err != nil {
		return response{}, err
	}
	if req.Delta, err = amount(body.Amount); err != nil {
		return response{}, err
	}
	result, err := c.do(req)
	if err != nil {
		return response{}, err
	}
	return c.entry(req.Key, result)
}

// amount reads what to increment by: a whole number, 1 if it is not given (O36).
func amount(n *float64) (int64, error) {
	switch {
	case n == nil:
		return 1, nil
	case *n != math.Trunc(*n) || math.Abs(*n) > emulator.StandardIntegerMax:
		return 0, invalid("", "The amount is not valid.").because(
			"got the amount %v, want an integer within 2^53", *n)
	}
	return int64(*n), nil
}
