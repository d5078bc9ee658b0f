# `make report` and `make test` first install anything that is missing. `make help` lists the other targets.
PYTHON ?= $(shell for each in python3.11 python3; do $$each -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
  && echo $$each && break; done)
YEAR ?= latest
BIN := .venv/bin
LOCKED := .venv/.locked
READY := .venv/.ready
TESTABLE := .venv/.testable
# Install a lock file with uv, ten times as fast as pip; where uv cannot, pip installs the same packages and checks the same hashes.
# uv compiles nothing beforehand: each module is compiled when it is first imported. uv does not read pip's settings, so make passes it the index that they name.
INSTALL = { index=$$($(BIN)/python -m pip config list | sed -n "s/.*\.index-url='\(.*\)'/\1/p" | tail -n 1); \
  $(BIN)/uv pip install --quiet --python $(BIN)/python --native-tls $${index:+--default-index "$$index"} \
  --require-hashes -r $(1) 2>/dev/null || \
  $(BIN)/python -m pip install --quiet --require-hashes -r $(1); }
COMPILE := .lock-venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header
AS_ROOT := $(shell [ "$$(id -u)" = 0 ] || echo 'sudo -n')
export PIP_DISABLE_PIP_VERSION_CHECK := 1
unexport PYTHONDONTWRITEBYTECODE  # or every process would compile every module that it imports

.PHONY: help report test wheel bench lock clean
.DEFAULT_GOAL := help

help:
	@echo "make report             build the report of the latest year (YEAR=2020-21 for another)"
	@echo "make test               check code and notebooks with ruff and mypy, and run the tests"
	@echo "make test SLOW=yes      the same with the long sweeps that make test leaves out"
	@echo "make wheel              build dist/*.whl, which works without a checkout, and put the lock file next to it"
	@echo "make bench              time runs and batches against stock papermill and nbconvert, large years and disclosure control"
	@echo "make lock               rebuild requirements.lock and requirements-dev.lock from pyproject.toml"
	@echo "make clean              remove .venv and caches, but no reports or data"

# An interrupted set-up has no .ready file, and a .venv that was moved to another folder cannot run. Rebuild both.
ifneq ($(shell test -x $(BIN)/python && cat $(READY) 2>/dev/null),$(CURDIR))
.PHONY: $(LOCKED)
endif

$(LOCKED): requirements.lock
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo 'Python 3.11 or later is required. Install it, or name it: make PYTHON=/path/to/python3.11'; exit 1; }
	@"$(PYTHON)" -c 'import venv, ensurepip' 2>/dev/null || \
	  { echo 'This Python has no venv module. On Debian: apt-get install python3-venv'; exit 1; }
	@echo "Setting up .venv with $$("$(PYTHON)" --version): a few minutes, once."
	@rm -rf .venv
	@"$(PYTHON)" -m venv .venv
	@sed -n '/^uv==/,/[^\]$$/p' requirements.lock > .venv/uv.lock
	@$(BIN)/python -m pip install --quiet --require-hashes -r .venv/uv.lock 2>/dev/null || echo 'uv could not be installed; pip takes longer.'
	@$(call INSTALL,requirements.lock) || \
	  { echo 'The packages could not be installed, for the reason above. Fix that, then run the same command again.'; exit 1; }
	@touch $(LOCKED)

# Separate from the packages, so that a change in a tool's settings does not reinstall everything.
$(READY): $(LOCKED) pyproject.toml
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@$(BIN)/python -c 'import weasyprint' 2>/dev/null || { \
	  needed=$$($(BIN)/python -c 'from pipeline.report.documents.pdf import LIBRARIES; print(LIBRARIES)'); \
	  { command -v apt-get && $(AS_ROOT) apt-get update -qq && \
	    $(AS_ROOT) apt-get install -y -qq --no-install-recommends $$needed; } >/dev/null 2>&1 || \
	  echo "The PDF needs libraries that could not be installed. For every other format: run with --accept-missing-formats. On Debian: apt-get install $$needed"; }
	@pwd -P > $(READY)
	@echo "Set up."

# The packages of the tests, which a user does not need.
$(TESTABLE): $(READY) requirements-dev.lock
	@$(call INSTALL,requirements-dev.lock) || \
	  { echo 'The packages of the tests could not be installed, for the reason above. Fix that, then run the same command again.'; exit 1; }
	@touch $(TESTABLE)

report: $(READY)
	@$(BIN)/annual-report run $(YEAR)

test: $(TESTABLE)
	@$(BIN)/ruff check --quiet . && $(BIN)/ruff format --quiet --check . && echo "ruff: code and notebooks are clean."
	@$(BIN)/mypy --no-error-summary && echo "mypy: the types agree."
	@$(BIN)/python -m pytest -n 2 --dist worksteal $(if $(SLOW),,-m "not slow")

wheel: $(READY)
	@rm -rf dist && $(BIN)/python -m hatchling build -t wheel -d dist > /dev/null 2>&1 && cp requirements.lock dist/
	@echo "Built: $$(ls dist/*.whl)"

bench: $(TESTABLE)
	@$(BIN)/python tests/benchmarks/bench.py
	@$(BIN)/python tests/benchmarks/imports.py
	@$(BIN)/python tests/benchmarks/batch.py
	@$(BIN)/python tests/benchmarks/scale.py
	@$(BIN)/python tests/benchmarks/joint.py
	@$(BIN)/python tests/benchmarks/withhold.py

lock:
	@"$(PYTHON)" -m venv .lock-venv && .lock-venv/bin/python -m pip install --quiet uv
	@cp requirements-dev.lock requirements.lock.new
	@$(COMPILE) --group dev pyproject.toml --output-file requirements.lock.new > /dev/null
	@{ echo '# Every package of the project and of its tests at one version, with its hashes. Made from pyproject.toml by: make lock'; \
	  cat requirements.lock.new; } > requirements-dev.lock
	@$(COMPILE) --group install pyproject.toml --output-file requirements.lock.new > /dev/null
	@{ echo '# Every package that the project needs, at the version in requirements-dev.lock. Made from pyproject.toml by: make lock'; \
	  cat requirements.lock.new; } > requirements.lock && rm -rf .lock-venv requirements.lock.new
	@echo "Rebuilt both lock files, keeping every version that still fits. Next: make test"

clean:
	@rm -rf .venv .lock-venv requirements.lock.new .pytest_cache .ruff_cache .mypy_cache .hypothesis
	@echo "Removed .venv and caches. Reports and data have not changed."
