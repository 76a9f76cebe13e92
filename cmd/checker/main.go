//go:build js && wasm

// Command checker is the check of a file for the browser, compiled to
// WebAssembly: what a sender chooses is looked at before a byte leaves the
// computer. It is the same check as the server's (internal/intake) and knows
// neither database nor network.
//
// The worker (internal/web/static/worker.js) puts the programme definition into
// the global object kipmonitor before it starts this program:
//
//	kipmonitor.definition   a Uint8Array: a zip of the definition's files
//	kipmonitor.fingerprint  what the server knows of it
//
// and finds there, once it has started,
//
//	kipmonitor.check(name, bytes, expect, language, progress)
//
// where bytes is a Uint8Array, expect an object with form, organisation and period
// ("" where the file says it) and progress a function that is told the share that
// is done. It returns JSON with report and summary. Where something fails there is
// kipmonitor.fault instead, or an exception: the server's check then serves alone.
package main

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"strings"
	"syscall/js"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/intake"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/programme"
	"kipmonitor/internal/summary"
)

func main() {
	debug.SetGCPercent(400)
	bridge := js.Global().Get("kipmonitor")
	p, err := load(bridge.Get("definition"), bridge.Get("fingerprint").String())
	if err != nil {
		bridge.Set("fault", err.Error())
		return
	}
	bridge.Set("check", js.FuncOf(func(_ js.Value, args []js.Value) any {
		answer, err := check(p, args[0].String(), args[1], args[2], args[3].String(), args[4])
		if err != nil {
			bridge.Set("fault", err.Error())
			return nil
		}
		return answer
	}))
	select {}
}

// load reads the definition. One that is not the server's would give another
// verdict than the server's.
func load(packed js.Value, fingerprint string) (*programme.Programme, error) {
	content := make([]byte, packed.Length())
	js.CopyBytesToGo(content, packed)
	files, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return nil, fmt.Errorf("read definition: %w", err)
	}
	p, err := programme.Load(files)
	if err != nil {
		return nil, err
	}
	if !strings.HasPrefix(p.Fingerprint, fingerprint) {
		return nil, errors.New("the definition is not the server's")
	}
	return p, nil
}

func check(p *programme.Programme, name string, content, expected js.Value, language string, progress js.Value) (string, error) {
	expect := intake.Expect{
		Form:         figure.Form(expected.Get("form").String()),
		Organisation: figure.Organisation(expected.Get("organisation").String()),
	}
	if text := expected.Get("period").String(); text != "" {
		period, err := figure.ParsePeriod(text)
		if err != nil {
			return "", err
		}
		expect.Period = period
	}
	l, _ := locale.Parse(language)
	size := int64(content.Length())
	report, err := intake.Check(intake.File{Name: name, Size: size, Content: &array{bytes: content, size: size, progress: progress}}, p, expect)
	if err != nil {
		return "", err
	}
	answer, err := json.Marshal(struct {
		Report  intake.Report   `json:"report"`
		Summary summary.Summary `json:"summary"`
	}{report, summary.Of(report, p, l)})
	return string(answer), err
}

// array reads a Uint8Array where it lies: the file is not copied as a whole.
type array struct {
	bytes    js.Value
	size     int64
	progress js.Value
	read     int64 // so far
	told     int64 // of read, when progress was last told
}

// ReadAt is io.ReaderAt.
func (a *array) ReadAt(p []byte, offset int64) (int, error) {
	if offset < 0 {
		return 0, errors.New("negative offset")
	}
	if offset >= a.size {
		return 0, io.EOF
	}
	n := js.CopyBytesToGo(p, a.bytes.Call("subarray", offset, min(offset+int64(len(p)), a.size)))
	a.tell(int64(n))
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// tell reports progress in steps of a hundredth. A file is read three times:
// as a whole, for its encoding and for its hash, and row by row.
func (a *array) tell(n int64) {
	a.read += n
	if whole := 3 * a.size; a.read-a.told >= whole/100+1 {
		a.told = a.read
		a.progress.Invoke(min(float64(a.read)/float64(whole), 0.99))
	}
}
