package figure

import (
	"sort"
	"strconv"
	"strings"
	"unicode"
)

// KeyFigure is the id of a key figure (Kennzahl): a column that organisations
// deliver, such as "arrivals_informed".
type KeyFigure string

// In is the key figure in an account of the finance grid, as «expenditure/budget»: sums of
// different accounts must not be taken for one. Without an account it is the key figure.
func (k KeyFigure) In(account Code) KeyFigure {
	if account == "" {
		return k
	}
	return k + "/" + KeyFigure(account)
}

// Organisation is the code of an organisation that delivers: a municipality, a
// regular structure, a course provider, a social region, the canton.
type Organisation string

// Municipality is a BFS number (BFS-Gemeindenummer). The number alone carries
// no date; with the period it names one state of a municipality. 0 means that
// the figure is not by municipality.
type Municipality uint16

// Measure is the code of a measure (Massnahme); "" where the figure is not by
// measure.
type Measure string

// Form is the code of a form (Erhebungsformular).
type Form string

// Code is a value of a dimension: "m", "16-25", "VA", "A2" …; "" means all of
// them, not broken down.
type Code string

// Dimension is the name of a dimension: "sex", "age", "status", "level" …
type Dimension string

// The three dimensions of persons. A sender may break a figure down by any
// subset of them, or state totals beside the parts; every other dimension of a
// form is part of the key and must stand in every row.
const (
	Sex    Dimension = "sex"
	Age    Dimension = "age"
	Status Dimension = "status"
)

// Margin is a set of the dimensions of persons, by which a figure is asked or
// broken down: 0 for the total, BySex|ByAge for the table of both.
type Margin uint8

// The members of a Margin. Their values are stored (in Observation.Margins).
const (
	BySex Margin = 1 << iota
	ByAge
	ByStatus
)

// Margins is a set of Margin values, one bit for each of the eight: bit m is
// set where an observation counts when figures are asked by margin m. Intake
// sets it so that the parts and the stated total of one figure are never added
// up together: of all breakdowns that a file gives for a figure, the coarsest
// that answers the question counts, and no other.
type Margins uint8

// With returns the set with m in it.
func (s Margins) With(m Margin) Margins { return s | 1<<m }

// Has reports whether m is in the set.
func (s Margins) Has(m Margin) bool { return s&(1<<m) != 0 }

// Cell is the place in the sender's file that a figure was read from.
type Cell struct {
	Sheet  string `json:"sheet,omitempty"` // "" in a CSV file
	Row    uint32 `json:"row"`             // as Excel numbers the rows, from 1
	Column uint16 `json:"column"`          // from 1; 0: the row as a whole
}

// Name is the cell as Excel names it, «B12», or the number of the row alone where
// no column is meant.
func (c Cell) Name() string {
	letters := ""
	for n := int(c.Column); n > 0; n = (n - 1) / 26 {
		letters = string(rune('A'+(n-1)%26)) + letters
	}
	return letters + strconv.FormatUint(uint64(c.Row), 10)
}

// Full is Name with the sheet, where there is one, as Excel writes it: «Daten!B12»,
// «'Zahlen 2025'!B12».
func (c Cell) Full() string {
	if c.Sheet == "" {
		return c.Name()
	}
	sheet := c.Sheet
	plain := strings.TrimFunc(sheet, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' }) == ""
	if !plain || strings.ContainsAny(sheet[:1], "0123456789") {
		sheet = "'" + strings.ReplaceAll(sheet, "'", "''") + "'"
	}
	return sheet + "!" + c.Name()
}

// Observation is one figure as it was read from one cell (Beobachtung).
type Observation struct {
	Cell         Cell
	Municipality Municipality
	Measure      Measure
	KeyFigure    KeyFigure
	Sex          Code
	Age          Code
	Status       Code
	Further      Further
	Value        Decimal
	Mark         Mark
	Margins      Margins
}

// Margin returns the dimensions of persons by which o is broken down.
func (o Observation) Margin() Margin {
	var m Margin
	if o.Sex != "" {
		m |= BySex
	}
	if o.Age != "" {
		m |= ByAge
	}
	if o.Status != "" {
		m |= ByStatus
	}
	return m
}

// Further holds the further dimensions of a figure beside those of persons, as
// one canonical text, sorted by name: "course=intensive;level=A2"; "" where
// there are none. A form brings any dimensions it needs without a change of the
// schema, and a text of few distinct values is stored and grouped cheaply.
type Further string

// NewFurther returns the canonical text of dimensions and their codes. Empty
// codes are left out. Names and codes contain neither "=" nor ";", which the
// loading of the programme checks.
func NewFurther(codes map[Dimension]Code) Further {
	pairs := make([]string, 0, len(codes))
	for name, code := range codes {
		if code != "" {
			pairs = append(pairs, string(name)+"="+string(code))
		}
	}
	sort.Strings(pairs)
	return Further(strings.Join(pairs, ";"))
}

// Code returns the code of a dimension, or "".
func (f Further) Code(name Dimension) Code {
	for pair := range strings.SplitSeq(string(f), ";") {
		if key, code, _ := strings.Cut(pair, "="); key == string(name) {
			return Code(code)
		}
	}
	return ""
}
