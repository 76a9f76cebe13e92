package intake

import (
	"regexp"
	"strings"

	"kipmonitor/internal/programme"
)

// Files hold sums of people, never people. What looks like data on one person
// keeps the whole file out, and the finding does not repeat it.

// personalHeaders are columns that only a list of persons has.
var personalHeaders = marks("vorname", "nachname", "familienname", "name vorname", "name, vorname", "vorname name", "name/vorname",
	"ahv", "ahv-nr", "ahv-nr.", "ahv nr", "ahv nr.", "ahv-nummer", "ahv nummer", "ahvn13", "sozialversicherungsnummer", "geburtsdatum", "geb.-datum", "geb.datum", "geboren",
	"e-mail", "email", "mail", "e-mail-adresse", "telefon", "telefonnummer", "tel", "tel.", "mobile", "handy", "adresse", "strasse",
	"prenom", "nom de famille", "nom", "date de naissance", "numero avs", "no avs", "telephone", "adresse e-mail",
	"nome", "cognome", "data di nascita", "numero avs", "telefono", "indirizzo", "first name", "last name", "surname", "date of birth", "phone",
	"zemis", "zemis-nr", "zemis-nr.", "zemis-nummer", "n-nummer", "dossiernummer", "name")

var (
	socialInsurance = regexp.MustCompile(`\b756[.\s]?\d{4}[.\s]?\d{4}[.\s]?\d{2}\b`)
	mailAddress     = regexp.MustCompile(`[\p{L}\d._%+-]+@[\p{L}\d-]+(?:\.[\p{L}\d-]+)+`)
	telephone       = regexp.MustCompile(`(?:\+41|0041|\b0)[\s(]*(?:\d[\s()./-]*){9}\b`)
	birthDate       = regexp.MustCompile(`\b\d{1,2}\.\d{1,2}\.(?:19\d\d|20[01]\d)\b`)
)

// personal returns what kind of personal data a cell seems to hold, or "": a key
// of a message.
func personal(text string) string {
	if len(text) < 6 {
		return ""
	}
	switch {
	case mailAddress.MatchString(text):
		return "personal_mail"
	case validSocialInsurance(socialInsurance.FindString(text)):
		return "personal_ahv"
	case telephone.MatchString(text) && len(onlyDigits(text)) <= 15:
		return "personal_telephone"
	}
	return ""
}

// validSocialInsurance checks the control digit of an AHV number (EAN-13), so
// that a large sum of francs is not taken for one.
func validSocialInsurance(text string) bool {
	digits := onlyDigits(text)
	if len(digits) != 13 {
		return false
	}
	sum := 0
	for i, d := range digits {
		weight := 1
		if i%2 == 1 {
			weight = 3
		}
		sum += weight * int(d-'0')
	}
	return sum%10 == 0
}

func onlyDigits(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, text)
}

func personalHeader(header string) bool { return personalHeaders[programme.Fold(header)] }
