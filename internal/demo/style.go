package demo

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/programme"
)

// style is how an office writes its files: it does so every year alike.
type style struct {
	separator string
	named     bool // «sep=;» on top
	encoding  string
	lineEnd   string
	language  locale.Language
	ids       bool // headers are ids of key figures
	titled    bool // lines above the header
	long      bool // a row for each figure
	padded    bool // empty columns and rows at the end
	shuffled  bool // columns in another order
	thousands string
	comma     string
	missing   string
	numbered  bool // municipalities by number
	suffixed  bool // by name and canton: «Olten (SO)»
	totalled  bool // a row of totals
	spoken    bool // «3. Quartal 2025»
}

func pick[T any](chance *rand.Rand, choices ...T) T { return choices[chance.IntN(len(choices))] }

func (g *generator) style(organisation figure.Organisation) style {
	c := g.chance("style", organisation)
	return style{
		separator: pick(c, ";", ";", ";", ";", ",", "\t"), named: c.Float64() < 0.08,
		encoding: pick(c, "utf-8", "utf-8", "utf-8-bom", "utf-8-bom", "windows-1252", "windows-1252", "utf-16"),
		lineEnd:  pick(c, "\r\n", "\r\n", "\n"), language: pick(c, locale.German, locale.German, locale.German, locale.German, locale.German, locale.French, locale.Italian, locale.English),
		ids: c.Float64() < 0.12, titled: c.Float64() < 0.4, long: c.Float64() < 0.15, padded: c.Float64() < 0.3, shuffled: c.Float64() < 0.2,
		thousands: pick(c, "", "", "'", "’", "\u202f"), comma: pick(c, ".", ","), missing: pick(c, "", "", "–", "n/a", "X"),
		numbered: c.Float64() < 0.4, suffixed: c.Float64() < 0.2, totalled: c.Float64() < 0.25, spoken: c.Float64() < 0.3,
	}
}

// number writes a figure in the style.
func (st style) number(d figure.Decimal, money bool) string {
	whole, fraction, decimals := strings.Cut(d.String(), ".")
	negative := strings.HasPrefix(whole, "-")
	whole = strings.TrimPrefix(whole, "-")
	if st.thousands != "" {
		for i := len(whole) - 3; i > 0; i -= 3 {
			whole = whole[:i] + st.thousands + whole[i:]
		}
	}
	if negative {
		whole = "-" + whole
	}
	if !decimals {
		return whole
	}
	comma := st.comma
	if money || comma == st.separator {
		comma = "."
	}
	if len(fraction) == 1 {
		fraction += "0"
	}
	return whole + comma + fraction
}

func (st style) period(p figure.Period) string {
	if !st.spoken {
		return p.String()
	}
	switch p.Part {
	case figure.WholeYear:
		return "31.12." + p.String()
	case figure.FirstHalf, figure.SecondHalf:
		return fmt.Sprintf("%d. Halbjahr %d", p.Part, p.Year)
	}
	return fmt.Sprintf("%d. Quartal %d", p.Part-figure.FirstQuarter+1, p.Year)
}

func (st style) municipality(p *programme.Programme, number figure.Municipality) string {
	switch {
	case number == 0:
		return ""
	case st.numbered:
		return fmt.Sprint(uint16(number))
	case st.suffixed && p.CantonCode != "" && !strings.HasSuffix(p.MunicipalityLast(number).Name, ")"):
		return p.MunicipalityLast(number).Name + " (" + p.CantonCode + ")"
	}
	return p.MunicipalityLast(number).Name
}

// encode turns rows into the bytes of a file.
func (st style) encode(rows [][]string) []byte {
	var text strings.Builder
	if st.named {
		text.WriteString("sep=" + st.separator + st.lineEnd)
	}
	for _, row := range rows {
		for i, cell := range row {
			if i > 0 {
				text.WriteString(st.separator)
			}
			if strings.Contains(cell, st.separator) || strings.ContainsAny(cell, "\"\n") {
				cell = `"` + strings.ReplaceAll(cell, `"`, `""`) + `"`
			}
			text.WriteString(cell)
		}
		text.WriteString(st.lineEnd)
	}
	switch st.encoding {
	case "utf-8-bom":
		return append([]byte("\xEF\xBB\xBF"), text.String()...)
	case "windows-1252":
		if encoded, err := charmap.Windows1252.NewEncoder().Bytes([]byte(strings.ReplaceAll(text.String(), "\u202f", "\u00a0"))); err == nil {
			return encoded
		}
	case "utf-16":
		if encoded, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().Bytes([]byte(text.String())); err == nil {
			return encoded
		}
	}
	return bytes.Clone([]byte(text.String()))
}
