# Everything that is done with Trainyard; a bare `make` lists it.
# Each target sets up .venv first if it is not there or no longer fits pyproject.toml and constraints.txt.

BIN := .venv/bin
READY := .venv/.ready
ARGS :=
PYTHON :=
# constraints by environment, so that they also hold where pip builds a package
PIP := PIP_CONSTRAINT=constraints.txt PIP_BUILD_CONSTRAINT=constraints.txt $(BIN)/python -m pip install --quiet \
	--disable-pip-version-check
SUPPORTED := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))

.DEFAULT_GOAL := help
.PHONY: help setup train pipeline test test-all lint ui bench pictures clean

help: ## list what there is to make
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' Makefile

setup: $(READY) ## create .venv and install what constraints.txt pins
	@echo "Ready. Train with: make train"

train: $(READY) ## train; choices in ARGS: make train ARGS="dataset=salmon"
	@$(BIN)/python train.py $(ARGS)

pipeline: $(READY) ## run what dvc.yaml says, where something has changed
	@git rev-parse --git-dir >/dev/null 2>&1 || $(BIN)/python -m dvc config --local core.no_scm true
	@PATH="$(CURDIR)/$(BIN):$$PATH" DVC_NO_ANALYTICS=1 $(BIN)/python -m dvc repro $(ARGS)

test: $(READY) ## run the tests but for the slow ones, in two processes
	@$(BIN)/python -m pytest -n 2 -m "not slow" $(ARGS)

test-all: lint ## run lint and all tests
	@$(BIN)/python -m pytest $(ARGS)

lint: $(READY) ## check style (ruff) and types (mypy)
	@$(BIN)/python -m ruff check .
	@$(BIN)/python -m mypy

ui: $(READY) ## open MLflow's pages on http://127.0.0.1:5000
	@MLFLOW_SERVER_ENABLE_JOB_EXECUTION=false MLFLOW_DISABLE_TELEMETRY=true \
		$(BIN)/python -m mlflow ui --host 127.0.0.1 --workers 1

bench: $(READY) ## measure speed against its baselines
	@$(BIN)/python -m benchmarks $(ARGS)

pictures: $(READY) ## take the pictures of docs/pictures anew; needs Chromium or Chrome
	@$(BIN)/python -m tests.pictures

clean: ## remove .venv and what tools have cached; runs and mlflow.db stay
	@rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist

$(READY): pyproject.toml constraints.txt
	@set -- "$(PYTHON)"; \
	test -n "$$1" || set -- python3 python python3.13 python3.12 python3.11; \
	first=$$1; found=; other=; \
	for python; do \
		if "$$python" -c '$(SUPPORTED)' >/dev/null 2>&1; then found=$$python; break; fi; \
	done; \
	if test -z "$$found"; then \
		echo "Trainyard needs Python 3.11, 3.12 or 3.13, and $$first is" \
			"\"$$("$$first" --version 2>&1 | head -n 1)\"." \
			"Name one that fits: make setup PYTHON=/path/to/python3.12" >&2; \
		exit 1; \
	fi; \
	version=$$("$$found" --version); \
	if test "$$(.venv/bin/python --version 2>&1)" != "$$version"; then other=--clear; fi; \
	echo "Setting up .venv with $$version; the first time this takes a few minutes."; \
	"$$found" -m venv $$other .venv && $(PIP) -e '.[dev]'
	@touch $(READY)
