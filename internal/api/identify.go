package api

import (
	"context"
	"crypto/sha256"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"kipmonitor/internal/account"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/problem"
)

// viewerKey is where a request keeps who asks, for whoever sees the answer on its way out.
const viewerKey = "viewer"

const realm = `Bearer realm="api"`

// identify finds out which machine asks, by its token, and lets it pass if it has one
// of some rights. A cookie says nothing here, so that no page of another site can ask
// in somebody's name.
func (a *API) identify(ctx context.Context, c *fiber.Ctx, rights []account.Right) (account.Viewer, error) {
	scheme, token, _ := strings.Cut(c.Get(fiber.HeaderAuthorization), " ")
	token = strings.TrimSpace(token)
	if !strings.EqualFold(scheme, "Bearer") || token == "" {
		c.Set(fiber.HeaderWWWAuthenticate, realm)
		return account.Viewer{}, problem.New(problem.Unauthorized, "token_missing", nil)
	}
	viewer, err := a.Identify(ctx, token)
	if told, ok := problem.From(err); ok && told.Kind == problem.Unauthorized || err == nil && viewer.Role == "" {
		c.Set(fiber.HeaderWWWAuthenticate, realm+`, error="invalid_token"`)
		return account.Viewer{}, problem.New(problem.Unauthorized, "token_unknown", nil)
	}
	if err != nil {
		return account.Viewer{}, err
	}
	viewer.Address, viewer.Via = a.Address(c), "API"
	c.Locals(viewerKey, viewer)
	hash := sha256.Sum256([]byte(token)) // no secret stays in memory
	if wait := a.byIdentity.Take(string(hash[:])); wait > 0 {
		return account.Viewer{}, tooMany(c, wait)
	}
	for _, right := range rights {
		if viewer.May(right) {
			return viewer, nil
		}
	}
	if count, notable := a.refusals.Count(viewer.Email); notable {
		if err := a.Audit(ctx, viewer.Line(a.Now(), account.RightRefused, c.Method()+" "+c.Path(), account.Times(count))); err != nil {
			return account.Viewer{}, err
		}
	}
	names := make([]string, len(rights))
	for i, right := range rights {
		names[i] = string(right)
	}
	c.Set(fiber.HeaderWWWAuthenticate, realm+`, error="insufficient_scope", scope="`+strings.Join(names, " ")+`"`)
	return account.Viewer{}, problem.New(problem.Forbidden, "right_missing", nil)
}

// limitAddress bounds what one address may ask, with whatever tokens.
func (a *API) limitAddress(c *fiber.Ctx) error {
	if wait := a.byAddress.Take(a.Address(c)); wait > 0 {
		return tooMany(c, wait)
	}
	return c.Next()
}

func tooMany(c *fiber.Ctx, seconds int) error {
	c.Set(fiber.HeaderRetryAfter, strconv.Itoa(seconds))
	return problem.New(problem.TooMany, "try_later", locale.Args{"count": seconds})
}
