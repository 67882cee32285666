# Everything that is done with Trainyard; a bare `make` lists it.
# Each target sets up .venv first if it is not there or no longer fits pyproject.toml and constraints.txt.

BIN := .venv/bin
READY := .venv/.ready
ARGS :=
PYTHON :=
SUPPORTED := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))

.DEFAULT_GOAL := help
.PHONY: help setup train test test-all lint ui bench clean

help: ## list what there is to make
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' Makefile

setup: $(READY) ## create .venv and install what constraints.txt pins

train: $(READY) ## train; choices in ARGS: make train ARGS="dataset=salmon"
	@$(BIN)/python train.py $(ARGS)

test: $(READY) ## run the tests but for the slow ones
	@$(BIN)/python -m pytest -m "not slow" $(ARGS)

test-all: lint ## run lint and all tests
	@$(BIN)/python -m pytest $(ARGS)

lint: $(READY) ## check style (ruff) and types (mypy)
	@$(BIN)/ruff check .
	@$(BIN)/mypy

ui: $(READY) ## open MLflow's pages on http://127.0.0.1:5000
	@$(BIN)/mlflow ui --host 127.0.0.1 --workers 1

bench: $(READY) ## measure speed against its baselines
	@$(BIN)/python -m benchmarks $(ARGS)

clean: ## remove .venv and what tools have cached; runs and mlflow.db stay
	@rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist

$(READY): pyproject.toml constraints.txt
	@for python in $(PYTHON) python3 python3.13 python3.12 python3.11 python; do \
		if $$python -c '$(SUPPORTED)' >/dev/null 2>&1; then found=$$python; break; fi; \
		test -z "$(PYTHON)" || break; \
	done; \
	if test -z "$$found"; then \
		echo "Trainyard needs Python 3.11, 3.12 or 3.13, but $(or $(PYTHON),python3) is" \
			"\"$$($(or $(PYTHON),python3) --version 2>&1 | head -n 1)\"." \
			"Name another: make setup PYTHON=/path/to/python3.12" >&2; \
		exit 1; \
	fi; \
	echo "Setting up .venv with $$($$found --version); this takes a few minutes the first time."; \
	$$found -m venv .venv && \
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $(READY)
