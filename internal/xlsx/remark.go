package xlsx

// Remark is what is to be known of a cell beside its text.
type Remark struct {
	Column int // from 0
	Kind   RemarkKind
	Shown  string // how the cell looks, of one that is Scaled
	Range  Range  // of one that is Merged
}

// RemarkKind is a kind of remark.
type RemarkKind uint8

// The kinds of remarks.
const (
	// Uncomputed: a formula whose result does not stand in the file, or is a 0 that is to
	// be computed when the workbook is opened. The text is «=».
	Uncomputed RemarkKind = iota + 1
	// Doubtful: a formula with the result 0, in a sheet where nothing shows that a formula
	// was ever computed.
	Doubtful
	// Merged: the cell is shown as one with others, and holds the text of all of them.
	Merged
	// Dressed: the text is more than what the cell holds; the rest comes from its number
	// format.
	Dressed
	// Altered: as Dressed, and what comes from the number format makes another number of
	// it: «12'000» for 12, «-5» for 5.
	Altered
	// Scaled: the number format shows the number divided by thousands. The text is the
	// number that the cell holds.
	Scaled
	// Unseen: the number format shows nothing of the number.
	Unseen
)
