package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"kipmonitor/internal/account"
	"kipmonitor/internal/demo"
	"kipmonitor/internal/figure"
	"kipmonitor/internal/intake"
	"kipmonitor/internal/programme"
	"kipmonitor/internal/submission"
	"kipmonitor/internal/workbook"
	"kipmonitor/seed"
)

var (
	correctionSender = account.Viewer{Email: "erfassung@example.ch", Role: account.Coordination}
	correctionOffice = account.Viewer{Email: "annahme@example.ch", Role: account.Coordination}
)

const reason = "Beim Abgleich mit dem Register bestätigt."

// correcting is an accepted delivery that is corrected in every way there is.
type correcting struct {
	*site
	t      *testing.T
	client *http.Client
	csrf   string
	token  string
	expect intake.Expect
}

// TestACorrectionTakesNothingAwayUnasked corrects an accepted delivery of every form by
// file, by hand, through the API and on the command line: only what was changed changes,
// and what would disappear is asked for.
func TestACorrectionTakesNothingAwayUnasked(t *testing.T) {
	s, _ := quickSite(t)
	must(t, s.app.ensureDemoAccounts(t.Context()))
	parameters, err := demo.ReadParameters(seed.Files)
	must(t, err)
	files, err := demo.Generate(s.app.programme, parameters)
	must(t, err)
	client, csrf := s.client(t, demoCoordination)
	token, err := s.app.accounts.NewToken(t.Context(), account.Viewer{Email: demoCoordination, Role: account.Coordination}, account.Wish{Label: "Test", Scopes: []account.Right{account.SendFigures}, Life: time.Hour}, "", "")
	must(t, err)
	for i := range s.app.programme.Forms {
		form := &s.app.programme.Forms[i]
		t.Run(string(form.Code), func(t *testing.T) {
			c := &correcting{site: s, t: t, client: client, csrf: csrf, token: token}
			if !c.accept(form, files) {
				if form.From > 2026 {
					t.Skip("its only wave lies ahead: nothing can be accepted yet")
				}
				t.Fatal("no demo file of this form is accepted")
			}
			for name, way := range map[string]func(content []byte, explain bool) (submission.ID, string){"file": c.byFile, "API": c.byAPI, "command line": c.byCommand} {
				c.corrects(name, c.fromTemplate, way)
			}
			c.byHand()
		})
	}
}

// accept takes a demo file of a form in and accepts it.
func (c *correcting) accept(form *programme.Form, files []demo.File) bool {
	var base *demo.File
	for i := range files {
		if f := &files[i]; f.Form == form.Code && !f.Faulty && !f.Accept.IsZero() && (base == nil || len(f.Content) < len(base.Content)) {
			base = f
		}
	}
	if base == nil {
		return false
	}
	c.expect = intake.Expect{Form: base.Form, Organisation: base.Organisation, Period: base.Period}
	receipt, err := c.app.submissions.Take(c.t.Context(), fileOf("basis.csv", base.Content), c.expect, correctionSender, submission.Explanations{submission.ForAll: reason})
	must(c.t, err)
	if !receipt.Report.Accepted() {
		c.t.Fatalf("the demo file is refused: %v", receipt.Report.Findings[0].Message.EN)
	}
	_, err = c.app.submissions.Accept(c.t.Context(), receipt.Submission.ID, correctionOffice)
	must(c.t, err)
	return true
}

func fileOf(name string, content []byte) intake.File {
	return intake.File{Name: name, Size: int64(len(content)), Content: bytes.NewReader(content)}
}

func (c *correcting) inForce() submission.Submission {
	c.t.Helper()
	sent, found, err := c.app.submissions.InForceFor(c.t.Context(), c.expect)
	must(c.t, err)
	if !found {
		c.t.Fatal("nothing is in force")
	}
	return sent
}

func (c *correcting) figures() []figure.Observation {
	c.t.Helper()
	all, err := c.app.store.Observations(c.t.Context(), c.inForce())
	must(c.t, err)
	return all
}

// fits reports whether a file would be taken in, and whether it would be asked what it
// takes away.
func (c *correcting) fits(content []byte) (accepted, asked bool) {
	report, err := c.app.submissions.Check(c.t.Context(), fileOf("probe.csv", content), c.expect)
	must(c.t, err)
	return report.Accepted(), report.TakesAway()
}

// fromTemplate returns the template of a correction with one figure changed, or emptied.
func (c *correcting) fromTemplate(change func(cell string) string) []byte {
	var out bytes.Buffer
	must(c.t, workbook.WriteTemplate(&out, c.app.programme, workbook.Template{Form: c.expect.Form, Organisation: c.expect.Organisation, Period: c.expect.Period,
		Language: "de", Format: workbook.CSV, Values: c.figures(), Correction: true}))
	reader := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(out.Bytes(), []byte("\xef\xbb\xbf"))))
	reader.Comma, reader.FieldsPerRecord = ';', -1
	rows, err := reader.ReadAll()
	must(c.t, err)
	return c.firstThatFits(rows, change)
}

