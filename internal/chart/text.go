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
		case letter >= '⺀':
			// ECharts takes the width of 国 for the height of a line.
			return size
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
	line, rest := "", strings.TrimSpace(text)
	for rest != "" {
		end := breakAfter(rest)
		if longer := line + rest[:end]; line == "" || textWidth(strings.TrimSpace(longer), size) <= width {
			line, rest = longer, rest[end:]
			continue
		}
		if len(wrapped) == lines-1 {
			line, rest = line+rest, ""
			break
		}
		wrapped, line = append(wrapped, strings.TrimSpace(line)), ""
	}
	return append(wrapped, cut(strings.TrimSpace(line), size, width))
}

// breakAfter returns where the first piece of a text ends that stays together.
func breakAfter(text string) int {
	for i := 1; i < len(text); i++ {
		if text[i-1] == ' ' || (text[i-1] == '-' && text[i] != ' ') {
			return i
		}
	}
	return len(text)
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
