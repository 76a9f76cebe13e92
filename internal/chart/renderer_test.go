package chart

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dop251/goja"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
)

var shared = sync.OnceValue(func() *Renderer {
	r, err := NewRenderer(2)
	if err != nil {
		panic(err)
	}
	return r
})

func drawn(t testing.TB, c Chart) string {
	t.Helper()
	svg, err := shared().SVG(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	return svg
}

func TestADrawingIsSafeInAPageWithoutInlineStyles(t *testing.T) {
	for _, e := range examples {
		for _, size := range []Size{Wide, Narrow} {
			c := e.chart(frame(locale.German, size))
			svg := drawn(t, c)
			ids := map[string]bool{}
			references := map[string]bool{}
			decoder := xml.NewDecoder(strings.NewReader(svg))
			for {
				token, err := decoder.Token()
				if errors.Is(err, io.EOF) {
					break
				}
				if err != nil {
					t.Fatalf("%s: not well formed: %v", e.name, err)
				}
				start, ok := token.(xml.StartElement)
				if !ok {
					continue
				}
				if !elements[start.Name.Local] && start.Name.Local != "title" && start.Name.Local != "desc" {
					t.Errorf("%s: element %s", e.name, start.Name.Local)
				}
				for _, a := range start.Attr {
					if a.Name.Local == "style" || a.Name.Local == "class" || strings.HasPrefix(a.Name.Local, "on") || strings.Contains(a.Name.Local, "href") {
						t.Errorf("%s: attribute %s=%q", e.name, a.Name.Local, a.Value)
					}
					if a.Name.Local == "id" {
						if ids[a.Value] || !strings.HasPrefix(a.Value, "c"+c.Hash[:10]) {
							t.Errorf("%s: id %q is used twice or is not that of the chart", e.name, a.Value)
						}
						ids[a.Value] = true
					}
					if _, rest, found := strings.Cut(a.Value, "url(#"); found {
						references[strings.TrimSuffix(rest, ")")] = true
					}
				}
			}
			for id := range references {
				if !ids[id] {
					t.Errorf("%s: refers to %q, which is not there", e.name, id)
				}
			}
			if !ids["c"+c.Hash[:10]+"-t"] || !strings.Contains(svg, `role="img"`) {
				t.Errorf("%s: no title or no role", e.name)
			}
		}
	}
}

func TestTextOfADrawingStaysText(t *testing.T) {
	svg := drawn(t, examples[0].chart(frame(locale.German, Wide)))
	for _, want := range []string{">2025</text>", ">88,6\u202f% p</text>", ">Ziel</text>", "Bandbreite der Prognose"} {
		if !strings.Contains(svg, want) {
			t.Errorf("the drawing does not say %q", want)
		}
	}
}

func TestMarkupInALabelIsText(t *testing.T) {
	evil := `</text></svg><script>alert(1)</script>"'&{a}{b}`
	c := frame(locale.German, Wide).Bars(sheet(evil, false, figure.Percent, columns("2025"), evil+"|0.5", "andere|-"))
	if strings.Contains(string(c.Options), "</") || strings.Contains(string(c.Options), "<script") {
		t.Error("the options could close the script element that they stand in")
	}
	svg := drawn(t, c)
	if strings.Contains(svg, "<script") || strings.Count(svg, "</svg>") != 1 {
		t.Error("a label became markup")
	}
}

func TestCleaningDropsWhatIsNotKnownToBeHarmless(t *testing.T) {
	raw := `<svg xmlns="http://www.w3.org/2000/svg"><style>text{fill:red}</style><script>alert(1)</script>` +
		`<foreignObject><text>in</text></foreignObject><image href="http://example.org/x.png"/><a href="javascript:x"><path d="M0 0"/></a>` +
		`<path d="M1 1" onclick="x()" class="y" style="fill:#fff;background:url(http://example.org)" clip-path="url(#zr12-c0)" stroke="url(http://example.org)"/></svg>`
	got, err := clean(raw, Chart{Title: "t", Alt: "a", Hash: "0123456789abcdef", Width: 1, Height: 1})
	if err != nil {
		t.Fatal(err)
	}
	if want := `<path d="M1 1" fill="#fff" clip-path="url(#c0123456789-c0)"></path></svg>`; !strings.HasSuffix(got, "</desc>"+want) {
		t.Errorf("got %s\nwant it to end with %s", got, want)
	}
}

func TestTheSameChartIsDrawnOnceForManyReaders(t *testing.T) {
	r, err := NewRenderer(1)
	if err != nil {
		t.Fatal(err)
	}
	m, err := r.ready(<-r.machines) // the only machine is busy until all have asked
	if err != nil {
		t.Fatal(err)
	}
	c := examples[0].chart(frame(locale.German, Wide))
	results := make([]string, 16)
	var asked, readers sync.WaitGroup
	asked.Add(len(results))
	for i := range results {
		readers.Go(func() {
			asked.Done()
			results[i], _ = r.SVG(context.Background(), c)
		})
	}
	asked.Wait()
	r.machines <- m
	readers.Wait()
	for _, svg := range results {
		if svg == "" || svg != results[0] {
			t.Fatal("the readers got different drawings")
		}
	}
	// The library numbers its drawings, and the next is the second.
	raw, err := m.draw(examples[1].chart(frame(locale.German, Wide)))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(raw, "zr1-") {
		t.Errorf("%q is not the second drawing of the machine", ownID.FindString(raw))
	}
}

func TestMachinesAreMadeBeforeAnybodyAsks(t *testing.T) {
	r, err := NewRenderer(2)
	if err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		made := 0
		for range cap(r.machines) {
			m := <-r.machines
			if m != nil {
				made++
			}
			r.machines <- m
		}
		if made == cap(r.machines) {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d machines after a minute", made)
		}
	}
}

