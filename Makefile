# The menu. From a clean clone it needs Python 3.11 or newer and make, nothing else.
.DEFAULT_GOAL := help
.SHELLFLAGS := -eu -o pipefail -c
SHELL := bash
.DELETE_ON_ERROR:
.PHONY: help install demo test lint format lock adoption chaos bench screenshots wheel hosts page-package images compose-test

PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
  $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
UV := .venv/bin/uv
RUN := .venv/bin/python
# Most tests wait for something most of the time; each worker has servers of its own, where the tests start them.
WORKERS ?= $(if $(filter external,$(TEST_INFRA)),0,2)
NODE := .ci/node
INSTALLED := .venv/.installed
PAGE := frontend/dist/index.html
MODULES := frontend/node_modules/.package-lock.json

help: ## This list
	@sed -nE 's/^([a-z-]+):.*## (.*)/\1|\2/p' $(MAKEFILE_LIST) | while IFS='|' read -r name text; do \
	  printf '  make %-13s %s\n' "$$name" "$$text"; done

install: $(INSTALLED) $(PAGE) ## Make .venv, install everything locked, and build the page

demo: install ## Run the whole product here with a simulator and months of history, and print the page's address
	$(RUN) -m deploy.embedded $(ARGS)

test: install ## Run every test: Python, browser and page
	$(NODE) npm --prefix frontend run --silent test
	$(RUN) -m pytest -n $(WORKERS) $(ARGS)

lint: $(INSTALLED) $(MODULES) ## Check style, types and the direction of imports
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	$(NODE) npm --prefix frontend run --silent lint
	$(NODE) npm --prefix frontend run --silent types

format: $(INSTALLED) $(MODULES) ## Bring the sources into the common style
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .
	$(NODE) npm --prefix frontend run --silent format

lock: $(INSTALLED) ## Write the lock files from scratch
	UV=$(UV) requirements/lock
	$(NODE) npm --prefix frontend install --package-lock-only

adoption: install ## Bring the product into a main application by docs/adopting.md, and tell what was done
	$(RUN) -m pytest -s tests/adoption tests/schema/test_main_app_ddl.py tests/schema/test_shapes.py \
	  tests/consumer/test_recount.py $(ARGS)

audit: install ## Look for known weaknesses in what is locked, where their databases can be reached
	UV=$(UV) requirements/audit

chaos: install ## Run the long fault scenarios; ARGS=NAME runs one
	$(RUN) -m tests.chaos $(ARGS)

soak: install ## Run the whole product for an hour in a bad house; ARGS="--minutes 10" for less
	$(RUN) -m tests.soak $(ARGS)

bench: install ## Run the benchmarks
	$(RUN) -m benchmarks $(ARGS)

screenshots: install ## Take the page's pictures with a real browser
	$(RUN) -m tests.browser.screenshots $(ARGS)

wheel: $(INSTALLED) ## Build the package that the main application installs, in dist/
	rm -f dist/flowpilot_analytics-*.whl
	$(UV) build --quiet --wheel --out-dir dist .
	ls dist/*.whl

hosts: install ## Mount the packed page in real applications, and open everything in a browser
	$(RUN) -m pytest tests/hosts $(ARGS)

page-package: $(MODULES) ## Build the package that the main application's frontend installs, in dist/
	mkdir -p dist
	cd frontend && ../$(NODE) npm pack --silent --pack-destination ../dist

images: ## Build the container images
	for target in migrate relay consumer api push-worker demo; do \
	  docker build $$(deploy/docker/pin --build-args) --file deploy/docker/Dockerfile --target $$target --tag flowpilot-analytics-$$target \
	    --label org.opencontainers.image.revision=$$(git rev-parse HEAD) .; done

compose-test: install ## Run the containers for real: events in, numbers out, scaled, failed over, over TLS
	$(RUN) -m pytest -s --timeout=900 tests/containers $(ARGS)

# pip fetches uv, uv the rest: locked, with hashes, from whichever index this machine uses.
$(INSTALLED): requirements/dev.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo 'Python 3.11 or newer is needed: install it, or say make PYTHON=/path/to/python'; exit 1; }
	test -x .venv/bin/pip || $(PYTHON) -m venv .venv
	test -x $(UV) || .venv/bin/python -m pip install --quiet --disable-pip-version-check uv
	$(UV) pip install --python .venv --require-hashes -r requirements/dev.txt
	$(UV) pip install --python .venv --quiet --no-deps -e .
	touch $@

# A registry without the builds for other machines makes a lock file without them, which the ci of npm 11 refuses;
# install takes the same locked packages from it.
$(MODULES): frontend/package-lock.json | $(INSTALLED)
	$(NODE) npm --prefix frontend ci >/dev/null 2>&1 || $(NODE) npm --prefix frontend install --no-save
	touch $@

$(PAGE): $(MODULES) $(shell find frontend -path frontend/node_modules -prune -o -path frontend/dist -prune \
    -o -path frontend/dist-lib -prune -o -path frontend/test-results -prune -o -path frontend/examples -prune \
    -o -type f ! -name '*.tsbuildinfo' -print)
	$(NODE) npm --prefix frontend run --silent build
	touch $@
