// Package programme is the reference model: everything that the house knows of
// the integration programme before a figure comes in. Funding areas, units,
// dimensions, key figures, indicators, targets, measures, organisations,
// municipalities and forms are data (seed/), loaded once, checked as a whole,
// and handed down as one read-only value.
package programme

import (
	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
)

// Programme is the whole definition. Slices stand in the order of the files,
// which is the order of the pages. Nobody changes it after Load.
type Programme struct {
	Name      locale.Text `yaml:"name"` // «Kantonales Integrationsprogramm (2024–2027)»
	Canton    locale.Text `yaml:"canton"`
	FirstYear figure.Year `yaml:"first_year"` // 2024: the first year of the programme
	LastYear  figure.Year `yaml:"last_year"`  // 2027: the year of the final targets
	DataFrom  figure.Year `yaml:"data_from"`  // 2022: the first year for which figures are taken in
	Baseline  figure.Year `yaml:"baseline"`   // 2023: the year that targets are compared with

	// Language is the language of references that are given in one; German where none
	// is named.
	Language locale.Language `yaml:"language"`

	// Identity is how the program presents itself.
	Identity `yaml:",inline"`
	// Finance names the parts of the finance grid; nil where the definition has no
	// spending.
	Finance *FinanceGrid `yaml:"finance"`

	Areas          []Area         `yaml:"-"`
	Units          []Unit         `yaml:"-"`
	Dimensions     []Dimension    `yaml:"-"`
	KeyFigures     []KeyFigure    `yaml:"-"`
	Indicators     []Indicator    `yaml:"-"`
	Targets        []Target       `yaml:"-"`
	Caveats        []Caveat       `yaml:"-"`
	Measures       []Measure      `yaml:"-"`
	Organisations  []Organisation `yaml:"-"`
	Regions        []Region       `yaml:"-"` // social regions
	Municipalities []Municipality `yaml:"-"`
	Population     []Population   `yaml:"-"`
	Forms          []Form         `yaml:"-"`
	Rules          []Rule         `yaml:"-"`

	// Fingerprint is the SHA-256, in hex, over the names and contents of the
	// files that were loaded.
	Fingerprint string `yaml:"-"`
	// Demo: the organisations and measures of this definition are assumed for a
	// demonstration; every page and export says so.
	Demo bool `yaml:"demo"`
	// DemoSenders are the organisations whose demo accounts may be tried, where Demo is
	// set.
	DemoSenders []figure.Organisation `yaml:"demo_senders"`

	index   index
	derived *derived          // look-up tables of other rooms; made by Load
	files   map[string][]byte // the definition as it was read, by name
}

// Standing says how binding an entry is (Status). Nothing official may be
// claimed of a Proposal, and pages mark it («Vorschlag»).
type Standing string

// The standings.
const (
	Law      Standing = "law"      // stands in an act or ordinance
	Federal  Standing = "federal"  // given by the federal side
	Cantonal Standing = "cantonal" // decided by the canton
	Proposal Standing = "proposal" // ours, for discussion
)

// AreaCode is the code of a funding area or of a cross-cutting chapter of the
// report, such as quality development or finance.
type AreaCode string

// Area is a funding area (Förderbereich) or one of the two cross-cutting
// chapters of the report.
type Area struct {
	Code AreaCode `yaml:"code"`
	// Number is the printed number, free to change; it may be empty.
	Number string `yaml:"number"`
	// Funding: one of the seven funding areas, not a cross-cutting chapter.
	Funding     bool          `yaml:"funding"`
	Name        locale.Text   `yaml:"name"`
	Short       locale.Text   `yaml:"short"` // for chart labels, at most about 20 letters
	Predecessor []Predecessor `yaml:"predecessor"`
	Source      string        `yaml:"source"`
}

// Predecessor is a funding area of the programme before (Identity.Before) that went
// into this one, so that series can start before the first year. Its numbers are
// never used as codes here.
type Predecessor struct {
	Number string      `yaml:"number"` // "1.1"
	Name   locale.Text `yaml:"name"`
}

// Unit is what figures count (Einheit).
type Unit struct {
	Code     figure.Unit `yaml:"code"`
	Name     locale.Text `yaml:"name"`     // «Personen»
	Decimals int         `yaml:"decimals"` // that a delivered figure may have and a page shows
	Whole    bool        `yaml:"whole"`    // counts: no decimals
	// Protected counts people or contacts with them: small counts are hidden.
	Protected bool `yaml:"protected"`
	Money     bool `yaml:"money"` // CHF
}

