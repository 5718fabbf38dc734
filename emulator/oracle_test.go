package emulator_test

import (
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"savestone/emulator"
)

// oracle is the emulator as plain maps and slices: what Roblox's rules say, without a thought for
// speed, disks or pages. It answers a request with the Result and error that Do must give; listings
// come whole.
type oracle struct {
	everyVersion bool // section 0.2, before July 2024
	now          time.Time
	snapshot     time.Time
	objects      map[place]*object
	numbers      map[place]int64
	stores       map[string]*storeTimes
}

type place struct {
	store emulator.StoreID
	key   string
}

type storeTimes struct{ created, updated time.Time }

// object is a key of a standard store.
type object struct {
	created   time.Time
	forgotten bool // its current version was removed for good
	current   oldVersion
	kept      []oldVersion // the oldest first
}

type oldVersion struct {
	sequence int64
	at       time.Time
	value    string // "" is a tombstone
	userIDs  []int64
	metadata string
	expires  time.Time
}

const thirtyDays = 30 * 24 * time.Hour

func newOracle(everyVersion bool) *oracle {
	return &oracle{
		everyVersion: everyVersion,
		objects:      map[place]*object{},
		numbers:      map[place]int64{},
		stores:       map[string]*storeTimes{},
	}
}

func (o *oracle) do(req emulator.Request) (emulator.Result, error) {
	o.expire()
	at := place{req.Store, req.Key}
	if req.Store.Kind == emulator.Ordered {
		return o.doOrdered(at, req)
	}
	switch x := o.objects[at]; req.Op {
	case emulator.OpGet:
		return x.result(), nil
	case emulator.OpPut:
		if want := req.IfVersion; want != nil &&
			*want != x.version() && (*want != "" || x.live()) {
			return emulator.Result{}, emulator.ErrVersionConflict
		}
		return o.write(at, string(req.Value), req), nil
	case emulator.OpIncrement:
		sum := req.Delta
		if x.live() {
			n, err := strconv.ParseInt(x.current.value, 10, 64)
			if err != nil {
				return emulator.Result{}, emulator.ErrNotNumeric
			}
			sum += n
		}
		return o.write(at, strconv.FormatInt(sum, 10), req), nil
	case emulator.OpRemove:
		before := x.result()
		if x.live() {
			o.replace(x, at, oldVersion{})
		}
		return before, nil
	case emulator.OpGetVersion:
		return o.getVersion(x, req.Version)
	case emulator.OpGetVersionAt:
		return o.getVersionAt(x, req.TimeMS)
	case emulator.OpRemoveVersion:
		return emulator.Result{}, o.removeVersion(at, req.Version)
	case emulator.OpListVersions:
		return emulator.Result{Items: x.listVersions(req.Page)}, nil
	case emulator.OpListKeys:
		return emulator.Result{Items: o.listKeys(req)}, nil
	case emulator.OpListStores:
		return emulator.Result{Items: o.listStores(req.Page.Prefix)}, nil
	case emulator.OpSnapshot:
		return o.takeSnapshot(), nil
	}
	panic("no such operation")
}

// expire forgets what R99 and R111 say has had its time.
func (o *oracle) expire() {
	for at, x := range o.objects {
		if !x.live() && o.now.Sub(x.current.at) >= thirtyDays {
			delete(o.objects, at)
		}
		x.kept = slices.DeleteFunc(x.kept, func(v oldVersion) bool {
			return !o.now.Before(v.expires)
		})
	}
}

func (x *object) live() bool { return x != nil && !x.forgotten && x.current.value != "" }

func (x *object) version() string {
	if x == nil || x.forgotten {
		return ""
	}
	return x.id(&x.current)
}

func (x *object) id(v *oldVersion) string {
	return emulator.NewVersion(x.created, v.sequence, v.at)
}

func (x *object) result() emulator.Result {
	if x == nil || x.forgotten {
		return emulator.Result{}
	}
	return x.resultOf(&x.current)
}

func (x *object) resultOf(v *oldVersion) emulator.Result {
	r := emulator.Result{Found: v.value != "", Info: emulator.KeyInfo{
		Version: x.id(v), CreatedMS: x.created.UnixMilli(), UpdatedMS: v.at.UnixMilli(),
	}}
	if v.value != "" {
		r.Value = json.RawMessage(v.value)
	}
	if len(v.userIDs) > 0 {
		r.Info.UserIDs = v.userIDs
	}
	if v.metadata != "" {
		r.Info.Metadata = json.RawMessage(v.metadata)
	}
	return r
}

