package store_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/programme"
	"kipmonitor/internal/store"
)

// backupVariable makes the test program one that backs up the folder it names while
// others write there, and restores what it backed up into a new one.
const backupVariable = "KIPMONITOR_TEST_BACKUP"

func runBackup(folder string) int {
	t := outside{}
	ctx := context.Background()
	p, err := programme.Load(os.DirFS("testdata/programme"))
	must(t, err)
	backups := filepath.Join(folder, "backups")
	s, err := store.Open(ctx, store.Config{Folder: folder, Backups: backups}, p)
	must(t, err)
	stop := make(chan struct{})
	var writers sync.WaitGroup
	for w := range 3 {
		writers.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				deliver(t, s, delivery{form: "municipality_year", organisation: figure.Organisation(fmt.Sprint("o", w, "-", i)), period: "2025",
					at: day(time.March, 1), figures: []figure.Observation{given("arrivals", int64(i+10)), given("informed", int64(i+5))}})
			}
		})
	}
	var names []string
	for i := range 3 {
		time.Sleep(200 * time.Millisecond)
		s.SetClock(func() time.Time { return time.Date(2026, 1, 1+i, 2, 0, 0, 0, time.UTC) })
		name, err := s.Backup(ctx)
		must(t, err)
		names = append(names, name)
	}
	close(stop)
	writers.Wait()
	s.SetClock(func() time.Time { return time.Date(2026, 1, 20, 2, 0, 0, 0, time.UTC) })
	quiet, err := s.Backup(ctx)
	must(t, err)
	all, err := store.Backups(backups)
	must(t, err)
	for _, b := range all {
		fmt.Println("backup", b.Name, "base", b.Base)
	}
	before := sums(t, s, figure.Question{Figures: []figure.KeyFigure{"arrivals", "informed"}, Years: []figure.Year{2025}})
	must(t, s.Close())

	for _, name := range append(names, quiet) {
		restored := filepath.Join(folder, "restored-"+name)
		must(t, store.Restore(ctx, filepath.Join(backups, name), restored, p))
		r, err := store.Open(ctx, store.Config{Folder: restored}, p)
		must(t, err)
		damages, err := r.Verify(ctx)
		must(t, err)
		for _, d := range damages {
			fmt.Println("damage", name, d.What.EN)
		}
		after := sums(t, r, figure.Question{Figures: []figure.KeyFigure{"arrivals", "informed"}, Years: []figure.Year{2025}})
		fmt.Println("restored", name, after == before, after != "")
		must(t, r.Close())
		if err := store.Restore(ctx, filepath.Join(backups, name), restored, p); err == nil {
			fmt.Println("damage: restored over data")
		}
	}
	s, err = store.Open(ctx, store.Config{Folder: folder, Backups: backups}, p)
	must(t, err)
	must(t, os.MkdirAll(filepath.Join(backups, "2026-01-05T000000Z.partial"), 0o700))
	gone, err := s.PruneBackups(1)
	must(t, err)
	left, err := os.ReadDir(backups)
	must(t, err)
	fmt.Println("pruned", len(gone), "left", len(left))
	must(t, s.Close())
	return 0
}

func TestABackupUnderLoadIsRestoredWhole(t *testing.T) {
	command := exec.Command(os.Args[0])
	command.Env = append(os.Environ(), backupVariable+"="+t.TempDir())
	output, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, output)
	}
	got := string(output)
	if strings.Contains(got, "damage") || strings.Count(got, "restored ") != 4 || !strings.Contains(got, "restored 2026-01-20T020000Z true true") ||
		!strings.Contains(got, "backup 2026-01-02T020000Z base 2026-01-01T020000Z") || !strings.Contains(got, "backup 2026-01-20T020000Z base \n") ||
		!strings.Contains(got, "pruned 3 left 1") {
		t.Errorf("got\n%s", got)
	}
}
