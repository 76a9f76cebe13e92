package intake

import (
	"strings"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/programme"
)

// unknown is the meaning of a name that nobody bears, with the one that was
// probably meant.
func (r *reader) unknown(code, text string, meant func() string, args locale.Args) meaning {
	if r.suggestions >= maxSuggestions && !r.explains {
		// What is wrong in thousands of ways is counted with what came before.
		if last, found := r.unexplained[code]; found {
			return last
		}
	}
	suggestion := ""
	if r.suggestions++; r.suggestions <= maxSuggestions {
		suggestion = meant()
	}
	if args == nil {
		args = locale.Args{}
	}
	args["text"] = clip(text)
	found := wrong(code, clip(text), suggestion, args)
	r.unexplained[code] = found
	return found
}

// lookOrganisation finds whether a cell names an organisation.
func (r *reader) lookOrganisation(text string) meaning {
	if _, found := r.names.organisation(text, r.plan.period.Year); found {
		return meaning{ok: true}
	}
	return r.unknown("organisation_unknown", text, func() string {
		return suggest(squeeze(text), r.names.organisations, func(code figure.Organisation) string { return r.programme.Organisation(code).Name.DE })
	}, nil)
}

// lookMeasure finds what a cell of a measure column means.
func (r *reader) lookMeasure(_ int, text string) meaning {
	if text == "" {
		if r.optional(programme.MeasureColumn) {
			return meaning{ok: true}
		}
		return wrong("measure_missing", "", "", nil)
	}
	office := r.programme.Organisation(r.plan.organisation)
	code, found := r.names.measure(text)
	if !found {
		return r.unknown("measure_unknown", text, func() string {
			own := map[string]figure.Measure{}
			for key, code := range r.names.measures {
				if measure := r.programme.Measure(code); office == nil || office.Kind == programme.CantonalOffice || measure.Organisation == office.Code {
					own[key] = code
				}
			}
			return suggest(squeeze(text), own, func(m figure.Measure) string { return string(m) })
		}, nil)
	}
	measure := r.programme.Measure(code)
	if year := r.plan.period.Year; year != 0 && (year < measure.Start || year > measure.End) {
		return wrong("measure_not_running", text, "", locale.Args{"text": measure.Name, "from": yearText(measure.Start), "to": yearText(measure.End)})
	}
	if office != nil && office.Kind != programme.CantonalOffice && measure.Organisation != office.Code {
		return wrong("measure_foreign", text, "", locale.Args{"text": measure.Name, "organisation": office.Name})
	}
	n, ok := r.measures.number(code)
	return meaning{number: n, ok: ok}
}

// lookCode finds what a cell of a dimension means.
func (r *reader) lookCode(column int, text string) meaning {
	planned := &r.plan.columns[column]
	dimension := planned.dimension
	if planned.role != furtherCell && isAll(text) {
		return meaning{ok: true}
	}
	if text == "" {
		if r.optionalDimension(dimension.Name) {
			return meaning{ok: true}
		}
		return wrong("code_missing", "", "", locale.Args{"dimension": dimension.Title})
	}
	key := squeeze(text)
	known := r.names.dimensions[dimension.Name]
	spellings := known.spellings
	if i, found := spellings[key]; found && key != "" {
		return meaning{number: uint64(i + 1), ok: true}
	}
	return r.unknown("code_unknown", text, func() string {
		if i, found := spellings[classOfDate(text)]; found {
			return string(dimension.Codes[i].Code)
		}
		if meant := suggest(key, spellings, func(i int) string { return dimension.Codes[i].Name.DE }); meant != "" {
			return meant
		}
		return abbreviated(key, spellings, dimension)
	}, locale.Args{"dimension": dimension.Title, "codes": known.list})
}

// abbreviated returns the one code of a dimension whose spellings begin with a key of
// three letters or more: «weibl.»; "" where there is none or are several.
func abbreviated(key string, spellings map[string]int, dimension *programme.Dimension) string {
	found := -1
	for spelling, i := range spellings {
		if len(key) >= 3 && strings.HasPrefix(spelling, key) {
			if found >= 0 && found != i {
				return ""
			}
			found = i
		}
	}
	if found < 0 {
		return ""
	}
	return dimension.Codes[found].Name.DE
}

