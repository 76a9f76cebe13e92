package web

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/intake"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/problem"
	"kipmonitor/internal/programme"
	"kipmonitor/internal/submission"
	"kipmonitor/internal/upload"
)

type uploadPage struct {
	page
	Given         given
	Forms         []option
	Organisations []option
	Periods       []option
	FormSheets    []formSheet
}

// given is what the address says of the file to come.
type given struct{ Form, Organisation, Period string }

type option struct{ Code, Name string }

// formSheet says what a form asks for.
type formSheet struct {
	Name, Purpose string
	Columns       []formColumn
}

type formColumn struct{ Name, Meaning, Needed string }

// newSubmission shows where a file is chosen, and what each form asks for.
func (s *Server) newSubmission(c *fiber.Ctx) error {
	r, err := s.parseRequest(c)
	if err != nil {
		return err
	}
	p := uploadPage{page: s.page(r, r.Language.Say("web.upload.title", nil), "submissions"),
		Given: given{r.Query.Get("form"), r.Query.Get("organisation"), r.Query.Get("period")}}
	office := s.Programme.Organisation(r.Viewer.Organisation)
	for i := range s.Programme.Forms {
		form := &s.Programme.Forms[i]
		if office != nil && !s.everOwes(office, form) {
			continue
		}
		p.Forms = append(p.Forms, option{string(form.Code), form.Name.In(r.Language)})
		p.FormSheets = append(p.FormSheets, s.formSheet(r.Language, form))
	}
	p.Organisations = s.organisationOptions(r)
	for _, year := range slices.Backward(s.years()) {
		for _, periodicity := range []figure.Periodicity{figure.Yearly, figure.HalfYearly, figure.Quarterly} {
			for _, part := range periodicity.Parts() {
				period := figure.Period{Year: year, Part: part}
				p.Periods = append(p.Periods, option{period.String(), r.Language.Period(period)})
			}
		}
	}
	return s.show(c, fiber.StatusOK, "upload", p)
}

// everOwes reports whether an organisation owes a form for any period.
func (s *Server) everOwes(office *programme.Organisation, form *programme.Form) bool {
	return slices.ContainsFunc(s.years(), func(year figure.Year) bool {
		return slices.ContainsFunc(form.Periodicity.Parts(), func(part figure.Part) bool {
			return s.Programme.Owes(office, form, figure.Period{Year: year, Part: part})
		})
	})
}

func (s *Server) formSheet(language locale.Language, form *programme.Form) formSheet {
	sheet := formSheet{Name: form.Name.In(language), Purpose: form.Purpose.In(language)}
	for i := range form.Columns {
		column := &form.Columns[i]
		needed := "web.upload.optional"
		if column.Required {
			needed = "web.upload.required"
		}
		sheet.Columns = append(sheet.Columns, formColumn{
			Name: s.Programme.ColumnName(column).In(language), Meaning: s.meaning(language, column), Needed: language.Say(needed, nil)})
	}
	return sheet
}

// meaning says in a sentence what belongs into a column.
func (s *Server) meaning(language locale.Language, column *programme.Column) string {
	switch column.Role {
	case programme.FigureColumn:
		k := s.Programme.KeyFigure(column.KeyFigure)
		return k.Definition.In(language)
	case programme.DimensionColumn:
		dimension := s.Programme.Dimension(column.Dimension)
		var codes []string
		for _, code := range dimension.Codes {
			codes = append(codes, string(code.Code)+" ("+code.Name.In(language)+")")
		}
		return strings.Join(codes, ", ")
	}
	return language.Say("web.upload.role."+string(column.Role), nil)
}

// received is what became of one uploaded file.
type received struct {
	name   string
	report intake.Report
	id     submission.ID // "" where nothing is kept of it
}

type receivedPage struct {
	page
	Files []receivedFile
}

type receivedFile struct {
	link
	Good     bool
	Warned   bool
	Text     string
	Findings []findingRow // where the file has no page of its own
}

