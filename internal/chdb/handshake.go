package chdb

import (
	"bytes"
	"fmt"

	chproto "github.com/ClickHouse/ch-go/proto"
	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/column"
	"github.com/ClickHouse/clickhouse-go/v2/lib/proto"
)

// handshake is what the driver asks first, to learn at which protocol revision
// the answers come. We answer it ourselves, with revision 0: that is what the
// library writes, and the driver decodes every later block by it.
const handshake = "SELECT displayName(), version(), revision(), timezone()"

// answerHandshake asks the engine for its version and time zone and writes the
// one Native block that the driver reads at the newest revision it knows.
func (c *connection) answerHandshake() ([]byte, error) {
	content, err := c.query(statement{sql: "SELECT version(), timezone()", format: "Native"})
	if err != nil {
		return nil, err
	}
	var asked proto.Block
	if err := asked.Decode(chproto.NewReader(bytes.NewReader(content)), 0); err != nil {
		return nil, fmt.Errorf("read the engine's version: %w", err)
	}
	var told proto.Block
	for _, one := range []struct {
		name  string
		kind  column.Type
		value any
	}{
		{"displayName()", "String", "chDB"},
		{"version()", "String", asked.Columns[0].Row(0, false)},
		{"revision()", "UInt32", uint32(0)},
		{"timezone()", "String", asked.Columns[1].Row(0, false)},
	} {
		if err := told.AddColumn(one.name, one.kind); err != nil {
			return nil, fmt.Errorf("write the handshake: %w", err)
		}
		if err := told.Columns[len(told.Columns)-1].AppendRow(one.value); err != nil {
			return nil, fmt.Errorf("write the handshake: %w", err)
		}
	}
	var buffer chproto.Buffer
	if err := told.Encode(&buffer, clickhouse.ClientTCPProtocolVersion); err != nil {
		return nil, fmt.Errorf("write the handshake: %w", err)
	}
	return buffer.Buf, nil
}
