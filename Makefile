# The two commands of the README are `make run` and `make test`. Both do all of
# their set-up: they need Go, Node with npm, git and make, nothing else.

# Without cgo the binary is one file that runs on any Linux of its architecture.
export CGO_ENABLED = 0

GO      ?= go
DATA    ?= data
ADDRESS ?= 127.0.0.1:8080
# What `kipmonitor version` says, where the repository is there; elsewhere (in an image)
# set VERSION, COMMIT and COMMITTED.
VERSION   ?= $(shell git describe --tags 2>/dev/null)
COMMIT    ?= $(shell git rev-parse HEAD 2>/dev/null)
COMMITTED ?= $(shell TZ=UTC git log -1 --format=%cd --date=format-local:%Y-%m-%dT%H:%M:%SZ 2>/dev/null)
STAMP      = -X main.version=$(VERSION) -X main.commit=$(COMMIT) -X main.committed=$(COMMITTED)
# How long each fuzz target runs in `make test`.
FUZZTIME ?= 3s

ECHARTS = node_modules/echarts/dist/echarts.common.min.js

# All of our own code that the check in the browser may be made of; Go itself knows
# whether something changed.
CHECKER_SOURCES = go.mod go.sum $(shell find cmd/checker internal -name '*.go' ! -name '*_test.go') $(wildcard internal/locale/messages/*.yaml)

.PHONY: run build test test-go test-bench test-fuzz bench crash damage mutate lint assets browser old-server sbom vulnerabilities clean

run: build ## load the demo years where the data folder is empty, and serve
	build/kipmonitor demo --data $(DATA)
	build/kipmonitor serve --data $(DATA) --address $(ADDRESS)

build: assets ## build/kipmonitor
	$(GO) build -trimpath -ldflags '$(STAMP)' -o build/kipmonitor ./cmd/kipmonitor

# --- what comes from npm: the engine, the chart library, the browser test's checker

assets: internal/web/static/vendor/echarts.min.js internal/web/static/vendor/checker.wasm

node_modules/.package-lock.json: package.json package-lock.json
	npm ci --no-audit --no-fund
	touch $@

# What becomes interactive is made of lines, bars and markers, which the bundle
# «common» has: two thirds of the whole library.
internal/web/static/vendor/echarts.min.js: node_modules/.package-lock.json
	mkdir -p $(@D)
	cp $(ECHARTS) $@

# --- the check in the browser: our own code, and Go's script that starts it, which
# must be of the same Go

internal/web/static/vendor/checker.wasm: $(CHECKER_SOURCES)
	mkdir -p $(@D)
	install -m 644 "$$($(GO) env GOROOT)/lib/wasm/wasm_exec.js" $(@D)/wasm_exec.js
	GOOS=js GOARCH=wasm $(GO) build -trimpath -buildvcs=false -ldflags="-s -w" -o $@ ./cmd/checker
	touch $@

# --- tests

test: lint test-go test-bench test-fuzz ## everything: vet, staticcheck, tests with a real engine and a real browser, fuzzing

test-go: assets browser old-server
	$(GO) test -timeout 20m ./...

# Each fuzz target runs alone for a short time; its seed corpus has already run
# as an ordinary test. Before Go 1.27 the end of that time may itself be told as a
# failure, «context deadline exceeded» without a failing input (golang/go issue 75804):
# that is none. A failing input is written and said, and fails.
test-fuzz: assets
	@set -e; log=$$(mktemp); trap 'rm -f "$$log"' EXIT; \
	for target in $$(grep -rHo '^func Fuzz[A-Za-z0-9_]*' --include='*_test.go' internal cmd | sed 's/:func /:/'); do \
		folder=$$(dirname $${target%%:*}); name=$${target##*:}; \
		echo "fuzz ./$$folder $$name"; \
		if $(GO) test ./$$folder -run '^$$' -fuzz "^$$name$$" -fuzztime $(FUZZTIME) >"$$log" 2>&1; then \
			cat "$$log"; \
		elif grep -q '^ *context deadline exceeded$$' "$$log" && ! grep -q 'Failing input written' "$$log"; then \
			echo "the time was over while an input was tried; none failed"; \
		else \
			cat "$$log"; exit 1; \
		fi; \
	done

# Each benchmark runs once, small, so that none of them breaks unseen.
test-bench: assets
	$(GO) test -timeout 20m -short -run '^$$' -bench . -benchtime 1x ./internal/... ./cmd/...

# The browser tests drive Debian's Chromium. Where we are root on Debian it is
# installed; elsewhere install Chromium or Chrome by hand.
browser:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core; \
	else echo "the browser tests need Chromium: please install it" >&2; exit 1; fi

# Debian's ClickHouse server is of 2018: the tests ask it for the native protocol,
# its password and the refusal of what is too old. Elsewhere that test is left out.
old-server:
	@if ! command -v clickhouse-server >/dev/null && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends clickhouse-server || true; \
	fi

bench: assets ## the ratios of docs/performance.md, measured within one run and written there
	$(GO) test -timeout 30m -run '^$$' -bench . -benchtime 1x ./internal/... ./cmd/... | $(GO) run ./cmd/measured docs/performance.md

# The ordinary tests kill the program a few times; this does so 200 times.
crash: ## kill -9 at 200 random moments during uploads and decisions
	KIPMONITOR_TEST_KILLS=200 $(GO) test -timeout 30m -run 'TestAKillLosesNoSubmissionAndNoDecision' -v ./internal/store

# The ordinary tests damage some workbooks; this does so 10,000 times and holds each
# against 5 seconds and 256 MiB.
mutate: ## 10,000 damaged workbooks: each is read, marked or refused
	KIPMONITOR_TEST_MUTATIONS=10000 $(GO) test -timeout 60m -run 'TestMutatedWorkbooks' -v ./internal/workbook

# The ordinary tests do harm to a few files of a data folder; this does so to all of
# them, in four ways each, with a process for each: about half an hour.
damage: assets ## cut, flip, empty and remove every file of a small data folder
	KIPMONITOR_TEST_HARMS=all $(GO) test -timeout 90m -run TestDamageIsNeverSilent -v ./internal/store

lint: assets
	@unformatted=$$(gofmt -l $$(git ls-files '*.go')); \
	if [ -n "$$unformatted" ]; then echo "gofmt would change: $$unformatted" >&2; exit 1; fi
	$(GO) vet ./...
	$(GO) tool staticcheck ./...

# What the program is made of, as CycloneDX: the Go modules of the binary, and npm.
sbom: build ## build/sbom-go.json and build/sbom-npm.json
	$(GO) run github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod@v1.10.0 bin -json -output build/sbom-go.json build/kipmonitor
	npm sbom --package-lock-only --sbom-format cyclonedx > build/sbom-npm.json

# It needs the data of vuln.go.dev.
vulnerabilities: ## known faults of the modules, as far as the program reaches them
	$(GO) run golang.org/x/vuln/cmd/govulncheck@v1.9.0 ./cmd/kipmonitor

clean: ## remove what was built; the data folder stays
	rm -rf build node_modules internal/web/static/vendor/echarts.min.js \
		internal/web/static/vendor/checker.wasm internal/web/static/vendor/wasm_exec.js
