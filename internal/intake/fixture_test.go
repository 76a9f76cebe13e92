package intake

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/programme"
	"kipmonitor/seed"
)

// small is the definition under testdata/programme: nine municipalities, three
// further organisations, five forms.
var small = sync.OnceValue(func() *programme.Programme {
	p, err := programme.Load(os.DirFS("testdata/programme"))
	if err != nil {
		panic(err)
	}
	return p
})

// whole is the definition that stands in the program.
var whole = sync.OnceValue(func() *programme.Programme {
	p, err := programme.Load(seed.Files)
	if err != nil {
		panic(err)
	}
	return p
})

func fileOf(content string) File {
	return File{Name: "datei.csv", Size: int64(len(content)), Content: strings.NewReader(content)}
}

// check checks a text against the small definition.
func check(t testing.TB, content string, expect Expect) Report {
	t.Helper()
	report, err := Check(fileOf(content), small(), expect)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// codes lists the findings as «code@B2», with the count behind where it is not one.
func codes(report Report) string {
	var list []string
	for _, f := range report.Findings {
		text := f.Code
		if f.Place.Row != 0 {
			text += "@" + cell(f.Place)
		}
		if f.Count != 1 {
			text += fmt.Sprintf("×%d", f.Count)
		}
		list = append(list, text)
	}
	return strings.Join(list, " ")
}

func cell(c figure.Cell) string {
	if c.Column == 0 {
		return fmt.Sprint(c.Row)
	}
	return fmt.Sprintf("%c%d", 'A'+c.Column-1, c.Row)
}

// observe checks a text, which must be accepted, and returns what is read of it.
func observe(t testing.TB, content string, expect Expect) []figure.Observation {
	t.Helper()
	report := check(t, content, expect)
	if !report.Accepted() {
		t.Fatalf("refused: %s\n%s", codes(report), messages(report))
	}
	return readAll(t, small(), []byte(content), report)
}

func readAll(t testing.TB, p *programme.Programme, content []byte, report Report) []figure.Observation {
	t.Helper()
	var all []figure.Observation
	file := File{Name: "datei.csv", Size: int64(len(content)), Content: bytes.NewReader(content)}
	err := Read(file, p, report, func(batch []figure.Observation) error {
		all = append(all, batch...)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != report.Observations {
		t.Fatalf("read %d observations, announced %d", len(all), report.Observations)
	}
	return all
}

func messages(report Report) string {
	var list []string
	for _, f := range report.Findings {
		list = append(list, f.Message.DE)
	}
	return strings.Join(list, "\n")
}

// short writes an observation without its place.
func short(o figure.Observation) string {
	value := o.Value.String()
	switch o.Mark {
	case figure.Missing:
		value = "missing"
	case figure.NotApplicable:
		value = "n/a"
	}
	parts := []string{fmt.Sprint(o.Municipality)}
	for _, part := range []string{string(o.Measure), string(o.Sex), string(o.Age), string(o.Status), string(o.Further)} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, " ") + " " + string(o.KeyFigure) + "=" + value
}

// figures lists the observations without their places.
func shorts(observations []figure.Observation) string {
	var list []string
	for _, o := range observations {
		list = append(list, short(o))
	}
	return strings.Join(list, "; ")
}
