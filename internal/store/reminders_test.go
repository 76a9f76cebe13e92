package store_test

import (
	"reflect"
	"testing"
	"time"

	"kipmonitor/internal/store"
	"kipmonitor/internal/submission"
)

func TestTheLastReminderOfEachOrganisationIsKnown(t *testing.T) {
	engines(t, func(t *testing.T, s *store.Store) {
		none, err := s.LastReminders(t.Context())
		must(t, err)
		if len(none) != 0 {
			t.Fatalf("before the first there are %v", none)
		}
		first := submission.Reminder{Organisation: "G2581", Recipients: []string{"amt@example.ch", "kanzlei@example.ch"}, Subject: "Zahlen 2025", Text: "Guten Tag\n\nEs fehlt «alles».",
			Sent: true, By: "koordination@example.ch", At: noon}
		second := first
		second.At, second.Sent, second.Recipients, second.Text = noon.Add(time.Microsecond), false, []string{}, "Noch einmal"
		other := first
		other.Organisation = "ECAP"
		// The first stays.
		must(t, s.Remind(t.Context(), nil, first))
		must(t, s.Remind(t.Context(), nil, second, other))
		last, err := s.LastReminders(t.Context())
		must(t, err)
		if len(last) != 2 || !reflect.DeepEqual(last["G2581"], second) || !reflect.DeepEqual(last["ECAP"], other) {
			t.Errorf("got %+v", last)
		}
		kept, err := s.Count(t.Context(), "SELECT count() FROM reminders")
		must(t, err)
		if kept != 3 {
			t.Errorf("%d are kept", kept)
		}
	})
}
