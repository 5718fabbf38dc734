package faults

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"savestone/faults/suggest"
)

// tables are the distributions that have a name of their own.
var tables = map[string]func() Distribution{
	"readLatency": ReadLatency, "writeLatency": WriteLatency, "listLatency": ListLatency,
}

// ParseDistribution reads a duration, the name of a table (readLatency, writeLatency, listLatency)
// or a formula: constant(1s), uniform(1s, 2s), exponential(mean=60s), pareto(min=5s, alpha=1.2,
// max=120s), lognormal(p50=300ms, p99=1.2s) or mix(99.9% FORMULA, 0.1% FORMULA).
func ParseDistribution(text string) (Distribution, error) {
	text = strings.TrimSpace(text)
	name, rest, isCall := strings.Cut(text, "(")
	name = strings.TrimSpace(name)
	if !isCall {
		if table, known := tables[text]; known {
			return table(), nil
		}
		d, err := parseDuration(text)
		if err != nil {
			return Distribution{}, fmt.Errorf("%w, or a distribution such as %q%s",
				err, "lognormal(p50=300ms, p99=1.2s)",
				suggest.Hint(text, slices.Sorted(maps.Keys(tables))))
		}
		return Constant(d), nil
	}
	formula := formulaNamed(name)
	if formula == nil {
		return Distribution{}, fmt.Errorf("got the distribution %q, want one of %s%s",
			name, strings.Join(formulaNames, ", "), suggest.Hint(name, formulaNames))
	}
	inside, closed := strings.CutSuffix(rest, ")")
	if !closed {
		return Distribution{}, fmt.Errorf("got %q, want a ) at its end", text)
	}
	made, err := formula(splitArguments(inside))
	if err == nil {
		err = made.validate()
	}
	if err != nil {
		return Distribution{}, fmt.Errorf("%s: %w", name, err)
	}
	return made, nil
}

// splitArguments splits at the commas that are in no parentheses.
func splitArguments(text string) (arguments []string) {
	depth, from := 0, 0
	for i := range len(text) {
		switch text[i] {
		case '(':
			depth++
		case ')':
			depth--
		case ',':
			if depth == 0 {
				arguments = append(arguments, strings.TrimSpace(text[from:i]))
				from = i + 1
			}
		}
	}
	return append(arguments, strings.TrimSpace(text[from:]))
}

var formulaNames = []string{"constant", "exponential", "lognormal", "mix", "pareto", "uniform"}

func formulaNamed(name string) func(arguments []string) (Distribution, error) {
	switch name {
	case "constant":
		return parseConstant
	case "exponential":
		return parseExponential
	case "lognormal":
		return parseLognormal
	case "mix":
		return parseMix
	case "pareto":
		return parsePareto
	case "uniform":
		return parseUniform
	}
	return nil
}

// givenTo fills the values that a formula takes, given in their order or by name. An empty value
// was not given.
func givenTo(arguments []string, names ...string) ([]string, error) {
	values := make([]string, len(names))
	for i, argument := range arguments {
		name, value, isNamed := strings.Cut(argument, "=")
		at := i
		if isNamed {
			name = strings.TrimSpace(name)
			if at = slices.Index(names, name); at < 0 {
				return nil, fmt.Errorf("got %q, want %s%s",
					name, strings.Join(names, ", "), suggest.Hint(name, names))
			}
			argument = strings.TrimSpace(value)
		}
		if at >= len(names) {
			return nil, fmt.Errorf("got %d values, want %s",
				len(arguments), strings.Join(names, ", "))
		}
		if values[at] != "" || argument == "" {
			return nil, fmt.Errorf("got %q, want one value for %s",
				strings.Join(arguments, ", "), names[at])
		}
		values[at] = argument
	}
	return values, nil
}

// durations is givenTo for formulas of durations alone, all of which must be given.
func durations(arguments []string, names ...string) ([]time.Duration, error) {
	texts, err := givenTo(arguments, names...)
	if err != nil {
		return nil, err
	}
	values := make([]time.Duration, len(texts))
	for i, text := range texts {
		if text == "" {
			return nil, fmt.Errorf("got no %s, want %s", names[i], strings.Join(names, ", "))
		}
		if values[i], err = parseDuration(text); err != nil {
			return nil, fmt.Errorf("%s: %w", names[i], err)
		}
	}
	return values, nil
}

func parseConstant(arguments []string) (Distribution, error) {
	values, err := durations(arguments, "value")
	if err != nil {
		return Distribution{}, err
	}
	return Constant(values[0]), nil
}

func parseUniform(arguments []string) (Distribution, error) {
	values, err := durations(arguments, "min", "max")
	if err != nil {
		return Distribution{}, err
	}
	if values[0] > values[1] {
		return Distribution{}, fmt.Errorf("got %v to %v, want no end before the start",
			values[0], values[1])
	}
	return Uniform(values[0], values[1]), nil
}

