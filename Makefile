# Every target sets up what it needs, once: `make demo` and `make test` work in a fresh clone.
# Requirements: Python 3.11 or newer (with venv), make, and Go 1.21 or newer or an installed Pulumi.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.NOTPARALLEL:
MAKEFLAGS += --no-builtin-rules --no-print-directory

BIN := .venv/bin
SETUP := .venv/.complete
# The number of parallel tests; CI has two cores. PYTEST passes options: make test PYTEST="-k zone".
WORKERS ?= 2
PYTEST ?=
# The provider of the end-to-end tests (stand-in or official), and how they sign in (token or service-app).
PROVIDER ?= stand-in
SIGN_IN ?= token
# The extras that the action and the image can add. The lock of each has what it adds to requirements-runtime.lock.
EXTRAS := aws azure gcp postgres vault
# A check of workflows that only Go can build; without Go it is left out.
ACTIONLINT := $(if $(shell command -v go),$(BIN)/actionlint)
# Broken links, and pages that no navigation leads to, are errors. The date of the commit makes the output reproducible.
SPHINX = SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct) $(BIN)/sphinx-build --conf-dir docs --doctree-dir build/doctrees --quiet --fail-on-warning --keep-going
TESTS := -n $(WORKERS) --dist worksteal --provider $(PROVIDER) --sign-in $(SIGN_IN)

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: demo
demo: engine ## Run the whole workflow on two local tenants: apply, change by hand, detect, repair
	@$(BIN)/reconciler demo

.PHONY: test
test: lint types unit ## Run all checks and tests

.PHONY: lint
lint: $(SETUP) $(ACTIONLINT) ## Check formatting, style and import layers
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports --no-logo
	$(if $(wildcard .github/workflows),$(BIN)/zizmor --offline --quiet .github action)
	$(if $(ACTIONLINT),$(ACTIONLINT))
	$(BIN)/hadolint Dockerfile

$(BIN)/actionlint: tools/actionlint/go.mod tools/actionlint/go.sum $(SETUP)
	@echo 'Building actionlint'
	@cd tools/actionlint && CGO_ENABLED=0 GOWORK=off go build -trimpath -o '$(CURDIR)/$@' github.com/rhysd/actionlint/cmd/actionlint
	@touch $@

.PHONY: types
types: $(SETUP) ## Check the types
	$(BIN)/mypy reconciler sandbox tests docs/conf.py $(wildcard action/scripts benchmarks stacks)

.PHONY: unit
unit: engine
	$(BIN)/pytest $(TESTS) $(PYTEST)

.PHONY: coverage
coverage: engine ## Run the tests and show uncovered lines and branches
	$(BIN)/pytest $(TESTS) --cov --cov-report=term-missing $(PYTEST)

.PHONY: docs
docs: $(SETUP) ## Regenerate the pages and schemas that come from code
	$(BIN)/reconciler kinds --format markdown --into docs
	$(BIN)/pytest tests/report --update-golden --quiet

.PHONY: site
site: $(SETUP) ## Build the documentation site into build/site
	rm -rf build/site
	$(SPHINX) --builder html . build/site
	@echo 'build/site/index.html'

.PHONY: man
man: $(SETUP) ## Build the manual page into build/man
	$(SPHINX) --builder man . build/man
	@echo 'build/man/reconciler.1'

.PHONY: bench
bench: engine ## Run the benchmarks
	$(BIN)/python -m benchmarks

.PHONY: format
format: $(SETUP) ## Format the code and sort its imports
	$(BIN)/ruff check --fix-only --select I .
	$(BIN)/ruff format .

.PHONY: setup
setup: $(SETUP) engine ## Install the locked dependencies and the Pulumi CLI

.PHONY: engine
engine: $(SETUP)
	@$(BIN)/python -m reconciler.engine.toolchain >/dev/null

# A complete environment is marked with the checkout's path. If the checkout was moved, or Python was removed, the mark is
# deleted and the environment is created again.
ifneq ($(shell cat $(SETUP) 2>/dev/null && $(BIN)/python -c '' 2>&1),$(CURDIR))
$(shell rm -f $(SETUP))
endif

$(SETUP): requirements.lock requirements-uv.txt pyproject.toml sandbox/pyproject.toml
	@if [ ! -e $@ ]; then \
	    python=; \
	    for candidate in $(PYTHON) python3.13 python3.12 python3.11 python3; do \
	        if "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	            python=$$candidate; break; \
	        fi; \
	    done; \
	    if [ -z "$$python" ]; then \
	        echo 'Python 3.11 or newer was not found. On Debian: apt-get install python3 python3-venv' >&2; exit 1; \
	    fi; \
	    if ! "$$python" -c 'import ensurepip, venv' 2>/dev/null; then \
	        name=$$("$$python" -c 'import sys; print("python%d.%d" % sys.version_info[:2])'); \
	        echo "$$python cannot create virtual environments. On Debian: apt-get install $$name-venv" >&2; exit 1; \
	    fi; \
	    echo "Creating .venv with $$("$$python" --version)"; \
	    "$$python" -m venv --clear .venv; \
	fi
	@echo 'Installing the locked dependencies into .venv'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.txt
	@$(BIN)/uv pip sync --compile-bytecode --python $(BIN)/python --require-hashes requirements.lock
	@$(BIN)/uv pip install --python $(BIN)/python --quiet --no-deps --no-build-isolation --editable . --editable sandbox
	@echo '$(CURDIR)' > $@

.PHONY: lock
lock: $(SETUP) ## Update the locked versions and their hashes
	$(BIN)/uv pip compile pyproject.toml --all-extras --group dev --no-emit-package okta-sandbox --generate-hashes --universal --python-version 3.11 --upgrade --quiet -o requirements.lock
	cp requirements.lock requirements-runtime.lock
	$(BIN)/uv pip compile pyproject.toml --extra history --group build --generate-hashes --universal --python-version 3.11 --quiet -o requirements-runtime.lock
	for extra in $(EXTRAS); do \
	    cp requirements.lock requirements-$$extra.lock; \
	    $(BIN)/uv pip compile pyproject.toml --extra $$extra --generate-hashes --universal --python-version 3.11 --quiet \
	        --custom-compile-command 'make lock' -o requirements-$$extra.lock \
	        $$(sed -n 's/^\([a-z0-9._-]*\)==.*/--no-emit-package \1/p' requirements-runtime.lock); \
	done
	{ sed -n '/^#/p' requirements-uv.txt; \
	  echo uv | $(BIN)/uv pip compile - --generate-hashes --universal --python-version 3.11 --no-header --no-annotate --quiet; \
	} > requirements-uv.new
	mv requirements-uv.new requirements-uv.txt

.PHONY: clean
clean: ## Remove generated files, except those shared between checkouts (the Pulumi CLI, Go's cache)
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage .coverage.* build dist *.egg-info
	find . -name __pycache__ -prune -exec rm -rf {} +