// firstThatFits changes one number after the other until the file is still in order: a
// part cannot be larger than its whole, nor unlike its parts. It returns nil where none
// can be changed alone.
func (c *correcting) firstThatFits(rows [][]string, change func(cell string) string) []byte {
	c.t.Helper()
	for i := range rows {
		for j := range rows[i] {
			if next := change(rows[i][j]); next != rows[i][j] && i > 6 {
				before := rows[i][j]
				rows[i][j] = next
				var out bytes.Buffer
				w := csv.NewWriter(&out)
				w.Comma = ';'
				must(c.t, w.WriteAll(rows))
				if accepted, asked := c.fits(out.Bytes()); accepted && asked == (next == "") {
					return out.Bytes()
				}
				rows[i][j] = before
			}
		}
	}
	return nil
}

var number = regexp.MustCompile(`^(0|[1-9][0-9]{0,6})$`)

// more adds one to a number, and leaves everything else.
func more(cell string) string {
	value, err := figure.ParseDecimal(cell)
	if !number.MatchString(cell) || err != nil {
		return cell
	}
	return (value + figure.Whole(1)).String()
}

// less takes one off a number, and leaves everything else.
func less(cell string) string {
	value, err := figure.ParseDecimal(cell)
	if !number.MatchString(cell) || err != nil || value == 0 {
		return cell
	}
	return (value - figure.Whole(1)).String()
}

func emptied(cell string) string {
	if number.MatchString(cell) {
		return ""
	}
	return cell
}

// corrects sends a correction and one that leaves a figure out.
func (c *correcting) corrects(name string, content func(change func(string) string) []byte, way func(content []byte, explain bool) (submission.ID, string)) {
	c.t.Helper()
	before := c.inForce()
	changed := content(less)
	if changed == nil {
		changed = content(more)
	}
	if changed == nil {
		c.t.Fatalf("no figure of %v can be changed alone", c.expect)
	}
	id, _ := way(changed, true)
	c.changedOne(name, before, id)
	before = c.inForce()
	without := content(emptied)
	if without == nil {
		return // a file with any of its figures left out is refused
	}
	if _, answer := way(without, false); !strings.Contains(answer, "figures_gone") {
		c.t.Errorf("%s: a figure would disappear, and nobody is asked: %.1500s", name, answer)
	}
	if now := c.inForce(); now.ID != before.ID {
		c.t.Errorf("%s: a file without a figure is in force, unasked", name)
	}
}

// changedOne holds that a submission is in force and differs in one figure.
func (c *correcting) changedOne(name string, before submission.Submission, id submission.ID) {
	c.t.Helper()
	now := c.inForce()
	changes, err := c.app.store.Changes(c.t.Context(), before.ID, now.ID, now.Period.Year)
	must(c.t, err)
	if id != "" && now.ID != id || now.ID == before.ID || changes != (submission.Changes{Changed: 1}) {
		c.t.Errorf("%s: %v is in force, want %v; changes %+v", name, now.ID, id, changes)
	}
}

func (c *correcting) byFile(content []byte, explain bool) (submission.ID, string) {
	explanations := submission.Explanations{}
	if explain {
		explanations[submission.ForAll] = reason
	}
	receipt, err := c.app.submissions.Take(c.t.Context(), fileOf("korrektur.csv", content), c.expect, correctionSender, explanations)
	must(c.t, err)
	return receipt.Submission.ID, fmt.Sprintf("%+v", receipt.Unexplained)
}

func (c *correcting) byAPI(content []byte, explain bool) (submission.ID, string) {
	query := url.Values{"file": {"korrektur.csv"}, "form": {string(c.expect.Form)}, "organisation": {string(c.expect.Organisation)}, "period": {c.expect.Period.String()}}
	received := c.call("/submissions?"+query.Encode(), "text/csv", string(content))
	var sent struct{ ID string }
	must(c.t, json.Unmarshal([]byte(received), &sent))
	explanations := map[string]string{}
	if explain {
		explanations[submission.ForAll] = reason
	}
	body, err := json.Marshal(map[string]any{"confirmed": true, "explanations": explanations})
	must(c.t, err)
	submitted := c.call("/submissions/"+sent.ID+"/submit", "application/json", string(body))
	if !explain && !strings.Contains(submitted, "explanation_missing") {
		c.t.Errorf("API: submitted without a reason: %.500s", submitted)
	}
	return submission.ID(sent.ID), received
}

func (c *correcting) call(path, mediaType, body string) string {
	c.t.Helper()
	request, err := http.NewRequestWithContext(c.t.Context(), http.MethodPost, c.address+"/api/v1"+path, strings.NewReader(body))
	must(c.t, err)
	request.Header.Set("Authorization", "Bearer "+c.token)
	request.Header.Set("Content-Type", mediaType)
	response, err := http.DefaultClient.Do(request)
	must(c.t, err)
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	must(c.t, err)
	return string(answer)
}

func (c *correcting) byCommand(content []byte, explain bool) (submission.ID, string) {
	path := filepath.Join(c.t.TempDir(), "korrektur.csv")
	must(c.t, os.WriteFile(path, content, 0o600))
	explanation := ""
	if explain {
		explanation = reason
	}
	var out, faults bytes.Buffer
	code := importFiles(c.t.Context(), c.app, []string{path}, c.expect, correctionSender, explanation, &out, &faults)
	if (code == 0) != explain {
		c.t.Errorf("command line: exit code %d: %s%s", code, out.String(), faults.String())
	}
	if !explain && !strings.Contains(out.String(), "fällt weg ") {
		c.t.Errorf("the command line does not say what goes: %s", out.String())
	}
	return "", out.String()
}
