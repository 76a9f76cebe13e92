package web

import (
	"bytes"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"kipmonitor/internal/account"
	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/problem"
	"kipmonitor/internal/report"
	"kipmonitor/internal/table"
	"kipmonitor/internal/upload"
)

type reportPage struct {
	page
	Years     choices
	Downloads []download
	Sheets    []sheetView
}

type download struct {
	link
	Quiet bool
}

type sheetView struct {
	ID, Title string
	Columns   []columnView
	Lines     []report.Line
	Notes     []string
}

// report shows the year as tables, and links to the same as files.
func (s *Server) report(c *fiber.Ctx, r request) ([]byte, error) {
	ctx, cancel := s.deadline(c)
	defer cancel()
	built, err := report.Build(ctx, s.Figures, s.Programme, r.Year, s.Now())
	if err != nil {
		return nil, err
	}
	l := r.Language
	p := reportPage{page: s.page(r, l.Say("web.report.title", locale.Args{"year": yearOf(r)}), "report"), Years: s.yearChoices(r)}
	for i, format := range report.Formats {
		p.Downloads = append(p.Downloads, download{link{l.Say("web.report."+string(format), nil), "/" + string(l) + "/report/" + yearOf(r) + "." + string(format)}, i > 0})
	}
	writer := table.NewWriter(s.Programme, l)
	for _, sheet := range built.Sheets {
		view := sheetView{ID: sheet.Code, Title: sheet.Title.In(l), Lines: sheet.Lines(writer)}
		for _, words := range sheet.Before {
			view.Columns = append(view.Columns, columnView{words.Header.In(l), false})
		}
		for _, column := range sheet.Table.Columns() {
			view.Columns = append(view.Columns, columnView{column.Label.In(l), true})
		}
		for _, words := range sheet.After {
			view.Columns = append(view.Columns, columnView{words.Header.In(l), false})
		}
		for _, note := range sheet.Notes {
			view.Notes = append(view.Notes, note.In(l))
		}
		p.Sheets = append(p.Sheets, view)
	}
	return s.render("report", p)
}

var contentTypeOf = map[report.Format]string{
	report.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	report.CSV:  "text/csv; charset=utf-8",
	report.JSON: fiber.MIMEApplicationJSONCharsetUTF8,
}

// reportFile sends the year as a file.
func (s *Server) reportFile(c *fiber.Ctx) error {
	r, err := s.parseRequest(c)
	if err != nil {
		return err
	}
	format := report.Format(c.Params("format"))
	if contentTypeOf[format] == "" {
		return problem.New(problem.NotFound, "format_unknown", locale.Args{"format": string(format)})
	}
	year, err := strconv.ParseUint(c.Params("year"), 10, 16)
	if err != nil || figure.Year(year) < s.Programme.DataFrom || figure.Year(year) > s.Programme.LastYear {
		return fiber.ErrNotFound
	}
	ctx, cancel := s.deadline(c)
	defer cancel()
	if s.Verify != nil {
		if err := s.Verify(ctx); err != nil {
			return err
		}
	}
	built, err := report.Build(ctx, s.Figures, s.Programme, figure.Year(year), s.Now())
	if err != nil {
		return err
	}
	var content bytes.Buffer
	if err := built.Write(&content, format, r.Language); err != nil {
		return err
	}
	if err := s.audit(c, account.ReportExported, c.Params("year")+"."+string(format), ""); err != nil {
		return err
	}
	c.Set(fiber.HeaderContentDisposition, upload.Attachment(s.Programme.FileName+"-"+c.Params("year")+"."+string(format)))
	c.Set(fiber.HeaderContentType, contentTypeOf[format])
	return c.Send(content.Bytes())
}
