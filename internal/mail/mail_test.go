package mail

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"io"
	"math/big"
	"mime"
	"mime/quotedprintable"
	"net"
	netmail "net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"kipmonitor/internal/problem"
)

// server is a mail server that keeps what it is told.
type server struct {
	user, password string // "" for one that asks nobody who they are
	refuse         string // a recipient that does not exist

	lock     sync.Mutex
	letters  []letter
	address  string
	trusted  *x509.CertPool
	certific tls.Certificate
}

// letter is one that came, with how it came.
type letter struct {
	from, user string
	to         []string
	encrypted  bool
	content    string
}

type session struct {
	server *server
	conn   *smtp.Conn
	letter letter
}

func (s *server) NewSession(c *smtp.Conn) (smtp.Session, error) {
	return &session{server: s, conn: c}, nil
}

func (s *session) AuthMechanisms() []string {
	if s.server.user == "" {
		return nil
	}
	return []string{sasl.Plain}
}

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != s.server.user || password != s.server.password {
			return smtp.ErrAuthFailed
		}
		s.letter.user = user
		return nil
	}), nil
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	if s.server.user != "" && s.letter.user == "" {
		return smtp.ErrAuthRequired
	}
	s.letter.from = from
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if to == s.server.refuse {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such mailbox"}
	}
	s.letter.to = append(s.letter.to, to)
	return nil
}

func (s *session) Data(r io.Reader) error {
	content, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.letter.content = string(content)
	_, s.letter.encrypted = s.conn.TLSConnectionState()
	s.server.lock.Lock()
	defer s.server.lock.Unlock()
	s.server.letters = append(s.server.letters, s.letter)
	return nil
}

func (s *session) Reset()        { s.letter.to, s.letter.from = nil, "" }
func (s *session) Logout() error { return nil }

// start runs the server on this machine: encrypted from the first byte, or able to be
// by STARTTLS, or neither.
func (s *server) start(t *testing.T, encryptedFirst, startTLS bool) {
	t.Helper()
	s.certific, s.trusted = certificate(t)
	running := smtp.NewServer(s)
	running.Domain = "mail.example.ch"
	running.AllowInsecureAuth = !startTLS
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.address = listener.Addr().String()
	if startTLS {
		running.TLSConfig = &tls.Config{Certificates: []tls.Certificate{s.certific}}
	}
	if encryptedFirst {
		listener = tls.NewListener(listener, &tls.Config{Certificates: []tls.Certificate{s.certific}})
	}
	go func() { _ = running.Serve(listener) }()
	t.Cleanup(func() { _ = running.Close() })
}

// certificate makes one for this machine, and the pool that trusts it.
func certificate(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}

// sender returns a sender to the server that trusts its certificate.
func (s *server) sender(t *testing.T, scheme, user string) *Sender {
	t.Helper()
	one, err := New(scheme+"://"+user+s.address, "KIP-Monitor Solothurn <kip@example.ch>")
	if err != nil {
		t.Fatal(err)
	}
	one.tls.RootCAs, one.timeout = s.trusted, 5*time.Second
	return one
}

var reminder = Letter{To: []string{"amt@example.ch", "verwaltung@example.ch"}, ReplyTo: "koordination@example.ch", Subject: "Zahlen für das Jahr 2025: Erinnerung",
	Text: "Guten Tag\n\nEs fehlt die «Jahresmeldung der Gemeinde».\n.\nFreundliche Grüsse\n"}