// Write writes an exact amount in the unit without its name, but with the signs that
// belong to the number: «92,5 %», «412», «CHF 1’234», and Rappen where there are any.
func (u *Unit) Write(l locale.Language, amount figure.Decimal) string {
	switch {
	case u.Code == figure.Percent:
		return l.Percent(amount, u.Decimals)
	case u.Money && amount.IsWhole():
		return l.Money(amount, 0)
	case u.Money:
		return l.Money(amount, u.Decimals)
	}
	return l.Number(amount, u.Decimals)
}

// Deliveries is the unit of the figures on completeness. The program gives it where the
// definition has none.
const Deliveries = figure.Unit("deliveries")

// Dimension is a breakdown with its list of codes (Merkmal).
type Dimension struct {
	Name  figure.Dimension `yaml:"name"`
	Title locale.Text      `yaml:"title"`
	Codes []Code           `yaml:"codes"`
	// Derived dimensions are worked out, not delivered: district and region from
	// the municipality, provider from the organisation. They have no codes here.
	Derived bool `yaml:"derived"`
}

// Code is a value of a dimension (Ausprägung).
type Code struct {
	Code figure.Code `yaml:"code"`
	Name locale.Text `yaml:"name"`
	// Also lists other spellings that files use: "männlich", "Männer", "M".
	Also []string `yaml:"also"`
	// Group names a reporting group, such as "asylum" for the status groups FL,
	// VA and N_ERW; "" for none.
	Group string `yaml:"group"`
}

// Additivity says how a key figure may be summed (Additivität).
type Additivity string

// The additivities.
const (
	// Flow figures are summed over everything: participations, talks, hours, CHF.
	Flow Additivity = "flow"
	// Stock figures hold on a day: the last part of the year counts.
	Stock Additivity = "stock"
	// DistinctResidence persons are counted once in their municipality or region:
	// summed over organisations and municipalities, never over parts of a year.
	DistinctResidence Additivity = "distinct_residence"
	// DistinctProvider persons are counted once by each provider: never summed
	// over organisations nor over parts of a year.
	DistinctProvider Additivity = "distinct_provider"
)

// KeyFigure is a figure that organisations deliver, defined once (Kennzahl).
type KeyFigure struct {
	ID         figure.KeyFigure `yaml:"id"`
	Name       locale.Text      `yaml:"name"`
	Definition locale.Text      `yaml:"definition"` // what is counted and what not, one or two sentences
	Unit       figure.Unit      `yaml:"unit"`
	Additivity Additivity       `yaml:"additivity"`
	Area       AreaCode         `yaml:"area"`
	// PartOf names the key figure that this one can never exceed: informed
	// arrivals are part of the arrivals.
	PartOf figure.KeyFigure `yaml:"part_of"`
	// Max is the largest plausible value of one cell; 0 for none.
	Max figure.Decimal `yaml:"max"`
	// Signed figures may be negative (corrections in finance).
	Signed bool `yaml:"signed"`
	// System figures are computed by the program from submissions or from this
	// definition, and stand in no form.
	System bool `yaml:"system"`
	// Also lists other headers that files use.
	Also   []string `yaml:"also"`
	Source string   `yaml:"source"`
}

// Kind is the kind of an indicator (Indikatorart).
type Kind string

// The kinds.
const (
	Output  Kind = "output"
	Outcome Kind = "outcome"
	Quality Kind = "quality"
	Finance Kind = "finance"
	Context Kind = "context"
)

// Aggregation says how an indicator is computed from sums of key figures.
type Aggregation string

// The aggregations.
const (
	Sum          Aggregation = "sum"           // the numerator, summed
	Ratio        Aggregation = "ratio"         // sum of numerators over sum of denominators
	Snapshot     Aggregation = "snapshot"      // as sum or ratio, of figures of the last day
	Distinct     Aggregation = "distinct"      // distinct persons, not additive
	WeightedMean Aggregation = "weighted_mean" // sum of score × weight over sum of weights
	Cohort       Aggregation = "cohort"        // ratio over one entry cohort, often imported
)

// Direction says which way is better.
type Direction string

// The directions.
const (
	Higher  Direction = "higher"
	Lower   Direction = "lower"
	Band    Direction = "band"
	Neutral Direction = "neutral" // no grade
)

