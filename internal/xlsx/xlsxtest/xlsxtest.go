// Package xlsxtest writes workbooks part by part, for tests of what reads them.
package xlsxtest

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

const (
	// Spreadsheet begins the types of content of a workbook's parts, Relations the types
	// of what leads from one part to another.
	Spreadsheet = "application/vnd.openxmlformats-officedocument.spreadsheetml."
	Relations   = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
	mainSpace   = ` xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"`
)

// Crafted are the parts of a workbook written by hand: a sheet «Daten» with the
// given rows, and what is added or, where it is "", left out.
func Crafted(rows string, changes map[string]string) map[string]string {
	parts := map[string]string{
		"[Content_Types].xml": `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Types><Default Extension="xml" ContentType="application/xml"/>` +
			`<Override PartName="/xl/workbook.xml" ContentType="` + Spreadsheet + `sheet.main+xml"/></Types>`,
		"_rels/.rels":                `<Relationships><Relationship Id="r1" Type="` + Relations + `officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml":            `<workbook` + mainSpace + ` xmlns:r="x"><sheets><sheet name="Daten" sheetId="1" r:id="rId1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships>` + Relation("rId1", "worksheet", "worksheets/sheet1.xml") + `</Relationships>`,
		"xl/worksheets/sheet1.xml":   `<?xml version="1.0" encoding="UTF-8"?><worksheet` + mainSpace + `><sheetData>` + rows + `</sheetData></worksheet>`,
	}
	for name, content := range changes {
		if parts[name] = content; content == "" {
			delete(parts, name)
		}
	}
	return parts
}

// Relation leads to a part.
func Relation(id, kind, target string) string {
	return `<Relationship Id="` + id + `" Type="` + Relations + kind + `" Target="` + target + `"/>`
}

// Zipped packs parts into a workbook.
func Zipped(t testing.TB, parts map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	var names []string
	for name := range parts {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		header := &zip.FileHeader{Name: name, Method: zip.Deflate}
		if strings.HasSuffix(name, "sharedStrings.xml") {
			header.Method = zip.Store // the long ones take their time
		}
		part, err := w.CreateHeader(header)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(part, parts[name]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Inline writes rows of texts, cells separated by «;», without any references.
func Inline(lines ...string) string {
	var b strings.Builder
	for _, line := range lines {
		b.WriteString("<row>")
		for _, text := range strings.Split(line, ";") {
			fmt.Fprintf(&b, `<c t="inlineStr"><is><t>%s</t></is></c>`, text)
		}
		b.WriteString("</row>")
	}
	return b.String()
}

// HeapGrowth is how much memory is alive at most beyond the start, sampled while
// do runs.
func HeapGrowth(do func()) uint64 {
	runtime.GC()
	var start runtime.MemStats
	runtime.ReadMemStats(&start)
	done := make(chan struct{})
	most := make(chan uint64)
	go func() {
		peak := uint64(0)
		for {
			select {
			case <-done:
				most <- peak
				return
			case <-time.After(5 * time.Millisecond):
				var now runtime.MemStats
				runtime.ReadMemStats(&now)
				peak = max(peak, now.HeapInuse)
			}
		}
	}()
	do()
	close(done)
	peak := <-most
	if peak < start.HeapInuse {
		return 0
	}
	return peak - start.HeapInuse
}
