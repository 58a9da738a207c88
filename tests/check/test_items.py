"""The verified items in forms other than those of the good service: what is proof, what is a fault, what is neither."""

from __future__ import annotations

import gzip
import json
import subprocess
from pathlib import Path

import pytest
from support import git
from synthetic import ALERTS, APP, CI, DRIFT, GOOD, README, RUNBOOK, changed, repository, without

from scaffolder.check.commit_snapshot import repository_at
from scaffolder.check.engine.repository import Repository
from scaffolder.check.engine.snapshot import Snapshot
from scaffolder.check.items import BY_ID
from scaffolder.check.items.secrets import NoSecrets
from scaffolder.check.readers.gitignore import ignored
from scaffolder.results.finding import State

DONE, FLAWED, MISSING, UNVERIFIED, NOT_APPLICABLE = (
    *(State.DONE, State.FLAWED, State.MISSING, State.UNVERIFIED),
    State.NOT_APPLICABLE,
)
Files = dict[str, str | bytes] | dict[str, str]
Case = tuple[str, Files, State, str]  # an item, the repository, the state of the item, and a part of what it says

SHA = "de0fac2e4500dabe0009e67214ff5f5447ce83dd"
MAKEFILE = """\
PYTHON ?= python3
BIN := .venv/bin
RUN = $(BIN)/python -m churn
.PHONY: test all

all: lint test  ## everything

test: setup | folder
\t@$(BIN)/python -m pytest \\
\t  -q
\t-$(RUN) optional

check:
\t$(MAKE) test
setup:
"""


def flow(steps: str, head: str = "on: [push]\npermissions: {}\n", job: str = "") -> str:
    return f"{head}jobs:\n  one:\n    runs-on: ubuntu-24.04\n{job}    steps:\n{steps}"


def runs(script: str) -> str:
    return flow(f"      - run: |\n          {script}\n")


WORKFLOWS: list[Case] = [
    *(
        ("ci", {CI: runs(script), "Makefile": MAKEFILE}, DONE, said)
        for script, said in [
            (".venv/bin/python -m pytest", "`pytest` on push"),
            ("uv run --with x pytest tests", "`pytest tests` on push"),
            ("A=1 sudo poetry run python -m coverage run -m pytest", "`pytest` on push"),
            ("cd src && make lint test  # both", "`pytest -q` in test on push"),
            ("make all", "`pytest -q` in test"),
            ("make check", "`pytest -q` in test"),
            ("python \\\n            -m unittest", "`unittest`"),
            ("pytest -m ''", "`pytest -m ''` on push"),
            ("pytest || exit 1", "`pytest`"),
            ("pytest; true", "`pytest`"),
            ("nox -s tests", "`nox -s tests`"),
            ("npm run test", "`npm run test`"),
            ("python manage.py test", "`python manage.py test`"),
        ]
    ),
    *(
        ("ci", {CI: runs(script), "Makefile": "a: b\nb: a\n"}, FLAWED, "no step runs tests")
        for script in [
            *("echo 'pytest && x' | tee log", "# pytest", "pytest || true", "pytest || exit 0", "tox -e lint"),
            *("pytest --collect-only", "make test", "make a"),
        ]
    ),
    *(
        ("ci", {CI: runs("make x"), "Makefile": text}, FLAWED, "no step runs tests")
        for text in ["A = $(B)\nB = $(A)\nx:\n\t$(A)\n", "A = $(A)$(A)\nx:\n\t$(A)\n", "x: " + "y " * 50_000]
    ),
    *(
        ("ci", {CI: text}, FLAWED, CI)
        for text in ["", "[]", "on: push\n", "on: push\njobs:\n  a: 1\n", "on: push\njobs:\n  a: {steps: []}\n", "a: ["]
    ),
    ("ci", {CI: runs("bash run/all.sh"), "run/all.sh": "set -e\npytest -x\n"}, DONE, "`pytest -x` in run/all.sh"),
    (
        "ci",
        {
            CI: flow("      - uses: ./.github/workflows/t.yml\n"),
            ".github/workflows/t.yml": flow("      - run: pytest -v\n", "on: workflow_call\n"),
        },
        DONE,
        ".github/workflows/t.yml:6: `pytest -v` on workflow_call",
    ),
    ("ci", {CI: flow("      - run: pytest\n", "on: workflow_dispatch\n")}, MISSING, "runs on no push"),
    *(
        (
            "ci",
            {CI: f"on: push\njobs:\n  a:\n    uses: x/y/.github/workflows/test.yml@{SHA}\n", **contract},
            UNVERIFIED,
            "x/y/.git",
        )
        for contract in ({}, {"scaffolder.toml": "contract = 1\n"})
    ),
    *(
        (item, {**without(".github/"), path: "test: {script: pytest}"}, UNVERIFIED, path)
        for item in ("ci", "ci-trust", "quality-gate")
        for path in (".gitlab-ci.yml", ".circleci/config.yml", "Jenkinsfile")
    ),
    *(
        ("ci-trust", {CI: flow(f"      - uses: {uses}\n")}, DONE, "pinned actions: 1")
        for uses in [f"actions/checkout@{SHA}", "./.github/actions/mine", "docker://alpine@sha256:" + "a" * 64]
    ),
    *(
        ("ci-trust", {CI: flow(f"      - uses: {uses}\n")}, FLAWED, f"{CI}:7: {uses} is not pinned to a commit")
        for uses in ["actions/checkout@v6", "docker://alpine:3.20"]
    ),
    (
        "ci-trust",
        {CI: flow(f"      - uses: x/y@{SHA}\n" * 2), ".github/workflows/a.yml": flow(f"      - uses: x/y@{SHA}\n")},
        DONE,
        f".github/workflows/a.yml: pinned actions: 1; restricted permissions\n{CI}: pinned actions: 2;",
    ),
    *(
        ("ci-trust", {CI: flow("      - run: x\n", f"on: push\n{permissions}", job)}, state, CI)
        for permissions, job, state in [
            ("permissions: read-all\n", "", DONE),
            ("permissions:\n  contents: read\n", "    permissions:\n      contents: write\n", DONE),
            ("", "    permissions:\n      contents: read\n", DONE),
            ("", "", FLAWED),
            ("permissions: write-all\n", "", FLAWED),
            ("permissions: {}\n", "    permissions: write-all\n", FLAWED),
        ]
    ),
    ("quality-gate", without("settings.toml"), MISSING, "no bound on a metric was found"),
    (
        "quality-gate",
        {**without("settings.toml"), CI: GOOD[CI].replace("make evaluate", "python evaluate.py --min-auc 0.8")},
        DONE,
        "--min-auc",
    ),
]  # fmt: skip

