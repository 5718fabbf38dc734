package control

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metrics counts for Prometheus. Labels have few values: no store or key is among them.
type metrics struct {
	page      http.Handler
	requests  *prometheus.CounterVec
	durations *prometheus.HistogramVec
	faults    *prometheus.CounterVec
	followers prometheus.Gauge
}

func newMetrics(h *Handler) *metrics {
	m := &metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "savestone_requests_total",
			Help: "Requests answered, by universe, who asked, operation and status.",
		}, []string{"universe", "origin", "op", "status"}),
		durations: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "savestone_request_duration_seconds", Help: "Real time that requests took.",
			Buckets: prometheus.ExponentialBuckets(0.0001, 4, 9),
		}, []string{"op"}),
		faults: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "savestone_faults_total", Help: "Faults that hit requests, by kind.",
		}, []string{"universe", "kind"}),
		followers: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "savestone_log_followers", Help: "Streams of the request log that are open.",
		}),
	}
	dropped := prometheus.NewCounterFunc(prometheus.CounterOpts{
		Name: "savestone_log_dropped_total", Help: "Entries that slow followers of the log missed.",
	}, func() float64 {
		_, dropped := h.log.counts()
		return float64(dropped)
	})
	registry := prometheus.NewRegistry()
	registry.MustRegister(m.requests, m.durations, m.faults, m.followers, dropped,
		&universeCollector{h}, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.page = promhttp.HandlerFor(registry, promhttp.HandlerOpts{})
	return m
}

// count counts a request.
func (m *metrics) count(e *Entry, took time.Duration) {
	universe, origin, op := strconv.FormatInt(e.Universe, 10), "open-cloud", e.Op
	if e.Origin != origin {
		origin = "server"
	}
	if op == "" {
		op = "none"
	}
	m.requests.WithLabelValues(universe, origin, op, strconv.Itoa(e.Status)).Inc()
	m.durations.WithLabelValues(op).Observe(took.Seconds())
	for _, hit := range e.Faults {
		m.faults.WithLabelValues(universe, hit.Kind).Inc()
	}
}

// universeCollector tells how universes stand when it is asked.
type universeCollector struct{ handler *Handler }

var (
	clockDesc = prometheus.NewDesc("savestone_clock_seconds",
		"The universe's time in Unix seconds.", []string{"universe"}, nil)
	rateDesc = prometheus.NewDesc("savestone_clock_rate",
		"Seconds of the universe for each real second.", []string{"universe"}, nil)
	usersDesc = prometheus.NewDesc("savestone_users",
		"Users that the experience's budgets grow with.", []string{"universe"}, nil)
	serversDesc = prometheus.NewDesc("savestone_servers",
		"Game servers in the universe.", []string{"universe"}, nil)
	rulesDesc = prometheus.NewDesc("savestone_fault_rules",
		"Rules for faults, on or off.", []string{"universe"}, nil)
	usedDesc = prometheus.NewDesc("savestone_budget_used",
		"Requests within the last minute, of a budget of the experience.",
		[]string{"universe", "type"}, nil)
	limitDesc = prometheus.NewDesc("savestone_budget_limit",
		"Requests a minute that a budget of the experience allows.",
		[]string{"universe", "type"}, nil)
)

// Describe implements prometheus.Collector.
func (c *universeCollector) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{
		clockDesc, rateDesc, usersDesc, serversDesc, rulesDesc, usedDesc, limitDesc,
	} {
		out <- d
	}
}

// Collect implements prometheus.Collector.
func (c *universeCollector) Collect(out chan<- prometheus.Metric) {
	for _, u := range c.handler.options.Universes.All() {
		id := strconv.FormatInt(u.ID, 10)
		gauge := func(d *prometheus.Desc, value float64, labels ...string) {
			out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value,
				append([]string{id}, labels...)...)
		}
		clock := u.Clock.State()
		gauge(clockDesc, float64(clock.Now.UnixMilli())/1000)
		gauge(rateDesc, clock.Rate)
		gauge(usersDesc, float64(u.Users()))
		gauge(serversDesc, float64(len(u.Servers())))
		gauge(rulesDesc, float64(len(u.Faults.List())))
		for _, b := range u.Emulator.Standing(0).Budgets {
			gauge(usedDesc, float64(b.Used), b.Type.String())
			gauge(limitDesc, float64(b.PerMinute), b.Type.String())
		}
	}
}

func (c *call) showMetrics() (any, error) {
	c.handler.metrics.page.ServeHTTP(c.writer, c.http)
	return nil, nil
}
