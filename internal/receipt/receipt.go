// Package receipt writes the proof of a submission as a PDF: what came, when,
// from whom, by which rules it was checked and what was taken in. The same
// submission gives the same bytes.
package receipt

import (
	"fmt"
	"io"

	"github.com/go-pdf/fpdf"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"

	"kipmonitor/internal/intake"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/programme"
	"kipmonitor/internal/submission"
)

// Measures of the page, in millimetres: A4 with margins that a binder leaves free.
const (
	left      = 25.0
	right     = 18.0
	top       = 20.0
	labels    = 52.0 // width of the column of labels
	amounts   = 32.0 // width of a column of figures
	lineSmall = 4.6
	line      = 5.6
)

// Write writes the receipt of a submission in a language. The submission must
// have been submitted, and come with its check.
func Write(out io.Writer, p *programme.Programme, one submission.Submission, language locale.Language) error {
	report, err := one.Checked()
	if err != nil {
		return err
	}
	pdf := fpdf.New("P", "mm", "A4", "")
	pdf.AddUTF8FontFromBytes("go", "", goregular.TTF)
	pdf.AddUTF8FontFromBytes("go", "B", gobold.TTF)
	pdf.SetMargins(left, top, right)
	pdf.SetAutoPageBreak(true, 22)
	// The receipt is the same whenever it is asked for.
	pdf.SetCatalogSort(true)
	pdf.SetCreationDate(one.At(submission.Submitted))
	pdf.SetModificationDate(one.At(submission.Submitted))
	w := writer{Fpdf: pdf, language: language, programme: p}
	title := w.say("title")
	pdf.SetTitle(title+" "+string(one.ID), true)
	pdf.SetLang(string(language) + "-CH")
	pdf.SetFooterFunc(func() {
		pdf.SetY(-16)
		pdf.SetFont("go", "", 8)
		pdf.CellFormat(0, 4, fmt.Sprintf("%s · %s · %d", p.Title.In(language), one.ID, pdf.PageNo()), "T", 0, "L", false, 0, "")
	})
	pdf.AddPage()
	w.text("go", "", 9, p.Name.In(language)+" · "+p.Canton.In(language))
	if p.Demo {
		w.text("go", "B", 9, w.language.Say("web.demo.title", nil)+" "+w.language.Say("web.demo.foot", nil))
	}
	pdf.Ln(4)
	w.text("go", "B", 18, title)
	w.text("go", "", 10, w.say("state_"+string(one.State())))
	pdf.Ln(4)
	w.facts(one)
	w.totals(report.Totals)
	w.explanations(one, report.Findings)
	w.events(one)
	if err := pdf.Output(out); err != nil {
		return fmt.Errorf("write the receipt of submission %s: %w", one.ID, err)
	}
	return nil
}

type writer struct {
	*fpdf.Fpdf
	language  locale.Language
	programme *programme.Programme
}

func (w writer) say(key string) string { return w.language.Say("receipt."+key, nil) }

func (w writer) text(font, style string, size float64, text string) {
	w.SetFont(font, style, size)
	w.MultiCell(0, size*0.5, text, "", "L", false)
}

func (w writer) heading(text string) {
	w.Ln(4)
	w.text("go", "B", 12, text)
	w.Ln(1)
}

// fact writes a label and what belongs to it, which may take several lines.
func (w writer) fact(label, value string) {
	if value == "" {
		return
	}
	w.SetFont("go", "", 9)
	w.SetTextColor(74, 91, 102)
	w.CellFormat(labels, lineSmall, label, "", 0, "L", false, 0, "")
	w.SetTextColor(0, 0, 0)
	w.MultiCell(0, lineSmall, value, "", "L", false)
}

func (w writer) facts(one submission.Submission) {
	l := w.language
	if office := w.programme.Organisation(one.Organisation); office != nil {
		w.fact(l.Say("web.organisation", nil), office.Name.In(l))
	}
	form := string(one.Form)
	if known := w.programme.Form(one.Form); known != nil {
		form = known.Name.In(l)
	}
	w.fact(l.Say("web.submission.form_version", nil), l.Say("workbook.version", locale.Args{"form": form, "version": one.FormVersion}))
	w.fact(l.Say("web.period", nil), l.Period(one.Period))
	w.fact(l.Say("web.submission.submitted_at", nil), l.DateTime(one.At(submission.Submitted)))
	w.fact(l.Say("web.submission.submitted_by", nil), one.By(submission.Submitted))
	w.fact(l.Say("web.file", nil), one.FileName)
	w.fact(l.Say("web.submission.hash", nil), one.SHA256)
	w.fact(l.Say("web.check.rows", nil), l.Count(one.Rows))
	w.fact(l.Say("web.submission.figures", nil), l.Count(one.Observations))
	w.fact(l.Say("web.submission.definition", nil), one.Definition)
	w.fact(l.Say("web.submission.id", nil), string(one.ID))
	w.Ln(2)
	w.text("go", "", 9, w.say("confirmed"))
}

// totals writes the sums that were taken in.
func (w writer) totals(totals []intake.Total) {
	if len(totals) == 0 {
		return
	}
	w.heading(w.language.Say("web.check.totals", nil))
	width, _ := w.GetPageSize()
	names := width - left - right - 2*amounts
	w.SetFont("go", "B", 9)
	w.row(names, w.language.Say("web.key_figure", nil), w.language.Say("web.check.total", nil), w.language.Say("web.check.missing", nil), "B")
	w.SetFont("go", "", 9)
	for _, total := range totals {
		k := w.programme.KeyFigure(total.KeyFigure)
		if k == nil {
			continue
		}
		value := "–"
		if total.Given > 0 {
			value = w.programme.Unit(k.Unit).Write(w.language, total.Value)
		}
		w.row(names, w.programme.TotalName(total.KeyFigure, total.Account).In(w.language), value, w.language.Count(total.Missing), "")
	}
}

// row writes one line of the table; a long name takes several.
func (w writer) row(names float64, name, value, missing, border string) {
	y := w.GetY()
	w.MultiCell(names, line, name, border, "L", false)
	below := w.GetY()
	if below < y { // the name went over to the next page
		y = top
	}
	w.SetXY(left+names, y)
	w.CellFormat(amounts, line, value, border, 0, "R", false, 0, "")
	w.CellFormat(amounts, line, missing, border, 0, "R", false, 0, "")
	w.SetXY(left, below)
}

// explanations writes what the sender said to what stood out.
func (w writer) explanations(one submission.Submission, findings []intake.Finding) {
	first := true
	for _, finding := range findings {
		said := one.Explanation(finding.Key())
		if said == "" {
			continue
		}
		if first {
			w.heading(w.say("explanations"))
			first = false
		}
		w.SetFont("go", "", 9)
		w.MultiCell(0, lineSmall, finding.In(w.language), "", "L", false)
		w.SetFont("go", "B", 9)
		w.MultiCell(0, lineSmall, w.language.Say("web.submission.explained", nil)+" "+said, "", "L", false)
		w.Ln(2)
	}
}

func (w writer) events(one submission.Submission) {
	w.heading(w.language.Say("web.submission.events", nil))
	for _, event := range one.Events {
		if event.Kind == submission.Explained {
			continue
		}
		text := w.language.Say("web.event."+string(event.Kind), nil)
		if event.By != "" {
			text += " (" + event.By + ")"
		}
		if event.Reason != "" {
			text += ": " + event.Reason
		}
		w.fact(w.language.DateTime(event.At), text)
	}
}
