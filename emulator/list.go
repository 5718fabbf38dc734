package emulator

// The listings of keys and stores (section 15).

// page collects one page of a listing. It is offered one item more than fits, to tell whether it is
// the last one (R136, assumed).
type page struct {
	req   *Request
	size  int
	items []Item
	last  position // of the last item that was looked at
	more  bool     // there is another page
}

// newPage returns an empty page of the size asked for.
func (tx *transaction) newPage(sizeDefault int) *page {
	size := tx.req.Page.Size
	if size == 0 {
		size = sizeDefault
	}
	return &page{req: &tx.req, size: size}
}

// add takes an item unless the page is full, and reports whether it had room.
func (p *page) add(item Item, at position) bool {
	if len(p.items) == p.size {
		p.more = true
		return false
	}
	p.items = append(p.items, item)
	p.last = at
	return true
}

func (p *page) result() Result {
	if !p.more {
		return Result{Items: p.items}
	}
	return Result{Items: p.items, Cursor: p.req.cursor(p.last)}
}

// listKeys lists the keys of one scope, or of all with the scope before each (R126 to R131), in the
// order of their bytes (assumed). One page looks at no more than KeysExaminedMax keys, so it can be
// empty with others after it (R129).
func (tx *transaction) listKeys() (Result, error) {
	last, err := tx.req.position()
	if err != nil || tx.name.store == 0 {
		return Result{}, err
	}
	if last == nil {
		last = &position{}
	}
	ask, allScopes := &tx.req.Page, tx.name.scope == ""
	page, examined := tx.newPage(KeysPageDefault), 0
	visit := func(k listedKey) bool {
		at := position{text: k.key}
		if allScopes {
			at = position{text: k.scope + "/" + k.key, number: int64(len(k.scope))}
		}
		if ask.ExcludeDeleted {
			if examined == KeysExaminedMax {
				page.more = true
				return false
			}
			examined++
			if k.deleted {
				page.last = at
				return true
			}
		}
		return page.add(Item{Scope: k.scope, Key: k.key, Deleted: k.deleted}, at)
	}
	limit := page.size + 1
	if ask.ExcludeDeleted {
		limit = KeysExaminedMax + 1
	}
	if allScopes {
		err = tx.db.eachPath(
			tx.name.store, ask.Prefix, last.text, last.text[:last.number], tx.now, limit, visit)
	} else {
		err = tx.db.eachKey(
			tx.name.store, tx.name.scope, ask.Prefix, last.text, tx.now, limit, visit)
	}
	if err != nil {
		return Result{}, err
	}
	return page.result(), nil
}

// listStores lists the standard stores that hold an entry, a tombstone too (R133, assumed), in the
// order of their names.
func (tx *transaction) listStores() (Result, error) {
	last, err := tx.req.position()
	if err != nil {
		return Result{}, err
	}
	if last == nil {
		last = &position{}
	}
	page := tx.newPage(StoresPageDefault)
	stores, err := tx.storesAfter(last.text, page.size+1)
	if err != nil {
		return Result{}, err
	}
	for _, item := range stores {
		if !page.add(item, position{text: item.Store}) {
			break
		}
	}
	return page.result(), nil
}
