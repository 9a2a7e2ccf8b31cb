# The targets are what CI runs. `make lab` and `make test` set everything up by themselves.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --constraint constraints.txt

SECONDS ?= 600

.PHONY: lab test check format lint types slow docs bench fuzz images clean

lab: .venv/core
	$(BIN)/classlens lab

test: .venv/dev
	$(BIN)/python -m pytest -n 2 --dist worksteal

check: .venv/check lint types test slow

slow: .venv/check
	$(BIN)/python -m pytest -m slow

lint: .venv/dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: .venv/dev
	$(BIN)/mypy

format: .venv/dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: .venv/bench
	$(BIN)/python benchmarks/run.py

fuzz: .venv/fuzz
	$(BIN)/python fuzz/fuzz.py tables $(SECONDS)
	$(BIN)/python fuzz/fuzz.py models $(SECONDS)

# -E reads every page anew, because pages show what the code prints.
docs: .venv/docs
	$(BIN)/python -m sphinx -W --keep-going -E -q -b html docs docs/_build/html
	@echo "The documentation is at docs/_build/html/index.html"

images: .venv/dev
	$(BIN)/python docs/images/make.py

clean:
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache build dist classlens-lab \
	  docs/_build docs/gallery docs/reference/api

# A stamp for each set of packages, renewed when what it is made from changes.
.venv/core: pyproject.toml constraints.txt | .venv/bin/pip
	$(PIP) --editable .
	@touch $@

.venv/dev: pyproject.toml constraints.txt | .venv/bin/pip
	$(PIP) --editable '.[dev]'
	@touch $@ .venv/core

.venv/bench: pyproject.toml constraints.txt | .venv/bin/pip
	$(PIP) --editable '.[dev,bench]'
	@touch $@ .venv/core .venv/dev

# All that a test may ask for: PyTorch, too, which is large.
.venv/check: pyproject.toml constraints.txt | .venv/bin/pip
	$(PIP) --editable '.[dev,docs,torch]'
	@touch $@ .venv/core .venv/dev .venv/docs

.venv/docs: pyproject.toml constraints.txt | .venv/bin/pip
	$(PIP) --editable '.[docs]'
	@touch $@ .venv/core

.venv/fuzz: pyproject.toml constraints.txt | .venv/bin/pip
	$(PIP) --editable '.[dev,fuzz]'
	@touch $@ .venv/core .venv/dev

.venv/bin/pip:
	@command -v $(PYTHON) >/dev/null || { \
	  echo "$(PYTHON) was not found. Install Python 3.11 or newer, or name yours: make PYTHON=/path/to/python3" >&2; exit 2; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Classlens needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) -V 2>&1). Name a newer one: make PYTHON=python3.12" >&2; exit 2; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "$(PYTHON) has no venv module. On Debian or Ubuntu: sudo apt install python3-venv" >&2; exit 2; }
	@rm -rf .venv
	$(PYTHON) -m venv .venv
