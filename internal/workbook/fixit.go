package workbook

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/intake"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/panics"
	"kipmonitor/internal/problem"
	"kipmonitor/internal/programme"
	"kipmonitor/internal/table"
)

const (
	// maxMarks bounds the cells that are marked: nobody mends more of them one by one,
	// and Excel opens no workbook with any number of comments in reasonable time.
	maxMarks = 10_000
	// maxTexts is how many findings a comment tells of one cell.
	maxTexts = 5
)

// WriteFixIt checks a file and writes it back as a workbook with the wrong cells
// marked, a comment in each, and a first sheet that says what to do first. What the
// sender corrects there can be sent again as it is. There is none of a file with
// personal data, which is not kept, nor of one that is no table.
func WriteFixIt(out io.Writer, file intake.File, p *programme.Programme, expect intake.Expect, known intake.Known, language locale.Language) error {
	err := panics.Try(func() error { return writeFixIt(out, file, p, expect, known, language) })
	if _, panicked := panics.From(err); panicked {
		// Whatever a file brings, its sender is told what to do, and the log says where.
		return problem.New(problem.Unavailable, "fixit_fault", nil).Because(fmt.Errorf("write the fix-it workbook of %s: %w", file.Name, err))
	}
	return err
}

func writeFixIt(out io.Writer, file intake.File, p *programme.Programme, expect intake.Expect, known intake.Known, language locale.Language) error {
	m := &marks{cells: map[figure.Cell]*mark{}, language: language, title: p.Title}
	report, err := intake.Mark(file, p, expect, m.add)
	if err != nil {
		return err
	}
	report = intake.Compare(report, p, known)
	m.close()
	switch {
	case report.PersonalData:
		return problem.New(problem.Forbidden, "fixit_personal", nil)
	case slices.ContainsFunc(report.Findings, unreadable):
		return problem.New(problem.Invalid, "fixit_no_table", locale.Args{"file": file.Name})
	}
	b := &book{language: language, author: p.Title.In(language), styles: map[string]int{}, file: excelize.NewFile()}
	defer func() { _ = b.file.Close() }() // what it kept in temporary files
	if isWorkbook(file) {
		err = b.fixWorkbook(out, file, report, m)
	} else {
		err = b.fixText(out, file, report, m)
	}
	switch _, known := problem.From(err); {
	case err == nil, known:
		return err
	case errors.Is(err, intake.ErrNoTable):
		return problem.New(problem.Invalid, "fixit_no_table", locale.Args{"file": file.Name}).Because(err)
	case errors.Is(err, errTooLarge):
		return problem.New(problem.TooLarge, "fixit_too_large", nil).Because(err)
	case errors.Is(err, errBuilt):
		return problem.New(problem.Invalid, "fixit_built", nil).Because(err)
	}
	return fmt.Errorf("write the fix-it workbook of %s: %w", file.Name, err)
}

// fixText writes the rows of a text as a workbook.
func (b *book) fixText(out io.Writer, file intake.File, report intake.Report, m *marks) error {
	if err := b.markText(file, report, m); err != nil {
		return err
	}
	b.first(b.language.Say("workbook.sheet.first", nil), report, m)
	return b.write(out)
}

// fixWorkbook writes the sender's own workbook again.
func (b *book) fixWorkbook(out io.Writer, file intake.File, report intake.Report, m *marks) error {
	w, err := openOwn(file)
	if err != nil {
		return err
	}
	if err := w.mark(report, m); err != nil {
		return err
	}
	// The first sheet is made in a workbook of its own.
	name := unlike(b.language.Say("workbook.sheet.first", nil), w.kept())
	b.try(b.file.SetSheetName("Sheet1", name))
	b.first(name, report, m)
	var first bytes.Buffer
	if err := b.write(&first); err != nil {
		return err
	}
	if err := w.addFirst(name, first.Bytes()); err != nil {
		return err
	}
	if err := w.addStyles(); err != nil {
		return err
	}
	return w.write(out)
}

// unreadable reports whether a finding says that a file is no table, or that its
// rows cannot be told apart.
func unreadable(finding intake.Finding) bool {
	return strings.HasPrefix(finding.Code, "file_") || finding.Code == "quote_open"
}

