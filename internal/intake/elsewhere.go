package intake

import (
	"strconv"
	"strings"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
)

// personalElsewhere looks for social insurance numbers in what is not read: the
// other sheets, hidden ones too, and the comments. The file would be kept with all
// of them. places are those that are known to hold one.
func (c *checker) personalElsewhere(places []string) error {
	note := func(place string) {
		if len(places) < maxPlaces {
			places = append(places, place)
		}
	}
	for _, sheet := range c.plan.book.Sheets {
		if sheet == c.plan.sheet {
			continue
		}
		err := c.eachRow(sheet, func(cells [][]byte, row uint32) bool {
			for column, cell := range cells {
				if insured(cell) {
					note(figure.Cell{Sheet: sheet.Name, Row: row, Column: uint16(column + 1)}.Full())
					return true
				}
			}
			return false
		})
		if err != nil {
			return err
		}
	}
	before := ""
	err := c.plan.book.Comments(c.file.Content, c.file.Size, func(part string, text []byte) {
		if part != before && insured(text) {
			note(part)
			before = part
		}
	})
	if err != nil {
		return err
	}
	if len(places) > 0 {
		c.report.PersonalData = true
		c.whole(Error, "personal_elsewhere", locale.Args{"places": strings.Join(places, ", ")})
	}
	return nil
}

// personalNames calls sheets whose name holds a social insurance number by their
// place, so that no message repeats it, and lists them.
func (c *checker) personalNames() []string {
	var places []string
	for i, sheet := range c.plan.book.Sheets {
		if insured([]byte(sheet.Name)) {
			sheet.Name = strconv.Itoa(i + 1)
			places = append(places, sheet.Name)
		}
	}
	return places
}

// insured reports whether a text holds a social insurance number.
func insured(text []byte) bool {
	digits := 0
	for _, c := range text {
		if isDigit(c) {
			digits++
		}
	}
	return digits >= 13 && hasSocialInsurance(text)
}
