package opencloud

import (
	"cmp"
	"encoding/json"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"savestone/emulator/memorystore"
)

// mapItemJSON is an item of a sorted map.
type mapItemJSON struct {
	Path       string          `json:"path"`
	Value      json.RawMessage `json:"value"`
	Etag       string          `json:"etag"`
	ExpireTime string          `json:"expireTime"`
	ID         string          `json:"id"`
	StringKey  *string         `json:"stringSortKey,omitempty"`
	NumericKey *float64        `json:"numericSortKey,omitempty"`
}

func (c *call) newMapItemJSON(item memorystore.Item) mapItemJSON {
	j := mapItemJSON{
		Path:  c.memoryPath("sorted-maps/" + c.vars["map"] + "/items/" + item.Key),
		Value: item.Value, Etag: item.Etag, ExpireTime: timeV2(item.Expires), ID: item.Key,
	}
	if text, ok := item.SortKey.Text(); ok {
		j.StringKey = &text
	}
	if number, ok := item.SortKey.Number(); ok {
		j.NumericKey = &number
	}
	return j
}

// mapItemBody is what clients send to write an item.
type mapItemBody struct {
	ID         string          `json:"id"`
	Value      json.RawMessage `json:"value"`
	TTL        string          `json:"ttl"`
	Etag       string          `json:"etag"`
	StringKey  *string         `json:"stringSortKey"`
	NumericKey *float64        `json:"numericSortKey"`
}

// write makes of the body what becomes of the item. What is not given stays as it is (assumed).
func (b *mapItemBody) write(now *memorystore.Item, left time.Duration) (memorystore.Write, error) {
	w := memorystore.Write{Value: doubles(b.Value), Expiration: left}
	if b.StringKey != nil && b.NumericKey != nil {
		return w, invalid("", "The sort key is not valid.").because(
			"stringSortKey and numericSortKey exclude each other")
	}
	switch {
	case b.StringKey != nil:
		w.SortKey = memorystore.StringKey(*b.StringKey)
	case b.NumericKey != nil:
		w.SortKey = memorystore.NumberKey(*b.NumericKey)
	case now != nil:
		w.SortKey = now.SortKey
	}
	if b.Value == nil {
		if now == nil {
			return w, invalid("", "The value is required.")
		}
		w.Value = now.Value
	}
	if b.TTL == "" && now != nil {
		return w, nil
	}
	ttl, err := lifetime(b.TTL)
	w.Expiration = ttl
	return w, err
}

func (c *call) sortedMap() (*memorystore.SortedMap, error) {
	memory, err := c.memory()
	if err != nil {
		return nil, err
	}
	return memory.Scope(memorystore.Live).SortedMap(c.vars["map"]), nil
}

// itemIDCharactersMax is the longest id that a new item may have.
const itemIDCharactersMax = 127

func (c *call) createMapItem() (response, error) {
	items, err := c.sortedMap()
	if err != nil {
		return response{}, err
	}
	var body mapItemBody
	if err := c.decode(&body); err != nil {
		return response{}, err
	}
	id := cmp.Or(c.param("id"), body.ID) // openblox sends it in the body
	if length := utf8.RuneCountInString(id); length == 0 || length > itemIDCharactersMax {
		return response{}, invalid("", "The id is not valid.").because(
			"got an id of %d characters, want 1 to %d", length, itemIDCharactersMax)
	}
	write, err := body.write(nil, 0)
	if err != nil {
		return response{}, err
	}
	write.IfEtag = new(string) // none yet
	item, _, err := items.Set(c.context(), id, write)
	if isConflict(err) {
		return response{}, &failure{code: alreadyExists, message: "The item already exists."}
	}
	if err != nil {
		return response{}, err
	}
	return object(c.newMapItemJSON(item))
}

func noItem() error { return &failure{code: notFound, message: "The item does not exist."} }

func (c *call) getMapItem() (response, error) {
	items, err := c.sortedMap()
	if err != nil {
		return response{}, err
	}
	item, ok, err := items.Get(c.context(), c.vars["item"])
	switch {
	case err != nil:
		return response{}, err
	case !ok:
		return response{}, noItem()
	}
	return object(c.newMapItemJSON(item))
}

