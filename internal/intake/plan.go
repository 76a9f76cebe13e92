package intake

import (
	"slices"
	"strings"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/programme"
)

// plan is how the rows of one file are to be read: the form, and what each of its
// columns means. Check makes it from the header; Read uses it again.
type plan struct {
	survey    survey
	dialect   dialect
	form      *programme.Form
	layout    Layout
	headerRow uint32
	columns   []planned
	units     []*programme.Unit // of the key figures
	figures   []figure.KeyFigure
	whole     []int // index of the key figure that each one is part of; -1
	slices    *sliceTable

	organisation figure.Organisation
	period       figure.Period
}

// role of a column in a file: those of a form, and those of the long layout.
type role uint8

const (
	ignored role = iota
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
	noteCell
	unknownCell
)

// planned is a column of the file.
type planned struct {
	role      role
	header    string
	dimension *programme.Dimension
	figure    int // index of its key figure in plan.figures
}

// longHeaders are the two columns of the long layout, in four languages.
var (
	keyFigureHeaders = marks("kennzahl", "kennzahlen", "indicateur", "chiffre-cle", "chiffre cle", "cifra chiave", "indicatore", "key figure", "key_figure", "keyfigure", "kpi")
	valueHeaders     = marks("wert", "anzahl", "betrag", "valeur", "valore", "value", "montant", "importo", "amount")
	formHeaders      = marks("formular", "formulaire", "formulario", "form")
)

// fit says how well a header row fits a form.
type fit struct {
	form    *programme.Form
	layout  Layout
	columns []planned
	known   int // columns with a meaning
	figures int
}

// fitForm gives each header its meaning in a form.
func fitForm(p *programme.Programme, form *programme.Form, headers []string) fit {
	f := fit{form: form, layout: Wide, columns: make([]planned, len(headers))}
	meaning := map[string]int{}
	for i := range form.Columns {
		for _, header := range p.Headers(&form.Columns[i]) {
			if _, taken := meaning[programme.Fold(header)]; !taken {
				meaning[programme.Fold(header)] = i
			}
		}
	}
	hasKeyFigure, hasValue := -1, -1
	for i, header := range headers {
		folded := headerKey(header)
		f.columns[i] = planned{role: unknownCell, header: strings.TrimSpace(header), figure: -1}
		if folded == "" {
			f.columns[i].role = ignored
			continue
		}
		if j, found := meaning[folded]; found {
			f.columns[i].take(p, &form.Columns[j])
			if f.columns[i].role == figureCell {
				f.figures++
			}
			f.known++
			continue
		}
		switch {
		case keyFigureHeaders[folded] && hasKeyFigure < 0:
			hasKeyFigure = i
		case valueHeaders[folded] && hasValue < 0:
			hasValue = i
		case formHeaders[folded]:
			f.columns[i].role = ignored
			f.known++
		}
	}
	if hasKeyFigure >= 0 && hasValue >= 0 {
		f.layout = Long
		f.columns[hasKeyFigure].role, f.columns[hasValue].role = keyFigureCell, valueCell
		f.known += 2
	}
	return f
}

// headerKey folds a header; a trailing footnote mark or unit in brackets, as in
// «Ausgaben (CHF)» or «Personen*», does not matter.
func headerKey(header string) string {
	key := strings.TrimRight(programme.Fold(header), "*:¹²³ ")
	for _, unit := range []string{"(chf)", "(anzahl)", "(fr.)", "[chf]", "in chf", "(stunden)", "(personen)"} {
		key = strings.TrimSpace(strings.TrimSuffix(key, unit))
	}
	return key
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
		c.role = figureCell
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
func (pl *plan) setFigures(p *programme.Programme, meaning func(header string) figure.KeyFigure) {
	for _, column := range pl.form.Columns {
		if column.Role == programme.FigureColumn {
			pl.figures = append(pl.figures, column.KeyFigure)
			pl.units = append(pl.units, p.Unit(p.KeyFigure(column.KeyFigure).Unit))
		}
	}
	for _, id := range pl.figures {
		pl.whole = append(pl.whole, slices.Index(pl.figures, p.KeyFigure(id).PartOf))
	}
	for i := range pl.columns {
		if pl.columns[i].role == figureCell {
			pl.columns[i].figure = slices.Index(pl.figures, meaning(pl.columns[i].header))
		}
	}
}

func (pl *plan) has(r role) bool {
	return slices.ContainsFunc(pl.columns, func(c planned) bool { return c.role == r })
}
