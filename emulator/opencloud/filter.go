package opencloud

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// The filters of lists. Each kind of list has a small language of its own.

var startsWith = regexp.MustCompile(`^id\.startsWith\((.*)\)$`)

// prefixFilter reads id.startsWith("p"), the only filter of data stores and their entries.
func (c *call) prefixFilter() (string, error) {
	text := c.param("filter")
	if text == "" {
		return "", nil
	}
	if found := startsWith.FindStringSubmatch(strings.TrimSpace(text)); found != nil {
		if prefix, ok := quoted(strings.TrimSpace(found[1])); ok {
			return prefix, nil
		}
	}
	return "", badFilter(text, `id.startsWith("prefix")`)
}

// quoted reads a string literal of CEL, in either sort of quotes.
func quoted(text string) (string, bool) {
	if len(text) >= 2 && text[0] == '\'' && text[len(text)-1] == '\'' {
		inner := text[1 : len(text)-1]
		return inner, !strings.ContainsAny(inner, `'\`)
	}
	value, err := strconv.Unquote(text)
	return value, err == nil && text[0] == '"'
}

func badFilter(got, want string) error {
	return invalid("", "The filter is not valid.").because("got the filter %q, want %s", got, want)
}

// comparison is one term of a filter.
type comparison struct{ field, operator, operand string }

// comparisons reads terms joined by &&, whose tokens are apart by single spaces (O20).
func comparisons(text string) ([]comparison, bool) {
	var terms []comparison
	for _, part := range strings.Split(text, " && ") {
		field, rest, ok := strings.Cut(part, " ")
		operator, operand, ok2 := strings.Cut(rest, " ")
		if !ok || !ok2 || field == "" || operand == "" {
			return nil, false
		}
		terms = append(terms, comparison{field, operator, operand})
	}
	return terms, true
}

// rangeFilter reads field >= a && field <= b, either part alone, or nothing, and hands the operands
// on.
func (c *call) rangeFilter(field string, low, high func(operand string) bool) error {
	text := c.param("filter")
	if text == "" {
		return nil
	}
	terms, ok := comparisons(text)
	seen := map[string]bool{}
	for _, t := range terms {
		take := map[string]func(string) bool{">=": low, "<=": high}[t.operator]
		if t.field != field || take == nil || seen[t.operator] || !take(t.operand) {
			ok = false
		}
		seen[t.operator] = true
	}
	if !ok {
		return badFilter(text, field+" >= a && "+field+" <= b")
	}
	return nil
}

// valueFilter reads the filter of ordered data stores (O20, O41).
func (c *call) valueFilter() (low, high *int64, err error) {
	into := func(bound **int64) func(string) bool {
		return func(operand string) bool {
			n, err := strconv.ParseInt(operand, 10, 64)
			*bound = &n
			return err == nil
		}
	}
	err = c.rangeFilter("entry", into(&low), into(&high))
	return low, high, err
}

// timeFilter reads the filter of revisions, to Unix milliseconds (O32). A bound counts as the whole
// millisecond that it is in, because that is how times are compared (R122).
func (c *call) timeFilter() (from, to int64, err error) {
	into := func(bound *int64) func(string) bool {
		return func(operand string) bool {
			if unquoted, ok := quoted(operand); ok {
				operand = unquoted
			}
			t, err := time.Parse(time.RFC3339Nano, operand)
			*bound = t.UnixMilli()
			return err == nil
		}
	}
	err = c.rangeFilter("revision_create_time", into(&from), into(&to))
	return from, to, err
}
