package intake

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/programme"
)

// Severity says what a finding means for the file.
type Severity string

// The severities: an error keeps the file out, a warning asks for an
// explanation, a hint informs.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
	Hint    Severity = "hint"
)

// Finding is one cause, found in one or more places.
type Finding struct {
	Severity Severity    `json:"severity"`
	Code     string      `json:"code"`
	Rule     string      `json:"rule,omitempty"` // id of the rule of plausibility that is broken
	Place    figure.Cell `json:"place"`          // the first; row 0 means the file as a whole, column 0 the row as a whole
	Column   string      `json:"column,omitempty"`
	// KeyFigure is the one that a rule found odd in the file as a whole.
	KeyFigure  figure.KeyFigure `json:"key_figure,omitempty"`
	Text       string           `json:"text,omitempty"`       // as it stands in the cell
	Suggestion string           `json:"suggestion,omitempty"` // what was probably meant
	Args       locale.Args      `json:"-"`
	Count      int              `json:"count"`             // in how many places
	More       []figure.Cell    `json:"more,omitempty"`    // the next places, at most maxPlaces
	Explain    bool             `json:"explain,omitempty"` // the sender has to say why it is right all the same
	// ExplainedBy is the key of the finding with the same cause whose explanation holds
	// for this one too.
	ExplainedBy string      `json:"explained_by,omitempty"`
	Message     locale.Text `json:"message"` // In, in every language, for whoever reads the JSON

	text locale.Text // of the rule
}

const (
	// maxPlaces is how many further places a finding names; all are counted.
	maxPlaces = 10
	// maxCauses is how many causes with one code in one column are told apart.
	maxCauses = 20
	// maxFindings is how many causes a report lists; further ones are counted by a
	// last finding.
	maxFindings = 200
	// maxText is how much of a cell a finding repeats, in letters.
	maxText = 80
)

// In returns the message of the finding in a language: what is wrong, and what
// to do. A finding that was read from JSON says what it said when it was made.
func (f Finding) In(language locale.Language) string {
	if said := f.Message.In(language); said != "" {
		return said
	}
	if f.Rule != "" {
		return language.Fill(f.text, f.Args)
	}
	text := language.Say("intake."+f.Code, f.Args)
	if f.Suggestion != "" && f.Suggestion != f.Args["successor"] {
		text += " " + language.Say("intake.did_you_mean", locale.Args{"suggestion": f.Suggestion})
	}
	return text
}

// Where names the places of the finding in a language, as Excel names cells: «Zelle
// Daten!B12, C13 und 9 weitere»; "" where it means the file as a whole.
func (f Finding) Where(language locale.Language) string {
	if f.Place.Row == 0 {
		return ""
	}
	key, first := "place.cells", f.Place.Full()
	if f.Place.Column == 0 {
		key, first = "place.rows", f.Place.Name()
		if f.Place.Sheet != "" {
			key = "place.rows_of_sheet"
		}
	}
	names := []string{first}
	for _, place := range f.More {
		name := place.Name()
		if place.Sheet != f.Place.Sheet {
			name = place.Full()
		}
		names = append(names, name)
	}
	text := language.Say(key, locale.Args{"places": strings.Join(names, ", "), "sheet": f.Place.Sheet})
	if rest := f.Count - len(names); rest > 0 {
		text += " " + language.Say("place.more", locale.Args{"count": rest})
	}
	return text
}

// Key names a finding within its report, the same whenever the file is checked:
// an explanation is given under it. It is the rule or the code, then the key figure
// and the first place, where there are any.
func (f Finding) Key() string {
	parts := []string{cmp.Or(f.Rule, f.Code)}
	if f.KeyFigure != "" {
		parts = append(parts, string(f.KeyFigure))
	}
	if f.Place.Row != 0 {
		parts = append(parts, strconv.Itoa(int(f.Place.Row)), strconv.Itoa(int(f.Place.Column)))
	}
	return strings.Join(parts, " ")
}

// fault is what is wrong with a cell, before it is known in how many places.
type fault struct {
	severity         Severity
	code             string
	column           int    // from 0; -1: the row as a whole
	cause            string // what has the same code, column and cause is one finding
	text, suggestion string
	args             locale.Args
	rule             *programme.Rule  // nil where the program itself finds it
	keyFigure        figure.KeyFigure // of a rule about the file as a whole
}

// findings gathers the faults of a file by their cause.
type findings struct {
	list   []Finding
	index  map[findingKey]int
	causes map[findingKey]int // by code and column: how many causes there are
	more   int                // places of causes beyond maxFindings
	errors int                // places of errors
	mark   func(Finding)      // called for every place; may be nil
	sheet  string             // that the rows stand in; "" in a text
}

