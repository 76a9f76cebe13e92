package intake

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"kipmonitor/internal/csvtext"
	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/programme"
	"kipmonitor/internal/xlsx"
)

// Check reads all of a file and says everything that is wrong with it. The error
// is for a file that cannot be read at all, as when the disk fails; what is wrong
// with its content stands in the report.
func Check(file File, p *programme.Programme, expect Expect) (Report, error) {
	return Mark(file, p, expect, nil)
}

// Mark checks a file as Check does, and calls mark for each single place where
// something is wrong, as it is found; a report names only the first places of each
// finding. What is found in a file with personal data must not be kept.
func Mark(file File, p *programme.Programme, expect Expect, mark func(Finding)) (Report, error) {
	c := &checker{file: file, programme: p, names: namesOf(p), expect: expect, findings: newFindings()}
	c.findings.mark = mark
	c.report = Report{FileName: file.Name, Size: file.Size, Findings: []Finding{}, Totals: []Total{}}
	// The hash of a long file is worked out on another core in the meantime.
	hash := digest(file)
	err := c.run()
	sum, hashErr := hash()
	if err == nil {
		err = hashErr
	}
	c.report.SHA256 = sum
	return c.report, err
}

// run fills the report, but for the hash.
func (c *checker) run() error {
	s, err := csvtext.Look(c.file.Content, c.file.Size)
	if err != nil {
		return fmt.Errorf("read %s: %w", c.file.Name, err)
	}
	c.report.Encoding = s.Encoding
	c.plan = &plan{survey: s, slices: newSliceTable(), names: c.names}
	if s.Old() {
		c.whole(Hint, "encoding_old", locale.Args{"encoding": s.Encoding})
	}
	if err := c.check(); err != nil {
		return err
	}
	c.close()
	return nil
}

type checker struct {
	file      File
	programme *programme.Programme
	names     *names
	headers   *headers
	expect    Expect
	plan      *plan
	meaning   map[string]int // of squeezed headers in the form
	title     map[role]titleCell
	titles    []title // above the header
	context   context
	noPeriod  bool
	periods   int  // read so far
	sampled   int  // cells at the top of sheets
	keyless   bool // a column that tells rows apart is missing
	reader    *reader
	report    Report
	findings  *findings

	rowRules     []rowRule
	seen         *firsts
	expectedRows int // by the length of the first ones
	totals       []Total
	stated       []statedTotal
	running      []figure.Decimal // sums of all rows so far, by key figure
	since        []figure.Decimal // and since the last row of totals
	sizes        []figure.Decimal // sums of the amounts without their sign
	from         int              // the first row since then; 0 where there is none
	incomplete   bool             // some row or figure could not be read
	persons      personCodes
	rounded      []int // figures that were rounded, by key figure
	dressed      []int // columns of the row where the number format adds something

	marks       []seenMark
	ticks       map[int][]tick // by key figure
	several     []bool         // by key figure: something other than 0 and 1 is given
	nameless    nameless
	namesNeeded bool // the form asks for a municipality in each row, or has none
	unitColumns []int
	unitSeen    map[unitKey]Severity
	spoilt      bool // letters are lost, which is said
	accounts    accounts
}

// add notes a fault in a row.
func (c *checker) add(row uint32, wrong fault) {
	c.findings.add(row, c.plan.header(wrong.column), wrong)
}

// whole reports a finding about the file as a whole.
func (c *checker) whole(severity Severity, code string, args locale.Args) {
	c.add(0, fault{severity: severity, code: code, column: -1, args: args})
}

func (c *checker) check() error {
	if c.file.Size == 0 {
		c.whole(Error, "file_empty", nil)
		return nil
	}
	ok, err := true, error(nil)
	var head []byte
	switch kind := c.plan.survey.Binary; kind {
	case "":
		head, ok, err = c.head()
	case "zip", "ole":
		ok, err = c.openBook()
	default:
		c.whole(Error, "file_"+kind, nil)
		return nil
	}
	if !ok || err != nil {
		return err
	}
	if ok, err = c.header(head); !ok || err != nil {
		return err
	}
	if err := c.establish(); err != nil {
		return err
	}
	return c.rows()
}

