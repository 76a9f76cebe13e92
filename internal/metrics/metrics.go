// Package metrics counts what the server does, for Prometheus. docs/server.md lists the
// names; every one begins with kipmonitor_.
package metrics

import (
	"context"
	"errors"
	"net/http"
	"runtime"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics are the counters of one server. Make them with New.
type Metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	answers  *prometheus.HistogramVec
	panics   prometheus.Counter
	pages    *prometheus.CounterVec
	uploads  *prometheus.GaugeVec
	queries  *prometheus.HistogramVec
}

// seconds are the bounds of the histograms: from a cached page to the longest query.
var seconds = []float64{0.001, 0.005, 0.02, 0.1, 0.5, 2, 5, 20, 60}

// New returns the counters of a program of a release and a commit.
func New(release, commit string) *Metrics {
	name := func(name, help string) prometheus.Opts {
		return prometheus.Opts{Namespace: "kipmonitor", Name: name, Help: help}
	}
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts(name("requests_total", "Requests answered, by route, method and status.")), []string{"route", "method", "code"}),
		answers:  prometheus.NewHistogramVec(prometheus.HistogramOpts{Namespace: "kipmonitor", Name: "request_seconds", Help: "Time to answer a request, by route.", Buckets: seconds}, []string{"route"}),
		panics:   prometheus.NewCounter(prometheus.CounterOpts(name("panics_total", "Faults of the program that ended a request."))),
		pages:    prometheus.NewCounterVec(prometheus.CounterOpts(name("pages_total", "Pages that may be cached, by where they came from.")), []string{"from"}),
		uploads:  prometheus.NewGaugeVec(prometheus.GaugeOpts(name("uploads", "Files under way, by stage.")), []string{"stage"}),
		queries:  prometheus.NewHistogramVec(prometheus.HistogramOpts{Namespace: "kipmonitor", Name: "query_seconds", Help: "Time of a statement to the database, by name and outcome, with its wait.", Buckets: seconds}, []string{"query", "outcome"}),
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{Namespace: "kipmonitor", Name: "build_info", Help: "1, with what the program was built from.",
		ConstLabels: prometheus.Labels{"release": release, "commit": commit, "go": runtime.Version()}})
	build.Set(1)
	m.registry.MustRegister(m.requests, m.answers, m.panics, m.pages, m.uploads, m.queries, build,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Request counts an answered request.
func (m *Metrics) Request(route, method string, code int, took time.Duration) {
	m.requests.WithLabelValues(route, method, strconv.Itoa(code)).Inc()
	m.answers.WithLabelValues(route).Observe(took.Seconds())
}

// Panic counts a fault of the program.
func (m *Metrics) Panic() { m.panics.Inc() }

// Page counts where a page came from: "cache", "browser" (unchanged there) or "made".
func (m *Metrics) Page(from string) { m.pages.WithLabelValues(from).Inc() }

// Upload says that a file is at a stage, "receiving", "waiting" or "checking", until the
// function is called.
func (m *Metrics) Upload(stage string) (done func()) {
	if m == nil {
		return func() {}
	}
	gauge := m.uploads.WithLabelValues(stage)
	gauge.Inc()
	return gauge.Dec
}

// Query counts a statement to the database.
func (m *Metrics) Query(name string, took time.Duration, err error) {
	outcome := "ok"
	switch {
	case errors.Is(err, context.Canceled):
		outcome = "stopped"
	case err != nil:
		outcome = "error"
	}
	m.queries.WithLabelValues(name, outcome).Observe(took.Seconds())
}

// Handler answers with all counters.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError})
}
