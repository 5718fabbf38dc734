// Uses a running savestone through openblox as a user would: the client is unmodified, its adapter
// sends to another host. Prints what came back, without what differs from run to run.
const { createOpenbloxConfig, setDefaultOpenbloxConfig } = require("openblox/config")
const { HttpResponse } = require("openblox/http")
const cloud = require("openblox/cloud")

const server = process.argv[2]
const adapter = async ({ url, method, headers, body, formData }) => {
	const response = await fetch(url.replace("https://apis.roblox.com", server), {
		method, headers, body: formData || body,
	})
	const isJSON = response.headers.get("content-type")?.startsWith("application/json")
	return new HttpResponse({
		url, method, success: response.ok, statusCode: response.status, headers: response.headers,
		body: isJSON ? await response.json() : await response.text(), fullResponse: response,
	})
}
setDefaultOpenbloxConfig(createOpenbloxConfig({ cloudKey: "any", http: { adapter } }))

const volatile = new Set(["version", "createdTime", "objectCreatedTime", "createTime", "etag",
	"revisionId", "revisionCreateTime", "expireTime", "latestSnapshotTime", "entryVersion",
	"entryCreatedTime", "entryVersionCreatedTime", "contentMD5"])
const stable = (key, value) => (volatile.has(key) ? undefined : value)
const tell = async (name, promise) => {
	const { data } = await promise
	console.log(name, JSON.stringify(data, stable))
	return data
}

const main = async () => {
	const s1 = cloud.StandardDataStoresApi_V1, s2 = cloud.StandardDataStoresApi_V2
	const o1 = cloud.OrderedDataStoresApi_V1, o2 = cloud.OrderedDataStoresApi_V2
	const universe = { universeId: 1 }

	const a = { ...universe, datastoreName: "Inventory", entryKey: "a" }
	await tell("v1 set", s1.setStandardDatastoreEntry({
		...a, entryValue: { Iron: 5 }, entryAttributes: { rank: "gold" }, entryUserIds: [7],
	}))
	await tell("v1 get", s1.standardDatastoreEntry(a))
	await tell("v1 increment", s1.incrementStandardDatastoreEntry({
		...a, entryKey: "n", incrementBy: 3,
	}))
	await tell("v1 stores", s1.listStandardDatastores(universe))
	await tell("v1 keys", s1.standardDatastoreKeys({ ...universe, datastoreName: "Inventory" }))
	const { data: versions } = await s1.listStandardDatastoreEntryVersions(a)
	await tell("v1 version", s1.standardDatastoreEntryOfVersion({
		...a, versionId: versions[0].version,
	}))
	await tell("v1 delete", s1.deleteStandardDatastoreEntry(a))

	const d = { ...universe, dataStore: "Saves" }
	await tell("v2 create", s2.createStandardDataStoreEntry({
		...d, entryId: "users/1", value: { a: 1 }, users: [1], attributes: { r: 1 },
	}))
	await tell("v2 get", s2.standardDataStoreEntry({ ...d, entryId: "users/1" }))
	await tell("v2 update", s2.updateStandardDataStoreEntry({
		...d, entryId: "n", value: 5, allowMissing: true,
	}))
	await tell("v2 increment", s2.incrementStandardDatastoreEntry({ ...d, entryId: "n", amount: 2 }))
	await tell("v2 list", s2.listStandardDataStoreEntries({ ...d, scope: "-", prefix: "users" }))
	await tell("v2 stores", s2.listStandardDataStores({ ...universe, prefix: "Sa" }))
	await tell("v2 snapshot", s2.createStandardDataStoreSnapshot(universe))
	const { data: revisions } = await s2.listStandardDataStoreEntryRevisions({ ...d, entryId: "n" })
	await tell("v2 revision", s2.standardDataStoreEntry({
		...d, entryId: "n", revisionId: revisions[0].revisionId,
	}).then(({ data }) => ({ data: data.value })))
	await tell("v2 delete", s2.deleteStandardDataStoreEntry({ ...d, entryId: "n" }))

	const o = { ...universe, orderedDataStore: "Points", scope: "global" }
	await tell("ordered v1 create", o1.createOrderedDatastoreEntry({ ...o, id: "a", value: 5 }))
	await tell("ordered v1 increment", o1.incrementOrderedDatastoreEntry({
		...o, id: "a", incrementBy: 2,
	}))
	await tell("ordered v1 get", o1.orderedDatastoreEntry({ ...o, id: "a" }))
	await tell("ordered v1 update", o1.updateOrderedDatastoreEntry({
		...o, id: "new", newValue: 3, createIfNoEntryExists: true,
	}))
	await tell("ordered v1 delete", o1.deleteOrderedDatastoreEntry({ ...o, id: "new" }))
	await tell("ordered v1 list", o1.listOrderedDatastoreEntries({
		...o, orderBy: "desc", filter: "entry >= 2",
	}))
	const p = { ...universe, dataStoreId: "Points", scope: "global" }
	await tell("ordered v2 create", o2.createOrderedDataStoreEntry({
		...p, entryId: "b", entryValue: 9,
	}))
	await tell("ordered v2 get", o2.orderedDataStoreEntry({ ...p, entryId: "b" }))
	await tell("ordered v2 update", o2.updateOrderedDataStoreEntry({
		...p, entryId: "b", newEntryValue: 8, allowIfMissing: true,
	}))
	await tell("ordered v2 increment", o2.incrementOrderedDataStoreEntry({
		...p, entryId: "b", incrementBy: 1,
	}))
	await tell("ordered v2 list", o2.listOrderedDatastoreEntries({
		...p, sortOrder: "Desc", moreThanOrEq: 1, lessThanOrEq: 30,
	}))
	await tell("ordered v2 delete", o2.deleteOrderedDataStoreEntry({ ...p, entryId: "b" }))
	await tell("message", cloud.MessagingApi.publishMessage({
		...universe, topic: "news", message: "hello",
	}))
}

main().catch((problem) => {
	console.error(problem)
	process.exit(1)
})
