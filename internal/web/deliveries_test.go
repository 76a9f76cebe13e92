package web_test

import (
	"encoding/csv"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-smtp"

	"kipmonitor/internal/account"
	"kipmonitor/internal/mail"
	"kipmonitor/internal/submission"
	"kipmonitor/internal/web"
)

// shown returns which of some names stand on a page.
func shown(body string, names ...string) string {
	var found []string
	for _, name := range names {
		if strings.Contains(body, ">"+name+"<") {
			found = append(found, name)
		}
	}
	return strings.Join(found, ", ")
}

func TestThePageOfDeliveriesIsFiltered(t *testing.T) {
	s := newSite(t, nil)
	b, _ := s.in(account.Coordination)
	names := []string{"Gemeinde Olten", "Gemeinde Grenchen", "ECAP Solothurn", "Frabina"}
	for path, want := range map[string]string{
		"/de/deliveries?year=2025":                                             "Gemeinde Olten, Gemeinde Grenchen, ECAP Solothurn, Frabina",
		"/de/deliveries?year=2025&view=list":                                   "Gemeinde Olten, Gemeinde Grenchen, ECAP Solothurn, Frabina",
		"/de/deliveries?year=2025&q=grenchen":                                  "Gemeinde Grenchen",
		"/de/deliveries?year=2025&kind=provider":                               "ECAP Solothurn, Frabina",
		"/de/deliveries?year=2025&kind=provider&form=language_course":          "ECAP Solothurn",
		"/de/deliveries?year=2025&state=late&view=list&form=municipality_year": "Gemeinde Olten, Gemeinde Grenchen",
		"/de/deliveries?year=2025&state=accepted":                              "",
		"/de/deliveries?year=2025&q=%22%3E%3Cscript%3E":                        "",
	} {
		got := b.get(path)
		if got.status != http.StatusOK || shown(got.body, names...) != want || strings.Contains(got.body, "<script>") {
			t.Errorf("%s: status %d, %s; want %s", path, got.status, shown(got.body, names...), want)
		}
	}
	for _, path := range []string{"/de/deliveries?state=lost", "/de/deliveries?form=nowhere", "/de/deliveries.csv?kind=person", "/de/deliveries.json", "/de/deliveries/reminders?organisation=nobody"} {
		if got := b.get(path); got.status != http.StatusNotFound {
			t.Errorf("%s: status %d", path, got.status)
		}
	}
}

func TestTheFilesOfDeliveriesHoldWhatThePageShows(t *testing.T) {
	s := newSite(t, nil)
	b, email := s.in(account.Coordination)
	got := b.get("/de/deliveries.csv?year=2025&kind=provider&form=language_course")
	file := csv.NewReader(strings.NewReader(strings.TrimPrefix(got.body, "\uFEFF")))
	file.Comma = ';'
	rows, err := file.ReadAll()
	must(t, err)
	if len(rows) != 1+4*4 || rows[0][1] != "Organisation" || rows[1][0] != "ECAP" || rows[1][4] != "1. Quartal 2025" || rows[1][5] != "2025-04-30" || rows[1][6] != "überfällig" {
		t.Errorf("%d rows: %q", len(rows), rows[:min(2, len(rows))])
	}
	if book := b.get("/de/deliveries.xlsx?year=2025&kind=provider"); book.status != http.StatusOK || !strings.HasPrefix(book.body, "PK") {
		t.Errorf("the workbook: status %d, %.10q", book.status, book.body)
	}
	if actions := s.audited(email); !slices.Contains(actions, "deliveries_exported") {
		t.Errorf("the audit says %v", actions)
	}
}

