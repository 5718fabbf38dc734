package roblox

// enumRow is one enum and its items.
type enumRow struct {
	name  string
	items []enumEntry
}

type enumEntry struct {
	name  string
	value int
}

// numbered gives names the values 0, 1, 2, ...
func numbered(names ...string) []enumEntry {
	items := make([]enumEntry, len(names))
	for i, name := range names {
		items[i] = enumEntry{name, i}
	}
	return items
}

// enumTable lists the enums that server code touches, in the order of their names.
var enumTable = []enumRow{
	{"AccessModifierType", numbered("Allow", "Deny")},
	{"CloseReason", numbered("Unknown", "RobloxMaintenance", "DeveloperShutdown",
		"DeveloperUpdate", "ServerEmpty", "OutOfMemory")},
	{"ConnectionState", numbered("Connected", "Disconnected")},
	{"ContextActionResult", numbered("Sink", "Pass")},
	{"CreatorType", numbered("User", "Group")},
	{"DataStoreRequestType", numbered("GetAsync", "SetIncrementAsync", "UpdateAsync",
		"GetSortedAsync", "SetIncrementSortedAsync", "OnUpdate", "ListAsync", "GetVersionAsync",
		"RemoveVersionAsync", "StandardRead", "StandardWrite", "StandardList", "StandardRemove",
		"OrderedRead", "OrderedWrite", "OrderedList", "OrderedRemove")},
	{"EasingDirection", numbered("In", "Out", "InOut")},
	{"EasingStyle", numbered("Linear", "Sine", "Back", "Quad", "Quart", "Quint", "Bounce",
		"Elastic", "Exponential", "Circular", "Cubic")},
	{"HttpCachePolicy", numbered("None", "Full", "DataOnly", "Default", "InternalRedirectRefresh")},
	{"HttpCompression", numbered("None", "Gzip")},
	{"HttpContentType", numbered("ApplicationJson", "ApplicationXml", "ApplicationUrlEncoded",
		"TextPlain", "TextXml")},
	{"InfoType", numbered("Asset", "Product", "GamePass", "Subscription", "Bundle")},
	{"MembershipType", []enumEntry{{"None", 0}, {"BuildersClub", 1}, {"TurboBuildersClub", 2},
		{"OutrageousBuildersClub", 3}, {"Premium", 4}}},
	{"MessageType", numbered("MessageOutput", "MessageInfo", "MessageWarning", "MessageError")},
	{"ModelStreamingMode", numbered("Default", "Atomic", "Persistent", "PersistentPerPlayer",
		"Nonatomic")},
	{"PlayerExitReason", numbered("Unknown", "PlatformKick", "CreatorKick")},
	{"ProductPurchaseDecision", numbered("NotProcessedYet", "PurchaseGranted")},
	{"RunContext", numbered("Legacy", "Server", "Client", "Plugin")},
	{"SignalBehavior", numbered("Default", "Immediate", "Deferred", "AncestryDeferred")},
	{"SortDirection", numbered("Ascending", "Descending")},
	{"SortOrder", []enumEntry{{"Name", 0}, {"Custom", 1}, {"LayoutOrder", 2}}},
	{"TeleportState", numbered("RequestedFromServer", "Started", "WaitingForServer", "Failed",
		"InProgress")},
	{"UserInputState", numbered("Begin", "Change", "End", "Cancel", "None")},
}
