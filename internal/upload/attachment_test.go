package upload

import (
	"mime"
	"strings"
	"testing"
)

func TestADownloadHasItsNameInTwoWays(t *testing.T) {
	for name, plain := range map[string]string{
		"zahlen.csv":              "zahlen.csv",
		"Zürich – Übersicht.xlsx": "Zuerich - Uebersicht.xlsx",
		"Genève l’été.csv":        "Geneve l'ete.csv",
		`ein "Name" 100%.csv`:     "ein 'Name' 100_.csv",
		"数字.csv":                  "__.csv",
		"a;b=c.csv":               "a;b=c.csv",
	} {
		header := Attachment(name)
		if !strings.HasPrefix(header, `attachment; filename="`+plain+`"; filename*=UTF-8''`) {
			t.Errorf("%s: %s", name, header)
		}
		for _, r := range header {
			if r > '~' {
				t.Errorf("%s: not in ASCII: %s", name, header)
			}
		}
		// A reader of RFC 6266 gets the name as it is; Go's refuses two names, and is given
		// the second alone.
		_, parameters, err := mime.ParseMediaType("attachment; " + header[strings.Index(header, "filename*"):])
		if err != nil || parameters["filename"] != name {
			t.Errorf("%s: read as %q, %v", name, parameters["filename"], err)
		}
	}
}

func TestANameThatTurnsItsDirectionIsRefused(t *testing.T) {
	for _, name := range []string{"zahlen\u202Evsc.exe", "a\u2066b.csv", "\u200Fx.csv"} {
		if CheckName(name) == nil {
			t.Errorf("%q is taken", name)
		}
	}
	for _, name := range []string{"zahlen.csv", "Zürich – Übersicht.xlsx", "أرقام.csv"} {
		if err := CheckName(name); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
}
