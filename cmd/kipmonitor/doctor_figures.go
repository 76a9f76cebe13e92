package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/intake"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/store"
	"kipmonitor/internal/submission"
)

// files compares every original file with its checksum.
func (d *doctor) files(ctx context.Context) ([]string, error) {
	all, err := d.store.Submissions(ctx, submission.Filter{})
	if err != nil {
		return nil, nil // said with the tables
	}
	var wrong []string
	bar := newProgressBar(d.progress, len(all))
	defer bar.clear()
	seen := map[string]bool{}
	for _, s := range all {
		bar.step()
		if s.SHA256 == "" || seen[s.SHA256] {
			continue
		}
		seen[s.SHA256] = true
		hash := sha256.New()
		if err := d.store.File(ctx, s.SHA256, hash); err != nil || hex.EncodeToString(hash.Sum(nil)) != s.SHA256 {
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			wrong = append(wrong, d.sayOf(s, "integrity.file_broken", 0))
		}
	}
	return wrong, nil
}

func (d *doctor) sayOf(s submission.Submission, key string, count int) string {
	return d.language.Say(key, locale.Args{"organisation": string(s.Organisation), "form": string(s.Form), "period": s.Period, "file": s.FileName, "count": count})
}

// submissions reads every original file again, and compares what it gives with what was
// acknowledged.
func (d *doctor) submissions(ctx context.Context) ([]string, error) {
	all, err := d.store.Submissions(ctx, submission.Filter{})
	if err != nil {
		return nil, nil // said with the tables
	}
	digests, err := d.store.Digests(ctx)
	if err != nil {
		return nil, err
	}
	var wrong []string
	others := 0
	bar := newProgressBar(d.progress, len(all))
	for _, s := range all {
		bar.step()
		acknowledged, known := digests[s.ID]
		if !known || acknowledged.Rows == 0 {
			continue
		}
		if s.Definition != d.programme.Fingerprint {
			others++
			continue
		}
		digest, err := d.reread(ctx, s.ID, nil)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil || digest != acknowledged {
			wrong = append(wrong, d.sayOf(s, "integrity.rebuilt_differs", 0))
		}
	}
	bar.clear()
	if others > 0 {
		fmt.Fprintln(d.out, d.language.Say("integrity.other_definition", locale.Args{"count": others}))
	}
	return wrong, nil
}

// reread reads the original file of a submission again, hands its figures to emit where
// there is one, and returns their checksum.
func (d *doctor) reread(ctx context.Context, id submission.ID, emit func([]figure.Observation) error) (store.Digest, error) {
	var digest store.Digest
	s, found, err := d.store.Submission(ctx, id)
	if err != nil || !found {
		return digest, fmt.Errorf("submission %s: %w", id, err)
	}
	file, err := os.CreateTemp("", "kipmonitor-doctor-*")
	if err != nil {
		return digest, err
	}
	defer os.Remove(file.Name())
	defer file.Close()
	hash := sha256.New()
	if err := d.store.File(ctx, s.SHA256, io.MultiWriter(file, hash)); err != nil {
		return digest, err
	}
	if hex.EncodeToString(hash.Sum(nil)) != s.SHA256 {
		return digest, fmt.Errorf("the file %s does not fit its checksum", s.FileName)
	}
	original := intake.File{Name: s.FileName, Size: s.Size, Content: file}
	report, err := intake.Check(original, d.programme, intake.Expect{Form: s.Form, Organisation: s.Organisation, Period: s.Period})
	if err != nil {
		return digest, err
	}
	if !report.Accepted() {
		return digest, fmt.Errorf("the file %s is refused by today's check", s.FileName)
	}
	err = intake.Read(original, d.programme, report, func(observations []figure.Observation) error {
		digest.Add(observations)
		if emit == nil {
			return nil
		}
		return emit(observations)
	})
	return digest, err
}

// mend rebuilds from the original files what can be rebuilt, and accepts the loss of the
// rest where it is told to.
func (d *doctor) mend(ctx context.Context) error {
	if err := d.mendKey(ctx); err != nil {
		return err
	}
	damages, err := d.store.Verify(ctx)
	if err != nil {
		return err
	}
	if d.repair && slices.ContainsFunc(damages, func(damage store.Damage) bool { return damage.Table == "observations" }) {
		if err := d.mendFigures(ctx, damages); err != nil {
			return err
		}
	}
	if !d.acceptLoss {
		return nil
	}
	if damages, err = d.store.Verify(ctx); err != nil {
		return err
	}
	var accepted []string
	for _, damage := range damages {
		if slices.Contains(accepted, damage.Table) {
			continue
		}
		accepted = append(accepted, damage.Table)
		if err := d.store.AcceptLoss(ctx, damage.Table); err != nil {
			return err
		}
		fmt.Fprintln(d.out, d.language.Say("integrity.repair.accepted", locale.Args{"table": damage.Table}))
	}
	return nil
}

// mendFigures rebuilds the figures of every submission that lacks some. What the file
// gives must be what was acknowledged, or nothing is touched.
func (d *doctor) mendFigures(ctx context.Context, damages []store.Damage) error {
	if slices.ContainsFunc(damages, func(damage store.Damage) bool {
		return damage.Table == "submissions" || damage.Table == "submission_events" || damage.Table == "files"
	}) {
		return nil // the figures hang on what only a backup has
	}
	parts, err := d.store.SetAside(ctx)
	if err != nil {
		return err
	}
	if len(parts) > 0 {
		fmt.Fprintln(d.out, d.language.Say("integrity.repair.set_aside", locale.Args{"parts": strings.Join(parts, ", ")}))
	}
	broken, err := d.store.BrokenSubmissions(ctx)
	if err != nil {
		return err
	}
	digests, err := d.store.Digests(ctx)
	if err != nil {
		return err
	}
	bar := newProgressBar(d.progress, len(broken))
	mended := true
	for _, b := range broken {
		bar.step()
		s := submission.Submission{ID: b.ID, Form: b.Form, Organisation: b.Organisation, Period: b.Period}
		if found, known, err := d.store.Submission(ctx, b.ID); err == nil && known {
			s = found
		}
		acknowledged := digests[b.ID]
		digest, err := d.reread(ctx, b.ID, nil)
		if err != nil || digest.Rows != b.Expected || acknowledged.Rows > 0 && digest != acknowledged {
			bar.clear()
			fmt.Fprintln(d.out, d.sayOf(s, "integrity.rebuilt_differs", 0))
			mended = false
			continue
		}
		err = d.store.Rebuild(ctx, b, func(emit func([]figure.Observation) error) error {
			_, err := d.reread(ctx, b.ID, emit)
			return err
		})
		if err != nil {
			return err
		}
		bar.clear()
		fmt.Fprintln(d.out, d.sayOf(s, "integrity.repair.rebuilt", int(b.Expected)))
	}
	bar.clear()
	if !mended {
		return nil
	}
	return d.store.AcceptLoss(ctx, "observations") // nothing is lost any more: what lay aside goes
}
