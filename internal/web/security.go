package web

import (
	"io"
	"net"
	"net/url"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"kipmonitor/internal/locale"
	"kipmonitor/internal/problem"
	"kipmonitor/internal/upload"
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
func (s *Server) secure(c *fiber.Ctx) error {
	s.secureHeaders(c)
	defer finishBody(c)
	return c.Next()
}

// secureHeaders sets the headers of an answer that may come from no handler: the server
// itself refuses what it cannot read. Nothing is kept on the way or in the browser
// unless its handler says so: files hold figures that are not protected.
func (s *Server) secureHeaders(c *fiber.Ctx) {
	if s.safeCookies() {
		// A year (RFC 6797): whoever was here once comes over TLS alone. Other hosts of the
		// domain are not ours to speak for.
		c.Set(fiber.HeaderStrictTransportSecurity, "max-age=31536000")
	}
	c.Set("Content-Security-Policy", policy)
	c.Set("X-Content-Type-Options", "nosniff")
	c.Set("X-Frame-Options", "DENY")
	c.Set("Referrer-Policy", "same-origin")
	c.Set("Cross-Origin-Opener-Policy", "same-origin")
	c.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
	c.Set(fiber.HeaderCacheControl, "no-store")
}

// finishBody reads what a handler left of the body of a request. Bodies are streamed,
// and the server would take the rest for the next request on the connection: behind a
// proxy, for somebody else's.
func finishBody(c *fiber.Ctx) {
	if !c.Request().IsBodyStream() {
		return
	}
	// The end of a chunked body must not be read twice, so nothing is known of its rest.
	if c.Request().Header.ContentLength() >= 0 {
		if _, err := io.CopyN(io.Discard, c.Context().RequestBodyStream(), upload.Max+maxForm); err == io.EOF {
			return
		}
	}
	c.Context().SetConnectionClose()
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
	if address, err := url.Parse(origin); err == nil && strings.EqualFold(address.Host, requestHost(c)) {
		return c.Next()
	}
	return refused
}

// knownHost refuses a request under a host name that is neither this machine's nor
// that of the public address: another site could otherwise reach the server through
// a name of its own that points here (DNS rebinding).
func (s *Server) knownHost(c *fiber.Ctx) error {
	host := requestHost(c)
	if s.PublicURL != nil && strings.EqualFold(host, s.PublicURL.Host) {
		return c.Next()
	}
	if isLoopbackHost(host) {
		return c.Next()
	}
	return problem.New(problem.Forbidden, "unknown_host", nil)
}

// isLoopbackHost reports whether a host, perhaps with a port, is this machine.
func isLoopbackHost(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	address := net.ParseIP(strings.Trim(host, "[]"))
	return host == "localhost" || (address != nil && address.IsLoopback())
}

// requestHost is the host of the request itself. Fiber's own takes what a page of
// another site may set for it.
func requestHost(c *fiber.Ctx) string { return string(c.Context().Host()) }

func (s *Server) address(c *fiber.Ctx) string { return Address(c, s.BehindProxy) }

// Address is where a request comes from: behind a proxy the last that it names, since
// a client may have written the ones before.
func Address(c *fiber.Ctx, behindProxy bool) string {
	if behindProxy {
		all := strings.Split(c.Get(fiber.HeaderXForwardedFor), ",")
		if ip := net.ParseIP(strings.TrimSpace(all[len(all)-1])); ip != nil {
			return ip.String()
		}
	}
	return c.Context().RemoteIP().String()
}

// How many requests a minute that change something may come: from one person who is
// logged in; from one client who is not, to log in, with a link, and otherwise; and from
// all such clients of one address, which may be an office with many.
const (
	postsPerMinute     = 300
	loginsPerMinute    = 30
	linksPerMinute     = 30
	strangersPerMinute = 900
)

// limitPosts refuses those that are more. Clients are told apart by the cookie that binds
// their forms: without it no form is taken anyway.
func (s *Server) limitPosts(c *fiber.Ctx) error {
	if c.Method() != fiber.MethodPost {
		return c.Next()
	}
	limit, who := s.posts, viewer(c).Email
	if who == "" {
		who = s.address(c)
		if wait := s.strangers.Take(who); wait > 0 {
			return tooManyPosts(c, wait)
		}
		who += " " + formToken(c)
		switch path := c.Path(); {
		case strings.Contains(path, "/login"):
			limit = s.logins
		case strings.Contains(path, "/link/"):
			limit = s.links
		}
	}
	if wait := limit.Take(who); wait > 0 {
		return tooManyPosts(c, wait)
	}
	return c.Next()
}

func tooManyPosts(c *fiber.Ctx, wait int) error {
	c.Set(fiber.HeaderRetryAfter, strconv.Itoa(wait))
	return problem.New(problem.TooMany, "try_later", locale.Args{"count": wait})
}
