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
	name := p.nameOf(o.KeyFigure).In(l)
	if of := p.CellName(l, o, year); of != "" {
		name += " (" + of + ")"
	}
	return name
}

// TotalName names a key figure, and of spending its account: «Betrag (Budget)».
func (p *Programme) TotalName(id figure.KeyFigure, account figure.Code) locale.Text {
	k := p.KeyFigure(id)
	if k == nil || account == "" || p.Finance == nil {
		return p.nameOf(id)
	}
	code := p.Code(p.Finance.Account, account)
	if code == nil {
		return k.Name
	}
	return locale.Text{
		DE: k.Name.DE + " (" + code.Name.DE + ")", FR: k.Name.FR + " (" + code.Name.FR + ")",
		IT: k.Name.IT + " (" + code.Name.IT + ")", EN: k.Name.EN + " (" + code.Name.EN + ")",
	}
}

func (p *Programme) nameOf(id figure.KeyFigure) locale.Text {
	if k := p.KeyFigure(id); k != nil {
		return k.Name
	}
	return locale.Text{DE: string(id), FR: string(id), IT: string(id), EN: string(id)}
}
