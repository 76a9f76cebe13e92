package web

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/intake"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/problem"
	"kipmonitor/internal/programme"
)

type uploadPage struct {
	page
	Open          bool // the further fields
	Forms         []option
	Organisations []option
	Periods       []option
	FormSheets    []formSheet
}

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
	p := uploadPage{page: s.page(r, r.Language.Say("web.upload.title", nil), "submissions")}
	for i := range s.Programme.Forms {
		form := &s.Programme.Forms[i]
		p.Forms = append(p.Forms, option{string(form.Code), form.Name.In(r.Language)})
		p.FormSheets = append(p.FormSheets, s.formSheet(r.Language, form))
	}
	for _, organisation := range s.Programme.Organisations {
		p.Organisations = append(p.Organisations, option{string(organisation.Code), organisation.Name.In(r.Language)})
	}
	slices.SortFunc(p.Organisations, func(a, b option) int { return strings.Compare(a.Name, b.Name) })
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

type checkPage struct {
	page
	FileName             string
	Accepted             bool
	Verdict, VerdictText string
	Token                string
	Form, Organisation   string
	Period               string
	Facts                []fact
	Findings             []findingRow
	Totals               []totalRow
}

type fact struct{ Name, Value, Note string }

type findingRow struct{ Severity, SeverityName, Message, Places, Code string }

type totalRow struct{ Name, Value, Before, Missing string }

// checkSubmission checks a file and shows everything that was found. Nothing is
// taken in; an accepted file waits for its sender's confirmation.
func (s *Server) checkSubmission(c *fiber.Ctx) error {
	r, err := s.parseRequest(c)
	if err != nil {
		return err
	}
	token, name, fields, err := s.receive(c)
	if err != nil {
		return err
	}
	keep := false
	defer func() {
		if !keep {
			s.waiting.drop(token)
		}
	}()
	expect, err := expectation(fields)
	if err != nil {
		return err
	}
	ctx, cancel := s.deadline(c)
	defer cancel()
	path := filepath.Join(s.waiting.folder, token)
	var report intake.Report
	err = withFile(path, name, func(file intake.File) (err error) {
		report, err = s.Submissions.Check(ctx, file, expect)
		return err
	})
	if err != nil {
		return err
	}
	p := s.checkPage(r, name, report)
	if report.Accepted() {
		keep = true
		p.Token, p.Form, p.Organisation, p.Period = token, fields["form"], fields["organisation"], fields["period"]
		if err := s.waiting.keep(token, waitingFile{Name: name}); err != nil {
			return err
		}
	}
	status := fiber.StatusOK
	if !report.Accepted() {
		status = fiber.StatusUnprocessableEntity
	}
	return s.show(c, status, "check", p)
}

// receive streams the uploaded file into the waiting room and returns its token,
// its name and the other fields of the form. A streaming server's body limit
// bounds nothing: the bytes are counted here.
func (s *Server) receive(c *fiber.Ctx) (token, name string, fields map[string]string, err error) {
	broken := problem.New(problem.Invalid, "upload_broken", nil)
	mediaType, parameters, err := mime.ParseMediaType(c.Get(fiber.HeaderContentType))
	if err != nil || mediaType != fiber.MIMEMultipartForm {
		return "", "", nil, broken
	}
	var body io.Reader = c.Context().RequestBodyStream()
	if body == nil || c.Context().RequestBodyStream() == nil {
		body = bytes.NewReader(c.Body())
	}
	reader := multipart.NewReader(&counted{reader: body, left: MaxUpload + 1<<20}, parameters["boundary"])
	fields = map[string]string{}
	defer func() {
		if err != nil && token != "" {
			s.waiting.drop(token)
		}
	}()
	for {
		part, err := reader.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return token, "", nil, tooLargeOr(err, broken)
		}
		if part.FormName() != "file" {
			value, err := io.ReadAll(io.LimitReader(part, 200))
			if err != nil {
				return token, "", nil, tooLargeOr(err, broken)
			}
			fields[part.FormName()] = string(value)
			continue
		}
		if token != "" {
			return token, "", nil, broken
		}
		name = fileName(part.FileName())
		var file *os.File
		token, file, err = s.waiting.newFile()
		if err != nil {
			return "", "", nil, err
		}
		_, err = io.Copy(file, part)
		if closing := file.Close(); err == nil {
			err = closing
		}
		if err != nil {
			return token, "", nil, tooLargeOr(err, broken)
		}
	}
	if token == "" || name == "" {
		return token, "", nil, problem.New(problem.Invalid, "upload_missing", nil)
	}
	return token, name, fields, nil
}

// counted fails, rather than ends, when more is read than is allowed: an upload
// that is too large must not be taken for a whole one.
type counted struct {
	reader io.Reader
	left   int64
}

var errTooLarge = errors.New("upload too large")

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.reader.Read(p)
	c.left -= int64(n)
	if c.left < 0 {
		return n, errTooLarge
	}
	return n, err
}

