package demo

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"kipmonitor/internal/account"
	"kipmonitor/internal/figure"
	"kipmonitor/internal/intake"
	"kipmonitor/internal/submission"
)

// Outcome counts what became of the files.
type Outcome struct {
	Files, TakenIn, Refused, Accepted int
}

// Load takes the files in through the door that every file takes, each at its own
// time; nothing after now. The files of one organisation go in their order, those
// of several side by side. done is called after each file.
func Load(ctx context.Context, service *submission.Service, files []File, now time.Time, done func()) (Outcome, error) {
	queues := map[figure.Organisation][]File{}
	var order []figure.Organisation
	for _, file := range files {
		if file.At.After(now) {
			continue
		}
		if _, known := queues[file.Organisation]; !known {
			order = append(order, file.Organisation)
		}
		queues[file.Organisation] = append(queues[file.Organisation], file)
	}
	outcomes := make(chan Outcome, len(order))
	group, ctx := errgroup.WithContext(ctx)
	// Many at once: what they insert goes together (store.insertTogether).
	group.SetLimit(24)
	for _, organisation := range order {
		group.Go(func() error {
			var outcome Outcome
			for _, file := range queues[organisation] {
				if err := load(ctx, service, file, now, &outcome); err != nil {
					return fmt.Errorf("%s: %w", file.Name, err)
				}
				done()
			}
			outcomes <- outcome
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return Outcome{}, err
	}
	close(outcomes)
	var total Outcome
	for one := range outcomes {
		total.Files += one.Files
		total.TakenIn += one.TakenIn
		total.Refused += one.Refused
		total.Accepted += one.Accepted
	}
	return total, nil
}

// explanation is what the senders of the demo data say to a warning.
const explanation = "Demodaten: vom Sender geprüft und bestätigt."

// office is who accepts the demo data.
var office = account.Viewer{Email: "koordination@demo.invalid", Role: account.Coordination}

// sender is who sends the demo data of an organisation.
func sender(organisation figure.Organisation) account.Viewer {
	return account.Viewer{Email: strings.ToLower(string(organisation)) + "@demo.invalid", Role: account.Sender, Organisation: organisation}
}

func load(ctx context.Context, service *submission.Service, file File, now time.Time, outcome *Outcome) error {
	outcome.Files++
	content := intake.File{Name: file.Name, Size: int64(len(file.Content)), Content: bytes.NewReader(file.Content)}
	receipt, err := service.At(file.At).Take(ctx, content, intake.Expect{}, sender(file.Organisation), submission.Explanations{submission.ForAll: explanation})
	if err != nil {
		return err
	}
	if !receipt.Report.Accepted() {
		outcome.Refused++
		if !file.Faulty {
			return fmt.Errorf("a file that should be right was refused: %v", receipt.Report.Findings[0].Message.DE)
		}
		return nil
	}
	outcome.TakenIn++
	if file.Accept.IsZero() || file.Accept.After(now) {
		return nil
	}
	outcome.Accepted++
	_, err = service.At(file.Accept).Accept(ctx, receipt.Submission.ID, office)
	return err
}
