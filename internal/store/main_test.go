package store_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"kipmonitor/internal/account"
	"kipmonitor/internal/figure"
	"kipmonitor/internal/intake"
	"kipmonitor/internal/programme"
	"kipmonitor/internal/store"
	"kipmonitor/internal/submission"
	"kipmonitor/seed"
)

// serverVariable names the address of a ClickHouse server whose database may be
// emptied: the tests run against it too.
const serverVariable = "KIPMONITOR_TEST_CLICKHOUSE"

// The engine boots once per process: all tests share it and empty the tables.
var shared struct {
	programme *programme.Programme // the seed
	small     *programme.Programme // a definition of a few entries
	store     *store.Store         // of the seed
	folder    string
	cluster   string // address of a cluster, where this process tests one
}

// Who sends and decides in the tests: two, since nobody accepts what they sent.
var (
	office = account.Viewer{Email: "test@example.ch", Role: account.Coordination}
	other  = account.Viewer{Email: "other@example.ch", Role: account.Coordination}
)

func TestMain(m *testing.M) {
	if folder := os.Getenv(writerVariable); folder != "" {
		os.Exit(runWriter(folder))
	}
	if folder := os.Getenv(deskVariable); folder != "" {
		os.Exit(runDesk(folder))
	}
	if folder := os.Getenv(makerVariable); folder != "" {
		os.Exit(runMaker(folder))
	}
	if folder := os.Getenv(backupVariable); folder != "" {
		os.Exit(runBackup(folder))
	}
	if folder := os.Getenv(readerVariable); folder != "" {
		os.Exit(runReader(folder))
	}
	os.Exit(run(m))
}

func run(m *testing.M) int {
	var err error
	if shared.programme, err = programme.Load(seed.Files); err != nil {
		panic(err)
	}
	if shared.small, err = programme.Load(os.DirFS("testdata/programme")); err != nil {
		panic(err)
	}
	if shared.folder, err = os.MkdirTemp("", "store"); err != nil {
		panic(err)
	}
	defer os.RemoveAll(shared.folder)
	if os.Getenv(clusterVariable) != "" {
		return runCluster(m)
	}
	if shared.store, err = store.Open(context.Background(), store.Config{Folder: shared.folder}, shared.programme); err != nil {
		panic(err)
	}
	defer func() { _ = shared.store.Close() }()
	return m.Run()
}

// engines runs a test with empty tables on each engine that there is: embedded
// in process, embedded through a socket, and a server.
func engines(t *testing.T, test func(t *testing.T, s *store.Store)) {
	if shared.cluster != "" {
		t.Run("through distributed tables", func(t *testing.T) {
			s := open(t, shared.cluster)
			distributed, err := s.Count(t.Context(), "SELECT count() FROM system.tables WHERE engine = 'Distributed'")
			must(t, err)
			if distributed != uint64(len(store.Tables)+1) {
				t.Fatalf("%d distributed tables", distributed)
			}
			empty(t, s)
			test(t, s)
		})
		return
	}
	t.Run("in process", func(t *testing.T) {
		s := shared.store.With(shared.small)
		empty(t, s)
		test(t, s)
	})
	t.Run("over HTTP", func(t *testing.T) {
		server := httptest.NewServer(shared.store.Engine())
		defer server.Close()
		s := open(t, server.URL)
		empty(t, s)
		test(t, s)
	})
	if address := os.Getenv(serverVariable); address != "" {
		t.Run("on a server", func(t *testing.T) {
			s := open(t, address)
			empty(t, s)
			test(t, s)
		})
	}
}

func open(t *testing.T, address string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), store.Config{Address: address}, shared.small)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func empty(t testing.TB, s *store.Store) {
	t.Helper()
	for _, table := range store.Tables {
		if shared.cluster != "" {
			table += "_local"
		}
		must(t, s.Exec(t.Context(), "TRUNCATE TABLE "+table))
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// delivery is a submission of a test, with the figures of its file.
type delivery struct {
	form         figure.Form
	organisation figure.Organisation
	period       string
	at           time.Time // submitted; the zero time: not submitted
	figures      []figure.Observation
}

func day(month time.Month, d int) time.Time { return time.Date(2025, month, d, 12, 0, 0, 0, time.UTC) }

// deliver keeps a delivery as the service would.
func deliver(t testing.TB, s *store.Store, d delivery) submission.ID {
	t.Helper()
	one, file := describe(t, d)
	must(t, s.Keep(t.Context(), one, file, func(emit func([]figure.Observation) error) error { return emit(d.figures) }))
	return one.ID
}

func describe(t testing.TB, d delivery) (submission.Submission, intake.File) {
	t.Helper()
	period, err := figure.ParsePeriod(d.period)
	must(t, err)
	id := submission.ID(uuid.NewString())
	events := []submission.Event{{Kind: submission.Received, At: day(time.January, 1), By: "test"}}
	if !d.at.IsZero() {
		events = []submission.Event{{Kind: submission.Received, At: d.at, By: "test"}, {Kind: submission.Submitted, At: d.at, By: "test"}}
	}
	return submission.Submission{ID: id, Form: d.form, FormVersion: "1", Organisation: d.organisation, Period: period, FileName: string(id) + ".csv",
		SHA256: "hash of " + string(id), Size: 5, Rows: len(d.figures), Observations: len(d.figures), Definition: "test", Report: []byte("{}"), Events: events}, file("x.csv", "a;b;c")
}

func record(t testing.TB, s *store.Store, id submission.ID, kind submission.EventKind, at time.Time) {
	t.Helper()
	must(t, s.Record(t.Context(), id, nil, submission.Event{Kind: kind, At: at, By: "desk", Reason: "test"}))
}

func file(name, content string) intake.File {
	return intake.File{Name: name, Size: int64(len(content)), Content: strings.NewReader(content)}
}

// given is a figure that counts for a total alone; total a figure that counts by
// whatever is asked.
func given(id figure.KeyFigure, value int64) figure.Observation {
	return figure.Observation{KeyFigure: id, Value: figure.Whole(value), Margins: 1, Cell: figure.Cell{Row: 2, Column: 3}}
}

// sums answers a question in short words: "arrivals 2025 = 12".
func sums(t testing.TB, s *store.Store, question figure.Question) string {
	t.Helper()
	answer, err := s.Sums(t.Context(), question)
	must(t, err)
	var lines []string
	for _, sum := range answer {
		line := fmt.Sprint(sum.KeyFigure, " ", sum.Period)
		for _, part := range []string{string(sum.Organisation), string(sum.Measure), string(sum.Sex), string(sum.Age), string(sum.Further)} {
			if part != "" {
				line += " " + part
			}
		}
		if sum.Municipality != 0 {
			line += fmt.Sprint(" ", sum.Municipality)
		}
		line += " = "
		if sum.Given > 0 {
			line += sum.Value.String()
		} else {
			line += "?"
		}
		if sum.Missing > 0 {
			line += fmt.Sprint(", missing ", sum.Missing)
		}
		if sum.NotApplicable > 0 {
			line += fmt.Sprint(", not applicable ", sum.NotApplicable)
		}
		if sum.Provisional {
			line += ", provisional"
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "; ")
}

func ask(ids ...figure.KeyFigure) figure.Question {
	return figure.Question{Figures: ids, Years: []figure.Year{2025}}
}