// What is left out of the library for the sake of speed changes no picture.
func TestTheServerDrawsWhatTheWholeLibraryDraws(t *testing.T) {
	source, err := vendorFiles.ReadFile("vendor/echarts.min.js")
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(source), hoverStates); n != 2 {
		t.Errorf("the list of the states stands in the library %d times: it has changed", n)
	}
	program, err := goja.Compile("echarts.min.js", string(source), false)
	if err != nil {
		t.Fatal(err)
	}
	whole, err := newMachine(program)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range examples {
		c := e.chart(frame(locale.German, Narrow))
		raw, err := whole.draw(c)
		if err != nil {
			t.Fatal(err)
		}
		want, err := clean(raw, c)
		if err != nil {
			t.Fatal(err)
		}
		if drawn(t, c) != want {
			t.Errorf("%s looks different", e.name)
		}
	}
}

func TestAReaderWhoLeavesWaitsNoLonger(t *testing.T) {
	r, err := NewRenderer(1)
	if err != nil {
		t.Fatal(err)
	}
	m := <-r.machines // the only machine is busy
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	c := examples[0].chart(frame(locale.German, Wide))
	if _, err := r.SVG(ctx, c); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	r.machines <- m
	// The drawing that nobody waited for is there for the next reader.
	if _, err := r.SVG(context.Background(), c); err != nil {
		t.Error(err)
	}
}

func TestAFaultyChartBreaksNoOther(t *testing.T) {
	r, err := NewRenderer(1)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.SVG(context.Background(), Chart{Options: []byte("{"), Hash: "0123456789", Title: "faulty"}); err == nil {
		t.Error("options that are no JSON were drawn")
	}
	if _, err := r.SVG(context.Background(), examples[0].chart(frame(locale.German, Wide))); err != nil {
		t.Error(err)
	}
}

func TestTheCacheForgetsWhatWasAskedForLongestAgo(t *testing.T) {
	c := newCache(10)
	c.put("a", "1234")
	c.put("b", "1234")
	c.get("a")
	c.put("c", "1234")
	if _, found := c.get("b"); found {
		t.Error("b is still there")
	}
	for _, hash := range []string{"a", "c"} {
		if _, found := c.get(hash); !found {
			t.Errorf("%s is gone", hash)
		}
	}
	c.put("large", "12345678901")
	if _, found := c.get("large"); found || c.size != 8 {
		t.Errorf("a drawing larger than the cache is kept; size %d", c.size)
	}
}

func TestMachinesDoNotGrow(t *testing.T) {
	library, err := shared().library()
	if err != nil {
		t.Fatal(err)
	}
	m, err := newMachine(library)
	if err != nil {
		t.Fatal(err)
	}
	c := examples[0].chart(frame(locale.German, Narrow))
	round := func() {
		for range 5 {
			if _, err := m.draw(c); err != nil {
				t.Fatal(err)
			}
		}
	}
	round()
	before := heap()
	for range 3 {
		round()
	}
	if grown := heap() - before; grown > 2<<20 {
		t.Errorf("the heap grew by %d bytes", grown)
	}
	runtime.KeepAlive(m)
}

func heap() int64 {
	runtime.GC()
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc)
}

func BenchmarkDrawnBefore(b *testing.B) {
	c := examples[0].chart(frame(locale.German, Wide))
	drawn(b, c)
	for b.Loop() {
		drawn(b, c)
	}
}

// BenchmarkFirstDrawing draws charts that nobody has seen yet, each with texts of
// its own at its bars and points.
func BenchmarkFirstDrawing(b *testing.B) {
	n := 0
	for _, e := range examples {
		b.Run(e.name, func(b *testing.B) {
			c := e.chart(frame(locale.German, Wide))
			drawn(b, c)
			options := c.Options
			for b.Loop() {
				n++
				c.Hash = fmt.Sprintf("%016d", n)
				c.Options = bytes.ReplaceAll(options, []byte(`"formatter":"`), fmt.Appendf(nil, `"formatter":"%d `, n))
				drawn(b, c)
			}
		})
	}
}

func BenchmarkOptions(b *testing.B) {
	f := frame(locale.German, Wide)
	for b.Loop() {
		examples[0].chart(f)
	}
}
