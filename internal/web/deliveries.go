package web

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/problem"
	"kipmonitor/internal/programme"
	"kipmonitor/internal/submission"
)

// The states that stand for several standings.
const (
	outstanding = ""    // something is awaited: late, with errors, returned, open
	everything  = "all" // whatever it is
)

// standings are those of obligations, the most urgent first.
var standings = []submission.Standing{
	submission.Late, submission.WasRefused, submission.WasReturned, submission.Open,
	submission.IsSubmitted, submission.IsAccepted, submission.NotDue,
}

// organisationKinds are the kinds of organisations in the order of the page.
var organisationKinds = []programme.OrganisationKind{
	programme.MunicipalityOffice, programme.SocialRegion, programme.RegularStructure, programme.Provider, programme.CantonalOffice,
}

// deliveryFilter says which obligations are shown; what is empty is no condition.
type deliveryFilter struct {
	State string // outstanding, everything or a standing
	Form  figure.Form
	Kind  programme.OrganisationKind
	Text  string // a part of the name or the code of the organisation
}

// deliveryFilterOf reads the filter from an address.
func deliveryFilterOf(p *programme.Programme, query url.Values) (deliveryFilter, error) {
	f := deliveryFilter{State: query.Get("state"), Form: figure.Form(query.Get("form")), Kind: programme.OrganisationKind(query.Get("kind")), Text: strings.TrimSpace(query.Get("q"))}
	switch {
	case f.State != outstanding && f.State != everything && !slices.Contains(standings, submission.Standing(f.State)),
		f.Form != "" && p.Form(f.Form) == nil,
		f.Kind != "" && !slices.Contains(organisationKinds, f.Kind):
		return f, fiber.ErrNotFound
	}
	return f, nil
}

// concerns reports whether an obligation is shown in one of its states.
func (f deliveryFilter) concerns(p *programme.Programme, l locale.Language, o submission.Obligation) bool {
	office := p.Organisation(o.Organisation)
	text := strings.ToLower(f.Text)
	return (f.Form == "" || f.Form == o.Form) && (f.Kind == "" || f.Kind == office.Kind) &&
		(strings.Contains(strings.ToLower(office.Name.In(l)), text) || strings.EqualFold(string(office.Code), text))
}

// inState reports whether a standing is one of those that are shown.
func (f deliveryFilter) inState(standing submission.Standing) bool {
	switch f.State {
	case everything:
		return true
	case outstanding:
		return isOutstanding(standing)
	}
	return f.State == string(standing)
}

func isOutstanding(standing submission.Standing) bool {
	return standing == submission.Late || standing == submission.WasRefused || standing == submission.WasReturned || standing == submission.Open
}

// deliveries is what the page shows of the obligations of a year.
type deliveries struct {
	Concerned []submission.Obligation // in whatever state, in the order of the page
	Shown     []submission.Obligation // of those, in the states that are asked for
	Counts    map[submission.Standing]int
}

// sortDeliveries filters obligations and puts them in the order of the page: by kind
// of organisation, its name, the form and the period.
func sortDeliveries(p *programme.Programme, l locale.Language, obligations []submission.Obligation, f deliveryFilter) deliveries {
	d := deliveries{Counts: map[submission.Standing]int{}}
	for _, o := range obligations {
		if f.concerns(p, l, o) {
			d.Concerned = append(d.Concerned, o)
			d.Counts[o.Standing]++
		}
	}
	order := organisationOrder(p, l)
	// The forms and periods of one organisation are in order already.
	slices.SortStableFunc(d.Concerned, func(a, b submission.Obligation) int { return order[a.Organisation] - order[b.Organisation] })
	for _, o := range d.Concerned {
		if f.inState(o.Standing) {
			d.Shown = append(d.Shown, o)
		}
	}
	return d
}

