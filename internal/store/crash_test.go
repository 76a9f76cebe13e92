package store_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/programme"
	"kipmonitor/internal/store"
	"kipmonitor/internal/submission"
)

// writerVariable makes the test program a writer on the folder it names: it says
// which submissions it finds whole, and then writes until it is killed.
const writerVariable = "KIPMONITOR_TEST_WRITER"

// figuresOf is how many figures the writer's submissions have: more than go into
// one block, so that a kill may hit between two.
const figuresOf = 200_000

func runWriter(folder string) int {
	ctx := context.Background()
	p, err := programme.Load(os.DirFS("testdata/programme"))
	if err != nil {
		fmt.Println("error", err)
		return 1
	}
	s, err := store.Open(ctx, store.Config{Folder: folder}, p)
	if err != nil {
		fmt.Println("error", err)
		return 1
	}
	defer s.Close()
	if err := sayWhatIsWhole(ctx, s); err != nil {
		fmt.Println("error", err)
		return 1
	}
	fmt.Println("ready")
	var group sync.WaitGroup
	for writer := range 2 {
		group.Go(func() {
			for i := 0; ; i++ {
				if err := writeOne(ctx, s, writer, i); err != nil {
					fmt.Println("error", strings.ReplaceAll(err.Error(), "\n", " "))
					return
				}
			}
		})
	}
	group.Wait()
	return 0
}

func writeOne(ctx context.Context, s *store.Store, writer, i int) error {
	content := strings.Repeat(uuid.NewString(), 50_000)
	id := submission.ID(uuid.NewString())
	now := time.Now()
	one := submission.Submission{ID: id, Form: "municipality_year", Organisation: figure.Organisation(fmt.Sprint(os.Getpid(), "-", writer, "-", i)), Period: figure.Period{Year: 2025},
		SHA256: string(id), Size: int64(len(content)), Observations: figuresOf,
		Events: []submission.Event{{Kind: submission.Received, At: now}, {Kind: submission.Submitted, At: now}}}
	err := s.Keep(ctx, one, file("x", content), func(emit func([]figure.Observation) error) error {
		batch := make([]figure.Observation, 10_000)
		for j := range batch {
			batch[j] = given("arrivals", 1)
		}
		for range figuresOf / len(batch) {
			if err := emit(batch); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		fmt.Println("kept", id)
	}
	return err
}

// sayWhatIsWhole prints a line for each submission that can be seen.
func sayWhatIsWhole(ctx context.Context, s *store.Store) error {
	all, err := s.Submissions(ctx, submission.Filter{})
	if err != nil {
		return err
	}
	sums, err := s.Sums(ctx, figure.Question{Figures: []figure.KeyFigure{"arrivals"}, Years: []figure.Year{2025}, By: figure.ByOrganisation})
	if err != nil {
		return err
	}
	count := map[figure.Organisation]uint64{}
	for _, sum := range sums {
		count[sum.Organisation] = sum.Given
	}
	for _, one := range all {
		var content strings.Builder
		err := s.File(ctx, one.SHA256, &content)
		if err != nil || int64(content.Len()) != one.Size || count[one.Organisation] != uint64(one.Observations) || len(one.Events) != 2 {
			fmt.Println("torn", one.ID, err, content.Len(), count[one.Organisation], len(one.Events))
			continue
		}
		fmt.Println("whole", one.ID)
	}
	return nil
}

// writer starts the test program as a writer and returns what it says.
func writer(t *testing.T, folder string, change func(*exec.Cmd)) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	command := exec.Command(os.Args[0])
	command.Env = append(os.Environ(), writerVariable+"="+folder)
	if change != nil {
		change(command)
	}
	return command, listen(t, command)
}

// writerOf starts the test program in the part that a variable gives it.
func writerOf(t *testing.T, variable, folder string) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	command := exec.Command(os.Args[0])
	command.Env = append(os.Environ(), variable+"="+folder)
	return command, listen(t, command)
}