// isWorkbook reports whether a file is a zip archive, as every XLSX file is.
func isWorkbook(file intake.File) bool {
	head := make([]byte, 4)
	n, _ := file.Content.ReadAt(head, 0)
	return string(head[:n]) == "PK\x03\x04"
}

// mark is what is wrong with a cell.
type mark struct {
	severity intake.Severity
	texts    []string
}

// marks gathers what is wrong, cell by cell. Hints come after all else: they must
// not use up the room for errors.
type marks struct {
	language locale.Language
	// title of the program signs our comments, so that those of an earlier round, in
	// whatever language, can be told from the sender's own.
	title  locale.Text
	cells  map[figure.Cell]*mark
	hints  []hint
	left   int    // places without a mark, for want of room
	table  string // the sheet that was read
	silent bool   // the cells could be marked, but no comments added
}

type hint struct {
	place figure.Cell
	text  string
}

func (m *marks) add(finding intake.Finding) {
	place := finding.Place
	switch {
	case place.Row == 0:
		return // about the file as a whole
	case finding.Severity != intake.Hint && m.cells[place] == nil && len(m.cells) >= maxMarks:
		m.left++ // its text is never asked for
	case finding.Severity != intake.Hint:
		m.put(place, finding.Severity, finding.In(m.language))
	case len(m.hints) < maxMarks:
		m.hints = append(m.hints, hint{place, finding.In(m.language)})
	default:
		m.left++
	}
}

// close adds the hints, when all that is worse is known.
func (m *marks) close() {
	for _, h := range m.hints {
		m.put(h.place, intake.Hint, h.text)
	}
	m.hints = nil
}

func (m *marks) put(place figure.Cell, severity intake.Severity, text string) {
	at := m.cells[place]
	switch {
	case at == nil && len(m.cells) >= maxMarks:
		m.left++
	case at == nil:
		m.cells[place] = &mark{severity, []string{text}}
	default:
		at.merge(severity, text)
	}
}

func (m *mark) merge(severity intake.Severity, texts ...string) {
	for _, text := range texts {
		if len(m.texts) < maxTexts && !slices.Contains(m.texts, text) {
			m.texts = append(m.texts, text)
		}
	}
	if severity == intake.Error || m.severity == intake.Hint {
		m.severity = severity
	}
}

// ofRows reports whether anything is said of a row as a whole.
func (m *marks) ofRows() bool {
	for place := range m.cells {
		if place.Column == 0 {
			return true
		}
	}
	return false
}

// settle puts what is said of a row as a whole to its first cell.
func (m *marks) settle(first func(figure.Cell) uint16) {
	for _, place := range m.sorted() {
		if place.Column > 0 {
			continue
		}
		of := m.cells[place]
		delete(m.cells, place)
		place.Column = first(place)
		if at := m.cells[place]; at != nil {
			at.merge(of.severity, of.texts...)
		} else {
			m.cells[place] = of
		}
	}
}

// sorted lists the places from top to bottom.
func (m *marks) sorted() []figure.Cell {
	places := make([]figure.Cell, 0, len(m.cells))
	for place := range m.cells {
		places = append(places, place)
	}
	slices.SortFunc(places, func(a, b figure.Cell) int {
		if a.Sheet != b.Sheet {
			return strings.Compare(a.Sheet, b.Sheet)
		}
		if a.Row != b.Row {
			return int(a.Row) - int(b.Row)
		}
		return int(a.Column) - int(b.Column)
	})
	return places
}

// comment says in a cell what is wrong with it.
func (b *book) comment(sheet, cell string, m *mark) {
	text := strings.Join(m.texts, "\n\n")
	height := 36 + 16*table.Lines(text, 40)
	b.try(b.file.AddComment(sheet, excelize.Comment{Author: b.author, Cell: cell, Width: 290, Height: uint(min(height, 400)),
		Paragraph: []excelize.RichTextRun{
			{Text: b.author + ":\n", Font: &excelize.Font{Bold: true, Size: 9, Family: "Arial", Color: ink}},
			{Text: text, Font: &excelize.Font{Size: 9, Family: "Arial", Color: ink}}}}))
}
