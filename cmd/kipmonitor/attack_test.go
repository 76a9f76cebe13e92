package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"sort"
	"strconv"
	"strings"
	"testing"
	"time"

	"kipmonitor/internal/dashboard"
	"kipmonitor/internal/demo"
	"kipmonitor/internal/disclosure"
	"kipmonitor/internal/figure"
	"kipmonitor/internal/indicator"
	"kipmonitor/internal/programme"
	"kipmonitor/internal/store"
)

// Somebody who reads every table of places and providers, and is one of the senders, or
// none, tries to work out small counts that the tables hide. Feedback shows a sender
// nothing but own figures and the sums of the canton. An integer solver that knows
// nothing of how we protect looks for the highest and the lowest number that fits
// everything he sees: it must not lie between 1 and 4.
func TestNobodyWorksOutWhatTheTablesHide(t *testing.T) {
	_, app, files := withDemoFiles(t)
	var some []demo.File
	for _, file := range files {
		if file.Period.Year == 2025 && (file.Form == "municipality_year" || file.Form == "counselling") {
			some = append(some, file)
		}
	}
	_, err := demo.Load(t.Context(), app.submissions, some, nil, time.Now(), func() {})
	must(t, err)
	targets := 0
	for _, id := range []string{"FB1-02", "FB1-05"} {
		targets += attackYear(t, app.programme, app.store, app.programme.Indicator(id), 2025)
	}
	if targets < 40 {
		t.Errorf("only %d small counts are hidden: the test shows nothing", targets)
	}
}

// attacker writes what somebody sees of the key figures of an indicator in a year as
// equations over whole numbers: how many each organisation reported of each municipality.
type attacker struct {
	p        *programme.Programme
	year     figure.Year
	today    time.Time
	figures  []figure.KeyFigure
	truth    map[string]int                 // of the unknowns
	owner    map[string]figure.Organisation // of the unknowns
	place    map[string]figure.Municipality
	of       map[figure.KeyFigure][]string
	lines    []string
	excluded map[string]bool // rows whose count stands in some table
}

func unknown(id figure.KeyFigure, sum figure.Sum) string {
	return fmt.Sprintf("%s.%s.%d", id, sum.Organisation, sum.Municipality)
}

func attackYear(t *testing.T, p *programme.Programme, s *store.Store, i *programme.Indicator, year figure.Year) int {
	t.Helper()
	a := &attacker{p: p, year: year, today: time.Now(), truth: map[string]int{}, owner: map[string]figure.Organisation{},
		place: map[string]figure.Municipality{}, of: map[figure.KeyFigure][]string{}, excluded: map[string]bool{}}
	for _, term := range slices.Concat(i.Numerator, i.Denominator) {
		a.figures = append(a.figures, term.KeyFigure)
	}
	sums, err := s.Sums(t.Context(), figure.Question{Figures: a.figures, Years: []figure.Year{year}, By: figure.ByOrganisation | figure.ByMunicipality})
	must(t, err)
	for _, sum := range sums {
		name := unknown(sum.KeyFigure, sum)
		a.of[sum.KeyFigure] = append(a.of[sum.KeyFigure], name)
		a.truth[name], a.owner[name], a.place[name] = int(sum.Value/figure.Whole(1)), sum.Organisation, sum.Municipality
	}
	for _, id := range a.figures {
		sort.Strings(a.of[id])
		a.line(a.of[id], nil, "=", a.sum(a.of[id])) // the sum of the canton is public
	}
	for n := range p.Indicators {
		one := &p.Indicators[n]
		if a.counts(one) {
			for _, by := range []figure.Dimension{indicator.Municipality, indicator.District, indicator.Region, indicator.Provider} {
				if slices.Contains(one.Dimensions, by) {
					a.read(t, s, one, by)
				}
			}
		}
	}
	if len(a.figures) == 2 {
		a.partsAreNoMoreThanWholes()
	}
	a.fits(t)
	return a.attack(t)
}

// fits holds what is seen against what is true: an attacker who is told what is not so
// finds nothing.
func (a *attacker) fits(t *testing.T) {
	t.Helper()
	for _, line := range a.lines {
		words := strings.Fields(line)
		left, sign, factor := 0.0, 1.0, 1.0
		for _, word := range words[:len(words)-2] {
			if number, err := strconv.ParseFloat(word, 64); err == nil {
				factor = number
				continue
			}
			switch word {
			case "+":
				sign = 1
			case "-":
				sign = -1
			default:
				left += sign * factor * float64(a.truth[word])
				factor = 1
			}
		}
		right, err := strconv.ParseFloat(words[len(words)-1], 64)
		must(t, err)
		relation := words[len(words)-2]
		if relation == "=" && left != right || relation == ">=" && left < right-1e-9 || relation == "<=" && left > right+1e-9 {
			t.Errorf("%s, which is %v", line, left)
		}
	}
}

