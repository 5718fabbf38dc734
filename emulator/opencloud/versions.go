package opencloud

import (
	"errors"
	"regexp"

	"savestone/emulator"
)

// versionForm is how version ids look (R104).
var versionForm = regexp.MustCompile(`^[0-9A-F]{16}\.[0-9A-F]{10}\.[0-9A-F]{16}\.[0-9A-F]{2}$`)

func isVersion(text string) bool { return versionForm.MatchString(text) }

func badVersion(got string) error {
	return invalid("InvalidVersionId", "Invalid version id.").because(
		"got the version id %q, want one like 08DBB6A47FDE6132.000000000E.08DBB780C616DF0C.01", got)
}

func isUnknownVersion(err error) bool { return errors.Is(err, emulator.ErrVersionInvalid) }

func (c *call) listVersionsV1() (response, error) {
	req, err := c.versionsRequestV1()
	if err != nil {
		return response{}, err
	}
	result, err := c.do(req)
	if err != nil {
		return response{}, err
	}
	ask := req.Page
	if len(result.Items) == 0 && ask.Cursor == "" && ask.FromMS == 0 && ask.ToMS == 0 {
		return response{}, c.missingV1(req.Store)
	}
	versions := []versionJSON{}
	for _, item := range result.Items {
		versions = append(versions, newVersionJSON(item.Info.Version, item.Deleted, item.Size))
	}
	answer, err := object(struct {
		Versions []versionJSON `json:"versions"`
		Next     string        `json:"nextPageCursor,omitempty"`
	}{versions, c.token(result.Cursor)})
	answer.typ = c.versionType()
	return answer, err
}

func (c *call) versionsRequestV1() (emulator.Request, error) {
	req, err := c.entryV1(emulator.OpListVersions)
	if err != nil {
		return req, err
	}
	switch order := c.param("sortOrder"); order {
	case "", "Ascending":
	case "Descending":
		req.Page.Descending = true
	default:
		return req, invalid("InvalidSortOrder", "The sort order is not valid.").because(
			"got sortOrder %q, want Ascending or Descending", order)
	}
	if req.Page.FromMS, err = c.timeV1("startTime", "InvalidStartTime"); err != nil {
		return req, err
	}
	if req.Page.ToMS, err = c.timeV1("endTime", "InvalidEndTime"); err != nil {
		return req, err
	}
	if req.Page.Size, err = c.limitV1(entriesLimit); err != nil {
		return req, err
	}
	req.Page.Cursor, err = c.cursor("cursor")
	return req, err
}

// timeV1 reads a bound, to Unix milliseconds; 0 is none.
func (c *call) timeV1(name, detail string) (int64, error) {
	text := c.param(name)
	if text == "" {
		return 0, nil
	}
	t, ok := parseTime(text)
	if !ok {
		return 0, invalid(detail, "The %s is not valid.", name).because(
			"got %s %q, want a time of ISO 8601", name, text)
	}
	return t.UnixMilli(), nil
}

// revisionsMax and the other sizes of v2 lists (sections 4.2, 5, 6).
const (
	pageDefault  = 10
	storesMax    = 100
	entriesMax   = 256
	revisionsMax = 100
	orderedMax   = 100
	mapItemsMax  = 100
)

func (c *call) listRevisions() (response, error) {
	req, err := c.entryRequest(emulator.OpListVersions)
	if err != nil {
		return response{}, err
	}
	if req.Page, err = c.v2Page(revisionsMax); err != nil {
		return response{}, err
	}
	req.Page.Descending = true // O32
	if req.Page.FromMS, req.Page.ToMS, err = c.timeFilter(); err != nil {
		return response{}, err
	}
	result, err := c.do(req)
	if err != nil {
		return response{}, err
	}
	if len(result.Items) == 0 && c.param("filter") == "" && req.Page.Cursor == "" {
		return response{}, noEntry() // assumed
	}
	entries := []entryJSON{}
	for _, item := range result.Items {
		e := c.newEntryJSON(req.Key+"@"+item.Info.Version, item.Info, !item.Deleted)
		entries = append(entries, e)
	}
	return object(entriesJSON{entries, c.token(result.Cursor)})
}
