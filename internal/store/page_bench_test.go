package store_test

import (
	"fmt"
	"io"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"golang.org/x/sync/errgroup"

	"kipmonitor/dashboards"
	"kipmonitor/internal/account"
	"kipmonitor/internal/dashboard"
	"kipmonitor/internal/figure"
	"kipmonitor/internal/indicator"
	"kipmonitor/internal/submission"
	"kipmonitor/internal/web"
)

// BenchmarkOverview20M asks for the overview over 20 million observations with
// nothing cached, against the bare SQL that it needs, and then again with nothing
// new taken in.
func BenchmarkOverview20M(b *testing.B) {
	_, years := fill20M(b)
	today := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	var bare []string
	for _, q := range indicator.Questions(shared.programme, dashboard.All(shared.programme), "", years, time.Time{}) {
		bare = append(bare, bareSQL(q))
	}
	accounts, err := account.NewService(shared.store, account.NewKey(), time.Now)
	must(b, err)
	must(b, accounts.EnsureDemo(b.Context(), []account.Account{{Email: "leserin@demo.invalid", Name: "Leserin", Role: account.Coordination}}))
	login, err := accounts.DemoLogin(b.Context(), "leserin@demo.invalid", account.Origin{})
	must(b, err)
	newPages := func() *fiber.App {
		boards, err := dashboard.Load(dashboards.Files, shared.programme)
		if err != nil {
			b.Fatal(err)
		}
		pages, err := web.New(web.Config{Programme: shared.programme, Boards: boards, Figures: shared.store, Submissions: submission.NewService(shared.programme, shared.store),
			Accounts: accounts, Ledger: shared.store, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Now: func() time.Time { return today }, QueryTime: time.Minute, Uploads: b.TempDir()})
		if err != nil {
			b.Fatal(err)
		}
		return pages
	}
	get := func(pages *fiber.App, path string) time.Duration {
		request := httptest.NewRequest("GET", path, nil)
		request.Host = "127.0.0.1"
		request.Header.Set("Cookie", "kip_session="+login.Secret)
		start := time.Now()
		response, err := pages.Test(request, -1)
		if err != nil || response.StatusCode != 200 {
			b.Fatalf("%v, %v", response, err)
		}
		return time.Since(start)
	}
	var sql, first, again time.Duration
	rounds := 0
	for b.Loop() {
		start := time.Now()
		var group errgroup.Group
		group.SetLimit(3)
		for _, statement := range bare {
			group.Go(func() error { return shared.store.Exec(b.Context(), statement) })
		}
		if err := group.Wait(); err != nil {
			b.Fatal(err)
		}
		sql += time.Since(start)
		pages := newPages()
		first += get(pages, "/de/")
		again += get(pages, "/de/")
		rounds++
	}
	b.ReportMetric(sql.Seconds()*1000/float64(rounds), "ms/bare")
	b.ReportMetric(first.Seconds()*1000/float64(rounds), "ms/page")
	b.ReportMetric(float64(first)/float64(sql), "x-bare")
	b.ReportMetric(again.Seconds()*1000/float64(rounds), "ms/again")
}

// bareSQL sums what a question asks for, and nothing else.
func bareSQL(q figure.Question) string {
	columns := "key_figure, year"
	for _, one := range []struct {
		asked bool
		name  string
	}{{q.Margin&figure.BySex != 0, "sex"}, {q.Margin&figure.ByAge != 0, "age"}, {q.Margin&figure.ByStatus != 0, "status"},
		{q.By&figure.ByMunicipality != 0, "municipality"}, {q.By&figure.ByMeasure != 0, "measure"}, {q.By&figure.ByFurther != 0, "further"}} {
		if one.asked {
			columns += ", " + one.name
		}
	}
	return fmt.Sprintf("SELECT %s, sumOrNull(value), countIf(mark = 0), countIf(mark = 1), countIf(mark = 2) FROM observations WHERE key_figure IN ('%s') AND bitTest(margins, %d) GROUP BY %s",
		columns, strings.Join(textsOf(q.Figures), "','"), q.Margin, columns)
}