// counts reports whether an indicator is of the key figures that are attacked, and of
// nothing else.
func (a *attacker) counts(i *programme.Indicator) bool {
	return !slices.ContainsFunc(slices.Concat(i.Numerator, i.Denominator), func(term programme.Term) bool {
		return !slices.Contains(a.figures, term.KeyFigure) || len(term.Filter) > 0
	})
}

// line adds that the first unknowns less the second ones, some times, are what is said.
func (a *attacker) line(plus, minus []string, sign string, value int) {
	var b strings.Builder
	for _, name := range plus {
		b.WriteString(" + " + name)
	}
	for _, name := range minus {
		b.WriteString(" - " + name)
	}
	if b.Len() > 0 {
		a.lines = append(a.lines, fmt.Sprintf("%s %s %d", b.String(), sign, value))
	}
}

func (a *attacker) sum(names []string) int {
	sum := 0
	for _, name := range names {
		sum += a.truth[name]
	}
	return sum
}

// read takes what a table shows.
func (a *attacker) read(t *testing.T, s *store.Store, i *programme.Indicator, by figure.Dimension) {
	evidence, err := dashboard.Ask(t.Context(), s, a.p, []*programme.Indicator{i}, by, []figure.Year{a.year}, a.today)
	must(t, err)
	for _, basis := range []indicator.Basis{indicator.AsReported, indicator.TodaysMunicipalities} {
		table := dashboard.Parts(a.p, i, by, a.year, evidence, basis)
		zeros := slices.ContainsFunc(table.Rows(), func(row disclosure.Row) bool {
			return row.Cells[0].State == disclosure.Hidden && a.sum(a.row(i.Numerator[0].KeyFigure, by, basis, row.Code)) == 0
		})
		for _, row := range table.Rows() {
			if row.Total {
				continue
			}
			cell, numerator := row.Cells[0], a.row(i.Numerator[0].KeyFigure, by, basis, row.Code)
			switch {
			case len(i.Denominator) == 0 && cell.State == disclosure.Shown:
				a.line(numerator, nil, "=", int(cell.Value/figure.Whole(1)))
				if by == indicator.Municipality {
					a.excluded[string(i.Numerator[0].KeyFigure)+row.Code] = true
				}
			case len(i.Denominator) == 0 && cell.State == disclosure.Hidden && !zeros:
				a.line(numerator, nil, ">=", 1)
			case len(i.Denominator) > 0 && cell.State == disclosure.Shown:
				a.share(numerator, a.row(i.Denominator[0].KeyFigure, by, basis, row.Code), cell.Value)
			}
		}
	}
}

// share adds that a ratio is what it is to a tenth of a per cent, as it is published.
func (a *attacker) share(numerator, denominator []string, share figure.Decimal) {
	for _, edge := range []struct {
		by   float64
		sign string
	}{{-0.0005, ">="}, {0.0005, "<="}} {
		var b strings.Builder
		for _, name := range numerator {
			b.WriteString(" + " + name)
		}
		for _, name := range denominator {
			fmt.Fprintf(&b, " - %.5f %s", max(share.Float()+edge.by, 0), name)
		}
		a.lines = append(a.lines, fmt.Sprintf("%s %s 0", b.String(), edge.sign))
	}
	a.line(denominator, nil, ">=", disclosure.Standard.MinDenominator)
}

// row returns the unknowns that a row adds up.
func (a *attacker) row(id figure.KeyFigure, by figure.Dimension, basis indicator.Basis, code string) []string {
	var names []string
	for _, name := range a.of[id] {
		if a.code(name, by, basis) == code {
			names = append(names, name)
		}
	}
	return names
}

func (a *attacker) code(name string, by figure.Dimension, basis indicator.Basis) string {
	if by == indicator.Provider {
		organisation := a.p.Organisation(a.owner[name])
		if organisation.Kind == programme.MunicipalityOffice || organisation.Kind == programme.SocialRegion {
			return string(organisation.Kind)
		}
		return string(organisation.Code)
	}
	number, year := a.place[name], a.year
	if number == 0 {
		number = a.p.Organisation(a.owner[name]).Municipality
	}
	if number == 0 {
		return "rest"
	}
	if today := figure.Year(a.today.Year()); basis == indicator.TodaysMunicipalities {
		if successor := a.p.Successor(number, today); successor != 0 {
			number, year = successor, today
		}
	}
	m := a.p.MunicipalityIn(number, year)
	if m == nil {
		m = a.p.MunicipalityLast(number)
	}
	switch by {
	case indicator.District:
		return m.District
	case indicator.Region:
		return m.Region
	}
	return strconv.Itoa(int(number))
}

func (a *attacker) partsAreNoMoreThanWholes() {
	part, whole := a.figures[0], a.figures[1]
	for _, name := range a.of[part] {
		if other := string(whole) + strings.TrimPrefix(name, string(part)); slices.Contains(a.of[whole], other) {
			a.line([]string{name}, []string{other}, "<=", 0)
		}
	}
}

// goal is a small count that is hidden, and who tries to work it out.
type goal struct {
	what, who   string
	plus, minus []string
	own         int // of it, which he reported himself
	truth       int
	known       string // what he adds to what all see
}

