package stdlib

import (
	"fmt"
	"strings"
	"time"

	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/machine"
	"savestone/luabridge/vm"
)

// The os library reads the VM's clock, and knows one time zone: UTC, that of Roblox's servers.
var osLibrary = library{"os", []entry{
	function("clock", osClock),
	function("date", osDate),
	function("difftime", osDifftime),
	function("time", osTime),
}}

// osClock counts the seconds since the VM began. Whoever sets the clock does not change that.
func osClock(L *lua.LState) int {
	v := vm.Of(L)
	return returnNumber(L, v.Sim.Now().Sub(v.Started).Seconds())
}

func osDifftime(L *lua.LState) int {
	return returnNumber(L, vm.ArgNumber(L, 1, "difftime")-vm.OptNumber(L, 2, "difftime", 0))
}

func osTime(L *lua.LState) int {
	if L.Get(1) == lua.LNil {
		return returnNumber(L, float64(vm.Of(L).Time().Unix()))
	}
	t := vm.ArgTable(L, 1, "time")
	required := func(name string) int {
		n, ok := vm.ToNumber(t.RawGetString(name))
		if !ok {
			vm.Errorf(L, "field '%s' missing in date table", name)
		}
		return int(toInt64(n))
	}
	optional := func(name string, fallback int) int {
		if n, ok := vm.ToNumber(t.RawGetString(name)); ok {
			return int(toInt64(n))
		}
		return fallback
	}
	at := time.Date(
		required("year"), time.Month(required("month")), required("day"),
		optional("hour", 12), optional("min", 0), optional("sec", 0), 0, time.UTC)
	return returnNumber(L, float64(at.Unix()))
}

// dateSecondsMax is the last second of the year 9999, beyond which dates have no text.
const dateSecondsMax = 253402300799

func osDate(L *lua.LState) int {
	format := strings.TrimPrefix(vm.OptString(L, 1, "date", "%c"), "!")
	at := vm.Of(L).Time()
	if L.Get(2) != lua.LNil {
		seconds := vm.ArgNumber(L, 2, "date")
		if !(0 <= seconds && seconds <= dateSecondsMax) {
			L.Push(lua.LNil)
			return 1
		}
		at = time.Unix(int64(seconds), 0)
	}
	at = at.UTC()
	if format == "*t" {
		L.Push(dateTable(vm.Of(L), at))
		return 1
	}
	var b strings.Builder
	for i := 0; i < len(format); i++ {
		if format[i] != '%' {
			b.WriteByte(format[i])
			continue
		}
		i++
		if i == len(format) || dateParts[format[i]] == nil {
			vm.ArgError(L, 1, "date", "invalid conversion specifier")
		}
		b.WriteString(dateParts[format[i]](at))
	}
	return returnString(L, b.String())
}

func dateTable(v *vm.VM, at time.Time) *lua.LTable {
	t := v.NewTable(0, 9)
	for _, field := range []struct {
		name  string
		value int
	}{
		{"sec", at.Second()}, {"min", at.Minute()}, {"hour", at.Hour()},
		{"day", at.Day()}, {"month", int(at.Month())}, {"year", at.Year()},
		{"wday", int(at.Weekday()) + 1}, {"yday", at.YearDay()},
	} {
		machine.SetField(t, field.name, lua.LNumber(field.value))
	}
	machine.SetField(t, "isdst", lua.LFalse)
	return t
}

// dateParts renders each of os.date's specifiers, as C does in its own locale.
var dateParts = func() (parts [256]func(time.Time) string) {
	for letter, layout := range map[byte]string{
		'a': "Mon", 'A': "Monday", 'b': "Jan", 'B': "January", 'c': "Mon Jan _2 15:04:05 2006",
		'd': "02", 'H': "15", 'I': "03", 'm': "01", 'M': "04", 'p': "PM", 'S': "05",
		'x': "01/02/06", 'X': "15:04:05", 'y': "06", 'Y': "2006", 'z': "-0700", 'Z': "MST",
	} {
		parts[letter] = func(at time.Time) string { return at.Format(layout) }
	}
	parts['j'] = func(at time.Time) string { return fmt.Sprintf("%03d", at.YearDay()) }
	parts['w'] = func(at time.Time) string { return fmt.Sprint(int(at.Weekday())) }
	parts['U'] = func(at time.Time) string { return weekOfYear(at, time.Sunday) }
	parts['W'] = func(at time.Time) string { return weekOfYear(at, time.Monday) }
	parts['%'] = func(time.Time) string { return "%" }
	return parts
}()

// weekOfYear counts weeks from the first one that begins on a given day; what comes before is
// week 0.
func weekOfYear(at time.Time, begins time.Weekday) string {
	sinceBegin := (int(at.Weekday()) - int(begins) + 7) % 7
	return fmt.Sprintf("%02d", (at.YearDay()-1+7-sinceBegin)/7)
}
