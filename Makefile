# Tongban. `make run` on a fresh clone with Go and Node is all one needs; the other targets are for those who change it.
SHELL       := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := run
.DELETE_ON_ERROR:
.PHONY: run build web test test-go test-mongo test-web e2e generate lint bench fuzz clean

BIN     := bin/tongban
SCREENS := runtime/web/dist/index.html
OPENAPI := engine/web/src/api/openapi.json

# What npm installed last, as npm itself notes it: newer than the lock file means that nothing changed.
MODULES := node_modules/.package-lock.json

sources = $(shell find engine/web runtime/web -type f -not -path '*/node_modules/*' -not -path '*/dist/*' \
            -not -path '*/test-results/*' -not -path '*/playwright-report/*' 2>/dev/null)

## run: build everything and serve the demo city on http://127.0.0.1:8080 (data stays in ./data)
run: build
	$(BIN) serve --demo --data data --log-level warn

## build: the binary with its screens
build: web
	go build -o $(BIN) .

## web: the screens
web: $(SCREENS)

$(MODULES): package.json package-lock.json engine/web/package.json runtime/web/package.json
	npm ci --no-audit --no-fund
	@touch $@

$(SCREENS): $(MODULES) $(sources)
	npm run build
	@touch $@

## test: everything: Go with the race detector, TypeScript, a real browser
test: test-go test-mongo test-web e2e

test-go:
	go vet ./...
	go test -race ./...

# The store on MongoDB: the server of MONGODB_URI, else FerretDB inside the test, whose tests are a module of their own.
# The tag leaves out FerretDB's PostgreSQL. What runs the whole program is never taken from the test cache.
test-mongo:
	cd engine/store/mongo/ferrettest && go vet -tags ferretdb_no_postgresql .
	cd engine/store/mongo/ferrettest && go test -tags ferretdb_no_postgresql -timeout 20m -skip Programs .
	cd engine/store/mongo/ferrettest && go test -tags ferretdb_no_postgresql -count=1 -run Programs .

test-web: $(MODULES)
	npm run typecheck
	npm run test

## e2e: the browser tests, against the real program
e2e: build
	npm run e2e

## generate: what is derived from other files and committed all the same; CI fails when it is stale
generate: $(MODULES)
	go generate ./...
	go run . openapi > $(OPENAPI).new
	mv $(OPENAPI).new $(OPENAPI)
	npm run generate

## lint: what the compilers let pass
lint: $(MODULES)
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { gofmt -l $$(git ls-files '*.go'); exit 1; }
	golangci-lint run
	npm run lint

## bench: the figures that the README claims, each beside its baseline: medians of runs that take turns; a few minutes
CLAIMS := SixClauses|Lists|Table|Compile|Evaluate|Kept|Start|DurableCommit|HTTP
bench:
	go test -run '^$$' -bench '^Benchmark[A-Za-z]*($(CLAIMS))' -benchtime 3s ./rules/cond ./rules/table ./engine/plan \
	  ./engine/store/sqlite . | grep -E '^(pkg|Benchmark|--- FAIL|FAIL|panic)'

## fuzz: every fuzz test for FUZZTIME, one after the other; a finding is kept under the package's testdata/fuzz
FUZZTIME ?= 10m
fuzz:
	@for target in $$(git grep -oE '^func Fuzz[A-Za-z]+' -- '*_test.go' | sed 's/func //'); do \
	  name=$${target#*:}; \
	  echo "== $$target"; \
	  go test "./$$(dirname "$${target%%:*}")" -run '^$$' -fuzz "^$$name\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 1x || exit 1; \
	done

## clean: what was built; the data folder and the installed modules stay
clean:
	rm -rf bin
	find runtime/web/dist -mindepth 1 -not -name .gitkeep -delete
