package main

import (
	"fmt"
	"html"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"kipmonitor/internal/programme"
	"kipmonitor/internal/workbook"
)

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
