package programme

import (
	"strings"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
)

// CellName says in a language of what a figure is: municipality, measure, persons and
// further dimensions, as «Olten, männlich». It is "" for a figure of the organisation
// as a whole.
func (p *Programme) CellName(l locale.Language, o figure.Observation, year figure.Year) string {
	var parts []string
	if m := p.MunicipalityIn(o.Municipality, year); m != nil {
		parts = append(parts, m.Name)
	}
	if o.Measure != "" {
		parts = append(parts, string(o.Measure))
	}
	codes := string(figure.Sex) + "=" + string(o.Sex) + ";" + string(figure.Age) + "=" + string(o.Age) + ";" + string(figure.Status) + "=" + string(o.Status) + ";" + string(o.Further)
	for pair := range strings.SplitSeq(codes, ";") {
		name, code, _ := strings.Cut(pair, "=")
		if code == "" {
			continue
		}
		text := code
		if known := p.Code(figure.Dimension(name), figure.Code(code)); known != nil {
			text = known.Name.In(l)
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, ", ")
}

// FigureName names a figure and of what it is: «Zuzüge (Olten, männlich)».
func (p *Programme) FigureName(l locale.Language, o figure.Observation, year figure.Year) string {
	name := string(o.KeyFigure)
	if k := p.KeyFigure(o.KeyFigure); k != nil {
		name = k.Name.In(l)
	}
	if of := p.CellName(l, o, year); of != "" {
		name += " (" + of + ")"
	}
	return name
}
