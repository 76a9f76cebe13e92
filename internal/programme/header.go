package programme

import (
	"strings"

	"golang.org/x/text/unicode/norm"

	"kipmonitor/internal/locale"
)

// Headers returns every header by which a column may be named in a file, the
// one of our own templates first: its name in four languages, other spellings,
// the id of its key figure or dimension.
func (p *Programme) Headers(c *Column) []string {
	var headers []string
	add := func(texts ...string) {
		for _, text := range texts {
			if text != "" {
				headers = append(headers, text)
			}
		}
	}
	name := p.ColumnName(c)
	add(name.DE, name.FR, name.IT, name.EN)
	add(c.Also...)
	switch c.Role {
	case FigureColumn:
		add(string(c.KeyFigure))
		if k := p.KeyFigure(c.KeyFigure); k != nil {
			add(k.Name.DE, k.Name.FR, k.Name.IT, k.Name.EN)
			add(k.Also...)
		}
	case DimensionColumn:
		add(string(c.Dimension))
		if d := p.Dimension(c.Dimension); d != nil {
			add(d.Title.DE, d.Title.FR, d.Title.IT, d.Title.EN)
		}
	default:
		standard := standardNames[c.Role]
		add(standard.DE, standard.FR, standard.IT, standard.EN)
		add(standardHeaders[c.Role]...)
	}
	return headers
}

// ColumnName returns the header of a column in our own templates.
func (p *Programme) ColumnName(c *Column) locale.Text {
	if c.Name.DE != "" {
		return c.Name
	}
	switch c.Role {
	case FigureColumn:
		if k := p.KeyFigure(c.KeyFigure); k != nil {
			return k.Name
		}
	case DimensionColumn:
		if d := p.Dimension(c.Dimension); d != nil {
			return d.Title
		}
	}
	return standardNames[c.Role]
}

// standardNames head the columns that every form has alike.
var standardNames = map[Role]locale.Text{
	OrganisationColumn: {DE: "Organisation", FR: "Organisation", IT: "Organizzazione", EN: "Organisation"},
	PeriodColumn:       {DE: "Periode", FR: "Période", IT: "Periodo", EN: "Period"},
	MunicipalityColumn: {DE: "Gemeinde", FR: "Commune", IT: "Comune", EN: "Municipality"},
	MeasureColumn:      {DE: "Massnahme", FR: "Mesure", IT: "Misura", EN: "Measure"},
	NoteColumn:         {DE: "Bemerkung", FR: "Remarque", IT: "Osservazione", EN: "Note"},
}

// standardHeaders are further spellings of the same, as offices write them.
var standardHeaders = map[Role][]string{
	OrganisationColumn: {"organisation", "Institution", "Träger", "Anbieter", "Liefereinheit", "Organisationscode", "fournisseur", "fornitore", "provider"},
	PeriodColumn:       {"period", "Jahr", "Berichtsjahr", "Berichtsperiode", "Quartal", "Semester", "année", "anno", "year"},
	MunicipalityColumn: {"municipality", "Einwohnergemeinde", "Wohngemeinde", "Wohnort", "Gemeindename", "BFS-Nr.", "BFS-Nr", "BFS Nr", "BFS", "BFS-Nummer", "BFS-Gemeindenummer", "Gemeindenummer", "GDENR", "bfs_nr", "domicile", "domicilio"},
	MeasureColumn:      {"measure", "Massnahmen-Nr.", "Massnahme Nr", "Massnahmencode", "Angebot"},
	NoteColumn:         {"note", "Bemerkungen", "Kommentar", "commentaire", "commento", "comment"},
}

// Fold reduces a header, code or name to what people mean by it: composed (NFC),
// lower case, without stray blanks, and with ae for ä and the like, so that
// spellings of different systems meet.
func Fold(text string) string {
	composed := norm.NFC.String(strings.ToLower(text))
	// A further mark on a replaced letter composes anew.
	return strings.Join(strings.Fields(norm.NFC.String(alike.Replace(composed))), " ")
}

// alike lists the letters that systems write in different ways.
var alike = strings.NewReplacer(
	"ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss",
	"\u00a0", " ", "\u202f", " ", "_", " ",
	"–", "-", "’", "'",
)
