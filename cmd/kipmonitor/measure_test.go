package main

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

// measure reads /metrics with some headers.
func (s *site) measure(t *testing.T, header ...string) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.address+"/metrics", nil)
	must(t, err)
	for i := 0; i+1 < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
		if header[i] == "Host" {
			request.Host = header[i+1]
		}
	}
	response, err := http.DefaultClient.Do(request)
	must(t, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	must(t, err)
	return response.StatusCode, string(text)
}

func TestTheMeasurementsAreThereForThisMachineAndWhoeverHasTheToken(t *testing.T) {
	t.Setenv(metricsTokenVariable, "0123456789abcdef0123")
	s, _ := quickSite(t)
	if status, _ := s.health(t, "/de/login"); status != http.StatusOK {
		t.Errorf("the page to log in: %d", status)
	}
	status, text := s.measure(t)
	if status != http.StatusOK {
		t.Fatalf("from this machine: status %d", status)
	}
	for _, want := range []string{"kipmonitor_build_info{", `kipmonitor_requests_total{code="200",method="GET",route="/:language/login"} 1`, "kipmonitor_panics_total 0",
		`kipmonitor_query_seconds_count{outcome="ok",query="`, `kipmonitor_engine_parts{table="migrations"}`, "kipmonitor_engine_memory_bytes ",
		`kipmonitor_check_ok{check="engine"} 1`, `kipmonitor_check_ok{check="disk"}`, `kipmonitor_statements_waiting{lane="reading"} 0`, "kipmonitor_disk_free_bytes ", "go_goroutines ", "process_open_fds "} {
		if !strings.Contains(text, want) {
			t.Errorf("%s is missing", want)
		}
	}
	for name, one := range map[string]struct {
		header []string
		status int
	}{
		"through a proxy":             {[]string{"X-Forwarded-For", "192.0.2.1"}, http.StatusForbidden},
		"under a name":                {[]string{"Host", "kip.example.ch"}, http.StatusForbidden},
		"with a wrong token":          {[]string{"X-Forwarded-For", "192.0.2.1", "Authorization", "Bearer wrong"}, http.StatusForbidden},
		"through a proxy, with token": {[]string{"X-Forwarded-For", "192.0.2.1", "Authorization", "Bearer 0123456789abcdef0123"}, http.StatusOK},
	} {
		if status, _ := s.measure(t, one.header...); status != one.status {
			t.Errorf("%s: status %d, want %d", name, status, one.status)
		}
	}
	t.Setenv(metricsTokenVariable, "short")
	if _, err := metricsToken(); err == nil {
		t.Error("a token of five letters is taken")
	}
}
