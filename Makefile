# Every target works in a clean clone with Python 3.11+ and make; test-neo4j also needs JDK 17+ and Maven.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUNTIME := $(VENV)/.runtime
DEV := $(VENV)/.dev

# Bytecode is kept whatever the environment says: a command that compiles its modules anew takes twice as long.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-neo4j random random-neo4j chaos neo4j-up neo4j-down lint types schema bench docs web lock

help: ## show this list
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sort | awk 'BEGIN {FS = ":.*## "} {printf "  make %-12s %s\n", $$1, $$2}'

$(RUNTIME): requirements/runtime.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements/runtime.lock
	$(BIN)/pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(DEV): requirements/dev.lock $(RUNTIME)
	$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements/dev.lock
	@touch $@

setup: $(RUNTIME) ## create .venv from the hash-pinned lock, start nothing

demo: $(RUNTIME) ## start the twin, its stores and the simulated factory; Ctrl-C stops all of it
	@exec $(BIN)/dieloom up --demo

test: $(DEV) ## all tests that need only the embedded stores
	$(BIN)/python -m pytest -q -n 3 --dist loadfile --no-loadscope-reorder --max-worker-restart 0

test-neo4j: $(DEV) ## the graph-facing tests on a real Neo4j 5.26 and on redis-server
	$(BIN)/python deploy/neo4j/launch.py test

# Seeds FIRST, FIRST + 1, ...; a failure names its seed.
PLANTS ?= 2000
SETS ?= 1000
SPANS ?= 200
FIRST ?= 1000000
RANDOM_MANY = DIELOOM_ORACLE_PLANTS=$(PLANTS) DIELOOM_FETCH_PLANTS=$(PLANTS) DIELOOM_RANDOM_SETS=$(SETS) \
	DIELOOM_RANDOM_SPANS=$(SPANS) \
	DIELOOM_ORACLE_FIRST=$(FIRST) DIELOOM_FETCH_FIRST=$(FIRST) DIELOOM_RANDOM_FIRST=$(FIRST)
RANDOM_TESTS = -o faulthandler_timeout=0 --hypothesis-profile=other-examples tests/oracle tests/twin/projection/test_random_arrivals.py \
	tests/twin/projection/test_random_spans.py
RANDOM_BESIDE = tests/twin/events tests/twin/folds tests/connectors/secs_gem/test_codec.py

random: $(DEV) ## 2,000 random plants against the oracle, 1,000 random sets of events against a pure fold; PLANTS, SETS, FIRST
	$(RANDOM_MANY) $(BIN)/python -m pytest -q $(RANDOM_TESTS) $(RANDOM_BESIDE)

random-neo4j: $(DEV) ## those of them that ask a graph, on a real Neo4j
	$(RANDOM_MANY) $(BIN)/python deploy/neo4j/launch.py test -q $(RANDOM_TESTS)

chaos: $(DEV) ## a minute of faults against the whole service; CHAOS_SECONDS and CHAOS_SEED change that
	$(BIN)/python -m tests.chaos --seconds $(or $(CHAOS_SECONDS),60) $(if $(CHAOS_SEED),--seed $(CHAOS_SEED))

neo4j-up: $(RUNTIME) ## start that Neo4j alone; the last output line is its URL
	@$(BIN)/python deploy/neo4j/launch.py up

neo4j-down: $(RUNTIME) ## stop it
	@$(BIN)/python deploy/neo4j/launch.py down

lint: $(DEV) ## style, import contracts, generated files in step
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: $(DEV) ## mypy strict everywhere, pyright where Cypher is sent
	$(BIN)/mypy
	$(BIN)/pyright

schema: $(DEV) ## the served SDL against schema/schema.graphql and the contract's core
	$(BIN)/python -m pytest -q tests/schema/test_golden_schema.py

bench: $(DEV) ## measured ratios against a peer or a floor of the same run
	$(BIN)/python -m bench

docs: $(DEV) ## rewrite the generated pages (settings, events, glossary)
	$(BIN)/python -m docs.generate

web: ## rebuild web/dist (needs Node; the built files are committed)
	cd web && npm ci && npm run build

lock: ## renew the hash-pinned locks (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -o requirements/runtime.lock requirements/runtime.in
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -o requirements/dev.lock requirements/dev.in
