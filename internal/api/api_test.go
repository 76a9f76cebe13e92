package api_test

import (
	"bytes"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"kipmonitor/internal/account"
	"kipmonitor/internal/api"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/upload"
)

const (
	header = "Organisation;Periode;Gemeinde;Geschlecht;Zuzüge;Informierte\n"
	// warned has a figure that is read in the likelier way.
	warned = header + "G2581;2024;Olten;;1.204;9\n"
)

// received sends a file that is good and returns its id.
func (s *server) received(token, content string) string {
	s.t.Helper()
	return s.send(token, content, "file=a.csv").want(http.StatusCreated, "").text("id")
}

// submitted sends a file and submits it.
func (s *server) submitted(token, content string) string {
	s.t.Helper()
	id := s.received(token, content)
	s.post(token, "/submissions/"+id+"/submit", `{"confirmed":true,"explanations":{"":"geprüft"}}`).want(http.StatusOK, "")
	return id
}

func TestAFileGoesItsWay(t *testing.T) {
	s := start(t, shared.small)
	first := s.send("kip_olten", warned, "file="+url.QueryEscape("../Zuzüge 2024.csv")+"&form=municipality_year&period=2024&organisation=G2581").want(http.StatusCreated, "")
	id := first.text("id")
	if first.text("state") != "received" || first.at("counts") != false || first.text("file") != "Zuzüge 2024.csv" || first.text("totals.0.value") != "1204" ||
		first.Header.Get("Location") != api.Root+"/submissions/"+id {
		t.Fatalf("received: %s", first.body)
	}
	key := first.text("findings.0.key")
	if key == "" || first.at("findings.0.explain") != true {
		t.Fatalf("a warning is wanted: %s", first.body)
	}

	again := s.send("kip_olten", warned, "file=b.csv").want(http.StatusOK, "")
	if again.text("id") != id || again.text("state") != "received" {
		t.Errorf("the same file again: %s", again.body)
	}

	submit := "/submissions/" + id + "/submit"
	s.post("kip_olten", submit, `{}`).want(http.StatusBadRequest, "confirmation_missing")
	s.post("kip_olten", submit, `{"confirmed":true}`).want(http.StatusBadRequest, "explanation_missing")
	s.post("kip_olten", submit, `{"confirmed":true,"explanations":{"another":"x"}}`).want(http.StatusBadRequest, "explanation_missing")
	s.post("kip_olten", submit, `{"confirmed":true,"confirm":true}`).want(http.StatusBadRequest, "json_unreadable")
	s.post("kip_olten", submit, `{"confirmed":true} {}`).want(http.StatusBadRequest, "json_unreadable")
	s.post("kip_olten", submit, `{"confirmed":true,"explanations":{"":"`+strings.Repeat("x", 5<<20)+`"}}`).want(http.StatusRequestEntityTooLarge, "json_too_large")
	s.call("kip_olten", http.MethodPost, submit, strings.NewReader(`confirmed=true`), "Content-Type", "application/x-www-form-urlencoded").want(http.StatusUnsupportedMediaType, "media_type")

	done := s.post("kip_olten", submit, fmt.Sprintf(`{"confirmed":true,"explanations":{%q:"Es sind 1204 Personen."}}`, key)).want(http.StatusOK, "")
	if done.text("state") != "submitted" || done.at("counts") != true || done.text("findings.0.explanation") != "Es sind 1204 Personen." {
		t.Errorf("submitted: %s", done.body)
	}
	s.post("kip_olten", submit, `{"confirmed":true}`).want(http.StatusOK, "")
	if one := s.get("kip_olten", "/submissions/"+id).want(http.StatusOK, ""); one.text("state") != "submitted" || len(one.list("events")) != 3 {
		t.Errorf("read again: %s", one.body)
	}
	if found := s.get("kip_olten", "/submissions/"+id+"/findings").want(http.StatusOK, ""); found.text("findings.0.key") != key {
		t.Errorf("findings: %s", found.body)
	}
	file := s.get("kip_olten", "/submissions/"+id+"/file").want(http.StatusOK, "")
	if string(file.body) != warned || file.ContentLength != int64(len(warned)) || !strings.Contains(file.Header.Get("Content-Disposition"), "2024.csv") {
		t.Errorf("the file: %q, %v", file.body, file.Header)
	}

	s.send("kip_olten", warned, "file=c.csv").want(http.StatusOK, "")
	withdraw := "/submissions/" + id + "/withdraw"
	if gone := s.post("kip_olten", withdraw, `{"reason":"Falsche Datei."}`).want(http.StatusOK, ""); gone.text("state") != "withdrawn" || gone.text("events.3.reason") != "Falsche Datei." {
		t.Errorf("withdrawn: %s", gone.body)
	}
	s.post("kip_olten", withdraw, `{}`).want(http.StatusConflict, "submission_decided")
	s.post("kip_olten", submit, `{"confirmed":true}`).want(http.StatusConflict, "submission_decided")

	var actions []string
	recorded, err := s.figures.AuditEntries(t.Context(), account.EntryFilter{})
	s.must(err)
	for _, entry := range slices.Backward(recorded) {
		actions = append(actions, string(entry.Action))
		if entry.Object != id || entry.Person != "olten@example.ch" || entry.Organisation != "G2581" || entry.Address == "" {
			t.Errorf("recorded: %+v", entry)
		}
	}
	if want := "submission_received submission_submitted file_downloaded submission_withdrawn"; strings.Join(actions, " ") != want {
		t.Errorf("recorded are %v", actions)
	}
	if left, _ := os.ReadDir(s.uploads); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestAFileThatIsRefusedIsAnsweredWithWhatIsWrong(t *testing.T) {
	s := start(t, shared.small)
	wrong := header + "G2581;2024;Olten;;12;13\n"
	first := s.send("kip_olten", wrong, "file=a.csv").want(http.StatusUnprocessableEntity, "file_refused")
	id := first.text("submission")
	if first.text("state") != "refused" || first.text("findings.0.code") != "part_too_large" || id == "" {
		t.Errorf("refused: %s", first.body)
	}
	if one := s.get("kip_olten", "/submissions/"+id).want(http.StatusOK, ""); one.text("state") != "refused" || len(one.list("findings")) == 0 {
		t.Errorf("what is kept of it: %s", one.body)
	}
	if again := s.send("kip_olten", wrong, "file=a.csv").want(http.StatusUnprocessableEntity, "file_refused"); again.text("submission") != id {
		t.Errorf("the same file again: %s", again.body)
	}
	s.post("kip_olten", "/submissions/"+id+"/submit", `{"confirmed":true}`).want(http.StatusConflict, "submission_decided")

	nobody := s.send("kip_olten", "a;b\n1;2\n", "file=a.csv").want(http.StatusUnprocessableEntity, "file_refused")
	if nobody.at("submission") != nil || len(nobody.list("findings")) == 0 {
		t.Errorf("a file of nothing: %s", nobody.body)
	}

	personal := s.send("kip_olten", header[:len(header)-1]+";Bemerkung\nG2581;2025;Olten;;12;9;756.9217.0769.85\n", "file=Muster.csv").want(http.StatusUnprocessableEntity, "file_personal")
	if bytes.Contains(personal.body, []byte("756.9217")) || bytes.Contains(personal.body, []byte("Muster")) {
		t.Errorf("a file with personal data is repeated: %s", personal.body)
	}
	kept := s.get("kip_olten", "/submissions/"+personal.text("submission")).want(http.StatusOK, "")
	if kept.text("file") != "" || kept.text("sha256") != "" {
		t.Errorf("what is kept of it: %s", kept.body)
	}
	s.get("kip_olten", "/submissions/"+personal.text("submission")+"/file").want(http.StatusNotFound, "file_not_kept")
}

func TestABodyThatIsNoFileIsRefused(t *testing.T) {
	s := start(t, shared.small)
	post := func(content io.Reader, mediaType, query string) answer {
		return s.call("kip_olten", http.MethodPost, "/submissions?"+query, content, "Content-Type", mediaType)
	}
	// Its length is not said beforehand.
	endless := io.LimitReader(repeated("G2581;2025;Olten;;12;9\n"), upload.Max+1000)
	post(io.MultiReader(endless), "text/csv", "file=a.csv").want(http.StatusRequestEntityTooLarge, "upload_too_large")
	post(bytes.NewReader(make([]byte, upload.Max+1)), "application/octet-stream", "file=a.csv").want(http.StatusRequestEntityTooLarge, "upload_too_large")
	post(strings.NewReader(""), "text/csv", "file=a.csv").want(http.StatusBadRequest, "upload_missing")
	post(strings.NewReader(warned), "text/csv", "").want(http.StatusBadRequest, "parameter_missing")
	post(strings.NewReader(warned), "multipart/form-data; boundary=x", "file=a.csv").want(http.StatusUnsupportedMediaType, "media_type")
	post(strings.NewReader(warned), "text/csv", "file=a.csv&period=2024-13").want(http.StatusBadRequest, "period")
	post(strings.NewReader(warned), "text/csv", "file=a.csv&period=2023").want(http.StatusUnprocessableEntity, "file_refused")
	post(strings.NewReader(warned), "text/csv; charset=utf-8", "file=a.csv").want(http.StatusCreated, "")
	if left, _ := os.ReadDir(s.uploads); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

// repeated is a text without an end.
type repeated string

func (r repeated) Read(p []byte) (int, error) {
	for n := 0; n < len(p); n += len(r) {
		copy(p[n:], r)
	}
	return len(p), nil
}

// TestEveryOperationAsksForItsRight walks every operation with every token, and with
// what belongs to another organisation.
func TestEveryOperationAsksForItsRight(t *testing.T) {
	s := start(t, shared.small)
	id := s.submitted("kip_olten", header+"G2581;2024;Olten;;12;9\n")
	operations := []struct {
		method, path string
		may          string // the tokens that get an answer; others get 403
		never        string // the tokens for which the object does not exist
	}{
		{"GET", "/submissions", "kip_olten kip_buchegg kip_office kip_desk", ""},
		{"GET", "/submissions?organisation=G2581", "kip_olten kip_office kip_desk", "kip_buchegg"},
		{"POST", "/submissions?organisation=G2581&file=x.csv", "kip_olten kip_office kip_desk", "kip_buchegg"},
		{"GET", "/submissions/" + id, "kip_olten kip_office kip_desk", "kip_buchegg"},
		{"GET", "/submissions/" + id + "/findings", "kip_olten kip_office kip_desk", "kip_buchegg"},
		{"GET", "/submissions/" + id + "/file", "kip_olten kip_office kip_desk", "kip_buchegg"},
		{"POST", "/submissions/" + id + "/submit", "kip_olten kip_office kip_desk", "kip_buchegg"},
		{"POST", "/submissions/" + id + "/withdraw", "kip_olten kip_office kip_desk", "kip_buchegg"},
		{"GET", "/obligations", "kip_olten kip_buchegg kip_office kip_owing", ""},
		{"GET", "/obligations?organisation=G2581", "kip_olten kip_office kip_owing", "kip_buchegg"},
		{"GET", "/indicators", "kip_reader kip_office", ""},
		{"GET", "/indicators/FB1-01", "kip_reader kip_office", ""},
		{"GET", "/forms", "kip_olten kip_buchegg kip_reader kip_office kip_owing kip_desk", ""},
		{"GET", "/forms/municipality_year", "kip_olten kip_buchegg kip_reader kip_office kip_owing kip_desk", ""},
	}
	walked := map[string]bool{}
	for _, one := range operations {
		path, _, _ := strings.Cut(one.path, "?")
		path = strings.NewReplacer(id, "{id}", "FB1-01", "{id}", "municipality_year", "{code}").Replace(path)
		walked[one.method+" "+path] = true
		content, mediaType := "", ""
		if one.method == "POST" {
			content, mediaType = "{}", "application/json"
			if strings.HasSuffix(one.path, "/submit") {
				content = `{"confirmed":true}`
			}
			if strings.HasPrefix(one.path, "/submissions?") {
				content, mediaType = warned, "text/csv"
			}
		}
		call := func(token string) answer {
			return s.call(token, one.method, one.path, strings.NewReader(content), "Content-Type", mediaType)
		}
		missing := call("").want(http.StatusUnauthorized, "token_missing")
		if missing.Header.Get("WWW-Authenticate") != `Bearer realm="api"` {
			t.Errorf("%s: without a token: %q", one.path, missing.Header.Get("WWW-Authenticate"))
		}
		call("kip_unknown").want(http.StatusUnauthorized, "token_unknown")
		for token := range machines {
			got := call(token)
			switch {
			case slices.Contains(strings.Fields(one.may), token):
				if code := got.text("code"); got.StatusCode == http.StatusForbidden || got.StatusCode == http.StatusUnauthorized || got.StatusCode == http.StatusNotFound {
					t.Errorf("%s %s with %s: %d %s", one.method, one.path, token, got.StatusCode, code)
				}
			case slices.Contains(strings.Fields(one.never), token):
				// Exactly as for what does not exist, but for the name of the occurrence.
				unknown := s.call(token, one.method, strings.NewReplacer(id, "0197c3a4-8f6e-7b1c-9d2e-3f4a5b6c7d8e", "G2581", "nobody").Replace(one.path), strings.NewReader(content), "Content-Type", mediaType)
				if a, b := sameBut(got), sameBut(unknown); got.StatusCode != http.StatusNotFound || a != b {
					t.Errorf("%s %s with %s: %s\nand of what does not exist: %s", one.method, one.path, token, a, b)
				}
			default:
				got.want(http.StatusForbidden, "right_missing")
				if !strings.Contains(got.Header.Get("WWW-Authenticate"), "insufficient_scope") && token != "kip_desk" {
					t.Errorf("%s with %s: %q", one.path, token, got.Header.Get("WWW-Authenticate"))
				}
			}
		}
	}
	for name, needed := range api.Operations() {
		if !walked[name] && !strings.HasPrefix(needed, ";") {
			t.Errorf("%s is not walked", name)
		}
	}
	for _, authorization := range []string{"kip_olten", "Basic a2lwX29sdGVuOg==", "Bearer", "Bearer  "} {
		s.call("", http.MethodGet, "/submissions", nil, "Authorization", authorization, "Cookie", "session=kip_olten").want(http.StatusUnauthorized, "token_missing")
	}
}

// sameBut is an answer without the name of its occurrence.
func sameBut(a answer) string {
	return strconv.Itoa(a.StatusCode) + strings.Replace(string(a.body), a.text("instance"), "", 1)
}

func TestASenderSeesTheOwnOrganisationAlone(t *testing.T) {
	s := start(t, shared.small)
	own := s.submitted("kip_olten", header+"G2581;2024;Olten;;12;9\n")
	s.submitted("kip_buchegg", header+"G2465;2024;Buchegg;;5;5\n")
	if list := s.get("kip_olten", "/submissions").want(http.StatusOK, ""); len(list.list("submissions")) != 1 || list.text("submissions.0.id") != own {
		t.Errorf("submissions: %s", list.body)
	}
	if list := s.get("kip_office", "/submissions"); len(list.list("submissions")) != 2 {
		t.Errorf("of the office: %s", list.body)
	}
	for _, one := range s.get("kip_olten", "/obligations?year=2024").want(http.StatusOK, "").list("obligations") {
		if one.(map[string]any)["organisation"] != "G2581" {
			t.Errorf("obligations: %v", one)
		}
	}
	all := s.get("kip_owing", "/obligations?year=2024").want(http.StatusOK, "")
	standings := map[any]any{}
	for _, one := range all.list("obligations") {
		o := one.(map[string]any)
		if o["form"] == "municipality_year" {
			standings[o["organisation"]] = o["standing"]
		}
	}
	if standings["G2581"] != "submitted" || standings["G2465"] != "submitted" {
		t.Errorf("obligations: %v", standings)
	}
	// Codes of a form are those that the sender may use.
	if form := s.get("kip_olten", "/forms/municipality_year?period=2024").want(http.StatusOK, ""); form.text("columns.2.codes.0.code") != "2581" || len(form.list("columns.2.codes")) != 1 {
		t.Errorf("form: %s", form.body)
	}
	if form := s.get("kip_office", "/forms/provider_quarter?period=2025-Q1&organisation=VHS"); len(form.list("columns.2.codes")) != 0 {
		t.Errorf("a measure that is over: %s", form.body)
	}
	if form := s.get("kip_office", "/forms/provider_quarter?period=2024-Q1&organisation=VHS"); form.text("columns.2.codes.0.code") != "M-102" {
		t.Errorf("a measure that runs: %s", form.body)
	}
}

func TestTheListIsReadPageByPage(t *testing.T) {
	s := start(t, shared.small)
	var ids []string
	for i := range 5 {
		ids = append(ids, s.submitted("kip_olten", header+fmt.Sprintf("G2581;2024;Olten;;%d;9\n", 20+i)))
	}
	slices.Reverse(ids)
	var read []string
	path := "/submissions?limit=2"
	for range 4 {
		page := s.get("kip_olten", path).want(http.StatusOK, "")
		for _, one := range page.list("submissions") {
			read = append(read, one.(map[string]any)["id"].(string))
		}
		if len(read) == 2 { // what comes in meanwhile moves nothing
			s.received("kip_olten", header+"G2581;2025;Olten;;12;9\n")
		}
		if page.at("next") == nil {
			break
		}
		path = "/submissions?limit=2&cursor=" + page.text("next")
	}
	if !slices.Equal(read, ids) {
		t.Errorf("read %v, want %v", read, ids)
	}
	for query, want := range map[string]int{
		"period=2024": 5, "period=2025": 1, "period=2024-H1": 0, "form=municipality_year": 6, "form=provider_quarter": 0, "state=submitted": 5, "state=received": 1, "organisation=G2581": 6,
	} {
		if list := s.get("kip_office", "/submissions?"+query).want(http.StatusOK, ""); len(list.list("submissions")) != want {
			t.Errorf("%s: %d, want %d", query, len(list.list("submissions")), want)
		}
	}
	for query, code := range map[string]string{
		"limit=0": "parameter_value", "limit=201": "parameter_value", "limit=x": "parameter_value", "cursor=x": "parameter_value", "state=open": "parameter_value",
		"period=x": "parameter_value", "perod=2024": "parameter_unknown", "state=received&state=refused": "parameter_value", "period=%zz": "address",
	} {
		s.get("kip_office", "/submissions?"+query).want(http.StatusBadRequest, code)
	}
	s.get("kip_office", "/submissions?form=x").want(http.StatusNotFound, "form_unknown")
	s.get("kip_office", "/submissions?organisation=x").want(http.StatusNotFound, "organisation_not_found")
}

func TestIndicatorsAreReadWithTheirTargetsAndProtectedParts(t *testing.T) {
	s := start(t, shared.small)
	empty := s.get("kip_reader", "/indicators?year=2024").want(http.StatusOK, "")
	s.get("kip_reader", "/indicators?year=2024", "If-None-Match", empty.Header.Get("ETag")).want(http.StatusNotModified, "")
	s.submitted("kip_olten", header+"G2581;2024;Olten;m;40;30\nG2581;2024;Olten;w;12;3\n")
	full := s.get("kip_reader", "/indicators?year=2024", "If-None-Match", empty.Header.Get("ETag")).want(http.StatusOK, "")
	if full.text("indicators.0.value.value") != "33" || full.at("indicators.0.value.provisional") != true || full.text("indicators.0.standing") != "proposal" ||
		full.text("indicators.0.reason.code") != "neutral" || full.at("demo") != true || empty.text("indicators.0.value.state") != "missing" {
		t.Errorf("before %s\nafter %s", empty.body, full.body)
	}
	if full.at("indicators.1.target.year") != 2024. || full.text("indicators.1.target.value") != "0.92" || full.text("indicators.1.caveats.0.text") != "Neu." {
		t.Errorf("target: %s", full.body)
	}
	one := s.get("kip_reader", "/indicators/FB1-01?year=2024&by=sex").want(http.StatusOK, "")
	if one.text("breakdown.table.rows.1.code") != "w" || one.text("breakdown.table.rows.1.cells.0.state") != "hidden" || one.at("breakdown.table.rows.1.cells.0.value") != nil ||
		one.text("breakdown.table.rows.0.cells.0.state") != "hidden" || one.at("breakdown.hidden") != 2. {
		t.Errorf("3 women among 33 are to be hidden, and so is what gives them away: %s", one.body)
	}
	if len(one.list("series")) < 3 || one.text("series.2.value.value") != "33" {
		t.Errorf("series: %s", one.body)
	}
	if targets := s.get("kip_reader", "/indicators/FB1-02?year=2024").want(http.StatusOK, ""); len(targets.list("targets")) != 2 {
		t.Errorf("targets: %s", targets.body)
	}
	if french := s.get("kip_reader", "/indicators/FB1-01", "Accept-Language", "fr-CH, de;q=0.5").want(http.StatusOK, ""); french.text("name") != "Personnes informées" || french.Header.Get("Content-Language") != "fr" {
		t.Errorf("in French: %s", french.body)
	}
	s.get("kip_reader", "/indicators/FB1-99").want(http.StatusNotFound, "indicator_unknown")
	s.get("kip_reader", "/indicators/FB1-02?by=sex").want(http.StatusBadRequest, "parameter_value")
	s.get("kip_reader", "/indicators/FB1-01?by=region&basis=yesterday").want(http.StatusBadRequest, "parameter_value")
	s.get("kip_reader", "/indicators/FB1-01?by=region&basis=today").want(http.StatusOK, "")
	for _, year := range []string{"1999", "2099", "x", "-1"} {
		s.get("kip_reader", "/indicators?year="+year).want(http.StatusBadRequest, "parameter_value")
	}
}

// TestTheWholeDefinitionIsAnsweredAsDescribed reads every form and every indicator of
// the program's own definition.
func TestTheWholeDefinitionIsAnsweredAsDescribed(t *testing.T) {
	s := start(t, shared.seed)
	for _, one := range s.get("kip_olten", "/forms").want(http.StatusOK, "").list("forms") {
		s.get("kip_olten", "/forms/"+one.(map[string]any)["code"].(string)).want(http.StatusOK, "")
	}
	s.get("kip_office", "/obligations?year=2025").want(http.StatusOK, "")
	for i, one := range s.get("kip_reader", "/indicators").want(http.StatusOK, "").list("indicators") {
		known := one.(map[string]any)
		by := ""
		if dimensions := known["dimensions"].([]any); len(dimensions) > 0 {
			by = "?by=" + dimensions[i%len(dimensions)].(string)
		}
		s.get("kip_reader", "/indicators/"+known["id"].(string)+by).want(http.StatusOK, "")
	}
}

func TestProblemsSayWhatIsWrongAndNothingOfOurs(t *testing.T) {
	s := start(t, shared.small)
	s.get("kip_olten", "/nothing").want(http.StatusNotFound, "path_unknown")
	s.get("", "/nothing/at/all").want(http.StatusNotFound, "path_unknown")
	wrong := s.call("kip_olten", http.MethodDelete, "/submissions", nil).want(http.StatusMethodNotAllowed, "method")
	if allow := wrong.Header.Get("Allow"); !strings.Contains(allow, "GET") || !strings.Contains(allow, "POST") {
		t.Errorf("allowed are %q", allow)
	}
	unknown := s.get("kip_olten", "/submissions/x", "Accept-Language", "en").want(http.StatusNotFound, "submission_unknown")
	if unknown.text("type") != api.Root+"/problems/submission_unknown" || unknown.text("detail") != locale.English.Say("problem.submission_unknown", nil) ||
		unknown.at("status") != 404. || !strings.HasPrefix(unknown.text("instance"), "urn:uuid:") {
		t.Errorf("problem: %s", unknown.body)
	}
	if count := strings.Count(s.logged(), unknown.text("instance")); count != 1 {
		t.Errorf("logged %d times: %s", count, s.logged())
	}

	s.failing = errors.New("secret of the store")
	ours := s.get("kip_olten", "/submissions").want(http.StatusInternalServerError, "internal")
	if strings.Contains(string(ours.body), "secret") || strings.Count(s.logged(), "secret of the store") != 1 || !strings.Contains(s.logged(), "level=ERROR") {
		t.Errorf("answered %s\nlogged %s", ours.body, s.logged())
	}
	if strings.Contains(s.logged(), "kip_olten") {
		t.Errorf("the log has a token: %s", s.logged())
	}
}

func TestAPanicIsAProblemDocumentWithItsReferenceAndALineOfTheLog(t *testing.T) {
	s := start(t, shared.small)
	s.panicking = true
	ours := s.get("kip_olten", "/submissions").want(http.StatusInternalServerError, "internal")
	id := strings.TrimPrefix(ours.text("instance"), "urn:uuid:")
	logged := s.logged()
	if len(id) != 36 || strings.Count(logged, id) != 1 || strings.Count(logged, "level=ERROR") != 1 || !strings.Contains(logged, "goroutine") {
		t.Errorf("answered %s\nlogged %s", ours.body, logged)
	}
	if strings.Contains(string(ours.body), "fault in the store") {
		t.Errorf("the answer says too much: %s", ours.body)
	}
	s.panicking = false
	s.get("kip_olten", "/submissions").want(http.StatusOK, "")
}

func TestTheTypeOfEveryProblemAnswersWhatItMeans(t *testing.T) {
	s := start(t, shared.small)
	s.get("", "/problems/x").want(http.StatusNotFound, "problem_unknown")
	for code, status := range api.StatusOf {
		got := s.get("", "/problems/"+code, "Accept-Language", "it").want(http.StatusOK, "")
		if got.text("type") != api.Root+"/problems/"+code || got.at("status") != float64(status) || strings.HasPrefix(got.text("title"), "[") || strings.HasPrefix(got.text("description"), "[") {
			t.Errorf("%s", got.body)
		}
	}
}

// TestNoProblemIsMissingInTheList reads the sources of what operations call: each
// problem there has its status in the list.
func TestNoProblemIsMissingInTheList(t *testing.T) {
	kinds := map[string]int{"Invalid": 400, "Unauthorized": 401, "Forbidden": 403, "NotFound": 404, "Conflict": 409, "TooLarge": 413, "TooMany": 429, "Unavailable": 503}
	// What only people are told, on pages.
	notHere := []string{"own_submission", "reason_missing", "obligation_unknown", "due_too_early", "file_unknown", "reminder_text", "mail_demo", "submission_corrected"}
	found := 0
	for _, folder := range []string{".", "../submission", "../upload", "../store"} {
		paths, _ := filepath.Glob(folder + "/*.go")
		for _, path := range paths {
			if strings.HasSuffix(path, "_test.go") {
				continue
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(file, func(node ast.Node) bool {
				call, ok := node.(*ast.CallExpr)
				if !ok || len(call.Args) < 2 {
					return true
				}
				function, ok := call.Fun.(*ast.SelectorExpr)
				if !ok || function.Sel.Name != "New" || fmt.Sprint(function.X) != "problem" {
					return true
				}
				kind, isKind := call.Args[0].(*ast.SelectorExpr)
				literal, isText := call.Args[1].(*ast.BasicLit)
				if !isKind || !isText {
					return true
				}
				code, _ := strconv.Unquote(literal.Value)
				found++
				if !slices.Contains(notHere, code) && api.StatusOf[code] != kinds[kind.Sel.Name] {
					t.Errorf("%s: the problem %s has the status %d in the list, and is %s", path, code, api.StatusOf[code], kind.Sel.Name)
				}
				return true
			})
		}
	}
	if found < 20 {
		t.Errorf("%d problems found: does this test still read them?", found)
	}
}

func TestWhoAsksTooOftenWaits(t *testing.T) {
	s := start(t, shared.small)
	now := time.Now().Truncate(time.Minute).Add(20 * time.Second)
	s.now = func() time.Time { return now }
	for range api.PerToken - 1 {
		s.get("kip_nothing", "/forms")
	}
	s.get("kip_nothing", "/forms").want(http.StatusForbidden, "right_missing")
	late := s.get("kip_nothing", "/forms").want(http.StatusTooManyRequests, "try_later")
	if seconds, err := strconv.Atoi(late.Header.Get("Retry-After")); err != nil || seconds != 40 {
		t.Errorf("Retry-After is %q", late.Header.Get("Retry-After"))
	}
	s.get("kip_olten", "/forms").want(http.StatusOK, "")
	for range api.PerAddress {
		s.get("kip_unknown", "/forms")
	}
	s.get("kip_olten", "/forms").want(http.StatusTooManyRequests, "try_later")
	now = now.Add(40 * time.Second)
	s.get("kip_nothing", "/forms").want(http.StatusForbidden, "right_missing")
}

func FuzzParametersAreAnsweredOrRefused(f *testing.F) {
	for _, query := range []string{"", "limit=1&cursor=0197c3a4-8f6e-7b1c-9d2e-3f4a5b6c7d8e", "period=2025-Q3", "organisation=G2581&state=x", "year=%00", "a=%zz", "form=%ff", "period=200%ff"} {
		f.Add(query)
	}
	s := start(f, shared.small)
	now := time.Now()
	s.now = func() time.Time { now = now.Add(time.Second); return now }
	f.Fuzz(func(t *testing.T, query string) {
		if strings.ContainsAny(query, "#") || strings.ContainsFunc(query, func(r rune) bool { return r <= ' ' || r >= 0x7f }) {
			return // no client can write that into an address
		}
		defer func() { s.t = f }()
		s.t = t
		for _, path := range []string{"/submissions?", "/obligations?"} {
			if got := s.get("kip_office", path+query); got.StatusCode >= http.StatusInternalServerError {
				t.Errorf("%q: %s", query, got.body)
			}
		}
	})
}

func TestThePageForPeopleNamesEveryProblem(t *testing.T) {
	page, err := os.ReadFile("../../docs/api.md")
	if err != nil {
		t.Fatal(err)
	}
	for code, status := range api.StatusOf {
		row := regexp.MustCompile(fmt.Sprintf("(?m)^\\| %d \\|.*`%s`", status, code))
		if !row.Match(page) {
			t.Errorf("docs/api.md does not name %s with %d", code, status)
		}
	}
}