STAGED = """\
# syntax=docker/dockerfile:1
ARG VERSION=3.13
FROM --platform=linux/amd64 python:${VERSION}-slim AS build
COPY requirements.lock ./
RUN pip install \\
    # a comment between two lines

    -r requirements.lock
RUN <<EOF
FROM nowhere
USER root
EOF
FROM build AS middle
USER app
HEALTHCHECK --interval=10s CMD curl localhost
FROM middle
COPY --from=build /opt /opt
COPY ["src", "src/"]
ADD https://example.org/file.tar.gz /tmp/
"""
UNMADE = {**without("artifacts/model.onnx"), ".gitignore": "artifacts/model.onnx\n"}
NO_HEALTH = changed("Dockerfile", "HEALTHCHECK CMD", "CMD")
IMAGES: list[Case] = [
    ("dockerfile", {**GOOD, "Dockerfile": text}, state, said)
    for text, state, said in [
        (STAGED, DONE, "Dockerfile:14: runs as app, from python:3.13-slim"),
        (STAGED.replace('"src"', '"src dir"'), FLAWED, "Dockerfile:18: src dir is copied"),
        ("FROM a:1 AS x\nUSER app\nFROM b:1\n", FLAWED, "Dockerfile:3: the image runs as root"),
        ("FROM a:1\nUSER 0:0\n", FLAWED, "Dockerfile:2: the image runs as 0"),
        ("FROM a:1\nARG WHO=app\nUSER $WHO:x\nHEALTHCHECK CMD x\n", DONE, "Dockerfile:3: runs as $WHO, from a:1"),
        ("FROM x/python3:1-nonroot\nHEALTHCHECK CMD x\n", DONE, "runs as nonroot"),
        ("", FLAWED, "Dockerfile:1: no FROM"),
        ("{", FLAWED, "Dockerfile:1: no FROM"),
        ("FROM a:1\nRNU x\n", FLAWED, "Dockerfile:2: not an instruction: 'RNU x'"),
        *(
            (f"FROM {image}\nUSER app\nHEALTHCHECK CMD x\n", DONE, f"from {image}")
            for image in ("python:3.13-slim", "registry.example:5000/python:3.13", "python@sha256:" + "a" * 64)
        ),
        *(
            (f"FROM {image}\nUSER app\nHEALTHCHECK CMD x\n", FLAWED, f"Dockerfile:1: {image} may change tomorrow")
            for image in ("python@sha256:abc", "registry.example:5000/python", "python:slim", "python:$VERSION")
        ),
    ]
] + [
    ("dockerfile", UNMADE, FLAWED, "artifacts/model.onnx is copied"),
    (
        "dockerfile",
        {
            **UNMADE,
            "Makefile": GOOD["Makefile"].replace("image:", "image: artifacts/model.onnx")
            + "\nartifacts/model.onnx:\n\tpython -m churn train\n",
        },
        DONE,
        "",
    ),
    ("dockerfile", NO_HEALTH, FLAWED, "the image has no HEALTHCHECK"),
    (
        "dockerfile",
        {**NO_HEALTH, "compose.yaml": GOOD["compose.yaml"] + "    healthcheck:\n      test: curl localhost\n"},
        DONE,
        "",
    ),
]  # fmt: skip

