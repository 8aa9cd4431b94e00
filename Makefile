# make demo | make test | make proof | make lint | make screenshots | make bench | make clean.  PYTHON=python3.12 picks another interpreter, PORT=8080 another port.
PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
CHROMIUM = $(shell command -v chromium)
POSTGRES = $(firstword $(wildcard /usr/lib/postgresql/*/bin/initdb) $(shell command -v initdb))

# Tests write thousands of small databases: in memory where there is room for them, for a disk would be waited for at each commit.
ROOMY = $(shell [ -w /dev/shm ] && [ "$$(df --output=avail /dev/shm | tail -1)" -gt 4000000 ] && echo TMPDIR=/dev/shm)

.PHONY: demo test proof lint packages screenshots bench bench-full clean
.NOTPARALLEL:

demo: .venv/installed
	@$(BIN)/cartable demo --port $(PORT)

test: packages lint
	@$(if $(CHROMIUM),,echo "Chromium absent : les essais « browser » sont laissés de côté.")
	@$(if $(POSTGRES),,echo "PostgreSQL absent : les essais ne passent que sur SQLite.")
	@$(ROOMY) $(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder $(if $(CHROMIUM),,-m "not browser")
	@$(if $(POSTGRES),$(ROOMY) $(BIN)/pytest -n 2 --dist worksteal --postgresql)

# Long runs, two hours or so of two cores; short ones of the same are part of the tests. Each ends with a line of its figures, and those that take longest
# tell theirs as they go, and once more when they are stopped. SEQUENCES=10000 RUNS=1000 PAYLOADS=10000 make a fraction of it.
SEQUENCES ?= 100000
RUNS ?= 10000
PAYLOADS ?= 100000
proof: packages .venv/installed-test
	@PYTHONPATH=.:tests $(BIN)/python tests/proof/power_cut.py --cuts 10000
	@! PYTHONPATH=.:tests $(BIN)/python tests/proof/power_cut.py --cuts 300 --synchronous normal
	@PYTHONPATH=.:tests $(BIN)/python tests/proof/kills.py --kills 200 --clients 50
	@PYTHONPATH=.:tests $(BIN)/python tests/proof/server_stops.py --stops 100
	@PYTHONPATH=.:tests $(BIN)/python tests/proof/faults.py --runs $(RUNS)
	@PYTHONPATH=.:tests $(BIN)/python tests/proof/payloads.py --payloads $(PAYLOADS)
	@PYTHONPATH=.:tests $(BIN)/python tests/proof/lies.py --readings 1000
	@PYTHONPATH=.:tests $(BIN)/python tests/proof/storm.py --phones 200 --acts 50 --seconds 3
	@$(if $(CHROMIUM),PYTHONPATH=.:tests $(BIN)/python tests/proof/phone_kills.py --kills 200)
	@PYTHONPATH=.:tests $(BIN)/python tests/proof/one_session.py --sequences $(SEQUENCES)
	@PYTHONPATH=.:tests $(BIN)/python tests/proof/flips.py --flips 100000
	@PYTHONPATH=.:tests $(BIN)/python tests/proof/api_fuzz.py --requests 100000

screenshots: packages .venv/installed-test
	@$(BIN)/python tests/screenshots.py

# Figures beside floors of the same run: make bench SIZES=28,6000 ONLY=sync. PROCESSOR=1 tells seconds computed, for a machine that others keep busy.
SIZES ?= 28,6000,200000
bench: .venv/installed-test
	@PYTHONPATH=tests $(BIN)/python -m bench --sizes "$(SIZES)" --only "$(ONLY)" $(if $(PROCESSOR),--processor) $(if $(JSON),--json "$(JSON)")

# A million tablets and eleven million lines of journal: the town is made once (5 GiB in KEEP), so that make bench-full ONLY=lists is quick the second time.
KEEP ?= build/bench
bench-full: .venv/installed-test
	@PYTHONPATH=tests $(BIN)/python -m bench --sizes 1000000 --only "$(ONLY)" --runs 1 --keep "$(KEEP)" $(if $(PROCESSOR),--processor) $(if $(JSON),--json "$(JSON)")

lint: .venv/installed-test
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

packages:
	@.ci/packages

# Stamps: pip runs again only when the metadata changed, so that a second start is a start and nothing else.
.venv/ready: | .ci/venv
	@.ci/venv "$(PYTHON)"
	@touch $@

.venv/installed: setup.cfg pyproject.toml | .venv/ready
	@echo "Installation de Cartable dans .venv (une à deux minutes la première fois)…"
	@$(PIP) install --editable .
	@touch $@

.venv/installed-test: setup.cfg pyproject.toml | .venv/ready
	@echo "Installation de Cartable et de ses outils d'essai dans .venv…"
	@$(PIP) install --editable '.[test]'
	@touch .venv/installed $@

# The database and the keys of a demonstration (var/) are data: they stay.
clean:
	rm -rf .venv build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find inventory mdm deploy config tests -name __pycache__ -type d -prune -exec rm -rf {} +
