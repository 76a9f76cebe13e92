package submission

import (
	"cmp"
	"strings"
	"unicode"
	"unicode/utf8"

	"kipmonitor/internal/intake"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/problem"
)

// Explanations are what a sender says to the findings that ask for it, by their
// key (intake.Finding.Key). What stands under ForAll holds for every finding that
// has none of its own.
type Explanations map[string]string

// ForAll is the key of the explanation of all findings without their own.
const ForAll = ""

// of returns the explanation of a finding, or "".
func (e Explanations) of(finding intake.Finding) string {
	return cmp.Or(strings.TrimSpace(e[finding.Key()]), strings.TrimSpace(e[ForAll]))
}

// maxReason bounds an explanation and a reason, in letters. What is longer is refused,
// never cut.
const maxReason = 2000

// An explanation is a sentence, and a decision has a reason: whoever reads «x» or «ok»
// years later knows nothing.
const (
	fewestWords   = 3 // of an explanation
	fewestLetters = 8
)

// reasonFault says what is wrong with a reason of so many words at least; nil for
// nothing.
func reasonFault(text string, words int) error {
	if utf8.RuneCountInString(strings.TrimSpace(text)) > maxReason {
		return problem.New(problem.Invalid, "reason_long", locale.Args{"most": maxReason})
	}
	letters := 0
	for word := range strings.FieldsSeq(text) {
		count := 0
		for _, r := range word {
			if unicode.IsLetter(r) || unicode.IsDigit(r) {
				count++
			}
		}
		if letters += count; count > 0 {
			words--
		}
	}
	if words > 0 || letters < fewestLetters {
		return problem.New(problem.Invalid, "reason_short", nil)
	}
	return nil
}

// unexplained returns the findings that ask for an explanation and have no sentence.
func unexplained(findings []intake.Finding, explanations Explanations) []intake.Finding {
	var without []intake.Finding
	for _, finding := range findings {
		if finding.Explain && reasonFault(explanations.of(finding), fewestWords) != nil {
			without = append(without, finding)
		}
	}
	return without
}

// explained says why a file cannot be submitted with these explanations; nil where it
// can.
func explained(findings []intake.Finding, explanations Explanations) error {
	without := unexplained(findings, explanations)
	if len(without) == 0 {
		return nil
	}
	for _, finding := range without {
		if text := explanations.of(finding); text != "" {
			return reasonFault(text, fewestWords)
		}
	}
	return problem.New(problem.Invalid, "explanation_missing", locale.Args{"count": len(without)})
}
