package chart

import (
	"fmt"
	"html"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kipmonitor/internal/disclosure"
	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/programme"
	"kipmonitor/internal/table"
	"kipmonitor/seed"
)

var definition = func() *programme.Programme {
	p, err := programme.Load(seed.Files)
	if err != nil {
		panic(err)
	}
	return p
}()

func frame(language locale.Language, size Size) Frame {
	return Frame{Writer: table.NewWriter(definition, language), Size: size}
}

// text is the same in all languages.
func text(s string) locale.Text { return locale.Text{DE: s, FR: s, IT: s, EN: s} }

func head(code, label string) disclosure.Header {
	return disclosure.Header{Code: code, Label: text(label)}
}

// amount reads a cell as a test writes it: "0.925", "~12" for provisional, "-"
// for missing, "." for not applicable, "?" for not computable.
func amount(unit figure.Unit, s string) disclosure.Value {
	v := disclosure.Value{Unit: unit}
	switch s {
	case "-":
		v.State = disclosure.Missing
	case ".":
		v.State = disclosure.NotApplicable
	case "?":
		v.State, v.Reason = disclosure.NotComputable, "indicator.reason.no_denominator"
	default:
		digits, provisional := strings.CutPrefix(s, "~")
		number, err := figure.ParseDecimal(digits)
		if err != nil {
			panic(err)
		}
		v.Value, v.Provisional = number, provisional
		v.Protected = unit == "persons"
	}
	return v
}

// sheet makes a protected table of rows such as "2025|0.9|0.95".
func sheet(title string, breakdown bool, unit figure.Unit, columns []disclosure.Header, rows ...string) disclosure.Table {
	draft := disclosure.NewDraft(text(title), columns...)
	publication := disclosure.NewPublication(disclosure.Standard, "part")
	var names []string
	for _, column := range columns {
		names = append(names, column.Code)
		publication.Table(column.Code, "part", publication.Count(column.Code, unit == "persons"), -1, false)
	}
	for _, row := range rows {
		cells := strings.Split(row, "|")
		header := head(cells[0], cells[0])
		if name, total := strings.CutPrefix(cells[0], "="); total {
			header = head(name, name)
			header.Total = true
		}
		if code, name, found := strings.Cut(cells[0], ":"); found {
			header = head(code, name)
		}
		var values []disclosure.Value
		for number, cell := range cells[1:] {
			of, code := unit, cell
			if name, rest, found := strings.Cut(cell, " "); found {
				code, of = name, figure.Unit(rest)
			}
			values = append(values, amount(of, code))
			if value := values[number]; value.State == disclosure.Shown && value.Protected && !header.Total {
				publication.Add(number, "", value.Value, header.Code)
			}
		}
		draft.Add(header, values...)
	}
	if breakdown {
		return publication.Protect(draft, "part", names...)
	}
	return draft.Protect()
}

// columns are headers of columns whose code is their label.
func columns(names ...string) []disclosure.Header {
	var headers []disclosure.Header
	for _, name := range names {
		headers = append(headers, head(name, name))
	}
	return headers
}

type example struct {
	name  string
	chart func(Frame) Chart
}

var trendColumns = []disclosure.Header{head(Actual, "Ist"), head(Target, "Ziel"), head(Forecast, "Prognose"), head(Low, "von"), head(High, "bis")}

