package xlsx

import (
	"io"
	"strconv"
)

// cellStyle is what the format of a cell does to what it says.
type cellStyle struct {
	number *numberFormat
	font   fontMark
}

// plainStyle is that of cells without a format.
var plainStyle = cellStyle{number: plainFormat}

// The bounds of formats: those that Excel has, rounded up.
const (
	maxStyleCount = 1 << 17
	maxFormat     = 1 << 10 // bytes of a number format
)

// readStyles returns the cell formats in their order.
func readStyles(reader io.Reader) ([]cellStyle, error) {
	custom := map[int]*numberFormat{}
	var styles []cellStyle
	var fonts []fontMark
	inFonts, inFormats := false, false
	t := newTokens(reader)
	err := t.each(func(found token) error {
		switch {
		case found == textToken:
		case string(t.name) == "cellXfs":
			inFormats = found == startToken
		case string(t.name) == "fonts":
			inFonts = found == startToken
		case found == endToken:
		case string(t.name) == "numFmt":
			code := t.attribute("formatCode")
			if len(code) > maxFormat {
				return TooLarge
			}
			id, err := strconv.Atoi(t.attribute("numFmtId"))
			if err == nil && len(custom) < maxStyleCount {
				custom[id] = parseFormat(code)
			}
		case string(t.name) == "font" && inFonts:
			if len(fonts) >= maxStyleCount {
				return TooLarge
			}
			font, err := t.font()
			fonts = append(fonts, font)
			return err
		case string(t.name) == "xf" && inFormats:
			if len(styles) >= maxStyleCount {
				return TooLarge
			}
			id, _ := strconv.Atoi(t.attribute("numFmtId"))
			format, known := custom[id]
			if !known {
				format = builtIn(id)
			}
			style := cellStyle{number: format}
			if font := ordinal([]byte(t.attribute("fontId")), maxStyleCount); font < len(fonts) {
				style.font = fonts[font]
			}
			styles = append(styles, style)
		}
		return nil
	})
	return styles, err
}
