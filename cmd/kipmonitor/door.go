package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"kipmonitor/internal/account"
	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/panics"
	"kipmonitor/internal/problem"
	"kipmonitor/internal/report"
	"kipmonitor/internal/upload"
)

// A running server holds the data folder, and no other process may open it. The commands
// of the same machine reach the server through a door: a Unix socket in a folder of the
// data that only the server's own user may enter.

// doorPath is where the socket lies.
func (o *options) doorPath() string { return filepath.Join(o.data, "local", "serve.sock") }

// longestSocket is how long the path of a socket may be on every system.
const longestSocket = 100

// openDoor answers the commands of this machine until the context ends.
func (o *options) openDoor(ctx context.Context, app *app, log *slog.Logger) error {
	path := o.doorPath()
	if len(path) > longestSocket {
		log.Warn("import and report work only while the server is stopped: the path of the data folder is too long for a socket", "path", path)
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("open the door for commands: %w", err)
	}
	// What lies there was left behind by a server that was killed: the folder is ours.
	if err := errors.Join(os.Chmod(filepath.Dir(path), 0o700), os.RemoveAll(path)); err != nil {
		return fmt.Errorf("open the door for commands: %w", err)
	}
	listener, err := net.Listen("unix", path)
	if err != nil {
		return fmt.Errorf("open the door for commands: %w", err)
	}
	d := &door{options: o, app: app}
	routes := http.NewServeMux()
	routes.HandleFunc("POST /import", d.handler(d.takeIn))
	routes.HandleFunc("GET /report", d.handler(d.report))
	routes.HandleFunc("POST /backup", d.handler(func(r *http.Request, out io.Writer) error { return o.backUp(r.Context(), app, out) }))
	routes.HandleFunc("GET /doctor", d.handler(d.doctor))
	server := &http.Server{Handler: routes, ReadHeaderTimeout: 10 * time.Second, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn),
		BaseContext: func(net.Listener) context.Context { return ctx }}
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			log.Error("the door for commands", "error", err)
		}
	}()
	context.AfterFunc(ctx, func() { _ = server.Close() })
	return nil
}

// door answers commands.
type door struct {
	*options
	app *app
}

// outcome is what a command of this machine is answered: what it writes, and why it is
// not done.
type outcome struct {
	Output, Fault string
}

func (d *door) handler(do func(r *http.Request, out io.Writer) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var out bytes.Buffer
		answer := outcome{}
		language, _ := locale.Parse(r.URL.Query().Get("language"))
		if theirs := r.URL.Query().Get("definition"); theirs != d.app.programme.Fingerprint {
			answer.Fault = language.Say("command.server_other", nil)
		} else if err := panics.Try(func() error { return do(r, &out) }); err != nil {
			answer.Fault = inLanguage(err, language)
			if told, ok := problem.From(err); ok {
				answer.Fault = told.In(language)
			}
		}
		answer.Output = out.String()
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(answer) // the command may have been stopped
	}
}

// takeIn takes a file in for the command import.
func (d *door) takeIn(r *http.Request, out io.Writer) error {
	query := r.URL.Query()
	language, _ := locale.Parse(query.Get("language"))
	expect, err := (&expectation{query.Get("form"), query.Get("organisation"), query.Get("period")}).parse()
	if err != nil {
		return err
	}
	file, err := upload.Keep(d.uploads(), upload.Name(query.Get("file")), upload.Limited(r.Body, upload.Max))
	if err != nil {
		return err
	}
	defer file.Close()
	turn, err := d.app.turns.Take(r.Context(), file.Size)
	if err != nil {
		return err
	}
	defer turn()
	return takeIn(r.Context(), d.app, file.File, query.Get("path"), expect, commandLine(query.Get("by")), query.Get("explain"), language, out)
}

// report writes the year for the command report.
func (d *door) report(r *http.Request, out io.Writer) error {
	query := r.URL.Query()
	year, err := strconv.ParseUint(query.Get("year"), 10, 16)
	if err != nil {
		return err
	}
	language, _ := locale.Parse(query.Get("language"))
	built, err := buildYear(r.Context(), d.app, figure.Year(year))
	if err != nil {
		return err
	}
	var content bytes.Buffer
	if err := built.Write(&content, report.Format(query.Get("format")), language); err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(content.Bytes())
}

// doctor examines the data for the command doctor, and changes nothing.
func (d *door) doctor(r *http.Request, out io.Writer) error {
	language, _ := locale.Parse(r.URL.Query().Get("language"))
	examination := doctor{options: *d.options, out: out, progress: io.Discard, language: language, programme: d.app.programme, store: d.app.store}
	if err := examination.examine(r.Context()); err != nil {
		return err
	}
	if examination.faults > 0 {
		return errDamaged
	}
	return nil
}

// commandLine is who asks at a command line: whoever may read the data folder.
func commandLine(by string) account.Viewer {
	return account.Viewer{Email: by, Role: account.Coordination, Via: "command line"}
}

// caller asks a running server.
type caller struct {
	client     *http.Client
	definition string
}

// running returns the server that holds the data folder; nil where none runs.
func (o *options) running(ctx context.Context) (*caller, error) {
	path := o.doorPath()
	dial := func(ctx context.Context) (net.Conn, error) { return (&net.Dialer{}).DialContext(ctx, "unix", path) }
	connection, err := dial(ctx)
	if err != nil {
		return nil, nil // there is no door, or it was left behind: the engine says the rest
	}
	_ = connection.Close()
	p, err := o.loadProgramme()
	if err != nil {
		return nil, err
	}
	transport := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) { return dial(ctx) }}
	return &caller{client: &http.Client{Transport: transport}, definition: p.Fingerprint}, nil
}

// ask sends a command and returns what it writes.
func (c *caller) ask(ctx context.Context, method, command string, query url.Values, body io.Reader) (string, error) {
	query.Set("definition", c.definition)
	query.Set("language", string(spoken))
	request, err := http.NewRequestWithContext(ctx, method, "http://server/"+command+"?"+query.Encode(), body)
	if err != nil {
		return "", err
	}
	response, err := c.client.Do(request)
	if err != nil {
		return "", because("server_silent", err)
	}
	defer response.Body.Close()
	var answer outcome
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		return "", because("server_silent", err)
	}
	if answer.Fault != "" {
		return answer.Output, errors.New(answer.Fault)
	}
	return answer.Output, nil
}

// importFile has the server take a file in.
func (c *caller) importFile(ctx context.Context, path string, expect expectation, by, explanation string, stdout io.Writer) error {
	content, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return newFault("no_file", nil)
	}
	if err != nil {
		return err
	}
	defer content.Close()
	output, err := c.ask(ctx, http.MethodPost, "import", url.Values{"file": {filepath.Base(path)}, "path": {path}, "form": {expect.form},
		"organisation": {expect.organisation}, "period": {expect.period}, "by": {by}, "explain": {explanation}}, content)
	if _, writing := io.WriteString(stdout, output); err == nil {
		err = writing
	}
	return err
}

// report has the server make the report of a year.
func (c *caller) report(ctx context.Context, year figure.Year, format report.Format) ([]byte, error) {
	output, err := c.ask(ctx, http.MethodGet, "report", url.Values{"year": {strconv.Itoa(int(year))}, "format": {string(format)}}, nil)
	if err != nil {
		return nil, err
	}
	var content []byte
	err = json.Unmarshal([]byte(output), &content)
	return content, err
}
