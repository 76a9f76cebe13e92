package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"kipmonitor/internal/locale"
	"kipmonitor/internal/panics"
	"kipmonitor/internal/problem"
	"kipmonitor/internal/submission"
	"kipmonitor/internal/trace"
	"kipmonitor/internal/upload"
)

// problemDocument is what goes wrong, as RFC 9457 writes it.
type problemDocument struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail"`
	// Instance is the id of the request, which stands in log and audit too.
	Instance string `json:"instance"`
	Code     string `json:"code"`
	*refusal
}

// refusal is what a problem says besides of a file that was refused.
type refusal struct {
	Submission *submission.ID       `json:"submission"` // null where nothing was kept
	State      submission.EventKind `json:"state"`
	Findings   []findingDocument    `json:"findings"`
}

// refused is the error of a file that was refused. Code says why.
type refused struct {
	code string
	refusal
}

func (r *refused) Error() string { return r.code }

// statusOf lists the codes of the problems that an operation can answer, with their
// status. A test holds that none is missing.
var statusOf = map[string]int{
	"address":                http.StatusBadRequest,
	"parameter_unknown":      http.StatusBadRequest,
	"parameter_missing":      http.StatusBadRequest,
	"parameter_value":        http.StatusBadRequest,
	"period":                 http.StatusBadRequest,
	"request":                http.StatusBadRequest,
	"json_unreadable":        http.StatusBadRequest,
	"upload_broken":          http.StatusBadRequest,
	"upload_missing":         http.StatusBadRequest,
	"confirmation_missing":   http.StatusBadRequest,
	"explanation_missing":    http.StatusBadRequest,
	"file_name_control":      http.StatusBadRequest,
	"reason_short":           http.StatusBadRequest,
	"reason_long":            http.StatusBadRequest,
	"token_missing":          http.StatusUnauthorized,
	"token_unknown":          http.StatusUnauthorized,
	"right_missing":          http.StatusForbidden,
	"path_unknown":           http.StatusNotFound,
	"problem_unknown":        http.StatusNotFound,
	"submission_unknown":     http.StatusNotFound,
	"file_not_kept":          http.StatusNotFound,
	"organisation_not_found": http.StatusNotFound,
	"form_unknown":           http.StatusNotFound,
	"indicator_unknown":      http.StatusNotFound,
	"method":                 http.StatusMethodNotAllowed,
	"submission_decided":     http.StatusConflict,
	"draft_outdated":         http.StatusConflict,
	"upload_too_large":       http.StatusRequestEntityTooLarge,
	"header_large":           http.StatusRequestHeaderFieldsTooLarge,
	"json_too_large":         http.StatusRequestEntityTooLarge,
	"media_type":             http.StatusUnsupportedMediaType,
	"file_refused":           http.StatusUnprocessableEntity,
	"file_personal":          http.StatusUnprocessableEntity,
	"try_later":              http.StatusTooManyRequests,
	"internal":               http.StatusInternalServerError,
	"database_unreachable":   http.StatusServiceUnavailable,
	"disk_full":              http.StatusServiceUnavailable,
	"data_damaged":           http.StatusServiceUnavailable,
	"query_time":             http.StatusServiceUnavailable,
	"query_memory":           http.StatusServiceUnavailable,
}

// answerProblems answers whatever a handler returned: a problem by its message, and
// everything else as ours, without a word of what it is. The log has it, once, under
// the instance that the client is told.
func (a *API) answerProblems(c *fiber.Ctx) error {
	ctx, _ := trace.WithID(c.UserContext())
	c.SetUserContext(ctx)
	err := panics.Try(c.Next)
	if err == nil {
		return nil
	}
	return a.AnswerProblem(c, err)
}

// AnswerProblem answers an error as a problem document: of an operation, or of a request
// that reached none.
func (a *API) AnswerProblem(c *fiber.Ctx, err error) error {
	ctx, id := trace.WithID(c.UserContext())
	if _, panicked := panics.From(err); panicked {
		c.Locals(trace.Panicked, true)
	}
	l := language(c)
	d := a.document(l, err)
	d.Instance = "urn:uuid:" + id
	if d.Status >= http.StatusInternalServerError {
		trace.LogError(ctx, a.Log, err, "method", c.Method(), "path", c.Path(), "status", d.Status)
	} else {
		a.Log.Info("request refused", "method", c.Method(), "path", c.Path(), "status", d.Status, "instance", d.Instance, "error", err)
	}
	body, err := json.Marshal(d)
	if err != nil {
		return err
	}
	c.Response().Header.Del(fiber.HeaderETag)
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Set(fiber.HeaderContentLanguage, string(l))
	c.Set(fiber.HeaderContentType, "application/problem+json")
	return c.Status(d.Status).Send(body)
}

func (a *API) document(l locale.Language, err error) problemDocument {
	var file *refused
	var fault *fiber.Error
	told, ok := problem.From(err)
	switch {
	case ok:
		return problemOf(l, told.Code, told.Kind.Status(), told.In(l))
	case errors.As(err, &file):
		d := problemOf(l, file.code, statusOf[file.code], l.Say("problem."+file.code, nil))
		d.refusal = &file.refusal
		return d
	case errors.As(err, &fault) && fault.Code < http.StatusInternalServerError:
		code := map[int]string{
			http.StatusRequestHeaderFieldsTooLarge: "header_large", http.StatusRequestEntityTooLarge: "upload_too_large",
			http.StatusNotFound: "path_unknown", http.StatusMethodNotAllowed: "method", http.StatusUnsupportedMediaType: "media_type",
		}[fault.Code]
		if code == "" {
			code = "request"
		}
		return problemOf(l, code, statusOf[code], l.Say("problem."+code, locale.Args{"megabytes": upload.Max >> 20}))
	}
	return problemOf(l, "internal", http.StatusInternalServerError, l.Say("problem.internal", nil))
}

func problemOf(l locale.Language, code string, status int, detail string) problemDocument {
	return problemDocument{Type: problemAddress(code), Title: titleOf(l, status), Status: status, Detail: detail, Code: code}
}

func problemAddress(code string) string { return Root + "/problems/" + code }

func titleOf(l locale.Language, status int) string {
	return l.Say("api.status_"+strconv.Itoa(status), nil)
}

// nothingHere answers an address, or a method of an address, that there is not.
func (a *API) nothingHere(c *fiber.Ctx) error {
	var allowed []string
	for _, one := range a.operations() {
		if one.method != c.Method() && fiber.RoutePatternMatch(c.Path(), Root+one.path) {
			allowed = append(allowed, one.method)
		}
	}
	if allowed == nil {
		return fiber.ErrNotFound
	}
	c.Append(fiber.HeaderAllow, allowed...)
	return fiber.ErrMethodNotAllowed
}

// problemTypeDocument says what a code of a problem means.
type problemTypeDocument struct {
	Type   string `json:"type"`
	Code   string `json:"code"`
	Status int    `json:"status"`
	Title  string `json:"title"`
	// Description is the detail of a problem, with {names} where its values stand.
	Description string `json:"description"`
}

// problemType says what the type of a problem means.
func (a *API) problemType(_ context.Context, c *fiber.Ctx, r request) error {
	code := c.Params("code")
	status, known := statusOf[code]
	if !known {
		return problem.New(problem.NotFound, "problem_unknown", nil)
	}
	return c.JSON(problemTypeDocument{problemAddress(code), code, status, titleOf(r.Language, status), r.Language.Say("problem."+code, nil)})
}
