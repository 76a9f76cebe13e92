package submission_test

import (
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/programme"
	"kipmonitor/internal/submission"
)

// small loads a definition of a few entries: a yearly form of three
// municipalities, of which one is merged in 2024, and a quarterly one of the
// canton and two providers, of which one has a measure until 2024 only.
func small(t *testing.T) *programme.Programme {
	t.Helper()
	p, err := programme.Load(os.DirFS("../store/testdata/programme"))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func at(year int, month time.Month, day, hour int) time.Time {
	return time.Date(year, month, day, hour, 0, 0, 0, time.UTC)
}

// sent is a submission for the yearly form of Olten, with events of the kinds at
// the times.
func sent(id submission.ID, events ...submission.Event) submission.Submission {
	return submission.Submission{ID: id, Form: "municipality_year", Organisation: "G2581", Period: figure.Period{Year: 2024}, Rows: 10, FaultyRows: 0, Events: events}
}

func event(kind submission.EventKind, moment time.Time) submission.Event {
	return submission.Event{Kind: kind, At: moment}
}

func TestHowAnObligationStands(t *testing.T) {
	p := small(t)
	january, march, may := at(2025, time.January, 20, 9), at(2025, time.March, 10, 9), at(2025, time.May, 1, 9)
	submitted := func(id submission.ID, moment time.Time, more ...submission.Event) submission.Submission {
		return sent(id, append([]submission.Event{event(submission.Received, moment), event(submission.Submitted, moment)}, more...)...)
	}
	refused := func(id submission.ID, moment time.Time) submission.Submission {
		return sent(id, event(submission.Received, moment), event(submission.Refused, moment))
	}
	for _, test := range []struct {
		name   string
		sent   []submission.Submission
		today  time.Time
		want   submission.Standing
		by     submission.ID
		onTime bool
	}{
		// Midnight in Switzerland is at 23 UTC in winter, and at 22 in summer.
		{"in the last hour of the year nothing is owed", nil, at(2024, time.December, 31, 22), submission.NotDue, "", false},
		{"on the first of January it is owed", nil, at(2024, time.December, 31, 23), submission.Open, "", false},
		{"on the evening of the due day there is still time", nil, at(2025, time.February, 28, 22), submission.Open, "", false},
		{"the day after it is late", nil, at(2025, time.February, 28, 23), submission.Late, "", false},
		{"a file before the due day is on time", []submission.Submission{submitted("a", january)}, may, submission.IsSubmitted, "a", true},
		{"in the last hour of the due day too", []submission.Submission{submitted("a", at(2025, time.February, 28, 22))}, may, submission.IsSubmitted, "a", true},
		{"an hour later it is late, and in force", []submission.Submission{submitted("a", at(2025, time.February, 28, 23))}, may, submission.IsSubmitted, "a", false},
		{"accepted", []submission.Submission{submitted("a", january, event(submission.Accepted, march))}, may, submission.IsAccepted, "a", true},
		{"a late correction of a file in time keeps its being in time", []submission.Submission{submitted("a", january), submitted("b", march)}, may, submission.IsSubmitted, "b", true},
		{"refused files alone", []submission.Submission{refused("a", january), refused("b", march)}, may, submission.WasRefused, "b", false},
		{"a refused correction leaves the first in force", []submission.Submission{submitted("a", january), refused("b", march)}, may, submission.IsSubmitted, "a", true},
		{"given back", []submission.Submission{submitted("a", january, event(submission.Returned, march))}, may, submission.WasReturned, "a", true},
		{"taken back after the due day: nothing came in time", []submission.Submission{submitted("a", january, event(submission.Withdrawn, march))}, may, submission.Late, "a", false},
		{"what was taken back is not on time, though another came late", []submission.Submission{submitted("a", january, event(submission.Withdrawn, march)), submitted("b", march)}, may, submission.IsSubmitted, "b", false},
		{"an accepted one that is taken back leaves the one before", []submission.Submission{submitted("a", january),
			submitted("b", march, event(submission.Accepted, march), event(submission.Withdrawn, may))}, may, submission.IsSubmitted, "a", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, o := range submission.Obligations(p, test.sent, nil, []figure.Year{2024}, test.today) {
				if o.Form != "municipality_year" || o.Organisation != "G2581" {
					continue
				}
				if o.Standing != test.want || o.Submission != test.by || o.OnTime != test.onTime {
					t.Errorf("got %s by %q, on time %v; want %s by %q, %v", o.Standing, o.Submission, o.OnTime, test.want, test.by, test.onTime)
				}
				return
			}
			t.Error("nothing is owed")
		})
	}
}

