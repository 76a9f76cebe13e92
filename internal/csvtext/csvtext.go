// Package csvtext turns the bytes of a text file into rows of cells: it finds the
// encoding, the separator and the quotes, as spreadsheets and case systems of Swiss
// offices write them. It knows no form and no figure.
//
//	survey, err := csvtext.Look(file, size)       // encoding; or that it is no text
//	ways := survey.Dialects(head)                 // separators that come into question
//	rows, err := survey.Rows(file, size, ways[0]) // one row after the other
package csvtext
