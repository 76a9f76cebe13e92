package store_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	"kipmonitor/internal/chdb"
)

// clusterVariable makes the test program run its tests through distributed tables.
const clusterVariable = "KIPMONITOR_TEST_CLUSTER"

// The embedded engine has no Keeper and listens on no port, so a whole cluster
// cannot be had here. What can be had is a cluster of one shard, which is the
// engine itself: the same tests pass through Distributed tables, with the settings
// of a cluster.
func TestTheSameThroughDistributedTables(t *testing.T) {
	if shared.cluster != "" {
		return
	}
	command := exec.Command(os.Args[0], "-test.v", "-test.run", "^(TestWhichSubmission|TestTheOldState|TestSums|TestMissing|TestAmounts|TestParts|TestAMerged|TestTheLatestState|TestAPassIs|TestTheAuditIs|TestFurther|TestSystem|TestAnEnded|TestAFault|TestImporters|TestATable)")
	command.Env = append(os.Environ(), clusterVariable+"=1")
	output, err := command.CombinedOutput()
	if passed := bytes.Count(output, []byte("    --- PASS: ")); err != nil || passed < 13 {
		t.Errorf("%d passed, %v\n%s", passed, err, output)
	}
}

const oneShard = `<clickhouse><tcp_port>9000</tcp_port><remote_servers><kip><shard><internal_replication>true</internal_replication>
	<replica><host>localhost</host><port>9000</port></replica></shard></kip></remote_servers></clickhouse>`

// What needs a Keeper is taken out of the statements.
var (
	onCluster  = regexp.MustCompile(` ON CLUSTER 'kip'`)
	replicated = regexp.MustCompile(`ReplicatedMergeTree\([^)]*\)`)
)

func runCluster(m *testing.M) int {
	config := filepath.Join(shared.folder, "config.xml")
	if err := os.WriteFile(config, []byte(oneShard), 0o600); err != nil {
		panic(err)
	}
	engine, err := chdb.Open(chdb.Options{Folder: filepath.Join(shared.folder, "clickhouse"), Arguments: []string{"--config-file=" + config}})
	if err != nil {
		panic(err)
	}
	defer engine.Close()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		if request.URL.Query().Get("query") == "" {
			sql, err := io.ReadAll(request.Body)
			if err != nil {
				http.Error(w, err.Error(), http.StatusBadRequest)
				return
			}
			sql = replicated.ReplaceAll(onCluster.ReplaceAll(sql, nil), []byte("MergeTree"))
			request.Body = io.NopCloser(bytes.NewReader(sql))
		}
		engine.ServeHTTP(w, request)
	}))
	defer server.Close()
	shared.cluster = fmt.Sprint(server.URL, "/default?cluster=kip")
	return m.Run()
}
