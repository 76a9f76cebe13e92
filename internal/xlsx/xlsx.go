// Package xlsx reads workbooks (ECMA-376, «.xlsx»): from their bytes to the rows of
// their sheets, each cell as it is meant by its type and number format. It knows what
// a workbook can do to a figure — merged cells, hidden rows and columns, formulas that
// nobody has computed — and nothing of forms and figures themselves.
//
// A workbook comes from strangers. What it announces is held against bounds before
// anything is unpacked, and again while it is; what could do more than hold figures
// (macros, links to other files, embedded objects) is refused; nothing is kept but its
// shared texts, so that a sheet of a million rows takes no more memory than one of a
// hundred.
package xlsx

// Refusal is the error for a workbook that cannot or must not be read, and says why.
// Errors of reading the file itself, as when a disk fails, are none.
type Refusal string

// The reasons to refuse a workbook.
const (
	Broken       Refusal = "broken"    // damaged, or other programs might read it in another way
	TooLarge     Refusal = "too_large" // beyond the bounds, or made to be slow
	TooWide      Refusal = "too_wide"  // a cell beyond MaxColumns
	UnusualXML   Refusal = "xml"       // with a document type, or not in UTF-8
	Password     Refusal = "password"
	Macros       Refusal = "macros"
	Links        Refusal = "links" // to other files or sources of data
	Embedded     Refusal = "embedded"
	Binary       Refusal = "xlsb"
	Old          Refusal = "xls" // of Excel before 2007
	OpenDocument Refusal = "ods"
	NoWorkbook   Refusal = "zip" // an archive of something else
)

func (r Refusal) Error() string { return "workbook refused: " + string(r) }
