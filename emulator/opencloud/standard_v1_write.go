package opencloud

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"savestone/emulator"
)

// versionJSON is a version of an entry in v1.
type versionJSON struct {
	Version string `json:"version"`
	Deleted bool   `json:"deleted"`
	Length  int    `json:"contentLength"`
	Created string `json:"createdTime"`
	Object  string `json:"objectCreatedTime"`
}

func newVersionJSON(version string, deleted bool, length int) versionJSON {
	created, written := versionTimes(version)
	return versionJSON{version, deleted, length, timeV1(written), timeV1(created)}
}

// versionType is how v1 labels an answer that describes versions: as text/json, says its
// description; but clients that tell what they accept were seen to read nothing but
// application/json as JSON (openblox).
func (c *call) versionType() string {
	accept := c.http.Header.Get("Accept")
	if accept == "" || strings.Contains(accept, "text/json") {
		return "text/json"
	}
	return typeJSON
}

func (c *call) setEntryV1() (response, error) {
	req, err := c.setRequestV1()
	if err != nil {
		return response{}, err
	}
	if err := c.authorizeWriteV1(req); err != nil {
		return response{}, err
	}
	result, err := c.do(req)
	if errors.Is(err, emulator.ErrVersionConflict) {
		return response{}, c.unmetV1(req)
	}
	if err != nil {
		return response{}, err
	}
	answer, err := object(newVersionJSON(result.Info.Version, false, len(req.Value)))
	answer.typ, answer.version = c.versionType(), result.Info.Version
	return answer, err
}

func (c *call) setRequestV1() (emulator.Request, error) {
	req, err := c.entryV1(emulator.OpPut)
	if err != nil {
		return req, err
	}
	if err := c.writeHeadersV1(&req); err != nil {
		return req, err
	}
	exclusive, err := c.boolean("exclusiveCreate")
	if err != nil {
		return req, err
	}
	match := c.param("matchVersion")
	switch {
	case exclusive && match != "": // O17
		return req, invalid("ExclusiveCreateAndMatchVersionCannotBeSet",
			"Exclusive create and match version cannot both be set.")
	case exclusive:
		req.IfVersion = new(string) // no live entry (O19)
	case match != "":
		req.IfVersion = &match
	}
	if err := c.checkMD5(); err != nil {
		return req, err
	}
	if !json.Valid(c.body) {
		return req, invalid("ContentNotJson", "The content is not JSON.")
	}
	req.Value = c.body
	return req, nil
}

// writeHeadersV1 reads what describes the value; what is not sent is cleared.
func (c *call) writeHeadersV1(req *emulator.Request) (err error) {
	header := c.http.Header
	if req.Metadata, err = attributes(header.Get("roblox-entry-attributes")); err != nil {
		return err
	}
	req.UserIDs, err = c.userIDs(header.Get("roblox-entry-userids"))
	return err
}

// authorizeWriteV1 asks for the permissions that a write needs, which depend on what is there: the
// entry, its data store only, or neither (section 1.2). A key that has them all costs no look.
func (c *call) authorizeWriteV1(req emulator.Request) error {
	if c.require(objectsCreate, objectsUpdate, storesCreate) == nil {
		return nil
	}
	now, err := c.do(emulator.Request{
		Op: emulator.OpGet, Store: req.Store, Key: req.Key, Unmetered: true,
	})
	if err != nil {
		return err
	}
	if now.Found {
		return c.require(objectsUpdate)
	}
	exists, err := c.storeExists(req.Store.Name)
	switch {
	case err != nil:
		return err
	case exists:
		return c.require(objectsCreate)
	}
	return c.require(objectsCreate, storesCreate)
}

// unmetV1 answers a write whose precondition did not hold with the entry as it is (O18).
func (c *call) unmetV1(req emulator.Request) error {
	result, err := c.do(emulator.Request{
		Op: emulator.OpGet, Store: req.Store, Key: req.Key, Unmetered: true,
	})
	if err != nil {
		return err
	}
	answer := response{}
	if result.Found {
		answer = entryResponseV1(result, result.Value)
	}
	answer.status = http.StatusPreconditionFailed
	answer.set("Savestone-Reason", "VersionConflict: the entry is not as the request wants it")
	return &refusal{answer}
}

func (c *call) deleteEntryV1() (response, error) {
	req, err := c.entryV1(emulator.OpRemove)
	if err != nil {
		return response{}, err
	}
	result, err := c.do(req)
	switch {
	case err != nil:
		return response{}, err
	case !result.Found:
		return response{}, c.missingV1(req.Store)
	}
	return response{status: http.StatusNoContent}, nil
}

func (c *call) incrementEntryV1() (response, error) {
	req, err := c.entryV1(emulator.OpIncrement)
	if err != nil {
		return response{}, err
	}
	if err := c.writeHeadersV1(&req); err != nil {
		return response{}, err
	}
	if req.Delta, err = c.integer("incrementBy", 64, 1); err != nil {
		return response{}, err
	}
	if err := checkIncrementV1(req.Delta); err != nil {
		return response{}, err
	}
	if err := c.authorizeWriteV1(req); err != nil {
		return response{}, err
	}
	result, err := c.do(req)
	if err != nil {
		return response{}, err
	}
	return entryResponseV1(result, result.Value), nil
}

// checkIncrementV1 refuses steps that no sum can take (assumed: those beyond what a double holds).
func checkIncrementV1(delta int64) error {
	detail := ""
	switch {
	case delta > emulator.StandardIntegerMax:
		detail = "IncrementValueTooLarge"
	case delta < -emulator.StandardIntegerMax:
		detail = "IncrementValueTooSmall"
	default:
		return nil
	}
	return invalid(detail, "The increment is not valid.").because("got incrementBy %s",
		strconv.FormatInt(delta, 10))
}
