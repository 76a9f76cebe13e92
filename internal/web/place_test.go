package web

import (
	"strings"
	"testing"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/intake"
	"kipmonitor/internal/locale"
)

func TestAPlaceNamesItsSheetAsExcelDoes(t *testing.T) {
	for sheet, want := range map[string]string{"": "B12, C13", "Daten": "Daten!B12, C13", "Zahlen 2025": "'Zahlen 2025'!B12, C13", "Q1's": "'Q1''s'!B12, C13", "2025": "'2025'!B12, C13"} {
		finding := intake.Finding{Place: figure.Cell{Sheet: sheet, Row: 12, Column: 2}, More: []figure.Cell{{Sheet: sheet, Row: 13, Column: 3}}, Count: 2}
		if got := places(finding, locale.German); !strings.Contains(got, want) || sheet == "" && strings.Contains(got, "!") {
			t.Errorf("%q: %q, want %q", sheet, got, want)
		}
	}
}
