// Package indicator computes the indicators from sums of key figures, breaks
// them down, and judges them against their targets. It is pure: Questions says
// what must be asked, the caller asks the store, and the answers come back as
// Evidence.
//
// A ratio is the sum of the numerators over the sum of the denominators, never a
// mean of ratios. Stock figures hold on the last day. Distinct persons are never
// added up over parts of a year, nor over organisations that each count their
// own. A figure that nobody delivered is unknown, and never a zero. The rules of
// the grades are published in docs/grading.md.
//
//	questions := indicator.Questions(p, indicators, "", years, asOf)
//	// ask the store each of them, and for the coverage
//	evidence := indicator.Evidence{Answers: answers, Coverage: coverage, Today: today}
//	series := indicator.Series(p, i, years, evidence)
//	progress := indicator.Judge(p, i, 2025, series)
package indicator
