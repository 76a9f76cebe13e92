package web

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"kipmonitor/internal/account"
	"kipmonitor/internal/figure"
	"kipmonitor/internal/intake"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/panics"
	"kipmonitor/internal/submission"
	"kipmonitor/internal/trace"
	"kipmonitor/internal/upload"
)

// submissionPage is one file through its whole life: what the check says while it
// waits, the receipt once it is submitted, and what was decided.
type submissionPage struct {
	page
	ID, FileName     string
	State, StateName string
	Verdict          verdict
	MaySubmit        bool
	MayDecide        bool
	MayWithdraw      bool
	Facts            []fact
	Proof            []fact // what the receipt proves
	Findings         []findingRow
	Prediction
	Totals    []totalRow
	Events    []eventRow
	Downloads []download
	Confirm   string
	Problem   string // why what was asked for was not done
	Reason    string // as typed
}

// Prediction is what the figures of a file change.
type Prediction struct {
	Compared        bool   // there is another submission in force to compare with
	Gone            string // how many figures in force it takes away; "" for none
	Differences     []differenceRow
	MoreDifferences bool
	// ForCanton: the viewer decides, and sees what changes in the canton. What a sender
	// could read from it is what the others have reported.
	ForCanton bool
	Effects   []effectRow
}

type verdict struct {
	Good        bool
	Title, Text string
	Warned      bool // good, and something has to be explained
}

type fact struct{ Name, Value, Note, Language string }

type findingRow struct {
	Severity, SeverityName, Message, Places, Text, Suggestion, Code, Key string
	Explain                                                              bool
	Follows                                                              bool // it has the cause of another one, which is explained
	Explanation                                                          string
}

type totalRow struct{ Name, Value, InForce, Change, Before, Missing string }

type differenceRow struct {
	KeyFigure, Of, Old, New, Change string
	Gone                            bool
}

type eventRow struct{ Time, Name, By, Reason string }

// submission shows one submission.
func (s *Server) submission(c *fiber.Ctx) error {
	r, err := s.parseRequest(c)
	if err != nil {
		return err
	}
	p, err := s.submissionPage(c, r)
	if err != nil {
		return err
	}
	return s.show(c, fiber.StatusOK, "submission", p)
}

func (s *Server) submissionPage(c *fiber.Ctx, r request) (submissionPage, error) {
	ctx, cancel := s.deadline(c)
	defer cancel()
	one, err := s.Submissions.Find(ctx, submission.ID(c.Params("id")), r.Viewer)
	if err != nil {
		return submissionPage{}, err
	}
	report, err := one.Checked()
	if err != nil {
		return submissionPage{}, err
	}
	p := s.describe(r, one.FileName, report)
	l := r.Language
	p.ID, p.State, p.StateName = string(one.ID), string(one.State()), l.Say("web.state."+string(one.State()), nil)
	p.MaySubmit = one.State() == submission.Received && one.Definition == s.Programme.Fingerprint
	p.MayDecide = r.Viewer.May(account.DecideFigures) && one.Counts() && (!one.Is(submission.Accepted))
	p.MayWithdraw = one.State() == submission.Received || one.Counts() && (!one.Is(submission.Accepted))
	p.Verdict = s.stateVerdict(l, one, report)
	p.Findings = s.findingRows(l, report, &one)
	p.Proof = s.proof(l, one)
	if one.Observations > 0 {
		if err := s.scope(ctx, &p, one); err != nil {
			return p, err
		}
	}
	p.Events = s.eventRows(l, one)
	p.Downloads = s.downloads(l, one)
	if p.MaySubmit || p.MayDecide {
		if err := s.predict(ctx, &p, r.Viewer, one, report); err != nil {
			return p, err
		}
	}
	return p, nil
}

// namedAtMost is how many municipalities or measures a page names.
const namedAtMost = 8

// scope says of which municipalities and measures the figures are.
func (s *Server) scope(ctx context.Context, p *submissionPage, one submission.Submission) error {
	municipalities, measures, err := s.Figures.Scope(ctx, one)
	if err != nil {
		return err
	}
	var places, works []string
	for _, number := range municipalities {
		if m := s.Programme.MunicipalityIn(number, one.Period.Year); m != nil {
			places = append(places, m.Name)
		}
	}
	for _, code := range measures {
		works = append(works, string(code))
	}
	for _, named := range []struct {
		key   string
		names []string
	}{{"web.submission.municipalities", places}, {"web.submission.measures", works}} {
		if len(named.names) == 0 {
			continue
		}
		slices.Sort(named.names)
		text := strings.Join(named.names[:min(len(named.names), namedAtMost)], ", ")
		if more := len(named.names) - namedAtMost; more > 0 {
			text += " " + p.T("web.check.more_places", "count", more)
		}
		p.Facts = append(p.Facts, fact{Name: p.T(named.key), Value: text})
	}
	return nil
}

