package intake

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"kipmonitor/internal/csvtext"
	"kipmonitor/internal/figure"
	"kipmonitor/internal/programme"
	"kipmonitor/internal/xlsx"
)

// plan is how the rows of one file are to be read: the form, and what each of its
// columns means. Check makes it from the header; Read uses it again.
type plan struct {
	survey    csvtext.Survey
	dialect   csvtext.Dialect
	book      *xlsx.Book        // nil where the file is a text
	sheet     *xlsx.Sheet       // that is read
	spent     *int              // bytes of text handed out while the sheet is chosen; then nil
	alone     []*programme.Code // of persons: all figures are of them, and there is no total
	form      *programme.Form
	layout    Layout
	headerRow uint32
	width     int // of the row with the headers, with the empty cells at its end
	columns   []planned
	figures   []*programme.KeyFigure // in the order of the form
	units     []*programme.Unit      // of the key figures
	required  []bool                 // of the key figures
	whole     []int                  // index of the key figure that each one is part of; -1
	slices    *sliceTable
	kept      kept
	names     *names

	organisation figure.Organisation
	period       figure.Period
}

// role of a column in a file: those of a form, and those of the long layout.
type role uint8

const (
	ignored role = iota // no header
	organisationCell
	periodCell
	municipalityCell
	measureCell
	sexCell
	ageCell
	statusCell
	furtherCell
	figureCell
	keyFigureCell // of the long layout
	valueCell     // of the long layout
	formCell
	noteCell
	unknownCell
)

// planned is a column of the file.
type planned struct {
	role      role
	header    string
	dimension *programme.Dimension
	keyFigure figure.KeyFigure // of a figureCell
	figure    int              // index of it in plan.figures
}

// The columns of the long layout, in four languages, squeezed.
var (
	keyFigureHeaders = marks("kennzahl", "kennzahlen", "kennziffer", "kennzahlid", "indikator", "indicateur", "chiffrecle", "cifrachiave", "indicatore", "indicator", "keyfigure", "kpi", "merkmal", "groesse")
	valueHeaders     = marks("wert", "werte", "zahl", "anzahl", "betrag", "menge", "valeur", "nombre", "valore", "numero", "value", "montant", "importo", "amount", "number")
	formHeaders      = marks("formular", "formulaire", "formulario", "form", "version", "formularversion")
)

// spokenHeaders are further headers of the columns that all forms have.
var spokenHeaders = map[programme.Role][]string{
	programme.OrganisationColumn: {"meldende Stelle", "meldende Organisation", "Liefernde Stelle", "Amt", "Stelle", "organisme", "ente", "prestataire"},
	programme.PeriodColumn:       {"Zeitraum", "Berichtszeitraum", "Stichtag", "Erhebungsjahr", "Halbjahr", "trimestre", "semestre", "exercice", "periodo", "quarter"},
	programme.MunicipalityColumn: {"Gde-Nr.", "Gemeinde-Nr.", "Gmd-Nr.", "BFS-Gemeinde-Nr.", "Name der Gemeinde", "Politische Gemeinde", "Wohnsitzgemeinde", "no OFS", "numéro OFS", "n. UST", "numero UST", "nom de la commune", "nome del Comune", "commune de domicile", "comune di domicilio", "place of residence"},
	programme.MeasureColumn:      {"Massnahmennummer", "Nr. der Massnahme", "Code der Massnahme", "numéro de mesure", "numero della misura"},
	programme.NoteColumn:         {"Notiz", "Notizen", "Hinweis", "Anmerkung", "Anmerkungen", "remarques", "osservazioni", "notes", "comments"},
}

// formHeader is what the headers of a file mean in a form: the index of the column
// by squeezed header.
type formHeader struct {
	form    *programme.Form
	meaning map[string]int
}

// headers knows the columns of all forms that come into question.
type headers struct {
	forms []formHeader
	known map[string]bool // in any form, or of the long layout
	units map[string]bool // words that may stand in brackets behind a header
}

