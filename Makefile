# Every command a developer needs. `make` alone lists them.
# python3 >= 3.11 and a package index are enough: uv is fetched when missing, and
# plain pip does the work where no uv can be had.

PYTHON ?= $(shell for p in python3 python3.11 python3.12 python3.13; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& command -v $$p && break; done)
DATA := $(abspath $(or $(CHARTGAP_DATA_DIR),data/demo))
PIP := .venv-bootstrap/bin/pip
GET_PIP = { test -x $(PIP) || "$(PYTHON)" -m venv .venv-bootstrap; }
INTO := --python .venv/bin/python
ITSELF := --no-deps --no-build-isolation -e .

# The system's certificates, so that an index behind a company's proxy is trusted.
export UV_SYSTEM_CERTS ?= true
export PIP_DISABLE_PIP_VERSION_CHECK ?= 1

UV := PATH="$$PATH:$(CURDIR)/.venv-bootstrap/bin" && uv
IN_VENV := PATH="$(CURDIR)/.venv/bin:$$PATH"

.DEFAULT_GOAL := help
.PHONY: help setup demo dev test limits recovery changes lint fix dictionary runbook lock clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' Makefile

setup: .venv/.installed ## create .venv from requirements.lock

demo: setup ## simulate a practice, run the whole graph, print where visits wait
	@$(IN_VENV) CHARTGAP_DATA_DIR="$(DATA)" chartgap demo

dev: setup ## open the asset graph in a browser
	@mkdir -p "$(DATA)/dagster"
	@cp dagster.yaml "$(DATA)/dagster/"
	@$(IN_VENV) CHARTGAP_DATA_DIR="$(DATA)" DAGSTER_HOME="$(DATA)/dagster" \
		dagster dev -w workspace.yaml

test: setup ## run every test, linters included
	@$(IN_VENV) pytest tests

limits: setup ## try huge and hostile files, 200 kills and 100 orders (slow)
	@$(IN_VENV) python -m benchmarks.limits

recovery: setup ## find all that is wrong in three practices of 20,000 visits (slow)
	@set -e; for seed in 1 2 3; do $(IN_VENV) pytest tests/golden/test_recovery.py \
		-n 0 -k "not without_defects" --encounters 20000 --seed $$seed; done

changes: setup ## compare builds of changes with full ones, 5,000 visits, 3 times (slow)
	@set -e; for seed in 1 2 3; do $(IN_VENV) pytest tests/golden/test_permutation.py \
		-n 0 --encounters 5000 --seed $$seed; done

lint: setup ## run the linters and the type checker alone
	@$(IN_VENV) ruff check
	@$(IN_VENV) ruff format --check
	@$(IN_VENV) mypy
	@$(IN_VENV) sqlfluff lint models tests/dbt

fix: setup ## let the linters repair what they can
	@$(IN_VENV) ruff check --fix
	@$(IN_VENV) ruff format
	@$(IN_VENV) sqlfluff fix models tests/dbt

dictionary: setup ## write docs/marts.md from descriptions and metrics
	@$(IN_VENV) python -m orchestration.dictionary

runbook: setup ## write docs/expectations.md from the suites
	@$(IN_VENV) python -m orchestration.runbook

lock: setup ## resolve pyproject.toml again into requirements.lock
	@$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --extra dev pyproject.toml -o requirements.lock

clean: ## remove .venv and caches; data stays
	@rm -rf .venv .venv-bootstrap dbt_project/target dbt_project/logs logs
	@rm -rf .pytest_cache .ruff_cache .mypy_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/.installed: requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Chartgap needs python3 3.11 or newer on PATH," \
		"or: make setup PYTHON=/path/to/python3" >&2; exit 1; }
	@echo "Installing into .venv (once per requirements.lock)"
	@"$(PYTHON)" -m venv --clear --without-pip .venv
	@command -v uv >/dev/null || { $(GET_PIP) && $(PIP) install -qq uv; } \
		|| echo "The package index has no uv; pip installs instead" >&2
	@$(UV) pip sync --quiet --compile-bytecode $(INTO) --require-hashes requirements.lock || { $(GET_PIP) \
		&& $(PIP) $(INTO) install -qq --no-deps --require-hashes -r requirements.lock; }
	@$(UV) pip install --quiet $(INTO) $(ITSELF) || $(PIP) $(INTO) install -qq $(ITSELF)
	@touch $@