type findingKey struct {
	code   string
	column int
	cause  string
}

func newFindings() *findings {
	return &findings{list: []Finding{}, index: map[findingKey]int{}, causes: map[findingKey]int{}}
}

// add notes a fault in a row; row 0 means the file as a whole.
func (f *findings) add(row uint32, header string, wrong fault) {
	if wrong.severity == Error {
		f.errors++
	}
	place := figure.Cell{Row: row, Column: uint16(min(wrong.column+1, math.MaxUint16))}
	if row != 0 {
		place.Sheet = f.sheet
	}
	key := findingKey{wrong.code, wrong.column, wrong.cause}
	i, again := f.index[key]
	if !again && wrong.rule == nil {
		group := findingKey{code: wrong.code, column: wrong.column}
		if f.causes[group]++; f.causes[group] > maxCauses {
			// Where everything is wrong in another way, that is one cause too.
			key.cause = "\x00"
			i, again = f.index[key]
		}
	}
	if again {
		finding := &f.list[i]
		finding.Count++
		if len(finding.More) < maxPlaces {
			finding.More = append(finding.More, place)
		}
		if f.mark != nil {
			f.mark(wrong.finding(place, header))
		}
		return
	}
	finding := wrong.finding(place, header)
	if f.mark != nil {
		f.mark(finding)
	}
	if len(f.list) >= maxFindings {
		f.more++
		// The verdict must not depend on the order of the findings.
		if wrong.severity == Error && !slices.ContainsFunc(f.list, func(f Finding) bool { return f.Severity == Error }) {
			f.list[maxFindings-1] = finding
		}
		return
	}
	f.index[key] = len(f.list)
	f.list = append(f.list, finding)
}

// finding is what a fault says of one place.
func (f *fault) finding(place figure.Cell, header string) Finding {
	if f.args == nil {
		f.args = locale.Args{}
	}
	if _, given := f.args["column"]; !given {
		f.args["column"] = header
	}
	finding := Finding{Severity: f.severity, Code: f.code, Place: place, Column: header, Text: clip(f.text),
		Suggestion: f.suggestion, Args: f.args, Count: 1, Explain: f.severity == Warning, KeyFigure: f.keyFigure}
	if f.rule != nil {
		finding.Rule, finding.text, finding.Explain = f.rule.ID, f.rule.Message, f.rule.Explain
	}
	return finding
}

// again counts a further place of a finding.
func (f *findings) again(i int, row uint32, column int) {
	finding := &f.list[i]
	finding.Count++
	if len(finding.More) < maxPlaces {
		finding.More = append(finding.More, figure.Cell{Sheet: f.sheet, Row: row, Column: cellColumn(column)})
	}
}

// has reports whether there is a finding whose code begins with one of the given
// texts.
func (f *findings) has(prefixes ...string) bool {
	return slices.ContainsFunc(f.list, func(finding Finding) bool {
		return slices.ContainsFunc(prefixes, func(prefix string) bool { return strings.HasPrefix(finding.Code, prefix) })
	})
}

// SheetName is the name of a sheet as a report writes it: in one line, and cut where it
// is very long.
func SheetName(name string) string { return clip(name) }

// clip makes a cell's text fit into a line.
func clip(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == unicode.ReplacementChar {
			return ' '
		}
		return r
	}, strings.TrimSpace(text))
	count := 0
	for i := range text {
		if count++; count > maxText {
			return text[:i] + "…"
		}
	}
	return text
}

var severityRank = map[Severity]int{Error: 0, Warning: 1, Hint: 2}

// sorted returns the findings in the order in which they help most: errors, then
// warnings, then hints; what concerns the whole file first, then what stands in
// the most places, then from top to bottom.
func (f *findings) sorted() []Finding {
	if f.more > 0 {
		f.list = append(f.list, Finding{Severity: Hint, Code: "more_findings", Args: locale.Args{"count": f.more}, Count: f.more})
	}
	slices.SortStableFunc(f.list, func(a, b Finding) int {
		aWhole, bWhole := min(a.Place.Row, 1), min(b.Place.Row, 1)
		return cmp.Or(severityRank[a.Severity]-severityRank[b.Severity], cmp.Compare(aWhole, bWhole), b.Count-a.Count,
			cmp.Compare(a.Place.Row, b.Place.Row), cmp.Compare(a.Place.Column, b.Place.Column))
	})
	for i := range f.list {
		said := &f.list[i]
		said.Message = locale.Text{DE: said.In(locale.German), FR: said.In(locale.French), IT: said.In(locale.Italian), EN: said.In(locale.English)}
	}
	return f.list
}