func parseExponential(arguments []string) (Distribution, error) {
	values, err := durations(arguments, "mean")
	if err != nil {
		return Distribution{}, err
	}
	if values[0] < time.Microsecond {
		return Distribution{}, fmt.Errorf("got the mean %v, want at least 1µs", values[0])
	}
	return Exponential(values[0]), nil
}

func parseLognormal(arguments []string) (Distribution, error) {
	values, err := durations(arguments, "p50", "p99")
	if err != nil {
		return Distribution{}, err
	}
	if values[0] < time.Microsecond || values[1] < values[0] {
		return Distribution{}, fmt.Errorf("got p50 %v and p99 %v, want p50 from 1µs, "+
			"and p99 not below it", values[0], values[1])
	}
	return Lognormal(values[0], values[1]), nil
}

func parsePareto(arguments []string) (Distribution, error) {
	texts, err := givenTo(arguments, "min", "alpha", "max")
	if err != nil {
		return Distribution{}, err
	}
	least, err := parseDuration(texts[0])
	if err != nil {
		return Distribution{}, fmt.Errorf("min: %w", err)
	}
	alpha, err := strconv.ParseFloat(texts[1], 64)
	if err != nil || !validAlpha(alpha) {
		return Distribution{}, fmt.Errorf("got the alpha %q, want 0.05 to 100", texts[1])
	}
	most := time.Duration(0)
	if texts[2] != "" {
		if most, err = parseDuration(texts[2]); err != nil {
			return Distribution{}, fmt.Errorf("max: %w", err)
		}
	}
	if least < time.Microsecond || most != 0 && most < least {
		return Distribution{}, fmt.Errorf("got %v to %v, want a min from 1µs, "+
			"and no max below it", least, most)
	}
	return Pareto(least, alpha, most), nil
}

// parseMix reads parts, each a share and a distribution.
func parseMix(arguments []string) (Distribution, error) {
	var parts []part
	var texts []string
	sum := uint32(0)
	for _, argument := range arguments {
		shareText, text, found := strings.Cut(argument, " ")
		if !found {
			return Distribution{}, fmt.Errorf("got %q, want a share and a distribution", argument)
		}
		share, err := parseShare(shareText)
		if err != nil {
			return Distribution{}, err
		}
		of, err := ParseDistribution(text)
		if err != nil {
			return Distribution{}, err
		}
		p := part{ppmOf(share), of}
		parts, texts = append(parts, p), append(texts, shareText+" "+of.String())
		sum += p.ppm
	}
	if sum != ppmWhole {
		return Distribution{}, fmt.Errorf("got shares of %d PPM together, want 100%%", sum)
	}
	return Distribution{
		formula: "mix(" + strings.Join(texts, ", ") + ")", points: mixture(parts),
	}, nil
}

// MarshalJSON writes the formula, or the quantiles as an object: {"0%": "5ms", "100%": "2s"}.
func (d Distribution) MarshalJSON() ([]byte, error) {
	if d.formula != "" || d.isNone() {
		return json.Marshal(d.formula)
	}
	text := []byte{'{'}
	for i, q := range d.points {
		if i > 0 {
			text = append(text, ',')
		}
		text = fmt.Appendf(text, `"%s%%":"%s"`, percentText(q.PPM), durationText(q.Value))
	}
	return append(text, '}'), nil
}

// UnmarshalJSON reads what MarshalJSON writes, and all that ParseDistribution does.
func (d *Distribution) UnmarshalJSON(raw []byte) error {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		read, err := ParseDistribution(text)
		*d = read
		return err
	}
	var points map[string]string
	if json.Unmarshal(raw, &points) != nil {
		return errors.New(`got no distribution, want a text such as "uniform(1s, 2s)" ` +
			`or quantiles such as {"0%": "5ms", "100%": "2s"}`)
	}
	read := Distribution{}
	for _, text := range slices.Sorted(maps.Keys(points)) {
		share, err := parseShare(text)
		if err != nil {
			return err
		}
		value, err := parseDuration(points[text])
		if err != nil {
			return err
		}
		read.points = append(read.points, Quantile{ppmOf(share), value})
	}
	slices.SortStableFunc(read.points, func(a, b Quantile) int { return int(a.PPM) - int(b.PPM) })
	*d = read
	return read.validate()
}

// percentText is a number of PPM in per cent.
func percentText(ppm uint32) string {
	text := fmt.Sprintf("%d.%04d", ppm/10_000, ppm%10_000)
	return strings.TrimRight(strings.TrimRight(text, "0"), ".")
}

func ppmOf(share float64) uint32 { return uint32(math.Round(share * ppmWhole)) }
