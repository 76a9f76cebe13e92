package demo

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"time"

	"kipmonitor/internal/account"
	"kipmonitor/internal/figure"
	"kipmonitor/internal/intake"
	"kipmonitor/internal/panics"
	"kipmonitor/internal/submission"
)

// Outcome counts what became of the files that were not there yet.
type Outcome struct {
	Files, TakenIn, Refused, Accepted int
}

// Load takes the files in through the door that every file takes, each at its own
// time; nothing after now. The files of one organisation go in their order, those
// of several side by side. What came before, of an earlier load that was interrupted,
// is not taken in again. done is called after each file.
func Load(ctx context.Context, service *submission.Service, files []File, before []submission.Submission, now time.Time, done func()) (Outcome, error) {
	there := map[arrival]submission.Submission{}
	for _, one := range before {
		there[arrival{one.Organisation, one.At(submission.Received).UTC()}] = one
	}
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
	group, ctx := panics.WithContext(ctx)
	// Many at once: what they insert goes together (store.insertTogether).
	group.SetLimit(24)
	for _, organisation := range order {
		group.Go(func() error {
			var outcome Outcome
			for _, file := range queues[organisation] {
				one, found := there[arrival{file.Organisation, file.At.UTC().Truncate(time.Microsecond)}]
				if !found {
					var err error
					if one, err = take(ctx, service, file, &outcome); err != nil {
						return fmt.Errorf("%s: %w", file.Name, err)
					}
				}
				if err := accept(ctx, service, file, one, now, &outcome); err != nil {
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

// arrival is what tells a file of the demo data: nothing else comes from an
// organisation at the same moment.
type arrival struct {
	organisation figure.Organisation
	at           time.Time
}

// Begun reports whether submissions are those of a load of demo data: the oldest came
// from one of its senders.
func Begun(submissions []submission.Submission) bool {
	return len(submissions) > 0 && strings.HasSuffix(submissions[0].By(submission.Received), "@demo.invalid")
}

func take(ctx context.Context, service *submission.Service, file File, outcome *Outcome) (submission.Submission, error) {
	outcome.Files++
	content := intake.File{Name: file.Name, Size: int64(len(file.Content)), Content: bytes.NewReader(file.Content)}
	receipt, err := service.At(file.At).Take(ctx, content, intake.Expect{}, sender(file.Organisation), submission.Explanations{submission.ForAll: explanation})
	if err != nil {
		return submission.Submission{}, err
	}
	if receipt.Report.Accepted() {
		outcome.TakenIn++
		return receipt.Submission, nil
	}
	outcome.Refused++
	if !file.Faulty {
		return submission.Submission{}, fmt.Errorf("a file that should be right was refused: %v", receipt.Report.Findings[0].Message.DE)
	}
	return submission.Submission{}, nil
}

// accept accepts the submission of a file, if that is what becomes of it and did not
// happen yet.
func accept(ctx context.Context, service *submission.Service, file File, one submission.Submission, now time.Time, outcome *Outcome) error {
	if file.Accept.IsZero() || file.Accept.After(now) || !one.Counts() || one.Is(submission.Accepted) {
		return nil
	}
	outcome.Accepted++
	_, err := service.At(file.Accept).Accept(ctx, one.ID, office)
	return err
}
