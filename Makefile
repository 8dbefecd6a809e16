# The ways into the platform. `make help` explains them; docs/operator/ tells more.
SHELL := /bin/sh
START := sh deploy/local/with-python -m deploy.local.bootstrap
PYTHON := .venv/bin/python
export PYTHONPATH := .
.DEFAULT_GOAL := help

help: ## this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z][a-z-]*:.*## / {printf "  make %-14s %s\n", $$1, $$2} /^## / {print "\n" substr($$0, 4)}' Makefile
	@echo
	@echo "Environment: PORT (8000), DEMO_SCALE (0.05), DEMO_TODAY (2023-10-16), DATABASE_URL (empty: a PostgreSQL of our own"
	@echo "under var/), VAR_ROOT (var), MEDIA_ROOT (media); all of them: $(PYTHON) manage.py check_settings"

## Run
demo: ## everything, in the foreground on http://127.0.0.1:$PORT; Ctrl-C ends it, the data stay
	@$(START) demo

demo-reset: ## forget the demonstration's data and start over
	@$(START) demo-reset

db: ## only the database, in the foreground (for manage.py and the tests of an editor)
	@$(START) db

token: ## an access token of a demonstration app: make token APP=school-journal
	@$(PYTHON) -m deploy.token $(APP)

## Test
T ?=
# One file or one test runs alone; anything more is spread over two processes, a file always in one of them.
SPREAD = $(if $(or $(findstring ::,$(T)),$(filter %.py,$(T))),-n 0,-n 2 --dist loadfile --no-loadscope-reorder)
PYTEST ?=

test: ## the tests against a PostgreSQL of their own; T=path runs a part
	@$(START) test $(SPREAD) -m "not full" $(PYTEST) $(T)

test-full: ## the same with the large counts
	@$(START) test $(SPREAD) $(PYTEST) $(T)

coverage: ## the tests with coverage; the report goes to var/coverage
	@$(START) test $(SPREAD) -m "not full" --cov --cov-report=term:skip-covered --cov-report=html:var/coverage $(T)

AUDIT ?=

audit: ## Lighthouse over every template, phone and desk, for a machine that does little else; AUDIT=/lv/,/lv/klase/ for some
	@AUDIT="$(AUDIT)" $(START) test -n 0 -s -q tests/audit/pages.py

bench-pages: ## processor time of every template, kept and not kept, in one process; AUDIT=/lv/,/lv/klase/ for some
	@AUDIT="$(AUDIT)" $(START) test -n 0 -s -q tests/audit/cost.py

BENCH ?=

bench: install ## the benchmarks beside their peers; prints one table, writes var/bench/results.json
	@$(PYTHON) -m tests.bench $(BENCH)

## Check
CHECKS := check-format check-code check-types check-imports check-migrations check-templates check-messages check-schemas check-project check-docs

check: install ## every check that needs no database, one line each
	@failed=""; for each in $(CHECKS); do \
	  if output=$$($(MAKE) --no-print-directory $$each 2>&1); then echo "ok      $$each"; \
	  else echo "FAILED  $$each"; echo "$$output" | sed 's/^/        /'; failed="$$failed $$each"; fi; done; \
	if [ -n "$$failed" ]; then echo "Failed:$$failed"; exit 1; fi

check-format: ## ruff format
	@$(PYTHON) -m ruff format --check .

check-code: ## ruff
	@$(PYTHON) -m ruff check .

check-types: ## mypy, strict on backend/ and graphql_schema/
	@$(PYTHON) -m mypy

check-imports: ## import-linter: imports point one way
	@.venv/bin/lint-imports

# They make unique what holds the primary key already, or what a stricter constraint held that the same step drops: nothing
# can break it, which the linter cannot see. The last one drops a table that nothing but the demonstration wrote or read.
UNIQUE_WITH_KEY := 0004_consultation_reference 0003_claim_references 0006_taken_back_in_parts 0007_application_of_plan 0008_plan_remark 0002_work_follows_from_the_state

check-migrations: ## no model change without a migration; no step that blocks or loses data
	@$(START) check makemigrations --check --dry-run
	@$(START) check lintmigrations --project-root-path . --no-cache --quiet ok ignore --ignore-name $(UNIQUE_WITH_KEY)

check-templates: ## djlint
	@$(PYTHON) -m djlint --lint --quiet site_templates

check-messages: ## translations complete and compiled
	@$(PYTHON) -m deploy.checks.messages

check-schemas: ## the committed SDL is what runs, a part of the plan, and breaks no client of the last release
	@$(START) check export_schemas --check
	@$(PYTHON) -m deploy.checks.planned

check-project: ## Django's own checks, the field classification among them
	@$(START) check check --fail-level WARNING

check-docs: ## every path, command and make target that the documentation names exists
	@$(PYTHON) -m pytest -q tests/docs/test_pages.py

## Maintain
install: ## the locked Python environment .venv, with what tests and checks need
	@$(START) install

UV := $(PYTHON) -m uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --quiet
lock: install ## write requirements/*.lock anew from *.in (UPGRADE=-U takes newer versions)
	@cd requirements && for each in bootstrap base dev; do ../$(UV) $(UPGRADE) $$each.in -o $$each.lock || exit 1; done

format: install ## ruff format, and what ruff can mend by itself
	@$(PYTHON) -m ruff format . && $(PYTHON) -m ruff check --fix .

messages: ## collect and compile the translations (needs gettext: apt-get install gettext)
	@$(PYTHON) -m deploy.checks.messages --write

planned: install ## join docs/api/planned/ into docs/api/planned.graphql, and check it
	@$(PYTHON) -m deploy.checks.planned --write

release-schemas: install ## take the schemas that run as released: from now on a change that breaks their clients fails the check
	@$(START) check export_schemas --release

clean: ## remove caches of tools (never data)
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .coverage var/coverage
	@find . -name __pycache__ -type d -not -path './.venv/*' -exec rm -rf {} +

.PHONY: help demo demo-reset db token test test-full coverage audit bench-pages check $(CHECKS) install lock format messages planned release-schemas clean