var examples = []example{
	{"trend-share", func(f Frame) Chart {
		return f.Trend(sheet("Anteil der Neuzugezogenen mit Erstinformation", false, figure.Percent, trendColumns,
			"2022|0.781|.|.|.|.", "2023|0.812|.|.|.|.", "2024|0.843|0.85|.|.|.", "2025|~0.886|0.88|.|.|.", "2026|.|0.91|.|.|.", "2027|.|0.95|0.958|0.912|0.991"))
	}},
	{"trend-gaps", func(f Frame) Chart {
		return f.Trend(sheet("Teilnehmende in Sprachkursen", false, "persons", trendColumns[:2],
			"2022|3120|.", "2023|-|.", "2024|3874|3600", "2025|?|3800", "2026|.|4000", "2027|.|4200"))
	}},
	{"trend-break", func(f Frame) Chart {
		return f.Trend(sheet("Teilnehmende mit Nachweis", false, figure.Percent, trendColumns[:2],
			"2022|0.61|.", "2023|0.64|.", "2024|0.52|0.55", "2025|0.58|0.58", "2026|.|0.61", "2027|.|0.65"), Break{Row: "2024", Text: "Bruch in der Reihe"})
	}},
	{"trend-band", func(f Frame) Chart {
		return f.Trend(sheet("Ausgaben je Teilnahme", false, "chf", []disclosure.Header{head(Actual, "Ist"), head(Target, "Ziel"), head(TargetUpper, "Ziel bis")},
			"2022|1420.55|.|.", "2023|1388|.|.", "2024|1610.2|1200|1500", "2025|1475|1200|1500", "2026|.|1200|1500", "2027|.|1200|1450"))
	}},
	{"ranking", func(f Frame) Chart {
		rows := []string{"=Kanton|0.872"}
		for i := range 12 {
			m := definition.Municipalities[i*9%len(definition.Municipalities)]
			cell := fmt.Sprintf("0.%d", 31+i*53%68)
			switch i {
			case 3:
				cell = "-"
			case 7:
				cell = "~0.71"
			case 9:
				cell = "?"
			}
			rows = append(rows, fmt.Sprintf("%d:%s|%s", m.Number, m.Name, cell))
		}
		return f.Ranking(sheet("Erstinformation nach Gemeinde, 2025", false, figure.Percent, []disclosure.Header{head("2025", "2025")}, rows...))
	}},
	{"ranking-canton", func(f Frame) Chart {
		var rows []string
		for i, m := range definition.MunicipalitiesIn(2025) {
			rows = append(rows, fmt.Sprintf("%d:%s|%d", m.Number, m.Name, i*37%211))
		}
		return f.Ranking(sheet("Zugezogene nach Gemeinde, 2025", true, "persons", []disclosure.Header{head("2025", "2025")}, rows...))
	}},
	{"bars-age", func(f Frame) Chart {
		return f.Bars(sheet("Teilnehmende nach Alter, 2025", true, "persons", []disclosure.Header{head("2025", "2025")},
			"0–4 Jahre|3", "5–15 Jahre|12", "16–25 Jahre|612", "26–55 Jahre|2310", "56 Jahre und älter|188", "=Total|3125"))
	}},
	{"grouped-years", func(f Frame) Chart {
		return f.Grouped(sheet("Erwerbsquote nach Status", true, figure.Percent, []disclosure.Header{head("FL", "anerkannte Flüchtlinge"), head("VA", "vorläufig Aufgenommene"), head("S", "Schutzstatus S")},
			"2022|0.381|0.423|.", "2023|0.412|0.451|0.187", "2024|0.447|-|0.263", "2025|0.471|0.489|0.331"))
	}},
	{"stacked-years", func(f Frame) Chart {
		return f.Stacked(sheet("Kurse nach Niveau", false, "lessons", []disclosure.Header{head("a1", "A1"), head("a2", "A2"), head("b1", "B1 und höher")},
			"2022|3810|2423|820", "2023|4120|2510|1187", "2024|4470|-|1263", "2025|4710|2890|~1331"))
	}},
	{"stacked-areas", func(f Frame) Chart {
		return f.Stacked(sheet("Herkunft der Mittel 2025", false, "chf", []disclosure.Header{head("a", "Bund"), head("b", "Kanton"), head("c", "Gemeinden")},
			"FB1:Information|720000|687000.5|120000", "FB2:Sprache|4000000|4172000|900000", "FB3:Ausbildung und Arbeit|3600000|3442000|-"))
	}},
	{"grouped-areas", func(f Frame) Chart {
		return f.Grouped(sheet("Budget und Rechnung 2025", false, "chf", []disclosure.Header{head(Target, "Budget"), head(Actual, "Rechnung")},
			"FB1:Information|720000|687000.5", "FB2:Sprache|4000000|4172000", "FB3:Ausbildung und Arbeit|3600000|3442000", "FB4:Frühe Kindheit|900000|-"))
	}},
	{"progress", func(f Frame) Chart {
		return f.Progress(sheet("Zielerreichung, 2025", false, figure.Percent, []disclosure.Header{head(Actual, "Wert 2025"), head(Target, "Ziel 2025"), head(Attainment, "Zielerreichung")},
			"FB1-02:Anteil der Neuzugezogenen mit Erstinformation|0.886|0.88|1.0068", "FB2-01:Teilnehmende in Sprachkursen|3874 persons|4200 persons|0.9223", "FB2-05:Kosten je Lektion|21.4 points|18 points|0.8411", "FB3-01:Erwerbsquote nach sieben Jahren|?|0.7|."),
			map[string]Grade{"FB1-02": {"on_track", "auf Kurs"}, "FB2-01": {"at_risk", "gefährdet"}, "FB2-05": {"off_track", "verfehlt"}, "FB3-01": {"not_judged", "nicht beurteilbar"}})
	}},
	{"progress-areas", func(f Frame) Chart {
		return f.Progress(sheet("Zielerreichung nach Förderbereich", false, figure.Percent, []disclosure.Header{head(Actual, "Anteil auf Kurs"), head(Target, "Ziel")},
			"FB1:Information|0.8|0.75", "FB2:Sprache|0.625|0.75", "FB3:Ausbildung und Arbeit|0.375|0.75", "FB4:Frühe Kindheit|0.8333|0.75"), nil)
	}},
	{"coverage", func(f Frame) Chart {
		return f.Coverage(sheet("Vollständigkeit 2025", false, "deliveries", []disclosure.Header{head(Owed, "geschuldet"), head(Delivered, "eingegangen"), head(Accepted, "abgenommen")},
			"Jahresmeldung der Gemeinde|107|98|71", "Ergebnisse der Massnahme|48|48|48", "Meldung der Sozialregion|13|9|0", "Finanzen|1|0|0"))
	}},
	{"empty", func(f Frame) Chart {
		return f.Trend(sheet("Noch nichts", false, figure.Percent, trendColumns[:2], "2024|-|.", "2025|-|."))
	}},
}

// TestGallery writes all examples as a page for people to look at, where
// KIPMONITOR_GALLERY names a folder.
func TestGallery(t *testing.T) {
	folder := os.Getenv("KIPMONITOR_GALLERY")
	if folder == "" {
		return
	}
	for _, size := range []Size{Wide, Narrow} {
		for from := 0; from < len(examples); from += 5 {
			var page strings.Builder
			fmt.Fprintf(&page, "<!doctype html><meta charset=utf-8><style>body{margin:16px;width:%dpx;font-family:system-ui,sans-serif}h2{font-size:16px;margin:24px 0 8px}p{font-size:12px;color:#555}</style>", size.width())
			for _, e := range examples[from:min(from+5, len(examples))] {
				c := e.chart(frame(locale.German, size))
				fmt.Fprintf(&page, "<h2>%s · %s</h2>%s<p>%s</p>", e.name, html.EscapeString(c.Title), c.Picture(), html.EscapeString(c.Alt))
			}
			name := fmt.Sprintf("gallery-%d-%d.html", size.width(), from/5)
			if err := os.WriteFile(filepath.Join(folder, name), []byte(page.String()), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}
