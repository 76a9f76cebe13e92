package store_test

import (
	"context"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"kipmonitor/internal/account"
	"kipmonitor/internal/figure"
	"kipmonitor/internal/programme"
	"kipmonitor/internal/store"
)

// readerVariable makes the test program a reader of the folder it names, which says
// what it finds there; makerVariable one that fills it.
const (
	readerVariable = "KIPMONITOR_TEST_READER"
	makerVariable  = "KIPMONITOR_TEST_MAKER"
)

// outside is the part of testing.TB that the helpers of the tests need in a process of
// their own.
type outside struct{ testing.TB }

func (outside) Helper()                  {}
func (outside) Context() context.Context { return context.Background() }
func (outside) Fatal(args ...any)        { panic(fmt.Sprint(args...)) }

// runMaker fills a folder with some of everything that is kept.
func runMaker(folder string) int {
	t := outside{}
	p, err := programme.Load(os.DirFS("testdata/programme"))
	must(t, err)
	s, err := store.Open(t.Context(), store.Config{Folder: folder}, p)
	must(t, err)
	for i := range 3 {
		deliver(t, s, delivery{form: "municipality_year", organisation: figure.Organisation(fmt.Sprint("o", i)), period: fmt.Sprint(2024 + i%2),
			at: day(time.March, i+1), figures: []figure.Observation{given("arrivals", int64(i+10)), given("informed", int64(i+5))}})
	}
	must(t, s.KeepAccount(t.Context(), account.Account{Email: "a@example.ch", Created: day(time.March, 1), Role: account.Administrator, Active: true}))
	must(t, s.Close())
	return 0
}

// runReader opens a folder and says what is wrong with it, and what it would show.
func runReader(folder string) int {
	ctx := context.Background()
	p, err := programme.Load(os.DirFS("testdata/programme"))
	if err != nil {
		fmt.Println("error", err)
		return 1
	}
	s, err := store.Open(ctx, store.Config{Folder: folder}, p)
	if err != nil {
		fmt.Println("refused:", strings.ReplaceAll(err.Error(), "\n", " "))
		return 0
	}
	damages, err := s.Verify(ctx)
	if err != nil {
		fmt.Println("refused:", strings.ReplaceAll(err.Error(), "\n", " "))
		return 0
	}
	for _, d := range damages {
		fmt.Println("damage:", d.What.EN)
	}
	sums, err := s.Sums(ctx, figure.Question{Figures: []figure.KeyFigure{"arrivals", "informed"}, Years: []figure.Year{2024, 2025}})
	if err != nil {
		fmt.Println("no figures:", strings.ReplaceAll(err.Error(), "\n", " "))
	} else {
		fmt.Println("figures:", sums)
	}
	accounts, err := s.Accounts(ctx)
	if err != nil {
		fmt.Println("no accounts:", strings.ReplaceAll(err.Error(), "\n", " "))
	} else {
		fmt.Println("accounts:", len(accounts))
	}
	_ = s.Close()
	return 0
}

// harm is a way in which a file comes to harm.
var harms = []struct {
	name string
	do   func(path string, content []byte) error
}{
	{"cut", func(path string, content []byte) error { return os.Truncate(path, int64(len(content)/2)) }},
	{"flipped", func(path string, content []byte) error {
		flipped := append([]byte{}, content...)
		flipped[len(flipped)/2] ^= 0x10
		return os.WriteFile(path, flipped, 0o644)
	}},
	{"emptied", func(path string, _ []byte) error { return os.Truncate(path, 0) }},
	{"removed", func(path string, _ []byte) error { return os.Remove(path) }},
}

// Every file of a small data folder comes to harm in every way, one at a time: then the
// folder says what is wrong before it shows a figure, or shows the same figures as
// before. The ordinary test takes some of them by chance; KIPMONITOR_TEST_HARMS=all
// takes all, which takes a process for each.
func TestDamageIsNeverSilent(t *testing.T) {
	template := filepath.Join(t.TempDir(), "template")
	run := func(variable, folder string) string {
		command := exec.Command(os.Args[0])
		command.Env = append(os.Environ(), variable+"="+folder)
		output, err := command.Output()
		if err != nil {
			return "refused: the process ended: " + err.Error()
		}
		return string(output)
	}
	run(makerVariable, template)
	sound := run(readerVariable, template)
	if strings.Contains(sound, "damage:") || !strings.Contains(sound, "figures: [") || !strings.Contains(sound, "accounts: 1") {
		t.Fatalf("a sound folder says: %s", sound)
	}
	var files []string
	must(t, filepath.WalkDir(template, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Type().IsRegular() {
			relative, _ := filepath.Rel(template, path)
			files = append(files, relative)
		}
		return err
	}))
	type trial struct {
		file string
		harm int
	}
	var trials []trial
	for _, file := range files {
		for harm := range harms {
			trials = append(trials, trial{file, harm})
		}
	}
	if os.Getenv("KIPMONITOR_TEST_HARMS") != "all" {
		rand.Shuffle(len(trials), func(i, j int) { trials[i], trials[j] = trials[j], trials[i] })
		trials = trials[:min(len(trials), 12)]
	}
	t.Logf("%d files, %d trials", len(files), len(trials))
	for i, tr := range trials {
		folder := filepath.Join(t.TempDir(), strconv.Itoa(i))
		must(t, os.CopyFS(folder, os.DirFS(template)))
		path := filepath.Join(folder, tr.file)
		content, err := os.ReadFile(path)
		must(t, err)
		if len(content) == 0 && harms[tr.harm].name != "removed" {
			continue
		}
		must(t, harms[tr.harm].do(path, content))
		said := run(readerVariable, folder)
		must(t, os.RemoveAll(folder))
		if said != sound && !strings.Contains(said, "damage:") && !strings.Contains(said, "refused:") {
			t.Errorf("%s %s: in silence\n%s\ninstead of\n%s", tr.file, harms[tr.harm].name, said, sound)
		}
		if testing.Verbose() {
			t.Logf("%s %s: %s", tr.file, harms[tr.harm].name, strings.ReplaceAll(said, "\n", " | "))
		}
	}
}
