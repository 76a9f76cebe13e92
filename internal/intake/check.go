package intake

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/programme"
)

// Check reads all of a file and says everything that is wrong with it. The error
// is for a file that cannot be read at all, as when the disk fails; what is wrong
// with its content stands in the report.
func Check(file File, p *programme.Programme, expect Expect) (Report, error) {
	c := &checker{file: file, programme: p, names: newNames(p), expect: expect, found: map[findingKey]int{}}
	c.report = Report{FileName: file.Name, Size: file.Size, Findings: []Finding{}, Totals: []Total{}}
	s, err := look(file)
	if err != nil {
		return c.report, err
	}
	c.report.SHA256, c.report.Encoding = s.sha256, s.name
	c.plan = &plan{survey: s, slices: newSliceTable()}
	if err := c.check(); err != nil {
		return c.report, err
	}
	c.close()
	return c.report, nil
}

type checker struct {
	file      File
	programme *programme.Programme
	names     *names
	expect    Expect
	plan      *plan
	reader    *reader
	report    Report
	found     map[findingKey]int // index in report.Findings
	more      int                // findings beyond maxFindings

	seen        *table
	totals      []Total
	stated      map[int]figure.Decimal // by key figure, of rows of totals
	statedPlace map[int]figure.Cell
	rowFaulty   bool

	lastPeriod, lastOrganisation string // what the row above said
}

// findingKey groups what has one cause.
type findingKey struct {
	code, text string
	column     int
}

// yearText keeps a year from being written as a number of thousands.
func yearText(year figure.Year) string { return strconv.Itoa(int(year)) }

// add reports a finding at a place; one with the same cause is counted.
func (c *checker) add(severity Severity, code string, row uint32, column int, text, suggestion string, args locale.Args) {
	if severity == Error {
		c.rowFaulty = true
	}
	place := figure.Cell{Row: row, Column: uint16(column + 1)}
	key := findingKey{code, text, column}
	if i, again := c.found[key]; again {
		f := &c.report.Findings[i]
		f.Count++
		if len(f.More) < maxPlaces {
			f.More = append(f.More, place)
		}
		return
	}
	if len(c.report.Findings) >= maxFindings {
		if severity == Error && c.report.Count(Error) == 0 {
			// The verdict must not depend on the order of the findings.
			c.report.Findings[maxFindings-1] = Finding{Severity: Error, Code: code, Place: place, Text: text, Args: args, Count: 1}
		}
		c.more++
		return
	}
	header := ""
	if c.plan != nil && column >= 0 && column < len(c.plan.columns) {
		header = c.plan.columns[column].header
	}
	if args == nil {
		args = locale.Args{}
	}
	if _, given := args["column"]; !given {
		args["column"] = header
	}
	c.found[key] = len(c.report.Findings)
	c.report.Findings = append(c.report.Findings, Finding{Severity: severity, Code: code, Place: place, Column: header, Text: text,
		Suggestion: suggestion, Args: args, Count: 1})
}

// whole reports a finding about the file as a whole.
func (c *checker) whole(severity Severity, code string, args locale.Args) {
	c.add(severity, code, 0, -1, "", "", args)
}

func (c *checker) check() error {
	if c.file.Size == 0 {
		c.whole(Error, "file_empty", nil)
		return nil
	}
	if kind := c.plan.survey.binary; kind != "" {
		c.whole(Error, "file_"+kind, nil)
		return nil
	}
	head, err := c.head()
	if err != nil {
		return err
	}
	c.plan.dialect = sniff(head)
	c.report.Separator = map[byte]string{';': ";", ',': ",", '\t': "tab"}[c.plan.dialect.separator]
	if c.report.Separator == "" {
		c.report.Separator = string(c.plan.dialect.separator)
	}
	if ok, err := c.header(); !ok || err != nil {
		return err
	}
	return c.rows()
}

