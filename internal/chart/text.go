package chart

import "strings"

// widths are those of the letters of Helvetica in thousandths of the type size,
// from the blank to the tilde. The reader's own font is not known to the server:
// the fonts of the stack differ from it by a few per cent.
var widths = [...]int{
	278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278,
	556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556,
	1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778,
	667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556,
	333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556,
	556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
}

// wider makes room for the fonts of the stack that are wider than Helvetica, the
// widest of which is DejaVu Sans.
const wider = 1.16

// textWidth estimates how wide a line of text is at a type size, in pixels.
func textWidth(text string, size float64) float64 {
	sum := 0
	for _, letter := range text {
		switch {
		case letter >= ' ' && int(letter-' ') < len(widths):
			sum += widths[letter-' ']
		case letter == '’' || letter == '\u202f':
			sum += 222
		default:
			sum += 580
		}
	}
	return float64(sum) / 1000 * size * wider
}

// wrap breaks a text into lines of at most a width, at blanks and after hyphens.
// What does not fit into the lines is cut off with «…».
func wrap(text string, size, width float64, lines int) []string {
	var wrapped []string
	line := ""
	words := strings.Fields(strings.ReplaceAll(text, "-", "-\u200b "))
	for i, word := range words {
		glue := " "
		if line == "" || strings.HasSuffix(line, "\u200b") {
			glue = ""
		}
		longer := strings.TrimSuffix(line, "\u200b") + glue + word
		if line == "" || textWidth(strings.TrimSuffix(longer, "\u200b"), size) <= width {
			line = longer
			continue
		}
		if len(wrapped) == lines-1 {
			rest := strings.ReplaceAll(strings.Join(append([]string{line}, words[i:]...), " "), "\u200b ", "")
			return append(wrapped, cut(strings.ReplaceAll(rest, "\u200b", ""), size, width))
		}
		wrapped = append(wrapped, strings.TrimSuffix(line, "\u200b"))
		line = word
	}
	return append(wrapped, cut(strings.TrimSuffix(line, "\u200b"), size, width))
}

// cut shortens a text to a width.
func cut(text string, size, width float64) string {
	if textWidth(text, size) <= width {
		return text
	}
	letters := []rune(text)
	for len(letters) > 1 && textWidth(string(letters)+"…", size) > width {
		letters = letters[:len(letters)-1]
	}
	return strings.TrimRight(string(letters), " ,;-") + "…"
}