SETTINGS = "from pydantic_settings import BaseSettings, SettingsConfigDict\n"
BASE = f"{SETTINGS}class Base(BaseSettings):\n    port: int = 1\n"
EXTENDED = "from base import Base\nclass Config(Base):\n    model_config = {'env_prefix': 'app_'}\n    size: int\n"
COMPUTED = (
    f"{SETTINGS}class Config(BaseSettings):\n"
    '    model_config = SettingsConfigDict(env_prefix=f"{__package__.upper()}_")\n    host: str = ""\n    size: int = 1\n'
)
LISTED = "".join(f'os.environ["{name}"]\n' for name in ("app_port", "APP_SIZE", "APP_HOST"))
VARIABLES: list[Case] = [
    *(
        ("configuration", {"app.py": code}, MISSING, "and the code reads A_KEY")
        for code in [
            'import os\nx = os.environ["A_KEY"]',
            'import os\nx = os.environ.get("A_KEY", "")',
            'from os import getenv\nx = getenv("A_KEY")',
            'import os\nNAME = "A_KEY"\nx = os.environ[NAME]',
            f"{SETTINGS}class S(BaseSettings):\n    a_key: str",
            f"{SETTINGS}class S(BaseSettings):\n    model_config = SettingsConfigDict(env_prefix='A_')\n    key: str = ''",
        ]
    ),
    *(
        ("configuration", {"app.py": code}, NOT_APPLICABLE, "no Python file was found that reads a variable")
        for code in [
            *("", 'import os\nos.environ["A_KEY"] = "1"', 'import os\nx = os.environ["HOME"]', "import os\nx = {**os.environ}", "os.environ.pop('PYTHONDONTWRITEBYTECODE')"),
            *('x = settings.get("A_KEY")', "class Config:\n    key: str", "def broken(:\n    os.environ['A_KEY']"),
            "class S(BaseSettings):\n    key: str = Field('', validation_alias='A_KEY')",
        ]
    ),
    ("configuration", {"base.py": BASE}, MISSING, "the code reads PORT"),
    ("configuration", {"base.py": BASE, "used.py": EXTENDED}, MISSING, "the code reads APP_SIZE, APP_PORT"),
    ("configuration", {"tests/test_a.py": 'import os\nos.environ["A"]'}, UNVERIFIED, "no Python file was found"),
    ("configuration", {"main.go": "os.Getenv"}, UNVERIFIED, "no Python file was found"),
    ("configuration", {"a.py": LISTED, ".env.example": "export APP_PORT=1\n# APP_SIZE=2\n"}, FLAWED, "flawed\na.py:3: APP_HOST is read, but not in .env.example\n"),
    ("configuration", {"a.py": COMPUTED, ".env.example": "APP_HOST=x\n"}, FLAWED, "flawed\na.py:5: …SIZE is read, but not in"),
    ("configuration", {"a.py": COMPUTED, ".env.example": "APP_HOST=x\nAPP_SIZE=1\n"}, DONE, ""),
]  # fmt: skip

SERVES = {"scaffolder.toml": GOOD["scaffolder.toml"]}
ROUTES = 'from fastapi import FastAPI\napp = FastAPI()\n@app.post("/predict")\ndef predict(): ...\n@app.get("/health")\ndef health(): ...\n'
CLIENT = "from fastapi.testclient import TestClient\nclient = TestClient(app)\n"
BY_ID_ROUTE = "from fastapi import APIRouter\nrouter = APIRouter()\n@router.get('/{id}')\ndef f(): ...\n"
FLASK = 'from flask import Flask\n@app.get("/items/<int:id>")\ndef f(): ...'
ENDPOINTS: list[Case] = [
    *(
        ("integration-test", {**SERVES, "app.py": code}, MISSING, said)
        for code, said in [
            ('@app.post("/predict")\ndef f(): ...', "calls POST /predict"),
            ('@app.route("/predict", methods=["POST"])\ndef f(): ...', "calls /predict"),
            ('router = APIRouter(prefix="/v1")\n@router.get("/items/{id}")\ndef f(): ...', "calls GET /items/{id}"),
            ('PATH = "/predict"\n@app.post(PATH)\ndef f(): ...', "calls POST /predict"),
            ('@app.get("predict")\ndef f(): ...', "no route such as"),
        ]
    ),
    *(
        ("integration-test", {**SERVES, "src/app.py": app, "tests/test_app.py": CLIENT + test}, state, said)
        for app, test, state, said in [
            *(
                (ROUTES, test, DONE, "calls POST /predict")
                for test in [
                    'def test_it():\n    assert client.post("/predict", json={}).status_code == 200',
                    'def test_it(client):\n    answer = client.post("/predict?reasons=0")\n    answer.raise_for_status()',
                    'async def test_it(client):\n    answer = await client.post(f"{base}/predict")\n    assert answer',
                    'def test_it():\n    assert client.post("/v1/predict")',
                    'URL = "http://localhost:8000/predict"\ndef test_it():\n    assert client.post(URL)',
                    'def ask():\n    return client.post("/predict")\ndef test_it():\n    assert ask().json() == {}',
                    'class TestIt:\n    def test_it(self):\n        assert self.client.post("/predict")',
                ]
            ),
            *(
                (ROUTES, test, MISSING, "no test was found that calls POST /predict")
                for test in [
                    'def test_it():\n    client.post("/predict")',
                    'def test_it():\n    assert client.get("/predict")',
                    'def test_it():\n    assert client.get("/health")',
                    'def helper():\n    assert client.post("/predict")',
                    'import pytest\n@pytest.mark.skip(reason="x")\ndef test_it():\n    assert client.post("/predict")',
                    'def test_it():\n    assert client.post("/other/thing")',
                    '# assert client.post("/predict")',
                ]
            ),
            (FLASK, 'def test_it():\n    assert client.get("/items/7")', DONE, "calls GET /items/<int:id>"),
            (BY_ID_ROUTE, "def test_it():\n    assert client.get('/4')\n", DONE, "calls GET /{id}"),
            (BY_ID_ROUTE, "def test_it():\n    assert client.get('/health')\n", MISSING, "calls GET /{id}"),
            (BY_ID_ROUTE, "def test_it():\n    assert client.get('/tests/4')\n", MISSING, "calls GET /{id}"),
        ]
    ),
    ("integration-test", {**SERVES, "app.py": ROUTES, "tests/test_app.py": 'def test_it():\n    assert cache.post("/predict")'}, MISSING, "/predict"),
    (
        "integration-test",
        {
            **SERVES,
            "app.py": "@app.post('/predict')\ndef predict(): ...\n",
            "tests/helpers.py": "def looks_right(answer):\n    assert answer.status_code == 200\n",
            "tests/conftest.py": "import pytest\nfrom fastapi.testclient import TestClient\nimport app\n\n\n@pytest.fixture\ndef web():\n    return TestClient(app.app)\n",
            "tests/test_a.py": "def test_a(web):\n    assert web.post('/predict')\n",
        },
        DONE,
        "tests/test_a.py:2: test_a calls POST /predict",
    ),
]  # fmt: skip

