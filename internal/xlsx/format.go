package xlsx

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// numberKind is what a section of a number format makes of a number.
type numberKind uint8

const (
	plainNumber numberKind = iota
	percentNumber
	dateNumber
	timeNumber // of a day
	spanNumber // hours may be more than 24
)

// numberFormat is a number format (ECMA-376 part 1, 18.8.31), such as «dd.mm.yyyy;@»
// or «[<5]"<5";#,##0.00" CHF"».
type numberFormat struct {
	sections []section // of numbers
	texts    *section  // of texts; nil where they are shown as they are
	// plain: every number is shown as its digits and nothing else.
	plain bool
}

// section is a part of a number format, for some numbers.
type section struct {
	kind    numberKind
	compare string // "<", ">=" …; "" where the place of the section decides
	limit   float64

	digits         bool   // some of the number is shown
	zero           bool   // 0 is shown as a digit
	before, behind string // what is shown around the number, without blanks outside
	least          int    // digits before the point at least
	infixes        []infix
	decimals       int // that are shown
	thousands      int // how often the number is divided by a thousand
	clock          bool
}

// infix is a text between digits of the whole number, before so many of them.
type infix struct {
	digits int
	text   string
}

// maxSections is how many sections a number format has: for positive and negative
// numbers, zero, and texts.
const maxSections = 4

// parseFormat reads a number format.
func parseFormat(code string) *numberFormat {
	f := &numberFormat{}
	if code == "" {
		code = "General"
	}
	for i, part := range splitSections(code) {
		s, text := parseSection(part)
		if i == maxSections-1 || text && !s.digits {
			f.texts = &s
		} else if i < maxSections-1 {
			f.sections = append(f.sections, s)
		}
	}
	if len(f.sections) == 0 {
		f.sections = []section{{digits: true, zero: true}}
	}
	f.plain = f.texts == nil || f.texts.before == "" && f.texts.behind == ""
	for i := range f.sections {
		s := &f.sections[i]
		negative := i == 1 && s.compare == ""
		f.plain = f.plain && s.plain(negative) && s.compare == "" && (negative || s.zero)
	}
	return f
}

// plain reports whether a section shows a number, other than 0, as its digits alone.
func (s *section) plain(negative bool) bool {
	before, behind := s.around(negative)
	return s.kind == plainNumber && s.digits && before == "" && behind == "" && len(s.infixes) == 0 && s.thousands == 0
}

// around is what is shown around a number beside its sign.
func (s *section) around(negative bool) (before, behind string) {
	if negative {
		const signs = "-−–()"
		return strings.TrimLeft(strings.Trim(s.before, signs), blanks), strings.TrimRight(strings.Trim(s.behind, signs), blanks)
	}
	return s.before, s.behind
}

const blanks = " \u00a0\u202f"

// splitSections cuts a format at its semicolons.
func splitSections(code string) []string {
	var parts []string
	start := 0
	for i := 0; i < len(code); i++ {
		switch code[i] {
		case '"':
			if end := strings.IndexByte(code[i+1:], '"'); end >= 0 {
				i += end + 1
			}
		case '\\', '_', '*':
			i++
		case '[':
			if end := strings.IndexByte(code[i:], ']'); end >= 0 {
				i += end
			}
		case ';':
			parts, start = append(parts, code[start:i]), i+1
			if len(parts) == maxSections-1 {
				return append(parts, code[start:])
			}
		}
	}
	return append(parts, code[start:])
}

// parser reads a section.
type parser struct {
	section
	text        bool // the place of a text was seen
	point       bool // the decimal point was seen
	commas      int  // behind the last place of a digit
	places      int  // of digits before the point
	day, minute bool
	fraction    bool
}

// literal notes what is shown as it is.
func (p *parser) literal(text string) {
	if p.digits || p.text {
		p.behind += text
	} else {
		p.before += text
	}
}

// place notes the place of a digit.
func (p *parser) place(zero bool) {
	p.commas, p.digits = 0, true
	p.zero = p.zero || zero
	if p.point {
		p.decimals++
		return
	}
	if p.behind != "" {
		p.infixes, p.behind = append(p.infixes, infix{p.places, p.behind}), ""
	}
	p.places++
	if p.zero {
		p.least++
	}
}

