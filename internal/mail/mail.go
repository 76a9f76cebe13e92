// Package mail sends plain letters by SMTP, through a server that somebody else runs.
//
//	sender, err := mail.New("smtp://user:password@mail.example.ch:587", "kip@example.ch")
//	…
//	err = sender.Send(ctx, mail.Letter{To: []string{"amt@example.ch"}, Subject: "…", Text: "…"})
package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	netmail "net/mail"
	"net/textproto"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	smtp "github.com/wneessen/go-mail"

	"kipmonitor/internal/locale"
	"kipmonitor/internal/problem"
)

// Letter is what is sent: text and nothing else.
type Letter struct {
	To      []string // bare addresses
	ReplyTo string   // "" for the sender itself
	Subject string
	Text    string
}

// Sender sends letters. Make it with New.
type Sender struct {
	host           string
	port           int
	user, password string
	encryptedFirst bool // smtps: TLS from the first byte
	from           *netmail.Address
	// timeout bounds the way to the server and each step of the conversation:
	// somebody waits for it.
	timeout time.Duration
	tls     *tls.Config
	// dial is how a test reaches a server under another name; nil for the network.
	dial smtp.DialContextFunc
}

// The ports where an address names none.
const (
	submissionPort = 587
	smtpsPort      = 465
)

// New returns a sender over a server, by its address: smtp:// turns to TLS by STARTTLS,
// smtps:// speaks it from the start. Without TLS nothing is sent but to a server on
// this very machine. from is the address that letters come from, with a name or not.
func New(address, from string) (*Sender, error) {
	// The address holds a password: no error repeats it.
	parsed, err := url.Parse(address)
	if err != nil || parsed.Hostname() == "" || (parsed.Scheme != "smtp" && parsed.Scheme != "smtps") || strings.Trim(parsed.Path, "/") != "" || parsed.RawQuery != "" {
		return nil, errors.New("the address of the mail server is not like smtp://user:password@mail.example.ch:587 or smtps://…")
	}
	s := &Sender{host: parsed.Hostname(), encryptedFirst: parsed.Scheme == "smtps", port: submissionPort, timeout: 20 * time.Second}
	if s.encryptedFirst {
		s.port = smtpsPort
	}
	if text := parsed.Port(); text != "" {
		if s.port, err = strconv.Atoi(text); err != nil || s.port < 1 || s.port > 65535 {
			return nil, fmt.Errorf("%q is no port of a mail server", text)
		}
	}
	s.user = parsed.User.Username()
	s.password, _ = parsed.User.Password()
	s.tls = &tls.Config{ServerName: s.host, MinVersion: tls.VersionTLS12}
	if s.from, err = netmail.ParseAddress(from); err != nil || unclean(s.from.Address) {
		return nil, fmt.Errorf("%q is no address that mail can come from", from)
	}
	return s, nil
}

// From is the address that letters come from.
func (s *Sender) From() string { return s.from.Address }

func unclean(text string) bool { return strings.ContainsAny(text, "\r\n\x00") }

// oneLine makes a text fit for a header: nothing in it ends the line.
func oneLine(text string) string {
	return strings.Join(strings.Fields(strings.ToValidUTF8(text, "")), " ")
}

// Send sends a letter to all of its recipients, or to none: where the server refuses
// one of them nobody gets it. What people can do something about is a problem.
func (s *Sender) Send(ctx context.Context, letter Letter) error {
	message, err := s.compose(letter)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	client, err := s.client()
	if err != nil {
		return fmt.Errorf("set up the mail server: %w", err)
	}
	if err := client.DialWithContext(ctx); err != nil {
		return told(err)
	}
	// It is sent, whatever becomes of the farewell.
	defer func() { _ = client.Close() }()
	return told(client.Send(message))
}

func (s *Sender) compose(letter Letter) (*smtp.Msg, error) {
	message := smtp.NewMsg(smtp.WithNoDefaultUserAgent())
	message.FromMailAddress(s.from)
	if len(letter.To) == 0 {
		return nil, problem.New(problem.Invalid, "recipient_missing", nil)
	}
	for _, address := range letter.To {
		parsed, err := netmail.ParseAddress(address)
		if err != nil || unclean(parsed.Address) {
			return nil, problem.New(problem.Invalid, "recipient", locale.Args{"address": oneLine(address)})
		}
		message.AddToMailAddress(&netmail.Address{Address: parsed.Address})
	}
	if parsed, err := netmail.ParseAddress(letter.ReplyTo); err == nil && !unclean(parsed.Address) {
		message.ReplyToMailAddress(parsed)
	}
	message.Subject(oneLine(letter.Subject))
	message.SetBodyString(smtp.TypeTextPlain, strings.ToValidUTF8(letter.Text, ""))
	message.SetDate()
	// The library's own would name this machine.
	_, domain, _ := strings.Cut(s.from.Address, "@")
	message.SetMessageIDWithValue(uuid.NewString() + "@" + domain)
	return message, nil
}

func (s *Sender) client() (*smtp.Client, error) {
	_, domain, _ := strings.Cut(s.from.Address, "@")
	options := []smtp.Option{smtp.WithPort(s.port), smtp.WithTimeout(s.timeout), smtp.WithTLSConfig(s.tls), smtp.WithHELO(domain)}
	switch {
	case s.encryptedFirst:
		options = append(options, smtp.WithSSL())
	case isLoopback(s.host):
		options = append(options, smtp.WithTLSPolicy(smtp.TLSOpportunistic))
	default:
		options = append(options, smtp.WithTLSPolicy(smtp.TLSMandatory))
	}
	if s.user != "" {
		// It never sends a password in the clear.
		options = append(options, smtp.WithSMTPAuth(smtp.SMTPAuthAutoDiscover), smtp.WithUsername(s.user), smtp.WithPassword(s.password))
	}
	if s.dial != nil {
		options = append(options, smtp.WithDialContextFunc(s.dial))
	}
	return smtp.NewClient(s.host, options...)
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || (ip != nil && ip.IsLoopback())
}

// told turns the error of a conversation into what people are told.
func told(err error) error {
	if err == nil {
		return nil
	}
	var answer *textproto.Error
	var refused *smtp.SendError
	if errors.As(err, &refused) && refused.ErrorCode() >= 400 && refused.ErrorCode() != 421 {
		return problem.New(problem.Unavailable, "mail_refused", locale.Args{"code": strconv.Itoa(refused.ErrorCode())}).Because(err)
	}
	if errors.As(err, &answer) && answer.Code == 535 {
		return problem.New(problem.Unavailable, "mail_login", nil).Because(err)
	}
	return problem.New(problem.Unavailable, "mail_unreachable", nil).Because(err)
}