// head returns the beginning of a text; false where there is none.
func (c *checker) head() ([]byte, bool, error) {
	buffer := make([]byte, 64<<10)
	n, err := io.ReadFull(c.plan.survey.Text(c.file.Content, c.file.Size), buffer)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, false, fmt.Errorf("read %s: %w", c.file.Name, err)
	}
	head := buffer[:n]
	if kind := markup(head); kind != "" {
		c.whole(Error, kind, nil)
		return nil, false, nil
	}
	if strings.TrimSpace(string(head)) == "" {
		c.whole(Error, "file_empty", nil)
		return nil, false, nil
	}
	c.expectedRows = int(float64(bytes.Count(head, []byte{'\n'})) / float64(n) * float64(c.file.Size))
	return head, true, nil
}

// source hands out the rows of a table one after the other: the cells, valid until
// the next call, and the number of the row as Excel shows it, from 1; io.EOF at
// the end. A CSV text is one, a sheet of a workbook another: everything behind it
// is the same for both.
type source interface {
	Next() (cells [][]byte, row uint32, err error)
}

// rows starts at the first row of the file.
func (pl *plan) rows(file File) (source, error) {
	if pl.book != nil {
		rows, err := pl.book.Rows(file.Content, file.Size, pl.sheet, pl.spent)
		return sheetRows{rows, pl.headerRow}, err
	}
	return pl.survey.Rows(file.Content, file.Size, pl.dialect)
}

// rows checks everything below the header.
func (c *checker) rows() error {
	rows, err := c.plan.rows(c.file)
	if err != nil {
		return c.scanFault(err, 1)
	}
	c.reader = newReader(c.programme, c.names, c.plan)
	c.plan.kept.municipalities, c.plan.kept.measures, c.plan.kept.furthers = c.reader.municipalities, c.reader.measures, c.reader.furthers
	c.reader.fault, c.reader.suspicious, c.reader.lost = c.add, c.personCell, c.lost
	c.rowRules = newRowRules(c.programme, c.plan)
	compares := len(c.rowRules) > 0 || slices.ContainsFunc(c.plan.whole, func(whole int) bool { return whole >= 0 })
	c.seen = newFirsts(c.expectedRows, c.plan.layout == Long && compares)
	n := len(c.plan.figures)
	c.totals, c.rounded, c.several = make([]Total, n), make([]int, n), make([]bool, n)
	c.running, c.since, c.sizes = make([]figure.Decimal, n), make([]figure.Decimal, n), make([]figure.Decimal, n)
	c.namesNeeded = !c.plan.has(municipalityCell) || !c.reader.optional(programme.MunicipalityColumn)
	for {
		cells, number, err := rows.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return c.scanFault(err, number)
		}
		if number <= c.plan.headerRow {
			continue
		}
		errorsBefore := c.findings.errors
		if c.misshapen(rows, cells, number) || c.uncomputed(rows, cells, number) {
			c.report.Rows++
			c.report.FaultyRows++
			continue
		}
		m, ok := c.reader.read(cells, number)
		if !ok {
			continue
		}
		if m.total {
			c.state(m)
			continue
		}
		c.remarks(rows, cells, m)
		m.faulty = c.compareContext(cells, number) || m.faulty
		if c.unitColumns != nil {
			c.unitCells(m, cells)
		}
		if c.report.Rows++; c.report.Rows > MaxRows {
			c.whole(Error, "too_many_rows", locale.Args{"limit": MaxRows})
			break
		}
		if c.from == 0 {
			c.from = int(number)
		}
		c.row(m, cells)
		if c.findings.errors > errorsBefore {
			c.report.FaultyRows++
		}
	}
	c.hiddenColumns(rows)
	return c.settle()
}

func (c *checker) scanFault(err error, row uint32) error {
	if errors.Is(err, csvtext.ErrRow) {
		c.add(row, fault{severity: Error, code: "quote_open", column: -1})
		return nil
	}
	if errors.Is(err, io.EOF) || errors.Is(err, errEmpty) {
		c.whole(Error, "file_empty", nil)
		return nil
	}
	if refused := xlsx.Refusal(""); errors.As(err, &refused) {
		c.whole(Error, "file_"+string(refused), nil)
		return nil
	}
	return fmt.Errorf("read %s: %w", c.file.Name, err)
}

