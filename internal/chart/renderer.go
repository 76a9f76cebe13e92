package chart

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/dop251/goja"
)

// ECharts comes from npm and is copied here by `make assets`: the bundle
// «common», which has lines, bars and markers and needs two thirds of the memory
// of the whole library.
//
//go:embed all:vendor
var vendorFiles embed.FS

// ErrNoLibrary says that the program was built without the chart library.
var ErrNoLibrary = errors.New("the chart library is missing: run `make assets` and build again")

// cacheBytes bounds the drawn charts that are kept: about 800 of them.
const cacheBytes = 8 << 20

// Renderer draws charts as SVG. Drawing is done by a few machines, each an
// ECharts of its own; who wants a chart waits in a queue for one of them, and
// whoever asks for a chart that is being drawn waits for that drawing. A chart
// that was drawn before comes from memory. A Renderer may be used by many at the
// same time. Make it with NewRenderer.
type Renderer struct {
	library  func() (*goja.Program, error) // compiled once
	machines chan *machine                 // nil where a machine has yet to be made

	mutex   sync.Mutex
	drawn   *cache
	drawing map[string]*drawing
}

// drawing is a chart on its way.
type drawing struct {
	done chan struct{} // closed when svg and err hold
	svg  string
	err  error
}

// NewRenderer returns a renderer with a number of machines and begins to compile
// the library and to make the machines in the background, which takes about half
// a second. It returns ErrNoLibrary where the program was built without it.
func NewRenderer(machines int) (*Renderer, error) {
	source, err := vendorFiles.ReadFile("vendor/echarts.min.js")
	if err != nil {
		return nil, ErrNoLibrary
	}
	r := &Renderer{
		library: sync.OnceValues(func() (*goja.Program, error) {
			program, err := goja.Compile("echarts.min.js", withoutHover(string(source)), false)
			if err != nil {
				return nil, fmt.Errorf("compile the chart library: %w", err)
			}
			return program, nil
		}),
		machines: make(chan *machine, machines),
		drawn:    newCache(cacheBytes),
		drawing:  map[string]*drawing{},
	}
	for range machines {
		r.machines <- nil
	}
	go r.prepare(machines)
	return r, nil
}

// prepare makes the machines, so that the first readers need not wait for it. A
// machine that could not be made is tried again, and the fault told, when a chart
// is to be drawn.
func (r *Renderer) prepare(machines int) {
	if _, err := r.library(); err != nil {
		return
	}
	for range machines {
		m, err := r.ready(<-r.machines)
		r.machines <- m
		if err != nil {
			return
		}
	}
}

// ready returns a machine that can draw: the one that it is given, or a new one
// in place of nil.
func (r *Renderer) ready(m *machine) (*machine, error) {
	if m != nil {
		return m, nil
	}
	library, err := r.library()
	if err != nil {
		return nil, err
	}
	return newMachine(library)
}

// hoverStates is where the library lists how else a datum can look: under the
// mouse, beside another that is, selected.
const hoverStates = `["emphasis","blur","select"]`

// withoutHover makes a library that works out none of these looks, of which no
// picture shows any: they are a fifth to a quarter of the work. A library in which
// the list is not found is used as it is.
func withoutHover(library string) string { return strings.ReplaceAll(library, hoverStates, "[]") }

// SVG returns a chart as an SVG element that may stand in a page whose content
// security policy allows no inline styles. It waits until the chart is drawn or
// the context ends.
func (r *Renderer) SVG(ctx context.Context, c Chart) (string, error) {
	r.mutex.Lock()
	if svg, found := r.drawn.get(c.Hash); found {
		r.mutex.Unlock()
		return svg, nil
	}
	d, found := r.drawing[c.Hash]
	if !found {
		d = &drawing{done: make(chan struct{})}
		r.drawing[c.Hash] = d
		// The drawing does not end with the one who asked first: others may wait
		// for it too, and what is drawn is kept.
		go r.draw(c, d)
	}
	r.mutex.Unlock()

	select {
	case <-d.done:
		return d.svg, d.err
	case <-ctx.Done():
		return "", fmt.Errorf("draw chart %q: %w", c.Title, ctx.Err())
	}
}

func (r *Renderer) draw(c Chart, d *drawing) {
	d.svg, d.err = r.drawWithMachine(c)
	r.mutex.Lock()
	if d.err == nil {
		r.drawn.put(c.Hash, d.svg)
	}
	delete(r.drawing, c.Hash)
	r.mutex.Unlock()
	close(d.done)
}

func (r *Renderer) drawWithMachine(c Chart) (svg string, err error) {
	m := <-r.machines
	defer func() { r.machines <- m }()
	if m, err = r.ready(m); err != nil {
		return "", err
	}
	raw, err := m.draw(c)
	if err != nil {
		// A chart may have been left half done: the next one starts afresh.
		m = nil
		return "", fmt.Errorf("draw chart %q: %w", c.Title, err)
	}
	return clean(raw, c)
}
