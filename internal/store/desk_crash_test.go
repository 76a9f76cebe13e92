package store_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"kipmonitor/internal/account"
	"kipmonitor/internal/figure"
	"kipmonitor/internal/intake"
	"kipmonitor/internal/programme"
	"kipmonitor/internal/store"
	"kipmonitor/internal/submission"
	"kipmonitor/seed"
)

// deskVariable makes the test program a sender and a desk on the folder it names:
// it says what it finds, and then receives, submits, accepts and returns files
// until it is killed, saying what was acknowledged.
const deskVariable = "KIPMONITOR_TEST_DESK"

// killsVariable is how many kills the test makes; `make crash` asks for 200.
const killsVariable = "KIPMONITOR_TEST_KILLS"

func runDesk(folder string) int {
	ctx := context.Background()
	p, err := programme.Load(seed.Files)
	if err != nil {
		fmt.Println("error", err)
		return 1
	}
	s, err := store.Open(ctx, store.Config{Folder: folder}, p)
	if err != nil {
		fmt.Println("error", err)
		return 1
	}
	defer s.Close()
	if err := sayWhatIsDecided(ctx, s); err != nil {
		fmt.Println("error", err)
		return 1
	}
	fmt.Println("ready")
	service := submission.NewService(p, s)
	var group sync.WaitGroup
	municipalities := p.MunicipalitiesIn(2025)
	for sender := range 4 {
		group.Go(func() {
			for {
				m := municipalities[sender*20+rand.IntN(20)]
				if err := sendAndDecide(ctx, service, m); err != nil {
					fmt.Println("error", strings.ReplaceAll(err.Error(), "\n", " "))
					return
				}
			}
		})
	}
	group.Wait()
	return 0
}

// sendAndDecide takes one file through its life and says each step once it is
// acknowledged.
func sendAndDecide(ctx context.Context, service *submission.Service, m *programme.Municipality) error {
	by := account.Viewer{Email: "sender@example.ch", Role: account.Sender, Organisation: programme.MunicipalityCode(m.Number)}
	content := fmt.Sprintf("Organisation;Periode;Gemeinde;Kennzahl;Wert;Bemerkung\n%s;2025;%d;arrivals;%d;%x\n",
		by.Organisation, m.Number, 10+rand.IntN(100), rand.Uint64())
	receipt, err := service.Receive(ctx, file("x.csv", content), intake.Expect{}, by)
	if err != nil {
		return err
	}
	id := receipt.Submission.ID
	if !receipt.Report.Accepted() {
		return fmt.Errorf("refused: %v", receipt.Report.Findings)
	}
	fmt.Println("received", id)
	explanations := submission.Explanations{submission.ForAll: "Die Zahlen sind geprüft."}
	if _, err := service.Submit(ctx, id, by, explanations); err != nil {
		return err
	}
	fmt.Println("submitted", id)
	if rand.IntN(2) == 0 {
		_, err = service.Accept(ctx, id, office)
		if err == nil {
			fmt.Println("accepted", id)
		}
		return err
	}
	_, err = service.Return(ctx, id, office, "Zur Probe zurückgegeben.")
	if err == nil {
		fmt.Println("returned", id)
	}
	return err
}

// sayWhatIsDecided prints a line for each event that can be seen, and one for each
// submission of which something is missing.
func sayWhatIsDecided(ctx context.Context, s *store.Store) error {
	all, err := s.Submissions(ctx, submission.Filter{WithReport: true})
	if err != nil {
		return err
	}
	sums, err := s.Sums(ctx, figure.Question{Figures: []figure.KeyFigure{"arrivals"}, Years: []figure.Year{2025}, By: figure.ByOrganisation})
	if err != nil {
		return err
	}
	given := map[figure.Organisation]uint64{}
	for _, sum := range sums {
		given[sum.Organisation] = sum.Given + sum.Missing // what is held counts as missing
	}
	for _, one := range all {
		explained, asked := 0, 0
		report, err := one.Checked()
		if err != nil {
			return err
		}
		for _, finding := range report.Findings {
			if finding.Explain {
				asked++
			}
		}
		for _, event := range one.Events {
			if event.Kind == submission.Explained {
				explained++
				continue
			}
			fmt.Println(string(event.Kind), one.ID)
		}
		if one.Is(submission.Submitted) && explained != asked {
			fmt.Println("torn", one.ID, "explanations", explained, asked)
		}
	}
	for _, one := range submission.InForce(all) {
		if given[one.Organisation] != uint64(one.Observations) {
			fmt.Println("torn", one.ID, "figures", given[one.Organisation], one.Observations)
		}
		var content strings.Builder
		if err := s.File(ctx, one.SHA256, &content); err != nil || int64(content.Len()) != one.Size {
			fmt.Println("torn", one.ID, "file", err)
		}
	}
	return nil
}

func TestAKillLosesNoSubmissionAndNoDecision(t *testing.T) {
	folder := t.TempDir()
	kills := 6
	if text := os.Getenv(killsVariable); text != "" {
		var err error
		kills, err = strconv.Atoi(text)
		must(t, err)
	}
	acknowledged := map[string]bool{}
	for kill := range kills + 1 {
		command, lines := writerOf(t, deskVariable, folder)
		found, ready, armed := map[string]bool{}, false, false
		for lines.Scan() {
			word, _, _ := strings.Cut(lines.Text(), " ")
			switch {
			case word == "torn", word == "error":
				t.Fatalf("after %d kills: %s", kill, lines.Text())
			case word == "ready":
				ready = true
				for step := range acknowledged {
					if !found[step] {
						t.Errorf("after %d kills: %s was acknowledged and is gone", kill, step)
					}
				}
				switch {
				case kill == kills:
					_ = command.Process.Kill()
				case kill%2 == 0:
					time.AfterFunc(time.Duration(rand.IntN(400))*time.Millisecond, func() { _ = command.Process.Kill() })
				}
			case ready:
				acknowledged[lines.Text()] = true
				// Every second kill comes after something was decided, however slow the
				// machine is; the others come at any moment.
				if kill%2 == 1 && !armed && (word == "accepted" || word == "returned") {
					armed = true
					time.AfterFunc(time.Duration(rand.IntN(300))*time.Millisecond, func() { _ = command.Process.Kill() })
				}
			default:
				found[lines.Text()] = true
			}
		}
		_ = command.Wait()
	}
	if len(acknowledged) < kills {
		t.Errorf("only %d steps were acknowledged between %d kills: the test shows little", len(acknowledged), kills)
	}
	t.Logf("%d steps acknowledged, all there after %d kills", len(acknowledged), kills)
}
