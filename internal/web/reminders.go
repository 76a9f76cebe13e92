package web

import (
	"context"
	netmail "net/mail"
	"net/url"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"kipmonitor/internal/account"
	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/mail"
	"kipmonitor/internal/problem"
	"kipmonitor/internal/submission"
)

type remindersPage struct {
	page
	Years   choices
	Letters []letterView
	// Sends: letters can be sent from here. WhyNot says why not.
	Sends  bool
	WhyNot string
	From   string
	Query  string // the address of this page after the «?»
	All    string // the address of the page for all, where one is shown
}

// letterView is the reminder of one organisation.
type letterView struct {
	ID, Code, Organisation, Count string
	To, Subject, Text             string
	Mailto                        string
	Last                          string // the last reminder, in words
	Problem, Done                 string
	Open                          bool
	Unknown                       bool // nobody of the organisation has an account
}

// With joins a letter and its page, for a part of the template that needs both.
func (p remindersPage) With(letter letterView) any {
	return struct {
		Page   remindersPage
		Letter letterView
	}{p, letter}
}

// reminders shows for each organisation that owes something since a year a letter
// that says what: to copy, to open in the own mail program, or to send from here.
func (s *Server) reminders(c *fiber.Ctx) error {
	r, err := s.parseRequest(c)
	if err != nil {
		return err
	}
	p, err := s.remindersPage(c, r)
	if err != nil {
		return err
	}
	for i := range p.Letters {
		if p.Letters[i].Code != r.Query.Get("organisation") {
			continue
		}
		switch r.Query.Get("done") {
		case "sent":
			p.Letters[i].Done = r.Language.Say("deliveries.reminder_sent", nil)
		case "noted":
			p.Letters[i].Done = r.Language.Say("deliveries.reminder_noted", nil)
		}
	}
	return s.show(c, fiber.StatusOK, "reminders", p)
}

func (s *Server) remindersPage(c *fiber.Ctx, r request) (remindersPage, error) {
	l := r.Language
	p := remindersPage{page: s.page(r, l.Say("deliveries.reminders", nil), "deliveries",
		link{l.Say("web.nav.deliveries", nil), "/" + string(l) + "/deliveries?year=" + yearOf(r)}, link{Name: l.Say("deliveries.reminders", nil)}),
		Years: s.yearChoices(r), Query: r.without("done").Encode()}
	switch {
	case s.Programme.Demo:
		p.WhyNot = l.Say("deliveries.no_mail_demo", nil)
	case s.Mail == nil:
		p.WhyNot = l.Say("deliveries.no_mail", nil)
	default:
		p.Sends, p.From = true, s.Mail.From()
	}
	filter, err := deliveryFilterOf(s.Programme, r.Query)
	if err != nil {
		return p, err
	}
	wanted := figure.Organisation(r.Query.Get("organisation"))
	if wanted != "" && s.Programme.Organisation(wanted) == nil {
		return p, problem.New(problem.NotFound, "organisation_not_found", nil)
	}
	ctx, cancel := s.deadline(c)
	defer cancel()
	owed, err := s.outstandingSince(ctx, r.Year)
	if err != nil {
		return p, err
	}
	last, err := s.Figures.LastReminders(ctx)
	if err != nil {
		return p, err
	}
	senders, err := s.senders(ctx)
	if err != nil {
		return p, err
	}
	for _, code := range remindable(owed, wanted, func(o submission.Obligation) bool { return filter.concerns(s.Programme, l, o) }) {
		letter := s.letter(r, s.base(c), code, owed[code], senders[code])
		letter.Open = wanted != ""
		if reminder, found := last[code]; found {
			letter.Last = reminderInWords(l, reminder)
		}
		p.Letters = append(p.Letters, letter)
	}
	order := organisationOrder(s.Programme, l)
	slices.SortFunc(p.Letters, func(a, b letterView) int {
		return order[figure.Organisation(a.Code)] - order[figure.Organisation(b.Code)]
	})
	if wanted != "" {
		p.All = p.To("/deliveries/reminders?") + r.without("organisation", "done").Encode()
	}
	return p, nil
}

