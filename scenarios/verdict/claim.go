package verdict

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Claim is a sentence about worlds that their rows can prove or refute.
type Claim struct {
	Text       string
	Metric     string   // as in Row.Counts and Row.Samples: "save_success@10m"
	Invariants []string // of violations
	Cells      []string // "weather=calm": it is about the cells that have all of these
	Quantile   float64  // 0.99 of p99(…), 1 of max(…), 0 else

	metric  metric
	within  time.Duration
	atLeast bool    // else at most
	limit   float64 // a share, seconds, or a number
}

var claimForm = regexp.MustCompile(
	`^\s*(?:([a-z0-9.]+)\s*\(\s*([^()]*?)\s*\)|([a-z_0-9]+(?:@[0-9a-z.]+)?))` +
		`\s*(?:\{([^{}]*)\})?\s*(>=|<=|==|<|>|=|!=)\s*(\S.*?)\s*$`)

const claimExamples = `"save_success@30s >= 99.9%", "violations(I1, I2) == 0", ` +
	`"p99(save_latency) <= 2s" or "max(recovery) <= 60s"`

// ParseClaims reads claims. Its errors say what is wrong with which claim.
func ParseClaims(texts []string) ([]Claim, error) {
	claims := make([]Claim, 0, len(texts))
	for _, text := range texts {
		claim, err := ParseClaim(text)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(claims, func(c Claim) bool { return c.Text == text }) {
			return nil, fmt.Errorf("claim %q is there twice", text)
		}
		claims = append(claims, claim)
	}
	return claims, nil
}

// ParseClaim reads one claim.
func ParseClaim(text string) (Claim, error) {
	parts := claimForm.FindStringSubmatch(text)
	if parts == nil {
		return Claim{}, fmt.Errorf("claim %q: want something like %s", text, claimExamples)
	}
	function, argument, plain, cells, compare, limit := parts[1], parts[2], parts[3], parts[4],
		parts[5], parts[6]
	c := Claim{Text: text}
	err := c.subject(function, argument, plain)
	if err == nil {
		c.Cells, err = parseCells(cells)
	}
	if err == nil {
		err = c.bound(compare, limit)
	}
	if err != nil {
		return Claim{}, fmt.Errorf("claim %q: %w", text, err)
	}
	return c, nil
}

// subject reads what a claim is about.
func (c *Claim) subject(function, argument, plain string) (err error) {
	if function == "check" {
		c.Metric = "check(" + argument + ")"
		c.metric = metric{c.Metric, share, 0, "what the scenario checks itself"}
		return nil
	}
	if function == violations {
		c.Metric, c.metric, err = violations, metrics[len(metrics)-1], nil
		c.Invariants, err = parseInvariants(argument)
		return err
	}
	name, within, err := splitDeadline(cmp.Or(plain, argument))
	if err != nil {
		return err
	}
	if c.metric, err = metricNamed(name); err != nil {
		return err
	}
	if err := c.function(function); err != nil {
		return err
	}
	c.Metric, c.within = name, within
	if within > 0 {
		if c.metric.within == 0 {
			return fmt.Errorf("%s has no deadline", name)
		}
		c.Metric = withDeadline(name, within)
	} else if name == "mutation_durable" {
		c.Metric, c.within = withDeadline(name, mutationWithin), mutationWithin
	}
	return nil
}

// function reads which part of a distribution a claim is about.
func (c *Claim) function(function string) error {
	lasts := c.metric.measure == lasting
	percentile, isPercentile := strings.CutPrefix(function, "p")
	switch {
	case c.metric.measure == broken:
		return fmt.Errorf("want the invariants: violations(I1, I2) or violations(*)")
	case function == "" && lasts:
		return fmt.Errorf("want max(%[1]s) or a percentile, as p99(%[1]s)", c.metric.name)
	case function == "":
		return nil
	case function == "mean" || function == "avg":
		return fmt.Errorf("a mean cannot be judged: one rare long case that no world has shown " +
			"moves it at will; ask for a percentile, or for max")
	case !lasts:
		return fmt.Errorf("%s is a number, not a distribution: leave out %s()",
			c.metric.name, function)
	case function == "max":
		c.Quantile = 1
		return nil
	case isPercentile:
		p, err := strconv.ParseFloat(percentile, 64)
		if err == nil && p > 0 && p < 100 {
			c.Quantile = p / 100
			return nil
		}
	}
	return fmt.Errorf("unknown function %q, want max or a percentile such as p99", function)
}