// write makes value the current version, as Set, Update and Increment do.
func (o *oracle) write(at place, value string, req emulator.Request) emulator.Result {
	v := oldVersion{value: value, userIDs: req.UserIDs, metadata: string(req.Metadata)}
	x := o.objects[at]
	if x == nil {
		v.sequence, v.at = 1, o.now
		x = &object{created: o.now, current: v}
		o.objects[at] = x
		o.touch(at, v.at)
		return x.result()
	}
	o.replace(x, at, v)
	return x.result()
}

// replace puts v in place of the current version, which R108 to R112 keep or not.
func (o *oracle) replace(x *object, at place, v oldVersion) {
	before := x.current
	v.sequence, v.at = before.sequence+1, o.after(before.at)
	sameHour := before.at.Truncate(time.Hour).Equal(v.at.Truncate(time.Hour))
	removes := v.value == ""
	snapped := !before.at.After(o.snapshot)
	if !x.forgotten && (removes || o.everyVersion || !sameHour || snapped) {
		before.expires = v.at.Add(thirtyDays)
		if o.everyVersion {
			before.expires = before.at.Add(thirtyDays)
		}
		x.kept = append(x.kept, before)
	}
	x.current, x.forgotten = v, false
	o.touch(at, v.at)
}

// after is when a write happens that must be later than another (R106).
func (o *oracle) after(last time.Time) time.Time {
	if next := last.Add(100); next.After(o.now) {
		return next
	}
	return o.now
}

// touch notes a write to a store.
func (o *oracle) touch(at place, written time.Time) {
	times := o.stores[at.store.Name]
	if times == nil {
		times = &storeTimes{created: o.now}
		o.stores[at.store.Name] = times
	}
	if written.After(times.updated) {
		times.updated = written
	}
}

func (o *oracle) getVersion(x *object, id string) (emulator.Result, error) {
	if x != nil && id == x.version() && id != "" {
		return x.result(), nil
	}
	if x != nil {
		for i := range x.kept {
			if x.id(&x.kept[i]) == id {
				return x.resultOf(&x.kept[i]), nil
			}
		}
	}
	return emulator.Result{}, emulator.ErrVersionInvalid
}

func (o *oracle) getVersionAt(x *object, ms int64) (emulator.Result, error) {
	if ms <= 0 || time.UnixMilli(ms).After(o.now.Add(10*time.Minute)) {
		return emulator.Result{}, emulator.ErrTimestampInvalid
	}
	if x == nil {
		return emulator.Result{}, nil
	}
	if x.current.at.UnixMilli() <= ms {
		if x.live() {
			return x.result(), nil
		}
		return emulator.Result{}, nil
	}
	for _, v := range slices.Backward(x.kept) {
		if v.at.UnixMilli() <= ms {
			if v.value == "" {
				return emulator.Result{}, nil
			}
			return x.resultOf(&v), nil
		}
	}
	return emulator.Result{}, nil
}

func (o *oracle) removeVersion(at place, id string) error {
	x := o.objects[at]
	if _, err := o.getVersion(x, id); err != nil {
		return err
	}
	if id != x.version() {
		x.kept = slices.DeleteFunc(x.kept, func(v oldVersion) bool { return x.id(&v) == id })
		return nil
	}
	if len(x.kept) == 0 {
		delete(o.objects, at)
		return nil
	}
	x.forgotten = true
	x.current = oldVersion{sequence: x.current.sequence, at: o.after(x.current.at)}
	o.touch(at, x.current.at)
	return nil
}

func (x *object) listVersions(page emulator.Page) []emulator.Item {
	if x == nil {
		return nil
	}
	all := slices.Clone(x.kept)
	if !x.forgotten {
		all = append(all, x.current)
	}
	if page.Descending {
		slices.Reverse(all)
	}
	var items []emulator.Item
	for _, v := range all {
		ms := v.at.UnixMilli()
		if ms < page.FromMS || page.ToMS != 0 && ms > page.ToMS {
			continue
		}
		items = append(items, emulator.Item{
			Deleted: v.value == "",
			Size:    len(v.value),
			Info: emulator.KeyInfo{
				Version: x.id(&v), CreatedMS: x.created.UnixMilli(), UpdatedMS: ms,
			},
		})
	}
	return items
}

