# One command list for people and for CI. Everything is set up inside .venv, beside the code.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Where the real backends for `make test-real` are built; outside the tree, shared by checkouts.
CACHE ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/innkeeper

.DEFAULT_GOAL := help
.PHONY: help run test test-real backends go-geo lint format proto lock bench clean

help: ## List the tasks
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

run: $(VENV)/.run ## Start everything; ARGS="--replicas geo=2" passes options
	@$(BIN)/innkeeper up $(ARGS)

test: $(VENV)/.dev ## Check style, types, stubs and behaviour; needs PyPI alone
	@$(MAKE) --no-print-directory lint
	@$(BIN)/python -m pytest -m "not real" -n auto --dist loadscope $(ARGS)

test-real: $(VENV)/.dev backends go-geo ## The tests that need a real Consul, Jaeger, Prometheus and Chromium
	@PATH="$(CACHE)/bin:$$PATH" $(BIN)/python -m pytest -m real $(ARGS)

backends: ## Build Consul, Jaeger and Prometheus once, into a cache outside the tree
	@scripts/build-backends "$(CACHE)"

go-geo: $(VENV)/.dev ## Build the geo service in Go that tests put in the place of ours
	@scripts/build-go-geo "$(CACHE)" "$(BIN)/python"

lint: $(VENV)/.dev ## Check style, types and that the generated stubs are fresh
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/python scripts/proto.py --check

format: $(VENV)/.dev ## Format the code
	@$(BIN)/ruff check --fix-only .
	@$(BIN)/ruff format .

proto: $(VENV)/.dev ## Regenerate the stubs from protos/
	@$(BIN)/python scripts/proto.py

lock: ## Pin the dependencies anew (needs uv)
	@scripts/lock

bench: $(VENV)/.dev ## Measure this system on this machine
	@$(BIN)/python -m bench $(ARGS)

clean: ## Remove the virtual environment and caches
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "innkeeper needs Python 3.11 or newer, $(PYTHON) is $$($(PYTHON) -V 2>&1): make PYTHON=/path/to/python3.11 …" >&2; exit 1; }
	@echo "setting up $(VENV), which takes about a minute …"
	@$(PYTHON) -m venv $(VENV) || { \
	  echo "python's venv module is missing; on Debian: apt install python3-venv" >&2; exit 1; }
	@touch $@

$(VENV)/.run: requirements/run.txt pyproject.toml | $(VENV)/.python
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements/dev.txt pyproject.toml | $(VENV)/.run
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@
