package xlsx

import (
	"strings"
	"unicode/utf8"
)

// fontMark is what a font does to what a text says.
type fontMark uint8

const (
	struckFont  fontMark = 1 << iota // through
	raisedFont                       // superscript
	loweredFont                      // subscript
)

// Struck marks a letter that is struck through: it follows the letter (U+0336,
// combining long stroke overlay).
const Struck = "\u0336"

// font reads the font, or the format of a run of text, whose tag was returned last.
func (t *tokens) font() (fontMark, error) {
	var font fontMark
	for depth := t.depth; t.depth >= depth; {
		found, err := t.next()
		if err != nil {
			return 0, unexpected(err)
		}
		if found != startToken {
			continue
		}
		switch string(t.name) {
		case "strike":
			if value := t.attribute("val"); value != "0" && value != "false" {
				font |= struckFont
			}
		case "vertAlign":
			switch t.attribute("val") {
			case "superscript":
				font |= raisedFont
			case "subscript":
				font |= loweredFont
			}
		}
	}
	return font, nil
}

// The digits and signs that can be written raised and lowered.
var (
	raised  = strings.NewReplacer("0", "⁰", "1", "¹", "2", "²", "3", "³", "4", "⁴", "5", "⁵", "6", "⁶", "7", "⁷", "8", "⁸", "9", "⁹", "+", "⁺", "-", "⁻", "=", "⁼", "(", "⁽", ")", "⁾")
	lowered = strings.NewReplacer("0", "₀", "1", "₁", "2", "₂", "3", "₃", "4", "₄", "5", "₅", "6", "₆", "7", "₇", "8", "₈", "9", "₉", "+", "₊", "-", "₋", "=", "₌", "(", "₍", ")", "₎")
)

// in rewrites, from start on, a text as its font shows it: 12 with a raised 1 is «12¹»
// and never 121; what is struck through has Struck behind each letter.
func (f fontMark) in(text []byte, start int) []byte {
	if f == 0 || start == len(text) {
		return text
	}
	tail := string(text[start:])
	switch {
	case f&raisedFont != 0:
		tail = raised.Replace(tail)
	case f&loweredFont != 0:
		tail = lowered.Replace(tail)
	}
	if f&struckFont == 0 {
		return append(text[:start], tail...)
	}
	text = text[:start]
	for _, letter := range tail {
		if string(letter) != Struck {
			text = append(utf8.AppendRune(text, letter), Struck...)
		}
	}
	return text
}
