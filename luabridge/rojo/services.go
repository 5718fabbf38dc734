package rojo

import "slices"

// services are the classes that a child of the DataModel is taken to be by its name alone, sorted.
var services = []string{
	"AnalyticsService", "AssetService", "AvatarEditorService", "BadgeService", "CaptureService",
	"Chat", "CollectionService", "ConfigureServerService", "ContentProvider",
	"ContextActionService", "CoreGui", "DataStoreService", "Debris",
	"ExperienceNotificationService", "FriendService", "GamePassService", "GamepadService",
	"GeometryService", "GroupService", "GuiService", "HapticService", "HttpRbxApiService",
	"HttpService", "InsertService", "JointsService", "KeyframeSequenceProvider", "Lighting",
	"LocalizationService", "LogService", "MarketplaceService", "MaterialService",
	"MemoryStoreService", "MessagingService", "NetworkClient", "NetworkServer",
	"PathfindingService", "PhysicsService", "Players", "PluginGuiService", "PolicyService",
	"ProcessInstancePhysicsService", "ProximityPromptService", "ReplicatedFirst",
	"ReplicatedStorage", "RunService", "ScriptContext", "ScriptService", "Selection",
	"ServerScriptService", "ServerStorage", "SocialService", "SoundService", "StarterGui",
	"StarterPack", "StarterPlayer", "Stats", "StudioService", "Teams", "TeleportService",
	"TestService", "TextChatService", "TextService", "TimerService", "TouchInputService",
	"TweenService", "UserInputService", "UserService", "VRService", "Visit", "VoiceChatService",
	"Workspace",
}

// inferClass is the class that a name implies below a class, or nothing.
func inferClass(name, parentClass string) string {
	switch parentClass {
	case "DataModel":
		if _, found := slices.BinarySearch(services, name); found {
			return name
		}
	case "StarterPlayer":
		if name == "StarterPlayerScripts" || name == "StarterCharacterScripts" {
			return name
		}
	case "Workspace":
		if name == "Terrain" {
			return name
		}
	}
	return ""
}
