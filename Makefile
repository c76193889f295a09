# Sales Intelligence: `make help` lists the targets.
#
# The environment is `.venv`, made from the hashed locks and made again only when they change. PYTHON=… chooses the
# interpreter that it is made with; ARGS=… goes to what a target runs: make test ARGS="-k cache".

PYTHON ?= python3
ARGS ?=

BIN := .venv/bin
READY := .venv/.ready
COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header

.DEFAULT_GOAL := help
.PHONY: help env run test coverage bench chaos lint format openapi lock clean

help: ## list the targets
	@echo "usage: make TARGET [ARGS=…] [PYTHON=python3]"
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: env ## start everything: sandbox, worker, watchdog and web; PORT and SALESINTEL_DATA_DIR say where
	@exec $(BIN)/python manage.py up $(ARGS)

test: env ## run every test, on SQLite and on PostgreSQL where a server answers
	@$(BIN)/python -m tests.lanes $(ARGS)

coverage: env ## run the SQLite lane and fail below 90 per cent of lines and branches
	@SALESINTEL_COVERAGE_FLOOR=90 $(BIN)/python -m tests.lanes --lane sqlite $(ARGS)

bench: env ## measure: the benchmarks as a table of figures and ratios
	@$(BIN)/python -m tests.benchmarks $(ARGS)

chaos: env ## run the trials with full counts, on SQLite and on PostgreSQL; takes hours
	@$(BIN)/python -m tests.chaos $(ARGS)

lint: env ## check style, types, who imports whom, and that the API is as docs/openapi.yaml says
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python manage.py openapi --check

format: env ## rewrite the code in the house's style
	@$(BIN)/ruff check --fix-only .
	@$(BIN)/ruff format .

openapi: env ## write docs/openapi.yaml anew; what callers notice gets a line in CHANGELOG.md
	@$(BIN)/python manage.py openapi

lock: env ## choose versions anew and write the hashed locks
	@$(COMPILE) pyproject.toml --output-file requirements.txt
	@$(COMPILE) pyproject.toml --group dev --constraint requirements.txt --output-file requirements-dev.txt
	@echo uv | $(COMPILE) - --constraint requirements-dev.txt --no-annotate --output-file requirements-uv.txt

clean: ## remove the environment and what tools left behind; data folders stay
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis htmlcov .coverage .coverage.*

env: $(READY) ## make the environment and nothing else

# One clear line for what a bare machine lacks. An environment whose interpreter is gone is made anew.
$(READY): requirements-dev.txt requirements-uv.txt
	@command -v $(PYTHON) >/dev/null \
	  || { echo "make: there is no $(PYTHON) here; on Debian: apt-get install python3 python3-venv" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "make: $(PYTHON) is $$($(PYTHON) -V 2>&1), but 3.11 or newer is needed; on Debian 12 or newer: apt-get install python3, or say PYTHON=python3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
	  || { echo "make: $(PYTHON) cannot make environments; on Debian: apt-get install python3-venv" >&2; exit 1; }
	@$(BIN)/python -c 'import pip' 2>/dev/null || $(PYTHON) -m venv --clear .venv
	@echo "Making the environment in .venv" >&2
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes --requirement requirements-uv.txt
	@$(BIN)/uv pip sync --quiet --compile-bytecode --python $(BIN)/python --require-hashes requirements-dev.txt
	@touch $@
