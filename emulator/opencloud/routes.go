package opencloud

import "net/http"

// family is a part of the API with manners of its own.
type family uint8

const (
	standardV1 family = iota
	orderedV1
	cloudV2
	messagingV1
)

// bodyKind says what a route reads besides its address.
type bodyKind uint8

const (
	noBody       bodyKind = iota
	valueBody             // any JSON
	objectBody            // a JSON object
	optionalBody          // an object that may be left out, with its content type
)

// route is one thing that a client can do.
type route struct {
	name   string
	method string
	path   string // of gorilla/mux
	family family
	usage  usage
	scopes []string // permissions that it needs; nil if that depends on what is there
	oauth  bool     // bearer tokens will do for a key (O2)
	body   bodyKind
	run    func(*call) (response, error)
}

// The permissions that routes need (section 1.2).
const (
	storesList     = "universe-datastores.control:list"
	storesCreate   = "universe-datastores.control:create"
	storesDelete   = "universe-datastores.control:delete"
	storesSnapshot = "universe-datastores.control:snapshot"
	objectsList    = "universe-datastores.objects:list"
	objectsRead    = "universe-datastores.objects:read"
	objectsCreate  = "universe-datastores.objects:create"
	objectsUpdate  = "universe-datastores.objects:update"
	objectsDelete  = "universe-datastores.objects:delete"
	versionsList   = "universe-datastores.versions:list"
	versionsRead   = "universe-datastores.versions:read"
	entryRead      = "universe.ordered-data-store.scope.entry:read"
	entryWrite     = "universe.ordered-data-store.scope.entry:write"
	queueAdd       = "memory-store.queue:add"
	queueDequeue   = "memory-store.queue:dequeue"
	queueDiscard   = "memory-store.queue:discard"
	sortedMapRead  = "memory-store.sorted-map:read"
	sortedMapWrite = "memory-store.sorted-map:write"
	memoryFlush    = "memory-store:flush"
	messagePublish = "universe-messaging-service:publish"
)

// Where the families are (O1). A key can hold slashes, so it goes on to the end or to a verb (O6,
// OU5).
const (
	standardBase  = "/datastores/v1/universes/{universe}/standard-datastores"
	orderedBase   = "/ordered-data-stores/v1/universes/{universe}/orderedDataStores/{store}"
	cloudBase     = "/cloud/v2/universes/{universe}"
	messagingBase = "/messaging-service/v1/universes/{universe}"

	inScope = "/scopes/{scope}"
	oneKey  = "/entries/{entry:.+}"
)

// routes is the table of all there is. Of two routes that fit, the first is taken.
func routes() []*route {
	var all []*route
	all = append(all, standardV1Routes()...)
	all = append(all, storeRoutes()...)
	all = append(all, entryRoutes(cloudBase+"/data-stores/{store}"+inScope, "InScope")...)
	all = append(all, entryRoutes(cloudBase+"/data-stores/{store}", "")...)
	all = append(all, orderedRoutes(orderedBase+inScope, orderedV1)...)
	all = append(all, orderedRoutes(cloudBase+"/ordered-data-stores/{store}"+inScope, cloudV2)...)
	all = append(all, memoryRoutes()...)
	return append(all, messagingRoutes()...)
}

const (
	get    = http.MethodGet
	post   = http.MethodPost
	patch  = http.MethodPatch
	remove = http.MethodDelete
)

func standardV1Routes() []*route {
	const entry = standardBase + "/datastore/entries/entry"
	all := []*route{
		{name: "ListStores", method: get, path: standardBase, usage: standardRead,
			scopes: []string{storesList}, run: (*call).listStoresV1},
		{name: "ListEntries", method: get, path: standardBase + "/datastore/entries",
			usage: standardRead, scopes: []string{objectsList}, run: (*call).listEntriesV1},
		{name: "GetEntry", method: get, path: entry, usage: standardRead,
			scopes: []string{objectsRead}, run: (*call).getEntryV1},
		{name: "SetEntry", method: post, path: entry, usage: standardWrite, body: valueBody,
			run: (*call).setEntryV1},
		{name: "DeleteEntry", method: remove, path: entry, usage: standardWrite,
			scopes: []string{objectsDelete}, run: (*call).deleteEntryV1},
		{name: "IncrementEntry", method: post, path: entry + "/increment", usage: standardWrite,
			run: (*call).incrementEntryV1},
		{name: "ListVersions", method: get, path: entry + "/versions", usage: standardRead,
			scopes: []string{versionsList}, run: (*call).listVersionsV1},
		{name: "GetVersion", method: get, path: entry + "/versions/version", usage: standardRead,
			scopes: []string{versionsRead}, run: (*call).getVersionV1},
	}
	return named(all, standardV1, "V1")
}

func storeRoutes() []*route {
	const stores = cloudBase + "/data-stores"
	all := []*route{
		{name: "ListStores", method: get, path: stores, usage: cloudCall,
			scopes: []string{storesList}, run: (*call).listStores},
		{name: "Snapshot", method: post, path: stores + ":snapshot", usage: snapshotCall,
			scopes: []string{storesSnapshot}, body: optionalBody, run: (*call).snapshot},
		{name: "UndeleteStore", method: post, path: stores + "/{store}:undelete", usage: cloudCall,
			scopes: []string{storesDelete}, body: optionalBody, run: (*call).undeleteStore},
		{name: "DeleteStore", method: remove, path: stores + "/{store}", usage: cloudCall,
			scopes: []string{storesDelete}, run: (*call).deleteStore},
	}
	return named(all, cloudV2, "")
}

