package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"kipmonitor/internal/locale"
	"kipmonitor/internal/problem"
	"kipmonitor/internal/submission"
	"kipmonitor/internal/upload"
)

// fileTypes are those of a body that is a file. What it is, is seen in the file.
var fileTypes = []string{"text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", fiber.MIMEOctetStream}

// receive takes a file in: its bytes are the body. It waits then to be submitted; one
// with errors is refused. The same file again answers the same submission.
func (a *API) receive(ctx context.Context, c *fiber.Ctx, r request) error {
	if !slices.Contains(fileTypes, mediaType(c)) {
		return fiber.ErrUnsupportedMediaType
	}
	name := upload.Name(r.Query.Get("file"))
	if name == "" {
		return problem.New(problem.Invalid, "parameter_missing", locale.Args{"name": "file"})
	}
	if err := upload.CheckName(name); err != nil {
		return err
	}
	organisation, err := a.organisation(r)
	if err != nil {
		return err
	}
	expect, err := upload.Expect(r.Query.Get("form"), string(organisation), r.Query.Get("period"))
	if err != nil {
		return err
	}
	if c.Request().Header.ContentLength() > upload.Max {
		return unread(c, upload.TooLarge())
	}
	end, wait, err := a.lanes.Begin(r.Viewer.Email)
	if err != nil {
		c.Set(fiber.HeaderRetryAfter, strconv.Itoa(wait))
		return unread(c, err)
	}
	defer end()
	done := a.Metrics.Upload("receiving")
	file, err := upload.Keep(a.Uploads, name, upload.Limited(body(c), upload.Max))
	done()
	if err != nil {
		return unread(c, err)
	}
	defer file.Close()
	if file.Size == 0 {
		return problem.New(problem.Invalid, "upload_missing", nil)
	}
	done = a.Metrics.Upload("waiting")
	turn, err := a.Turns.Take(ctx, file.Size)
	done()
	if err != nil {
		return err
	}
	defer turn()
	defer a.Metrics.Upload("checking")()
	receipt, err := a.Submissions.Receive(ctx, file.File, expect, r.Viewer)
	if err != nil {
		return err
	}
	one := receipt.Submission
	if !receipt.Report.Accepted() {
		answer := &refused{"file_refused", refusal{State: submission.Refused, Findings: findingsOf(one, receipt.Report)}}
		if receipt.Report.PersonalData {
			answer.code = "file_personal"
		}
		if one.ID != "" {
			answer.Submission = &one.ID
		}
		return answer
	}
	status := fiber.StatusOK
	if receipt.New {
		status = fiber.StatusCreated
	}
	c.Location(Root + "/submissions/" + string(one.ID))
	return c.Status(status).JSON(checkedDocument(one, receipt.Report))
}

// submission.Explanations by the keys of the findings, and that the sender confirms.
type submitRequest struct {
	Confirmed    bool                    `json:"confirmed"`
	Explanations submission.Explanations `json:"explanations"`
}

// submit makes the figures of a file count that waits.
func (a *API) submit(ctx context.Context, c *fiber.Ctx, r request) error {
	var asked submitRequest
	if err := read(c, &asked); err != nil {
		return err
	}
	if !asked.Confirmed {
		return problem.New(problem.Invalid, "confirmation_missing", nil)
	}
	one, err := a.Submissions.Submit(ctx, submission.ID(c.Params("id")), r.Viewer, asked.Explanations)
	if err != nil {
		return err
	}
	return done(c, one)
}

type withdrawRequest struct {
	Reason string `json:"reason"`
}

// withdraw takes a submission back.
func (a *API) withdraw(ctx context.Context, c *fiber.Ctx, r request) error {
	var asked withdrawRequest
	if err := read(c, &asked); err != nil {
		return err
	}
	one, err := a.Submissions.Withdraw(ctx, submission.ID(c.Params("id")), r.Viewer, asked.Reason)
	if err != nil {
		return err
	}
	return done(c, one)
}

// done answers what became of a submission.
func done(c *fiber.Ctx, one submission.Submission) error {
	report, err := one.Checked()
	if err != nil {
		return err
	}
	return c.JSON(checkedDocument(one, report))
}

// body is the body of a request, as a stream where the server streams it.
func body(c *fiber.Ctx) io.Reader {
	if stream := c.Context().RequestBodyStream(); stream != nil {
		return stream
	}
	return bytes.NewReader(c.Request().Body())
}

// unread returns an error once the rest of the body has come, within bounds: many
// clients read no answer before they have sent everything.
func unread(c *fiber.Ctx, err error) error {
	_, _ = io.CopyN(io.Discard, body(c), upload.Max)
	return err
}

// mediaType is the type of the body, without its parameters; "" where it is none.
func mediaType(c *fiber.Ctx) string {
	found, _, err := mime.ParseMediaType(c.Get(fiber.HeaderContentType))
	if err != nil {
		return ""
	}
	return found
}

// maxJSON is the largest request in JSON, in bytes: as many explanations as there can
// be findings, and each of any length.
const maxJSON = 4 << 20

// read reads a request in JSON: one object, with nothing that the operation does not
// know.
func read(c *fiber.Ctx, into any) error {
	if mediaType(c) != fiber.MIMEApplicationJSON {
		return fiber.ErrUnsupportedMediaType
	}
	content, err := io.ReadAll(io.LimitReader(body(c), maxJSON+1))
	if err != nil {
		return upload.Fault(err)
	}
	if len(content) > maxJSON {
		return problem.New(problem.TooLarge, "json_too_large", locale.Args{"megabytes": maxJSON >> 20})
	}
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.DisallowUnknownFields()
	unreadable := problem.New(problem.Invalid, "json_unreadable", nil)
	if err := decoder.Decode(into); err != nil {
		return unreadable.Because(err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return unreadable
	}
	return nil
}
