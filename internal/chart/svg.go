package chart

import (
	"encoding/xml"
	"errors"
	"fmt"
	"html"
	"io"
	"regexp"
	"strings"
)

// clean turns the SVG of ECharts into one that may stand in our pages: no style
// attributes and no style element, which the content security policy forbids, no
// script and nothing that loads; ids that are unique on the page; a title and a
// description for those who cannot see it. What is not known to be harmless is
// left out.
func clean(raw string, c Chart) (string, error) {
	var out strings.Builder
	out.Grow(len(raw))
	prefix := "c" + c.Hash[:min(10, len(c.Hash))]
	decoder := xml.NewDecoder(strings.NewReader(raw))
	skipped := 0 // depth within an element that is left out
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return out.String(), nil
		}
		if err != nil {
			return "", fmt.Errorf("read the drawing of chart %q: %w", c.Title, err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			switch {
			case skipped > 0 || !elements[t.Name.Local] || invisible(t):
				skipped++
			case t.Name.Local == "svg":
				opening(&out, c, prefix)
			default:
				element(&out, t, prefix)
			}
		case xml.EndElement:
			if skipped > 0 {
				skipped--
				continue
			}
			out.WriteString("</" + t.Name.Local + ">")
		case xml.CharData:
			if text := string(t); skipped == 0 && strings.TrimSpace(text) != "" {
				out.WriteString(html.EscapeString(text))
			}
		}
	}
}

// opening writes the svg element, which scales with its place in the page.
func opening(out *strings.Builder, c Chart, prefix string) {
	fmt.Fprintf(out, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %[1]d %[2]d" width="%[1]d" height="%[2]d" role="img" aria-labelledby="%[3]s-t %[3]s-d" font-family="%[4]s" font-size="%[5]d">`,
		c.Width, c.Height, prefix, html.EscapeString(fontFamily), fontSize)
	fmt.Fprintf(out, `<title id="%[1]s-t">%[2]s</title><desc id="%[1]s-d">%[3]s</desc>`, prefix, html.EscapeString(c.Title), html.EscapeString(c.Alt))
}

var elements = set("svg", "g", "defs", "clipPath", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "tspan", "pattern", "linearGradient", "stop")

// attributes are those that draw; a style attribute is taken apart into them.
var attributes = set("d", "x", "y", "x1", "y1", "x2", "y2", "dx", "dy", "cx", "cy", "r", "rx", "ry", "width", "height", "points", "offset", "transform",
	"fill", "fill-opacity", "fill-rule", "stroke", "stroke-width", "stroke-opacity", "stroke-dasharray", "stroke-dashoffset", "stroke-linecap", "stroke-linejoin", "stroke-miterlimit",
	"opacity", "paint-order", "clip-path", "clip-rule", "id", "stop-color", "stop-opacity", "patternUnits", "patternTransform", "gradientUnits",
	"text-anchor", "dominant-baseline", "font-size", "font-weight", "font-style")

func set(names ...string) map[string]bool {
	all := make(map[string]bool, len(names))
	for _, name := range names {
		all[name] = true
	}
	return all
}

// invisible reports whether an element only feels for the mouse.
func invisible(e xml.StartElement) bool {
	if e.Name.Local != "path" && e.Name.Local != "rect" {
		return false
	}
	has := map[string]string{}
	for _, a := range e.Attr {
		has[a.Name.Local] = a.Value
	}
	filled := has["fill"] != "none" && has["fill-opacity"] != "0"
	lined := has["stroke"] != "" && has["stroke"] != "none" && has["stroke-width"] != "0"
	return !filled && !lined
}

func element(out *strings.Builder, e xml.StartElement, prefix string) {
	out.WriteString("<" + e.Name.Local)
	for _, a := range e.Attr {
		if a.Name.Local != "style" {
			attribute(out, a.Name.Local, a.Value, prefix)
			continue
		}
		for declaration := range strings.SplitSeq(a.Value, ";") {
			if name, value, found := strings.Cut(declaration, ":"); found {
				attribute(out, strings.TrimSpace(name), strings.TrimSpace(value), prefix)
			}
		}
	}
	out.WriteString(">")
}

// ownID finds ECharts' ids, such as zr3-c0, which are counted per machine.
var ownID = regexp.MustCompile(`\bzr[0-9]+-`)

// addressed finds references to anything but an id of the drawing itself.
var addressed = regexp.MustCompile(`url\([^#]`)

func attribute(out *strings.Builder, name, value, prefix string) {
	switch {
	case !attributes[name] || addressed.MatchString(value):
		return
	case name == "font-size" && strings.TrimSuffix(value, "px") == fmt.Sprint(fontSize):
		return // stands on the svg element
	case name == "id" || strings.Contains(value, "url("):
		value = ownID.ReplaceAllString(value, prefix+"-")
	}
	out.WriteString(" " + name + `="` + html.EscapeString(value) + `"`)
}