func parseInvariants(text string) ([]string, error) {
	if text == "*" {
		return zeroTolerance(), nil
	}
	var ids []string
	for id := range strings.SplitSeq(text, ",") {
		id = strings.TrimSpace(id)
		if !knownInvariant(id) {
			return nil, unknown("invariant", id, invariantIDs())
		}
		if slices.Contains(ids, id) {
			return nil, fmt.Errorf("%s is there twice", id)
		}
		ids = append(ids, id)
	}
	return ids, nil
}

func parseCells(text string) ([]string, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	var cells []string
	for pair := range strings.SplitSeq(text, ",") {
		name, value, ok := strings.Cut(pair, "=")
		name, value = strings.TrimSpace(name), strings.Trim(strings.TrimSpace(value), `"`)
		if !ok || name == "" || value == "" {
			return nil, fmt.Errorf("got the cell %q, want name=value", pair)
		}
		cells = append(cells, name+"="+value)
	}
	return cells, nil
}

// bound reads what a claim compares with.
func (c *Claim) bound(compare, text string) error {
	want := "<="
	switch c.metric.measure {
	case share:
		want = ">="
	case broken:
		want = "=="
	}
	c.atLeast = want == ">="
	if compare != want && !(compare == "==" && text == "0" && c.metric.measure == number) {
		return fmt.Errorf("got %q, want %q", compare, want)
	}
	var err error
	switch c.metric.measure {
	case share, failing:
		err = c.shareBound(text)
	case lasting:
		var span time.Duration
		span, err = time.ParseDuration(text)
		if err == nil && span < 0 {
			err = errors.New("negative")
		}
		if err != nil {
			return fmt.Errorf("got the limit %q, want a length of time such as 2s", text)
		}
		c.limit = span.Seconds()
	case number:
		c.limit, err = strconv.ParseFloat(text, 64)
		if err != nil || c.limit < 0 || math.IsInf(c.limit, 0) || math.IsNaN(c.limit) {
			return fmt.Errorf("got the limit %q, want a number", text)
		}
	case broken:
		if text != "0" {
			return fmt.Errorf("got %q: violations can be claimed to be 0 and nothing else", text)
		}
	}
	return err
}

func (c *Claim) shareBound(text string) error {
	percent, isPercent := strings.CutSuffix(text, "%")
	x, err := strconv.ParseFloat(strings.TrimSpace(percent), 64)
	if err != nil || !isPercent || !(x >= 0 && x <= 100) {
		return fmt.Errorf("got the limit %q, want a share such as 99.9%%", text)
	}
	c.limit = math.Round(x*1e9) / 1e11
	if x == 0 || x == 100 {
		return fmt.Errorf("no number of worlds proves %s; want a little less, such as 99.9%%, "+
			"or what must never happen as violations(...) == 0", text)
	}
	return nil
}

// failuresMax is the share of trials that may fail, of a claim about a share.
func (c *Claim) failuresMax() float64 {
	switch {
	case c.metric.measure == lasting:
		return math.Round((1-c.Quantile)*1e12) / 1e12
	case c.atLeast:
		return math.Round((1-c.limit)*1e12) / 1e12
	}
	return c.limit
}

// Metrics lists what claims are about, without repetition: what RowOf must have measured.
func Metrics(claims []Claim) []string {
	var names []string
	for _, c := range claims {
		if !slices.Contains(names, c.Metric) {
			names = append(names, c.Metric)
		}
	}
	return names
}