// row checks the figures of a row.
func (c *checker) row(m *row, cells [][]byte) {
	margin := m.margin()
	for i := range m.figures {
		f := &m.figures[i]
		if f.amount.fault != "" {
			c.badNumber(m.number, f, cells)
			f.amount.mark = figure.Missing
		} else {
			c.inRange(m, f, cells)
		}
		if m.faulty || !c.countable(m.number, f) {
			continue // it is not known what the figure is of, or it is beyond all bounds
		}
		c.count(m, f)
		c.notePersons(m, f)
		if f.amount.mark == figure.Given {
			c.several[f.figure] = c.several[f.figure] || f.amount.value != 0 && f.amount.value != figure.Whole(1)
			c.running[f.figure] += f.amount.value
			c.since[f.figure] += f.amount.value
		}
		c.plan.slices.add(m.sliceKey(f.figure), margin, f.amount.mark)
		if c.plan.layout == Long {
			c.duplicate(m, f.amount, m.key|uint64(f.figure+1)<<figureShift)
		}
	}
	if !m.faulty && !c.namesNeeded {
		c.noteMunicipality(m)
	}
	c.incomplete = c.incomplete || m.faulty
	c.report.Observations += len(m.figures)
	if c.findings.errors == 0 {
		c.plan.kept.add(m)
	}
	if c.plan.layout == Wide {
		if !m.faulty {
			c.duplicate(m, amount{}, m.key)
			c.rulesOfRow(m)
		}
		c.parts(m)
	}
}

// badNumber reports a cell that is no figure.
func (c *checker) badNumber(row uint32, f *cellFigure, cells [][]byte) {
	c.incomplete = true
	cell := cellAt(cells, f.column)
	if kind := personal(cell, false); kind != "" {
		c.person(row, f.column, kind)
		return
	}
	raw := strings.TrimSpace(string(cell[:min(len(cell), 400)]))
	text, code, suggestion := clip(raw), f.amount.fault, ""
	switch {
	case code == "figure_merged":
	case isStruck(text):
		code, suggestion = "text_struck", unstruck(text)
	case code == "number_format", code == "number" && slices.Contains(c.dressed, f.column):
		code, suggestion = "number_format", multiplied(text)
	case code == "number" && len(raw) <= maxText:
		code, suggestion = noNumber(raw, c.plan.units[f.figure])
	}
	c.add(row, fault{severity: Error, code: code, column: f.column, cause: text, text: text, suggestion: suggestion,
		args: locale.Args{"text": text, "unit": c.plan.units[f.figure].Name, "figure": c.plan.figures[f.figure].Name}})
}

func (t *Total) count(a amount) {
	switch a.mark {
	case figure.Given:
		t.Given++
		if sum, err := t.Value.Add(a.value); err == nil {
			t.Value = sum
		}
	case figure.Missing:
		t.Missing++
	case figure.NotApplicable:
		t.NotApplicable++
	}
}

// No figure of a programme comes near mostValue; it bounds those that have no largest
// value of their own. What the figures of a file add up to is bounded too, so that
// sums over thousands of files can be counted in a figure.Decimal.
const (
	mostValue = figure.Decimal(10_000_000_000 * 10_000)
	mostSum   = 10 * mostValue
)

// countable reports whether a figure can be added up: what is beyond the bounds is
// refused, and no sum of it is formed.
func (c *checker) countable(row uint32, f *cellFigure) bool {
	size := &c.sizes[f.figure]
	switch {
	case f.amount.mark != figure.Given:
		return true
	case *size > mostSum || f.amount.value.Abs() > mostValue:
		return false
	}
	if *size += f.amount.value.Abs(); *size <= mostSum {
		return true
	}
	k := c.plan.figures[f.figure]
	c.add(row, fault{severity: Error, code: "sum_too_large", column: f.column, cause: string(k.ID), args: locale.Args{"figure": k.Name, "max": mostSum}})
	return false
}

// most is the largest plausible value of a key figure, whatever its sign.
func most(k *programme.KeyFigure) figure.Decimal {
	if k.Max > 0 {
		return min(k.Max, mostValue)
	}
	return mostValue
}