// Indicator is a computed figure that the programme is steered by (Indikator).
type Indicator struct {
	ID          string             `yaml:"id"` // "LAN-02"
	Area        AreaCode           `yaml:"area"`
	Kind        Kind               `yaml:"kind"`
	Name        locale.Text        `yaml:"name"`
	Definition  locale.Text        `yaml:"definition"` // numerator and denominator in plain words
	Unit        figure.Unit        `yaml:"unit"`       // figure.Percent for shares
	Aggregation Aggregation        `yaml:"aggregation"`
	Numerator   []Term             `yaml:"numerator"`
	Denominator []Term             `yaml:"denominator"` // empty where the indicator is not a ratio
	Direction   Direction          `yaml:"direction"`
	Dimensions  []figure.Dimension `yaml:"dimensions"` // by which it can be broken down
	Deliverer   locale.Text        `yaml:"deliverer"`  // who delivers it, in words
	Standing    Standing           `yaml:"standing"`
	Source      Reference          `yaml:"source"`
	// Cohort indicators: how many years after entry; 0 otherwise.
	CohortYears int `yaml:"cohort_years"`
}

// Term is one summand of a numerator or denominator: a key figure, perhaps only
// of some codes of some dimensions, times a factor (1 unless the definition
// says otherwise: 0.5 for «teilweise erreicht»; -1 to subtract).
type Term struct {
	KeyFigure figure.KeyFigure                   `yaml:"key_figure"`
	Filter    map[figure.Dimension][]figure.Code `yaml:"filter"`
	Factor    figure.Decimal                     `yaml:"factor"`
}

// Target is a dated commitment (Zielwert). A revised target is a further entry
// with a later Decided; the old one stays readable.
type Target struct {
	Indicator string         `yaml:"indicator"`
	Year      figure.Year    `yaml:"year"`
	Value     figure.Decimal `yaml:"value"`   // a share as 0.95; the lower end of a band
	Upper     figure.Decimal `yaml:"upper"`   // of a band; 0 otherwise
	Decided   string         `yaml:"decided"` // ISO date
	Standing  Standing       `yaml:"standing"`
	Origin    Reference      `yaml:"origin"` // where the number comes from
	// Baseline is the value that the path starts from where a source gives one; nil
	// means that it is computed from the figures of Programme.Baseline.
	Baseline *figure.Decimal `yaml:"baseline"`
}

// Caveat is a footnote keyed to an indicator, and perhaps to years from which it
// holds (Fussnote, Methodenbruch). It travels to every page and export.
type Caveat struct {
	Indicator string      `yaml:"indicator"`
	From      figure.Year `yaml:"from"`  // 0: always
	Break     bool        `yaml:"break"` // the series before From is not comparable
	Text      locale.Text `yaml:"text"`
	Source    string      `yaml:"source"`
}

// MeasureKind is the kind of a measure.
type MeasureKind string

// The kinds of measures, after the three lines of action of the canton.
const (
	Advice   MeasureKind = "advice"   // advice to regular structures
	Gap      MeasureKind = "gap"      // closes a gap in the regular structures
	Specific MeasureKind = "specific" // specific integration offer
)

// MeasureState is how a measure stands.
type MeasureState string

// The states.
const (
	Planned  MeasureState = "planned"
	Running  MeasureState = "running"
	Delayed  MeasureState = "delayed"
	Stopped  MeasureState = "stopped"
	Finished MeasureState = "finished"
)

// Measure is a measure of the programme (Massnahme).
type Measure struct {
	Code         figure.Measure      `yaml:"code"`
	Name         locale.Text         `yaml:"name"`
	Area         AreaCode            `yaml:"area"`
	Organisation figure.Organisation `yaml:"organisation"` // responsible
	Kind         MeasureKind         `yaml:"kind"`
	Start        figure.Year         `yaml:"start"`
	End          figure.Year         `yaml:"end"`
	State        MeasureState        `yaml:"state"`
	OutcomeGoal  locale.Text         `yaml:"outcome_goal"` // Wirkungsziel; empty where none is documented
	OutputGoal   locale.Text         `yaml:"output_goal"`  // Leistungsziel (SMART)
	Indicators   []string            `yaml:"indicators"`
	// Contracted: there is a service agreement (Leistungsvereinbarung).
	Contracted bool     `yaml:"contracted"`
	Standing   Standing `yaml:"standing"`
}

