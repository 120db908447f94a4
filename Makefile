# The two that a newcomer needs: `make run` and `make test`. Each works alone on a fresh clone.

PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test check lint format setup setup-dev bench soak lock translations clean

run: setup
	@$(BIN)/eventmatch run --port $(PORT)

test: setup-dev
	@$(BIN)/python tools/missing.py
	$(BIN)/pytest
	@if command -v node >/dev/null; then node --test tests/js/; else echo "node is missing: the tests of the scripts are skipped"; test "$$CI" != true; fi

check: lint test

lint: setup-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint templates --check --lint --quiet

format: setup-dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/djlint templates --reformat --quiet

setup: $(VENV)/.installed eventmatch/translations/.compiled
	@$(BIN)/python tools/vendor.py

setup-dev: $(VENV)/.installed-dev eventmatch/translations/.compiled
	@$(BIN)/python tools/vendor.py

$(BIN)/uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "eventmatch needs Python 3.11 or newer; name one with PYTHON=…"; exit 1; }
	@$(PYTHON) -c 'import ensurepip' || { echo "Python's venv is incomplete. On Debian: apt install python3-venv"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv

$(VENV)/.installed: requirements.lock pyproject.toml | $(BIN)/uv
	$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r requirements.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	@touch $@

$(VENV)/.installed-dev: requirements-dev.lock $(VENV)/.installed
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements-dev.lock
	@touch $@

eventmatch/translations/.compiled: $(wildcard eventmatch/translations/*/LC_MESSAGES/messages.po) | $(VENV)/.installed
	$(BIN)/pybabel --quiet compile --directory eventmatch/translations
	@touch $@

CATALOGUES := eventmatch/translations
translations: setup
	$(BIN)/pybabel extract --mapping tools/babel.ini --project eventmatch --no-location --sort-output -k _l -k _n:1,2 --output $(VENV)/messages.pot .
	$(BIN)/pybabel update --input-file $(VENV)/messages.pot --output-dir $(CATALOGUES) --no-fuzzy-matching --ignore-obsolete
	@for file in $(CATALOGUES)/*/LC_MESSAGES/messages.po; do grep -v -E '^"(Report-Msgid-Bugs-To|POT-Creation-Date|PO-Revision-Date|Last-Translator|Language-Team|Generated-By):' $$file | cat -s | sed -e '$${/^$$/d}' > $$file.new && mv $$file.new $$file; done

lock: | $(BIN)/uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --extra carddav pyproject.toml --output-file requirements.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --extra carddav --extra dev --constraint requirements.lock pyproject.toml --output-file requirements-dev.lock

bench: setup-dev
	$(BIN)/python bench/pages.py
	$(BIN)/python bench/neutral.py
	$(BIN)/python bench/door.py
	$(BIN)/python bench/rounds.py
	$(BIN)/python bench/matching.py

soak: setup-dev
	$(BIN)/python bench/soak.py

clean:
	rm -rf $(VENV) node_modules eventmatch/static/vendor eventmatch/badges/fonts
