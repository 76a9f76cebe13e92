package main

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"kipmonitor/internal/account"
	"kipmonitor/internal/submission"
)

const fullDisk = "Der Speicherplatz der Datenbank ist voll."

// A disk that is full, or nearly so, is what page and interface say, whatever is asked
// that writes; nothing of it counts.
func TestAFullDiskIsSaidByEveryPageAndByTheInterface(t *testing.T) {
	disk := t.TempDir()
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=64m"); err != nil {
		t.Skipf("no disk can be made here: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(disk, syscall.MNT_DETACH) })
	s := siteIn(t, filepath.Join(disk, "data"))
	must(t, s.app.ensureDemoAccounts(t.Context()))
	client, csrf := s.client(t, "g2546@demo.invalid")
	owner := account.Viewer{Email: "g2546@demo.invalid", Role: account.Sender, Organisation: "G2546"}
	token, err := s.app.accounts.NewToken(t.Context(), owner, account.Wish{Label: "test", Scopes: []account.Right{account.SendFigures}, Life: time.Hour}, "", "")
	must(t, err)
	content := municipalityFile(t, s, "G2546")
	ballast := filepath.Join(disk, "ballast")

	for name, left := range map[string]int64{"no room for the upload": 0, "room for the upload, none for its figures": 256 << 10} {
		fillDisk(t, disk, ballast, left)
		if status, text := s.upload(t, client, csrf, "a.csv", content); status != http.StatusServiceUnavailable || !strings.Contains(text, fullDisk) {
			t.Errorf("%s: the page answers %d: %.400s", name, status, text)
		}
		status, text := s.send(t, token, content)
		if status != http.StatusServiceUnavailable || !strings.Contains(text, `"code":"disk_full"`) {
			t.Errorf("%s: the interface answers %d: %.400s", name, status, text)
		}
		must(t, os.Remove(ballast))
	}
	fillDisk(t, disk, ballast, 0)
	if response, err := client.PostForm(s.address+"/de/login/demo", map[string][]string{"csrf": {csrf}, "email": {"g2546@demo.invalid"}}); err != nil {
		t.Error(err)
	} else if text, _ := io.ReadAll(response.Body); response.StatusCode == http.StatusInternalServerError {
		t.Errorf("logging in answers %d: %.400s", response.StatusCode, text)
	}
	if status, text := s.health(t, "/health/ready"); status != http.StatusServiceUnavailable || !strings.Contains(text, "disk: failed") {
		t.Errorf("ready: status %d, %q", status, text)
	}
	must(t, os.Remove(ballast))

	all, err := s.app.store.Submissions(t.Context(), submission.Filter{})
	must(t, err)
	if len(all) != 0 {
		t.Errorf("%d submissions are there", len(all))
	}
	if status, text := s.upload(t, client, csrf, "a.csv", content); status != http.StatusSeeOther {
		t.Errorf("with room again: status %d: %.400s", status, text)
	}
}

// municipalityFile is a template with a figure in it, which the check lets pass.
func municipalityFile(t *testing.T, s *site, organisation string) string {
	t.Helper()
	var out, complaint strings.Builder
	code := run([]string{"template", "--form", "municipality_year", "--organisation", organisation, "--period", "2025", "--format", "csv"}, &out, &complaint)
	if code != 0 {
		t.Fatal(complaint.String())
	}
	return out.String()
}

// fillDisk leaves a disk so many bytes.
func fillDisk(t *testing.T, disk, ballast string, left int64) {
	t.Helper()
	var free syscall.Statfs_t
	must(t, syscall.Statfs(disk, &free))
	file, err := os.Create(ballast)
	must(t, err)
	defer file.Close()
	block := make([]byte, 64<<10)
	for size := int64(free.Bavail) * free.Bsize; size > left; size -= int64(len(block)) {
		if _, err := file.Write(block[:min(int64(len(block)), size-left)]); err != nil {
			return // full it is
		}
	}
}

// send sends a file through the interface.
func (s *site) send(t *testing.T, token, content string) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.address+"/api/v1/submissions?file=a.csv", strings.NewReader(content))
	must(t, err)
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("Content-Type", "text/csv")
	response, err := http.DefaultClient.Do(request)
	must(t, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	must(t, err)
	return response.StatusCode, string(text)
}