// organisationOrder numbers the organisations by kind and, as a dictionary of the
// language has them, by name.
func organisationOrder(p *programme.Programme, l locale.Language) map[figure.Organisation]int {
	sorter := collate.New(language.Make(string(l) + "-CH"))
	all := make([]*programme.Organisation, len(p.Organisations))
	for i := range p.Organisations {
		all[i] = &p.Organisations[i]
	}
	slices.SortStableFunc(all, func(a, b *programme.Organisation) int {
		if kinds := slices.Index(organisationKinds, a.Kind) - slices.Index(organisationKinds, b.Kind); kinds != 0 {
			return kinds
		}
		return sorter.CompareString(a.Name.In(l), b.Name.In(l))
	})
	order := make(map[figure.Organisation]int, len(all))
	for i, one := range all {
		order[one.Code] = i
	}
	return order
}

type deliveriesPage struct {
	page
	Years, Views  choices
	Counts        []countLink
	Filter        deliveryFilter
	Forms, Kinds  []option
	States        []option
	List          bool
	Blocks        []matrixBlock // of the matrix
	Rows          []deliveryRow // of the list
	Extendable    bool          // a row can be given a later date
	Empty         bool
	CSV, XLSX     string
	Reminders     string
	Summary       string // the filter in words, for paper
	Query         string // the address of this page after the «?»
	Done          string
	Failed        []string
	Due, Reason   string // as typed into the form of an extension
	RemindersMany bool   // somebody is to be reminded
}

// countLink shows the obligations of one state.
type countLink struct {
	choice
	Sign, Count string
}

// deliveryRow is an obligation in the list.
type deliveryRow struct {
	Key                                                  string // names it in the form of an extension; "" where it can have none
	Code, Organisation, Kind, Form, Period, Due, DueDate string
	Standing, StandingName, ID                           string
	OnTime, Extended, Reminded                           string
	Ticked, Remindable                                   bool
}

// deliveries shows the coordination office who owes what for a year: as a matrix, or
// as a list with a line for each obligation.
func (s *Server) deliveries(c *fiber.Ctx) error {
	r, err := s.parseRequest(c)
	if err != nil {
		return err
	}
	p, err := s.deliveriesPage(c, r)
	if err != nil {
		return err
	}
	return s.show(c, fiber.StatusOK, "deliveries", p)
}

func (s *Server) deliveriesPage(c *fiber.Ctx, r request) (deliveriesPage, error) {
	l := r.Language
	p := deliveriesPage{page: s.page(r, l.Say("deliveries.title", locale.Args{"year": yearOf(r)}), "deliveries"), Years: s.yearChoices(r), List: r.Query.Get("view") == "list"}
	ctx, cancel := s.deadline(c)
	defer cancel()
	filter, shown, rows, err := s.deliveryRows(ctx, r)
	if err != nil {
		return p, err
	}
	p.Filter, p.Empty = filter, len(shown.Shown) == 0
	p.Counts = r.deliveryCounts(filter, shown.Counts)
	p.Views = choices{ID: "views", Name: l.Say("deliveries.view", nil), Choices: []choice{
		r.choose("view", "", l.Say("deliveries.view.matrix", nil), !p.List), r.choose("view", "list", l.Say("deliveries.view.list", nil), p.List)}}
	p.Forms, p.Kinds, p.States = s.formOptions(l), kindOptions(l), stateOptions(l)
	if p.List {
		p.Rows = rows
		p.Extendable = slices.ContainsFunc(rows, func(row deliveryRow) bool { return row.Key != "" })
	} else {
		p.Blocks = buildMatrix(s.Programme, l, r.Year, shown, filter)
	}
	query := r.Query.Encode()
	p.Query, p.CSV, p.XLSX = query, p.To("/deliveries.csv?")+query, p.To("/deliveries.xlsx?")+query
	p.Reminders = p.To("/deliveries/reminders?") + r.without("view", "state").Encode()
	p.RemindersMany = slices.ContainsFunc(shown.Concerned, func(o submission.Obligation) bool { return isOutstanding(o.Standing) })
	p.Summary = s.filterInWords(l, filter)
	return p, nil
}

