package main

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func manyReaders() int { return sized(64, 3) }
func fewSenders() int  { return sized(10, 2) }

// mostWait is how many times longer an upload may take while all of them read.
const mostWait = 3

// readerPages are those that 64 readers leaf through without a pause.
var readerPages = []string{"/", "/indicators", "/areas/FB1", "/areas/FB2", "/areas/FB3", "/coverage", "/report", "/method", "/indicators/FB1-01",
	"/indicators/FB2-01", "/?year=2024", "/areas/FB1?year=2024", "/indicators?year=2024"}

// BenchmarkReadersAndSenders has ten people upload a file of 5,000 rows each, at rest
// and while 64 others read without a pause. It fails where an upload then takes more
// than three times as long at the median, or where anybody gets an error.
func BenchmarkReadersAndSenders(b *testing.B) {
	s := newSite(b)
	senders := s.senders(b)[:fewSenders()]
	reader, _ := s.client(b, "steuerung@demo.invalid")
	reader.Transport = &http.Transport{MaxIdleConnsPerHost: manyReaders()}
	round := 0
	uploads := func(rounds int) []time.Duration {
		var lock sync.Mutex
		var took []time.Duration
		for range rounds {
			round++
			var group sync.WaitGroup
			for _, one := range senders {
				group.Go(func() {
					content := courseHead + strings.ReplaceAll(one.rows, "%d", strconv.Itoa(round))
					start := time.Now()
					status, location := s.upload(b, one.client, one.csrf, "kurse.csv", content)
					if status != http.StatusSeeOther {
						b.Errorf("upload: status %d: %.500s", status, location)
					}
					lock.Lock()
					took = append(took, time.Since(start))
					lock.Unlock()
				})
			}
			group.Wait()
		}
		slices.Sort(took)
		return took
	}
	for b.Loop() {
		uploads(1) // the first is slower
		rest := uploads(3)
		var stop atomic.Bool
		var pages atomic.Int64
		var readers sync.WaitGroup
		for i := range manyReaders() {
			readers.Go(func() {
				for n := i; !stop.Load(); n++ {
					path := "/" + []string{"de", "fr", "it", "en"}[n/len(readerPages)%4] + readerPages[n%len(readerPages)]
					if status := get(b, reader, s.address+path); status != http.StatusOK {
						b.Errorf("%s: status %d", path, status)
					}
					pages.Add(1)
				}
			})
		}
		time.Sleep(2 * time.Second)
		start := time.Now()
		before := pages.Load()
		load := uploads(3)
		b.ReportMetric(float64(pages.Load()-before)/time.Since(start).Seconds(), "pages/s")
		stop.Store(true)
		readers.Wait()
		b.ReportMetric(rest[len(rest)/2].Seconds(), "s/rest")
		b.ReportMetric(load[len(load)/2].Seconds(), "s/load")
		b.ReportMetric(load[len(load)-1].Seconds(), "s/load-worst")
		ratio := load[len(load)/2].Seconds() / rest[len(rest)/2].Seconds()
		b.ReportMetric(ratio, "x-rest")
		if ratio > mostWait && !testing.Short() {
			b.Errorf("an upload takes %.1f times as long while others read, %d at the most", ratio, mostWait)
		}
	}
}