// goals are the small counts by municipality that no table shows, and what remains of
// their wholes, for the readers and for senders who have something hidden nearby.
func (a *attacker) goals() []goal {
	var goals []goal
	add := func(what, code string, plus, minus []string) {
		for _, who := range a.opponents(code) {
			own, known := 0, ""
			for _, id := range a.figures {
				for _, name := range a.of[id] {
					if who != "" && a.owner[name] == who {
						known += fmt.Sprintf(" %s = %d\n", name, a.truth[name])
					}
				}
			}
			for _, name := range plus {
				if who != "" && a.owner[name] == who {
					own += a.truth[name]
				}
			}
			for _, name := range minus {
				if who != "" && a.owner[name] == who {
					own -= a.truth[name]
				}
			}
			truth := a.sum(plus) - a.sum(minus)
			if left := truth - own; left >= 1 && left <= disclosure.Standard.SmallCount {
				goals = append(goals, goal{what + " " + code, string(who), plus, minus, own, truth, known})
			}
		}
	}
	codes := map[string]bool{}
	for _, id := range a.figures {
		for _, name := range a.of[id] {
			codes[a.code(name, indicator.Municipality, indicator.AsReported)] = true
		}
	}
	for code := range codes {
		for _, id := range a.figures {
			if names := a.row(id, indicator.Municipality, indicator.AsReported, code); !a.excluded[string(id)+code] {
				add(string(id), code, names, nil)
			}
		}
		if len(a.figures) == 2 {
			add("rest", code, a.row(a.figures[1], indicator.Municipality, indicator.AsReported, code), a.row(a.figures[0], indicator.Municipality, indicator.AsReported, code))
		}
	}
	sort.Slice(goals, func(i, j int) bool { return goals[i].what+goals[i].who < goals[j].what+goals[j].who })
	return goals
}

// opponents are nobody, and who reported something of the same district or region.
func (a *attacker) opponents(code string) []figure.Organisation {
	found := map[figure.Organisation]bool{"": true}
	number, _ := strconv.ParseUint(code, 10, 16)
	m := a.p.MunicipalityIn(figure.Municipality(number), a.year)
	for name, owner := range a.owner {
		other := a.p.MunicipalityIn(a.place[name], a.year)
		near := m != nil && other != nil && (m.District == other.District || m.Region == other.Region)
		if near && a.p.Organisation(owner).Kind != programme.CantonalOffice {
			found[owner] = true
		}
	}
	var list []figure.Organisation
	for owner := range found {
		list = append(list, owner)
	}
	slices.Sort(list)
	return list
}

func (a *attacker) attack(t *testing.T) int {
	t.Helper()
	goals := a.goals()
	highest := a.solve(t, "Maximize", goals)
	var low []goal
	for n, g := range goals {
		if highest[n] <= disclosure.Standard.SmallCount {
			low = append(low, g)
		}
	}
	for n, lowest := range a.solve(t, "Minimize", low) {
		if lowest >= 1 {
			t.Errorf("%s, which is %d, is at least %d and at most 4 for %q", low[n].what, low[n].truth-low[n].own, lowest, low[n].who)
		}
	}
	return len(goals)
}

// solve returns the highest or lowest value of each goal less what the opponent has of
// it himself.
func (a *attacker) solve(t *testing.T, way string, goals []goal) []int {
	t.Helper()
	if len(goals) == 0 {
		return nil
	}
	type problem struct {
		Aim  string `json:"aim"`
		More string `json:"more"`
	}
	var all []string
	for _, id := range a.figures {
		all = append(all, a.of[id]...)
	}
	var problems []problem
	for _, g := range goals {
		aim := way + "\n obj:"
		for _, name := range g.plus {
			aim += " + " + name
		}
		for _, name := range g.minus {
			aim += " - " + name
		}
		problems = append(problems, problem{aim, g.known + "General\n " + strings.Join(all, "\n ")})
	}
	input, err := json.Marshal(struct {
		Base     string    `json:"base"`
		Problems []problem `json:"problems"`
	}{strings.Join(a.lines, "\n"), problems})
	must(t, err)
	root, err := filepath.Abs(filepath.Join("..", "..", "package.json"))
	must(t, err)
	command := exec.CommandContext(t.Context(), "node", filepath.Join("testdata", "attack.mjs"), root)
	command.Stdin = bytes.NewReader(append(input, '\n'))
	var complaints bytes.Buffer
	command.Stderr = &complaints
	output, err := command.Output()
	if err != nil {
		t.Fatalf("solve: %v\n%s", err, complaints.String())
	}
	var answers []any
	must(t, json.Unmarshal(output, &answers))
	values := make([]int, len(goals))
	for n, answer := range answers {
		value, solved := answer.(float64)
		switch {
		case answer == "unbounded" && way == "Maximize":
			value = 1000
		case !solved:
			t.Fatalf("%s for %q: the solver says %v", goals[n].what, goals[n].who, answer)
		}
		values[n] = int(value+0.5) - goals[n].own
	}
	return values
}