OTHER = "# A & B\n\n## Set up: `make`\n\n## Twice\n\n## Twice\n\n<a id='here'></a>\n"
PAGES = {"docs/other.md": OTHER, "src/app.py": "a\nb\n", "docs/a b.md": "", "img/x.png": "", "LICENSE": ""}
LINKS: list[Case] = [
    *(
        ("links", {**PAGES, README: f"# My title\n\n[x](<docs/other.md>) [x](<{target}>)\n"}, DONE, "inside the repository")
        for target in [
            *("./docs/other.md", "/docs/other.md", "docs", "docs/", ".", "src/app.py#L2", "docs/other.md#TWICE"),
            *("docs/other.md#a--b", "docs/other.md#set-up-make", "docs/other.md#twice-1", "docs/other.md#here"),
            *("docs/a%20b.md", "img/x.png?raw=true", "#my-title", "https://example.org/nothing", "env/bin"),
            *("mailto:a@example.org", "//example.org", "../../issues", "../../actions/workflows/ci.yml"),
            *(".vscode/settings.json", "{{ site.url }}/a.md"),
        ]
    ),
    *(
        ("links", {**PAGES, README: f"# My title\n\n[x]({target})\n"}, FLAWED, f"\nREADME.md:3: {target}: {reason}")
        for target, reason in [
            ("docs/none.md", "docs/none.md is not in the repository"),
            ("Docs/other.md", "Docs/other.md is not in the repository"),
            ("../secret.md", "../secret.md is not in the repository"),
            ("#nowhere", "README.md has no heading #nowhere"),
            ("docs/other.md#twice-2", "docs/other.md has no heading"),
            ("src/app.py#L99", "src/app.py has only 3 lines"),
        ]
    ),
    ("links", {**PAGES, "docs/page.md": "[x](other.md) [y](../src/app.py) [z](/LICENSE)"}, DONE, "3 links"),
    ("links", {"docs/page.md": "[x](docs/other.md)"}, FLAWED, "docs/page.md:1: docs/other.md: docs/docs/other.md is not"),
    ("links", {README: "![x](img/none.png)\n\n`[x](a.md)`\n\n```\n[x](a.md)\n```\n"}, DONE, "1 link inside"),
    ("links", {"docs/page.md": "![x](img/none.png)"}, FLAWED, "img/none.png"),
]  # fmt: skip