func (c *checker) head() ([]byte, error) {
	buffer := make([]byte, 64<<10)
	n, err := io.ReadFull(c.plan.survey.text(c.file), buffer)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, fmt.Errorf("read %s: %w", c.file.Name, err)
	}
	return buffer[:n], nil
}

// scanner starts at the first row of the file.
func (pl *plan) scanner(file File) (*scanner, error) {
	s := newScanner(pl.survey.text(file), pl.dialect.separator, pl.dialect.end)
	if pl.dialect.named {
		if _, _, err := s.next(); err != nil {
			return nil, err
		}
		s.row = 0 // Excel does not show the line «sep=;»
	}
	return s, nil
}

// rows reads everything below the header.
func (c *checker) rows() error {
	scanner, err := c.plan.scanner(c.file)
	if err != nil {
		return c.scanFault(err, 1)
	}
	c.reader = newReader(c.programme, c.names, c.plan)
	c.reader.fault = c.add
	c.reader.suspicious = c.personCell
	c.seen = newTable()
	c.totals = make([]Total, len(c.plan.figures))
	c.stated, c.statedPlace = map[int]figure.Decimal{}, map[int]figure.Cell{}
	for {
		cells, number, err := scanner.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return c.scanFault(err, number)
		}
		if number <= c.plan.headerRow {
			continue
		}
		c.rowFaulty = false
		c.context(cells, number)
		m, ok := c.reader.read(cells, number)
		if !ok {
			continue
		}
		if m.total {
			c.state(m)
			continue
		}
		c.report.Rows++
		if c.report.Rows > MaxRows {
			c.whole(Error, "too_many_rows", locale.Args{"limit": MaxRows})
			break
		}
		c.row(m, cells)
		if c.rowFaulty || m.faulty {
			c.report.FaultyRows++
		}
	}
	return c.settle()
}

func (c *checker) scanFault(err error, row uint32) error {
	if errors.Is(err, errLine) {
		c.add(Error, "quote_open", row, -1, "", "", nil)
		return nil
	}
	if errors.Is(err, io.EOF) {
		c.whole(Error, "file_empty", nil)
		return nil
	}
	return fmt.Errorf("read %s: %w", c.file.Name, err)
}

// row checks the figures of a row.
func (c *checker) row(m *row, cells [][]byte) {
	margin := m.margin()
	given := 0
	for i := range m.figures {
		f := &m.figures[i]
		if f.amount.fault != "" {
			text := strings.TrimSpace(string(cells[f.column]))
			if kind := personal(text); kind != "" {
				c.personCell(m.number, f.column, text)
			} else {
				c.add(Error, f.amount.fault, m.number, f.column, text, "", locale.Args{"text": text, "unit": c.plan.units[f.figure].Name})
			}
			continue
		}
		c.inRange(m, f)
		if f.amount.mark == figure.Given {
			given++
		}
		c.totals[f.figure].count(f.amount)
		c.plan.slices.add(m.sliceKey(f.figure), margin)
		if c.plan.layout == Long {
			c.duplicate(m, f, m.key|uint64(f.figure+1)<<figureShift)
		}
	}
	c.report.Observations += len(m.figures)
	if c.plan.layout == Wide {
		if len(m.figures) > 0 {
			c.duplicate(m, &m.figures[0], m.key)
		}
		c.parts(m)
	}
	if m.faulty {
		c.rowFaulty = true
	}
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
	}
}

// inRange checks that a figure is possible at all.
func (c *checker) inRange(m *row, f *cellFigure) {
	if f.amount.mark != figure.Given {
		return
	}
	k := c.programme.KeyFigure(c.plan.figures[f.figure])
	if f.amount.value < 0 && !k.Signed {
		c.add(Error, "negative", m.number, f.column, f.amount.value.String(), "", locale.Args{"text": f.amount.value, "figure": k.Name})
	}
	if k.Max > 0 && f.amount.value > k.Max {
		c.add(Error, "too_large", m.number, f.column, f.amount.value.String(), "", locale.Args{"text": f.amount.value, "figure": k.Name, "max": k.Max})
	}
}

