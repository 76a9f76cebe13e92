package intake

import (
	"bytes"
	"regexp"
	"strings"

	"kipmonitor/internal/locale"
)

// Files hold sums of people, never people. What looks like data on one person
// keeps the whole file out, and no finding repeats it.

// personalWords are what columns of a list of persons are called, squeezed and by
// word; personalHeaders those that are so only when they stand alone.
var (
	personalWords = marks("vorname", "vornamen", "nachname", "nachnamen", "familienname", "geburtsdatum", "gebdatum", "geburtstag", "geburtsjahr", "geboren", "ahv", "ahvnr", "ahvnummer", "ahvn13", "navs13", "avs",
		"sozialversicherungsnummer", "telefon", "telefonnummer", "telnr", "mobile", "handy", "handynummer", "natel", "wohnadresse", "strasse", "hausnummer",
		"prenom", "prenoms", "naissance", "telephone", "cognome", "cognomi", "nascita", "telefono", "indirizzo", "firstname", "lastname", "surname", "forename", "birthday", "birthdate", "phone",
		"zemis", "zemisnr", "zemisnummer", "nnummer", "dossiernummer", "dossiernr", "klientennummer", "email", "emailadresse", "courriel")
	personalHeaders = marks("name", "nom", "nome", "namevorname", "namenvornamen", "adresse", "mail", "tel", "person", "klient", "klientin", "klientinklient", "kundin", "kunde", "teilnehmer", "teilnehmerin", "teilnehmende",
		"sachbearbeiter", "sachbearbeiterin", "kontaktperson", "ansprechperson", "ansprechpartner", "ansprechpartnerin", "personnedecontact", "personadicontatto",
		"dateofbirth", "dob", "nomdefamille", "datadinascita", "datedenaissance", "numeroavs", "noavs", "navs", "vornamename", "nameundvorname", "vorundnachname", "namederperson")
	// counting says that a column counts: «Anzahl E-Mail-Anfragen».
	counting = marks("anzahl", "total", "zahl", "summe", "nombre", "numero", "number", "beratungen", "anfragen", "kontakte", "gespraeche", "stunden", "termine")
)

var (
	socialInsurance = regexp.MustCompile(`\b756[.\s]?\d{4}[.\s]?\d{4}[.\s]?\d{2}\b`)
	mailAddress     = regexp.MustCompile(`[\p{L}\d._%+-]+@[\p{L}\d-]+(?:\.[\p{L}\d-]+)+`)
	// Numbers with a country code, or Swiss ones with a leading zero: 032 627 20 80.
	telephone = regexp.MustCompile(`(?:\+\d{2}|\b00(?:41|43|49|33|39))[\s./()-]{0,2}(?:\(0\)\s?)?\d(?:[\s./()-]{0,2}\d){7,9}\b|\b0\d{2}[\s./-]{0,2}\d{3}[\s./-]?\d{2}[\s./-]?\d{2}\b`)
	// Days before the youngest who may be spoken of as themselves; younger ones are
	// days of courses and contracts.
	birthDay = regexp.MustCompile(`\b(?:\d{1,2}[./]\s?\d{1,2}[./]\s?(?:19\d\d|200\d|201\d)|(?:19\d\d|200\d|201\d)-\d{2}-\d{2})\b`)
	born     = regexp.MustCompile(`(?i)\b(?:geb(?:\.|oren)?|née?|nat[oa]|born|jg\.?|jahrgang)\b[\s.:]*(?:am |le |il |on )?(?:\d{1,2}\.\s?\d{1,2}\.\s?\d{2,4}|(?:19|20)\d\d)`)
)

// personal returns what kind of personal data a text seems to hold, or "": the
// code of a finding. dates says that a day alone is enough.
func personal(text []byte, dates bool) string {
	if len(text) < 6 {
		return ""
	}
	digits, at, word := 0, false, false
	for _, c := range text {
		switch {
		case c >= '0' && c <= '9':
			digits++
		case c == '@':
			at = true
		case c >= 'A' && c <= 'z':
			word = true
		}
	}
	switch {
	case at && mailAddress.Match(text):
		return "personal_mail"
	case digits >= 13 && hasSocialInsurance(text):
		return "personal_ahv"
	case digits >= 10 && mayDial(text) && hasTelephone(text):
		return "personal_telephone"
	case digits >= 4 && word && mayBear(text) && born.Match(text), dates && digits >= 6 && birthDay.Match(text):
		return "personal_birth_date"
	}
	return ""
}

// mayBear reports whether a word of a text begins as those do that say when somebody was
// born.
func mayBear(text []byte) bool {
	for i, c := range text {
		if i+1 == len(text) || i > 0 && (text[i-1]|0x20 >= 'a' && text[i-1]|0x20 <= 'z' || isDigit(text[i-1])) {
			continue
		}
		next := text[i+1] | 0x20
		switch c | 0x20 {
		case 'g':
			if next == 'e' {
				return true
			}
		case 'n':
			if next == 'a' || text[i+1] >= 0x80 {
				return true
			}
		case 'b':
			if next == 'o' {
				return true
			}
		case 'j':
			if next == 'g' || next == 'a' {
				return true
			}
		}
	}
	return false
}