func TestDueDatesAreExtended(t *testing.T) {
	s := newSite(t, nil)
	b, email := s.in(account.Coordination)
	list := "/de/deliveries?year=2025&view=list&kind=social_region"
	got := b.get(list)
	keys := strings.Split(got.body, `name="obligation" value="`)
	if len(keys) < 3 {
		t.Fatalf("nothing can be ticked: status %d", got.status)
	}
	first, _, _ := strings.Cut(keys[1], `"`)
	second, _, _ := strings.Cut(keys[2], `"`)
	send := "/de/deliveries/extend?" + strings.SplitN(list, "?", 2)[1]

	for name, test := range map[string]struct {
		fields []string
		want   string
	}{
		"nothing ticked":                    {[]string{"due", "2099-03-31", "reason", "Krankheit"}, "Kreuzen Sie zuerst an"},
		"no day":                            {[]string{"obligation", first, "due", "31.3.", "reason", "Krankheit"}, "«31.3.» ist kein Tag"},
		"no reason":                         {[]string{"obligation", first, "due", "2099-03-31", "reason", " "}, "Bitte geben Sie einen Grund an"},
		"a date before the end of the year": {[]string{"obligation", first, "due", "2025-03-31", "reason", "Krankheit"}, "nach dem Ende der Periode"},
	} {
		got := b.post(send, test.fields...)
		if got.status != http.StatusBadRequest || !strings.Contains(got.body, test.want) {
			t.Errorf("%s: status %d", name, got.status)
		}
		if len(test.fields) == 6 && !strings.Contains(got.body, `value="`+first+`"`) {
			t.Errorf("%s: the list is gone", name)
		}
	}
	if again := b.post(send, "obligation", first, "due", "2099-03-31", "reason", ""); !strings.Contains(again.body, `value="2099-03-31"`) || !strings.Contains(again.body, " checked") {
		t.Error("what was typed and ticked is lost")
	}
	done := b.post(send, "obligation", first, "obligation", second, "due", "2099-03-31", "reason", "Wechsel im Amt")
	if done.status != http.StatusOK || !strings.Contains(done.body, "Erstreckte Fristen: 2.") || strings.Count(done.body, "erstreckt: Wechsel im Amt") != 2 || strings.Count(done.body, "31.03.2099") != 2 {
		t.Errorf("status %d", done.status)
	}
	if actions := s.audited(email); len(actions) < 2 || actions[0] != "due_date_extended" || actions[1] != "due_date_extended" {
		t.Errorf("the audit says %v", actions)
	}
	if unknown := b.post(send, "obligation", "municipality_year ECAP 2025", "due", "2099-03-31", "reason", "x"); unknown.status != http.StatusNotFound {
		t.Errorf("what nobody owes: status %d", unknown.status)
	}
}

func TestWhoMayNotSeeDeliveriesIsRefused(t *testing.T) {
	s := newSite(t, nil)
	for _, role := range []account.Role{account.Sender, account.Reader, account.Administrator} {
		b, _ := s.in(role)
		for _, path := range []string{"/de/deliveries", "/de/deliveries.csv", "/de/deliveries/reminders", "/de/rules"} {
			if got := b.get(path); got.status != http.StatusForbidden {
				t.Errorf("%s, %s: status %d", role, path, got.status)
			}
		}
		for _, path := range []string{"/de/deliveries/extend", "/de/deliveries/reminders/send"} {
			if got := b.post(path, "organisation", "G2581", "subject", "x", "text", "x", "do", "note"); got.status != http.StatusForbidden {
				t.Errorf("%s, %s: status %d", role, path, got.status)
			}
		}
	}
	last, err := shared.store.LastReminders(t.Context())
	must(t, err)
	if _, found := last["G2581"]; found {
		t.Error("somebody without the right left a reminder")
	}
}

// mailbox is a mail server that keeps what it is sent.
type mailbox struct {
	lock    sync.Mutex
	to      []string
	content string
	refuse  string
}

func (m *mailbox) NewSession(*smtp.Conn) (smtp.Session, error) { return m, nil }
func (m *mailbox) Reset()                                      {}
func (m *mailbox) Logout() error                               { return nil }
func (m *mailbox) Mail(string, *smtp.MailOptions) error        { return nil }
func (m *mailbox) Rcpt(to string, _ *smtp.RcptOptions) error {
	m.lock.Lock()
	defer m.lock.Unlock()
	if to == m.refuse {
		return &smtp.SMTPError{Code: 550, Message: "no such mailbox"}
	}
	m.to = append(m.to, to)
	return nil
}

func (m *mailbox) Data(r io.Reader) error {
	content, err := io.ReadAll(r)
	m.lock.Lock()
	defer m.lock.Unlock()
	m.content = string(content)
	return err
}

// newMailbox starts a mail server and returns a sender to it.
func newMailbox(t *testing.T) (*mailbox, *mail.Sender) {
	t.Helper()
	box := &mailbox{refuse: "weg@example.ch"}
	server := smtp.NewServer(box)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	sender, err := mail.New("smtp://"+listener.Addr().String(), "KIP-Monitor <kip@example.ch>")
	must(t, err)
	return box, sender
}

