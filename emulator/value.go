package emulator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"unicode/utf8"
)

// globalStoreScope is the scope of the store that GetGlobalDataStore returns (R3).
const globalStoreScope = "u"

// GlobalStore names the store that GetGlobalDataStore returns: the only one whose name is empty
// (R3, assumed).
func GlobalStore() StoreID {
	return StoreID{Kind: Standard, Scope: globalStoreScope}
}

// Check tells what is wrong with a store's name, as getting the store does at once (R6, R15). That
// names are UTF-8, as keys are, is assumed.
func (id StoreID) Check() error {
	switch {
	case id.Name == "" && id != GlobalStore():
		return ErrStoreNameEmpty
	case len(id.Name) > StoreNameBytesMax:
		return ErrStoreNameLong
	case id.Scope == "":
		return ErrScopeEmpty
	case len(id.Scope) > ScopeBytesMax:
		return ErrScopeLong
	case !utf8.ValidString(id.Name) || !utf8.ValidString(id.Scope):
		return CannotStore("string")
	}
	return nil
}

// Check tells what is wrong with a request that needs no look at the data: names, sizes, types.
// Emulator.Do checks it too; a front door asks first, because what fails here costs no budget and
// no time (R26).
func (r *Request) Check() error {
	if err := r.checkTarget(); err != nil {
		return err
	}
	switch r.Op {
	case OpPut:
		if err := checkValue(r.Store.Kind, r.Value); err != nil {
			return err
		}
		return r.checkAttributes()
	case OpIncrement:
		return r.checkAttributes()
	case OpGetVersionAt:
		if r.TimeMS <= 0 {
			return ErrTimestampInvalid
		}
	case OpListVersions:
		return r.Page.checkSize(VersionsPageMax)
	case OpListKeys:
		return r.Page.checkSize(KeysPageMax)
	case OpListStores:
		return r.Page.checkSize(StoresPageMax)
	case OpListSorted:
		return r.Page.checkSorted()
	case OpGetMany:
		return r.checkKeys()
	}
	return nil
}

// checkTarget checks the names of what the request is about.
func (r *Request) checkTarget() error {
	switch r.Op {
	case OpListStores, OpSnapshot:
		return nil
	case OpListKeys:
		if store := r.Store; store.Scope == "" && store.Name != "" { // all scopes
			store.Scope = "any"
			return store.Check()
		}
		return r.Store.Check()
	case OpListSorted, OpGetMany:
		return r.Store.Check()
	case OpRemoveStore, OpRestoreStore: // of all scopes
		store := r.Store
		store.Scope = "any"
		return store.Check()
	}
	if err := r.Store.Check(); err != nil {
		return err
	}
	return checkKey(r.Key)
}

func (r *Request) checkKeys() error {
	if len(r.Keys) == 0 || len(r.Keys) > GetManyKeysMax {
		return ErrKeyCountInvalid
	}
	for _, key := range r.Keys {
		if err := checkKey(key); err != nil {
			return err
		}
	}
	return nil
}

// checkSize holds a page's size against R123 and R128.
func (p *Page) checkSize(sizeMax int) error {
	if p.Size < 0 || p.Size > sizeMax {
		return ErrPageSizeInvalid
	}
	return nil
}

// checkSorted holds R157 and R160 against a page of an ordered store.
func (p *Page) checkSorted() error {
	switch {
	case p.Size < 0:
		return ErrPageSizeLesser
	case p.Size > SortedPageMax:
		return ErrPageSizeGreater
	case p.Min != nil && p.Max != nil && *p.Min > *p.Max:
		return ErrMinMaxOrder
	}
	return nil
}

// checkKey holds R29, R30 and R33 (assumed) against a key.
func checkKey(key string) error {
	switch {
	case key == "":
		return ErrKeyEmpty
	case len(key) > KeyBytesMax:
		return ErrKeyLong
	case !utf8.ValidString(key):
		return CannotStore("string")
	}
	return nil
}

// checkValue holds R39, R51, R52 and R54 against a value, and R151 when it goes to an ordered
// store.
func checkValue(kind Kind, value json.RawMessage) error {
	switch {
	case len(value) == 0:
		return ValueNotAllowed("nil")
	case len(value) > ValueBytesMax:
		return ErrValueLarge
	case !validJSON(value):
		return CannotStore(typeName(value))
	}
	if kind == Ordered {
		_, err := orderedInteger(value)
		return err
	}
	return nil
}

// checkAttributes holds R57, R59 and R60 against user ids and metadata, and R154: an ordered store
// has neither.
func (r *Request) checkAttributes() error {
	switch {
	case r.Store.Kind == Ordered && len(r.UserIDs) > 0:
		return ErrUserIDsNotAllowed
	case r.Store.Kind == Ordered && len(r.Metadata) > 0:
		return ErrOptionsNotAllowed
	case len(r.UserIDs) > UserIDsMax:
		return ErrUserIDsMany
	case len(r.Metadata) == 0:
		return nil
	case r.Metadata[0] != '{' || !validJSON(r.Metadata):
		return ErrMetadataInvalid
	case len(r.Metadata) > MetadataBytesMax:
		return ErrMetadataLarge
	}
	return nil
}

// checkStrictly holds what only a strict profile does (R60; that the error is the same as for all
// of the metadata is assumed).
func (r *Request) checkStrictly() error {
	if r.Op != OpPut && r.Op != OpIncrement || len(r.Metadata) == 0 {
		return nil
	}
	var parts map[string]any
	if err := json.Unmarshal(r.Metadata, &parts); err != nil {
		return ErrMetadataInvalid
	}
	for key, part := range parts { // in any order: the error is the same
		text := fmt.Sprint(part)
		if utf8.RuneCountInString(key) > MetadataKeyMax ||
			utf8.RuneCountInString(text) > MetadataPartMax {
			return ErrMetadataLarge
		}
	}
	return nil
}

// storedMetadata is what a write keeps of its metadata: an empty object is none at all.
func storedMetadata(metadata json.RawMessage) json.RawMessage {
	if len(metadata) == 0 || bytes.Equal(metadata, []byte("{}")) {
		return nil
	}
	return metadata
}

// typeName says in Roblox's words what a JSON text is, from its first byte: R38 and R53 name the
// outermost value only. The words for booleans and null are assumed.
func typeName(value json.RawMessage) string {
	trimmed := bytes.TrimLeft(value, " \t\r\n")
	if len(trimmed) == 0 {
		return "nil"
	}
	switch trimmed[0] {
	case '{':
		return "Dictionary"
	case '[':
		return "Array"
	case 't', 'f':
		return "bool"
	case 'n':
		return "nil"
	case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
		return "double"
	}
	return "string"
}
