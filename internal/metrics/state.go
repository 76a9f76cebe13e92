package metrics

import (
	"context"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"kipmonitor/internal/panics"
)

// Value is a number of the state of the server, with the value of its label where it has
// one.
type Value struct {
	Label string
	Value float64
}

// State is something that is asked when the counters are, such as the number of
// submissions. Name is without the prefix; Label "" for a single value.
type State struct {
	Name, Help, Label string
	Ask               func(ctx context.Context) ([]Value, error)
}

// askedAgain is after what time the state is asked anew: a scrape costs the database
// little, however often it comes.
const askedAgain = 10 * time.Second

// askTime bounds what is asked for a scrape.
const askTime = 5 * time.Second

// Watch adds what is asked at a scrape. What cannot be asked is left out of it.
func (m *Metrics) Watch(states ...State) {
	for _, one := range states {
		var labels []string
		if one.Label != "" {
			labels = []string{one.Label}
		}
		m.registry.MustRegister(&watched{State: one, description: prometheus.NewDesc("kipmonitor_"+one.Name, one.Help, labels, nil)})
	}
}

type watched struct {
	State
	description *prometheus.Desc

	mutex  sync.Mutex
	at     time.Time
	values []Value
}

// Describe implements prometheus.Collector.
func (w *watched) Describe(out chan<- *prometheus.Desc) { out <- w.description }

// Collect implements prometheus.Collector.
func (w *watched) Collect(out chan<- prometheus.Metric) {
	for _, one := range w.ask() {
		var labels []string
		if w.Label != "" {
			labels = []string{one.Label}
		}
		out <- prometheus.MustNewConstMetric(w.description, prometheus.GaugeValue, one.Value, labels...)
	}
}

func (w *watched) ask() []Value {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	if time.Since(w.at) < askedAgain {
		return w.values
	}
	ctx, cancel := context.WithTimeout(context.Background(), askTime)
	defer cancel()
	var values []Value
	if panics.Try(func() (err error) { values, err = w.Ask(ctx); return err }) != nil {
		values = nil
	}
	w.values, w.at = values, time.Now()
	return values
}