// mayDial reports whether a text holds what every telephone number begins with, before
// it is looked at more closely: a plus, or a zero with two digits behind it.
func mayDial(text []byte) bool {
	for i, c := range text {
		if c == '+' || c == '0' && i+2 < len(text) && isDigit(text[i+1]) && isDigit(text[i+2]) {
			return true
		}
	}
	return false
}

func hasSocialInsurance(text []byte) bool {
	for _, found := range socialInsurance.FindAll(text, 20) {
		if validSocialInsurance(string(found)) {
			return true
		}
	}
	return false
}

// hasTelephone looks for a telephone number that is not a part of a longer row of
// digits, as an account number would be.
func hasTelephone(text []byte) bool {
	for _, found := range telephone.FindAllIndex(text, 20) {
		before, after := found[0]-1, found[1]
		if (before < 0 || !isDigit(text[before])) && (after >= len(text) || !isDigit(text[after])) {
			return true
		}
	}
	return false
}

// validSocialInsurance checks the control digit of an AHV number (EAN-13), so
// that a large sum of francs is not taken for one.
func validSocialInsurance(text string) bool {
	sum, count := 0, 0
	for i := range len(text) {
		if !isDigit(text[i]) {
			continue
		}
		weight := 1
		if count%2 == 1 {
			weight = 3
		}
		sum += weight * int(text[i]-'0')
		count++
	}
	return count == 13 && strings.HasPrefix(text, "756") && sum%10 == 0
}

// personalHeader reports whether a column is one of a list of persons.
func personalHeader(header string) bool {
	if len(header) > 100 {
		return false
	}
	if personalHeaders[squeeze(header)] || personalWords[squeeze(header)] {
		return true
	}
	found := false
	for _, word := range strings.FieldsFunc(simplify(header), func(r rune) bool { return strings.ContainsRune(" /,;:().-|", r) }) {
		if counting[word] {
			return false
		}
		found = found || personalWords[word]
	}
	return found
}

// personalHeaders refuses a file with columns of a list of persons.
func (c *checker) personalHeaders() {
	for i, column := range c.plan.columns {
		if column.role == unknownCell && personalHeader(column.header) {
			c.personColumn(c.plan.headerRow, i, column.header)
		}
	}
}

// personalSample looks for personal data in the header and above it, and in all of
// the first rows of a file whose header nobody understands: a list of persons must
// be refused as one.
func (c *checker) personalSample(s *sample) bool {
	understood := len(s.fits) > 0 && s.fits[0].known >= 2
	for i, texts := range s.rows {
		if understood && i > s.header {
			break
		}
		for j, text := range texts {
			if !understood && personalHeader(text) && squeeze(text) != "name" && squeeze(text) != "person" {
				c.personColumn(s.numbers[i], j, text)
			} else if kind := personal([]byte(text), !understood && i > 0); kind != "" {
				c.person(s.numbers[i], j, kind)
			}
		}
	}
	return c.report.PersonalData
}

// personCell looks for personal data in a cell that holds no code and no figure.
func (c *checker) personCell(row uint32, column int, text []byte) {
	dates := true
	if column < len(c.plan.columns) {
		switch c.plan.columns[column].role {
		case unknownCell, ignored:
		default:
			dates = false
		}
	}
	if kind := personal(text, dates); kind != "" {
		c.person(row, column, kind)
		return
	}
	// Text where no header stands is not read; the sender should know.
	if (column >= len(c.plan.columns) || c.plan.columns[column].role == ignored) && len(bytes.TrimSpace(text)) > 0 && c.reader != nil {
		c.add(row, fault{severity: Hint, code: "column_without_header", column: column})
	}
}

func (c *checker) person(row uint32, column int, kind string) {
	c.report.PersonalData = true
	c.add(row, fault{severity: Error, code: kind, column: column})
}

func (c *checker) personColumn(row uint32, column int, header string) {
	c.report.PersonalData = true
	// A header that is a word of our own list is no name; one with more in it may be.
	if key := squeeze(header); !personalHeaders[key] && !personalWords[key] {
		header = "…"
	}
	c.add(row, fault{severity: Error, code: "personal_column", column: column, args: locale.Args{"column": header}})
}

// mask takes everything out of the findings that stood in a cell of a file with
// personal data.
func (c *checker) mask() {
	for i := range c.findings.list {
		f := &c.findings.list[i]
		f.Text, f.Suggestion = "", ""
		if f.Args["text"] != nil {
			f.Args["text"] = "…"
		}
		column := int(f.Place.Column) - 1
		if column >= 0 && column < len(c.plan.columns) && c.plan.columns[column].role == unknownCell {
			if f.Column = ""; f.Code != "personal_column" {
				f.Args["column"] = "…"
			}
		}
	}
}
