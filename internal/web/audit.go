package web

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"kipmonitor/internal/account"
	"kipmonitor/internal/locale"
	"kipmonitor/internal/problem"
	"kipmonitor/internal/table"
	"kipmonitor/internal/upload"
)

// Ledger keeps who did what.
type Ledger interface {
	account.Ledger
	// AuditEntries returns lines, the latest first.
	AuditEntries(ctx context.Context, filter account.EntryFilter) ([]account.Entry, error)
}

// audit records what the viewer reads or tries. Where it cannot be recorded the request
// fails. What the viewer changes is recorded by the services, together with it.
func (s *Server) audit(c *fiber.Ctx, action account.Action, object, detail string) error {
	return s.Ledger.Audit(c.UserContext(), viewer(c).Line(s.Now(), action, object, detail))
}

// auditRows is how many lines a page has.
const auditRows = 100

type auditPage struct {
	page
	Person, Object, Action, From, Until string // as typed
	Actions                             []option
	Rows                                []auditRow
	CSV, JSON, Newer, Older             string
}

type auditRow struct{ At, Person, Organisation, Address, Action, Object, Detail, Request string }

// auditPage shows who did what, the latest first.
func (s *Server) auditPage(c *fiber.Ctx) error {
	r, err := s.parseRequest(c)
	if err != nil {
		return err
	}
	filter, err := auditFilter(r.Query)
	if err != nil {
		return err
	}
	number, _ := strconv.Atoi(r.Query.Get("page"))
	number = min(max(number, 0), 1_000_000)
	filter.Limit, filter.Offset = auditRows+1, number*auditRows // one more tells whether there is a next page
	ctx, cancel := s.deadline(c)
	defer cancel()
	entries, err := s.Ledger.AuditEntries(ctx, filter)
	if err != nil {
		return err
	}
	l := r.Language
	p := auditPage{page: s.page(r, l.Say("account.audit.title", nil), "audit"), Person: r.Query.Get("person"), Object: r.Query.Get("object"),
		Action: r.Query.Get("action"), From: r.Query.Get("from"), Until: r.Query.Get("to"), Actions: actionOptions(l)}
	for _, one := range entries[:min(len(entries), auditRows)] {
		p.Rows = append(p.Rows, s.auditRow(l, one))
	}
	query := url.Values{}
	for _, name := range []string{"person", "object", "action", "from", "to"} {
		if value := r.Query.Get(name); value != "" {
			query.Set(name, value)
		}
	}
	p.CSV, p.JSON = p.To("/audit.csv?")+query.Encode(), p.To("/audit.json?")+query.Encode()
	if number > 0 {
		query.Set("page", strconv.Itoa(number-1))
		p.Newer = p.To("/audit?") + query.Encode()
	}
	if len(entries) > auditRows {
		query.Set("page", strconv.Itoa(number+1))
		p.Older = p.To("/audit?") + query.Encode()
	}
	return s.show(c, fiber.StatusOK, "audit", p)
}

func (s *Server) auditRow(l locale.Language, one account.Entry) auditRow {
	return auditRow{At: l.DateTime(one.At), Person: one.Person, Organisation: string(one.Organisation), Address: one.Address,
		Action: actionName(l, one.Action), Object: one.Object, Detail: one.Detail, Request: one.Request}
}

const actionPrefix = "account.action."

// actionName is an action in words, or its code where there are none.
func actionName(l locale.Language, action account.Action) string {
	if locale.Knows(actionPrefix + string(action)) {
		return l.Say(actionPrefix+string(action), nil)
	}
	return string(action)
}

func actionOptions(l locale.Language) []option {
	var all []option
	for _, action := range account.Actions() {
		all = append(all, option{string(action), actionName(l, action)})
	}
	slices.SortFunc(all, func(a, b option) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// auditFilter reads what is wanted. The day «to» is included.
func auditFilter(query url.Values) (account.EntryFilter, error) {
	filter := account.EntryFilter{Person: strings.ToLower(strings.TrimSpace(query.Get("person"))), Action: account.Action(query.Get("action")),
		Object: strings.TrimSpace(query.Get("object"))}
	for name, at := range map[string]*time.Time{"from": &filter.From, "to": &filter.To} {
		text := query.Get(name)
		if text == "" {
			continue
		}
		day, err := time.ParseInLocation("2006-01-02", text, locale.Zone())
		if err != nil || day.Year() < 1970 || day.Year() > 2199 {
			return filter, problem.New(problem.Invalid, "day", locale.Args{"text": text})
		}
		*at = day
	}
	if !filter.To.IsZero() {
		filter.To = filter.To.AddDate(0, 0, 1)
	}
	return filter, nil
}

// auditFile exports what the page shows, all of it, as CSV or JSON. It stands in the
// audit itself.
func (s *Server) auditFile(c *fiber.Ctx) error {
	r, err := s.parseRequest(c)
	if err != nil {
		return err
	}
	format := c.Params("format")
	if format != "csv" && format != "json" {
		return fiber.ErrNotFound
	}
	filter, err := auditFilter(r.Query)
	if err != nil {
		return err
	}
	ctx, cancel := s.deadline(c)
	defer cancel()
	entries, err := s.Ledger.AuditEntries(ctx, filter)
	if err != nil {
		return err
	}
	if err := s.audit(c, account.AuditExported, "audit."+format, string(c.Request().URI().QueryString())); err != nil {
		return err
	}
	c.Set(fiber.HeaderContentDisposition, upload.Attachment("audit-"+s.Now().Format("2006-01-02")+"."+format))
	c.Set(fiber.HeaderCacheControl, "no-store")
	if format == "json" {
		type line struct {
			At           time.Time `json:"at"`
			Person       string    `json:"person"`
			Organisation string    `json:"organisation"`
			Address      string    `json:"address"`
			Action       string    `json:"action"`
			Object       string    `json:"object"`
			Detail       string    `json:"detail"`
			Request      string    `json:"request"`
		}
		lines := make([]line, len(entries))
		for i, one := range entries {
			lines[i] = line{one.At, one.Person, string(one.Organisation), one.Address, string(one.Action), one.Object, one.Detail, one.Request}
		}
		c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSONCharsetUTF8)
		return json.NewEncoder(c).Encode(lines)
	}
	c.Set(fiber.HeaderContentType, "text/csv; charset=utf-8")
	file, err := table.NewCSV(c)
	if err != nil {
		return err
	}
	var head []string
	for _, name := range []string{"at", "person", "organisation", "address", "action", "object", "detail", "request"} {
		head = append(head, r.Language.Say("account.audit."+name, nil))
	}
	if err := file.Write(head...); err != nil {
		return err
	}
	for _, one := range entries {
		if err := file.Write(one.At.Format(time.RFC3339Nano), one.Person, string(one.Organisation), one.Address, string(one.Action), one.Object, one.Detail, one.Request); err != nil {
			return err
		}
	}
	return file.Close()
}
