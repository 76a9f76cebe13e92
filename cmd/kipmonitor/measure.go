package main

import (
	"context"
	"os"

	"kipmonitor/internal/connection"
	"kipmonitor/internal/health"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/metrics"
)

// shortToken is how long a token for the measurements is at least.
const shortToken = 16

// metricsToken reads the token with which others than this machine may read /metrics.
func metricsToken() (string, error) {
	token := os.Getenv(metricsTokenVariable)
	if token != "" && len(token) < shortToken {
		return "", newFault("short_token", locale.Args{"variable": metricsTokenVariable, "count": shortToken})
	}
	return token, nil
}

// watchState adds what is asked when the measurements are read.
func (o *options) watchState(app *app, ready *health.Health) {
	counts := func(ask func(context.Context) (map[string]uint64, error)) func(context.Context) ([]metrics.Value, error) {
		return func(ctx context.Context) ([]metrics.Value, error) {
			all, err := ask(ctx)
			var values []metrics.Value
			for label, count := range all {
				values = append(values, metrics.Value{Label: label, Value: float64(count)})
			}
			return values, err
		}
	}
	single := func(ask func(context.Context) (float64, error)) func(context.Context) ([]metrics.Value, error) {
		return func(ctx context.Context) ([]metrics.Value, error) {
			value, err := ask(ctx)
			return []metrics.Value{{Value: value}}, err
		}
	}
	app.metrics.Watch(
		metrics.State{Name: "submissions", Help: "Submissions, by state.", Label: "state", Ask: counts(app.store.States)},
		metrics.State{Name: "engine_parts", Help: "Parts of the database, by table.", Label: "table", Ask: counts(func(ctx context.Context) (map[string]uint64, error) {
			parts, _, err := app.store.Parts(ctx)
			return parts, err
		})},
		metrics.State{Name: "engine_bytes", Help: "Bytes of the database on the disk, by table.", Label: "table", Ask: counts(func(ctx context.Context) (map[string]uint64, error) {
			_, size, err := app.store.Parts(ctx)
			return size, err
		})},
		metrics.State{Name: "engine_memory_bytes", Help: "Memory that the database has taken.", Ask: single(func(ctx context.Context) (float64, error) {
			memory, err := app.store.Memory(ctx)
			return float64(memory), err
		})},
		metrics.State{Name: "statements_waiting", Help: "Statements that wait for the database, by lane.", Label: "lane", Ask: func(context.Context) ([]metrics.Value, error) {
			var values []metrics.Value
			for lane, count := range app.store.Waiting() {
				values = append(values, metrics.Value{Label: lane, Value: float64(count)})
			}
			return values, nil
		}},
		metrics.State{Name: "check_ok", Help: "1 while a check of /health/ready passes, integrity among them.", Label: "check", Ask: func(ctx context.Context) ([]metrics.Value, error) {
			results, _ := ready.Ask(ctx)
			var values []metrics.Value
			for _, one := range results {
				value := 1.0
				if one.Err != nil {
					value = 0
				}
				values = append(values, metrics.Value{Label: one.Name, Value: value})
			}
			return values, nil
		}},
		metrics.State{Name: "disk_free_bytes", Help: "Bytes that are free on the disk of the data folder.", Ask: single(func(context.Context) (float64, error) {
			free, err := health.Free(o.data)
			return float64(free), err
		})},
	)
}

// watchConnections adds how many connections are open.
func (a *app) watchConnections(listener *connection.Listener) {
	a.metrics.Watch(metrics.State{Name: "connections", Help: "Connections that are open.", Ask: func(context.Context) ([]metrics.Value, error) {
		return []metrics.Value{{Value: float64(listener.Open())}}, nil
	}})
}
