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
	periods   int // read so far
	// organisations looked for so far, to find the one of the file.
	organisations int
	firstCell     []byte // that was last asked whether it heads totals
	firstTotal    bool   // and the answer
	sampled       int    // cells at the top of sheets
	keyless       bool   // a column that tells rows apart is missing
	reader        *reader
	report        Report
	findings      *findings

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
	unassigned  unassigned
	unmeasured  bool // a row of the form may have no measure
	namesNeeded bool // the form asks for a municipality in each row, or has none
	unitColumns []int
	unitSeen    map[unitKey]Severity
	spoilt      bool          // letters are lost, which is said
	explained   int           // cells that are no figure, each looked at
	badNumbers  map[int]fault // by column: the last of them
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
		return sheetRows{rows, pl}, err
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
	c.reader.explains, c.badNumbers = c.findings.mark != nil, map[int]fault{}
	c.reader.fault, c.reader.suspicious, c.reader.lost = c.add, c.personCell, c.lost
	c.rowRules = newRowRules(c.programme, c.plan)
	compares := len(c.rowRules) > 0 || slices.ContainsFunc(c.plan.whole, func(whole int) bool { return whole >= 0 })
	c.seen = newFirsts(c.expectedRows, c.plan.layout == Long && compares)
	n := len(c.plan.figures)
	c.totals, c.rounded, c.several = make([]Total, n), make([]int, n), make([]bool, n)
	c.running, c.since, c.sizes = make([]figure.Decimal, n), make([]figure.Decimal, n), make([]figure.Decimal, n)
	c.unmeasured = c.mayLackMeasure()
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
		if errorsBefore > maxFaults && c.findings.mark == nil {
			return c.giveUp(rows, number, cells)
		}
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

// maxFaults is how many places of errors are counted; a file with more is refused
// without a look at what the rest says.
const maxFaults = 100_000

// giveUp goes through the rest of a file that has too many faults, from a row on, and
// looks for nothing but personal data.
func (c *checker) giveUp(rows source, number uint32, cells [][]byte) error {
	c.whole(Error, "too_many_faults", locale.Args{"limit": maxFaults, "row": strconv.Itoa(int(number))})
	for {
		if c.report.Rows++; c.report.Rows > MaxRows {
			c.whole(Error, "too_many_rows", locale.Args{"limit": MaxRows})
			return nil
		}
		for i, cell := range cells {
			if kind := personal(cell, i >= len(c.plan.columns) || c.plan.columns[i].role == unknownCell || c.plan.columns[i].role == ignored); kind != "" {
				c.person(number, i, kind)
			}
		}
		var err error
		if cells, number, err = rows.Next(); err == io.EOF {
			return nil
		} else if err != nil {
			return c.scanFault(err, number)
		}
	}
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
