package main

import (
	"context"
	"flag"
	"io"
	"net"
	"net/http"
	"time"
)

// readyTime is how long a server has to say whether it is ready.
const readyTime = 10 * time.Second

// runReady asks a server on this machine whether it is ready: for the health check of a
// container, which has nothing else to ask with.
func runReady(args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("ready", flag.ContinueOnError)
	address := flags.String("address", "127.0.0.1:8080", say("option.ready_address", nil))
	if code, ok := parse(flags, args, stderr); !ok {
		return code
	}
	host, port, err := net.SplitHostPort(*address)
	if err != nil || flags.NArg() > 0 {
		return misused(stderr, "ready")
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1" // a server that listens everywhere answers here too
	}
	ctx, cancel := context.WithTimeout(context.Background(), readyTime)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/health/ready", nil)
	if err != nil {
		return fail(stderr, err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return fail(stderr, err)
	}
	defer response.Body.Close()
	if _, err := io.Copy(stdout, io.LimitReader(response.Body, 1<<16)); err != nil {
		return fail(stderr, err)
	}
	if response.StatusCode != http.StatusOK {
		return 1
	}
	return 0
}
