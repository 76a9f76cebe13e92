package demo_test

import (
	"bytes"
	"testing"

	"kipmonitor/internal/demo"
	"kipmonitor/internal/figure"
	"kipmonitor/internal/intake"
	"kipmonitor/internal/programme"
	"kipmonitor/seed"
)

func generate(t *testing.T) (*programme.Programme, []demo.File) {
	t.Helper()
	p, err := programme.Load(seed.Files)
	if err != nil {
		t.Fatal(err)
	}
	parameters, err := demo.ReadParameters(seed.Files)
	if err != nil {
		t.Fatal(err)
	}
	files, err := demo.Generate(p, parameters)
	if err != nil {
		t.Fatal(err)
	}
	return p, files
}

func TestEveryFileGetsTheVerdictThatItShould(t *testing.T) {
	p, files := generate(t)
	wrong, encodings, layouts := 0, map[string]int{}, map[intake.Layout]int{}
	for _, file := range files {
		report, err := intake.Check(intake.File{Name: file.Name, Size: int64(len(file.Content)), Content: bytes.NewReader(file.Content)}, p, intake.Expect{})
		if err != nil {
			t.Fatal(err)
		}
		encodings[report.Encoding]++
		layouts[report.Layout]++
		if report.Accepted() == file.Faulty {
			wrong++
			if wrong < 8 {
				message := ""
				if len(report.Findings) > 0 {
					message = report.Findings[0].Message.DE
				}
				t.Errorf("%s: accepted %v, faulty %v: %s\n%.300q", file.Name, report.Accepted(), file.Faulty, message, file.Content)
			}
		}
	}
	if wrong > 0 {
		t.Errorf("%d of %d files get the wrong verdict", wrong, len(files))
	}
	if len(encodings) < 4 || len(layouts) < 2 {
		t.Errorf("the files lack variety: %v %v", encodings, layouts)
	}
	t.Logf("%d files, %v, %v", len(files), encodings, layouts)
}

func TestTheSameParametersGiveTheSameBytes(t *testing.T) {
	_, first := generate(t)
	_, second := generate(t)
	if len(first) != len(second) {
		t.Fatalf("%d files, then %d", len(first), len(second))
	}
	for i := range first {
		if first[i].Name != second[i].Name || !bytes.Equal(first[i].Content, second[i].Content) || !first[i].At.Equal(second[i].At) {
			t.Fatalf("%s differs", first[i].Name)
		}
	}
}

// A code of the dimensions to be spread is rare, and would be cut away with the lightest
// lines of a long sheet.
func TestRareCodesComeWithTheirShare(t *testing.T) {
	p, files := generate(t)
	remote, all := figure.Decimal(0), figure.Decimal(0)
	for _, file := range files {
		if file.Form != "interpreting_assignments" || file.Faulty {
			continue
		}
		content := intake.File{Name: file.Name, Size: int64(len(file.Content)), Content: bytes.NewReader(file.Content)}
		report, err := intake.Check(content, p, intake.Expect{})
		if err != nil {
			t.Fatal(err)
		}
		err = intake.Read(content, p, report, func(observations []figure.Observation) error {
			for _, o := range observations {
				if o.KeyFigure != "interpreting_assignments" || o.Mark != figure.Given {
					continue
				}
				if all += o.Value; o.Further.Code("format") != "onsite" {
					remote += o.Value
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if share := remote.Float() / all.Float(); share < 0.17 || share > 0.27 {
		t.Errorf("%v of %v assignments are not on site, %.2f of them; want 0.22", remote, all, share)
	}
}
