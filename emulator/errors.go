package emulator

import (
	"errors"
	"strconv"
)

// Error is a failure that Roblox names: everything a script or an Open Cloud client can be told
// about a data store request. Front doors put it in their own form; nobody else words failures.
type Error struct {
	Code    int    // the number that Luau sees before the text, or 0 (R187)
	Name    string // Roblox's name for the failure
	Message string // the exact text, without the number

	// MayHaveApplied tells that the request could have taken effect all the same (R186).
	MayHaveApplied bool
}

// Error returns the text that pcall gives a script (R34, R187).
func (e *Error) Error() string {
	if e.Code == 0 {
		return e.Message
	}
	return strconv.Itoa(e.Code) + ": " + e.Message
}

// Is makes errors.Is compare what target tells: each of its Code, Name and Message that is set must
// be the same. So &Error{Code: 103} is every 103, and ErrKeyEmpty is ErrKeyEmpty whether or not it
// may have been applied.
func (e *Error) Is(target error) bool {
	want, ok := target.(*Error)
	if !ok || *want == (Error{}) {
		return false
	}
	return (want.Code == 0 || want.Code == e.Code) &&
		(want.Name == "" || want.Name == e.Name) &&
		(want.Message == "" || want.Message == e.Message)
}

// Failures of this program's own making, which Roblox has no name for.
var (
	// ErrClosed answers requests to an Emulator after Close.
	ErrClosed = errors.New("the emulator is closed")
	// ErrNotEmulated answers requests for an operation or kind of store that does not exist here.
	ErrNotEmulated = errors.New("not emulated")
)

// ErrVersionConflict answers a put whose IfVersion no longer held; nothing was written. A game
// server never shows it: UpdateAsync starts over (R74). The text is ours.
var ErrVersionConflict = &Error{
	Name:    "VersionConflict",
	Message: "The entry was changed since it was read.",
}

// What a request can be refused for before it leaves (1xx; R29, R30, R157 to R160).
var (
	ErrKeyEmpty = &Error{Code: 101, Name: "KeyNameEmpty", Message: "Key name can't be empty."}
	ErrKeyLong  = &Error{
		Code: 102, Name: "KeyNameLimit", Message: "Key name exceeds the 50 character limit.",
	}
	ErrValueLarge = &Error{
		Code: 105, Name: "ValueTooLarge", // how Roblox prints the limit is assumed (R52)
		Message: "Serialized value exceeds 4MB limit.",
	}
	ErrMaxValueInvalid = &Error{
		Code: 106, Name: "MaxValueInvalid", Message: "MaxValue must be an integer.",
	}
	ErrMinValueInvalid = &Error{
		Code: 106, Name: "MinValueInvalid", Message: "MinValue must be an integer.",
	}
	ErrPageSizeGreater = &Error{
		Code: 106, Name: "PageSizeGreater", Message: "PageSize must be within predefined range.",
	}
	ErrPageSizeLesser = &Error{
		Code: 106, Name: "PageSizeLesser", Message: "PageSize must be within predefined range.",
	}
	ErrMinMaxOrder = &Error{
		Code: 107, Name: "MinMaxOrderInvalid",
		Message: "MaxValue must be greater than or equal to MinValue.",
	}
)

// Names of stores that cannot be. R15 does not know the texts: assumed.
var (
	ErrStoreNameEmpty = &Error{
		Name: "StoreNameEmpty", Message: "DataStore name can't be an empty string.",
	}
	ErrStoreNameLong = &Error{
		Name: "StoreNameLimit", Message: "DataStore name exceeds the 50 character limit.",
	}
	ErrScopeEmpty = &Error{
		Name: "ScopeEmpty", Message: "DataStore scope can't be an empty string.",
	}
	ErrScopeLong = &Error{
		Name: "ScopeLimit", Message: "DataStore scope exceeds the 50 character limit.",
	}
)

// ValueNotAllowed is 103: a value of a type that this kind of store does not take (R53, R151).
// typ is the type in Roblox's words: double, Array, Dictionary, string, nil.
func ValueNotAllowed(typ string) *Error {
	return &Error{
		Code: 103, Name: "ValueNotAllowed", Message: typ + " is not allowed in data stores.",
	}
}

// CannotStore is 104: a value that has no JSON (R37, R38). typ is the type of the value itself or
// of the container it sits in.
func CannotStore(typ string) *Error {
	return &Error{
		Code: 104, Name: "CantStoreValue",
		Message: "Cannot store " + typ +
			" in data store. Data stores can only accept valid UTF-8 characters.",
	}
}

// What a game server answers itself because its queue is full (301 to 306, R176).
var (
	ErrGetThrottled       = queueFull(301, "GetAsync")
	ErrSetThrottled       = queueFull(302, "SetAsync")
	ErrIncrementThrottled = queueFull(303, "IncrementAsync")
	ErrUpdateThrottled    = queueFull(304, "UpdateAsync")
	ErrGetSortedThrottled = queueFull(305, "GetSortedAsync")
	ErrRemoveThrottled    = queueFull(306, "RemoveAsync")
)

func queueFull(code int, method string) *Error {
	return &Error{
		Code: code, Name: method + "Throttle",
		Message: method +
			" request dropped. Request was throttled, but throttled request queue was full.",
	}
}

// Access that ended or was never given (R228, section 22).
var (
	ErrDataModelClosed = &Error{
		Code: 401, Name: "DataModelNoAccess",
		Message: "Request Failed. DataModel is inaccessible while the experience is shutting down.",
	}
	ErrLuaWebServiceClosed = &Error{
		Code: 402, Name: "LuaWebSrvsNoAccess",
		Message: "Request Failed. " +
			"LuaWebService is inaccessible while the experience is shutting down.",
	}
	ErrStudioAccess = &Error{
		Code: 403, Name: "StudioAccessToApisNotAllowed",
		Message: "Cannot write to DataStore from Studio if API access is not enabled.",
	}
)

