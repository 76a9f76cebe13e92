package programme

import (
	"regexp"
	"slices"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
)

// ruleKeys are the keys that a rule of each kind has beside those of every rule;
// what begins with ! must be there.
var ruleKeys = map[RuleKind][]string{
	RowRule:        {"!compare", "tolerance", "least"},
	FormsRule:      {"!compare", "!other", "tolerance", "least"},
	BeforeRule:     {"compare", "figures", "low", "high", "tolerance", "least"},
	PopulationRule: {"!figures", "!high", "least"},
	PeersRule:      {"!figures", "!high", "!spread", "!peers", "per", "least"},
}

// fewestPeers is how many others a PeersRule needs at least: a spread of fewer says
// little, and what a rule finds must not tell what a single one reported.
const fewestPeers = 5

func (l *loader) rules(p *Programme) {
	first := map[string]int{}
	for i := range p.Rules {
		r := &p.Rules[i]
		at := l.places[r]
		switch before, again := first[r.ID]; {
		case r.ID == "":
			l.fault(at, "the rule has no id")
		case !plainCode.MatchString(r.ID):
			l.fault(at.at("id"), "the rule %q: only letters, digits and _ . + - may stand in an id", r.ID)
		case again && p.Rules[before].Form != r.Form:
			l.fault(at.at("form"), "the rule %s is one of the form %s", r.ID, p.Rules[before].Form)
		case !again:
			first[r.ID] = i
		}
		for j := range i {
			if o := &p.Rules[j]; o.ID == r.ID && r.ID != "" && sameTime(o, r) {
				l.fault(at, "the rule %s stands there twice for the same periods, first in %s:%d", r.ID, l.places[o].file, l.places[o].line)
				break
			}
		}
		l.rule(p, r)
	}
}

// sameTime reports whether two rules are for a common period.
func sameTime(a, b *Rule) bool {
	before := func(end, start figure.Period) bool {
		return end.Year != 0 && start.Year != 0 && end.End().Before(start.Start())
	}
	return !before(a.To, b.From) && !before(b.To, a.From)
}

func (l *loader) rule(p *Programme, r *Rule) {
	at := l.places[r]
	choice(l, at, "kind", r.Kind, RowRule, FormsRule, BeforeRule, PopulationRule, PeersRule)
	choice(l, at, "severity", r.Severity, "error", "warning", "hint")
	l.standing(at, r.Standing)
	l.needs(at, "source", r.Source)
	switch {
	case r.Explain && r.Severity != "warning":
		l.fault(at.at("explain"), "only a warning can be explained")
	case r.Severity == "error" && r.Kind != RowRule && ruleKeys[r.Kind] != nil:
		// What was sent before or by others may be what is wrong.
		l.fault(at.at("severity"), "only a rule within a row can be an error")
	}
	if r.From.Year != 0 && r.To.Year != 0 && r.To.End().Before(r.From.Start()) {
		l.fault(at.at("to"), "the end %s is before the beginning %s", r.To, r.From)
	}
	l.ruleKeys(at, r)
	l.bounds(at, r)
	form := p.Form(r.Form)
	if form == nil {
		l.fault(at.at("form"), "there is no form %q", r.Form)
		return
	}
	if r.Compare.Text != "" {
		l.comparison(p, r, form)
	}
	for i, id := range append(slices.Clone(r.Figures), r.Per) {
		place := at.at("figures", i)
		if i == len(r.Figures) {
			place = at.at("per")
		}
		if id != "" {
			l.ruleFigure(p, place, form, id)
		}
	}
	if l.byResidents(r) && !livesSomewhere(p, form) {
		l.fault(at.at("form"), "no organisation that owes the form %s has residents", form.Code)
	}
	l.ruleMessage(r)
}

// ruleKeys asks that a rule has the keys of its kind and no others.
func (l *loader) ruleKeys(at place, r *Rule) {
	known := ruleKeys[r.Kind]
	if known == nil {
		return // the kind itself has been reported
	}
	for _, key := range []string{"compare", "other", "figures", "low", "high", "per", "spread", "peers", "tolerance", "least"} {
		must := slices.Contains(known, "!"+key)
		switch {
		case must && !at.has(key):
			l.fault(at, "%s is missing", key)
		case !must && at.has(key) && !slices.Contains(known, key):
			l.fault(at.at(key), "a rule of the kind %s has no %s", r.Kind, key)
		}
	}
	if r.Kind == BeforeRule && at.has("compare") == at.has("figures") {
		l.fault(at, "either compare or figures is wanted")
	}
	if r.Kind == BeforeRule && at.has("figures") && !(at.has("low") && at.has("high")) {
		l.fault(at, "low and high are wanted beside figures")
	}
	if r.Kind == PeersRule && at.has("peers") && r.Peers < fewestPeers {
		l.fault(at.at("peers"), "peers: at least %d are wanted", fewestPeers)
	}
}