func TestALetterArrives(t *testing.T) {
	for name, test := range map[string]struct {
		encryptedFirst, startTLS bool
		scheme, user             string
		encrypted                bool
	}{
		"by STARTTLS, with a login":                      {false, true, "smtp", "kip:s%40fe@", true},
		"encrypted from the first byte, with a login":    {true, false, "smtps", "kip:s%40fe@", true},
		"by STARTTLS, to a server that asks for nothing": {false, true, "smtp", "", true},
		"in the clear, to a server on this machine":      {false, false, "smtp", "", false},
	} {
		t.Run(name, func(t *testing.T) {
			s := &server{}
			if test.user != "" {
				s.user, s.password = "kip", "s@fe"
			}
			s.start(t, test.encryptedFirst, test.startTLS)
			if err := s.sender(t, test.scheme, test.user).Send(t.Context(), reminder); err != nil {
				t.Fatal(err)
			}
			if len(s.letters) != 1 {
				t.Fatalf("%d letters came", len(s.letters))
			}
			got := s.letters[0]
			if got.from != "kip@example.ch" || strings.Join(got.to, " ") != "amt@example.ch verwaltung@example.ch" || got.encrypted != test.encrypted || got.user != s.user {
				t.Errorf("it came from %s to %v, encrypted: %v, by the user %q", got.from, got.to, got.encrypted, got.user)
			}
			message := read(t, got.content)
			for header, want := range map[string]string{"Subject": reminder.Subject, "From": `"KIP-Monitor Solothurn" <kip@example.ch>`, "To": "<amt@example.ch>, <verwaltung@example.ch>",
				"Reply-To": "<koordination@example.ch>"} {
				if value := message.header(t, header); value != want {
					t.Errorf("%s is %q, want %q", header, value, want)
				}
			}
			if message.text != reminder.Text {
				t.Errorf("the text is %q, want %q", message.text, reminder.Text)
			}
			if id := message.Header.Get("Message-Id"); !strings.HasSuffix(id, "@example.ch>") {
				t.Errorf("the message is named %s", id)
			}
		})
	}
}

type message struct {
	*netmail.Message
	text string
}

func read(t *testing.T, content string) message {
	t.Helper()
	parsed, err := netmail.ReadMessage(strings.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	if encoding := parsed.Header.Get("Content-Transfer-Encoding"); encoding != "quoted-printable" {
		t.Fatalf("the text is encoded as %q", encoding)
	}
	text, err := io.ReadAll(quotedprintable.NewReader(parsed.Body))
	if err != nil {
		t.Fatal(err)
	}
	return message{parsed, strings.ReplaceAll(string(text), "\r\n", "\n")}
}

func (m message) header(t *testing.T, name string) string {
	t.Helper()
	decoded, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get(name))
	if err != nil {
		t.Fatal(err)
	}
	return decoded
}

func TestNothingTypedBecomesAHeader(t *testing.T) {
	s := &server{}
	s.start(t, false, true)
	sender := s.sender(t, "smtp", "")
	bad := reminder
	bad.Subject = "Erinnerung\r\nBcc: alle@example.ch\r\n\r\nganz anderer Text"
	bad.ReplyTo = "koordination@example.ch\r\nBcc: alle@example.ch"
	if err := sender.Send(t.Context(), bad); err != nil {
		t.Fatal(err)
	}
	got := read(t, s.letters[0].content)
	if len(s.letters[0].to) != 2 || got.Header.Get("Bcc") != "" || got.Header.Get("Reply-To") != "" || got.text != reminder.Text {
		t.Errorf("it went to %v:\n%s", s.letters[0].to, s.letters[0].content)
	}
	if subject := got.header(t, "Subject"); subject != "Erinnerung Bcc: alle@example.ch ganz anderer Text" {
		t.Errorf("the subject is %q", subject)
	}
	for _, to := range [][]string{{"amt@example.ch\r\nBcc: alle@example.ch"}, {"amt@example.ch>\r\nDATA"}, {"amt"}, {""}, {"a@example.ch, b@example.ch"}, nil} {
		bad := reminder
		bad.To = to
		told, ok := problem.From(sender.Send(t.Context(), bad))
		if !ok || told.Kind != problem.Invalid {
			t.Errorf("to %q: got %v", to, told)
		}
	}
	if len(s.letters) != 1 {
		t.Errorf("%d letters came", len(s.letters))
	}
}

