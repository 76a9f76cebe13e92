package store_test

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kipmonitor/internal/store"
)

// openFault opens a store that cannot be opened and returns what is said.
func openFault(t *testing.T, address string) string {
	t.Helper()
	s, err := store.Open(t.Context(), store.Config{Address: address}, shared.small)
	if err == nil {
		_ = s.Close()
		t.Fatalf("%s was opened", address)
	}
	if strings.Contains(err.Error(), "\n") {
		t.Errorf("more than one line: %q", err)
	}
	if strings.Contains(err.Error(), "geheim") {
		t.Errorf("the password is told: %q", err)
	}
	return err.Error()
}

func TestAServerThatCannotBeUsedIsSaidInOneLine(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	nobody := closed.Addr().String()
	must(t, closed.Close())
	refusing := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-ClickHouse-Exception-Code", "516")
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprint(w, "Code: 516. DB::Exception: default: Authentication failed. (AUTHENTICATION_FAILED)")
	}))
	defer refusing.Close()
	for _, test := range []struct{ name, address, want string }{
		{"nobody listens, native protocol", "clickhouse://kip:geheim@" + nobody + "/kip", "the database server " + nobody + " cannot be reached"},
		{"nobody listens, HTTP", "http://kip:geheim@" + nobody + "/kip", "the database server " + nobody + " cannot be reached"},
		{"the password is wrong, HTTP", "http://kip:geheim@" + strings.TrimPrefix(refusing.URL, "http://") + "/kip", "refuses the user name or the password"},
		{"the address cannot be read", "clickhouse://kip:geheim@%zz", "is not readable"},
		{"the address is no address", "geheim", "is not readable"},
		{"the protocol is none", "ftp://kip:geheim@127.0.0.1/kip", "is not readable"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := openFault(t, test.address); !strings.Contains(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// Debian's clickhouse-server is of 2018: far too old to use, but it speaks the
// native protocol.
func TestANativeServerIsAskedItsVersionAndPassword(t *testing.T) {
	program, err := exec.LookPath("clickhouse-server")
	if err != nil {
		t.Skip("no clickhouse-server is installed here (Debian: apt-get install clickhouse-server)")
	}
	address := startServer(t, program)
	if got := openFault(t, "clickhouse://default:falsch@"+address+"/default"); !strings.Contains(got, "refuses the user name or the password") {
		t.Errorf("wrong password: %q", got)
	}
	if got := openFault(t, "clickhouse://niemand:geheim@"+address+"/default"); !strings.Contains(got, "refuses the user name or the password") {
		t.Errorf("unknown user: %q", got)
	}
	got := openFault(t, "clickhouse://default:geheim@"+address+"/default")
	if !strings.Contains(got, "too old: it is ClickHouse 18.16, and 24.8 or later is needed") {
		t.Errorf("too old: %q", got)
	}
}

func startServer(t *testing.T, program string) string {
	t.Helper()
	folder := t.TempDir()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	address := free.Addr().String()
	must(t, free.Close())
	_, port, _ := net.SplitHostPort(address)
	must(t, os.WriteFile(filepath.Join(folder, "config.xml"), fmt.Appendf(nil, `<yandex>
		<logger><level>warning</level><log>%[1]s/log</log><errorlog>%[1]s/errors</errorlog></logger>
		<tcp_port>%[2]s</tcp_port><listen_host>127.0.0.1</listen_host>
		<path>%[1]s/data/</path><tmp_path>%[1]s/tmp/</tmp_path><mark_cache_size>5368709</mark_cache_size>
		<users_config>%[1]s/users.xml</users_config><default_profile>default</default_profile><default_database>default</default_database>
		</yandex>`, folder, port), 0o600))
	must(t, os.WriteFile(filepath.Join(folder, "users.xml"), []byte(`<yandex>
		<profiles><default></default></profiles><quotas><default></default></quotas>
		<users><default><password>geheim</password><networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota></default></users>
		</yandex>`), 0o600))
	command := exec.Command(program, "--config-file="+filepath.Join(folder, "config.xml"))
	command.Dir = folder
	must(t, command.Start())
	t.Cleanup(func() { _ = command.Process.Kill(); _ = command.Wait() })
	for range 100 {
		if connection, err := net.DialTimeout("tcp", address, time.Second); err == nil {
			_ = connection.Close()
			return address
		}
		time.Sleep(100 * time.Millisecond)
	}
	said, _ := os.ReadFile(filepath.Join(folder, "errors"))
	t.Fatalf("the server does not start: %s", said)
	return ""
}
