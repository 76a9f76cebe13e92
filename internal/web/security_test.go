package web_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"runtime"
	"strings"
	"testing"
	"time"

	"kipmonitor/internal/account"
	"kipmonitor/internal/upload"
	"kipmonitor/internal/web"
)

func TestAPackedFormIsNotUnpacked(t *testing.T) {
	s := newSite(t, nil)
	b := s.browser()
	b.get("/de/login")
	form := url.Values{"csrf": {b.csrf}, "email": {"anna@example.ch"}, "password": {"x"}}.Encode()
	headers := map[string]string{"Content-Type": "application/x-www-form-urlencoded"}
	if got := b.do("POST", "/de/login", strings.NewReader(form), headers); got.status != http.StatusUnauthorized {
		t.Fatalf("a wrong password: status %d", got.status)
	}
	var packed bytes.Buffer
	writer := gzip.NewWriter(&packed)
	_, err := writer.Write([]byte(form))
	must(t, err)
	must(t, writer.Close())
	headers["Content-Encoding"] = "gzip"
	if got := b.do("POST", "/de/login", &packed, headers); got.status != http.StatusForbidden {
		t.Errorf("status %d: the form was unpacked, which a small one can make fill the memory", got.status)
	}
}

func TestEveryAnswerHasTheHeadersThatProtectIt(t *testing.T) {
	s := newSite(t, nil)
	sender, _ := s.in(account.Sender)
	for path, headers := range map[string]map[string]string{
		"/de/login":             nil,
		"/nothing":              nil,
		"/api/v1/nothing":       nil,
		"/de/login?unreadable":  {"X-Large": strings.Repeat("x", 1<<16)},
		"/de/submissions?a=%zz": nil,
		"/de/submissions/template.csv?form=provider_quality&organisation=ECAP&period=2025": nil,
	} {
		got := sender.do("GET", path, nil, headers)
		for _, name := range []string{"Content-Security-Policy", "X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy"} {
			if got.header.Get(name) == "" {
				t.Errorf("%s, status %d: no %s", path, got.status, name)
			}
		}
		if got.header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s, status %d: what may be kept of it: %q", path, got.status, got.header.Get("Cache-Control"))
		}
	}
}

// sendFile sends a file as the form of the page does.
func (b *browser) sendFile(name, content string, fields ...string) answer {
	t := b.site.t
	t.Helper()
	b.get("/de/submissions/new")
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for i, fields := 0, append([]string{"csrf", b.csrf}, fields...); i < len(fields); i += 2 {
		must(t, form.WriteField(fields[i], fields[i+1]))
	}
	part, err := form.CreateFormFile("file", name)
	must(t, err)
	_, err = part.Write([]byte(content))
	must(t, err)
	must(t, form.Close())
	return b.do("POST", "/de/submissions", &body, map[string]string{"Content-Type": form.FormDataContentType()})
}

func TestOfAFileWithPersonalDataTheAuditHasNotEvenTheName(t *testing.T) {
	s := newSite(t, nil)
	sender, email := s.in(account.Sender)
	content := "Organisation;Periode;Vertragsanbieter;davon mit gültigem Qualitätslabel;Bemerkung\nECAP;2025;1;1;756.9217.0769.85\n"
	got := sender.sendFile("Anna Beispiel.csv", content, "form", "provider_quality", "organisation", "ECAP", "period", "2025")
	if got.status != http.StatusUnprocessableEntity || strings.Contains(got.body, "9217") {
		t.Fatalf("status %d: %s", got.status, got.body)
	}
	entries, err := shared.store.AuditEntries(t.Context(), account.EntryFilter{Person: email})
	must(t, err)
	if len(entries) == 0 || entries[0].Action != "submission_received" {
		t.Fatalf("that a file came is not recorded: %v", entries)
	}
	for _, one := range entries {
		if strings.Contains(one.Object+one.Detail, "Beispiel") {
			t.Errorf("the audit names the file: %+v", one)
		}
	}
	if strings.Contains(s.log.String(), "Beispiel") || strings.Contains(s.log.String(), "9217") {
		t.Errorf("the log: %s", &s.log)
	}
}

func TestWhoSendsManyFilesAtOnceHasToWait(t *testing.T) {
	s := newSite(t, nil)
	sender, _ := s.in(account.Sender)
	sender.get("/de/submissions/new")
	var half []*io.PipeWriter
	answers := make(chan int, 10)
	for range 10 {
		// An upload that never ends.
		body, writer := io.Pipe()
		half = append(half, writer)
		go func() { answers <- sender.status(body) }()
		_, err := writer.Write([]byte("--x\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n"))
		must(t, err)
	}
	late := 0
	for tries := 0; late != http.StatusTooManyRequests && tries < 50; tries++ {
		time.Sleep(50 * time.Millisecond) // until all have begun
		late = sender.status(strings.NewReader("--x--"))
	}
	if late != http.StatusTooManyRequests {
		t.Errorf("one more: status %d", late)
	}
	for _, writer := range half {
		_ = writer.CloseWithError(io.ErrUnexpectedEOF)
	}
	for range half {
		<-answers
	}
	if again := sender.sendFile("leer.csv", "x"); again.status == http.StatusTooManyRequests {
		t.Error("what broke off counts on")
	}
}

// status sends the body of an upload and returns the status of the answer, or 0.
func (b *browser) status(body io.Reader) int {
	request, err := http.NewRequestWithContext(b.site.t.Context(), "POST", b.site.address+"/de/submissions", body)
	if err != nil {
		return 0
	}
	request.Header.Set("Content-Type", "multipart/form-data; boundary=x")
	response, err := b.Do(request)
	if err != nil {
		return 0
	}
	defer response.Body.Close()
	return response.StatusCode
}

func TestMarkedWorkbooksAreMadeInTurnAndFewForOnePerson(t *testing.T) {
	turns := upload.NewTurns()
	s := newSite(t, func(_ *site, config *web.Config) { config.Turns = turns })
	sender, _ := s.in(account.Sender)
	sent := sender.sendFile("falsch.csv", "Organisation;Periode;Vertragsanbieter;davon mit gültigem Qualitätslabel;Bemerkung\nECAP;2025;eins;1;\n")
	if sent.status != http.StatusSeeOther {
		t.Fatalf("status %d", sent.status)
	}
	// All turns for files of any size, and the one for small files.
	var ends []func()
	for range max(1, runtime.GOMAXPROCS(0)-1) + 1 {
		end, err := turns.Take(t.Context(), upload.Small)
		must(t, err)
		ends = append(ends, end)
	}
	const wanted = 3
	answers := make(chan int, wanted)
	for range wanted {
		go func() {
			response, err := sender.Get(s.address + sent.location + "/marked.xlsx")
			if err != nil {
				answers <- 0
				return
			}
			_ = response.Body.Close()
			answers <- response.StatusCode
		}()
	}
	if first := <-answers; first != http.StatusTooManyRequests {
		t.Errorf("while it is nobody's turn: status %d", first)
	}
	for _, end := range ends {
		end()
	}
	for range wanted - 1 {
		if status := <-answers; status != http.StatusOK {
			t.Errorf("once it is their turn: status %d", status)
		}
	}
}