// outstandingSince returns what organisations owe from a year up to the running one,
// so that nobody is reminded of one year and a day later of another.
func (s *Server) outstandingSince(ctx context.Context, year figure.Year) (map[figure.Organisation][]submission.Obligation, error) {
	var years []figure.Year
	for _, one := range s.years() {
		if one >= year {
			years = append(years, one)
		}
	}
	obligations, err := s.Figures.Obligations(ctx, years, s.Now())
	if err != nil {
		return nil, err
	}
	owed := map[figure.Organisation][]submission.Obligation{}
	for _, o := range obligations {
		if isOutstanding(o.Standing) {
			owed[o.Organisation] = append(owed[o.Organisation], o)
		}
	}
	for _, of := range owed {
		slices.SortStableFunc(of, func(a, b submission.Obligation) int { return a.Due.Compare(b.Due) })
	}
	return owed, nil
}

// remindable returns the organisations that get a letter: the one that is wanted or,
// without one, those of which something that the filter asks for is late or has to be
// corrected. What is only open yet is no reason to write.
func remindable(owed map[figure.Organisation][]submission.Obligation, wanted figure.Organisation, concerns func(submission.Obligation) bool) []figure.Organisation {
	var codes []figure.Organisation
	for code, of := range owed {
		due := slices.ContainsFunc(of, func(o submission.Obligation) bool { return o.Standing != submission.Open && concerns(o) })
		if code == wanted || (wanted == "" && due) {
			codes = append(codes, code)
		}
	}
	return codes
}

// senders returns the addresses of those who deliver for each organisation.
func (s *Server) senders(ctx context.Context) (map[figure.Organisation][]string, error) {
	all, err := s.Accounts.Accounts(ctx)
	if err != nil {
		return nil, err
	}
	addresses := map[figure.Organisation][]string{}
	for _, one := range all {
		if one.Role == account.Sender && one.Active {
			addresses[one.Organisation] = append(addresses[one.Organisation], one.Email)
		}
	}
	return addresses, nil
}

func (s *Server) letter(r request, base string, code figure.Organisation, owed []submission.Obligation, to []string) letterView {
	l := r.Language
	office := s.Programme.Organisation(code)
	letter := letterView{ID: "letter-" + string(code), Code: string(code), Organisation: office.Name.In(l), Count: l.Count(len(owed)),
		To: strings.Join(to, ", "), Unknown: len(to) == 0,
		Subject: l.Say("deliveries.letter.subject", locale.Args{"organisation": office.Name})}
	var lines []string
	for _, o := range owed {
		lines = append(lines, "– "+l.Say("deliveries.letter."+string(o.Standing), locale.Args{
			"form": s.Programme.Form(o.Form).Name, "period": o.Period, "due": l.Date(o.Due)}))
	}
	letter.Text = l.Say("deliveries.letter.text", locale.Args{
		"organisation": office.Name, "programme": s.Programme.Name, "list": strings.Join(lines, "\n"),
		"address": base + "/" + string(l) + "/submissions", "name": r.Viewer.Name})
	letter.Mailto = mailto(letter.To, letter.Subject, letter.Text)
	return letter
}

// mailto is the address by which the reader's own mail program opens a letter. Lines
// of its text end with CRLF (RFC 6068).
func mailto(to, subject, text string) string {
	escape := func(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }
	addresses := strings.Split(to, ",")
	for i := range addresses {
		addresses[i] = escape(strings.TrimSpace(addresses[i]))
	}
	return "mailto:" + strings.Join(addresses, ",") + "?subject=" + escape(subject) + "&body=" + escape(strings.ReplaceAll(text, "\n", "\r\n"))
}

