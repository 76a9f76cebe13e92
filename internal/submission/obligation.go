package submission

import (
	"slices"
	"time"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/programme"
)

// Standing is how an obligation stands.
type Standing string

// The standings of an obligation.
const (
	NotDue      Standing = "not_due"   // the period has not ended
	Open        Standing = "open"      // the period has ended, the due date has not passed
	Late        Standing = "late"      // nothing is in force after the due date
	WasRefused  Standing = "refused"   // files came, and all had errors
	WasReturned Standing = "returned"  // the last one was given back
	IsSubmitted Standing = "submitted" // provisional
	IsAccepted  Standing = "accepted"  // final
)

// endOf is the midnight in Switzerland with which a day ends, given at midnight UTC.
func endOf(day time.Time) time.Time {
	return time.Date(day.Year(), day.Month(), day.Day()+1, 0, 0, 0, 0, locale.Zone())
}

// Obligation is a form that an organisation owes for a period
// (Lieferpflicht).
type Obligation struct {
	Form         figure.Form
	Organisation figure.Organisation
	Period       figure.Period
	Due          time.Time // the last day, at midnight UTC
	Extended     string    // the reason of an extension; "" where the due date is that of the form
	Standing     Standing
	Submission   ID // in force, or the last that came; "" for none
	// OnTime: figures were submitted by the last day, and not withdrawn. What was given
	// back for correction had come in time.
	OnTime bool
}

// Passed reports whether the due day has ended, in Switzerland.
func (o Obligation) Passed(now time.Time) bool { return !now.Before(endOf(o.Due)) }

// Delivered reports whether figures are in force.
func (o Obligation) Delivered() bool { return o.Standing == IsSubmitted || o.Standing == IsAccepted }

// Owed reports whether the period has ended, so that figures are awaited.
func (o Obligation) Owed() bool { return o.Standing != NotDue }

// Obligations returns who owes what for the years, and how each stands on a day,
// in the order of the forms, periods and organisations of the definition.
func Obligations(p *programme.Programme, submissions []Submission, extensions []Extension, years []figure.Year, today time.Time) []Obligation {
	type key struct {
		form         figure.Form
		organisation figure.Organisation
		period       figure.Period
	}
	sent := map[key][]Submission{}
	for _, s := range submissions {
		k := key{s.Form, s.Organisation, s.Period}
		sent[k] = append(sent[k], s)
	}
	extended := map[key]Extension{}
	for _, one := range extensions {
		extended[key{one.Form, one.Organisation, one.Period}] = one // the latest comes last
	}
	var all []Obligation
	for f := range p.Forms {
		form := &p.Forms[f]
		for _, year := range years {
			for _, part := range form.Periodicity.Parts() {
				period := figure.Period{Year: year, Part: part}
				for o := range p.Organisations {
					organisation := &p.Organisations[o]
					if !p.Owes(organisation, form, period) {
						continue
					}
					due := period.End().AddDate(0, 0, form.DueDays)
					obligation := Obligation{Form: form.Code, Organisation: organisation.Code, Period: period, Due: due}
					if later, granted := extended[key{form.Code, organisation.Code, period}]; granted {
						obligation.Due, obligation.Extended = later.Due, later.Reason
					}
					obligation.judge(sent[key{form.Code, organisation.Code, period}], today)
					all = append(all, obligation)
				}
			}
		}
	}
	return all
}

// judge fills in how the obligation stands, from the submissions for it.
func (o *Obligation) judge(sent []Submission, today time.Time) {
	slices.SortStableFunc(sent, func(a, b Submission) int {
		switch first, second := a.first(Received), b.first(Received); {
		case first.before(second):
			return -1
		case second.before(first):
			return 1
		}
		return 0
	})
	o.Standing = NotDue
	if !today.Before(endOf(o.Period.End())) {
		o.Standing = Open
	}
	if o.Passed(today) {
		o.Standing = Late
	}
	for _, s := range sent {
		if s.Is(Submitted) && !s.Is(Withdrawn) && s.At(Submitted).Before(endOf(o.Due)) {
			o.OnTime = true
		}
	}
	if inForce, found := last(sent, o.Period); found {
		o.Submission = inForce.ID
		o.Standing = IsSubmitted
		if inForce.Is(Accepted) {
			o.Standing = IsAccepted
		}
		return
	}
	// What only waits to be submitted says nothing of how things stand.
	sent = slices.DeleteFunc(slices.Clone(sent), func(s Submission) bool { return s.State() == Received })
	if len(sent) == 0 {
		return
	}
	latest := sent[len(sent)-1]
	o.Submission = latest.ID
	switch latest.State() {
	case Refused:
		o.Standing = WasRefused
	case Returned:
		o.Standing = WasReturned
	}
}

// Coverage counts obligations by form and year.
func Coverage(obligations []Obligation) []figure.Coverage {
	var all []figure.Coverage
	for _, o := range obligations {
		if !o.Owed() {
			continue
		}
		i := slices.IndexFunc(all, func(c figure.Coverage) bool { return c.Form == o.Form && c.Year == o.Period.Year })
		if i < 0 {
			i = len(all)
			all = append(all, figure.Coverage{Form: o.Form, Year: o.Period.Year})
		}
		c := &all[i]
		c.Owed++
		if o.Delivered() {
			c.Delivered++
			if o.OnTime {
				c.OnTime++
			}
		}
		if o.Standing == IsAccepted {
			c.Accepted++
		}
	}
	return all
}
