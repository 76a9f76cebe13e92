package web

import (
	"bytes"
	"io"

	"github.com/gofiber/fiber/v2"

	"kipmonitor/internal/account"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/problem"
	"kipmonitor/internal/report"
	"kipmonitor/internal/table"
	"kipmonitor/internal/upload"
)

// deliveriesFile sends the obligations that the page shows, a row each.
func (s *Server) deliveriesFile(c *fiber.Ctx) error {
	r, err := s.parseRequest(c)
	if err != nil {
		return err
	}
	format := report.Format(c.Params("format"))
	if format != report.CSV && format != report.XLSX {
		return problem.New(problem.NotFound, "format_unknown", locale.Args{"format": string(format)})
	}
	ctx, cancel := s.deadline(c)
	defer cancel()
	filter, _, rows, err := s.deliveryRows(ctx, r)
	if err != nil {
		return err
	}
	lines := s.deliveryLines(r.Language, rows)
	var content bytes.Buffer
	if format == report.CSV {
		err = writeDeliveries(&content, lines)
	} else {
		err = s.deliveriesBook(&content, r, s.filterInWords(r.Language, filter), lines)
	}
	if err != nil {
		return err
	}
	if err := s.audit(c, account.DeliveriesExported, "deliveries."+string(format), r.Query.Encode()); err != nil {
		return err
	}
	c.Set(fiber.HeaderContentDisposition, upload.Attachment(r.Language.Say("deliveries.file", nil)+"-"+yearOf(r)+"."+string(format)))
	c.Set(fiber.HeaderContentType, contentTypeOf[format])
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.Send(content.Bytes())
}

// deliveryLines are the header and the rows of the file.
func (s *Server) deliveryLines(l locale.Language, rows []deliveryRow) [][]string {
	say := func(key string) string { return l.Say(key, nil) }
	lines := [][]string{{say("deliveries.code"), say("web.organisation"), say("deliveries.kind"), say("web.form"), say("web.period"),
		say("web.coverage.due"), say("deliveries.state"), say("deliveries.on_time"), say("deliveries.reason_extended"), say("deliveries.reminded")}}
	if s.Programme.Demo {
		lines[0] = append(lines[0], say("web.demo.title"))
	}
	for _, row := range rows {
		line := []string{row.Code, row.Organisation, row.Kind, row.Form, row.Period, row.DueDate, row.StandingName, row.OnTime, row.Extended, row.Reminded}
		if s.Programme.Demo {
			line = append(line, say("web.demo.foot"))
		}
		lines = append(lines, line)
	}
	return lines
}

func writeDeliveries(out io.Writer, lines [][]string) error {
	file, err := table.NewCSV(out)
	if err != nil {
		return err
	}
	for _, line := range lines {
		if err := file.Write(line...); err != nil {
			return err
		}
	}
	return file.Close()
}

var deliveryWidths = []float64{10, 34, 20, 36, 18, 12, 22, 12, 30, 22, 24}

// deliveriesBook writes the rows as a workbook to read and print.
func (s *Server) deliveriesBook(out io.Writer, r request, summary string, lines [][]string) error {
	l := r.Language
	title := l.Say("deliveries.title", locale.Args{"year": yearOf(r)})
	book := table.NewWriter(s.Programme, l).NewWorkbook(title)
	sheet := book.Sheet(l.Say("web.nav.deliveries", nil))
	sheet.Text(1, 1, title, table.TitleStyle)
	sheet.Text(1, 2, l.Say("deliveries.selection", locale.Args{"state": summary}), table.NoteStyle)
	if s.Programme.Demo {
		sheet.Notice(3, l.Say("web.demo.title", nil)+" "+l.Say("web.demo.text", nil))
	}
	const head = 5
	for i, line := range lines {
		style := table.WordsStyle
		if i == 0 {
			style = table.HeadStyle
		}
		for column, text := range line {
			sheet.Text(column+1, head+i, text, style)
		}
	}
	for column := range lines[0] {
		sheet.Width(column+1, deliveryWidths[column])
	}
	sheet.Freeze(2, head)
	return book.Write(out)
}