// unkept is the page of a file of which nothing is kept.
func (s *Server) unkept(r request, name string, report intake.Report) submissionPage {
	p := s.describe(r, name, report)
	p.Findings = s.findingRows(r.Language, report, nil)
	return p
}

// describe fills in what the check of a file says.
func (s *Server) describe(r request, name string, report intake.Report) submissionPage {
	l := r.Language
	title := l.Say("web.submission.title", nil)
	p := submissionPage{
		page:     s.page(r, title, "submissions", s.submissionsCrumb(l), link{Name: title}),
		FileName: name, Verdict: s.verdict(l, report), Confirm: l.Say("web.submission.confirm", locale.Args{"name": r.Viewer.Name, "role": l.Say("account.role."+string(r.Viewer.Role), nil)}),
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
		p.Facts = append(p.Facts, fact{Name: l.Say("web.check.rows", nil), Value: l.Count(report.Rows)})
	}
	for _, total := range report.Totals {
		k := s.Programme.KeyFigure(total.KeyFigure)
		if k == nil {
			continue
		}
		row := totalRow{Name: s.Programme.TotalName(total.KeyFigure, total.Account).In(l), Value: s.Programme.Unit(k.Unit).Write(l, total.Value), InForce: "–", Change: "–", Before: "–", Missing: l.Count(total.Missing)}
		if total.Given == 0 {
			row.Value = "–"
		}
		if total.Before != nil {
			row.Before = s.Programme.Unit(k.Unit).Write(l, *total.Before)
		}
		p.Totals = append(p.Totals, row)
	}
	return p
}

func (s *Server) submissionsCrumb(l locale.Language) link {
	return link{l.Say("web.nav.submissions", nil), "/" + string(l) + "/submissions"}
}

// verdict says whether a checked file can be submitted.
func (s *Server) verdict(l locale.Language, report intake.Report) verdict {
	say := func(key string) string { return l.Say("web.check."+key, nil) }
	switch {
	case report.PersonalData:
		return verdict{Title: say("personal"), Text: say("personal_text")}
	case !report.Accepted():
		return verdict{Title: say("refused"), Text: l.Say("web.check.refused_text", locale.Args{"count": report.Count(intake.Error)})}
	case report.Count(intake.Warning) > 0:
		return verdict{Good: true, Warned: true, Title: l.Say("checker.warned", nil), Text: l.Say("web.check.warned_text", locale.Args{"count": max(report.Asking(), 1)})}
	}
	return verdict{Good: true, Title: say("accepted"), Text: say("accepted_text")}
}

// stateVerdict says where a submission stands.
func (s *Server) stateVerdict(l locale.Language, one submission.Submission, report intake.Report) verdict {
	state := one.State()
	switch {
	case state == submission.Refused && one.SHA256 == "":
		return verdict{Title: l.Say("web.check.personal", nil), Text: l.Say("web.check.personal_text", nil)}
	case state == submission.Refused:
		return s.verdict(l, report)
	case state == submission.Received && one.Definition != s.Programme.Fingerprint:
		return verdict{Title: l.Say("web.check.title", nil), Text: l.Say("problem.draft_outdated", locale.Args{"file": one.FileName})}
	case state == submission.Received:
		return s.verdict(l, report)
	}
	// Nothing is green where figures that were in force are gone.
	return verdict{Good: one.Counts(), Warned: one.Counts() && report.TakesAway(), Title: l.Say("web.submission.state_"+string(state), nil), Text: l.Say("web.submission.lead_"+string(state), nil)}
}

// findingRows lists what the check found, with what the sender said to it.
func (s *Server) findingRows(l locale.Language, report intake.Report, one *submission.Submission) []findingRow {
	var rows []findingRow
	for _, finding := range report.Findings {
		row := findingRow{
			Severity: string(finding.Severity), SeverityName: l.Say("web.check."+string(finding.Severity), nil), Message: finding.In(l),
			Places: finding.Where(l), Text: finding.Text, Suggestion: finding.Suggestion, Code: cmp.Or(finding.Rule, finding.Code), Key: finding.Key(), Explain: finding.Explain,
			Follows: finding.ExplainedBy != "",
		}
		if one != nil {
			row.Explanation = one.Explanation(cmp.Or(finding.ExplainedBy, row.Key))
		}
		rows = append(rows, row)
	}
	return rows
}