// entryRoutes are those of standard entries in v2, which exist with and without scope.
func entryRoutes(base, suffix string) []*route {
	const list, one = "/entries", oneKey
	all := []*route{
		{name: "ListEntries", method: get, path: base + list, scopes: []string{objectsList},
			run: (*call).listEntries},
		{name: "CreateEntry", method: post, path: base + list, scopes: []string{objectsCreate},
			body: objectBody, run: (*call).createEntry},
		{name: "IncrementEntry", method: post, path: base + one + ":increment",
			scopes: []string{objectsCreate, objectsUpdate}, body: objectBody,
			run: (*call).incrementEntry},
		{name: "ListRevisions", method: get, path: base + one + ":listRevisions",
			scopes: []string{versionsList}, run: (*call).listRevisions},
		{name: "GetEntry", method: get, path: base + one, scopes: []string{objectsRead},
			run: (*call).getEntry},
		{name: "UpdateEntry", method: patch, path: base + one, scopes: []string{objectsUpdate},
			body: objectBody, run: (*call).updateEntry},
		{name: "DeleteEntry", method: remove, path: base + one, scopes: []string{objectsDelete},
			run: (*call).deleteEntry},
	}
	for _, r := range all {
		r.usage = cloudCall
	}
	return named(all, cloudV2, suffix)
}

// orderedRoutes are those of ordered data stores, which v1 and v2 have in common.
func orderedRoutes(base string, family family) []*route {
	read, write := []string{entryRead}, []string{entryWrite}
	all := []*route{
		{name: "ListOrdered", method: get, path: base + "/entries", scopes: read,
			run: (*call).listOrdered},
		{name: "CreateOrdered", method: post, path: base + "/entries", scopes: write,
			body: objectBody, run: (*call).createOrdered},
		{name: "IncrementOrdered", method: post, path: base + oneKey + ":increment",
			scopes: write, body: objectBody, run: (*call).incrementOrdered},
		{name: "GetOrdered", method: get, path: base + oneKey, scopes: read,
			run: (*call).getOrdered},
		{name: "UpdateOrdered", method: patch, path: base + oneKey, scopes: write,
			body: objectBody, run: (*call).updateOrdered},
		{name: "DeleteOrdered", method: remove, path: base + oneKey, scopes: write,
			run: (*call).deleteOrdered},
	}
	suffix := ""
	for _, r := range all {
		r.usage = cloudCall
		if family == orderedV1 {
			r.usage, suffix = orderedWrite, "V1"
			if r.method == get {
				r.usage = orderedRead
			}
		}
	}
	return named(all, family, suffix)
}

func memoryRoutes() []*route {
	const (
		memory = cloudBase + "/memory-store"
		queue  = memory + "/queues/{queue}/items"
		items  = memory + "/sorted-maps/{map}/items"
		item   = items + "/{item:.+}"
	)
	all := []*route{
		{name: "AddQueueItem", method: post, path: queue, scopes: []string{queueAdd},
			body: objectBody, run: (*call).addQueueItem},
		{name: "ReadQueueItems", method: get, path: queue + ":read",
			scopes: []string{queueDequeue}, run: (*call).readQueueItems},
		{name: "DiscardQueueItems", method: post, path: queue + ":discard",
			scopes: []string{queueDiscard}, body: objectBody, run: (*call).discardQueueItems},
		{name: "ListMapItems", method: get, path: items, scopes: []string{sortedMapRead},
			run: (*call).listMapItems},
		{name: "CreateMapItem", method: post, path: items, scopes: []string{sortedMapWrite},
			body: objectBody, run: (*call).createMapItem},
		{name: "GetMapItem", method: get, path: item, scopes: []string{sortedMapRead},
			run: (*call).getMapItem},
		{name: "UpdateMapItem", method: patch, path: item, scopes: []string{sortedMapWrite},
			body: objectBody, run: (*call).updateMapItem},
		{name: "DeleteMapItem", method: remove, path: item, scopes: []string{sortedMapWrite},
			run: (*call).deleteMapItem},
		{name: "FlushMemory", method: post, path: memory + ":flush",
			scopes: []string{memoryFlush}, body: optionalBody, run: (*call).flushMemory},
		{name: "GetFlush", method: get, path: memory + "/operations/{operation}",
			scopes: []string{memoryFlush}, run: (*call).getFlush},
		{name: "GetOperation", method: get, path: cloudBase + "/operations/{operation}",
			scopes: []string{memoryFlush}, run: (*call).getFlush},
	}
	for _, r := range all {
		r.usage = cloudCall
	}
	return named(all, cloudV2, "")
}

func messagingRoutes() []*route {
	publish := []string{messagePublish}
	return []*route{
		{name: "PublishMessage", method: post, path: cloudBase + ":publishMessage",
			family: cloudV2, usage: publishCall, scopes: publish, oauth: true, body: objectBody,
			run: (*call).publishMessage},
		{name: "PublishMessageV1", method: post, path: messagingBase + "/topics/{topic:.+}",
			family: messagingV1, usage: publishCall, scopes: publish, oauth: true,
			body: objectBody, run: (*call).publishMessageV1},
	}
}

// named gives routes their family, and names that no other family's routes have.
func named(all []*route, family family, suffix string) []*route {
	for _, r := range all {
		r.family = family
		r.name += suffix
	}
	return all
}
