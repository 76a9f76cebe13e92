package xlsx

import "testing"

func TestANumberIsReadAsItsFormatShowsIt(t *testing.T) {
	for _, test := range []struct {
		format, number, want string
		remark               RemarkKind
		shown                string
	}{
		// Nothing but the number.
		{"General", "1234.5", "1234.5", 0, ""}, {"0", "5", "5", 0, ""}, {"#,##0", "1234", "1234", 0, ""}, {"#,##0.00", "1234.5", "1234.5", 0, ""},
		{"#'##0", "1234", "1234", 0, ""}, {`#"'"##0`, "1234", "1234", 0, ""}, {`#\ ##0`, "1234", "1234", 0, ""}, {"@", "5", "5", 0, ""}, {"0_ ", "5", "5", 0, ""},
		{"#,##0;[Red]-#,##0", "-5", "-5", 0, ""}, {"#,##0_);(#,##0)", "-5", "-5", 0, ""}, {"0;[Red]0", "-5", "-5", 0, ""}, {"0.00E+00", "1234", "1234", 0, ""}, {"# ?/?", "0.5", "0.5", 0, ""},
		{"000", "7", "7", 0, ""}, {"", "5", "5", 0, ""}, {"[Blue]General", "5", "5", 0, ""}, {`0"`, "5", "5", 0, ""}, {"0[", "5", "5", 0, ""},
		// Texts around it.
		{`0" Tsd."`, "1234", "1234 Tsd.", Dressed, ""}, {`0" Mio."`, "1.5", "1.5 Mio.", Dressed, ""}, {`0"'000"`, "12", "12'000", Altered, ""}, {`"<"0`, "5", "<5", Dressed, ""},
		{`"< "0`, "5", "< 5", Dressed, ""}, {`<0`, "5", "<5", Dressed, ""}, {`\<0`, "5", "<5", Dressed, ""}, {`"ca. "0`, "5", "ca. 5", Dressed, ""}, {`0\ \T`, "5", "5 T", Dressed, ""},
		{`0"%"`, "85", "85%", Dressed, ""}, {`0\%`, "85", "85%", Dressed, ""}, {"0%", "0.85", "85%", 0, ""}, {`0.0%" der Fälle"`, "0.85", "85% der Fälle", Dressed, ""},
		{`0" Personen"`, "12", "12 Personen", Dressed, ""}, {`"CHF "#,##0.00`, "12.5", "CHF 12.5", Dressed, ""}, {`[$CHF-807] #,##0.00`, "12.5", "CHF 12.5", Dressed, ""}, {`[$-807]0`, "5", "5", 0, ""},
		{`#,##0.00" CHF";-#,##0.00" CHF"`, "-12.5", "-12.5 CHF", Dressed, ""}, {`-0`, "5", "-5", Altered, ""}, {`+0;-0`, "5", "+5", Dressed, ""}, {`"M-"000`, "7", "M-007", Altered, ""}, {`"Q"0`, "3", "Q3", Dressed, ""},
		{`00"."00`, "1234", "12.34", Altered, ""}, {`000"-"00`, "7", "000-07", Altered, ""}, {`0.00" Tsd."`, "1.2345", "1.2345 Tsd.", Dressed, ""},
		// Which section.
		{`[<5]"<5";0`, "3", "<5", Dressed, ""}, {`[<5]"<5";0`, "7", "7", 0, ""}, {`[>=1000]0" k";[>=0]0;"negativ"`, "1500", "1500 k", Dressed, ""}, {`[>=1000]0" k";[>=0]0;"negativ"`, "5", "5", 0, ""},
		{`[>=1000]0" k";[>=0]0;"negativ"`, "-1", "negativ", Dressed, ""}, {`[=1]"ja";[=0]"nein";0`, "1", "ja", Dressed, ""}, {`[=1]"ja";[=0]"nein";0`, "2", "2", 0, ""}, {`0" Plus";0" Minus"`, "-5", "-5 Minus", Dressed, ""},
		{`[Red][<0]0" Soll";0`, "5", "5", 0, ""}, {`0;-0;"keine"`, "0", "keine", Dressed, ""}, {`0;-0;"k. A."`, "0", "k. A.", Dressed, ""},
		// Zero as a dash, or as nothing.
		{`_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ `, "0", " -  ", 0, ""}, {`_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ `, "1000", "1000", 0, ""}, {`_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ `, "-7", "-7", 0, ""},
		{`_ "CHF"\ * #,##0_ ;_ "CHF"\ * -#,##0_ ;_ "CHF"\ * "-"_ ;_ @_ `, "0", " CHF  -  ", 0, ""}, {`0;-0;"–"`, "0", " –  ", 0, ""}, {"0;-0;;@", "0", "0", 0, ""}, {"#", "0", "0", 0, ""}, {"#.00", "0", "0", 0, ""},
		{";;;", "5", "5", Unseen, ""}, {"0;;", "-5", "-5", Unseen, ""}, {";;;", "0", "0", 0, ""},
		// Divided by thousands.
		{"0,", "1234567", "1234567", Scaled, "1235"}, {"#,##0.0,,", "1234567", "1234567", Scaled, "1.2"}, {`0," Tsd."`, "1234567", "1234567", Scaled, "1235 Tsd."}, {"0,.0", "1234567", "1234567", Scaled, "1234.6"}, {`"CHF "0,`, "5000", "5000", Scaled, "CHF 5"},
		// Days and hours.
		{"dd.mm.yyyy;@", "46022", "2025-12-31", 0, ""}, {`d". "mmmm`, "46022", "2025-12-31", 0, ""}, {"[h]:mm", "1.5625", "37:30:00", 0, ""}, {"h:mm AM/PM", "0.25", "6:00:00", 0, ""}, {"[$-F800]dddd, mmmm dd, yyyy", "46022", "2025-12-31", 0, ""},
		{"dd.mm.yyyy", "45838.99963", "2025-06-30 23:59:28", 0, ""}, {"dd.mm.yyyy", "45838.9999999999", "2025-07-01", 0, ""}, {"dd.mm.yyyy", "46022.99999998843", "2025-12-31 23:59:59", 0, ""}, {`0" Tage"`, "46022", "46022 Tage", Dressed, ""},
	} {
		got, remark, shown := appendNumber(nil, []byte(test.number), parseFormat(test.format), false)
		if string(got) != test.want || remark != test.remark || shown != test.shown {
			t.Errorf("%s in %q is %q, %d, %q; want %q, %d, %q", test.number, test.format, got, remark, shown, test.want, test.remark, test.shown)
		}
	}
}

// What most cells have must not be looked at any closer.
func TestUsualFormatsArePlain(t *testing.T) {
	for _, format := range []string{"General", "0", "0.00", "#,##0", "#,##0.00", "#,##0;-#,##0", "#,##0;[Red]-#,##0", "#,##0.00_);(#,##0.00)", "@", "# ##0", "0;[Red]-0;0;@"} {
		if !parseFormat(format).plain {
			t.Errorf("%s is not plain", format)
		}
	}
	for id := range 50 {
		known := id == 9 || id == 10 || id >= 14 && id <= 22 || id >= 27 && id <= 36 || id >= 41 && id <= 47
		if builtIn(id).plain == known {
			t.Errorf("number %d is plain: %t", id, !known)
		}
	}
}
