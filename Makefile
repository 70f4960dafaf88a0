# Two commands matter to a newcomer: `make demo` and `make test`.

PYTHON ?= python3
ARGS ?=
VENV := .venv
BIN := $(VENV)/bin
LOCALE := src/regulars/locale/zh_Hans/LC_MESSAGES/django
ASSETS := src/regulars/web/static/vendor/installed.sha256
CLIENTS := tests/know/collect/door/node
SCRATCH := $(VENV)/scratch

# Container images often forbid Python to keep what it compiled: every process of the system would
# then compile all of it again, three seconds each time.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup demo test check bench drill away crowd pins browser
.DELETE_ON_ERROR:
.NOTPARALLEL:

help: ## Say what there is
	@sed -n 's/^\([a-z]*\):.*## /  make \1	/p' $(MAKEFILE_LIST) | expand -t 16

setup: $(VENV)/.demo $(ASSETS) $(LOCALE).mo ## Install what running needs; nothing when nothing changed

# Nothing stands around the command, so that make's signals reach it and not a shell.
demo: setup ## Bring up the whole system with real baskets: ARGS="--port 9000 --chain simulated"
	@$(BIN)/regulars demo $(ARGS)

test: $(VENV)/.dev setup browser $(CLIENTS)/node_modules check ## Check everything, then run every test: ARGS="-k inbox"
	@$(BIN)/pytest --numprocesses 2 $(ARGS)

# Reading the settings makes a data folder's secrets: not in the folder that someone works with.
check: export REGULARS_DATA := $(SCRATCH)
check: export DJANGO_SETTINGS_MODULE := regulars.config.settings
check: $(VENV)/.dev $(LOCALE).mo ## Style, types, layers, settings
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/python -m django check --fail-level WARNING

bench: $(VENV)/.bench setup ## Measure every claim beside an alternative: ARGS="import --scale 0.1"
	@$(BIN)/python -m bench $(ARGS)

drill: $(VENV)/.dev setup ## Kill every process at random while senders send: ARGS="--kills 50"
	@$(BIN)/python -m tests.acceptance.drill $(ARGS)

away: $(VENV)/.dev setup ## Take PostgreSQL away for a minute and see what is lost: ARGS="--seconds 60"
	@$(BIN)/python -m tests.acceptance.away $(ARGS)

crowd: $(VENV)/.dev setup ## 200 people at 10,000 leads at once: ARGS="--people 50"
	@$(BIN)/python -m tests.act.tasks.crowd_in_full $(ARGS)

pins: $(BIN)/uv ## Pin what pyproject.toml asks for, with hashes: ARGS="--upgrade"
	@$(BIN)/uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 \
		--generate-hashes --no-annotate --no-emit-index-url --custom-compile-command "make pins" \
		--quiet --output-file constraints.txt $(ARGS)

browser: # a Chromium for the browser tests
	@sh scripts/browser.sh

# The pinned uv, by pip with its hash; everything else by uv, much faster.
$(BIN)/uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Regulars needs Python 3.11 or newer, and $(PYTHON) is not: make PYTHON=python3.11 …"; exit 1; }
	@echo "Making $(VENV); the first time takes a minute or two."
	@$(PYTHON) -m venv --clear $(VENV) || { \
		echo "Python cannot make a virtual environment: apt-get install python3-venv"; exit 1; }
	@sed -n '/^uv==/,/[^\\]$$/p' constraints.txt > $(VENV)/uv.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r $(VENV)/uv.txt

$(VENV)/.%: pyproject.toml constraints.txt | $(BIN)/uv
	@echo "Installing the pinned packages ($*)"
	@$(BIN)/uv pip install --python $(BIN)/python --constraints constraints.txt \
		--build-constraints constraints.txt --editable '.[setup,$*]'
	@touch $@

$(ASSETS): package-lock.json scripts/assets.py | $(VENV)/.demo
	@echo "Installing the front-end packages"
	@$(BIN)/python scripts/assets.py
	@touch $@

$(CLIENTS)/node_modules: $(CLIENTS)/package-lock.json | $(VENV)/.demo
	@echo "Installing the SDKs that the tests send with"
	@$(BIN)/python scripts/assets.py $(CLIENTS)
	@touch $@

$(LOCALE).mo: $(LOCALE).po scripts/translations.py | $(VENV)/.demo
	@$(BIN)/python scripts/translations.py compile
