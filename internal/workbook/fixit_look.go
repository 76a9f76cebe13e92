package workbook

import (
	"fmt"
	"slices"

	"kipmonitor/internal/intake"
)

// markLook is how a marked cell looks: by its colour, and on paper without colours by
// its border.
type markLook struct {
	severity     intake.Severity
	fill, border string
	line         int    // of Excel's kinds of lines, by number
	kind         string // and by name
}

var looks = [...]markLook{
	{intake.Error, "FFD9D4", "B42318", 5, "thick"},
	{intake.Warning, "FFF0B8", "8A6100", 8, "mediumDashed"},
	{intake.Hint, "DDF0F8", "0B5774", 4, "dotted"},
}

// lookFor is how a cell looks that is wrong in a way.
func lookFor(severity intake.Severity) markLook {
	return looks[slices.IndexFunc(looks[:], func(l markLook) bool { return l.severity == severity })]
}

// marked is a style with the mark of a severity on it; the font and the number
// format stay as they are.
func (b *book) marked(id int, severity intake.Severity) int {
	name := fmt.Sprintf("marked %s %d", severity, id)
	if made, found := b.styles[name]; found {
		return made
	}
	style, err := b.file.GetStyle(id)
	if err != nil {
		b.try(err)
		return id
	}
	l := lookFor(severity)
	style.Fill, style.Border = fill(l.fill), lines(l.border, l.line)
	made, err := b.file.NewStyle(style)
	b.try(err)
	b.styles[name] = made
	return made
}
