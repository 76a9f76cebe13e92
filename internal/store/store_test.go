package store_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/intake"
	"kipmonitor/internal/programme"
	"kipmonitor/internal/submission"
)

func take(t *testing.T, service *submission.Service, name, content string) submission.Receipt {
	t.Helper()
	receipt, err := service.Take(t.Context(), file(name, content), intake.Expect{}, other, submission.Explanations{submission.ForAll: "Die Zahlen sind geprüft."})
	if err != nil {
		t.Fatal(err)
	}
	for _, finding := range receipt.Report.Findings {
		t.Logf("%s: %s %s", name, finding.Severity, finding.Message)
	}
	return receipt
}

func figures(t *testing.T, question figure.Question) []figure.Sum {
	t.Helper()
	answer, err := shared.store.Sums(t.Context(), question)
	must(t, err)
	return answer
}

func TestAFileThatIsTakenInCounts(t *testing.T) {
	empty(t, shared.store)
	service := submission.NewService(shared.programme, shared.store)
	form := shared.programme.Form("municipality_year")
	var header []string
	var values []string
	for _, column := range form.Columns {
		name := shared.programme.ColumnName(&column)
		switch column.Role {
		case programme.OrganisationColumn:
			header, values = append(header, name.DE), append(values, "G2581")
		case programme.PeriodColumn:
			header, values = append(header, name.DE), append(values, "2024")
		case programme.MunicipalityColumn:
			header, values = append(header, name.DE), append(values, "Olten (SO)")
		case programme.FigureColumn:
			header, values = append(header, name.DE), append(values, "7")
		}
	}
	content := strings.Join(header, ";") + "\r\n" + strings.Join(values, ";") + "\r\n"
	before, err := shared.store.Version(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	receipt := take(t, service, "olten.csv", content)
	if !receipt.Report.Accepted() || receipt.Submission.ID == "" {
		t.Fatalf("not taken in: %+v", receipt.Report)
	}
	after, err := shared.store.Version(t.Context())
	if err != nil || after == before {
		t.Errorf("the version is still %s (%v)", after, err)
	}
	question := figure.Question{Figures: []figure.KeyFigure{"arrivals"}, Years: []figure.Year{2024}}
	if got := figures(t, question); len(got) != 1 || got[0].Value != figure.Whole(7) || !got[0].Provisional {
		t.Fatalf("got %+v", got)
	}
	t.Run("the same file again changes nothing", func(t *testing.T) {
		if again := take(t, service, "olten.csv", content); !again.Known || again.Submission.ID != receipt.Submission.ID {
			t.Errorf("got %+v", again.Submission)
		}
	})
	t.Run("it is final once accepted", func(t *testing.T) {
		if _, err := service.Accept(t.Context(), receipt.Submission.ID, office); err != nil {
			t.Fatal(err)
		}
		if got := figures(t, question); got[0].Provisional {
			t.Error("still provisional")
		}
	})
	t.Run("the original file can be read back", func(t *testing.T) {
		var out bytes.Buffer
		if err := shared.store.File(t.Context(), receipt.Submission.SHA256, &out); err != nil || out.String() != content {
			t.Errorf("got %q, %v", out.String(), err)
		}
	})
	between := time.Now()
	t.Run("a correction replaces it, and the old state stays readable", func(t *testing.T) {
		corrected := take(t, service, "olten-2.csv", strings.ReplaceAll(content, ";7", ";9"))
		if !corrected.Report.Accepted() {
			t.Fatal("not taken in")
		}
		if got := figures(t, question); got[0].Value != figure.Whole(9) {
			t.Errorf("got %+v", got)
		}
		past := question
		past.AsOf = between
		if got := figures(t, past); got[0].Value != figure.Whole(7) {
			t.Errorf("as of before the correction: got %+v", got)
		}
		if _, err := service.Withdraw(t.Context(), corrected.Submission.ID, other, "Die Datei ist falsch."); err != nil {
			t.Fatal(err)
		}
		if got := figures(t, question); got[0].Value != figure.Whole(7) {
			t.Errorf("after the withdrawal: got %+v", got)
		}
	})
	t.Run("a figure leads back to its cell", func(t *testing.T) {
		sources, err := shared.store.Lineage(t.Context(), question, 10)
		if err != nil || len(sources) != 1 {
			t.Fatalf("got %+v, %v", sources, err)
		}
		if s := sources[0]; s.FileName != "olten.csv" || s.Cell.Row != 2 || s.Value != figure.Whole(7) || s.Municipality != 2581 || !s.Accepted {
			t.Errorf("got %+v", s)
		}
	})
}
