package intake

import (
	"strings"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
)

// noHeader says that no header was found, and what was probably meant where
// headers come close to those of a form.
func (c *checker) noHeader(s *sample) {
	if c.columnsInOne(s) {
		return
	}
	if form := c.programme.Form(c.expect.Form); form != nil {
		c.whole(Error, "header_missing", locale.Args{"form": form.Name})
	} else {
		c.whole(Error, "header_missing", locale.Args{"form": locale.Text{DE: "eines Formulars", FR: "d’un formulaire", IT: "di un formulario", EN: "of a form"}})
	}
	// The row with the most filled cells that hold words is likely to be the header.
	known := map[string]string{}
	for _, form := range c.headers.forms {
		if c.expect.Form != "" && form.form.Code != c.expect.Form {
			continue
		}
		for i := range form.form.Columns {
			known[squeeze(c.programme.ColumnName(&form.form.Columns[i]).DE)] = c.programme.ColumnName(&form.form.Columns[i]).DE
		}
	}
	for i, texts := range s.rows {
		for j, text := range texts {
			c.lost(s.numbers[i], j, text)
			if suggestion := suggest(squeeze(text), known, func(name string) string { return name }); suggestion != "" && suggestion != text {
				c.add(s.numbers[i], fault{severity: Hint, code: "header_close", column: j, cause: text, text: text, suggestion: suggestion, args: locale.Args{"text": clip(text)}})
			}
		}
	}
}

// columnsInOne says that all columns stand in one, where the text of a cell is a header
// row that was not cut.
func (c *checker) columnsInOne(s *sample) bool {
	for i, texts := range s.rows {
		for j, text := range texts {
			for _, sign := range []string{",", ";", "\t", "|"} {
				fits := c.fits(strings.Split(text, sign))
				if strings.Count(text, sign) < 2 || len(fits) == 0 || fits[0].known < 3 {
					continue
				}
				if sign == "\t" {
					sign = "Tab"
				}
				place := figure.Cell{Row: 1, Column: uint16(j + 1)}
				c.add(s.numbers[i], fault{severity: Error, code: "columns_in_one", column: j, args: locale.Args{"letter": strings.TrimSuffix(place.Name(), "1"), "sign": sign}})
				return true
			}
		}
	}
	return false
}

// markup tells a web page or another table of XML, which office programs open under the
// name of a workbook, from a text: the code of a finding, or "".
func markup(head []byte) string {
	start := strings.ToLower(strings.TrimSpace(string(head[:min(len(head), 2000)])))
	switch {
	case strings.HasPrefix(start, "mime-version:"), strings.HasPrefix(start, "<") && strings.Contains(start, "<html"):
		return "file_html"
	case strings.HasPrefix(start, "<?xml"), strings.HasPrefix(start, "<workbook"), strings.HasPrefix(start, "<ss:workbook"):
		return "file_xml_table"
	}
	for _, tag := range []string{"!doctype html", "head", "meta", "body", "style", "table", "div", "font"} {
		if strings.HasPrefix(start, "<"+tag) {
			return "file_html"
		}
	}
	return ""
}