RECORDED = changed(DRIFT, 'REFERENCE = Path("artifacts/reference.json")', "def record_baseline(rows):\n    ...")
ELSEWHERE = {
    **changed(DRIFT, 'REFERENCE = Path("artifacts/reference.json")', "from churn.paths import REFERENCE"),
    "src/churn/paths.py": 'REFERENCE = "artifacts/reference.json"\n',
}
COLUMNS = "| a | b |\n|---|---|\n| user_id | who it is |\n| Size | how large |\n"
LATENCY = "| Request | p50 ms | p95 ms |\n| --- | --- | --- |\n| predict | 1.35 | 6.47 |\n"
TIMED = {
    "scaffolder.toml": 'contract = 1\n[capabilities]\nlatency = true\n[blocks]\n"docs/a.md" = ["worst", "latency"]\n',
    "docs/a.md": "<!-- measured:worst -->\n| mean | median absolute error |\n| --- | --- |\n| -0.234 | 2.071 |\n<!-- /measured:worst -->\n\n"
    f"<!-- measured:latency -->\n{LATENCY}<!-- /measured:latency -->\n",
}
BACK = {
    **without("CHANGELOG.md"),
    RUNBOOK: "# Operations\n\n## Rollback\n\n```sh\ngit checkout HEAD~1 -- artifacts\n```\n",
}
OPERATION: list[Case] = [
    ("alerts", changed(ALERTS, "sum(rate(http_requests_total{", 'absent(up) or histogram_quantile(0.9, http_requests_bucket) > 0 or sum(rate(http_requests_total{'), DONE, ""),
    ("alerts", changed(ALERTS, " > 0.01", " / ignoring(x) group_left(y) seats_total > 1e3"), FLAWED, "names seats_total"),
    (
        "alerts",
        {**without(ALERTS), "k8s/rules.yaml": "groups:\n  - rules: [{alert: A, expr: up == 0}, {record: b, expr: c}, {title: of Grafana, condition: B, data: []}]\n"},
        DONE,
        "k8s/rules.yaml:2: 1 rules, such as A",
    ),
    (
        "alerts",
        {**changed(APP, "http_requests", "http_answers"), "tests/test_b.py": "http_requests = 1"},
        FLAWED,
        "no Python code of this repository names http_requests_total",
    ),
    ("drift-check", RECORDED, FLAWED, "no reference file that it names was found"),
    (
        "drift-check",
        {**RECORDED, "src/churn/train.py": "from churn.drift import record_baseline\nrecord_baseline([])\n", "Makefile": GOOD["Makefile"].replace("drift", "compare")},
        DONE,
        "run by src/churn/train.py",
    ),
    ("drift-check", ELSEWHERE, DONE, ""),
    ("drift-check", {**ELSEWHERE, "artifacts/reference.json": "{}"}, FLAWED, ""),
    ("rollback", {**GOOD, RUNBOOK: "# Rollback\n\nWe pray.\n"}, MISSING, "no section called Rollback with a command"),
    ("rollback", {**BACK, "models/v1/a.onnx": "", "models/v2/a.onnx": ""}, DONE, "2 versions (v1, v2)"),
    ("rollback", {**BACK, "CHANGELOG.md": "## [1.2.0] - 2027-01-01\n\n## Version 1.1\n\n## Unreleased\n"}, DONE, "2 versions (1.1, 1.2.0)"),
    *(
        ("data-schema", {README: COLUMNS, path: data}, State.FOUND, "describes all 2 columns")
        for path, data in [
            ("data/a.csv", b"user_id,Size,7\n"),
            ("data/deep/a.csv.gz", gzip.compress(b"user_id,Size\n1,2\n", mtime=0)),
            ("a.jsonl", b'{"user_id": 1, "Size": 2}\n'),
            ("data/a.tsv", b"user_id\tSize\n"),
        ]
    ),
    *(("latency", {**TIMED, path: "{}"}, DONE, "docs/a.md:8: a table shows") for path in ("reports/load.json", "reports/latency.json")),
    ("latency", {**TIMED, "docs/a.md": TIMED["docs/a.md"].replace(LATENCY, "_Not measured yet._\n"), "reports/load.json": "{}"}, MISSING, "no table shows"),
    ("latency", TIMED, MISSING, "there is no such file, or it is not JSON"),
]  # fmt: skip

CODE = {"Makefile": "all:\n\techo\n", "code/main.py": "", "code/app/api.py": "", "code/requirements.txt": "a==1\n", ".gitignore": "config.yaml\n"}  # fmt: skip
NO_COMMAND = "missing\nREADME.md: no command to install or run it\n"
SHIPPED = "# A\n\n## Deployment\n\n```sh\nmake ship\n```\n"
COMMANDS: list[Case] = [
    *(
        ("reproduce", {**CODE, README: f"# A\n\n```sh\n{command}\n```\n"}, FLAWED, f"\nREADME.md:4: `{command}`: {fact}\n")
        for command, fact in [
            ("make none", "Makefile has no target none"),
            ("python none.py", "nothing in the repository is called none.py"),
            ("python3 -u src/main.py", "nothing in the repository is called src/main.py"),
            ("bash run.sh", "nothing in the repository is called run.sh"),
            ("./run.sh --fast", "nothing in the repository is called run.sh"),
            ("pip install -r dev.txt", "nothing in the repository is called dev.txt"),
            ("docker build .", "nothing in the repository is called Dockerfile"),
            ("docker compose up", "nothing in the repository is called *compose*.y*ml"),
        ]
    ),
    *(
        ("reproduce", {**CODE, README: f"# A\n\n`make all`\n\n{text}\n"}, DONE, "from `make all`")
        for text in [
            "```sh\ncd src\npython none.py\n```",
            "```sh\ncd src\n```\n\nThen:\n\n```sh\nmake none\n```",
            "```\ngit clone https://example.org/other\ncd other\npython none.py\n```",
            "```sh\npython main.py\n```",
            "```sh\nuvicorn app.api:app\npip install -r requirements.txt\n```",
            "```sh\nmake -C other none\nmake -f other.mk none\nmake -j 4\n```",
            "```sh\nmake <target>\nmake $TARGET\nmake your-target\n```",
            "```sh\npython <script>.py\npython $SCRIPT\npython path/to/script.py\n```",
            "```sh\ncurl -o get.py https://example.org\npython get.py\n```",
            "```sh\ndocker run -f config.yaml\n```",
            "```python\nmake none\n```",
            "```\nnone.py  prints the words\n```",
            "<!-- measured:a -->\n`make none`\n<!-- /measured:a -->",
        ]
    ),
    *(
        ("reproduce", {"uv.lock": "x", README: "```sh\nmake none\n```\n", **files}, state, said)
        for files, state, said in [
            ({"Makefile": "include common.mk\n"}, DONE, ""),
            ({"Makefile": "$(foreach name,a b,$(eval $(call rules,$(name))))\n"}, DONE, ""),
            ({"Makefile": "$(eval X := 1)\n$(foreach n,A B,$(eval override $(n) := $$(value $(n))))\n"}, FLAWED, "no target none"),
            ({"Makefile": "%: ; echo\n"}, DONE, ""),
            ({"Makefile": "a:\n", "code/Makefile": "none:\n"}, DONE, ""),
            ({}, FLAWED, "README.md:2: `make none`: the repository has no Makefile"),
        ]
    ),
    ("reproduce", {**CODE, README: "Run `make none`, not `makes sense`.\n\n```\n$ make nil\nall done\n```\n\n```\nmake nix\nout of it\n```\n"}, FLAWED,
     "flawed\nREADME.md:1: `make none`: Makefile has no target none\nREADME.md:4: `make nil`: Makefile has no target nil\nREADME.md:9: `make nix`: "),
    *(
        ("reproduce", {"code/train.py": "", README: "```sh\npython train.py\n```\n", path: text}, state, said)
        for path, text, state, said in [
            ("backend/poetry.lock", "x", DONE, "backend/poetry.lock: exact versions"),
            ("requirements.txt", "a==1.0\nb[c]==2.0  # why\n", DONE, "requirements.txt: exact versions"),
            ("requirements-dev.txt", "a==1.0\nb>=2\n", FLAWED, "no lock file: *.lock"),
            ("requirements.txt", "# nothing\n", FLAWED, "no lock file: *.lock"),
            ("uv.lock", "", FLAWED, "no lock file: *.lock"),
            ("environment.yml", "dependencies: [a=1.0]", FLAWED, "no lock file: *.lock"),
        ]
    ),
    ("reproduce", {**GOOD, README: GOOD[README].replace("make image", "make ship")}, DONE, ""),
    ("reproduce", {**GOOD, README: "```sh\npython -m uvicorn.main\npython -m none\n```\n"}, DONE, ""),
    ("reproduce", {**GOOD, README: "```sh\npython -m churn.none\n```\n"}, FLAWED, "churn has no module none"),
    ("reproduce", {README: "```plaintext\npip install x\n```\n"}, FLAWED, "no lock file"),
    ("reproduce", {README: "Run `flask --app web run`.\n"}, FLAWED, "no lock file"),
    ("reproduce", {README: "# A\n"}, MISSING, NO_COMMAND),
    ("reproduce", {README: "```text\nrows -> model\n```\n"}, MISSING, NO_COMMAND),
    ("reproduce", {README: SHIPPED}, MISSING, f"{NO_COMMAND.rstrip()}, apart from the section on deployment"),
    ("reproduce", {}, MISSING, "there is no README.md"),
]  # fmt: skip

