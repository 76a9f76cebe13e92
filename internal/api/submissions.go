package api

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"kipmonitor/internal/account"
	"kipmonitor/internal/figure"
	"kipmonitor/internal/intake"
	"kipmonitor/internal/panics"
	"kipmonitor/internal/problem"
	"kipmonitor/internal/submission"
	"kipmonitor/internal/trace"
	"kipmonitor/internal/upload"
)

// submissionDocument is a submission in JSON.
type submissionDocument struct {
	ID           submission.ID        `json:"id"`
	State        submission.EventKind `json:"state"`
	Counts       bool                 `json:"counts"` // submitted, and neither returned nor withdrawn
	Form         figure.Form          `json:"form"`
	FormVersion  string               `json:"form_version"`
	Organisation figure.Organisation  `json:"organisation"`
	Period       string               `json:"period"`
	File         string               `json:"file"`   // "" where it was not kept
	SHA256       string               `json:"sha256"` // likewise
	Size         int64                `json:"size"`
	Rows         int                  `json:"rows"`
	FaultyRows   int                  `json:"faulty_rows"`
	Figures      int                  `json:"figures"` // taken in
	Definition   string               `json:"definition"`
	Events       []eventDocument      `json:"events"`
	*checkDocument
}

type eventDocument struct {
	Kind    submission.EventKind `json:"kind"`
	At      time.Time            `json:"at"`
	By      string               `json:"by"`
	Reason  string               `json:"reason,omitempty"`
	Finding string               `json:"finding,omitempty"` // the key of the one that is explained
}

// checkDocument is what the check of a file said.
type checkDocument struct {
	Totals   []intake.Total    `json:"totals"`
	Findings []findingDocument `json:"findings"`
}

// findingDocument is a finding, with the key under which it is explained.
type findingDocument struct {
	Key string `json:"key"`
	intake.Finding
	Explanation string `json:"explanation,omitempty"`
}

func documentOf(one submission.Submission) submissionDocument {
	d := submissionDocument{
		ID: one.ID, State: one.State(), Counts: one.Counts(), Form: one.Form, FormVersion: one.FormVersion, Organisation: one.Organisation,
		Period: one.Period.String(), File: one.FileName, SHA256: one.SHA256, Size: one.Size, Rows: one.Rows, FaultyRows: one.FaultyRows,
		Figures: one.Observations, Definition: one.Definition, Events: []eventDocument{},
	}
	for _, event := range one.Events {
		d.Events = append(d.Events, eventDocument{event.Kind, event.At, event.By, event.Reason, event.Finding})
	}
	return d
}

// checkedDocument is a submission with what its check said.
func checkedDocument(one submission.Submission, report intake.Report) submissionDocument {
	d := documentOf(one)
	d.checkDocument = &checkDocument{Totals: report.Totals, Findings: findingsOf(one, report)}
	if d.Totals == nil {
		d.Totals = []intake.Total{}
	}
	return d
}

func findingsOf(one submission.Submission, report intake.Report) []findingDocument {
	found := []findingDocument{}
	for _, finding := range report.Findings {
		found = append(found, findingDocument{finding.Key(), finding, one.Explanation(finding.Key())})
	}
	return found
}

// find returns a submission that the viewer may see, and its check.
func (a *API) find(ctx context.Context, c *fiber.Ctx, r request) (submission.Submission, intake.Report, error) {
	one, err := a.Submissions.Find(ctx, submission.ID(c.Params("id")), r.Viewer)
	if err != nil {
		return one, intake.Report{}, err
	}
	report, err := one.Checked()
	return one, report, err
}

// submission answers one submission with its check.
func (a *API) submission(ctx context.Context, c *fiber.Ctx, r request) error {
	one, report, err := a.find(ctx, c, r)
	if err != nil {
		return err
	}
	return c.JSON(checkedDocument(one, report))
}

type findingsDocument struct {
	Submission submission.ID     `json:"submission"`
	Findings   []findingDocument `json:"findings"`
}

// findings answers what the check of a submission found.
func (a *API) findings(ctx context.Context, c *fiber.Ctx, r request) error {
	one, report, err := a.find(ctx, c, r)
	if err != nil {
		return err
	}
	return c.JSON(findingsDocument{one.ID, findingsOf(one, report)})
}

// fileTime bounds the time in which a file is sent back.
const fileTime = 2 * time.Minute

// file sends the original bytes of a submission.
func (a *API) file(ctx context.Context, c *fiber.Ctx, r request) error {
	one, _, err := a.find(ctx, c, r)
	if err != nil {
		return err
	}
	if one.SHA256 == "" {
		return problem.New(problem.NotFound, "file_not_kept", nil)
	}
	if err := a.Audit(c.UserContext(), r.Viewer.Line(a.Now(), account.FileDownloaded, string(one.ID), one.FileName)); err != nil {
		return err
	}
	c.Set(fiber.HeaderContentDisposition, upload.Attachment(one.FileName))
	c.Set(fiber.HeaderContentType, fiber.MIMEOctetStream)
	ctx = context.WithoutCancel(ctx) // the request's own has ended when the file is read
	c.Context().SetBodyStream(panics.Pipe(func(out io.Writer) error {
		ctx, cancel := context.WithTimeout(ctx, fileTime)
		defer cancel()
		return a.Figures.File(ctx, one.SHA256, out)
	}, func(err error) {
		trace.LogError(ctx, a.Log, fmt.Errorf("send the file of submission %s: %w", one.ID, err))
	}), int(one.Size)) // cut off where it could not be read to its end
	return nil
}

