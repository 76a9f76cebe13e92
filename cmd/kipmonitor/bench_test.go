package main

import (
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"kipmonitor/internal/demo"
)

// BenchmarkServe loads the demo data with the real binary and measures what a
// server costs: from its start to the first answered request, pages that it has
// rendered before, and its memory at rest.
func BenchmarkServe(b *testing.B) {
	folder := b.TempDir()
	program := filepath.Join(folder, "kipmonitor")
	run := func(name string, arguments ...string) {
		command := exec.Command(name, arguments...)
		command.Env = append(os.Environ(), "CGO_ENABLED=0")
		if output, err := command.CombinedOutput(); err != nil {
			b.Fatalf("%s: %v\n%s", name, err, output)
		}
	}
	run("go", "build", "-o", program, ".")
	data := filepath.Join(folder, "data")
	start := time.Now()
	if testing.Short() {
		data = fewDemoData(b)
	} else {
		run(program, "demo", "--data", data)
	}
	b.ReportMetric(time.Since(start).Seconds(), "s/demo")

	var first, overview, again, unchanged time.Duration
	var memory, rounds int
	for b.Loop() {
		address := freeAddress(b)
		server := exec.Command(program, "serve", "--data", data, "--address", address)
		start := time.Now()
		must(b, server.Start())
		for {
			response, err := http.Get("http://" + address + "/de/login")
			if err == nil {
				_ = response.Body.Close()
				break
			}
			if time.Since(start) > time.Minute {
				b.Fatal("the server does not answer")
			}
			time.Sleep(5 * time.Millisecond)
		}
		first += time.Since(start)
		client, _ := demoClient(b, "http://"+address, demoCoordination)
		start = time.Now()
		tag := fetch(client, address, "/de/", "")
		if tag == "" {
			b.Fatal("the overview is not shown")
		}
		overview += time.Since(start)
		start = time.Now()
		for range 50 {
			fetch(client, address, "/de/", "")
		}
		again += time.Since(start) / 50
		start = time.Now()
		for range 50 {
			fetch(client, address, "/de/", tag)
		}
		unchanged += time.Since(start) / 50
		if !testing.Short() {
			time.Sleep(6 * time.Second) // the engine gives back what it no longer needs
		}
		memory += residentMiB(b, server.Process.Pid)
		must(b, server.Process.Signal(os.Interrupt))
		_ = server.Wait()
		rounds++
	}
	b.ReportMetric(first.Seconds()/float64(rounds), "s/first-answer")
	b.ReportMetric(overview.Seconds()/float64(rounds), "s/first-overview")
	b.ReportMetric(again.Seconds()*1000/float64(rounds), "ms/page-again")
	b.ReportMetric(unchanged.Seconds()*1000/float64(rounds), "ms/304")
	b.ReportMetric(float64(memory)/float64(rounds), "MiB-at-rest")
}

// fewDemoData makes a data folder with the demo files of one municipality.
func fewDemoData(b *testing.B) string {
	b.Helper()
	o, app, files := withDemoFiles(b)
	files = slices.DeleteFunc(files, func(f demo.File) bool { return f.Organisation != "G2581" || f.Period.Year != 2025 })
	_, err := demo.Load(b.Context(), app.submissions, files, nil, time.Now(), func() {})
	must(b, err)
	must(b, app.ensureDemoAccounts(b.Context()))
	must(b, app.close())
	return o.data
}

// fetch asks for a page and returns its tag; "" where nobody answers.
func fetch(client *http.Client, address, path, tag string) string {
	request, err := http.NewRequest("GET", "http://"+address+path, nil)
	if err != nil {
		return ""
	}
	if tag != "" {
		request.Header.Set("If-None-Match", tag)
	}
	response, err := client.Do(request)
	if err != nil {
		return ""
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, response.Body)
	return response.Header.Get("ETag")
}

func freeAddress(b *testing.B) string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(b, err)
	defer listener.Close()
	return listener.Addr().String()
}

func residentMiB(b *testing.B, pid int) int {
	status, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	must(b, err)
	for line := range strings.SplitSeq(string(status), "\n") {
		if fields := strings.Fields(line); len(fields) > 1 && fields[0] == "VmRSS:" {
			kib, err := strconv.Atoi(fields[1])
			must(b, err)
			return kib / 1024
		}
	}
	return 0
}
