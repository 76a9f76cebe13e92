package main

import (
	"bytes"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"kipmonitor/internal/account"
	"kipmonitor/internal/figure"
	"kipmonitor/internal/programme"
	"kipmonitor/internal/submission"
)

// The sizes of a load: the whole one, or with -short, as the ordinary tests run each
// benchmark once, a small one.
func manySenders() int { return sized(50, 3) }
func rowsOfEach() int  { return sized(5000, 100) }

func sized(whole, small int) int {
	if testing.Short() {
		return small
	}
	return whole
}

// BenchmarkSenders has 50 senders upload and submit a file of 5,000 rows each, all at
// once, while a reader reloads the overview. It fails where a file is lost, and
// measures what the reader waits, against the same at rest.
func BenchmarkSenders(b *testing.B) {
	s := newSite(b)
	reader, _ := s.client(b, "steuerung@demo.invalid")
	senders := s.senders(b)
	for b.Loop() {
		reload := func() time.Duration {
			start := time.Now()
			if status := get(b, reader, s.address+"/de/"); status != http.StatusOK {
				b.Errorf("the overview: status %d", status)
			}
			return time.Since(start)
		}
		reload()
		var rest, load []time.Duration
		for range sized(100, 5) {
			rest = append(rest, reload())
			time.Sleep(20 * time.Millisecond)
		}
		start := time.Now()
		var group sync.WaitGroup
		ids := make([]submission.ID, len(senders))
		for i, one := range senders {
			group.Go(func() { ids[i] = one.send(b, s) })
		}
		done := make(chan struct{})
		go func() { group.Wait(); close(done) }()
		for running := true; running; {
			select {
			case <-done:
				running = false
			case <-time.After(20 * time.Millisecond):
				load = append(load, reload())
			}
		}
		b.ReportMetric(time.Since(start).Seconds(), "s/50-files")
		s.allThere(b, ids)
		median := func(of []time.Duration) float64 { slices.Sort(of); return of[len(of)/2].Seconds() * 1000 }
		b.ReportMetric(median(rest), "ms/rest")
		b.ReportMetric(median(load), "ms/load")
		b.ReportMetric(load[len(load)-1].Seconds()*1000, "ms/load-worst")
		b.ReportMetric(median(load)/median(rest), "x-rest")
		for i := range senders {
			senders[i].round++ // the next round sends corrections
		}
	}
}

// allThere checks that every submission counts, with all its figures.
func (s *site) allThere(b *testing.B, ids []submission.ID) {
	b.Helper()
	all, err := s.app.store.Submissions(b.Context(), submission.Filter{IDs: ids})
	must(b, err)
	if len(all) != len(ids) {
		b.Fatalf("%d of %d submissions are there", len(all), len(ids))
	}
	for _, one := range all {
		observations, err := s.app.store.Observations(b.Context(), one)
		must(b, err)
		if !one.Counts() || len(observations) != rowsOfEach() || one.Observations != rowsOfEach() {
			b.Errorf("%s: %s, %d figures", one.ID, one.State(), len(observations))
		}
	}
}

// loadSender is a person who sends one file.
type loadSender struct {
	client       *http.Client
	csrf         string
	organisation figure.Organisation
	period       figure.Period
	rows         string
	round        int
}

// senders finds organisations and periods that owe the form of courses, and makes an
// account for each.
func (s *site) senders(b *testing.B) []loadSender {
	b.Helper()
	p := s.app.programme
	form := p.FormsOf("course_participations")[0]
	var all []loadSender
	var accounts []account.Account
	for year := p.DataFrom; year <= 2025; year++ {
		for _, part := range form.Periodicity.Parts() {
			period := figure.Period{Year: year, Part: part}
			for i := range p.Organisations {
				office := &p.Organisations[i]
				if len(all) == manySenders() || office.Kind != programme.Provider || !p.Owes(office, form, period) {
					continue
				}
				all = append(all, loadSender{organisation: office.Code, period: period, rows: courseRows(p, office.Code, period)})
				accounts = append(accounts, account.Account{Email: fmt.Sprintf("load%d@demo.invalid", len(all)), Name: "Load", Role: account.Sender, Organisation: office.Code})
			}
		}
	}
	if len(all) < manySenders() {
		b.Fatalf("only %d senders", len(all))
	}
	must(b, s.app.accounts.EnsureDemo(b.Context(), accounts))
	for i := range all {
		all[i].client, all[i].csrf = s.client(b, accounts[i].Email)
	}
	return all
}

// courseRows are the rows of a file in the long layout.
func courseRows(p *programme.Programme, code figure.Organisation, period figure.Period) string {
	measure := slices.IndexFunc(p.Measures, func(m programme.Measure) bool {
		return m.Organisation == code && m.Area == "FB2" && m.Start <= period.Year && period.Year <= m.End
	})
	var out strings.Builder
	written := 0
	for _, m := range p.MunicipalitiesIn(period.Year) {
		for _, sex := range p.Dimension("sex").Codes {
			for _, age := range p.Dimension("age").Codes {
				for _, status := range p.Dimension("status").Codes {
					if written == rowsOfEach() {
						return out.String()
					}
					fmt.Fprintf(&out, "%s;%s;%s;%d;%s;%s;%s;A1;intensive;course_participations;5;%%d\n", code, period, p.Measures[measure].Code, m.Number, sex.Code, age.Code, status.Code)
					written++
				}
			}
		}
	}
	return out.String()
}

// courseHead is the header of the rows of courseRows.
const courseHead = "Organisation;Periode;Massnahme;Gemeinde;Geschlecht;Altersklasse;Aufenthaltsstatus;Sprachniveau;Kurstyp;Kennzahl;Wert;Bemerkung\n"

var explainField = regexp.MustCompile(`name="(explain [^"]+)"`)

// send uploads the file, explains what stands out, and submits it.
func (l loadSender) send(b *testing.B, s *site) submission.ID {
	content := courseHead + strings.ReplaceAll(l.rows, "%d", fmt.Sprint(l.round))
	status, location := s.upload(b, l.client, l.csrf, "kurse.csv", content)
	if status != http.StatusSeeOther {
		b.Errorf("upload for %s %s: status %d: %.2000s", l.organisation, l.period, status, location)
		return ""
	}
	response, err := l.client.Get(s.address + location)
	if err != nil {
		b.Error(err)
		return ""
	}
	page, err := io.ReadAll(response.Body)
	_ = response.Body.Close()
	if err != nil || response.StatusCode != http.StatusOK {
		b.Errorf("page of the submission: %v, status %d", err, response.StatusCode)
		return ""
	}
	fields := url.Values{"csrf": {l.csrf}, "confirmed": {"1"}}
	for _, found := range explainField.FindAllSubmatch(page, -1) {
		fields.Set(html.UnescapeString(string(found[1])), "Das ist ein Lasttest.")
	}
	response, err = l.client.PostForm(s.address+location+"/submit", fields)
	if err != nil {
		b.Error(err)
		return ""
	}
	answer, _ := io.ReadAll(response.Body)
	_ = response.Body.Close()
	if response.StatusCode != http.StatusSeeOther {
		b.Errorf("submit: status %d: %s", response.StatusCode, bytes.TrimSpace(answer[:min(len(answer), 3000)]))
		return ""
	}
	return submission.ID(location[strings.LastIndexByte(location, '/')+1:])
}

func get(b *testing.B, client *http.Client, address string) int {
	b.Helper()
	response, err := client.Get(address)
	if err != nil {
		b.Error(err)
		return 0
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, response.Body)
	return response.StatusCode
}