func (o *oracle) listKeys(req emulator.Request) []emulator.Item {
	var items []emulator.Item
	all := req.Store.Scope == ""
	for at, x := range o.objects {
		if at.store.Name != req.Store.Name || !all && at.store.Scope != req.Store.Scope {
			continue
		}
		name := at.key
		if all {
			name = at.store.Scope + "/" + at.key
		}
		if strings.HasPrefix(name, req.Page.Prefix) && (x.live() || !req.Page.ExcludeDeleted) {
			items = append(items, emulator.Item{
				Scope: at.store.Scope, Key: at.key, Deleted: !x.live(),
			})
		}
	}
	slices.SortFunc(items, func(a, b emulator.Item) int {
		byPath := strings.Compare(a.Scope+"/"+a.Key, b.Scope+"/"+b.Key)
		return cmp.Or(byPath, strings.Compare(a.Scope, b.Scope))
	})
	return items
}

func (o *oracle) listStores(prefix string) []emulator.Item {
	var items []emulator.Item
	for name, times := range o.stores {
		holds := false
		for at := range o.objects {
			holds = holds || at.store.Name == name
		}
		if holds && strings.HasPrefix(name, prefix) {
			items = append(items, emulator.Item{Store: name, Info: emulator.KeyInfo{
				CreatedMS: times.created.UnixMilli(), UpdatedMS: times.updated.UnixMilli(),
			}})
		}
	}
	slices.SortFunc(items, func(a, b emulator.Item) int { return strings.Compare(a.Store, b.Store) })
	return items
}

func (o *oracle) takeSnapshot() emulator.Result {
	const day = 24 * time.Hour
	fresh := !o.snapshot.Truncate(day).Equal(o.now.Truncate(day))
	if fresh {
		o.snapshot = o.now
	}
	return emulator.Result{
		Found: fresh, Info: emulator.KeyInfo{CreatedMS: o.snapshot.UnixMilli()},
	}
}

// doOrdered is do for ordered stores (section 18).
func (o *oracle) doOrdered(at place, req emulator.Request) (emulator.Result, error) {
	n, found := o.numbers[at]
	answer := func() (emulator.Result, error) {
		n, found := o.numbers[at]
		if !found {
			return emulator.Result{}, nil
		}
		text := strconv.FormatInt(n, 10)
		return emulator.Result{
			Found: true, Value: json.RawMessage(text), Info: emulator.KeyInfo{Version: text},
		}, nil
	}
	before, _ := answer()
	switch req.Op {
	case emulator.OpPut:
		if req.IfVersion != nil && *req.IfVersion != before.Info.Version {
			return emulator.Result{}, emulator.ErrVersionConflict
		}
		o.numbers[at], _ = strconv.ParseInt(string(req.Value), 10, 64)
	case emulator.OpIncrement:
		o.numbers[at] = n + req.Delta
	case emulator.OpRemove:
		delete(o.numbers, at)
		return before, nil
	case emulator.OpGetMany:
		var items []emulator.Item
		for _, key := range req.Keys {
			if n, found = o.numbers[place{req.Store, key}]; found {
				items = append(items, numberItem(key, n))
			}
		}
		return emulator.Result{Items: items}, nil
	case emulator.OpListSorted:
		return emulator.Result{Items: o.listSorted(req)}, nil
	}
	return answer()
}

func numberItem(key string, n int64) emulator.Item {
	return emulator.Item{Key: key, Value: json.RawMessage(strconv.FormatInt(n, 10))}
}

func (o *oracle) listSorted(req emulator.Request) []emulator.Item {
	type numbered struct {
		key string
		n   int64
	}
	var all []numbered
	for at, n := range o.numbers {
		if at.store == req.Store && (req.Page.Min == nil || n >= *req.Page.Min) &&
			(req.Page.Max == nil || n <= *req.Page.Max) {
			all = append(all, numbered{at.key, n})
		}
	}
	slices.SortFunc(all, func(a, b numbered) int {
		byValue := cmp.Compare(a.n, b.n)
		if req.Page.Descending {
			byValue = -byValue
		}
		return cmp.Or(byValue, strings.Compare(a.key, b.key))
	})
	var items []emulator.Item
	for _, e := range all {
		items = append(items, numberItem(e.key, e.n))
	}
	return items
}
