# make demo    sets itself up and shows a conversation with the demo company
# make play    opens a small Slack on this machine with the bot in it
# make test    the tests;  make lint: style and types;  .ci/run: all that and PostgreSQL
# make eval    grades the answers to a thousand questions
# make bench   how fast it answers, as ratios;  make bench-page: the same as docs/performance.md
# make soak    2,000 questions while sockets, processes, records and the model fail; needs PostgreSQL
# make check-spark  the whole catalogue on Spark, over the demo company, held against DuckDB: minutes, and Java 17
# make docs    writes the pages of docs/ anew that are made from the code, from knowledge/ and from the packages
# make audit   looks for known holes in the packages of the lock;  make fuzz: ten minutes of odd input to each entrance
# make locks   writes the locks anew, after a change of a requirements file

SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --quiet --no-input --disable-pip-version-check --no-deps --no-compile --require-hashes
LOCK := $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --no-emit-index-url --no-emit-find-links

# The newest Python that fits and can make an environment; PYTHON=… on the command line names another.
PYTHON ?= python3.13 python3.12 python3.11 python3
FITS := import ensurepip, sys, venv; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))

# What answers in make eval: rules or agent.
ENGINE ?= rules

# Compiled modules are kept even where the environment says not to: starting is three times as fast with them.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: demo play test lint spark check-spark eval bench bench-page soak audit fuzz docs locks clean

demo: $(VENV)/base
	@$(BIN)/python app.py demo

play: $(VENV)/base
	@$(BIN)/python app.py play

test: $(VENV)/dev
	@$(BIN)/python -m pytest -n auto

lint: $(VENV)/dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

spark: $(VENV)/spark

check-spark: $(VENV)/spark
	@$(BIN)/python -m pytest -n 0 -m "engines and spark" tests/metrics

eval: $(VENV)/base
	@$(BIN)/python app.py eval tests/evals/untouched.jsonl tests/evals/tuned.jsonl --kept tests/evals/kept.json \
		--engine $(ENGINE)
	@$(BIN)/python app.py eval-plays tests/plays/queries.toml

bench: $(VENV)/bench
	@$(BIN)/python -m benchmarks

bench-page: $(VENV)/bench
	@$(BIN)/python -m benchmarks --full --page

soak: $(VENV)/dev
	@$(BIN)/python -m soak --transport socket
	@$(BIN)/python -m soak --transport http

audit: $(VENV)/audit/done | $(BIN)/python
	@$(BIN)/python -m supply.audit $(VENV)/audit/bin/pip-audit requirements.lock

fuzz: $(VENV)/dev
	@MAINSTAY_FUZZ=600 $(BIN)/python -m pytest -n auto tests/fuzz

# The tool has an environment of its own, so that what it needs is not mixed with what it looks at.
$(VENV)/audit/done: requirements/audit.lock | $(BIN)/python
	@$(BIN)/python -m venv $(VENV)/audit
	@$(VENV)/audit/bin/python -m pip install --quiet --no-input --disable-pip-version-check --no-deps --require-hashes -r $<
	@touch $@

$(VENV)/base: requirements.lock | $(BIN)/python
	@echo "Installing what the bot needs (about a minute, once) …"
	@$(INSTALL) -r $<
	@touch $@

$(VENV)/bench: requirements/bench.lock | $(BIN)/python
	@echo "Installing what the bot is compared with (about a minute, once) …"
	@$(INSTALL) -r $<
	@touch $@

$(VENV)/dev: requirements/dev.lock | $(BIN)/python
	@echo "Installing what the bot and its tests need (about a minute, once) …"
	@$(INSTALL) -r $<
	@touch $@

$(VENV)/spark: requirements/spark.lock $(VENV)/dev
	@echo "Installing Spark (a minute or two, once) …"
	@$(INSTALL) -r $<
	@touch $@

$(BIN)/python:
	@for python in $(PYTHON); do \
		if "$$python" -c '$(FITS)' 2>/dev/null; then exec "$$python" -m venv $(VENV); fi; \
	done; \
	echo "Mainstay needs Python 3.11, 3.12 or 3.13 with its venv module (on Debian and Ubuntu: python3-venv)." >&2; \
	echo "None of these fits: $(PYTHON). Name one with: make $(MAKECMDGOALS) PYTHON=/path/to/python" >&2; \
	exit 1

# Every extra stays with the versions of the base, so that any of them can be added to it.
docs: $(VENV)/dev
	@$(BIN)/python -m bot.metrics.reference > docs/metrics.md
	@$(BIN)/python -m bot.drafting.gallery > docs/drafts.md
	@$(BIN)/python -m bot.drafting.reference > docs/drafting.md
	@$(BIN)/python -m bot.playbook.reference > docs/playbook.md
	@$(BIN)/python -m bot.sources.reference > docs/tables.md
	@$(BIN)/python -m supply.licences > docs/licences.md

locks: $(VENV)/dev
	$(LOCK) requirements.txt -o requirements.lock
	for extra in postgres models mcp spark bench dev audit; do \
		$(LOCK) --constraint requirements.lock requirements/$$extra.txt -o requirements/$$extra.lock || exit 1; \
	done

clean:
	rm -rf $(VENV) .mainstay .pytest_cache .mypy_cache .ruff_cache .hypothesis