func TestWhoOwesWhat(t *testing.T) {
	p := small(t)
	count := func(year figure.Year) map[string]int {
		owed := map[string]int{}
		for _, o := range submission.Obligations(p, nil, nil, []figure.Year{year}, at(2030, time.January, 1, 0)) {
			owed[fmt.Sprint(o.Form, " ", o.Organisation)]++
		}
		return owed
	}
	for _, test := range []struct {
		name string
		year figure.Year
		who  string
		want int
	}{
		{"a municipality owes a year", 2024, "municipality_year G2581", 1},
		{"a municipality that was merged owes its last year", 2023, "municipality_year G2456", 1},
		{"and nothing after it", 2024, "municipality_year G2456", 0},
		{"before the form began nobody owes it", 2021, "municipality_year G2581", 0},
		{"a provider owes four quarters while its measure runs", 2024, "provider_quarter VHS", 4},
		{"and none after it", 2025, "provider_quarter VHS", 0},
		{"a listed organisation owes without a measure", 2025, "provider_quarter AGS", 4},
		{"an organisation of another kind owes nothing", 2024, "municipality_year ECAP", 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := count(test.year)[test.who]; got != test.want {
				t.Errorf("%d, want %d", got, test.want)
			}
		})
	}
}

func TestCoverageCountsWhatIsOwed(t *testing.T) {
	p := small(t)
	january := at(2025, time.January, 20, 9)
	all := []submission.Submission{
		sent("a", event(submission.Received, january), event(submission.Submitted, january), event(submission.Accepted, january)),
		{ID: "b", Form: "municipality_year", Organisation: "G2465", Period: figure.Period{Year: 2024},
			Events: []submission.Event{event(submission.Received, at(2025, time.April, 1, 0)), event(submission.Submitted, at(2025, time.April, 1, 0))}},
	}
	got := submission.Coverage(submission.Obligations(p, all, nil, []figure.Year{2024, 2025}, at(2025, time.May, 1, 0)))
	want := []figure.Coverage{
		{Form: "municipality_year", Year: 2024, Owed: 2, Delivered: 2, Accepted: 1, OnTime: 1},
		{Form: "provider_quarter", Year: 2024, Owed: 12},
		{Form: "provider_quarter", Year: 2025, Owed: 2}, // the first quarter alone has ended
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestSystemFigures(t *testing.T) {
	p := small(t)
	january, march := at(2025, time.January, 20, 9), at(2025, time.March, 10, 9)
	first := sent("a", event(submission.Received, january), event(submission.Refused, january))
	first.FaultyRows = 4
	second := sent("b", event(submission.Received, march), event(submission.Submitted, march), event(submission.Accepted, march))
	figures := func(today time.Time, all ...submission.Submission) map[figure.KeyFigure]string {
		values := map[figure.KeyFigure]string{}
		for _, sum := range submission.SystemFigures(p, all, nil, 2024, today) {
			if !slices.Contains(programme.ComputedFigures, sum.KeyFigure) {
				t.Errorf("%s is not listed as computed by the program", sum.KeyFigure)
			}
			values[sum.KeyFigure] = sum.Value.String()
		}
		return values
	}
	t.Run("what was owed, accepted and in time", func(t *testing.T) {
		got := figures(at(2025, time.May, 1, 0), first, second)
		for id, want := range map[figure.KeyFigure]string{
			"deliveries_owed": "14", "deliveries_accepted": "1", "deliveries_due": "14", "deliveries_on_time": "0",
			"rows_first_upload": "10", "rows_faultless_first_upload": "6", // of the first file, though it was refused
			"measures_running": "2", "measures_with_goals": "1",
		} {
			if got[id] != want {
				t.Errorf("%s is %q, want %q", id, got[id], want)
			}
		}
	})
	t.Run("before a period has ended, nothing is owed and nothing is nought", func(t *testing.T) {
		got := figures(at(2024, time.February, 1, 0))
		for _, id := range []figure.KeyFigure{"deliveries_owed", "deliveries_accepted", "deliveries_due", "rows_first_upload", "indicators_reported"} {
			if value, there := got[id]; there {
				t.Errorf("%s is %s, want none", id, value)
			}
		}
	})
	t.Run("an indicator is reported once a form with its figures counts, and has a break where a note says so", func(t *testing.T) {
		got := figures(at(2025, time.May, 1, 0), second)
		// FB1-01 and FB1-02 take their figures from the form; FB1-02 has a break in 2024.
		if got["indicators_reported"] != "2" || got["indicators_without_break"] != "1" {
			t.Errorf("got %s reported, %s without a break", got["indicators_reported"], got["indicators_without_break"])
		}
	})
}

func TestAnExtensionMovesTheDueDate(t *testing.T) {
	p := small(t)
	later := submission.Extension{Form: "municipality_year", Organisation: "G2581", Period: figure.Period{Year: 2024}, Due: at(2025, time.April, 30, 0), Reason: "Stellenwechsel"}
	earlier := later
	earlier.Due = at(2025, time.March, 15, 0)
	for _, test := range []struct {
		today time.Time
		want  submission.Standing
	}{{at(2025, time.April, 30, 21), submission.Open}, {at(2025, time.April, 30, 22), submission.Late}} {
		for _, o := range submission.Obligations(p, nil, []submission.Extension{earlier, later}, []figure.Year{2024}, test.today) {
			if o.Form != later.Form {
				continue
			}
			if o.Organisation == "G2581" && (o.Standing != test.want || o.Extended != "Stellenwechsel") {
				t.Errorf("on %s it is %s", test.today, o.Standing)
			}
			if o.Organisation != "G2581" && (o.Standing != submission.Late || o.Extended != "") {
				t.Errorf("%s has an extension too", o.Organisation)
			}
		}
	}
}
