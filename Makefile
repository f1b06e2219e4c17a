# Everything a person does with this repository. `make` alone lists it.

VENV := .venv
BIN := $(VENV)/bin
PYTHON := $(BIN)/python
MESSAGES := $(wildcard src/afluente/locale/*/LC_MESSAGES/*.po)

# uv is used when it is there, and never fetches an interpreter of its own.
UV := $(shell command -v uv 2>/dev/null)
export UV_PYTHON_DOWNLOADS := never
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help run demo test bench proof lint fmt ci install install-dev lock clean

help: ## List the verbs
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-9s %s\n", $$1, $$2}'

run: $(VENV)/.base $(VENV)/.messages ## Start Afluente and print its address
	@exec $(PYTHON) -m afluente run

demo: $(VENV)/.base $(VENV)/.messages ## The same with example data, signed in, leads arriving by themselves
	@exec $(PYTHON) -m afluente demo

test: $(VENV)/.dev $(VENV)/.messages ## Run every test (browser tests need Chromium or Chrome)
	@$(PYTHON) -m pytest -n 2 --dist worksteal $(ARGS)

bench: $(VENV)/.dev $(VENV)/.messages ## Measure, next to plain SQL in the same run
	@$(PYTHON) -m bench $(ARGS)

proof: $(VENV)/.dev $(VENV)/.messages ## Kill, race and probe: the reliability and security rows
	@$(PYTHON) -m afluente.proof $(ARGS)

lint: $(VENV)/.dev $(VENV)/.messages ## Style, types, layers, migrations
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(PYTHON) -m afluente manage makemigrations --check --dry-run

fmt: $(VENV)/.dev ## Write the code in house style
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

ci: ## What the build machine runs (Debian 12, as root)
	@.ci/run

install: $(VENV)/.base $(VENV)/.messages ## Install what the product needs, without starting it
	@echo "Afluente is installed: make run starts it."

install-dev: $(VENV)/.dev $(VENV)/.messages

lock: $(VENV)/.dev ## Maintainers: renew the locks from requirements/*.in
	@scripts/lock.sh

clean: ## Remove what make made, never the data
	@rm -rf $(VENV) build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
	@find src -name '*.mo' -delete

$(PYTHON):
	@scripts/make_venv.sh $(VENV) "$(UV)"

$(VENV)/.base: $(PYTHON) requirements/base.lock scripts/install.sh scripts/link.py
	@scripts/install.sh $(VENV) "$(UV)" requirements/base.lock
	@touch $@

$(VENV)/.dev: $(VENV)/.base requirements/dev.lock
	@scripts/install.sh $(VENV) "$(UV)" requirements/base.lock requirements/dev.lock
	@touch $@

$(VENV)/.messages: $(VENV)/.base $(MESSAGES)
	@$(PYTHON) -m afluente.config.messages
	@touch $@
