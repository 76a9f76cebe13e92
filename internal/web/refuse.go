package web

import (
	"bytes"

	"github.com/gofiber/fiber/v2"

	"kipmonitor/internal/account"
)

// What the server reads of the lines before a body, and what it takes of them. It reads
// more than it takes, so that what is too long is answered where it was sent to.
const (
	readHeader = 16 << 10
	maxHeader  = 8 << 10
)

// framed refuses a request whose lines before the body are too long, or say in two ways
// how long the body is: a proxy in front may believe the other length, and take the rest
// for the next request (request smuggling; RFC 9112, section 6.3).
func framed(c *fiber.Ctx) error {
	raw := c.Request().Header.RawHeaders()
	if len(raw) > maxHeader {
		c.Context().SetConnectionClose()
		return fiber.ErrRequestHeaderFieldsTooLarge
	}
	var length []byte
	chunked := false
	for line := range bytes.Lines(raw) {
		name, value, found := bytes.Cut(line, []byte(":"))
		name = bytes.TrimSpace(name)
		chunked = chunked || bytes.EqualFold(name, []byte(fiber.HeaderTransferEncoding))
		if !found || !bytes.EqualFold(name, []byte(fiber.HeaderContentLength)) {
			continue
		}
		value = bytes.TrimSpace(value)
		if length != nil && !bytes.Equal(length, value) || bytes.ContainsRune(value, ',') {
			c.Context().SetConnectionClose()
			return fiber.ErrBadRequest
		}
		length = value
	}
	if length != nil && chunked {
		c.Context().SetConnectionClose()
		return fiber.ErrBadRequest
	}
	return c.Next()
}

// refuse records that the viewer asked for what the role has no right to: the first
// time, the tenth, the hundredth … of an hour.
func (s *Server) refuse(c *fiber.Ctx) error {
	v := viewer(c)
	count, notable := s.refusals.Count(v.Email)
	if !notable {
		return nil
	}
	return s.audit(c, account.RightRefused, c.Method()+" "+loggedPath(c), account.Times(count))
}