// duplicate finds a figure that stands there twice.
func (c *checker) duplicate(m *row, f *cellFigure, key uint64) {
	if m.faulty {
		return
	}
	first := c.seen.insert(entry{key: key + 1, value: f.amount.value, row: m.number, mark: f.amount.mark})
	if first != nil {
		c.add(Error, "duplicate", m.number, -1, strconv.Itoa(int(first.row)), "", locale.Args{"row": strconv.Itoa(int(m.number)), "first": strconv.Itoa(int(first.row))})
	}
}

// parts checks, within a row, that no part exceeds its whole.
func (c *checker) parts(m *row) {
	for i := range m.figures {
		part := &m.figures[i]
		whole := c.plan.whole[part.figure]
		if whole < 0 || part.amount.mark != figure.Given || part.amount.fault != "" {
			continue
		}
		for j := range m.figures {
			w := &m.figures[j]
			if w.figure == whole && w.amount.mark == figure.Given && w.amount.fault == "" && part.amount.value > w.amount.value {
				c.partTooLarge(m.number, part.column, part.figure, part.amount.value, w.amount.value)
			}
		}
	}
}

func (c *checker) partTooLarge(row uint32, column, part int, value, whole figure.Decimal) {
	k := c.programme.KeyFigure(c.plan.figures[part])
	c.add(Error, "part_too_large", row, column, value.String()+">"+whole.String(), "", locale.Args{
		"part": k.Name, "whole": c.programme.KeyFigure(k.PartOf).Name, "value": value, "most": whole})
}

// state keeps the figures of a row of totals, to compare them with the sums.
func (c *checker) state(m *row) {
	for _, f := range m.figures {
		if f.amount.fault == "" && f.amount.mark == figure.Given && m.margin() == 0 {
			c.stated[f.figure] = f.amount.value
			c.statedPlace[f.figure] = figure.Cell{Row: m.number, Column: uint16(f.column + 1)}
		}
	}
}

func (c *checker) personCell(row uint32, column int, text string) {
	kind := personal(text)
	if kind == "" && c.plan.columns[column].role == unknownCell && birthDate.MatchString(text) {
		kind = "personal_birth_date"
	}
	if kind == "" {
		return
	}
	c.report.PersonalData = true
	c.add(Error, kind, row, column, "", "", nil)
}

// close brings the findings into the order in which they help most: errors, then
// warnings, then hints; what concerns the whole file first, then what stands in
// the most places.
func (c *checker) close() {
	if c.more > 0 {
		c.report.Findings = append(c.report.Findings, Finding{Severity: Hint, Code: "more_findings", Args: locale.Args{"count": c.more}, Count: c.more})
	}
	if c.report.PersonalData {
		// Nothing of such a file is repeated.
		for i := range c.report.Findings {
			f := &c.report.Findings[i]
			if f.Args["text"] != nil {
				f.Args["text"] = "…"
			}
			f.Text, f.Suggestion = "", ""
		}
	}
	rank := map[Severity]int{Error: 0, Warning: 1, Hint: 2}
	slices.SortStableFunc(c.report.Findings, func(a, b Finding) int {
		if rank[a.Severity] != rank[b.Severity] {
			return rank[a.Severity] - rank[b.Severity]
		}
		if (a.Place.Row == 0) != (b.Place.Row == 0) {
			if a.Place.Row == 0 {
				return -1
			}
			return 1
		}
		if a.Count != b.Count {
			return b.Count - a.Count
		}
		return int(a.Place.Row) - int(b.Place.Row)
	})
	for i := range c.report.Findings {
		c.report.Findings[i].Message = c.report.Findings[i].In(locale.German)
	}
	c.report.PeriodText = ""
	if c.report.Period.Year != 0 {
		c.report.PeriodText = c.report.Period.String()
	}
	c.report.Verdict = c.report.Accepted()
	c.report.plan = c.plan
}