# Put together here so that no scanner takes this file for a leak.
KEYS = {
    "an AWS access key": "AKIA" + "QX3W7VZ2NTBD6RKP",
    "a GitHub token": "ghp_" + "a8Kd03jfLq29xZmP4vRt7uWyB1cNe5Gh6Sjk",
    "an Anthropic key": "sk-ant-" + "api03-Zk29xQmP4vRt7uWyB1cNe5Gh6SjkLd03",
    "an OpenAI key": "sk-proj-" + "Zk29xQmP4vRt7uWyB1cNe5Gh6SjkLd03fA",
    "a Slack token": "xoxb-" + "2817364950-9182736450-Zk29xQmP4vRt",
    "a Stripe key": "sk_live_" + "Zk29xQmP4vRt7uWyB1cNe5Gh",
    "a private key": "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA7bq98Zk29xQmP4vRt7uWyB1cNe5Gh6SjkLd03fAq8Kx\n",
    "a password in an address": "postgresql://app:" + "h7Kq2mZx9" + "@db.internal/app",
    "a Kaggle API key": '{"username":"ada","key":"' + "0f8a3c6e9b2d5174" * 2 + '"}',
}
SECRETS: list[Case] = [
    *(
        ("secrets", {"notes.txt": f"one\ntwo {value}\n"}, FLAWED, f"flawed\nnotes.txt:2: has the form of {kind}\n")
        for kind, value in KEYS.items()
    ),
    *(
        ("secrets", {"notes.txt": text, "b.md": "2", "c.png": "3"}, DONE, "in 2 text files")
        for text in [
            "AWS = 'AKIAIOSFODNN7EXAMPLE'",
            "export OPENAI_API_KEY=sk-your-key-goes-here-000000000000000000",
            "API_KEY = os.environ['API_KEY_FOR_THE_SERVICE']",
            "token: ${{ secrets.GITHUB_TOKEN_2 }}",
            "url: postgresql://app:changeme@db/app",
            "url: postgresql://app:${PASSWORD1}@db/app",
            "sk-" + "learn is a name, and so is task-" + "a" * 40,
            f'{{"key": "sha1-{"0f8a3c6e9b2d5174" * 2}"}}',
        ]
    ),
    *(("secrets", {path: "PORT=1"}, FLAWED, f"{path}:1: an environment file that Git does not ignore") for path in (".env", "a/.env.local")),
    *(("secrets", {path: "PORT=1"}, DONE, "") for path in (".env.example", ".env.sample.txt", "env")),
    ("secrets", {".gitignore": "/.env\n", ".env": "PORT=1", "deploy/.env": "PORT=1"}, FLAWED, "flawed\ndeploy/.env:1: an environment file that Git does not"),
]  # fmt: skip

