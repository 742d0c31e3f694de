# Everything a newcomer or CI runs. Needs make and Python 3.11 or newer; the rest is installed into .venv.

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
RUNTIME := $(VENV)/.installed
DEV := $(VENV)/.installed-dev
ENGINES := $(VENV)/.installed-engines
CODE := analyst_agent skills tests benchmarks
QUESTION ?= What drove escalations last month?

# Hundreds of processes begin in the tests: what Python compiles of this checkout is kept, also where the machine says not to.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo serve test check format lint types bench calibrate kills routing retrieval load soak browser engines thorough clean

help: ## List the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-9s %s\n", $$1, $$2 }'

demo: $(RUNTIME) ## Install, make a demo workspace and ask it a question
	@$(BIN)/analyst init demo --demo
	@echo
	@echo '$$ analyst ask "$(QUESTION)"'
	@cd demo && ../$(BIN)/analyst ask "$(QUESTION)"
	@echo
	@echo 'Next: . $(BIN)/activate && cd demo'
	@echo '      analyst ask "Do Enterprise customers escalate more?"'
	@echo '      analyst chat'
	@echo '      analyst serve'

serve: $(RUNTIME) ## Install, make a demo workspace and serve its page
	@$(BIN)/analyst init demo --demo
	@cd demo && ../$(BIN)/analyst serve

test: $(DEV) ## Run the tests
	@$(BIN)/python -m pytest -n auto --dist worksteal

check: format lint types test ## Format, lint, types, tests (documentation included): what CI runs first

thorough: $(DEV) ## What CI runs besides: the tests that are too long for every day, and more rounds of those that repeat
	@THOROUGH=1 $(BIN)/python -m pytest -n auto --dist worksteal -m 'thorough or repeated'

format: $(DEV)
	@$(BIN)/ruff format --check $(CODE)

lint: $(DEV)
	@$(BIN)/ruff check $(CODE)

types: $(DEV)
	@$(BIN)/mypy

bench: $(DEV) ## Measure speed against hand-written SQL, as ratios; TICKETS='100000 10000000' for other sizes
	@$(BIN)/python -m benchmarks $(if $(TICKETS),--tickets $(TICKETS))

calibrate: $(DEV) ## Simulate desks with nothing to find and with a planted truth; SKILLS='escalation_trend' SEEDS=50 for less
	@$(BIN)/python -m benchmarks.calibration $(SKILLS) $(if $(SEEDS),--seeds $(SEEDS))

kills: $(DEV) ## Kill a playbook's run, and the server, at 40 random moments and go on (the tests do a few); KILLS=100 for more
	@KILLS=$(or $(KILLS),40) $(BIN)/python -m pytest -q -m '' tests/playbook/running/test_kills.py tests/playbook/delivery/test_kills.py tests/server/test_kills.py tests/server/test_errands_killed.py

routing: $(DEV) ## Fit which kind of question a text is to benchmarks/routing/phrases, and measure it
	@$(BIN)/python -m benchmarks.routing --fit

retrieval: $(DEV) ## Measure how well questions find the passage that answers them, and what the documents do not say
	@$(BIN)/python -m benchmarks.retrieval --failures
	@$(BIN)/python -m benchmarks.retrieval.contradictions

load: $(DEV) ## Measure the server with 50 conversations at once; PEOPLE=100 for more
	@$(BIN)/python -m benchmarks.serving load $(if $(PEOPLE),--people $(PEOPLE))

soak: $(DEV) ## Watch the server's memory under the same load for ten minutes; MINUTES=60 for longer
	@$(BIN)/python -m benchmarks.serving soak $(if $(PEOPLE),--people $(PEOPLE)) $(if $(MINUTES),--minutes $(MINUTES))

browser: ## Install Chromium for the tests of the page, where this machine lets it
	@command -v chromium >/dev/null || command -v google-chrome >/dev/null || { \
		command -v apt-get >/dev/null && \
		SUDO=$$([ "$$(id -u)" = 0 ] || echo 'sudo -n') && \
		$$SUDO apt-get update -qq && DEBIAN_FRONTEND=noninteractive $$SUDO apt-get install -qq -y --no-install-recommends chromium fonts-dejavu-core >/dev/null; } || \
		echo 'Chromium is not here and cannot be installed: the tests of the page are skipped.'

engines: $(ENGINES) ## Compare Postgres, ClickHouse and Spark with DuckDB, and keep state in Postgres; what this machine lacks is skipped
	@command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || { \
		command -v apt-get >/dev/null && \
		SUDO=$$([ "$$(id -u)" = 0 ] || echo 'sudo -n') && \
		$$SUDO apt-get update -qq && DEBIAN_FRONTEND=noninteractive $$SUDO apt-get install -qq -y postgresql >/dev/null; } || \
		echo 'Postgres is not here and cannot be installed: its tests are skipped.'
	@$(BIN)/python -m pytest tests/engines tests/state tests/server/test_workers.py -q -rs -m ''

clean: ## Remove the demo workspace, caches and built files; the environment stays
	rm -rf demo dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find analyst_agent skills tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

$(RUNTIME): pyproject.toml constraints.txt | $(BIN)/python
	@echo 'Installing into $(VENV) (about a minute the first time)'
	@$(PIP) install --quiet --quiet -c constraints.txt -e .
	@touch $@

$(DEV): pyproject.toml constraints.txt | $(BIN)/python
	@echo 'Installing into $(VENV) with the development tools (about a minute the first time)'
	@$(PIP) install --quiet --quiet -c constraints.txt -e '.[dev]'
	@touch $@ $(RUNTIME)

$(ENGINES): $(DEV)
	@echo 'Installing the drivers of Postgres, ClickHouse and Spark (a gigabyte, two minutes the first time)'
	@for extra in postgres clickhouse spark; do \
		$(PIP) install --quiet --quiet -c constraints.txt -e ".[$$extra]" || \
		echo "The driver of $$extra cannot be installed: its tests are skipped."; done
	@touch $@

$(BIN)/python:
	@test -n '$(PYTHON)' || { \
		echo 'Python 3.11 or newer is needed; python3 here is: '"$$(python3 --version 2>&1)". >&2; \
		echo 'Install one, or name it: make PYTHON=/path/to/python3.12' >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo 'Python 3.11 or newer is needed; $(PYTHON) is: '"$$($(PYTHON) --version 2>&1)". >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo '$(PYTHON) cannot make environments: its modules venv and ensurepip are missing.' >&2; \
		echo 'On Debian or Ubuntu: apt install python3-venv' >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)
