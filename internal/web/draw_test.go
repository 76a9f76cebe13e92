package web

import (
	"testing"
	"time"

	"kipmonitor/internal/dashboard"
	"kipmonitor/internal/panics"
	"kipmonitor/internal/programme"
)

func TestAPanicWhileAChartIsDrawnIsTheErrorOfItsPage(t *testing.T) {
	s := &Server{Config: Config{Programme: &programme.Programme{}, Now: time.Now}} // without anything that can draw
	_, err := s.showBoard(t.Context(), page{}, "", []dashboard.Panel{{Charts: []dashboard.Graphic{{}}}})
	if _, panicked := panics.From(err); !panicked {
		t.Errorf("got %v", err)
	}
}