PACKAGE = {"scaffolder.toml": "contract = 1\n", "src/pkg/__init__.py": "", "src/pkg/core.py": ""}
FIXTURE = "import pytest\nfrom pkg import core\n@pytest.fixture\ndef client():\n    return core\n"
UNITTEST = "import unittest\nimport pkg\nclass TestA(unittest.TestCase):\n    async def test_a(self):\n        assert pkg.f()\n"
TESTS: list[Case] = [
    ("tests", {**PACKAGE, **files}, state, said)
    for files, state, said in [
        *(
            ({"tests/test_it.py": f"import pkg\ndef helper(x):\n    assert x\ndef test_a(self):\n    {body}\n"}, DONE, "test_a")
            for body in [
                *("assert f(1) == 2", "with pytest.raises(ValueError):\n        f(1)", "self.assertEqual(f(1), 2)", "helper(f(1))"),
                *("np.testing.assert_allclose(f(1), 2)", "for i in x:\n        if i:\n            assert i", "pytest.fail('no')"),
                *("client.get('/').raise_for_status()", "assert f(1) == f(1)", "assert x or y", "assert [f(1)] == [2]"),
                *("self.assertEqual([f(1)], [2])", "assert len(x)"),
            ]
        ),
        *(
            ({"tests/test_it.py": f"import pkg\ndef test_a(self):\n    {body}\n"}, FLAWED, "tests/test_it.py:2: test_a: holds no assertion that can fail")
            for body in [
                *("pass", "f(1)", "assert True", "assert 1 == 1", "self.assertTrue(True)", "print(f(1))", "x = 'assert y'"),
                *("assert x or True", "assert (f(1) == 3, 'no')"),
            ]
        ),
        *(
            ({"tests/test_it.py": f"{line}\ndef test_a():\n    assert f\n"}, DONE, "")
            for line in [
                *("import pkg", "import pkg.core as c", "from pkg.core import f", "from src.pkg import core", "from .. import core"),
                *("def helper():\n    from pkg import core", "COMMAND = [sys.executable, '-m', 'pkg', 'train']"),
                "COMMAND = ['python', 'src/pkg/core.py']",
            ]
        ),
        *(
            ({"tests/test_it.py": f"{line}\ndef test_a():\n    assert f\n"}, FLAWED, "neither it nor any other test imports")
            for line in ["import os", "import pkgutil", "# import pkg", "x = 'import pkg'"]
        ),
        ({"tests/conftest.py": FIXTURE, "tests/test_it.py": "def test_a(client):\n    assert client\n"}, DONE, ""),
        ({"tests/conftest.py": FIXTURE, "tests/test_it.py": "def test_a(other):\n    assert other\n"}, FLAWED, ""),
        ({"tests/toy.py": "from pkg import x\n", "tests/test_it.py": "from toy import x\ndef test_a():\n    assert x\n"}, DONE, ""),
        *(
            ({"tests/a.py": f"import pkg\ndef looks_right(x):\n    {body}\n", "tests/test_b.py": "import pkg\ndef test_b():\n    looks_right(1)\n"}, state, "test_b")
            for body, state in (("assert x", DONE), ("print(x)", FLAWED))
        ),
        *(({path: UNITTEST}, DONE, path) for path in ["src/pkg/tests.py", "unit_tests/core.py", "checks/it.py", "test/deep/it.py"]),
        ({"train.py": "import torch\ndef test(model, loader):\n    print(model(loader))\n"}, MISSING, "no test function in Python"),
        ({"tests/test_it.py": "def test_a(:\n"}, FLAWED, "it does not parse as Python 3."),
    ]
]  # fmt: skip

LABELS = b"row,actual,predicted\n" + b"".join(
    b"%d,%c,%c\n" % row for row in zip(range(6), b"aaabbc", b"aabbcc", strict=True)
)
STUB = 'def recall(ranks):\n    """Share."""\n    raise NotImplementedError("exercise ndcg: see")\n'
SOLVED = 'def recall(ranks):\n    """Share."""\n    return 1.0\n'


def reported(**metrics: float) -> Files:
    """A report of several classes, whose metrics follow from the labels of six cases: three a, two b, one c."""
    entries = [{"name": name, "value": value, "higher_is_better": True} for name, value in metrics.items()]
    contract = "contract = 1\n[capabilities]\npredictions = true\n"
    report = json.dumps({"metrics": entries})
    return {"scaffolder.toml": contract, "reports/metrics.json": report, "reports/predictions.csv": LABELS}


def recorded(exercises: object, source: str, path: str = "src/a/ranking.py") -> Files:
    return {".scaffolder.json": json.dumps({"template": "t", "answers": {}, "exercises": exercises}), path: source}


