package chart

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
)

// elements are all that a picture is made of.
var elements = map[string]bool{"svg": true, "title": true, "desc": true, "g": true, "path": true, "rect": true, "circle": true, "text": true,
	"defs": true, "pattern": true}

// wellFormed reads a picture and returns its elements.
func wellFormed(t testing.TB, svg string) []xml.StartElement {
	t.Helper()
	var all []xml.StartElement
	decoder := xml.NewDecoder(strings.NewReader(svg))
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatalf("not well formed: %v in %s", err, svg)
		}
		if start, ok := token.(xml.StartElement); ok {
			all = append(all, start)
		}
	}
}

func TestAPictureIsSafeInAPageWithoutInlineStyles(t *testing.T) {
	for _, e := range examples {
		for _, size := range []Size{Wide, Narrow} {
			svg := e.chart(frame(locale.German, size)).SVG()
			ids, references := map[string]bool{}, map[string]bool{}
			for _, element := range wellFormed(t, svg) {
				if !elements[element.Name.Local] {
					t.Errorf("%s: element %s", e.name, element.Name.Local)
				}
				for _, a := range element.Attr {
					if a.Name.Local == "style" || a.Name.Local == "class" || strings.HasPrefix(a.Name.Local, "on") || strings.Contains(a.Name.Local, "href") {
						t.Errorf("%s: attribute %s=%q", e.name, a.Name.Local, a.Value)
					}
					if a.Name.Local == "id" {
						if ids[a.Value] {
							t.Errorf("%s: id %q is used twice", e.name, a.Value)
						}
						ids[a.Value] = true
					}
					if _, rest, found := strings.Cut(a.Value, "url(#"); found {
						references[strings.TrimSuffix(rest, ")")] = true
					}
					if strings.HasPrefix(a.Value, "#") {
						t.Errorf("%s: the colour %s would not follow the page", e.name, a.Value)
					}
				}
			}
			for id := range references {
				if !ids[id] {
					t.Errorf("%s: refers to %q, which is not there", e.name, id)
				}
			}
		}
	}
}

func TestEachMarkHasARoleAndAName(t *testing.T) {
	for _, e := range examples {
		svg := e.chart(frame(locale.German, Wide)).SVG()
		marks := 0
		for _, element := range wellFormed(t, svg) {
			has := map[string]string{}
			for _, a := range element.Attr {
				has[a.Name.Local] = a.Value
			}
			switch role := has["role"]; role {
			case "graphics-document":
				if has["aria-labelledby"] == "" || has["aria-describedby"] == "" {
					t.Errorf("%s: the picture has no name or no description", e.name)
				}
			case "graphics-symbol":
				marks++
				if has["aria-label"] == "" {
					t.Errorf("%s: a mark without a name", e.name)
				}
			case "", "graphics-object":
			default:
				t.Errorf("%s: role %s", e.name, role)
			}
		}
		if marks == 0 && e.name != "empty" {
			t.Errorf("%s: no mark can be heard", e.name)
		}
	}
}

func TestTextOfAPictureStaysText(t *testing.T) {
	svg := examples[0].chart(frame(locale.German, Wide)).SVG()
	for _, want := range []string{">2025</text>", ">88,6\u202f% p</text>", ">Ziel</text>", "Bandbreite der Prognose"} {
		if !strings.Contains(svg, want) {
			t.Errorf("the drawing does not say %q", want)
		}
	}
}

func TestMarkupInALabelIsText(t *testing.T) {
	evil := `</text></svg><script>alert(1)</script>"'&{a}{b}` + "\x00\x0b"
	c := frame(locale.German, Wide).Bars(sheet(evil, false, figure.Percent, columns("2025"), evil+"|0.5", "andere|-"))
	if strings.Contains(string(c.Options()), "</") || strings.Contains(string(c.Options()), "<script") {
		t.Error("the options could close the script element that they stand in")
	}
	svg := c.SVG()
	if strings.Contains(svg, "<script") || strings.Count(svg, "</svg>") != 1 {
		t.Error("a label became markup")
	}
	wellFormed(t, svg)
}

func TestAPictureOfItsOwnNeedsNoPage(t *testing.T) {
	for _, e := range examples {
		if svg := e.chart(frame(locale.French, Wide)).Picture(); strings.Contains(svg, "var(") || strings.Contains(svg, `fill=""`) || strings.Contains(svg, `stroke=""`) {
			t.Errorf("%s: a colour is missing", e.name)
		}
	}
}

func TestTheSameChartIsTheSamePicture(t *testing.T) {
	for _, e := range examples {
		f := frame(locale.Italian, Narrow)
		once, again := e.chart(f).Picture(), e.chart(f).Picture()
		if once != again {
			t.Errorf("%s is drawn in two ways", e.name)
		}
	}
}

func BenchmarkFirstDrawing(b *testing.B) {
	for _, e := range examples {
		b.Run(e.name, func(b *testing.B) {
			f := frame(locale.German, Wide)
			for b.Loop() {
				c := e.chart(f)
				c.SVG()
				c.Options()
			}
		})
	}
}