// receiveFiles checks the uploaded files. Each is kept until its sender submits
// it, or as refused; one alone leads to its page at once.
func (s *Server) receiveFiles(c *fiber.Ctx) error {
	r, err := s.parseRequest(c)
	if err != nil {
		return err
	}
	end, err := begin(c, s.lanes)
	if err != nil {
		return err
	}
	defer end()
	all, err := s.receive(c)
	if err != nil {
		return err
	}
	l := r.Language
	r.Path = "/submissions/new"
	if len(all) == 1 && all[0].id != "" {
		return c.Redirect("/"+string(l)+"/submissions/"+string(all[0].id), fiber.StatusSeeOther)
	}
	if len(all) == 1 {
		return s.show(c, fiber.StatusUnprocessableEntity, "submission", s.unkept(r, all[0].name, all[0].report))
	}
	p := receivedPage{page: s.page(r, l.Say("web.check.title", nil), "submissions", s.submissionsCrumb(l), link{Name: l.Say("web.check.title", nil)})}
	status := fiber.StatusOK
	for _, one := range all {
		v := s.verdict(l, one.report)
		file := receivedFile{link: link{Name: one.name}, Good: v.Good, Warned: v.Warned, Text: v.Text}
		if one.id != "" {
			file.Address = "/" + string(l) + "/submissions/" + string(one.id)
		} else {
			file.Findings = s.findingRows(l, one.report, nil)
		}
		if !file.Good {
			status = fiber.StatusUnprocessableEntity
		}
		p.Files = append(p.Files, file)
	}
	return s.show(c, status, "received", p)
}

// begin takes a lane of the viewer; where none is free the answer says when to come back.
func begin(c *fiber.Ctx, lanes *upload.Lanes) (end func(), err error) {
	end, wait, err := lanes.Begin(viewer(c).Email)
	if err != nil {
		c.Set(fiber.HeaderRetryAfter, strconv.Itoa(wait))
	}
	return end, err
}

// mostFiles is how many files go into one upload.
const mostFiles = 20

// receive reads the uploaded form as a stream: each file goes to the disk and is
// checked before the next is read. The fields stand before the files, so that it
// is known by then what is expected of them. A streaming server's body limit
// bounds nothing: the bytes are counted here.
func (s *Server) receive(c *fiber.Ctx) ([]received, error) {
	broken := problem.New(problem.Invalid, "upload_broken", nil)
	mediaType, parameters, err := mime.ParseMediaType(c.Get(fiber.HeaderContentType))
	if err != nil || mediaType != fiber.MIMEMultipartForm {
		return nil, broken
	}
	var body io.Reader = c.Context().RequestBodyStream()
	if c.Context().RequestBodyStream() == nil {
		body = bytes.NewReader(c.Request().Body())
	}
	reader := multipart.NewReader(upload.Limited(body, upload.Max+1<<20), parameters["boundary"])
	fields := map[string]string{}
	var all []received
	for {
		part, err := reader.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, upload.Fault(err)
		}
		if part.FormName() != "file" {
			value, err := io.ReadAll(io.LimitReader(part, 200))
			if err != nil {
				return nil, upload.Fault(err)
			}
			fields[part.FormName()] = string(value)
			continue
		}
		if !s.validCSRF(c, fields["csrf"]) {
			return nil, errStaleForm
		}
		name := upload.Name(part.FileName())
		if name == "" {
			continue // no file was chosen
		}
		if err := upload.CheckName(name); err != nil {
			return nil, err
		}
		if len(all) == mostFiles {
			return nil, problem.New(problem.TooLarge, "too_many_files", locale.Args{"limit": mostFiles})
		}
		expect, err := upload.Expect(fields["form"], fields["organisation"], fields["period"])
		if err != nil {
			return nil, err
		}
		one, err := s.receiveFile(c, part, name, expect)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	if len(all) == 0 {
		return nil, problem.New(problem.Invalid, "upload_missing", nil)
	}
	return all, nil
}

// receiveFile puts one file on the disk, under a name of ours, and takes it in.
func (s *Server) receiveFile(c *fiber.Ctx, content io.Reader, name string, expect intake.Expect) (received, error) {
	done := s.Metrics.Upload("receiving")
	file, err := upload.Keep(s.Uploads, name, content)
	done()
	if err != nil {
		return received{}, err
	}
	defer file.Close()
	// A large file takes longer to take in than a page to answer.
	ctx, cancel := context.WithTimeout(c.UserContext(), 10*time.Minute)
	defer cancel()
	done = s.Metrics.Upload("waiting")
	turn, err := s.Turns.Take(ctx, file.Size)
	done()
	if err != nil {
		return received{}, err
	}
	defer turn()
	defer s.Metrics.Upload("checking")()
	receipt, err := s.Submissions.Receive(ctx, file.File, expect, viewer(c))
	if err != nil {
		return received{}, err
	}
	one := received{name: name, report: receipt.Report, id: receipt.Submission.ID}
	if receipt.Report.PersonalData {
		one.id = "" // its page could not say what is wrong: nothing of it was kept
	}
	return one, nil
}
