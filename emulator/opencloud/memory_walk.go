package opencloud

import (
	"encoding/json"

	"savestone/emulator/memorystore"
)

// mapWalk gathers one page of a sorted map.
type mapWalk struct {
	*call
	items     *memorystore.SortedMap
	direction memorystore.Direction
	size      int
	keep      mapFilter
	bounds    memorystore.Bounds
}

// mapWalk reads which page is wanted.
func (c *call) mapWalk() (w *mapWalk, err error) {
	w = &mapWalk{call: c}
	if w.items, err = c.sortedMap(); err != nil {
		return nil, err
	}
	if w.size, err = c.pageSize("maxPageSize", 1, mapItemsMax); err != nil {
		return nil, err
	}
	down, err := c.orderBy("id")
	if err != nil {
		return nil, err
	}
	if down {
		w.direction = memorystore.Descending
	}
	if w.keep, err = c.filterMap(); err != nil {
		return nil, err
	}
	return w, w.resume()
}

// examinedMax is how many items one page looks at.
const examinedMax = 512

// resume begins where the token says.
func (w *mapWalk) resume() error {
	cursor, err := w.cursor("pageToken")
	if err != nil || cursor == "" {
		return err
	}
	var p place
	if err := json.Unmarshal([]byte(cursor), &p); err != nil || p.Key == "" {
		return invalid("", "Invalid cursor.").because("pageToken is no token of this server")
	}
	w.from(p)
	return nil
}

// from leaves out what comes up to a place.
func (w *mapWalk) from(p place) {
	if w.direction == memorystore.Descending {
		w.bounds.Upper = p.bound()
	} else {
		w.bounds.Lower = p.bound()
	}
}

// page returns the items, and a token if there may be more. It looks at one item more than fits, to
// tell; each costs a request unit (R202).
func (w *mapWalk) page() ([]mapItemJSON, string, error) {
	page := []mapItemJSON{}
	var last place
	for examined := 0; examined < examinedMax; {
		count := min(w.size-len(page)+1, memorystore.RangeCountMax)
		items, err := w.items.Range(w.context(), w.direction, count, w.bounds)
		if err != nil {
			return nil, "", err
		}
		for _, item := range items {
			if len(page) == w.size {
				return page, w.tokenAt(last), nil
			}
			j := w.newMapItemJSON(item)
			last = place{item.Key, j.StringKey, j.NumericKey}
			if w.keep(item) {
				page = append(page, j)
			}
		}
		examined += len(items)
		if len(items) < count {
			return page, "", nil
		}
		w.from(last)
	}
	return page, w.tokenAt(last), nil
}

func (w *mapWalk) tokenAt(p place) string {
	text, err := json.Marshal(p)
	if err != nil {
		panic(err) // sort keys are text or finite
	}
	return w.token(string(text))
}
