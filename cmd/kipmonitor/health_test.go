package main

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// health asks for an answer that is not a second old.
func (s *site) health(t *testing.T, path string) (int, string) {
	t.Helper()
	time.Sleep(1100 * time.Millisecond)
	response, err := http.Get(s.address + path)
	must(t, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	must(t, err)
	return response.StatusCode, string(text)
}

// Without its data folder, or with another key, the server lives but is not ready.
func TestTheServerIsReadyWhileItHasWhatItNeeds(t *testing.T) {
	s, folder := quickSite(t)
	want := func(status int, failed string) {
		t.Helper()
		for _, path := range []string{"/health/ready", "/health"} {
			got, text := s.health(t, path)
			if got != status || strings.Contains(text, "failed") != (failed != "") || failed != "" && !strings.Contains(text, failed+": failed") {
				t.Errorf("%s: status %d, %q, want %d and %q to fail", path, got, text, status, failed)
			}
			if strings.Contains(text, folder) {
				t.Errorf("%s tells where the data lie: %s", path, text)
			}
		}
		if status, text := s.health(t, "/health/live"); status != http.StatusOK || text != "ok\n" {
			t.Errorf("live: status %d, %q", status, text)
		}
	}
	want(http.StatusOK, "")
	ready := func() (int, string) {
		var out strings.Builder
		code := run([]string{"ready", "--address", s.host}, &out, &out)
		return code, out.String()
	}
	if code, text := ready(); code != 0 || !strings.HasPrefix(text, "ok\n") {
		t.Errorf("the command says %d, %q", code, text)
	}
	must(t, os.Rename(filepath.Join(folder, "accounts.key"), filepath.Join(folder, "key")))
	want(http.StatusServiceUnavailable, "key")
	if code, text := ready(); code != 1 || !strings.Contains(text, "key: failed") {
		t.Errorf("the command says %d, %q", code, text)
	}
	must(t, os.Rename(filepath.Join(folder, "key"), filepath.Join(folder, "accounts.key")))
	want(http.StatusOK, "")
	must(t, os.Rename(folder, folder+"-gone"))
	want(http.StatusServiceUnavailable, "disk")
	want(http.StatusServiceUnavailable, "tables")
	must(t, os.Rename(folder+"-gone", folder))
	want(http.StatusOK, "")
}
