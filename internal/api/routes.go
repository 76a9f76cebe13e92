package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"kipmonitor/internal/account"
	"kipmonitor/internal/figure"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/problem"
)

// operation is one thing that a program can ask for.
type operation struct {
	method, path string
	rights       []account.Right // one of them is needed; nil: none, and no token either
	parameters   []string        // of the query; any other is refused, so that a slip of the pen is seen
	handle       func(ctx context.Context, c *fiber.Ctx, r request) error
	limit        time.Duration // of its time; 0: Config.QueryTime
}

// takeTime bounds the time in which a file is received and checked.
const takeTime = 10 * time.Minute

var (
	sending = []account.Right{account.SendFigures}
	reading = []account.Right{account.ReadFigures}
	owing   = []account.Right{account.SendFigures, account.ReadDeliveries}
	anybody = []account.Right{account.SendFigures, account.ReadDeliveries, account.ReadFigures}
)

// operations lists every path with the rights it needs and its handler.
func (a *API) operations() []operation {
	get, post := fiber.MethodGet, fiber.MethodPost
	return []operation{
		{get, "/openapi.json", nil, nil, a.openAPI, 0},
		{get, "/problems/:code", nil, nil, a.problemType, 0},

		{post, "/submissions", sending, []string{"file", "form", "organisation", "period"}, a.receive, takeTime},
		{get, "/submissions", sending, []string{"organisation", "form", "period", "state", "limit", "cursor"}, a.submissions, 0},
		{get, "/submissions/:id", sending, nil, a.submission, 0},
		{get, "/submissions/:id/findings", sending, nil, a.findings, 0},
		{get, "/submissions/:id/file", sending, nil, a.file, 0},
		{post, "/submissions/:id/submit", sending, nil, a.submit, 0},
		{post, "/submissions/:id/withdraw", sending, nil, a.withdraw, 0},

		{get, "/obligations", owing, []string{"year", "organisation"}, a.obligations, 0},

		{get, "/indicators", reading, []string{"year"}, a.indicators, 0},
		{get, "/indicators/:id", reading, []string{"year", "by", "basis"}, a.indicator, 0},

		{get, "/forms", anybody, nil, a.forms, 0},
		{get, "/forms/:code", anybody, []string{"organisation", "period"}, a.form, 0},
	}
}

// request is what every operation reads from its request.
type request struct {
	Viewer   account.Viewer
	Language locale.Language
	Query    url.Values
}

// handler lets a request through that has the right of an operation and is understood.
func (a *API) handler(one operation) fiber.Handler {
	return func(c *fiber.Ctx) error {
		limit := one.limit
		if limit == 0 {
			limit = a.QueryTime
		}
		// Fiber ends no context when the client leaves.
		ctx, cancel := context.WithTimeout(c.UserContext(), limit)
		defer cancel()
		r := request{Language: language(c)}
		if one.rights != nil {
			var err error
			if r.Viewer, err = a.identify(ctx, c, one.rights); err != nil {
				return err
			}
		}
		var err error
		if r.Query, err = query(c, one.parameters); err != nil {
			return err
		}
		c.Set(fiber.HeaderCacheControl, "no-store")
		c.Set(fiber.HeaderContentLanguage, string(r.Language))
		return one.handle(ctx, c, r)
	}
}

// query reads the parameters of a request. One that the operation does not know is
// refused: with a filter misspelt, the answer would be more than was asked for.
func query(c *fiber.Ctx, known []string) (url.Values, error) {
	values, err := url.ParseQuery(string(c.Request().URI().QueryString()))
	if err != nil {
		return nil, problem.New(problem.Invalid, "address", nil)
	}
	for name, given := range values {
		if !slices.Contains(known, name) {
			return nil, problem.New(problem.Invalid, "parameter_unknown", locale.Args{"name": name})
		}
		if len(given) > 1 {
			return nil, wrongValue(name, strings.Join(given, ", "))
		}
	}
	return values, nil
}

func wrongValue(name, text string) error {
	return problem.New(problem.Invalid, "parameter_value", locale.Args{"name": name, "text": text})
}

// year reads the parameter year.
func (a *API) year(r request, otherwise figure.Year) (figure.Year, error) {
	text := r.Query.Get("year")
	if text == "" {
		return otherwise, nil
	}
	year, err := strconv.ParseUint(text, 10, 16)
	if err != nil || figure.Year(year) < a.Programme.DataFrom || figure.Year(year) > a.Programme.LastYear {
		return 0, wrongValue("year", text)
	}
	return figure.Year(year), nil
}

// organisation reads the parameter organisation. One that the viewer does not see is
// answered as one that does not exist.
func (a *API) organisation(r request) (figure.Organisation, error) {
	code := figure.Organisation(r.Query.Get("organisation"))
	if code != "" && (a.Programme.Organisation(code) == nil || !r.Viewer.Sees(code)) {
		return "", problem.New(problem.NotFound, "organisation_not_found", nil)
	}
	return code, nil
}

// language is the one of the four that the client asks for first, or German.
func language(c *fiber.Ctx) locale.Language {
	asked, _ := locale.Parse(c.AcceptsLanguages("de", "fr", "it", "en"))
	return asked
}

// unchanged answers 304 where the client has the answer already. The parts are
// everything that the answer depends on besides the program and its address.
func (a *API) unchanged(c *fiber.Ctx, r request, parts ...string) (bool, error) {
	hash := sha256.Sum256([]byte(strings.Join(append(parts, a.Release, a.Programme.Fingerprint, string(r.Language), c.OriginalURL()), "\x00")))
	tag := `"` + hex.EncodeToString(hash[:12]) + `"`
	c.Set(fiber.HeaderETag, tag)
	c.Set(fiber.HeaderCacheControl, "private, no-cache")
	c.Set(fiber.HeaderVary, "Authorization, Accept-Language")
	if strings.Contains(c.Get(fiber.HeaderIfNoneMatch), tag) {
		return true, c.SendStatus(fiber.StatusNotModified)
	}
	return false, nil
}
