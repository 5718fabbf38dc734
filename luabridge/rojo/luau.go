package rojo

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// luauModule is a Luau chunk that returns a value: nil, bool, float64, string, []any or table.
func luauModule(value any) string {
	var b strings.Builder
	b.WriteString("return ")
	writeLuau(&b, value, "\n")
	b.WriteByte('\n')
	return b.String()
}

// writeLuau writes an expression; newline is the line break with the indentation that follows it.
func writeLuau(b *strings.Builder, value any, newline string) {
	inner := newline + "\t"
	switch value := value.(type) {
	case nil:
		b.WriteString("nil")
	case bool:
		b.WriteString(strconv.FormatBool(value))
	case float64:
		b.WriteString(luauNumber(value))
	case string:
		writeLuauString(b, value)
	case []any:
		b.WriteByte('{')
		for _, element := range value {
			b.WriteString(inner)
			writeLuau(b, element, inner)
			b.WriteByte(',')
		}
		b.WriteString(newline + "}")
	case table:
		b.WriteByte('{')
		for _, f := range value {
			b.WriteString(inner + "[")
			writeLuau(b, f.key, inner)
			b.WriteString("] = ")
			writeLuau(b, f.value, inner)
			b.WriteByte(',')
		}
		b.WriteString(newline + "}")
	default:
		panic(fmt.Sprintf("no Luau for a %T", value))
	}
}

func luauNumber(n float64) string {
	switch {
	case math.IsNaN(n):
		return "0/0"
	case math.IsInf(n, 1):
		return "math.huge"
	case math.IsInf(n, -1):
		return "-math.huge"
	default:
		return strconv.FormatFloat(n, 'g', -1, 64)
	}
}

func writeLuauString(b *strings.Builder, s string) {
	b.WriteByte('"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c == '\n':
			b.WriteString(`\n`)
		case c < ' ' || c == 0x7f:
			fmt.Fprintf(b, `\%03d`, c)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
}
