package stdlib

import (
	"math"
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/vm"
)

// directive is one of format's: "%-08.3f".
type directive struct {
	verb      byte
	left      bool // flag '-'
	plus      bool
	space     bool
	alternate bool // flag '#'
	zero      bool
	width     int
	precision int // -1 when not given
}

func stringFormat(L *lua.LState) int {
	format := vm.ArgString(L, 1, "format")
	arg := 1
	var result []byte
	for {
		at := strings.IndexByte(format, '%')
		if at < 0 {
			break
		}
		result = append(result, format[:at]...)
		format = format[at+1:]
		if strings.HasPrefix(format, "%") {
			result = append(result, '%')
			format = format[1:]
			continue
		}
		var d directive
		d, format = parseDirective(L, format)
		if arg++; arg > L.GetTop() {
			vm.Errorf(L, "missing argument #%d", arg)
		}
		result = append(result, d.format(L, arg)...)
	}
	return returnString(L, string(append(result, format...)))
}

const flagsMax = 5

// parseDirective reads what follows a '%' and returns the rest of the format.
func parseDirective(L *lua.LState, format string) (d directive, rest string) {
	d.precision = -1
	rest = strings.TrimLeft(format, "-+ #0")
	flags := format[:len(format)-len(rest)]
	if len(flags) > flagsMax {
		vm.Errorf(L, "invalid format (repeated flags)")
	}
	for _, flag := range []byte(flags) {
		switch flag {
		case '-':
			d.left = true
		case '+':
			d.plus = true
		case ' ':
			d.space = true
		case '#':
			d.alternate = true
		case '0':
			d.zero = true
		}
	}
	d.width, rest = twoDigits(rest)
	if strings.HasPrefix(rest, ".") {
		d.precision, rest = twoDigits(rest[1:])
	}
	if rest == "" {
		vm.Errorf(L, "invalid option '%%' to 'format'")
	}
	if isDigit(rest[0]) {
		vm.Errorf(L, "invalid format (width or precision too long)")
	}
	d.verb, rest = rest[0], rest[1:]
	if d.verb == '*' && len(rest)+1 != len(format) {
		vm.Errorf(L, "'%%*' does not take a form")
	}
	return d, rest
}

// twoDigits reads a number of at most two digits, 0 if there is none.
func twoDigits(s string) (n int, rest string) {
	for i := 0; i < 2 && s != "" && isDigit(s[0]); i++ {
		n = n*10 + int(s[0]-'0')
		s = s[1:]
	}
	return n, s
}

// format returns the text of an argument.
func (d directive) format(L *lua.LState, arg int) string {
	switch d.verb {
	case 'c':
		return d.pad(string([]byte{byte(vm.ArgInt(L, arg, "format"))}))
	case 'd', 'i':
		return d.signed(vm.ArgNumber(L, arg, "format"))
	case 'o', 'u', 'x', 'X':
		return d.unsigned(vm.ArgNumber(L, arg, "format"))
	case 'e', 'E', 'f', 'g', 'G', 'a', 'A':
		return d.float(vm.ArgNumber(L, arg, "format"))
	case 'q':
		return quote(vm.ArgString(L, arg, "format"))
	case 's':
		text := vm.ToString(L, L.Get(arg))
		if d.precision >= 0 && d.precision < len(text) {
			text = text[:d.precision]
		}
		return d.pad(text)
	case '*':
		return vm.ToString(L, L.Get(arg))
	}
	vm.Errorf(L, "invalid option '%%%c' to 'format'", d.verb)
	return ""
}

func (d directive) pad(text string) string {
	missing := d.width - len(text)
	switch {
	case missing <= 0:
		return text
	case d.left:
		return text + strings.Repeat(" ", missing)
	}
	return strings.Repeat(" ", missing) + text
}

// padNumber puts a sign or prefix before digits, with zeros between them if the width asks for it.
func (d directive) padNumber(prefix, digits string, zeros bool) string {
	if missing := d.width - len(prefix) - len(digits); zeros && !d.left && missing > 0 {
		digits = strings.Repeat("0", missing) + digits
	}
	return d.pad(prefix + digits)
}

func (d directive) sign(negative bool) string {
	switch {
	case negative:
		return "-"
	case d.plus:
		return "+"
	case d.space:
		return " "
	}
	return ""
}