func TestAReminderIsSentFromThePage(t *testing.T) {
	box, sender := newMailbox(t)
	s := newSite(t, func(_ *site, config *web.Config) {
		definition := *shared.programme
		definition.Demo = false
		config.Programme, config.Mail = &definition, sender
		config.Submissions = submission.NewService(&definition, shared.store)
	})
	b, email := s.in(account.Coordination)
	s.person(account.Sender) // of ECAP
	gone := account.Account{Email: "gone@example.ch", Name: "Beat Weg", Role: account.Sender, Organisation: "ECAP", Created: s.now(), Changed: s.now()}
	must(t, shared.store.KeepAccount(t.Context(), gone)) // not active

	got := b.get("/de/deliveries/reminders?organisation=ECAP&year=2025")
	for _, want := range []string{"testareminderissentfromthepage.sender@example.ch", "– Teilnahmen an Sprachkursen, 1. Quartal 2025: Frist war 30.04.2025", s.address + "/de/submissions\n", ">Senden<", `href="mailto:`} {
		if !strings.Contains(got.body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(got.body, gone.Email) {
		t.Error("somebody without an active account would get the letter")
	}
	if all := b.get("/it/deliveries/reminders?year=2025&kind=provider"); !strings.Contains(all.body, "ECAP Soletta") || !strings.Contains(all.body, "il termine era il 30.04.2025") || strings.Contains(all.body, "Comune") {
		t.Errorf("the page of all: status %d", all.status)
	}

	path := "/de/deliveries/reminders/send?year=2025&organisation=ECAP"
	for name, test := range map[string]struct {
		to, text, want string
		status         int
	}{
		"nobody to send it to":   {"", "Guten Tag", "an wen die Nachricht geht", http.StatusBadRequest},
		"no address":             {"kurse(at)example.ch", "Guten Tag", "«kurse(at)example.ch» ist keine E-Mail-Adresse", http.StatusBadRequest},
		"a further header":       {"kurse@example.ch\r\nBcc:alle@example.ch", "Guten Tag", "ist keine E-Mail-Adresse", http.StatusBadRequest},
		"no text":                {"kurse@example.ch", " ", "dürfen nicht leer sein", http.StatusBadRequest},
		"a mailbox that is gone": {"kurse@example.ch; weg@example.ch", "Guten Tag", "Antwort 550", http.StatusServiceUnavailable},
	} {
		got := b.post(path, "organisation", "ECAP", "to", test.to, "subject", "Zahlen", "text", test.text, "do", "send")
		if got.status != test.status || !strings.Contains(got.body, test.want) || box.content != "" {
			t.Errorf("%s: status %d, sent %q", name, got.status, box.content)
		}
	}
	box.to = nil
	done := b.post(path, "organisation", "ECAP", "to", "kurse@example.ch, leitung@example.ch", "subject", "Zahlen 2025", "text", "Guten Tag\r\nEigener Satz", "do", "send")
	want := "/de/deliveries/reminders?" + url.Values{"done": {"sent"}, "organisation": {"ECAP"}, "year": {"2025"}}.Encode()
	if done.status != http.StatusSeeOther || done.location != want {
		t.Fatalf("status %d to %s, want %s", done.status, done.location, want)
	}
	if strings.Join(box.to, " ") != "kurse@example.ch leitung@example.ch" || !strings.Contains(box.content, "Eigener Satz") || !strings.Contains(box.content, "Reply-To: <"+email+">") {
		t.Errorf("sent to %v:\n%s", box.to, box.content)
	}
	if page := b.get(done.location); !strings.Contains(page.body, "Die Erinnerung ist verschickt.") || !strings.Contains(page.body, "an kurse@example.ch, leitung@example.ch") {
		t.Error("the page does not say that it was sent, and to whom")
	}
	if list := b.get("/de/deliveries?year=2025&view=list&q=ecap"); !strings.Contains(list.body, "zuletzt erinnert am") {
		t.Error("the list does not say that they were reminded")
	}
	last, err := shared.store.LastReminders(t.Context())
	must(t, err)
	if one := last["ECAP"]; !one.Sent || one.By != email || one.Text != "Guten Tag\nEigener Satz" {
		t.Errorf("recorded is %+v", one)
	}
	if actions := s.audited(email); actions[0] != "reminder_sent" {
		t.Errorf("the audit says %v", actions)
	}
}

func TestWithDemoDataNothingIsSent(t *testing.T) {
	box, sender := newMailbox(t)
	s := newSite(t, func(_ *site, config *web.Config) { config.Mail = sender })
	b, email := s.in(account.Coordination)
	got := b.get("/de/deliveries/reminders?organisation=G2546&year=2025")
	if !strings.Contains(got.body, "Mit Demodaten verschickt das Programm nie E-Mails") || strings.Contains(got.body, ">Senden<") {
		t.Errorf("the page offers to send: status %d", got.status)
	}
	path := "/de/deliveries/reminders/send?year=2025&organisation=G2546"
	fields := []string{"organisation", "G2546", "to", "kanzlei@example.ch", "subject", "Zahlen", "text", "Guten Tag"}
	if got := b.post(path, append(fields, "do", "send")...); got.status != http.StatusConflict || !strings.Contains(got.body, "Mit Demodaten wird nie") {
		t.Errorf("status %d", got.status)
	}
	if got := b.post(path, append(fields, "do", "note")...); got.status != http.StatusSeeOther {
		t.Errorf("to note it: status %d", got.status)
	}
	if box.content != "" || len(box.to) > 0 {
		t.Errorf("sent to %v", box.to)
	}
	last, err := shared.store.LastReminders(t.Context())
	must(t, err)
	if one := last["G2546"]; one.Sent || one.By != email {
		t.Errorf("recorded is %+v", one)
	}
}