// Answers that came back broken. After one of these a write may well be there (R186); who injects
// one for a write copies it with MayHaveApplied set.
var (
	ErrOrderedStoreGone = &Error{ // R164: Roblox's grammar
		Code: 404, Name: "InternalError", Message: "OrderedDataStore does not exists.",
	}
	ErrUnparsable = &Error{
		Code: 501, Name: "InternalError",
		Message: "Can't parse response, data may be corrupted.",
	}
	ErrKeyNotFound = &Error{
		Code: 503, Name: "InternalError",
		Message: "DataStore Request successful, but key not found.",
	}
	ErrResponseFormat = &Error{
		Code: 504, Name: "InternalError",
		Message: "DataStore Request successful, but the response was not formatted correctly.",
	}
	ErrOrderedResponseFormat = &Error{
		Code: 505, Name: "InternalError",
		Message: "OrderedDataStore Request successful, " +
			"but the response was not formatted correctly.",
	}
)

// rejected begins every refusal by the backend (R187).
const rejected = "API Services rejected request with error. "

// What the backend is known to refuse with an error code of its own (R92, R189).
var (
	ErrNotNumeric     = Rejected(24, "Key value is not numeric.")
	ErrStudioRefused  = Rejected(7, "Studio access to APIs is not allowed.")
	ErrUniverseWrong  = Rejected(30, "The provided universe is not valid.")
	ErrKeyThrottled   = Rejected(0, "The request rate exceeds the allowed maximum for the key.")
	ErrStoreThrottled = Rejected(0,
		"The request rate exceeds the allowed maximum for the datastore.")
	ErrStoreRemoved   = Rejected(0, "The data store is deleted.")
	ErrVersionInvalid = &Error{ // R117, the text but for "not valid" assumed
		Code: 502, Name: "RequestRejected",
		Message: rejected + "Reason: The provided version is not valid.",
	}
	ErrCursorInvalid   = Rejected(0, "The provided exclusive start key is not valid.") // R130
	ErrPageSizeInvalid = RejectedHTTP(400, "Bad Request")                              // R123, R128
	ErrKeyCountInvalid = RejectedHTTP(400, "Bad Request")                              // R165
	ErrInternal        = RejectedHTTP(500, "Internal Server Error")
)

// Rejected is 502 in the form that carries the backend's own code and reason (R189).
func Rejected(backendCode int, reason string) *Error {
	return &Error{
		Code: 502, Name: "RequestRejected",
		Message: rejected + "Error code: " + strconv.Itoa(backendCode) + " Reason: " + reason,
	}
}

// RejectedHTTP is 502 in the form that carries an HTTP status (R189).
func RejectedHTTP(status int, reason string) *Error {
	return &Error{
		Code: 502, Name: "RequestRejected",
		Message: rejected + "HTTP " + strconv.Itoa(status) + " (" + reason + ")",
	}
}

// ErrTableMixed refuses an array with other keys, in the words of 2018; a strict profile does so
// (R44).
var ErrTableMixed = &Error{
	Name:    "TableMixed",
	Message: "Cannot convert mixed or non-array tables: keys must be strings",
}

// What is wrong with the attributes of a write (R57 to R60, R154).
var (
	ErrMetadataLarge = &Error{
		Code: 511, Name: "AttributeSizeTooLarge",
		Message: "Metadata attribute size exceeds 300 bytes limit.",
	}
	ErrUserIDsMany = &Error{
		Code: 512, Name: "UserIdLimitExceeded", Message: "UserID size exceeds limit of 4",
	}
	ErrUserIDsInvalid = &Error{
		Code: 513, Name: "AttributeFormatError", Message: "Attribute userId format is invalid",
	}
	ErrMetadataInvalid = &Error{
		Code: 513, Name: "AttributeFormatError", Message: "Attribute metadata format is invalid",
	}
	ErrUserIDsNotAllowed = &Error{
		Code: 517, Name: "ParameterNotAllowed",
		Message: "Additional parameter UserIds not allowed",
	}
	ErrOptionsNotAllowed = &Error{
		Code: 517, Name: "ParameterNotAllowed",
		Message: "Additional parameter Options not allowed",
	}
)

// ErrTimestampInvalid refuses a time for GetVersionAtTimeAsync (R119).
var ErrTimestampInvalid = &Error{
	Name:    "InvalidTimestamp",
	Message: "Timestamp must be positive and not more than ten minutes in the future.",
}

// Dropped is the answer of a method that has no queue when its budget is spent (R173).
func Dropped(method string) *Error {
	return &Error{
		Name: method + "Throttle", Message: method + " request dropped. Request was throttled.",
	}
}

// ExperienceThrottled is the answer when the whole universe's budget is spent (R180). bucket is one
// of StandardRead, OrderedWrite and their kin; that the name leads the text is assumed.
func ExperienceThrottled(bucket string) *Error {
	name := bucket + "ExperienceThrottled"
	return &Error{
		Name:    name,
		Message: name + ": `" + bucket + "` request was throttled by experience limits.",
	}
}

// GameServerThrottled is the newer answer when one server's budget is spent (R177).
func GameServerThrottled(bucket string) *Error {
	return &Error{
		Name: bucket + "GameServerThrottled",
		Message: "`" + bucket +
			"` request was throttled by game server limits or the request queue was full.",
	}
}