// minimum adds zeros up to the precision, which for integers is the least number of digits.
func (d directive) minimum(digits string) string {
	if d.precision == 0 && digits == "0" {
		return ""
	}
	if missing := d.precision - len(digits); missing > 0 {
		return strings.Repeat("0", missing) + digits
	}
	return digits
}

func (d directive) signed(n float64) string {
	i := toInt64(n)
	digits := strconv.FormatInt(i, 10)
	digits = d.minimum(strings.TrimPrefix(digits, "-"))
	return d.padNumber(d.sign(i < 0), digits, d.zero && d.precision < 0)
}

// toInt64 cuts a number to an integer, at the ends of the range too.
func toInt64(n float64) int64 {
	switch {
	case n >= math.MaxInt64:
		return math.MaxInt64
	case n >= math.MinInt64:
		return int64(n)
	}
	return math.MinInt64 // NaN too
}

func toUint64(n float64) uint64 {
	switch {
	case n >= math.MaxUint64:
		return math.MaxUint64
	case n >= 0:
		return uint64(n)
	}
	return uint64(toInt64(n))
}

func (d directive) unsigned(n float64) string {
	u := toUint64(n)
	base, prefix := 10, ""
	switch d.verb {
	case 'o':
		base, prefix = 8, "0"
	case 'x', 'X':
		base, prefix = 16, "0x"
	}
	if !d.alternate || u == 0 {
		prefix = ""
	}
	text := d.padNumber(prefix, d.minimum(strconv.FormatUint(u, base)), d.zero && d.precision < 0)
	if d.verb == 'X' {
		return strings.ToUpper(text)
	}
	return text
}

func (d directive) float(n float64) string {
	upper := d.verb < 'a'
	var digits string
	finite := !math.IsNaN(n) && !math.IsInf(n, 0)
	switch magnitude := math.Abs(n); {
	case math.IsNaN(n):
		digits = "nan"
	case !finite:
		digits = "inf"
	default:
		digits = d.digits(magnitude)
	}
	text := d.padNumber(d.sign(math.Signbit(n) && !math.IsNaN(n)), digits, d.zero && finite)
	if upper {
		return strings.ToUpper(text)
	}
	return text
}

const precisionDefault = 6

// digits renders a finite number that is not negative.
func (d directive) digits(n float64) string {
	precision := d.precision
	if precision < 0 {
		precision = precisionDefault
	}
	switch d.verb | 0x20 {
	case 'e':
		return d.point(strconv.FormatFloat(n, 'e', precision, 64))
	case 'f':
		return d.point(strconv.FormatFloat(n, 'f', precision, 64))
	case 'a':
		return hexFloat(n, d.precision)
	}
	return d.general(n, max(precision, 1))
}

// point adds the decimal point that the flag '#' asks for where there is none.
func (d directive) point(digits string) string {
	if !d.alternate || strings.Contains(digits, ".") {
		return digits
	}
	mantissa, exponent, ok := strings.Cut(digits, "e")
	if ok {
		return mantissa + ".e" + exponent
	}
	return digits + "."
}

// general is %g: so many significant digits, with an exponent only where it is needed.
func (d directive) general(n float64, significant int) string {
	scientific := strconv.FormatFloat(n, 'e', significant-1, 64)
	mantissa, power, _ := strings.Cut(scientific, "e")
	exponent, err := strconv.Atoi(power)
	if err != nil {
		panic(err) // strconv's own text
	}
	suffix := "e" + power
	if -4 <= exponent && exponent < significant {
		mantissa = strconv.FormatFloat(n, 'f', significant-1-exponent, 64)
		suffix = ""
	}
	if !d.alternate && strings.Contains(mantissa, ".") {
		mantissa = strings.TrimRight(strings.TrimRight(mantissa, "0"), ".")
	}
	return d.point(mantissa + suffix)
}

// hexFloat is %a. C writes the exponent without leading zeros.
func hexFloat(n float64, precision int) string {
	mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(n, 'x', precision, 64), "p")
	digits := strings.TrimLeft(exponent[1:], "0")
	if digits == "" {
		digits = "0"
	}
	return mantissa + "p" + exponent[:1] + digits
}

// quote writes a string so that Luau reads it back.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := range len(s) {
		switch c := s[i]; c {
		case '"', '\\', '\n':
			b.WriteByte('\\')
			b.WriteByte(c)
		case '\r':
			b.WriteString(`\r`)
		case 0:
			b.WriteString(`\000`)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}
