package roblox

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"

	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/machine"
	"savestone/luabridge/vm"
)

// DateTime is a moment in Unix milliseconds (R244). Local time is UTC here, as on Roblox servers.
type DateTime int64

// The moments that a DateTime can be: the years 1400 to 9999.
const (
	dateTimeSecondsMin = -17_987_443_200
	dateTimeSecondsMax = 253_402_300_799
)

// LuauType implements vm.Typed.
func (DateTime) LuauType() string { return "DateTime" }

// String returns the milliseconds, as tostring does.
func (d DateTime) String() string { return strconv.FormatInt(int64(d), 10) }

// Time returns the moment in UTC.
func (d DateTime) Time() time.Time { return time.UnixMilli(int64(d)).UTC() }

// errDateTimeRange is what a moment out of range is refused with; the text is assumed.
var errDateTimeRange = errors.New("DateTime is out of range: the years 1400 to 9999 can be told")

// dateTimeAt checks a moment in milliseconds.
func dateTimeAt(ms float64) (DateTime, error) {
	if !(ms >= dateTimeSecondsMin*1000 && ms < (dateTimeSecondsMax+1)*1000) {
		return 0, errDateTimeRange
	}
	return DateTime(math.Floor(ms)), nil
}

// dateTimeParts are year, month, day, hour, minute, second, millisecond.
type dateTimeParts [7]int

// dateTimeOf makes a moment of its parts. The date must exist; the time of day may run over, which
// carries into the date.
func dateTimeOf(p dateTimeParts) (DateTime, error) {
	midnight := time.Date(p[0], time.Month(p[1]), p[2], 0, 0, 0, 0, time.UTC)
	if midnight.Year() != p[0] || int(midnight.Month()) != p[1] || midnight.Day() != p[2] {
		return 0, fmt.Errorf("DateTime has no date %d-%d-%d", p[0], p[1], p[2]) // text assumed
	}
	ms := float64(midnight.UnixMilli())
	for i, unit := range []float64{3_600_000, 60_000, 1000, 1} {
		ms += float64(p[3+i]) * unit
	}
	return dateTimeAt(ms)
}

// dateTimeFromISO reads the ISO 8601 forms of a date, alone or with a time and an offset.
func dateTimeFromISO(text string) (DateTime, bool) {
	for _, layout := range []string{
		"2006-01-02T15:04:05Z07:00", // Go takes a fraction of the second by itself
		"2006-01-02T15:04:05Z0700",
		"2006-01-02T15:04:05",
		"2006-01-02T15:04Z07:00",
		"2006-01-02T15:04Z0700",
		"2006-01-02T15:04",
		"2006-01-02",
	} {
		if t, err := time.Parse(layout, text); err == nil {
			d, err := dateTimeAt(float64(t.UnixMilli()))
			return d, err == nil
		}
	}
	return 0, false
}

// iso returns the moment as fromIsoDate reads it.
func (d DateTime) iso() string { return d.Time().Format("2006-01-02T15:04:05Z") }

func dateTimeDatatype() Datatype {
	parts := func(L *lua.LState, self any) int {
		return vm.Return(L, self.(DateTime).table(vm.Of(L)))
	}
	format := func(name string) func(*lua.LState, any) int {
		return func(L *lua.LState, self any) int {
			layout := vm.ArgString(L, 2, name)
			if locale := vm.ArgString(L, 3, name); locale != localeEmulated {
				vm.Raise(L, fmt.Sprintf("savestone formats a DateTime for the locale %q, not %q",
					localeEmulated, locale))
			}
			return vm.Return(L, lua.LString(formatTime(self.(DateTime).Time(), layout)))
		}
	}
	return Datatype{
		Name: "DateTime",
		Fields: map[string]func(any) lua.LValue{
			"UnixTimestamp": func(self any) lua.LValue {
				return lua.LNumber(self.(DateTime).Time().Unix())
			},
			"UnixTimestampMillis": func(self any) lua.LValue {
				return lua.LNumber(self.(DateTime))
			},
		},
		Methods: map[string]func(*lua.LState, any) int{
			"ToUniversalTime": parts,
			"ToLocalTime":     parts,
			"ToIsoDate": func(L *lua.LState, self any) int {
				return vm.Return(L, lua.LString(self.(DateTime).iso()))
			},
			"FormatUniversalTime": format("FormatUniversalTime"),
			"FormatLocalTime":     format("FormatLocalTime"),
		},
		Meta: map[string]lua.LGFunction{
			"__eq": func(L *lua.LState) int {
				a, b := L.Get(1).(*lua.LUserData).Value, L.Get(2).(*lua.LUserData).Value
				return vm.Return(L, lua.LBool(a == b))
			},
		},
	}
}

// table returns the moment's parts by name.
func (d DateTime) table(v *vm.VM) *lua.LTable {
	t := d.Time()
	table := v.NewTable(0, 7)
	machine.SetField(table, "Year", lua.LNumber(t.Year()))
	machine.SetField(table, "Month", lua.LNumber(t.Month()))
	machine.SetField(table, "Day", lua.LNumber(t.Day()))
	machine.SetField(table, "Hour", lua.LNumber(t.Hour()))
	machine.SetField(table, "Minute", lua.LNumber(t.Minute()))
	machine.SetField(table, "Second", lua.LNumber(t.Second()))
	machine.SetField(table, "Millisecond", lua.LNumber(t.Nanosecond()/1_000_000))
	return table
}

// dateTimeGlobal makes the table of DateTime's constructors.
func (s *Server) dateTimeGlobal() *lua.LTable {
	library := s.VM.NewTable(0, 6)
	define := func(name string, make func(L *lua.LState) (DateTime, error)) {
		machine.SetField(library, name, s.VM.NewFunction(name, func(L *lua.LState) int {
			d, err := make(L)
			if err != nil {
				vm.Errorf(L, "%s", err)
			}
			return vm.Return(L, s.Box(d))
		}))
	}
	fromParts := func(name string) func(L *lua.LState) (DateTime, error) {
		return func(L *lua.LState) (DateTime, error) {
			parts := dateTimeParts{1970, 1, 1}
			for i := range parts {
				parts[i] = vm.OptInt(L, i+1, name, parts[i])
			}
			return dateTimeOf(parts)
		}
	}
	define("now", func(*lua.LState) (DateTime, error) {
		return DateTime(s.VM.Time().UnixMilli()), nil
	})
	define("fromUnixTimestamp", func(L *lua.LState) (DateTime, error) {
		return dateTimeAt(vm.ArgNumber(L, 1, "fromUnixTimestamp") * 1000)
	})
	define("fromUnixTimestampMillis", func(L *lua.LState) (DateTime, error) {
		return dateTimeAt(vm.ArgNumber(L, 1, "fromUnixTimestampMillis"))
	})
	define("fromUniversalTime", fromParts("fromUniversalTime"))
	define("fromLocalTime", fromParts("fromLocalTime"))
	fromISO := s.VM.NewFunction("fromIsoDate", func(L *lua.LState) int {
		d, ok := dateTimeFromISO(vm.ArgString(L, 1, "fromIsoDate"))
		if !ok {
			return vm.Return(L, lua.LNil)
		}
		return vm.Return(L, s.Box(d))
	})
	machine.SetField(library, "fromIsoDate", fromISO)
	machine.Freeze(library)
	return library
}