// proof lists what a receipt states: what came, when, and by which rules it was
// checked.
func (s *Server) proof(l locale.Language, one submission.Submission) []fact {
	say := func(key string) string { return l.Say("web.submission."+key, nil) }
	var facts []fact
	if submitted := one.At(submission.Submitted); !submitted.IsZero() {
		facts = append(facts, fact{Name: say("submitted_at"), Value: l.DateTime(submitted)}, fact{Name: say("submitted_by"), Value: one.By(submission.Submitted)})
	}
	return append(facts,
		fact{Name: l.Say("web.received", nil), Value: l.DateTime(one.At(submission.Received))},
		fact{Name: say("figures"), Value: l.Count(one.Observations)},
		fact{Name: say("form_version"), Value: s.formVersion(l, one)},
		fact{Name: say("hash"), Value: one.SHA256},
		fact{Name: say("definition"), Value: one.Definition},
		fact{Name: say("id"), Value: string(one.ID)})
}

// formVersion names a form and its version: «Jahresmeldung der Gemeinde, Version 1».
func (s *Server) formVersion(l locale.Language, one submission.Submission) string {
	name := string(one.Form)
	if form := s.Programme.Form(one.Form); form != nil {
		name = form.Name.In(l)
	}
	return l.Say("workbook.version", locale.Args{"form": name, "version": one.FormVersion})
}

func (s *Server) eventRows(l locale.Language, one submission.Submission) []eventRow {
	var rows []eventRow
	for _, event := range one.Events {
		rows = append(rows, eventRow{Time: l.DateTime(event.At), Name: l.Say("web.event."+string(event.Kind), nil), By: event.By, Reason: s.reason(l, event)})
	}
	return rows
}

// reason is what was said to an event.
func (s *Server) reason(l locale.Language, event submission.Event) string {
	if event.Reason == submission.ReasonPersonalData {
		return l.Say("web.check.personal", nil)
	}
	if k := s.Programme.KeyFigure(figure.KeyFigure(event.Finding)); event.Kind == submission.Held && k != nil {
		return k.Name.In(l)
	}
	return event.Reason
}

// downloads are the files that belong to a submission.
func (s *Server) downloads(l locale.Language, one submission.Submission) []download {
	if one.SHA256 == "" {
		return nil
	}
	base := "/" + string(l) + "/submissions/" + string(one.ID)
	var all []download
	report, err := one.Checked()
	if one.State() == submission.Refused && strings.HasPrefix(one.FileName, enteredPrefix) {
		address := url.Values{"form": {string(one.Form)}, "organisation": {string(one.Organisation)}, "period": {one.Period.String()}, "from": {string(one.ID)}}
		all = append(all, download{link{l.Say("web.entry.again", nil), "/" + string(l) + "/submissions/entry?" + address.Encode()}, false})
	} else if err == nil && len(report.Findings) > 0 && one.Size <= mostFixable {
		all = append(all, download{link{l.Say("web.submission.fix", nil), base + "/marked.xlsx"}, report.Accepted()})
	}
	if one.Is(submission.Submitted) {
		all = append(all, download{link{l.Say("web.submission.receipt", nil), base + "/receipt.pdf"}, false})
	}
	return append(all, download{link{l.Say("web.submission.original", nil), base + "/file"}, true})
}

// submissionFile sends the original file back, as it came.
func (s *Server) submissionFile(c *fiber.Ctx) error {
	ctx, cancel := s.deadline(c)
	defer cancel()
	one, err := s.Submissions.Find(ctx, submission.ID(c.Params("id")), viewer(c))
	if err != nil {
		return err
	}
	if one.SHA256 == "" {
		return fiber.ErrNotFound
	}
	if err := s.audit(c, account.FileDownloaded, string(one.ID), one.FileName); err != nil {
		return err
	}
	c.Set(fiber.HeaderContentDisposition, upload.Attachment(one.FileName))
	c.Set(fiber.HeaderContentType, fiber.MIMEOctetStream)
	ctx = context.WithoutCancel(ctx) // the request's own has ended when the file is read
	c.Context().SetBodyStream(panics.Pipe(func(out io.Writer) error {
		ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
		defer cancel()
		return s.Figures.File(ctx, one.SHA256, out)
	}, func(err error) {
		trace.LogError(ctx, s.Log, fmt.Errorf("send the file of submission %s: %w", one.ID, err))
	}), int(one.Size)) // cut off where it could not be read to its end
	return nil
}
