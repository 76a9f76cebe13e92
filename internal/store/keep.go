package store

import (
	"context"
	"fmt"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/google/uuid"

	"kipmonitor/internal/account"
	"kipmonitor/internal/figure"
	"kipmonitor/internal/intake"
	"kipmonitor/internal/panics"
	"kipmonitor/internal/submission"
)

// Keep stores a submission. The order is the commit protocol: observations, file,
// submission and the lines of the audit first, in any order, and when all of them are on
// disk its events, in one block. A submission without events is seen by no query, so a
// crash at any moment leaves nothing half visible; what it leaves behind is read
// by nobody.
func (s *Store) Keep(ctx context.Context, one submission.Submission, file intake.File, read func(emit func([]figure.Observation) error) error, lines ...account.Entry) error {
	id, err := uuid.Parse(string(one.ID))
	if err != nil {
		return fmt.Errorf("commit submission %s: %w", one.ID, err)
	}
	group, groupCtx := panics.WithContext(ctx)
	var digest Digest
	group.Go(func() (err error) {
		digest, err = s.keepObservations(groupCtx, id, one.Period.Year, one.Observations, read)
		return err
	})
	group.Go(func() error { return s.keepFile(groupCtx, one.SHA256, file) })
	group.Go(func() error { return s.keepSubmission(groupCtx, id, one) })
	group.Go(func() error { return s.Audit(groupCtx, lines...) })
	if err := group.Wait(); err != nil {
		return fmt.Errorf("commit submission %s: %w", one.ID, err)
	}
	return s.insertEvents(ctx, one.ID, one.Events, digest)
}

var submissionColumns = []column{
	{Name: "id", Type: "UUID"}, {Name: "form", Type: "String"}, {Name: "form_version", Type: "String"}, {Name: "organisation", Type: "String"},
	{Name: "year", Type: "UInt16"}, {Name: "part", Type: "UInt8"}, {Name: "file_name", Type: "String"}, {Name: "sha256", Type: "String"},
	{Name: "size", Type: "UInt64"}, {Name: "rows", Type: "UInt64"}, {Name: "faulty_rows", Type: "UInt64"}, {Name: "observations", Type: "UInt64"},
	{Name: "definition", Type: "String"}, {Name: "report", Type: "String"},
}

func (s *Store) keepSubmission(ctx context.Context, id uuid.UUID, one submission.Submission) error {
	return s.insertTogether(ctx, "submissions", submissionColumns, func(batch driver.Batch) error {
		return batch.Append(id, string(one.Form), one.FormVersion, string(one.Organisation), uint16(one.Period.Year), uint8(one.Period.Part),
			one.FileName, one.SHA256, uint64(one.Size), uint64(one.Rows), uint64(one.FaultyRows), uint64(one.Observations),
			one.Definition, string(one.Report))
	})
}

var eventColumns = []column{
	{Name: "submission", Type: "UUID"}, {Name: "kind", Type: "String"}, {Name: "at", Type: "DateTime64(6, 'UTC')"},
	{Name: "person", Type: "String"}, {Name: "reason", Type: "String"}, {Name: "finding", Type: "String"}, {Name: "sequence", Type: "UInt64"},
	{Name: "observations", Type: "UInt64"}, {Name: "digest", Type: "UInt64"},
}

// insertEvents writes the events of a submission; digest is that of the figures that
// were stored before the first of them. Once begun it is finished, even
// if the caller leaves: nobody could tell otherwise whether the submission counts.
func (s *Store) insertEvents(ctx context.Context, id submission.ID, events []submission.Event, digest Digest) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("record events of submission %s: %w", id, fault(err))
	}
	sequence, err := s.nextSequences(ctx, len(events))
	if err != nil {
		return fmt.Errorf("record events of submission %s: %w", id, err)
	}
	defer s.changed()
	err = s.insertTogether(context.WithoutCancel(ctx), "submission_events", eventColumns, func(batch driver.Batch) error {
		for i, event := range events {
			var at Digest
			if i == 0 {
				at = digest
			}
			if err := batch.Append(string(id), string(event.Kind), event.At, event.By, event.Reason, event.Finding, sequence+uint64(i), at.Rows, at.Sum); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("record events of submission %s: %w", id, err)
	}
	return nil
}