// classOfDate undoes what spreadsheets make of a class such as 5-15: a day
// («15. Mai», «05.15», «15.05.2025»). It returns the class, or "".
func classOfDate(text string) string {
	var numbers []string
	for _, part := range strings.FieldsFunc(simplify(text), func(r rune) bool { return r == '.' || r == ' ' || r == '-' || r == '/' }) {
		for i, month := range months {
			if len(part) >= 3 && (strings.HasPrefix(month, part) || strings.HasPrefix(part, month)) {
				part = [...]string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "5", "5", "5"}[i]
				break
			}
		}
		if part = strings.TrimLeft(part, "0"); part != "" && len(part) <= 2 && strings.Trim(part, "0123456789") == "" {
			numbers = append(numbers, part)
		}
	}
	if len(numbers) != 2 {
		return ""
	}
	first, second := numbers[0], numbers[1]
	if len(first) > len(second) || len(first) == len(second) && first > second {
		first, second = second, first
	}
	return first + "-" + second
}

var months = [...]string{"jan", "feb", "maerz", "apr", "mai", "jun", "jul", "aug", "sep", "okt", "nov", "dez", "may", "mag", "mai"}

// spelt are the codes of a dimension by what people write for them.
type spelt struct {
	spellings map[string]int // by squeezed text: index in the codes
	list      locale.Text    // of what may be written
}

func newSpelt(dimension *programme.Dimension) spelt {
	spellings := map[string]int{}
	for i := range dimension.Codes {
		names := dimension.Codes[i].Name.All()
		for _, spelling := range append(names[:], dimension.Codes[i].Also...) {
			if _, taken := spellings[squeeze(spelling)]; !taken {
				spellings[squeeze(spelling)] = i
			}
		}
	}
	for i := range dimension.Codes {
		spellings[squeeze(string(dimension.Codes[i].Code))] = i
	}
	return spelt{spellings, codeList(dimension)}
}

// codeList lists what may stand in a column of a dimension: the names in each language,
// as a template has them, or the codes where the names are long.
func codeList(dimension *programme.Dimension) locale.Text {
	var names [4][]string
	var codes []string
	letters := 0
	for i, code := range dimension.Codes {
		if i == 12 {
			codes = append(codes, "…")
			break
		}
		codes = append(codes, string(code.Code))
		letters += len(code.Name.DE)
		for i, name := range code.Name.All() {
			names[i] = append(names[i], locale.Languages[i].Quote(name))
		}
	}
	if letters > 150 || len(dimension.Codes) > 12 {
		list := strings.Join(codes, ", ")
		return locale.Text{DE: list, FR: list, IT: list, EN: list}
	}
	return locale.Text{DE: strings.Join(names[0], ", "), FR: strings.Join(names[1], ", "), IT: strings.Join(names[2], ", "), EN: strings.Join(names[3], ", ")}
}

// lookKeyFigure finds what a cell of the column «Kennzahl» means.
func (r *reader) lookKeyFigure(_ int, text string) meaning {
	if text == "" {
		return wrong("key_figure_missing", "", "", nil)
	}
	if i, found := r.keyFigures[squeeze(text)]; found {
		return meaning{number: uint64(i + 1), ok: true}
	}
	if id, found := r.names.keyFigure(text); found {
		return wrong("key_figure_of_other_form", text, "", locale.Args{"text": r.programme.KeyFigure(id).Name, "form": r.plan.form.Name})
	}
	return r.unknown("key_figure_unknown", text, func() string {
		return suggest(squeeze(text), r.keyFigures, func(i int) string { return r.plan.figures[i].Name.DE })
	}, locale.Args{"form": r.plan.form.Name})
}

// optional reports whether the form's column of a role may be empty.
func (r *reader) optional(role programme.Role) bool {
	for _, column := range r.plan.form.Columns {
		if column.Role == role {
			return !column.Required
		}
	}
	return true
}

func (r *reader) optionalDimension(name figure.Dimension) bool {
	for _, column := range r.plan.form.Columns {
		if column.Role == programme.DimensionColumn && column.Dimension == name {
			return !column.Required
		}
	}
	return true
}

// severalColumns reports whether the file has several columns of a role.
func (r *reader) severalColumns(wanted role) bool {
	count := 0
	for _, column := range r.plan.columns {
		if column.role == wanted {
			count++
		}
	}
	return count > 1
}
