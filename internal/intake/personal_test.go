package intake

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestPersonalDataIsRefusedAndNotRepeated(t *testing.T) {
	const head = "Gemeinde;Jahr;Ankünfte;Davon informiert;Bemerkung\n"
	for _, test := range []struct{ name, content, want, secret string }{
		{"AHV number in a note", head + "Olten;2025;4;3;Fall 756.9217.0769.85\n", "personal_ahv@E2", "9217"},
		{"AHV number as a figure", head + "Olten;2025;7569217076985;3;\n", "personal_ahv@C2", "9217"},
		{"AHV number for a municipality", head + "756.9217.0769.85;2025;4;3;\n", "personal_ahv@A2 municipality_unknown@A2", "9217"},
		{"e-mail address", head + "Olten;2025;4;3;fragen an petra.muster@olten.ch\n", "personal_mail@E2", "petra"},
		{"telephone number", head + "Olten;2025;4;3;Tel. 062 206 12 34\n", "personal_telephone@E2", "206"},
		{"telephone number with country code", head + "Olten;2025;4;3;+41 (0)79 206 12 34\n", "personal_telephone@E2", "206"},
		{"telephone number as a figure", head + "Olten;2025;0792061234;3;\n", "personal_telephone@C2", "206"},
		{"birth in a note", head + "Olten;2025;4;3;Ali, geb. 12.3.1987\n", "personal_birth_date@E2", "1987"},
		{"days of birth in a column of their own", "Gemeinde;Jahr;Ankünfte;Davon informiert;Datum\nOlten;2025;4;3;12.03.1987\n", "personal_birth_date@E2 column_unknown@E1", "1987"},
		{"days of birth in a column without header", "Gemeinde;Jahr;Ankünfte;Davon informiert;\nOlten;2025;4;3;1987-03-12\n", "personal_birth_date@E2", "1987"},
		{"names beyond the header", "Gemeinde;Jahr;Ankünfte;Davon informiert\nOlten;2025;4;3;;x@example.org\n", "personal_mail@F2", "example"},
		{"column of names", "Vorname;Gemeinde;Jahr;Ankünfte;Davon informiert\nPetra;Olten;2025;1;1\n", "personal_column@A1", "Petra"},
		{"column called Name", "Name;Gemeinde;Jahr;Ankünfte;Davon informiert\nPetra Muster;Olten;2025;1;1\n", "personal_column@A1", "Petra"},
		{"column of who dealt with it", "Gemeinde;Jahr;Ankünfte;Davon informiert;Sachbearbeiterin\nOlten;2025;1;1;Petra Muster\n", "personal_column@E1", "Petra"},
		{"column of births", "Geburtsdatum (TT.MM.JJJJ);Gemeinde;Jahr;Ankünfte;Davon informiert\n1.1.1987;Olten;2025;1;1\n", "personal_column@A1", "1987"},
		{"column of names in French", "Nom de famille;Commune;Année;Arrivées;Dont informées\nMuster;Olten;2025;1;1\n", "personal_column@A1", "Muster"},
		{"a list of persons and nothing else", "Nachname;Vorname;Telefon\nMuster;Petra;062 206 12 34\n", "personal_column@A1 personal_column@B1 personal_column@C1 personal_telephone@C2", "Muster"},
		{"an address above the header", "Auskunft: petra.muster@olten.ch\nGemeinde;Jahr;Ankünfte;Davon informiert\nOlten;2025;1;1\n", "personal_mail@A1", "petra"},
	} {
		t.Run(test.name, func(t *testing.T) {
			report := check(t, test.content, Expect{})
			if got := codes(report); got != test.want {
				t.Errorf("found %q, want %q", got, test.want)
			}
			if !report.PersonalData || report.Accepted() {
				t.Errorf("taken for a file without personal data")
			}
			content, err := json.Marshal(report)
			if err != nil || strings.Contains(string(content), test.secret) {
				t.Errorf("%q stands in the report: %s (%v)", test.secret, content, err)
			}
		})
	}
}

func TestWhatOnlyLooksPersonalIsNot(t *testing.T) {
	for _, content := range []string{
		"Gemeinde;Jahr;Ankünfte;Davon informiert;Bemerkung\nOlten;2025;4;3;seit 1.1.2018, Konto 80-1234-5, 756.1234.5678.90\n", // wrong control digit
		"Gemeinde;Jahr;Ankünfte;Davon informiert;Anzahl E-Mail-Anfragen\nOlten;2025;4;3;12\n",
		"Gemeinde;Jahr;Ankünfte;Davon informiert;Telefonische Beratungen\nOlten;2025;4;3;12\n",
		"Gemeinde;Jahr;Ankünfte;Davon informiert;Kursbeginn\nOlten;2025;4;3;12.03.2025\n",
		"Gemeinde;Jahr;Ankünfte;Davon informiert;Bemerkung\nOlten;2025;4;3;CH93 0076 2011 6238 5295 7\n",
		"BFS-Nr.;Name;Jahr;Ankünfte;Davon informiert\n2581;Olten;2025;4;3\n",
	} {
		if report := check(t, content, Expect{}); report.PersonalData {
			t.Errorf("refused: %s\n%s", codes(report), content)
		}
	}
}