TWO = {"ndcg": ["recall"], "gate": ["passes"]}
OTHERS: list[Case] = [
    ("recomputed-metrics", reported(accuracy=4 / 6, f1=0.6555556, **{"recall of a": 2 / 3}), DONE, "its 6 rows give accuracy, f1, recall of a as reported"),
    ("recomputed-metrics", reported(**{"recall of b": 0.9}), FLAWED, "recall of b is 0.5 by reports/predictions.csv, not 0.9"),
    ("recomputed-metrics", {**reported(rmse=1.0), "reports/predictions.csv": "row,actual,predicted\n1,1e300,-1e300\n"}, UNVERIFIED, "none of the reported metrics can be computed"),
    ("exercises", recorded(TWO, SOLVED + STUB), MISSING, "missing\n1 of 2 exercises are left: ndcg\nsrc/a/ranking.py:6: recall (exercise ndcg) is not written\n"),
    ("exercises", recorded(TWO, SOLVED), DONE, "all 2 exercises"),
    ("exercises", recorded({}, STUB), MISSING, "recall"),
    ("exercises", recorded(TWO, STUB, "tests/test_ranking.py"), DONE, ""),
    *(("exercises", recorded(given, SOLVED), NOT_APPLICABLE, "") for given in ({}, None, "ndcg", ["ndcg"], {"a": 1}, {"a": [1]}, {"a": []})),
    ("exercises", {"ranking.py": SOLVED}, NOT_APPLICABLE, "it is no starter"),
    ("architecture", {"scaffolder.toml": "contract = 1\n", README: "# A\n\n## Architecture\n\n```mermaid\nflowchart LR\n a[cut.py] --> b\n```\n"}, FLAWED, "the diagram names cut.py"),
    ("latency", {"scaffolder.toml": "contract = 1\n"}, UNVERIFIED, "docs/contract.md of scaffolder shows how"),
    ("latency", {}, UNVERIFIED, "there is no scaffolder.toml, so nothing says whether"),
    ("links", {}, MISSING, "no document to look for links in"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("item", "files", "state", "said"),
    [*WORKFLOWS, *IMAGES, *VARIABLES, *ENDPOINTS, *LINKS, *OPERATION, *COMMANDS, *SECRETS, *TESTS, *OTHERS],
)
def test_an_item_of_a_repository(item: str, files: Files, state: State, said: str) -> None:
    finding = BY_ID[item].finding(repository(files))
    assert said in "\n".join([finding.state, *map(str, finding.evidence), finding.reason])
    assert finding.state is state


def test_tags_are_versions_to_go_back_to() -> None:
    finding = BY_ID["rollback"].finding(repository(BACK, ("v1.0.0", "v1.1.0", "latest")))
    assert finding.evidence[1].fact == "2 versions (v1.0.0, v1.1.0)"


IGNORED = [
    ({}, ".env", False),
    ({"": ".env"}, ".env", True),
    ({"": ".env*\n!.env"}, ".env", False),
    ({"": "*.env"}, "deploy/.env", True),
    ({"": "# .env"}, ".env", False),
    ({"": "/.env"}, ".env", True),
    ({"": "/.env"}, "deploy/.env", False),
    ({"": "deploy/*.env"}, "deploy/a/.env", False),
    ({"": "deploy/**/.env"}, "deploy/a/.env", True),
    ({"": "a*/**/b*/.e*"}, "a1/b1/b2/.env", True),
    ({"": "deploy/"}, "deploy/a/.env", True),
    ({"": "deploy/"}, "a/deploy", False),
    ({"": "deploy/\n!deploy/.env"}, "deploy/.env", True),
    ({"": "deploy/*\n!deploy/.env"}, "deploy/.env", False),
    ({"": "deploy/.env"}, "other/.env", False),
    ({"": "[.]env \n"}, ".env", True),
    ({"": "[z-a\n.env\\\n[[:alpha:]]env"}, ".env", False),
    ({"": ".env", "deploy/": "!.env"}, "deploy/.env", False),
    ({"": "[!x]e[l-n]?"}, ".env", True),
    ({"": "[!.]env"}, ".env", False),
    ({"": "\\.env"}, ".env", True),
    ({"deploy/": "/.env"}, "deploy/.env", True),
    ({"deploy/": ".env"}, ".env", False),
    ({"": "*\n!*/\n!*.py"}, "deploy/.env", True),
]


@pytest.mark.parametrize(("patterns", "path", "expected"), IGNORED)
def test_a_path_is_ignored_as_git_ignores_it(
    patterns: dict[str, str], path: str, expected: bool, tmp_path: Path
) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    for folder, lines in patterns.items():
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / ".gitignore").write_text(lines)
    done = subprocess.run(["git", "check-ignore", "-q", path], cwd=tmp_path, check=False)
    files = {f"{folder}.gitignore": lines for folder, lines in patterns.items()}
    assert ignored(repository({path: "", **files}))(path) is expected is (done.returncode == 0)


def test_an_environment_file_that_was_added_with_force_is_found(tmp_path: Path) -> None:
    """In a folder and in a commit; one that is only ignored is not."""
    (tmp_path / ".gitignore").write_text(".env\n")
    for place in ("deploy", "private"):
        (tmp_path / place).mkdir()
        (tmp_path / place / ".env").write_text("PORT=1\n")
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "add", "-f", ".gitignore", "deploy/.env")
    git(tmp_path, "commit", "-q", "-m", "Mine")
    said = "deploy/.env:1: an environment file that is committed, although .gitignore names it"
    commit = git(tmp_path, "rev-parse", "HEAD")
    for repo in (Repository(Snapshot.of_folder(tmp_path), folder=tmp_path), repository_at(tmp_path, commit)):
        assert "; ".join(map(str, NoSecrets().check(repo).evidence)) == said
    for damaged in ("HEAD", "refs/heads/main"):
        (tmp_path / ".git" / damaged).write_text("nonsense\n")
        assert NoSecrets().check(Repository(Snapshot.of_folder(tmp_path), folder=tmp_path)).state is State.DONE