// parseSection reads a section; text reports whether it is one of texts.
func parseSection(code string) (s section, text bool) {
	p := &parser{}
	for len(code) > 0 {
		code = code[p.element(code):]
	}
	if p.thousands == 0 {
		p.thousands = p.commas
	}
	switch {
	case p.day || p.minute && !p.clock && p.kind == plainNumber:
		p.kind = dateNumber
	case p.kind == spanNumber:
	case p.clock:
		p.kind = timeNumber
	}
	if p.kind == dateNumber || p.kind == timeNumber || p.kind == spanNumber || p.fraction {
		p.before, p.behind, p.infixes, p.digits, p.zero, p.thousands = "", "", nil, true, true, 0
	}
	p.before, p.behind = strings.TrimLeft(p.before, blanks), strings.TrimRight(p.behind, blanks)
	harmless := true
	for n := range p.infixes {
		i := &p.infixes[n]
		i.digits = p.places - i.digits
		harmless = harmless && strings.Trim(i.text, "'’"+blanks) == ""
	}
	if harmless {
		p.infixes = nil
	}
	return p.section, p.text
}

// element reads the first element of what is left of a section and returns its
// length. What stands in quotes or behind a backslash is shown as it is; what stands in
// square brackets is a colour, a condition, a currency, a language, or hours beyond 24.
func (p *parser) element(code string) int {
	quoted := func(length int) int {
		_, size := utf8.DecodeRuneInString(code[length:])
		return length + size
	}
	switch c := code[0]; c {
	case '"':
		if end := strings.IndexByte(code[1:], '"'); end >= 0 {
			p.literal(code[1 : 1+end])
			return end + 2
		}
	case '\\':
		p.literal(code[1:quoted(1)])
		return quoted(1)
	case '_':
		p.literal(" ")
		return quoted(1)
	case '*': // what follows is repeated until the cell is full
		p.literal(" ")
		return quoted(1)
	case '[':
		if end := strings.IndexByte(code, ']'); end >= 0 {
			p.bracket(code[1:end])
			return end + 1
		}
	case '0', '#', '?':
		p.place(c == '0')
	case '.':
		if p.point {
			p.literal(".")
			break
		}
		p.point, p.thousands, p.commas = true, p.commas, 0
	case ',':
		if p.digits {
			p.commas++
		} else {
			p.literal(",")
		}
	case '/':
		p.fraction = p.fraction || p.digits && p.behind == "" && len(code) > 1 && strings.IndexByte("0#?123456789", code[1]) >= 0
		p.literal("/")
	case '%':
		p.kind = percentNumber
	case '@':
		p.text = true
	case 'E', 'e':
		if len(code) > 1 && (code[1] == '+' || code[1] == '-') {
			return len(code) - len(strings.TrimLeft(code[2:], "0#?"))
		}
		p.literal(code[:1])
	case 'y', 'Y', 'd', 'D':
		p.day = true
	case 'h', 'H', 's', 'S':
		p.clock = true
	case 'm', 'M':
		p.minute = true // beside hours or seconds, otherwise months
	case 'G', 'g':
		if len(code) >= len("General") && strings.EqualFold(code[:len("General")], "General") {
			p.digits, p.zero = true, true
			return len("General")
		}
	default:
		_, size := utf8.DecodeRuneInString(code)
		p.literal(code[:size])
		return size
	}
	return 1
}

// bracket reads what stands in square brackets.
func (p *parser) bracket(inside string) {
	lower := strings.ToLower(inside)
	switch {
	case inside == "":
	case strings.Trim(lower, lower[:1]) == "" && strings.Contains("hms", lower[:1]):
		p.kind, p.clock = spanNumber, true
	case inside[0] == '$': // [$CHF-807]
		currency, _, _ := strings.Cut(inside[1:], "-")
		p.literal(currency)
	case strings.IndexByte("<>=", inside[0]) >= 0:
		number := strings.TrimLeft(inside, "<>=")
		if limit, err := strconv.ParseFloat(strings.TrimSpace(number), 64); err == nil {
			p.compare, p.limit = inside[:len(inside)-len(number)], limit
		}
	}
}

// of returns the section for a number. negative is true for the one of negative
// numbers, which says in its own way that they are.
func (f *numberFormat) of(value float64) (s *section, negative bool) {
	first, count := &f.sections[0], len(f.sections)
	if first.compare != "" || count > 1 && f.sections[1].compare != "" {
		switch {
		case first.compare != "" && first.holds(value) || count == 1:
			return first, false
		case f.sections[1].holds(value) || count == 2:
			return &f.sections[1], false
		}
		return &f.sections[2], false
	}
	switch {
	case value < 0 && count > 1:
		return &f.sections[1], true
	case value == 0 && count > 2:
		return &f.sections[2], false
	}
	return first, false
}

// holds reports whether the condition of a section holds for a number.
func (s *section) holds(value float64) bool {
	switch s.compare {
	case "<":
		return value < s.limit
	case "<=":
		return value <= s.limit
	case ">":
		return value > s.limit
	case ">=":
		return value >= s.limit
	case "=":
		return value == s.limit
	case "<>":
		return value != s.limit
	}
	return value < 0 // a second section without a condition of its own
}