// inRange checks that a figure is possible at all.
func (c *checker) inRange(m *row, f *cellFigure, cells [][]byte) {
	k := c.plan.figures[f.figure]
	switch a := f.amount; {
	case a.mark != figure.Given:
		if !a.empty {
			c.marked(m, f, cells)
		} else if c.plan.required[f.figure] && m.key&personMask == 0 {
			c.add(m.number, fault{severity: Hint, code: "figure_empty", column: f.column, cause: string(k.ID), args: locale.Args{"figure": k.Name}})
		}
	case a.dash:
		c.marked(m, f, cells)
	case a.value < 0 && !k.Signed:
		c.add(m.number, fault{severity: Error, code: "negative", column: f.column, cause: string(k.ID), text: string(cellAt(cells, f.column)), args: locale.Args{"text": a.value, "figure": k.Name}})
	case a.value > most(k):
		c.add(m.number, fault{severity: Error, code: "too_large", column: f.column, cause: string(k.ID), text: string(cellAt(cells, f.column)), args: locale.Args{"text": a.value, "figure": k.Name, "max": most(k)}})
	case a.value < -most(k):
		c.add(m.number, fault{severity: Error, code: "too_small", column: f.column, cause: string(k.ID), text: string(cellAt(cells, f.column)), args: locale.Args{"text": a.value, "figure": k.Name, "min": -most(k)}})
	case a.rounded:
		c.rounded[f.figure]++
		text := clip(string(cellAt(cells, f.column)))
		c.add(m.number, fault{severity: Hint, code: "number_rounded", column: f.column, cause: string(k.ID), text: text, args: locale.Args{"text": text, "value": a.value}})
	case a.thousands:
		text := string(cellAt(cells, f.column))
		c.add(m.number, fault{severity: Warning, code: "number_thousands", column: f.column, text: text, args: locale.Args{"text": clip(text), "value": a.value}})
	}
}

// duplicate finds a figure that stands there twice. All of them are one cause; the
// first pairs of rows are named.
func (c *checker) duplicate(m *row, a amount, key uint64) {
	first := c.seen.insert(key, m.number, a)
	if first == 0 || c.keyless {
		return
	}
	row, other := strconv.Itoa(int(m.number)), strconv.Itoa(int(first))
	if i, again := c.findings.index[findingKey{"duplicate", -1, ""}]; again {
		finding := &c.findings.list[i]
		if finding.Count <= maxPlaces {
			finding.Args["pairs"] = finding.Args["pairs"].(string) + ", " + other + "/" + row
		} else if finding.Count == maxPlaces+1 {
			finding.Args["pairs"] = finding.Args["pairs"].(string) + " …"
		}
	}
	c.add(m.number, fault{severity: Error, code: "duplicate", column: -1, args: locale.Args{"row": row, "first": other, "pairs": other + "/" + row}})
}

// parts checks, within a row, that no part exceeds its whole.
func (c *checker) parts(m *row) {
	for i := range m.figures {
		part := &m.figures[i]
		whole := c.plan.whole[part.figure]
		if whole < 0 || part.amount.mark != figure.Given {
			continue
		}
		for j := range m.figures {
			if w := &m.figures[j]; w.figure == whole && w.amount.mark == figure.Given && w.amount.value >= 0 && part.amount.value > w.amount.value {
				c.partTooLarge(m.number, part.column, part.figure, part.amount.value, w.amount.value)
			}
		}
	}
}

func (c *checker) partTooLarge(row uint32, column, part int, value, whole figure.Decimal) {
	k := c.plan.figures[part]
	c.add(row, fault{severity: Error, code: "part_too_large", column: column, cause: string(k.ID), text: value.String(), args: locale.Args{
		"part": k.Name, "whole": c.programme.KeyFigure(k.PartOf).Name, "value": value, "most": whole}})
}

// close finishes the report.
func (c *checker) close() {
	if c.report.PersonalData {
		c.mask()
	}
	c.report.Findings = c.findings.sorted()
	if c.report.Period.Year != 0 {
		c.report.PeriodText = c.report.Period.String()
	}
	c.report.Verdict = c.report.Accepted()
	c.report.plan = c.plan
}
