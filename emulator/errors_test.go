package emulator_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"savestone/emulator"
)

// The whole table of section 21.2, and what sections 20 and 21.3 add.
func TestErrorsHaveRobloxsExactTexts(t *testing.T) {
	const full = " request dropped. Request was throttled, but throttled request queue was full."
	const refused = "502: API Services rejected request with error. "
	for _, c := range []struct {
		err  *emulator.Error
		want string
	}{
		{emulator.ErrKeyEmpty, "101: Key name can't be empty."},
		{emulator.ErrKeyLong, "102: Key name exceeds the 50 character limit."},
		{emulator.ValueNotAllowed("double"), "103: double is not allowed in data stores."},
		{emulator.CannotStore("Instance"), "104: Cannot store Instance" + cannotStore},
		{emulator.ErrValueLarge, "105: Serialized value exceeds 4MB limit."},
		{emulator.ErrMaxValueInvalid, "106: MaxValue must be an integer."},
		{emulator.ErrMinValueInvalid, "106: MinValue must be an integer."},
		{emulator.ErrPageSizeGreater, "106: PageSize must be within predefined range."},
		{emulator.ErrPageSizeLesser, "106: PageSize must be within predefined range."},
		{emulator.ErrMinMaxOrder, "107: MaxValue must be greater than or equal to MinValue."},
		{emulator.ErrGetThrottled, "301: GetAsync" + full},
		{emulator.ErrSetThrottled, "302: SetAsync" + full},
		{emulator.ErrIncrementThrottled, "303: IncrementAsync" + full},
		{emulator.ErrUpdateThrottled, "304: UpdateAsync" + full},
		{emulator.ErrGetSortedThrottled, "305: GetSortedAsync" + full},
		{emulator.ErrRemoveThrottled, "306: RemoveAsync" + full},
		{emulator.ErrDataModelClosed, "401: Request Failed. " +
			"DataModel is inaccessible while the experience is shutting down."},
		{emulator.ErrLuaWebServiceClosed, "402: Request Failed. " +
			"LuaWebService is inaccessible while the experience is shutting down."},
		{emulator.ErrStudioAccess,
			"403: Cannot write to DataStore from Studio if API access is not enabled."},
		{emulator.ErrOrderedStoreGone, "404: OrderedDataStore does not exists."},
		{emulator.ErrUnparsable, "501: Can't parse response, data may be corrupted."},
		{emulator.RejectedHTTP(403, "Forbidden"), refused + "HTTP 403 (Forbidden)"},
		{emulator.ErrInternal, refused + "HTTP 500 (Internal Server Error)"},
		{emulator.ErrUniverseWrong,
			refused + "Error code: 30 Reason: The provided universe is not valid."},
		{emulator.ErrStudioRefused,
			refused + "Error code: 7 Reason: Studio access to APIs is not allowed."},
		{emulator.ErrNotNumeric, refused + "Error code: 24 Reason: Key value is not numeric."},
		{emulator.ErrKeyThrottled, refused +
			"Error code: 0 Reason: The request rate exceeds the allowed maximum for the key."},
		{emulator.ErrStoreThrottled, refused + "Error code: 0 Reason: " +
			"The request rate exceeds the allowed maximum for the datastore."},
		{emulator.ErrKeyNotFound, "503: DataStore Request successful, but key not found."},
		{emulator.ErrResponseFormat, "504: DataStore Request successful, " +
			"but the response was not formatted correctly."},
		{emulator.ErrOrderedResponseFormat, "505: OrderedDataStore Request successful, " +
			"but the response was not formatted correctly."},
		{emulator.ErrMetadataLarge, "511: Metadata attribute size exceeds 300 bytes limit."},
		{emulator.ErrUserIDsMany, "512: UserID size exceeds limit of 4"},
		{emulator.ErrUserIDsInvalid, "513: Attribute userId format is invalid"},
		{emulator.ErrMetadataInvalid, "513: Attribute metadata format is invalid"},
		{emulator.ErrUserIDsNotAllowed, "517: Additional parameter UserIds not allowed"},
		{emulator.ErrOptionsNotAllowed, "517: Additional parameter Options not allowed"},
		{emulator.ErrTimestampInvalid,
			"Timestamp must be positive and not more than ten minutes in the future."},
		{emulator.Dropped("GetVersionAsync"),
			"GetVersionAsync request dropped. Request was throttled."},
		{emulator.ExperienceThrottled("StandardRead"), "StandardReadExperienceThrottled: " +
			"`StandardRead` request was throttled by experience limits."},
		{emulator.GameServerThrottled("OrderedList"), "`OrderedList` request was throttled " +
			"by game server limits or the request queue was full."},
	} {
		require.EqualError(t, c.err, c.want)
		require.NotEmpty(t, c.err.Name)
	}
}

func TestErrorsAreToldApartByWhatTheTargetSays(t *testing.T) {
	lost := *emulator.ErrResponseFormat
	lost.MayHaveApplied = true
	wrapped := fmt.Errorf("save: %w", &lost)
	require.ErrorIs(t, wrapped, emulator.ErrResponseFormat)
	require.ErrorIs(t, wrapped, &emulator.Error{Code: 504})
	require.ErrorIs(t, wrapped, &emulator.Error{Name: "InternalError"})
	require.NotErrorIs(t, wrapped, &emulator.Error{Code: 503})
	require.NotErrorIs(t, wrapped, emulator.ErrKeyNotFound)
	require.NotErrorIs(t, wrapped, &emulator.Error{})
	require.NotErrorIs(t, emulator.ErrUserIDsInvalid, emulator.ErrMetadataInvalid)
	require.ErrorIs(t, emulator.ValueNotAllowed("double"), &emulator.Error{Code: 103})
	require.NotErrorIs(t, errors.New("103: double"), &emulator.Error{Code: 103})
}
