# The commands of the project. Needs Python 3.11 or newer and make; everything else comes from requirements.lock.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help report test lab bench lock clean

help:  ## show this list
	@echo "insights: the joint strategy of marketing and sales, from a firm's own data"
	@echo
	@sed -n 's/^\([a-z]*\):.*  ## \(.*\)/  make \1\t\2/p' Makefile
	@echo
	@echo "After the first of them: $(BIN)/insights --help"

report: $(READY)  ## set up, run the suite on data/sample and print where the report is
	@"$(BIN)/insights" run --data data/sample

test: $(READY)  ## set up and run all tests, the notebooks among them
	@echo "Running the tests"
	@"$(BIN)/python" -m pytest $(ARGS)

lab: $(READY)  ## open JupyterLab on the notebooks
	@"$(BIN)/jupyter" lab --notebook-dir=notebooks

bench: $(READY)  ## run the benchmarks (ONLY=name for one)
	@"$(BIN)/python" -m benchmarks $(ONLY)

lock:  ## compile requirements.lock anew from pyproject.toml (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --all-extras --no-header --no-emit-index-url -q -o requirements.lock pyproject.toml

clean:  ## remove the environment and all reports
	rm -rf "$(VENV)" reports/2* reports/latest reports/failed reports/.work

$(READY): requirements.lock pyproject.toml
	@"$(PYTHON)" -c 'import sys; sys.exit("insights needs Python 3.11 or newer; %s is %s. Try: make PYTHON=python3.12" % (sys.executable, sys.version.split()[0])) if sys.version_info < (3, 11) else None'
	@echo "Setting up .venv: about 150 packages from requirements.lock, a minute or two the first time"
	@"$(PYTHON)" -m venv "$(VENV)"
	@"$(BIN)/python" -m pip install --quiet --disable-pip-version-check --progress-bar on --require-hashes -r requirements.lock
	@"$(BIN)/python" -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch "$(READY)"