func newHeaders(p *programme.Programme) *headers {
	h := &headers{known: map[string]bool{}, units: marks("chf", "infr", "fr", "anzahl", "inchf", "n", "total", "pflicht", "nombre", "numero", "number")}
	for _, unit := range p.Units {
		for _, name := range unit.Name.All() {
			h.units[squeeze(name)] = true
		}
	}
	for _, list := range []map[string]bool{keyFigureHeaders, valueHeaders, formHeaders} {
		for key := range list {
			h.known[key] = true
		}
	}
	// Most headers stand in many forms: squeeze each once.
	squeezed := map[string]string{}
	for i := range p.Forms {
		f := formHeader{form: &p.Forms[i], meaning: map[string]int{}}
		for j := range f.form.Columns {
			column := &f.form.Columns[j]
			for _, header := range append(p.Headers(column), spokenHeaders[column.Role]...) {
				key, done := squeezed[header]
				if !done {
					key = squeeze(header)
					squeezed[header], h.known[key] = key, true
				}
				if _, taken := f.meaning[key]; !taken && key != "" {
					f.meaning[key] = j
				}
			}
		}
		h.forms = append(h.forms, f)
	}
	return h
}

var (
	enumeration = regexp.MustCompile(`^\(?(?:\d{1,2}|[a-z])[.)]+\s*`)
	footnote    = regexp.MustCompile(`\s*(?:\d\)|[*¹²³⁴⁵]+\)?)$`)
	ofYear      = regexp.MustCompile(`[\s,(]*(?:20\d\d)\)?$`)
	unitBehind  = regexp.MustCompile(`^(.*?)\s*(?:[\[(]([^\])]*)[\])]|,?\s+(?:in|en)\s+(chf|fr\.?|stunden|heures|ore|hours))$`)
)

// key squeezes a header. What does not belong to the name is left out where the
// name is known without it: «2. Ankünfte*», «Ausgaben (CHF)», «Ankünfte 2025».
func (h *headers) key(header string) string {
	key := squeeze(header)
	if key == "" || h.known[key] || len(header) > 300 {
		return key
	}
	simple := strings.TrimRight(strings.TrimSpace(strings.ToLower(header)), ":")
	for range 4 {
		before := simple
		simple = ofYear.ReplaceAllString(enumeration.ReplaceAllString(simple, ""), "")
		simple = footnote.ReplaceAllString(withoutUnit(simple), "")
		if m := unitBehind.FindStringSubmatch(simple); m != nil && (m[3] != "" || h.units[squeeze(m[2])]) {
			simple = m[1]
		}
		if short := squeeze(simple); h.known[short] {
			return short
		}
		if simple == before {
			break
		}
	}
	return key
}

// fit says how well a header row fits a form.
type fit struct {
	formHeader
	layout  Layout
	columns []planned
	known   int // columns with a meaning
	figures int
}

// missing counts the form's figures that the file has no column for.
func (f fit) missing() int {
	figures := 0
	for _, column := range f.form.Columns {
		if column.Role == programme.FigureColumn {
			figures++
		}
	}
	return figures - f.figures
}

