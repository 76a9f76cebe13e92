package demo

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

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

func load(ctx context.Context, service *submission.Service, file File, now time.Time, outcome *Outcome) error {
	outcome.Files++
	content := intake.File{Name: file.Name, Size: int64(len(file.Content)), Content: bytes.NewReader(file.Content)}
	receipt, err := service.At(file.At).Take(ctx, content, intake.Expect{}, "Demo")
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
	return service.At(file.Accept).Accept(ctx, receipt.Submission.ID, "Demo Koordinationsstelle")
}
