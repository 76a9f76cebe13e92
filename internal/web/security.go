package web

import (
	"net"
	"net/url"

	"github.com/gofiber/fiber/v2"

	"kipmonitor/internal/problem"
)

// policy is the content security policy of every page: everything from this
// server, no inline script, no inline style, no frame.
const policy = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; " +
	"form-action 'self'; frame-ancestors 'none'"

// workerPolicy is that of the worker which checks a file in the browser: nothing but
// it may compile WebAssembly. A worker has the policy that it was sent with, not
// its page's.
const workerPolicy = policy + "; script-src 'self' 'wasm-unsafe-eval'"

// secure sets the security headers of every answer.
func secure(c *fiber.Ctx) error {
	c.Set("Content-Security-Policy", policy)
	c.Set("X-Content-Type-Options", "nosniff")
	c.Set("X-Frame-Options", "DENY")
	c.Set("Referrer-Policy", "same-origin")
	c.Set("Cross-Origin-Opener-Policy", "same-origin")
	c.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
	return c.Next()
}

// sameOrigin refuses a request that changes something and that another site's
// page sent. Browsers say where a request comes from in Sec-Fetch-Site or, older
// ones, in Origin; programs such as curl send neither.
func sameOrigin(c *fiber.Ctx) error {
	refused := problem.New(problem.Forbidden, "other_origin", nil)
	switch c.Get("Sec-Fetch-Site") {
	case "same-origin", "none":
		return c.Next()
	case "":
	default:
		return refused
	}
	origin := c.Get(fiber.HeaderOrigin)
	if origin == "" {
		return c.Next()
	}
	if address, err := url.Parse(origin); err == nil && address.Host == c.Hostname() {
		return c.Next()
	}
	return refused
}

// knownHost refuses a request under a host name that is not this machine's
// while the server is bound to loopback: another site could otherwise reach it
// through a name of its own that points to 127.0.0.1 (DNS rebinding).
func knownHost(c *fiber.Ctx) error {
	host := c.Hostname()
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	if address := net.ParseIP(host); host == "localhost" || (address != nil && address.IsLoopback()) {
		return c.Next()
	}
	return problem.New(problem.Forbidden, "unknown_host", nil)
}