func tooLargeOr(err error, otherwise *problem.Error) error {
	if errors.Is(err, errTooLarge) {
		return problem.New(problem.TooLarge, "upload_too_large", locale.Args{"megabytes": MaxUpload >> 20})
	}
	return otherwise.Because(err)
}

// fileName is the last element of what the browser calls the file, for people to
// read; it is never used as a path.
func fileName(name string) string {
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, name)
	if letters := []rune(name); len(letters) > 120 {
		name = string(letters[:120])
	}
	return name
}

func expectation(fields map[string]string) (intake.Expect, error) {
	expect := intake.Expect{Form: figure.Form(fields["form"]), Organisation: figure.Organisation(fields["organisation"])}
	if fields["period"] == "" {
		return expect, nil
	}
	period, err := figure.ParsePeriod(fields["period"])
	if err != nil {
		return expect, problem.New(problem.Invalid, "period", locale.Args{"text": fields["period"]}).Because(err)
	}
	expect.Period = period
	return expect, nil
}

func withFile(path, name string, do func(intake.File) error) error {
	content, err := os.Open(path)
	if err != nil {
		return err
	}
	defer content.Close()
	info, err := content.Stat()
	if err != nil {
		return err
	}
	return do(intake.File{Name: name, Size: info.Size(), Content: content})
}

func (s *Server) checkPage(r request, name string, report intake.Report) checkPage {
	l := r.Language
	say := func(key string) string { return l.Say("web.check."+key, nil) }
	p := checkPage{
		page:     s.page(r, say("title"), "submissions", link{l.Say("web.upload.title", nil), "/" + string(l) + "/submissions/new"}, link{Name: say("title")}),
		FileName: name, Accepted: report.Accepted(), Verdict: say("accepted"), VerdictText: say("accepted_text"),
	}
	switch {
	case report.PersonalData:
		p.Verdict, p.VerdictText = say("personal"), say("personal_text")
	case !report.Accepted():
		p.Verdict = say("refused")
		p.VerdictText = l.Say("web.check.refused_text", locale.Args{"count": report.Count(intake.Error)})
	}
	if form := s.Programme.Form(report.Form); form != nil {
		p.Facts = append(p.Facts, fact{Name: l.Say("web.form", nil), Value: form.Name.In(l)})
	}
	if office := s.Programme.Organisation(report.Organisation); office != nil {
		p.Facts = append(p.Facts, fact{Name: l.Say("web.organisation", nil), Value: office.Name.In(l)})
	}
	if report.Period.Year != 0 {
		p.Facts = append(p.Facts, fact{Name: l.Say("web.period", nil), Value: l.Period(report.Period)})
	}
	if report.Rows > 0 {
		p.Facts = append(p.Facts, fact{Name: say("rows"), Value: l.Count(report.Rows)})
	}
	for _, finding := range report.Findings {
		p.Findings = append(p.Findings, findingRow{
			Severity: string(finding.Severity), SeverityName: say(string(finding.Severity)), Message: finding.In(l), Places: places(finding, l), Code: finding.Code})
	}
	for _, total := range report.Totals {
		k := s.Programme.KeyFigure(total.KeyFigure)
		row := totalRow{Name: k.Name.In(l), Value: s.amount(l, k.Unit, total.Value), Before: "–", Missing: l.Count(total.Missing)}
		if total.Given == 0 {
			row.Value = "–"
		}
		if total.Before != nil {
			row.Before = s.amount(l, k.Unit, *total.Before)
		}
		p.Totals = append(p.Totals, row)
	}
	return p
}

// amount writes a delivered figure in its unit.
func (s *Server) amount(l locale.Language, code figure.Unit, value figure.Decimal) string {
	unit := s.Programme.Unit(code)
	switch {
	case code == figure.Percent:
		return l.Percent(value, unit.Decimals)
	case unit.Money:
		return l.Money(value, 0)
	}
	return l.Number(value, unit.Decimals)
}

// places names where a finding stands, as Excel names cells.
func places(finding intake.Finding, l locale.Language) string {
	if finding.Place.Row == 0 {
		return ""
	}
	var names []string
	for _, place := range append([]figure.Cell{finding.Place}, finding.More...) {
		names = append(names, cellName(place))
	}
	text := l.Say("web.check.places", locale.Args{"places": strings.Join(names, ", ")})
	if rest := finding.Count - len(names); rest > 0 {
		text += " " + l.Say("web.check.more_places", locale.Args{"count": rest})
	}
	return text
}

// cellName is «B12», or the row alone where no column is meant.
func cellName(cell figure.Cell) string {
	letters := ""
	for n := int(cell.Column); n > 0; n = (n - 1) / 26 {
		letters = string(rune('A'+(n-1)%26)) + letters
	}
	return letters + figure.Whole(int64(cell.Row)).String()
}
