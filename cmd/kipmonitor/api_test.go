package main

import (
	"bytes"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"kipmonitor/internal/account"
)

var shellExample = regexp.MustCompile("(?s)```sh\n(.*?)```")

// TestTheExamplesOfTheAPIWork runs what docs/api.md shows against the real program, with
// tokens that its accounts issued.
func TestTheExamplesOfTheAPIWork(t *testing.T) {
	page, err := os.ReadFile("../../docs/api.md")
	must(t, err)
	o := options{data: t.TempDir()}
	app, err := o.open(t.Context())
	must(t, err)
	t.Cleanup(func() { _ = app.close() })
	must(t, app.ensureDemoAccounts(t.Context()))
	pages, err := o.newPages(app, access{demo: true}, slog.New(slog.NewTextHandler(io.Discard, nil)))
	must(t, err)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	go func() { _ = pages.Listener(listener) }()
	t.Cleanup(func() { _ = pages.ShutdownWithTimeout(5 * time.Second) })
	token := func(email string, right account.Right) string {
		one, err := app.accounts.Account(t.Context(), email)
		must(t, err)
		owner := account.Viewer{Email: one.Email, Role: one.Role, Organisation: one.Organisation}
		issued, err := app.accounts.NewToken(t.Context(), owner, account.Wish{Label: "Fachanwendung", Scopes: []account.Right{right}, Life: time.Hour}, "", "")
		must(t, err)
		return issued
	}
	sender := token("g2546@demo.invalid", account.SendFigures)

	examples := shellExample.FindAllSubmatch(page, -1)
	if len(examples) < 7 {
		t.Fatalf("docs/api.md has %d examples: does this test still read them?", len(examples))
	}
	script := bytes.NewBufferString("set -eu\n")
	for _, example := range examples {
		script.Write(example[1])
		script.WriteString("echo\n")
	}
	shell := exec.CommandContext(t.Context(), "sh")
	shell.Dir, shell.Stdin = t.TempDir(), script
	shell.Env = append(os.Environ(), "KIP=http://"+listener.Addr().String(), "TOKEN="+sender, "LESEN="+token("steuerung@demo.invalid", account.ReadFigures))
	output, err := shell.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	for _, want := range []string{`"code":"municipality_year"`, `"state":"submitted"`, `"explanation":"Es sind 1204 Personen."`, `"file_refused"`, `"state":"withdrawn"`, `"standing":"submitted"`, `"breakdown":{`} {
		if !strings.Contains(string(output), want) {
			t.Errorf("no example answers %s:\n%.3000s", want, output)
		}
	}

	// A session is no token, and a token is no session.
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+listener.Addr().String()+"/de/submissions", nil)
	must(t, err)
	request.Header.Set("Authorization", "Bearer "+sender)
	answer, err := (&http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).Do(request)
	must(t, err)
	must(t, answer.Body.Close())
	if answer.StatusCode != http.StatusSeeOther {
		t.Errorf("a page with a token: %d", answer.StatusCode)
	}
	owned, err := app.accounts.Tokens(t.Context(), "g2546@demo.invalid")
	must(t, err)
	must(t, app.accounts.Revoke(t.Context(), account.Viewer{}, "g2546@demo.invalid", owned[0].ID))
	request.URL.Path = "/api/v1/submissions"
	answer, err = http.DefaultClient.Do(request)
	must(t, err)
	must(t, answer.Body.Close())
	if answer.StatusCode != http.StatusUnauthorized {
		t.Errorf("with a token that was revoked: %d", answer.StatusCode)
	}
}