func TestWhatTheServerRefusesIsTold(t *testing.T) {
	code := func(err error) string {
		told, ok := problem.From(err)
		if !ok {
			t.Fatalf("got %v, want a problem", err)
		}
		return told.Code
	}
	t.Run("a recipient: then nobody gets the letter", func(t *testing.T) {
		s := &server{refuse: "verwaltung@example.ch"}
		s.start(t, false, true)
		err := s.sender(t, "smtp", "").Send(t.Context(), reminder)
		if got := code(err); got != "mail_refused" || len(s.letters) != 0 || !strings.Contains(err.Error(), "550") {
			t.Errorf("%v, and %d letters came", err, len(s.letters))
		}
	})
	t.Run("a login", func(t *testing.T) {
		s := &server{user: "kip", password: "right"}
		s.start(t, false, true)
		err := s.sender(t, "smtp", "kip:wrong@").Send(t.Context(), reminder)
		if got := code(err); got != "mail_login" || len(s.letters) != 0 || strings.Contains(err.Error(), "wrong") {
			t.Errorf("%v, and %d letters came", err, len(s.letters))
		}
	})
	t.Run("a certificate that nobody trusts", func(t *testing.T) {
		s := &server{}
		s.start(t, false, true)
		sender := s.sender(t, "smtp", "")
		sender.tls.RootCAs = x509.NewCertPool()
		if got := code(sender.Send(t.Context(), reminder)); got != "mail_unreachable" || len(s.letters) != 0 {
			t.Errorf("%s, and %d letters came", got, len(s.letters))
		}
	})
	t.Run("a server elsewhere that does not encrypt", func(t *testing.T) {
		s := &server{}
		s.start(t, false, false)
		sender := s.sender(t, "smtp", "")
		sender.host = "mail.example.ch"
		sender.dial = func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, s.address)
		}
		if got := code(sender.Send(t.Context(), reminder)); got != "mail_unreachable" || len(s.letters) != 0 {
			t.Errorf("%s, and %d letters came", got, len(s.letters))
		}
	})
	t.Run("a server that is not there", func(t *testing.T) {
		s := &server{address: "127.0.0.1:1"}
		if got := code(s.sender(t, "smtp", "").Send(t.Context(), reminder)); got != "mail_unreachable" {
			t.Error(got)
		}
	})
	t.Run("a server that never says a word", func(t *testing.T) {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer listener.Close()
		s := &server{address: listener.Addr().String()}
		sender := s.sender(t, "smtp", "")
		sender.timeout = 200 * time.Millisecond
		begun := time.Now()
		if got := code(sender.Send(t.Context(), reminder)); got != "mail_unreachable" || time.Since(begun) > 3*time.Second {
			t.Errorf("%s after %s", got, time.Since(begun))
		}
	})
}

func TestWhatIsNoMailServerIsSaidAtStart(t *testing.T) {
	for _, address := range []string{"", "mail.example.ch", "http://mail.example.ch", "smtp://", "smtp://mail.example.ch:0", "smtp://mail.example.ch:99999", "smtp://mail.example.ch/path", "smtp://kip:secret@mail.example.ch:x", "smtp://mail.example.ch?tls=no"} {
		_, err := New(address, "kip@example.ch")
		if err == nil {
			t.Errorf("%q is taken", address)
		} else if strings.Contains(err.Error(), "secret") {
			t.Errorf("the password stands in the error: %v", err)
		}
	}
	for _, from := range []string{"", "kip", "kip@example.ch, x@example.ch", "kip@example.ch\r\nBcc: x@example.ch"} {
		if _, err := New("smtp://mail.example.ch", from); err == nil {
			t.Errorf("from %q is taken", from)
		}
	}
	for address, port := range map[string]int{"smtp://mail.example.ch": 587, "smtps://mail.example.ch": 465, "smtp://kip:x@mail.example.ch:2525": 2525} {
		s, err := New(address, "kip@example.ch")
		if err != nil || s.port != port || s.From() != "kip@example.ch" {
			t.Errorf("%s: %v", address, err)
		}
	}
}