// listen starts a command and returns its lines.
func listen(t *testing.T, command *exec.Cmd) *bufio.Scanner {
	t.Helper()
	command.Stderr = os.Stderr
	output, err := command.StdoutPipe()
	must(t, err)
	must(t, command.Start())
	t.Cleanup(func() { _ = command.Process.Kill(); _ = command.Wait() })
	return bufio.NewScanner(output)
}

func TestAKillAtAnyMomentLosesNothingAndLeavesNothingHalf(t *testing.T) {
	folder := t.TempDir()
	kept := map[string]bool{}
	kills := 6
	if testing.Short() {
		kills = 2
	}
	for kill := range kills + 1 {
		command, lines := writer(t, folder, nil)
		whole, armed := map[string]bool{}, false
		for lines.Scan() {
			word, rest, _ := strings.Cut(lines.Text(), " ")
			switch word {
			case "whole":
				whole[rest] = true
			case "kept":
				kept[rest] = true
				// Every second kill comes after the first acknowledgement, however slow the
				// machine is; the others come at any moment.
				if kill%2 == 1 && !armed {
					armed = true
					time.AfterFunc(time.Duration(rand.IntN(600))*time.Millisecond, func() { _ = command.Process.Kill() })
				}
			case "torn", "error":
				t.Fatalf("after %d kills: %s", kill, lines.Text())
			case "ready":
				for id := range kept {
					if !whole[id] {
						t.Errorf("after %d kills: %s was acknowledged and is gone", kill, id)
					}
				}
				if kill == kills {
					_ = command.Process.Kill()
					break
				}
				if kill%2 == 0 {
					time.AfterFunc(time.Duration(50+rand.IntN(1500))*time.Millisecond, func() { _ = command.Process.Kill() })
				}
			}
		}
		_ = command.Wait()
	}
	if len(kept) == 0 {
		t.Error("nothing was acknowledged between the kills: the test shows nothing")
	}
	t.Logf("%d submissions acknowledged, all whole after %d kills", len(kept), kills)
}

// A disk that is full is a memory file system of a few megabytes or, where none
// may be mounted, a limit on the size of files.
func TestAFullDiskIsSaidInOneLineAndLosesNothing(t *testing.T) {
	folder := t.TempDir()
	var change func(*exec.Cmd)
	if err := syscall.Mount("tmpfs", folder, "tmpfs", 0, "size=24m"); err == nil {
		t.Cleanup(func() { _ = syscall.Unmount(folder, syscall.MNT_DETACH) })
	} else {
		change = func(command *exec.Cmd) {
			command.Args = []string{"bash", "-c", "trap '' XFSZ; ulimit -f 2048; exec " + os.Args[0]}
			command.Path = "/bin/bash"
		}
	}
	kept := map[string]bool{}
	command, lines := writer(t, folder, change)
	failures := 0
	for lines.Scan() {
		word, rest, _ := strings.Cut(lines.Text(), " ")
		switch word {
		case "kept":
			kept[rest] = true
		case "error":
			failures++
			if !strings.Contains(rest, "Der Speicherplatz der Datenbank ist voll.") {
				t.Errorf("got %q", rest)
			}
		}
	}
	_ = command.Wait()
	if failures == 0 {
		t.Fatal("the disk did not get full")
	}
	if change == nil {
		must(t, syscall.Mount("", folder, "", syscall.MS_REMOUNT, "size=400m"))
	}
	command, lines = writer(t, folder, nil)
	whole := map[string]bool{}
	for lines.Scan() && lines.Text() != "ready" {
		word, rest, _ := strings.Cut(lines.Text(), " ")
		if word != "whole" {
			t.Errorf("got %q", lines.Text())
		}
		whole[rest] = true
	}
	_ = command.Process.Kill()
	for id := range kept {
		if !whole[id] {
			t.Errorf("%s was acknowledged and is gone", id)
		}
	}
	t.Logf("%d submissions acknowledged before the disk was full", len(kept))
}

func TestAFolderInUseIsSaidInOneLine(t *testing.T) {
	command, lines := writer(t, shared.folder, nil)
	if !lines.Scan() || !strings.Contains(lines.Text(), "in use by another process") {
		t.Errorf("got %q", lines.Text())
	}
	if err := command.Wait(); err == nil {
		t.Error("the exit code is zero")
	}
}
