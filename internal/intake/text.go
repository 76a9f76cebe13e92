package intake

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"kipmonitor/internal/locale"
)

// plain is the text of a cell without what nobody sees in it: blanks around it, signs
// without a width, the =" " by which Excel is kept from changing a number, and the
// traces of an encoding that was taken for another.
func plain(cell []byte) string {
	text := strings.TrimSpace(string(cell))
	if ascii(text) {
		return unwrap(text)
	}
	text, _ = visible(text)
	return unwrap(repaired(norm.NFC.String(strings.TrimSpace(text))))
}

// unwrap takes ="2546" apart, as case systems write it so that Excel keeps a number as
// it is.
func unwrap(text string) string {
	if len(text) < 3 || text[:2] != `="` || text[len(text)-1] != '"' {
		return text
	}
	return strings.TrimSpace(strings.ReplaceAll(text[2:len(text)-1], `""`, `"`))
}

// visible takes signs without a width out of a text, as they come along from the web
// and from mail. Those that turn the direction of reading stay: a number behind them
// looks like another.
func visible(text string) (rest string, changed bool) {
	rest = strings.Map(func(r rune) rune {
		if unseen(r) && !turns(r) {
			return -1
		}
		return r
	}, text)
	return rest, len(rest) != len(text)
}

// unseen reports whether a sign has no width.
func unseen(r rune) bool { return r >= utf8.RuneSelf && unicode.Is(unicode.Cf, r) }

// turns reports whether a sign turns the direction of reading.
func turns(r rune) bool {
	return r == '\u202b' || r == '\u202d' || r == '\u202e' || r == '\u2067'
}

// lost says, once for a file, that letters are lost.
func (c *checker) lost(row uint32, column int, text string) {
	if !c.spoilt && garbled(text) {
		c.spoilt = true
		shown := strings.ReplaceAll(text, string(unicode.ReplacementChar), "?")
		c.add(row, fault{severity: Hint, code: "letters_lost", column: column, text: shown, args: locale.Args{"text": clip(shown)}})
	}
}

// garbled reports whether a text has lost letters: it holds the sign that stands for a
// lost one, or signs between letters as of DOS or an old Mac read as of Windows.
func garbled(text string) bool {
	if ascii(text) {
		return false
	}
	runes := []rune(text)
	for i, r := range runes {
		if r == unicode.ReplacementChar {
			return true
		}
		if strings.ContainsRune("„”“‚…ŠŽŸ‰‡†™", r) && i > 0 && i+1 < len(runes) && unicode.IsLower(runes[i-1]) && unicode.IsLower(runes[i+1]) {
			return true
		}
	}
	return false
}