// deliveryRows returns the filter of a request, the obligations and, of those shown,
// the lines of the list.
func (s *Server) deliveryRows(ctx context.Context, r request) (deliveryFilter, deliveries, []deliveryRow, error) {
	filter, err := deliveryFilterOf(s.Programme, r.Query)
	if err != nil {
		return filter, deliveries{}, nil, err
	}
	obligations, err := s.Figures.Obligations(ctx, []figure.Year{r.Year}, s.Now())
	if err != nil {
		return filter, deliveries{}, nil, err
	}
	last, err := s.Figures.LastReminders(ctx)
	if err != nil {
		return filter, deliveries{}, nil, err
	}
	shown := sortDeliveries(s.Programme, r.Language, obligations, filter)
	var rows []deliveryRow
	for _, o := range shown.Shown {
		row := s.deliveryRow(r.Language, o)
		// A reminder says all that was outstanding then; of a delivery that came since, or
		// whose period ended since, it said nothing.
		if reminder, found := last[o.Organisation]; found && row.Remindable && reminder.At.After(o.Period.End()) {
			row.Reminded = r.Language.Date(reminder.At.In(locale.Zone()))
		}
		rows = append(rows, row)
	}
	return filter, shown, rows, nil
}

func (s *Server) deliveryRow(l locale.Language, o submission.Obligation) deliveryRow {
	office := s.Programme.Organisation(o.Organisation)
	row := deliveryRow{
		Code: string(o.Organisation), Organisation: office.Name.In(l), Kind: l.Say("deliveries.kind."+string(office.Kind), nil),
		Form: s.Programme.Form(o.Form).Name.In(l), Period: l.Period(o.Period), Due: l.Date(o.Due), DueDate: o.Due.Format(time.DateOnly),
		Standing: string(o.Standing), StandingName: l.Say("web.standing."+string(o.Standing), nil), ID: string(o.Submission), Extended: o.Extended,
		Remindable: isOutstanding(o.Standing),
	}
	if !o.Delivered() {
		row.Key = obligationKey(o)
	} else if o.OnTime {
		row.OnTime = l.Say("deliveries.yes", nil)
	} else {
		row.OnTime = l.Say("deliveries.no", nil)
	}
	return row
}

// without is the query of a request without some of its parameters.
func (r request) without(names ...string) url.Values {
	query := url.Values{}
	for name, values := range r.Query {
		if !slices.Contains(names, name) {
			query[name] = values
		}
	}
	return query
}

// deliveryCounts are the links above the matrix: what is outstanding, everything, and
// each state.
func (r request) deliveryCounts(filter deliveryFilter, counts map[submission.Standing]int) []countLink {
	l := r.Language
	all, wanted := 0, 0
	for standing, count := range counts {
		all += count
		if isOutstanding(standing) {
			wanted += count
		}
	}
	link := func(state, name, sign string, count int) countLink {
		return countLink{r.choose("state", state, name, filter.State == state), sign, l.Count(count)}
	}
	links := []countLink{link(outstanding, l.Say("deliveries.outstanding", nil), "", wanted)}
	for _, standing := range standings {
		links = append(links, link(string(standing), l.Say("web.standing."+string(standing), nil), string(standing), counts[standing]))
	}
	return append(links, link(everything, l.Say("deliveries.all", nil), "", all))
}

func (s *Server) formOptions(l locale.Language) []option {
	var all []option
	for i := range s.Programme.Forms {
		all = append(all, option{string(s.Programme.Forms[i].Code), s.Programme.Forms[i].Name.In(l)})
	}
	sorter := collate.New(language.Make(string(l) + "-CH"))
	slices.SortFunc(all, func(a, b option) int { return sorter.CompareString(a.Name, b.Name) })
	return all
}

func kindOptions(l locale.Language) []option {
	var all []option
	for _, kind := range organisationKinds {
		all = append(all, option{string(kind), l.Say("deliveries.kind."+string(kind), nil)})
	}
	return all
}