func (c *call) deleteMapItem() (response, error) {
	items, err := c.sortedMap()
	if err != nil {
		return response{}, err
	}
	if etag := c.param("etag"); etag != "" {
		now, ok, err := items.Get(c.context(), c.vars["item"])
		if err != nil {
			return response{}, err
		}
		if ok && now.Etag != etag {
			return response{}, memorystore.ErrConflict
		}
	}
	removed, err := items.Remove(c.context(), c.vars["item"])
	switch {
	case err != nil:
		return response{}, err
	case !removed:
		return response{}, noItem()
	}
	return none()
}

// updateMapItem writes onto the item as it was read, and starts over if that is no longer it.
func (c *call) updateMapItem() (response, error) {
	items, err := c.sortedMap()
	if err != nil {
		return response{}, err
	}
	var body mapItemBody
	if err := c.decode(&body); err != nil {
		return response{}, err
	}
	allowMissing, err := c.boolean("allowMissing")
	if err != nil {
		return response{}, err
	}
	for try := 1; ; try++ {
		item, err := c.putMapItem(items, body, allowMissing)
		if isConflict(err) && body.Etag == "" && try < replaceTriesMax {
			continue
		}
		if err != nil {
			return response{}, err
		}
		return object(c.newMapItemJSON(item))
	}
}

func (c *call) putMapItem(
	items *memorystore.SortedMap, body mapItemBody, allowMissing bool,
) (memorystore.Item, error) {
	now, found, err := items.Get(c.context(), c.vars["item"])
	if err != nil {
		return now, err
	}
	base, left := &now, now.Expires.Sub(c.handler.options.Clock.Now())
	if !found {
		if !allowMissing {
			return now, noItem()
		}
		base = nil
	}
	write, err := body.write(base, left)
	if err != nil {
		return now, err
	}
	write.IfEtag = &now.Etag
	if body.Etag != "" {
		write.IfEtag = &body.Etag
	}
	item, _, err := items.Set(c.context(), c.vars["item"], write)
	return item, err
}

// mapFilter tells whether a list is to have an item.
type mapFilter func(memorystore.Item) bool

// filterMap reads comparisons of id and sortKey by < and >, joined by && (section 6).
func (c *call) filterMap() (mapFilter, error) {
	text := c.param("filter")
	if text == "" {
		return func(memorystore.Item) bool { return true }, nil
	}
	terms, ok := comparisons(text)
	var all []mapFilter
	for _, t := range terms {
		one := t.ofItems()
		ok = ok && one != nil
		all = append(all, one)
	}
	if !ok {
		return nil, badFilter(text, `id > "a" && sortKey < 10`)
	}
	return func(item memorystore.Item) bool {
		for _, one := range all {
			if !one(item) {
				return false
			}
		}
		return true
	}, nil
}

// ofItems makes a filter of one comparison, or nil of one that makes no sense.
func (t comparison) ofItems() mapFilter {
	sign := map[string]int{"<": -1, ">": 1}[t.operator]
	text, isText := quoted(t.operand)
	number, err := strconv.ParseFloat(t.operand, 64)
	switch {
	case sign == 0:
	case t.field == "id" && isText:
		return func(item memorystore.Item) bool { return strings.Compare(item.Key, text) == sign }
	case t.field == "sortKey" && isText:
		return func(item memorystore.Item) bool {
			key, ok := item.SortKey.Text()
			return ok && strings.Compare(key, text) == sign
		}
	case t.field == "sortKey" && err == nil:
		return func(item memorystore.Item) bool {
			key, ok := item.SortKey.Number()
			return ok && (sign < 0 && key < number || sign > 0 && key > number)
		}
	}
	return nil
}

// place is where a page of a sorted map ended, as tokens hold it.
type place struct {
	Key    string   `json:"id"`
	Text   *string  `json:"text,omitempty"`
	Number *float64 `json:"number,omitempty"`
}

func (p place) bound() memorystore.Bound {
	switch {
	case p.Text != nil:
		return memorystore.Bound{Key: p.Key, SortKey: memorystore.StringKey(*p.Text)}
	case p.Number != nil:
		return memorystore.Bound{Key: p.Key, SortKey: memorystore.NumberKey(*p.Number)}
	}
	return memorystore.Bound{Key: p.Key}
}

// listMapItems lists items in the order of the map; that this is what ordering by id means is
// assumed.
func (c *call) listMapItems() (response, error) {
	walk, err := c.mapWalk()
	if err != nil {
		return response{}, err
	}
	page, next, err := walk.page()
	if err != nil {
		return response{}, err
	}
	return object(struct {
		Items []mapItemJSON `json:"items"`
		Next  string        `json:"nextPageToken,omitempty"`
	}{page, next})
}