// fitForm gives each header its meaning in a form; keys are the headers' keys.
func fitForm(p *programme.Programme, form formHeader, texts, keys []string) fit {
	f := fit{formHeader: form, layout: Wide, columns: make([]planned, len(texts))}
	keyFigure, value := -1, -1
	for i, key := range keys {
		f.columns[i] = planned{role: unknownCell, header: texts[i], figure: -1}
		if key == "" {
			f.columns[i].role = ignored
			if texts[i] != "" {
				f.columns[i].role = unknownCell
			}
			continue
		}
		if j, found := form.meaning[key]; found {
			f.columns[i].take(p, &form.form.Columns[j])
			if f.columns[i].role == figureCell {
				f.figures++
			}
			f.known++
			continue
		}
		switch {
		case keyFigureHeaders[key] && keyFigure < 0:
			keyFigure = i
		case valueHeaders[key] && value < 0:
			value = i
		case formHeaders[key]:
			f.columns[i].role = formCell
			f.known++
		}
	}
	if keyFigure >= 0 && value < 0 && f.figures == 1 {
		// «Betrag» may be the other name of a figure of the form.
		value = slices.IndexFunc(f.columns, func(c planned) bool { return c.role == figureCell })
		if !valueHeaders[keys[value]] {
			value = -1
		} else {
			f.known--
		}
	}
	if keyFigure >= 0 && value >= 0 {
		f.layout, f.figures = Long, 0
		for i := range f.columns {
			if f.columns[i].role == figureCell {
				f.columns[i] = planned{role: unknownCell, header: texts[i], figure: -1}
			}
		}
		f.columns[keyFigure].role, f.columns[value].role = keyFigureCell, valueCell
		f.known += 2
	}
	return f
}

func (c *planned) take(p *programme.Programme, column *programme.Column) {
	switch column.Role {
	case programme.OrganisationColumn:
		c.role = organisationCell
	case programme.PeriodColumn:
		c.role = periodCell
	case programme.MunicipalityColumn:
		c.role = municipalityCell
	case programme.MeasureColumn:
		c.role = measureCell
	case programme.NoteColumn:
		c.role = noteCell
	case programme.FigureColumn:
		c.role, c.keyFigure = figureCell, column.KeyFigure
	case programme.DimensionColumn:
		c.dimension = p.Dimension(column.Dimension)
		switch column.Dimension {
		case figure.Sex:
			c.role = sexCell
		case figure.Age:
			c.role = ageCell
		case figure.Status:
			c.role = statusCell
		default:
			c.role = furtherCell
		}
	}
}

// setFigures numbers the key figures of the form, in the order of its columns,
// and ties each figure column to its number.
func (pl *plan) setFigures(p *programme.Programme) error {
	index := map[figure.KeyFigure]int{}
	further := 0
	for _, column := range pl.form.Columns {
		switch column.Role {
		case programme.FigureColumn:
			k := p.KeyFigure(column.KeyFigure)
			index[k.ID] = len(pl.figures)
			pl.figures, pl.units, pl.required = append(pl.figures, k), append(pl.units, p.Unit(k.Unit)), append(pl.required, column.Required)
		case programme.DimensionColumn:
			codes := len(p.Dimension(column.Dimension).Codes)
			if column.Dimension == figure.Sex || column.Dimension == figure.Age || column.Dimension == figure.Status {
				if codes >= 1<<personBits {
					return fmt.Errorf("form %s: the dimension %s has %d codes, at most %d can be told apart", pl.form.Code, column.Dimension, codes, 1<<personBits-1)
				}
			} else {
				further++
			}
		}
	}
	if len(pl.figures) >= 1<<figureBits || further > maxFurther {
		return fmt.Errorf("form %s: at most %d figures and %d further dimensions can be told apart", pl.form.Code, 1<<figureBits-1, maxFurther)
	}
	for _, k := range pl.figures {
		whole, found := index[k.PartOf]
		if !found {
			whole = -1
		}
		pl.whole = append(pl.whole, whole)
	}
	for i := range pl.columns {
		if pl.columns[i].role == figureCell {
			pl.columns[i].figure = index[pl.columns[i].keyFigure]
		}
	}
	return nil
}

func (pl *plan) has(r role) bool {
	return slices.ContainsFunc(pl.columns, func(c planned) bool { return c.role == r })
}

// columnOf returns the first column of a role, or -1.
func (pl *plan) columnOf(r role) int {
	return slices.IndexFunc(pl.columns, func(c planned) bool { return c.role == r })
}

// header is the header of a column, or "".
func (pl *plan) header(column int) string {
	if column < 0 || column >= len(pl.columns) {
		return ""
	}
	return pl.columns[column].header
}