// bounds asks that the numbers of a rule make sense.
func (l *loader) bounds(at place, r *Rule) {
	for _, bound := range []struct {
		key   string
		value figure.Decimal
	}{{"low", r.Low}, {"high", r.High}, {"spread", r.Spread}, {"tolerance", r.Tolerance}, {"least", r.Least}} {
		if bound.value < 0 {
			l.fault(at.at(bound.key), "%s: %s is below 0", bound.key, bound.value)
		} else if bound.value == 0 && at.has(bound.key) && (bound.key == "high" || bound.key == "spread") {
			l.fault(at.at(bound.key), "%s: more than 0 is wanted", bound.key)
		}
	}
	if at.has("low") && at.has("high") && r.High < r.Low {
		l.fault(at.at("high"), "high %s is below low %s", r.High, r.Low)
	}
	if r.Tolerance > figure.Whole(1) {
		l.fault(at.at("tolerance"), "tolerance: a share is written as 0.05, not as %s", r.Tolerance)
	}
}

// comparison checks the two sides: their key figures are in the forms, and count
// the same.
func (l *loader) comparison(p *Programme, r *Rule, form *Form) {
	at := l.places[r].at("compare")
	if r.Compare.fault != "" {
		l.fault(at, "compare: %s", r.Compare.fault)
		return
	}
	other := form
	if r.Kind == FormsRule {
		if other = p.Form(r.Other); other == nil {
			l.fault(l.places[r].at("other"), "there is no form %q", r.Other)
			return
		}
		if other == form {
			l.fault(l.places[r].at("other"), "a form is not compared with itself")
		} else if organisation, _ := owesBoth(p, form, other); organisation == nil {
			l.fault(l.places[r].at("other"), "no organisation owes both %s and %s", form.Code, other.Code)
		}
	}
	left, right := l.ruleSide(p, at, form, r.Compare.Left), l.ruleSide(p, at, other, r.Compare.Right)
	if left != "" && right != "" && left != right && !r.Compare.turned {
		l.fault(at, "compare: %s cannot be held against %s without a factor", left, right)
	}
}

// ruleSide checks the key figures of a side and returns what they count.
func (l *loader) ruleSide(p *Programme, at place, form *Form, side []Term) figure.Unit {
	var unit figure.Unit
	seen := map[figure.KeyFigure]bool{}
	for _, term := range side {
		if !seen[term.KeyFigure] {
			l.ruleFigure(p, at, form, term.KeyFigure)
		}
		seen[term.KeyFigure] = true
		k := p.KeyFigure(term.KeyFigure)
		switch {
		case k == nil:
		case unit != "" && unit != k.Unit:
			l.fault(at, "compare: %s counts %s and cannot be added to %s", k.ID, k.Unit, unit)
		default:
			unit = k.Unit
		}
	}
	return unit
}

func (l *loader) ruleFigure(p *Programme, at place, form *Form, id figure.KeyFigure) {
	switch {
	case p.KeyFigure(id) == nil:
		l.fault(at, "there is no key figure %q", id)
	case !slices.Contains(p.FormsOf(id), form):
		l.fault(at, "the form %s has no key figure %s", form.Code, id)
	}
}

func (l *loader) byResidents(r *Rule) bool {
	return r.Kind == PopulationRule || (r.Kind == PeersRule && r.Per == "")
}

// livesSomewhere reports whether an organisation that owes a form has an area.
func livesSomewhere(p *Programme, form *Form) bool {
	return slices.ContainsFunc(p.Organisations, func(o Organisation) bool {
		return (o.Kind == MunicipalityOffice || o.Kind == SocialRegion || o.Kind == CantonalOffice) &&
			(slices.Contains(form.OwedBy.Kinds, o.Kind) || slices.Contains(form.OwedBy.Organisations, o.Code))
	})
}

var placeholder = regexp.MustCompile(`\{([^{}]*)\}`)

// ruleMessage asks for the message in every language, each with the same values.
func (l *loader) ruleMessage(r *Rule) {
	at := l.places[r]
	l.texts(at, "message", r.Message)
	if ruleKeys[r.Kind] == nil {
		return
	}
	places := func(text string) []string {
		var found []string
		for _, match := range placeholder.FindAllStringSubmatch(text, -1) {
			found = append(found, match[1])
		}
		slices.Sort(found)
		return slices.Compact(found)
	}
	german := places(r.Message.DE)
	for i, text := range r.Message.All() {
		language := string(locale.Languages[i])
		if text == "" {
			continue // reported
		}
		own := places(text)
		for _, name := range own {
			if !slices.Contains(r.Placeholders(), name) {
				l.fault(at.at("message", language), "message: {%s} is no value of a rule of the kind %s", name, r.Kind)
			}
		}
		if !slices.Equal(own, german) {
			l.fault(at.at("message", language), "message: the values in %s are not those in de", language)
		}
	}
}
