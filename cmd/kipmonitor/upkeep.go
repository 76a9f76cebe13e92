package main

import (
	"context"
	"log/slog"
	"time"

	"kipmonitor/internal/panics"
	"kipmonitor/internal/store"
)

// upkeep compares the data with what was acknowledged once a day, and removes what
// cancelled imports left behind a day ago, until the context ends. The data were compared
// when they were opened.
func upkeep(ctx context.Context, s *store.Store, log *slog.Logger) {
	daily := time.NewTicker(24 * time.Hour)
	defer daily.Stop()
	for {
		err := panics.Try(func() error {
			removed, err := s.RemoveOrphans(ctx, time.Now().Add(-orphanAge))
			if removed > 0 {
				log.Info("removed what cancelled imports left behind", "figures", removed)
			}
			return err
		})
		if err != nil && ctx.Err() == nil {
			log.Error("upkeep of the data", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-daily.C:
		}
		if err := panics.Try(func() error { return sayDamages(ctx, s, log) }); err != nil && ctx.Err() == nil {
			log.Error("upkeep of the data", "error", err)
		}
	}
}
