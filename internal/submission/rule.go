package submission

import (
	"cmp"
	"encoding/json"
	"slices"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/intake"
	"kipmonitor/internal/programme"
)

// RuleUse says what became of the files in which a rule of plausibility fired. Each
// of them is fixed, explained or open.
type RuleUse struct {
	Rule      *programme.Rule // its latest state
	Fired     int             // files in which it fired, refused ones too
	Fixed     int             // a later file without errors for the same form, organisation and period keeps the rule
	Explained int             // of the others: submitted with an explanation
	Open      int             // the rest: not submitted, or with nothing to explain
}

// RuleUses counts for each rule of the definition what became of the submissions in
// which it fired, in the order of the rules. The submissions must hold their checks
// (Submission.Report).
func RuleUses(p *programme.Programme, submissions []Submission) []RuleUse {
	var uses []RuleUse
	index := map[string]int{}
	for i := range p.Rules {
		rule := &p.Rules[i]
		if at, again := index[rule.ID]; again {
			uses[at].Rule = rule
			continue
		}
		index[rule.ID] = len(uses)
		uses = append(uses, RuleUse{Rule: rule})
	}
	for _, files := range checkedFiles(submissions) {
		for i, file := range files {
			for id, findings := range file.fired {
				at, known := index[id]
				if !known {
					continue // the definition has dropped it
				}
				use := &uses[at]
				use.Fired++
				switch {
				case slices.ContainsFunc(files[i+1:], func(later checked) bool { return !later.Is(Refused) && later.fired[id] == nil }):
					use.Fixed++
				case file.Is(Submitted) && file.explains(findings):
					use.Explained++
				default:
					use.Open++
				}
			}
		}
	}
	return uses
}

// subject is what several files may be about.
type subject struct {
	form         figure.Form
	organisation figure.Organisation
	period       figure.Period
}

// checked is a submission with the findings of each rule that fired.
type checked struct {
	Submission
	fired map[string][]intake.Finding
}

func (c checked) explains(findings []intake.Finding) bool {
	return !slices.ContainsFunc(findings, func(f intake.Finding) bool { return c.Explanation(cmp.Or(f.ExplainedBy, f.Key())) == "" })
}

// checkedFiles returns the submissions for each form, organisation and period, the
// oldest first. One whose check cannot be read was made by an older program, or held
// personal data, and says nothing.
func checkedFiles(submissions []Submission) map[subject][]checked {
	found := map[subject][]checked{}
	for _, one := range submissions {
		var report struct{ Findings []intake.Finding }
		if len(one.Report) == 0 || json.Unmarshal(one.Report, &report) != nil {
			continue
		}
		file := checked{Submission: one, fired: map[string][]intake.Finding{}}
		for _, finding := range report.Findings {
			if finding.Rule != "" {
				file.fired[finding.Rule] = append(file.fired[finding.Rule], finding)
			}
		}
		key := subject{one.Form, one.Organisation, one.Period}
		found[key] = append(found[key], file)
	}
	for _, files := range found {
		slices.SortStableFunc(files, func(a, b checked) int {
			return cmp.Or(a.At(Received).Compare(b.At(Received)), cmp.Compare(a.ID, b.ID))
		})
	}
	return found
}
