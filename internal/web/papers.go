package web

import (
	"bytes"
	"context"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"kipmonitor/internal/account"
	"kipmonitor/internal/intake"
	"kipmonitor/internal/problem"
	"kipmonitor/internal/receipt"
	"kipmonitor/internal/submission"
	"kipmonitor/internal/upload"
	"kipmonitor/internal/workbook"
)

// The papers are the files that we hand to senders: templates to fill in, their
// own file back with the wrong cells marked, the receipt.

const xlsxType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// obligationOf reads form, organisation and period from the address; a sender asks
// for the own organisation alone.
func (s *Server) obligationOf(r request) (intake.Expect, error) {
	expect, err := upload.Expect(r.Query.Get("form"), r.Query.Get("organisation"), r.Query.Get("period"))
	if err != nil {
		return expect, err
	}
	if r.Viewer.Role == account.Sender && expect.Organisation == "" {
		expect.Organisation = r.Viewer.Organisation
	}
	if !r.Viewer.Sees(expect.Organisation) {
		return expect, problem.New(problem.NotFound, "organisation_not_found", nil)
	}
	return expect, nil
}

// template sends the template of a form for an organisation and a period; with
// values=1 filled with the figures in force for the period, or for the last one before.
func (s *Server) template(c *fiber.Ctx) error {
	r, err := s.parseRequest(c)
	if err != nil {
		return err
	}
	expect, err := s.obligationOf(r)
	if err != nil {
		return err
	}
	want := workbook.Template{Form: expect.Form, Organisation: expect.Organisation, Period: expect.Period, Language: r.Language, Format: workbook.Format(c.Params("format"))}
	contentType := map[workbook.Format]string{workbook.XLSX: xlsxType, workbook.CSV: "text/csv; charset=utf-8"}[want.Format]
	if contentType == "" {
		return fiber.ErrNotFound
	}
	ctx, cancel := s.deadline(c)
	defer cancel()
	if r.Query.Get("values") != "" {
		if want.Values, want.Correction, err = s.startedFrom(ctx, expect); err != nil {
			return err
		}
	}
	var content bytes.Buffer
	if err := workbook.WriteTemplate(&content, s.Programme, want); err != nil {
		return err
	}
	c.Set(fiber.HeaderContentDisposition, upload.Attachment(strings.Join([]string{string(want.Form), string(want.Organisation), want.Period.String()}, "_")+"."+string(want.Format)))
	c.Set(fiber.HeaderContentType, contentType)
	return c.Send(content.Bytes())
}

// mostFixable is the largest file that is sent back with its cells marked, in
// bytes: a workbook is made in memory.
const mostFixable = 20 << 20

// booksPerPerson is how many of them one person may ask for at a time.
const booksPerPerson = 2

// fixIt sends the sender's own file back with the wrong cells marked.
func (s *Server) fixIt(c *fiber.Ctx) error {
	r, err := s.parseRequest(c)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(c.UserContext(), 2*time.Minute)
	defer cancel()
	one, err := s.Submissions.Find(ctx, submission.ID(c.Params("id")), r.Viewer)
	if err != nil {
		return err
	}
	switch {
	case one.SHA256 == "":
		return fiber.ErrNotFound
	case one.Size > mostFixable:
		return problem.New(problem.TooLarge, "fixit_too_large", nil)
	}
	end, err := begin(c, s.books)
	if err != nil {
		return err
	}
	defer end()
	// A large workbook takes half a minute and a hundred megabytes: it waits for its turn
	// like a file that is checked.
	turn, err := s.Turns.Take(ctx, one.Size)
	if err != nil {
		return err
	}
	defer turn()
	var original bytes.Buffer
	if err := s.Figures.File(ctx, one.SHA256, &original); err != nil {
		return err
	}
	known, err := s.Submissions.Known(ctx, one)
	if err != nil {
		return err
	}
	expect := intake.Expect{Form: one.Form, Organisation: one.Organisation, Period: one.Period}
	file := intake.File{Name: one.FileName, Size: int64(original.Len()), Content: bytes.NewReader(original.Bytes())}
	var marked bytes.Buffer
	if err := workbook.WriteFixIt(&marked, file, s.Programme, expect, known, r.Language); err != nil {
		return err
	}
	if err := s.audit(c, account.FileDownloaded, string(one.ID), "marked.xlsx"); err != nil {
		return err
	}
	name := one.FileName
	if dot := strings.LastIndexByte(name, '.'); dot > 0 {
		name = name[:dot]
	}
	c.Set(fiber.HeaderContentDisposition, upload.Attachment(name+" – "+r.Language.Say("web.submission.fix_name", nil)+".xlsx"))
	c.Set(fiber.HeaderContentType, xlsxType)
	return c.Send(marked.Bytes())
}

// receiptFile sends the receipt of a submission as a PDF.
func (s *Server) receiptFile(c *fiber.Ctx) error {
	r, err := s.parseRequest(c)
	if err != nil {
		return err
	}
	ctx, cancel := s.deadline(c)
	defer cancel()
	one, err := s.Submissions.Find(ctx, submission.ID(c.Params("id")), r.Viewer)
	if err != nil {
		return err
	}
	if !one.Is(submission.Submitted) {
		return fiber.ErrNotFound
	}
	var content bytes.Buffer
	if err := receipt.Write(&content, s.Programme, one, r.Language); err != nil {
		return err
	}
	c.Set(fiber.HeaderContentDisposition, upload.Attachment(r.Language.Say("web.submission.receipt_name", nil)+"-"+string(one.Form)+"-"+string(one.Organisation)+"-"+one.Period.String()+".pdf"))
	c.Set(fiber.HeaderContentType, "application/pdf")
	return c.Send(content.Bytes())
}