// OrganisationKind says what an organisation is.
type OrganisationKind string

// The kinds of organisations.
const (
	MunicipalityOffice OrganisationKind = "municipality"
	RegularStructure   OrganisationKind = "regular_structure"
	Provider           OrganisationKind = "provider"
	SocialRegion       OrganisationKind = "social_region"
	CantonalOffice     OrganisationKind = "canton"
)

// Organisation is who delivers figures (Liefereinheit). Every municipality is
// one, made from the municipality list with the code "G" + federal municipality number.
type Organisation struct {
	Code         figure.Organisation `yaml:"code"`
	Name         locale.Text         `yaml:"name"`
	Kind         OrganisationKind    `yaml:"kind"`
	Municipality figure.Municipality `yaml:"municipality"` // of a municipality
	Region       string              `yaml:"region"`       // of a social region
	// StructureArea is the area of a regular structure: a code of the dimension
	// structure_area (VIntA Art. 4 Abs. 2 lists ten).
	StructureArea figure.Code `yaml:"structure_area"`
	// From and To bound the reporting years; 0 for open.
	From     figure.Year `yaml:"from"`
	To       figure.Year `yaml:"to"`
	Standing Standing    `yaml:"standing"`
}

// Region is a social region (Sozialregion).
type Region struct {
	Code     string      `yaml:"code"`
	Name     locale.Text `yaml:"name"`
	Standing Standing    `yaml:"standing"`
}

// Municipality is one state of a municipality (Einwohnergemeinde).
type Municipality struct {
	Number    figure.Municipality
	HistID    uint32 // 0 where not known
	Name      string
	District  string
	Region    string      // code of the social region; "" where not known
	ValidFrom figure.Year // first year; 0 for before 2022
	ValidTo   figure.Year // last year; 0 for open
	Successor figure.Municipality
	Also      []string // other spellings
}

// Population is the permanent resident population of a municipality on 31
// December.
type Population struct {
	Year                                                      figure.Year
	Municipality                                              figure.Municipality
	Total, Age0to4, Age5to14, Age15to24, Age25to54, Age55plus int
}

// Form is a questionnaire (Erhebungsformular): who owes it, for which periods,
// by when, and which columns it has.
type Form struct {
	Code        figure.Form        `yaml:"code"`
	Version     string             `yaml:"version"`
	Name        locale.Text        `yaml:"name"`
	Purpose     locale.Text        `yaml:"purpose"` // one sentence for the sender
	Periodicity figure.Periodicity `yaml:"periodicity"`
	From        figure.Year        `yaml:"from"`
	To          figure.Year        `yaml:"to"`
	// DueDays is the number of days after the end of the period by which the form
	// is due.
	DueDays int        `yaml:"due_days"`
	OwedBy  Obligation `yaml:"owed_by"`
	Columns []Column   `yaml:"columns"`
}

// Obligation says which organisations owe a form: those of a kind, or those
// listed, or those responsible for a measure of the listed areas.
type Obligation struct {
	Kinds         []OrganisationKind    `yaml:"kinds"`
	Organisations []figure.Organisation `yaml:"organisations"`
	// MeasureAreas: every organisation that is responsible for a measure of these
	// areas which runs in the period.
	MeasureAreas []AreaCode `yaml:"measure_areas"`
}

// Role says what a column of a form means.
type Role string

// The roles.
const (
	// OrganisationColumn and PeriodColumn say whose figures these are and of
	// when; every row of a file says the same.
	OrganisationColumn Role = "organisation"
	PeriodColumn       Role = "period"
	MunicipalityColumn Role = "municipality"
	MeasureColumn      Role = "measure"
	DimensionColumn    Role = "dimension"
	FigureColumn       Role = "figure"
	// NoteColumn is free text for people, kept in the file and not read.
	NoteColumn Role = "note"
)

// Column is a column of a form.
type Column struct {
	Role      Role             `yaml:"role"`
	Dimension figure.Dimension `yaml:"dimension"`  // of a DimensionColumn
	KeyFigure figure.KeyFigure `yaml:"key_figure"` // of a FigureColumn
	Name      locale.Text      `yaml:"name"`       // header; that of the key figure or dimension where empty
	Also      []string         `yaml:"also"`
	// Required: the column must be there; a cell of a required figure may still
	// be marked missing. Columns of persons' dimensions are never required.
	Required bool `yaml:"required"`
}