func reminderInWords(l locale.Language, one submission.Reminder) string {
	if len(one.Recipients) == 0 {
		return l.Say("deliveries.last_reminder", locale.Args{"at": l.DateTime(one.At), "person": one.By})
	}
	return l.Say("deliveries.last_reminder_to", locale.Args{"at": l.DateTime(one.At), "person": one.By, "recipients": strings.Join(one.Recipients, ", ")})
}

// remind sends the letter of one organisation, or notes that somebody has sent it, and
// leads back to the page, so that a reload sends nothing again.
func (s *Server) remind(c *fiber.Ctx) error {
	r, fields, err := s.form(c)
	if err != nil {
		return err
	}
	// The page of the letters, though the address is that of the form.
	r.Path = "/deliveries/reminders"
	one := submission.Reminder{Organisation: figure.Organisation(fields.Get("organisation")), Subject: fields.Get("subject"), Text: strings.ReplaceAll(fields.Get("text"), "\r\n", "\n")}
	done := "noted"
	var send func(context.Context, submission.Reminder) error
	if fields.Get("do") == "send" {
		done, send = "sent", s.sendReminder(r.Viewer)
	}
	if one.Recipients, err = recipients(fields.Get("to")); err == nil {
		err = s.Submissions.Remind(c.UserContext(), one, send, r.Viewer)
	}
	if told, ok := problem.From(err); ok && told.Kind != problem.Forbidden && told.Kind != problem.NotFound {
		s.Log.Warn("a reminder was not sent", "organisation", one.Organisation, "error", err)
		return s.showUnsent(c, r, told, fields)
	}
	if err != nil {
		return err
	}
	query := r.without("done")
	query.Set("organisation", string(one.Organisation))
	query.Set("done", done)
	return c.Redirect(r.address(query), fiber.StatusSeeOther)
}

// address is that of the page of a request with another query.
func (r request) address(query url.Values) string {
	return "/" + string(r.Language) + r.Path + "?" + query.Encode()
}

// sendReminder sends a letter in the name of a person, to whom answers go.
func (s *Server) sendReminder(by account.Viewer) func(context.Context, submission.Reminder) error {
	return func(ctx context.Context, one submission.Reminder) error {
		if s.Mail == nil {
			return problem.New(problem.Conflict, "mail_missing", nil)
		}
		return s.Mail.Send(ctx, mail.Letter{To: one.Recipients, ReplyTo: by.Email, Subject: one.Subject, Text: one.Text})
	}
}

// mostRecipients bounds how many people one letter goes to.
const mostRecipients = 20

// recipients reads addresses, which commas, semicolons or blanks part.
func recipients(text string) ([]string, error) {
	var all []string
	for _, one := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(",; \t\r\n", r) }) {
		address, err := netmail.ParseAddress(one)
		if err != nil || address.Address != one {
			return nil, problem.New(problem.Invalid, "recipient", locale.Args{"address": one})
		}
		if !slices.Contains(all, one) {
			all = append(all, one)
		}
	}
	if len(all) > mostRecipients {
		return nil, problem.New(problem.Invalid, "recipients_many", locale.Args{"limit": mostRecipients})
	}
	return all, nil
}

// showUnsent shows the page again, with what was typed and what was wrong with it.
func (s *Server) showUnsent(c *fiber.Ctx, r request, told *problem.Error, fields url.Values) error {
	p, err := s.remindersPage(c, r)
	if err != nil {
		return err
	}
	for i := range p.Letters {
		if one := &p.Letters[i]; one.Code == fields.Get("organisation") {
			one.To, one.Subject, one.Text = fields.Get("to"), fields.Get("subject"), fields.Get("text")
			one.Mailto = mailto(one.To, one.Subject, strings.ReplaceAll(one.Text, "\r\n", "\n"))
			one.Problem, one.Open = told.In(r.Language), true
		}
	}
	return s.show(c, told.Kind.Status(), "reminders", p)
}

// base is the address under which people reach the server.
func (s *Server) base(c *fiber.Ctx) string {
	if s.PublicURL != nil {
		return strings.TrimSuffix(s.PublicURL.String(), "/")
	}
	return "http://" + requestHost(c)
}