func stateOptions(l locale.Language) []option {
	all := []option{{outstanding, l.Say("deliveries.outstanding", nil)}}
	for _, standing := range standings {
		all = append(all, option{string(standing), l.Say("web.standing."+string(standing), nil)})
	}
	return append(all, option{everything, l.Say("deliveries.all", nil)})
}

// filterInWords says what is shown, for paper and for the files.
func (s *Server) filterInWords(l locale.Language, f deliveryFilter) string {
	var words []string
	for _, one := range stateOptions(l) {
		if one.Code == f.State {
			words = append(words, one.Name)
		}
	}
	if f.Kind != "" {
		words = append(words, l.Say("deliveries.kind."+string(f.Kind), nil))
	}
	if f.Form != "" {
		words = append(words, s.Programme.Form(f.Form).Name.In(l))
	}
	if f.Text != "" {
		words = append(words, l.Quote(f.Text))
	}
	return strings.Join(words, " · ")
}

// obligationKey names an obligation in a form; parseObligation reads it.
func obligationKey(o submission.Obligation) string {
	return string(o.Form) + " " + string(o.Organisation) + " " + o.Period.String()
}

func parseObligation(key string) (form figure.Form, organisation figure.Organisation, period figure.Period, ok bool) {
	parts := strings.Split(key, " ")
	if len(parts) != 3 {
		return "", "", figure.Period{}, false
	}
	period, err := figure.ParsePeriod(parts[2])
	return figure.Form(parts[0]), figure.Organisation(parts[1]), period, err == nil
}

// extend grants the ticked obligations a later date. One that cannot have it does not
// stop the others; what was typed stays where something went wrong.
func (s *Server) extend(c *fiber.Ctx) error {
	r, fields, err := s.form(c)
	if err != nil {
		return err
	}
	l := r.Language
	done, failed, err := s.extendMany(c, l, fields)
	if err != nil {
		return err
	}
	// The page of the list, though the address is that of the form.
	r.Path = "/deliveries"
	r.Query.Set("view", "list")
	p, err := s.deliveriesPage(c, r)
	if err != nil {
		return err
	}
	status := fiber.StatusOK
	if done > 0 {
		p.Done = l.Say("deliveries.extended", locale.Args{"count": done})
	}
	if len(failed) > 0 {
		status, p.Failed = fiber.StatusBadRequest, failed
		p.Due, p.Reason = fields.Get("due"), fields.Get("reason")
		for i := range p.Rows {
			p.Rows[i].Ticked = p.Rows[i].Key != "" && slices.Contains(fields["obligation"], p.Rows[i].Key)
		}
	}
	return s.show(c, status, "deliveries", p)
}

func (s *Server) extendMany(c *fiber.Ctx, l locale.Language, fields url.Values) (done int, failed []string, err error) {
	due, err := time.Parse(time.DateOnly, fields.Get("due"))
	if err != nil {
		return 0, []string{problem.New(problem.Invalid, "day", locale.Args{"text": fields.Get("due")}).In(l)}, nil
	}
	if len(fields["obligation"]) == 0 {
		return 0, []string{l.Say("deliveries.none_ticked", nil)}, nil
	}
	for _, key := range fields["obligation"] {
		one := submission.Extension{Due: due, Reason: fields.Get("reason")}
		var ok bool
		if one.Form, one.Organisation, one.Period, ok = parseObligation(key); !ok {
			return done, failed, problem.New(problem.NotFound, "obligation_unknown", nil)
		}
		err := s.Submissions.Extend(c.UserContext(), one, viewer(c))
		if told, ok := problem.From(err); ok && told.Kind == problem.Invalid {
			if !slices.Contains(failed, told.In(l)) {
				failed = append(failed, told.In(l))
			}
			continue
		}
		if err != nil {
			return done, failed, err
		}
		done++
	}
	return done, failed, nil
}
