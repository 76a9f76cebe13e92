package chdb

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// order is what a request asks for.
type order struct {
	statement
	rows     io.Reader // of an INSERT, nil where the SQL has them all
	database string
	settings map[string]string
	packer   *packer // of the answer, nil where it is not compressed
}

// notSettings are the names in a request's address that are not settings of the
// statement. The library names its queries itself and has no users.
var notSettings = map[string]bool{
	"query": true, "database": true, "default_format": true, "query_id": true, "quota_key": true,
	"client_protocol_version": true, "compress": true, "decompress": true, "network_compression_method": true,
	"network_zstd_compression_level": true, "enable_http_compression": true, "wait_end_of_query": true,
	"buffer_size": true, "session_id": true, "session_timeout": true, "session_check": true,
	"user": true, "password": true, "role": true, "stacktrace": true, "close_session": true,
}

var formatAtEnd = regexp.MustCompile(`(?i)\s+FORMAT\s+(\w+)\s*;?\s*$`)

// understand reads a request as ClickHouse's HTTP interface does: SQL in the
// address is followed by the body.
func understand(request *http.Request) (order, error) {
	if strings.HasPrefix(request.Header.Get("Content-Type"), "multipart/") {
		return order{}, errors.New("the embedded database engine takes no external tables")
	}
	if coding := request.Header.Get("Content-Encoding"); coding != "" {
		return order{}, fmt.Errorf("the embedded database engine does not read the content encoding %q: choose lz4 or none", coding)
	}
	query := request.URL.Query()
	o := order{database: query.Get("database"), settings: settingsOf(query)}
	o.sql, o.parameters = query.Get("query"), parametersOf(query)
	if o.format = query.Get("default_format"); o.format == "" {
		o.format = "TabSeparated"
	}
	if query.Get("compress") == "1" {
		o.packer = newPacker(query.Get("network_compression_method"))
	}
	var body io.Reader = request.Body
	if query.Get("decompress") == "1" {
		body = newUnpacker(body)
	}
	if firstWord(o.sql) == "INSERT" && request.Body != http.NoBody {
		o.rows = body
		if format := formatAtEnd.FindStringSubmatch(o.sql); format != nil {
			o.sql, o.format = formatAtEnd.ReplaceAllString(o.sql, ""), format[1]
		}
		return o, nil
	}
	rest, err := io.ReadAll(body)
	if err != nil {
		return order{}, fmt.Errorf("read the statement: %w", err)
	}
	if o.sql != "" && len(rest) > 0 {
		o.sql += "\n"
	}
	o.sql += string(rest)
	return o, nil
}

func settingsOf(query url.Values) map[string]string {
	settings := map[string]string{}
	for name := range query {
		if !notSettings[name] && !strings.HasPrefix(name, "param_") {
			settings[name] = query.Get(name)
		}
	}
	return settings
}

func parametersOf(query url.Values) parameters {
	var p parameters
	for name := range query {
		if parameter, found := strings.CutPrefix(name, "param_"); found {
			p.names = append(p.names, []byte(parameter))
			p.values = append(p.values, []byte(query.Get(name)))
		}
	}
	return p
}

// firstWord is the word that a statement begins with, in capitals, or the
// parenthesis; comments are skipped.
func firstWord(sql string) string {
	for {
		sql = strings.TrimSpace(sql)
		if rest, found := strings.CutPrefix(sql, "--"); found {
			_, sql, _ = strings.Cut(rest, "\n")
			continue
		}
		if rest, found := strings.CutPrefix(sql, "/*"); found {
			_, sql, _ = strings.Cut(rest, "*/")
			continue
		}
		if strings.HasPrefix(sql, "(") {
			return "("
		}
		if end := strings.IndexAny(sql, " \t\r\n(;*'`\""); end >= 0 {
			sql = sql[:end]
		}
		return strings.ToUpper(sql)
	}
}

// streams tells whether the library may give the result block by block: it does
// so for SELECT alone, not for SHOW, DESCRIBE or EXPLAIN, whose results are short.
func streams(sql string) bool {
	switch firstWord(sql) {
	case "SELECT", "WITH", "FROM", "(":
		return sql != handshake
	}
	return false
}

var temporary = regexp.MustCompile(`(?i)^\s*CREATE\s+(OR\s+REPLACE\s+)?TEMPORARY\s`)

// changesSession tells of a statement whose effect would outlive it on its
// connection; over HTTP every statement has a session of its own.
func changesSession(sql string) bool {
	word := firstWord(sql)
	return word == "SET" || word == "USE" || temporary.MatchString(sql)
}
