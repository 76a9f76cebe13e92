package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"html"
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

var (
	enteredField = regexp.MustCompile(`(?s)<input[^>]* name="([^"]+)" value="([^"]*)"`)
	chosenField  = regexp.MustCompile(`(?s)<select id="([^"]+)".*?</select>`)
	chosenOption = regexp.MustCompile(`<option value="([^"]*)" selected>`)
	csrfValue    = regexp.MustCompile(`name="csrf" value="([^"]+)"`)
)

// byHand corrects a figure in the form to fill in, and then empties one.
func (c *correcting) byHand() {
	c.t.Helper()
	query := url.Values{"form": {string(c.expect.Form)}, "organisation": {string(c.expect.Organisation)}, "period": {c.expect.Period.String()}}.Encode()
	before := c.inForce()
	fields, long := c.entryFields(query)
	if long {
		return // it says so, and offers the template
	}
	if c.enter(fields, less, true) == "" {
		c.enter(fields, more, true)
	}
	c.changedOne("by hand", before, "")
	before = c.inForce()
	fields, _ = c.entryFields(query)
	if page := c.enter(fields, emptied, false); page != "" && (!strings.Contains(page, `name="explain figures_gone"`) || strings.Contains(page, "verdict-good")) {
		c.t.Error("by hand: a figure would disappear, and the page does not ask")
	}
	if now := c.inForce(); now.ID != before.ID {
		c.t.Error("by hand: an entry without a figure is in force, unasked")
	}
}

// entryFields reads the form to fill in, as a browser would send it.
func (c *correcting) entryFields(query string) (fields url.Values, long bool) {
	c.t.Helper()
	page := c.page("/de/submissions/entry?" + query)
	fields = url.Values{}
	for _, found := range enteredField.FindAllStringSubmatch(page, -1) {
		fields.Set(html.UnescapeString(found[1]), html.UnescapeString(found[2]))
	}
	for _, found := range chosenField.FindAllStringSubmatch(page, -1) {
		if option := chosenOption.FindStringSubmatch(found[0]); option != nil {
			fields.Set(found[1], option[1])
		}
	}
	return fields, strings.Contains(page, "values=1") && !strings.Contains(page, `name="corrects"`)
}

func (c *correcting) page(path string) string {
	c.t.Helper()
	response, err := c.client.Get(c.address + path)
	must(c.t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	must(c.t, err)
	if response.StatusCode != http.StatusOK {
		c.t.Fatalf("%s: status %d: %.500s", path, response.StatusCode, body)
	}
	return string(body)
}

// enter sends the form with one figure changed, and submits it with a reason where it
// is to be; it returns the page of the submission.
func (c *correcting) enter(fields url.Values, change func(string) string, submit bool) string {
	c.t.Helper()
	entry, ok := workbook.NewEntry(c.app.programme, workbook.Template{Form: c.expect.Form, Organisation: c.expect.Organisation, Period: c.expect.Period, Language: "de", Values: c.figures()})
	if !ok {
		c.t.Fatal("the page shows a form that is too long")
	}
	if !c.changeEntry(entry, fields, change) {
		return ""
	}
	response, err := c.client.PostForm(c.address+"/de/submissions/entry", fields)
	must(c.t, err)
	must(c.t, response.Body.Close())
	path := response.Header.Get("Location")
	if response.StatusCode != http.StatusSeeOther {
		c.t.Fatalf("entry: status %d", response.StatusCode)
	}
	page := c.page(path)
	if !submit {
		return page
	}
	answers := url.Values{"csrf": {csrfValue.FindStringSubmatch(page)[1]}, "confirmed": {"1"}}
	for _, found := range explainField.FindAllStringSubmatch(page, -1) {
		answers.Set(html.UnescapeString(found[1]), reason)
	}
	response, err = c.client.PostForm(c.address+path+"/submit", answers)
	must(c.t, err)
	must(c.t, response.Body.Close())
	if response.StatusCode != http.StatusSeeOther {
		c.t.Errorf("submit an entry: status %d", response.StatusCode)
	}
	return page
}

// changeEntry changes the first figure of an entry that can be changed alone.
func (c *correcting) changeEntry(entry workbook.Entry, fields url.Values, change func(string) string) bool {
	c.t.Helper()
	for i, row := range entry.Rows {
		for j, column := range entry.Columns {
			next := change(row.Cells[j])
			if column.Role != programme.FigureColumn || next == row.Cells[j] {
				continue
			}
			content := entry.File(func(r, k int) string {
				if r == i && k == j {
					return next
				}
				return entry.Rows[r].Cells[k]
			})
			if accepted, asked := c.fits(content); accepted && asked == (next == "") {
				name := fmt.Sprintf("r%dc%d", i, j)
				if fields.Get(name) != row.Cells[j] {
					c.t.Fatalf("the page shows %q in %s, want %q", fields.Get(name), name, row.Cells[j])
				}
				fields.Set(name, next)
				return true
			}
		}
	}
	return false
}
