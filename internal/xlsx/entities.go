package xlsx

import (
	"bytes"
	"unicode/utf8"
)

// appendUnescaped appends a text with its entities replaced. What is no entity of
// XML stays as it is.
func appendUnescaped(to, text []byte) []byte {
	for {
		i := bytes.IndexByte(text, '&')
		if i < 0 {
			return append(to, text...)
		}
		to, text = append(to, text[:i]...), text[i:]
		end := bytes.IndexByte(text[:min(len(text), 12)], ';')
		r := rune(-1)
		if end > 0 {
			r = entity(text[1:end])
		}
		if r < 0 {
			to, text = append(to, '&'), text[1:]
			continue
		}
		to, text = utf8.AppendRune(to, r), text[end+1:]
	}
}

func entity(name []byte) rune {
	switch string(name) {
	case "amp":
		return '&'
	case "lt":
		return '<'
	case "gt":
		return '>'
	case "quot":
		return '"'
	case "apos":
		return '\''
	}
	if len(name) < 2 || name[0] != '#' {
		return -1
	}
	digits, base := name[1:], rune(10)
	if digits[0] == 'x' || digits[0] == 'X' {
		digits, base = digits[1:], 16
	}
	return number(digits, base)
}

// number reads the number of a letter, or returns -1.
func number(digits []byte, base rune) rune {
	if len(digits) == 0 || len(digits) > 8 {
		return -1
	}
	var r rune
	for _, c := range digits {
		d := rune(-1)
		switch {
		case c >= '0' && c <= '9':
			d = rune(c - '0')
		case c >= 'a' && c <= 'f':
			d = rune(c-'a') + 10
		case c >= 'A' && c <= 'F':
			d = rune(c-'A') + 10
		}
		if d < 0 || d >= base || r > utf8.MaxRune {
			return -1
		}
		r = r*base + d
	}
	if !utf8.ValidRune(r) {
		return -1
	}
	return r
}

// unescapeLetters undoes, in place, how letters that XML cannot hold are written in
// a workbook: _x000D_. What was appended before start is left as it is.
func unescapeLetters(text []byte, start int) []byte {
	i := bytes.Index(text[start:], []byte("_x"))
	if i < 0 {
		return text
	}
	out := text[:start+i]
	for rest := text[start+i:]; len(rest) > 0; {
		if len(rest) >= 7 && rest[0] == '_' && rest[1] == 'x' && rest[6] == '_' {
			if r := number(rest[2:6], 16); r >= 0 {
				// A letter takes at most three of the seven bytes that it is read from.
				out = utf8.AppendRune(out, r)
				rest = rest[7:]
				continue
			}
		}
		out = append(out, rest[0])
		rest = rest[1:]
	}
	return out
}