type submissionsDocument struct {
	Submissions []submissionDocument `json:"submissions"`
	Next        *string              `json:"next"` // the cursor of the next page; null on the last
}

const (
	usualLimit = 50
	mostLimit  = 200
)

var states = []string{"received", "refused", "submitted", "accepted", "returned", "withdrawn"}

// page is a part of the list of submissions.
type page struct {
	organisation figure.Organisation
	form         figure.Form
	period       figure.Period // of the zero year: any
	state        submission.EventKind
	limit        int
	before       submission.ID
}

func (a *API) page(r request) (page, error) {
	p := page{limit: usualLimit, form: figure.Form(r.Query.Get("form")), state: submission.EventKind(r.Query.Get("state")), before: submission.ID(r.Query.Get("cursor"))}
	var err error
	if p.organisation, err = a.organisation(r); err != nil {
		return p, err
	}
	if p.form != "" && a.Programme.Form(p.form) == nil {
		return p, problem.New(problem.NotFound, "form_unknown", nil)
	}
	if text := r.Query.Get("period"); text != "" {
		if p.period, err = figure.ParsePeriod(text); err != nil {
			return p, wrongValue("period", text)
		}
	}
	if p.state != "" && !slices.Contains(states, string(p.state)) {
		return p, wrongValue("state", string(p.state))
	}
	if text := r.Query.Get("limit"); text != "" {
		if p.limit, err = strconv.Atoi(text); err != nil || p.limit < 1 || p.limit > mostLimit {
			return p, wrongValue("limit", text)
		}
	}
	if text := string(p.before); text != "" && (uuid.Validate(text) != nil || len(text) != len(uuid.Nil.String())) {
		return p, wrongValue("cursor", text)
	}
	return p, nil
}

// submissions answers those that the viewer may see, the latest first. Ids sort by
// time, so that the id of the last one is the cursor of the next page: what comes in
// meanwhile moves nothing.
func (a *API) submissions(ctx context.Context, c *fiber.Ctx, r request) error {
	p, err := a.page(r)
	if err != nil {
		return err
	}
	filter := submission.Filter{Organisation: p.organisation}
	if !r.Viewer.Sees("") { // those of one organisation alone
		filter.Organisation = r.Viewer.Organisation
	}
	if p.period.Year != 0 {
		filter.Years = []figure.Year{p.period.Year}
	}
	all, err := a.Figures.Submissions(ctx, filter)
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(one submission.Submission) bool {
		return !r.Viewer.Sees(one.Organisation) || p.form != "" && one.Form != p.form || p.period.Year != 0 && one.Period != p.period ||
			p.state != "" && one.State() != p.state || p.before != "" && one.ID >= p.before
	})
	slices.SortFunc(all, func(x, y submission.Submission) int { return strings.Compare(string(y.ID), string(x.ID)) })
	d := submissionsDocument{Submissions: []submissionDocument{}}
	for _, one := range all[:min(len(all), p.limit)] {
		d.Submissions = append(d.Submissions, documentOf(one))
	}
	if len(all) > p.limit {
		next := string(all[p.limit-1].ID)
		d.Next = &next
	}
	return c.JSON(d)
}

type obligationsDocument struct {
	Year        figure.Year          `json:"year"`
	Obligations []obligationDocument `json:"obligations"`
}

type obligationDocument struct {
	Form         figure.Form         `json:"form"`
	Organisation figure.Organisation `json:"organisation"`
	Period       string              `json:"period"`
	Due          string              `json:"due"`
	Extended     string              `json:"extended,omitempty"` // why the due date is not that of the form
	Standing     submission.Standing `json:"standing"`
	Submission   *submission.ID      `json:"submission"` // in force, or the last that came
	OnTime       bool                `json:"on_time"`
}

// obligations answers who owes what for a year: of all organisations to whom may read
// that, and to a sender what the own one owes.
func (a *API) obligations(ctx context.Context, c *fiber.Ctx, r request) error {
	code, err := a.owing(r)
	if err != nil {
		return err
	}
	year, err := a.year(r, a.runningYear())
	if err != nil {
		return err
	}
	all, err := a.Figures.Obligations(ctx, []figure.Year{year}, a.Now())
	if err != nil {
		return err
	}
	d := obligationsDocument{Year: year, Obligations: []obligationDocument{}}
	for _, one := range all {
		if code != "" && one.Organisation != code {
			continue
		}
		o := obligationDocument{Form: one.Form, Organisation: one.Organisation, Period: one.Period.String(), Due: one.Due.Format(time.DateOnly),
			Extended: one.Extended, Standing: one.Standing, OnTime: one.OnTime}
		if one.Submission != "" {
			o.Submission = &one.Submission
		}
		d.Obligations = append(d.Obligations, o)
	}
	return c.JSON(d)
}

// owing is the organisation whose obligations are asked for; "" for all.
func (a *API) owing(r request) (figure.Organisation, error) {
	code, err := a.organisation(r)
	if err != nil {
		return "", err
	}
	if r.Viewer.Role == account.Sender {
		return r.Viewer.Organisation, nil
	}
	if !r.Viewer.May(account.ReadDeliveries) {
		return "", problem.New(problem.Forbidden, "right_missing", nil)
	}
	return code, nil
}
