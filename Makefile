# Everything a contributor needs, on a machine that has only Python >= 3.11 and make.
# uv is used where it is on the PATH; venv and pip do the same where it is not.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
UV     := $(shell command -v uv 2>/dev/null)
export OMP_NUM_THREADS ?= 1
# Where it is set, each process compiles its imports anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup demo test try proof lint bench share pictures cover docs site lock clean

help:  ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/'

setup: $(VENV)/.ready  ## make .venv with the locked dependencies and this package

$(VENV)/.ready: requirements-dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version.split()[0]; sys.exit(sys.version_info < (3, 11) and f"scaffolder needs Python 3.11 or newer, this is {v}: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)")'
ifdef UV
	uv venv --quiet --clear --python "$$(command -v $(PYTHON))" $(VENV)
	uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements-dev.lock
	uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
else
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
endif
	@touch $@

demo: setup  ## generate classical-ml into demo/ and run it on public data
	rm -rf demo
	$(BIN)/scaffolder new classical-ml credit-risk -o demo --yes --no-git
	$(MAKE) -C demo/credit-risk demo PYTHON="$(abspath $(BIN)/python)"
	@$(BIN)/python tools/show_demo.py demo/credit-risk

test: setup  ## the fast suite (some two minutes on two cores)
	$(BIN)/python -m pytest -n auto --maxprocesses 8 --dist worksteal

try: setup  ## render one template, lint, type, test and check it: make try T=mlops-deploy SET="registry=server"
	@$(BIN)/python tools/try.py $(T) $(SET)

lint: setup  ## ruff, mypy, and checks that generated files are up to date
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/mypy --config-file templates/_shared/pyproject.toml
	$(BIN)/python tools/share.py --check
	$(BIN)/python tools/docs.py --check

proof: setup  ## the slow proofs: projects installed, run, tested, built; those of one template with T=mlops-deploy
	TEMPLATE=$(T) PROOFS=$(PROOFS) $(BIN)/python -m pytest -m slow -n 2 --dist loadgroup --no-loadscope-reorder --durations=25

bench: setup  ## speed as ratios against cookiecutter, repo-review, copier and plain copying; seconds of generated projects
	$(BIN)/python benchmarks/speed.py
	$(BIN)/python benchmarks/check.py
	$(BIN)/python benchmarks/cohort.py
	$(BIN)/python benchmarks/projects.py

share: setup  ## copy templates/_shared into each template
	$(BIN)/python tools/share.py

pictures: setup  ## take the pictures that the templates ship of their pages (needs Chromium); of one with T=llm-eval
	$(BIN)/python tools/pictures.py $(T)

cover: setup  ## take the picture of README.md anew (needs Chromium): a test asks for it
	$(BIN)/python tools/cover.py

docs: setup  ## rewrite the generated lists in README.md and docs/
	$(BIN)/python tools/docs.py

site: setup  ## the site of the documentation in build/website/site (needs npm); with projects, PROJECTS=FOLDER
	@command -v npm >/dev/null || { echo "make site needs npm, which comes with Node.js (https://nodejs.org)" >&2; exit 1; }
	$(BIN)/uv venv --quiet --clear --python $(BIN)/python build/zensical
	$(BIN)/uv pip install --quiet --python build/zensical/bin/python --require-hashes -r website/requirements.txt
	$(BIN)/python tools/website.py "$(abspath build/zensical/bin/zensical)" $(if $(PROJECTS),--projects "$(PROJECTS)") $(if $(SOURCE),--source "$(SOURCE)")

lock: setup  ## renew every lock file (needs uv)
	@command -v uv >/dev/null || { echo "make lock needs uv (https://docs.astral.sh/uv/getting-started/installation/)" >&2; exit 1; }
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --upgrade \
		--custom-compile-command "make lock" --extra dev --group shared pyproject.toml -o requirements-dev.lock
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --upgrade \
		--custom-compile-command "make lock" website/requirements.in -o website/requirements.txt
	$(BIN)/python tools/lock.py

clean:  ## remove what make has made
	rm -rf $(VENV) demo dist build website/node_modules .cache .pytest_cache .mypy_cache .ruff_cache .hypothesis
