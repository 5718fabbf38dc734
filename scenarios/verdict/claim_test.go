package verdict

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestClaimsAreRead(t *testing.T) {
	for text, want := range map[string]struct {
		metric string
		max    float64
		limit  float64
	}{
		"save_success >= 99.9%":                       {"save_success", 0.001, 0.999},
		"save_success@30s >= 99%":                     {"save_success@30s", 0.01, 0.99},
		"save_success@600s>=99.95%":                   {"save_success@10m", 0.0005, 0.9995},
		"mutation_durable >= 99.9 %":                  {"mutation_durable@60s", 0.001, 0.999},
		"pessimism <= 1%":                             {"pessimism", 0.01, 0.01},
		" p99( save_latency ) <= 2s ":                 {"save_latency", 0.01, 2},
		"p99.9(save_latency) <= 1m":                   {"save_latency", 0.001, 60},
		"max(recovery) <= 60s":                        {"recovery", 0, 60},
		"queue_drops == 0":                            {"queue_drops", 0, 0},
		"amplification <= 2.5":                        {"amplification", 2.5, 2.5},
		"violations(*) == 0":                          {"violations", 0, 0},
		"save_success{weather=calm, u = 1%} >= 99.9%": {"save_success", 0.001, 0.999},
	} {
		c, err := ParseClaim(text)
		require.NoError(t, err)
		require.Equal(t, want.metric, c.Metric, text)
		require.Equal(t, want.limit, c.limit, text)
		require.Equal(t, want.max, c.failuresMax(), text)
	}
	c, err := ParseClaim("violations(I1, I4b) == 0")
	require.NoError(t, err)
	require.Equal(t, []string{"I1", "I4b"}, c.Invariants)
	c, err = ParseClaim("violations(*){weather=calm} == 0")
	require.NoError(t, err)
	require.Contains(t, c.Invariants, "I12b")
	require.NotContains(t, c.Invariants, "I13", "it is no invariant of zero tolerance")
	require.True(t, c.about("system=plain weather=calm"))
	require.False(t, c.about("system=plain weather=calmer"))
}

func TestClaimsThatCannotBeJudgedAreRefused(t *testing.T) {
	for text, want := range map[string]string{
		"save_sucess >= 99.9%":        `unknown metric "save_sucess"; did you mean "save_success"?`,
		"save_success":                `want something like`,
		"save_success >= 100%":        `no number of worlds proves 100%`,
		"save_success >= 0.999":       `got the limit "0.999", want a share such as 99.9%`,
		"save_success <= 99.9%":       `got "<=", want ">="`,
		"save_success@0s >= 99%":      `got the deadline 0s, want a positive one`,
		"session_final@30s >= 99%":    `session_final has no deadline`,
		"p99(save_success) >= 99%":    `save_success is a number, not a distribution`,
		"save_latency <= 2s":          `want max(save_latency) or a percentile, as p99(save_latency)`,
		"mean(loss_seconds) <= 1s":    `a mean cannot be judged`,
		"p100(save_latency) <= 2s":    `unknown function "p100", want max or a percentile`,
		"p99(save_latency) <= 2":      `got the limit "2", want a length of time such as 2s`,
		"max(recovery) < 60s":         `got "<", want "<="`,
		"violations(I99) == 0":        `unknown invariant "I99"`,
		"violations(I1, I1) == 0":     `I1 is there twice`,
		"violations(I1) <= 3":         `got "<=", want "=="`,
		"violations(I1) == 3":         `violations can be claimed to be 0`,
		"violations == 0":             `want the invariants`,
		"save_success{calm} >= 99.9%": `got the cell "calm", want name=value`,
	} {
		_, err := ParseClaim(text)
		require.ErrorContains(t, err, want, text)
		require.ErrorContains(t, err, text)
	}
}
