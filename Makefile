# Two commands: `make run` starts the bot, `make test` checks everything. Each sets up what it needs in .venv.

PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
INSTALL := $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes

.PHONY: run chat check test lint types imports pytest core shell lock clean

unexport PYTHONDONTWRITEBYTECODE  # the tests start the bot hundreds of times

run: $(VENV)/.run
	@$(PY) -m bot run

chat: $(VENV)/.run
	@$(PY) -m bot chat

check: $(VENV)/.run
	@$(PY) -m bot check

test: lint types imports pytest

lint: $(VENV)/.dev
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .

types: $(VENV)/.dev
	$(PY) -m mypy

imports: $(VENV)/.dev
	$(VENV)/bin/lint-imports --no-cache

# Side by side: the shell's tests mostly wait. Coverage is of the pure packages, and would only slow the shell's tests down.
pytest: $(VENV)/.dev
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target core shell

core: $(VENV)/.dev
	$(PY) -m pytest -q --cov --cov-report=term tests/unit tests/flows

shell: $(VENV)/.dev
	$(PY) -m pytest -q --numprocesses=3 --maxschedchunk=1 tests/integration tests/acceptance

# Pinned versions with hashes, made anew from pyproject.toml and requirements/dev.in.
lock: $(VENV)/.dev
	$(PY) -m pip install --quiet pip-tools
	scripts/lock $(PY)

clean:
	rm -rf $(VENV)

$(VENV)/.run: requirements/run.txt
	@scripts/new-venv $(PYTHON) $(VENV)
	@$(INSTALL) -r requirements/run.txt
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.run
	@$(INSTALL) -r requirements/dev.txt
	@touch $@
