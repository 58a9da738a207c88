"""A repository of a stranger: what is there is found, in any language, format and place; nothing else is."""

from __future__ import annotations

import json

import pytest
from rendered import screenshot
from stranger import FILES, PROSE, of, place
from synthetic import repository

from scaffolder.check.items import BY_ID, ITEMS
from scaffolder.check.readers.headings import subjects
from scaffolder.results.finding import State

Files = dict[str, str | bytes]

HEADINGS = {
    "problem": (
        *("Problemstellung", "Problema de negócio", "Planteamiento", "Problématique", "The business problem"),
        *("Rumusan masalah", "Problem Tanımı", "Постановка задачи", "项目背景", "課題", "프로젝트 배경"),
    ),
    "data-source": (
        *(
            "Daten",
            "Dados",
            "Conjunto de datos",
            "Jeu de données",
            "📊 Dataset description",
            "Sumber data",
            "Veri Seti",
        ),
    ),
    "limitations": (
        *("Grenzen", "Limitações", "Limitaciones", "Limites", "4. Known issues", "Limits of the model"),
        *("Keterbatasan", "Sınırlamalar", "Известные проблемы", "5. 当前局限", "制限事項", "현재 한계"),
    ),
    "error-analysis": (
        *("Fehleranalyse", "Análise de erros", "Análisis de errores", "Analyse des erreurs", "Failure cases"),
        *("Analisis kesalahan", "Hata analizi"),
    ),
    "deployment": (
        *("Bereitstellung", "Implantação", "Despliegue", "Déploiement", "🚀 Deploying it", "Penerapan", "Dağıtım"),
    ),
}


@pytest.mark.parametrize(("item", "heading"), [(item, each) for item, found in HEADINGS.items() for each in found])
def test_a_heading_is_known_in_many_languages_and_in_any_document(item: str, heading: str) -> None:
    text = f"\n## {heading}\n\n{PROSE}\n"
    assert of(item, {"README.md": f"# Vans\n{text}"}).state is State.WRITTEN
    assert place(item, {"docs/more/notes.md": f"# Notes\n{text}"}) == (State.FOUND, "docs/more/notes.md:3")


def test_the_vocabulary_has_the_same_languages_for_all_headings_and_no_phrase_twice_in_a_list() -> None:
    for subject, languages in subjects().items():
        assert set(languages) == {"en", "de", "pt", "es", "fr", "id", "tr", "ru", "zh", "ja", "ko"}, subject
        assert all(len(said) == len(set(said)) for said in (text.split(", ") for text in languages.values())), subject


DIAGRAMS: list[Files] = [
    {"docs/a.md": "# A\n\n```mermaid\nflowchart LR\n a --> b\n```\n"},
    {"docs/a.md": "# A\n\n```plantuml\n@startuml\na -> b\n@enduml\n```\n"},
    {"docs/a.md": "# A\n\n```\n┌───┐    ┌───┐\n│ a │───▶│ b │\n└───┘    └───┘\n```\n"},
    {"docs/a.md": "# A\n\n```\nrows\n  ↓\nmodel\n  ↓\nanswer\n```\n"},
    {"docs/a.md": "# A\n\n```\nrows\n  ▼\nmodel\n├── a\n└── b\n  ▼\nanswer\n```\n"},
    {"docs/a.md": "# A\n\n![Systemarchitektur](https://example.org/1.png)\n"},
    {"docs/a.md": "# A\n\n## System architecture\n\n![](1.png)\n", "docs/1.png": screenshot()},
    {"docs/system.drawio": "<mxfile/>"},
    {"img/pipeline_diagram.png": screenshot()},
    {"docs/a.md": "# A\n\n```text\nrows --> model --> answer\n```\n"},
]
PRODUCTS: list[tuple[str, Files]] = [
        ("![Screenshot of the app](docs/1.png)", {"docs/1.png": screenshot()}),
        ("![Our logo](docs/user_interface.png)", {"docs/user_interface.png": screenshot()}),
        ("![](docs/big.gif)", {"docs/big.gif": b"GIF89a" + b"\0" * 5_000_001}),
        ("![](docs/app.png)", {"docs/app.png": b"version https://git-lfs.github.com/spec/v1\noid sha256:1\n"}),
        ("![dashboard](docs/gone.png) ![dashboard](docs/1.png)", {"docs/1.png": screenshot()}),
        ("## Bildschirmfotos\n\n![image](https://github.com/user-attachments/assets/0a-1b)", {}),
        ("[![Open](https://img.shields.io/a.svg)](https://vans.streamlit.app)", {}),
        ("Watch it: https://youtu.be/abc", {}),
]  # fmt: skip
MEASURED: list[Files] = [
    {"docs/a.md": "# A\n\n| Model | F1 |\n|---|---|\n| tree | 0.83 |\n"},
    {"docs/a.md": "# A\n\n| Metric | Target | Reached |\n|---|---|---|\n| F1 | 0.8 | 0.83 |\n"},
    {"README.md": "# A\n\n- **Weighted F1:** 0.91\n"},
    {"docs/a.md": "# A\n\n| Kennzahl | Wert |\n|---|---|\n| RMSE | 12,4 |\n"},
    {"README.md": "# A\n\n- **ROC-AUC:** 0.91\n"},
    {"docs/a.md": "# A\n\n## Ergebnisse\n\nIt reaches 94.2% accuracy.\n"},
    {
        "a.ipynb": json.dumps(
            {
                "cells": [
                    {
                        "cell_type": "code",
                        "source": ["f()"],
                        "outputs": [{"name": "stdout", "text": ["accuracy      0.89      148\n"]}],
                    }
                ]
            },
            indent=1,
        )
    },
    {"out/metrics.json": '{"test": {"f1": 0.83}}'},
    {"out/results.csv": "model,rmse\ntree,12.4\n"},
    {"out/results.csv": "model,validation_pr_auc\ntree,0.64\n"},
]
NAMED = [
    ("ci", ".gitlab-ci.yml"),
    ("tests", "web/app.test.ts"),
    ("deployment", "fly.toml"),
    ("model-card", "docs/model-card.md"),
    ("data-source", "docs/dataset-card.md"),
    *(("demo", path) for path in ("docs/screenshots/1.png", "img/Ekran görüntüsü 2.png", "media/demo.gif")),
]
TEXTS = [
        ("docs/notes.rst", f"Notes\n=====\n\nKnown issues\n~~~~~~~~~~~~\n\n{PROSE}\n", 4),
        ("docs/notes.adoc", f"= Notes\n\n== Known issues\n\n{PROSE}\n", 3),
        ("notebooks/a.ipynb", json.dumps({"cells": [
            {"cell_type": "code", "metadata": {}, "source": ["# Limitations\n", "x = 1"]},
            {"cell_type": "markdown", "metadata": {}, "source": ["## Limitations\n", "\n", PROSE]},
        ]}, indent=1), None),
        ("MODEL_CARD.md", f"# Card\n\nKnown issues: {PROSE}\n", 3),
        ("MODEL_CARD.md", f"# Card\n\nKnown issues\n\n{PROSE}\n", 3),
        ("MODEL_CARD.md", f"# Card\n\n- **Known issues:** {PROSE}\n", 3),
        ("docs/limitations.md", f"{PROSE}\n", None),
]  # fmt: skip
CELLS = [
    {"cell_type": "code", "source": [], "outputs": [{"data": {"application/json": list(range(40_000))}}]},
    {"cell_type": "markdown", "source": ["## Limitations\n", "\n", PROSE]},
]
HEADED = {
    "docs/a.md": "# A\n\n## Model architecture\n\n### Blocks\n\n![](1.png)\n\n## Results\n\n![](2.png)\n",
    "docs/1.png": screenshot(),
    "docs/2.png": screenshot(),
}
ATTACHED = "# A\n\n![image](https://github.com/user-attachments/assets/0a-1b)\n"
TOLD = "- It does not know the vans of other shops.\n"
DATA = "See [the data](https://www.kaggle.com/datasets/a/b)."
FOUND: list[tuple[str, Files, str]] = [
    *(("demo", {path: screenshot()}, path) if item == "demo" else (item, {path: f"on: push\n\n{PROSE}\n"}, path) for item, path in NAMED),
    *(("limitations", {path: text}, f"{path}:{line}" if line else path) for path, text, line in TEXTS),
    *(("problem", {path: f"# A\n\n## Objetivo\n\n{PROSE}\n"}, f"{path}:3") for path in ("README.md", "NOTES.md")),
    *(
        ("deployment", {"README.md": f"# A\n\n```sh\n{command}\n```\n"}, "README.md:3")
        for command in ("docker build .", "docker compose -f a.yml up", "fly deploy", "kubectl apply -f k8s")
    ),
    ("data-source", {"README.md": f"# A\n\n{DATA}\n"}, "README.md:3"),
    ("data-source", {"README.md": "# A\n\n```\ncurl https://archive.ics.uci.edu/a.zip\n```\n"}, "README.md:3"),
    ("limitations", {"a.ipynb": json.dumps({"cells": CELLS[1:]})}, "a.ipynb"),
    ("limitations", {"a.ipynb": json.dumps({"cells": CELLS}, indent=1)}, "a.ipynb"),
    ("limitations", {"docs/a.md": f"# A\n\n```sh\nmake\n\n## Limitations\n\n{PROSE}\n"}, "docs/a.md:6"),
    ("architecture", {"docs/a.md": "# A\n\n## Architecture\n\nTraining → MLflow registry → inference layer → FastAPI\n"}, "docs/a.md:3"),
    ("architecture", HEADED, "docs/a.md:7"),
    ("architecture", {**HEADED, "docs/a.md": HEADED["docs/a.md"].replace("## Model a", "## A")}, "docs/a.md:7"),
    ("demo", {"README.md": ATTACHED}, "README.md:3"),
    ("limitations", {"docs/a.md": f"# A\n\n## Out of scope\n\n```\n{TOLD * 3}```\n"}, "docs/a.md:3"),
    ("error-analysis", {"data/out/report.md": f"# A\n\n## Failed examples\n\n{PROSE}\n"}, "data/out/report.md:3"),
]  # fmt: skip
NOT_FOUND: list[tuple[str, Files]] = [
        ("problem", {"docs/a.md": f"# A\n\n## Why hHGTN outperforms\n\n{PROSE}\n"}),
        ("problem", {"docs/a.md": f"# A\n\n## Why this can be a potential problem for us\n\n{PROSE}\n"}),
        ("problem", {"docs/a.md": "# A\n\n## Overview\n\nThe code in src is written in Python and uses gradient boosting.\n"}),
        ("problem", {"docs/a.md": f"# A\n\n## Problem: the port is taken\n\n{PROSE}\n"}),
        ("error-analysis", {"docs/hooks.md": "# A\n\n## Failure modes\n\nThe hook is sent again after five seconds.\n"}),
        ("problem", {"docs/adr/0001.md": f"# A\n\n## Problem\n\n{PROSE}\n"}),
        ("ci", {".github/workflows/a.yml": "on:\n  schedule:\n  - cron: 0 0 * * *\njobs:\n  a:\n    steps:\n    - run: make build\n"}),
        ("ci", {".github/workflows/a.yml": "on: push\njobs:\n  a:\n    steps:\n    - run: make graph\n"}),
        ("limitations", {"docs/a.md": "# A\n\n## Limitations\n\nTODO(limits): What does it not do?\n"}),
        ("limitations", {"docs/a.md": "# A\n\n## Limitations\n"}),
        ("limitations", {"docs/a.md": f"# A\n\n## Rate limits per user\n\n{PROSE}\n"}),
        ("deployment", {"docs/a.md": f"# A\n\n## Cost of hosting\n\n{PROSE}\n"}),
        ("limitations", {"prompts/a.md": f"# A\n\n## Limitations\n\n{PROSE}\n"}),
        ("data-source", {"docs/a.md": f"# A\n\n## Data drift\n\n{PROSE}\n"}),
        ("data-source", {"README.md": "# A\n\nIt has no data. The model is downloaded from our server.\n"}),
        ("demo", {"README.md": "# A\n\n![Architecture](docs/architecture.png)\n", "docs/architecture.png": screenshot()}),
        ("demo", {"README.md": "# A\n\n![Banner](docs/banner.png)\n", "docs/banner.png": screenshot()}),
        ("demo", {"README.md": "# A\n\n![CI](https://github.com/a/b/workflows/CI/badge.svg)\n"}),
        ("demo", {"README.md": "# A\n\n## Results\n\n![](docs/1.png)\n", "docs/1.png": screenshot()}),
        ("demo", {"README.md": "# A\n\nSee https://your-app.streamlit.app and http://localhost:8501.\n"}),
        ("architecture", {"README.md": "# A\n\n```\nsrc/\n├── a.py\n├── b.py\n└── c.py\n```\n"}),
        ("architecture", {"README.md": "# A\n\n```\nFrontier 8→2\nFrontier 9→3\nFrontier 9→4\n```\n"}),
        ("tests", {"tests/__init__.py": ""}),
        ("tests", {"tests/test_a.py": "def test_a():\n    print(1)\n"}),
        ("architecture", {"README.md": "# A\n\n<!--\n```mermaid\nflowchart LR\n a --> b\n```\n-->\n"}),
        ("demo", {"README.md": "# A\n\nIt runs on [a host](https://railway.app/new) or [another](https://www.streamlit.app).\n"}),
        ("problem", {"README.md": "# A\n\na\n\nb\n\nc\n\nThe problem with the address is solved.\n"}),
        ("demo", {"README.md": "# A\n\n## Reading\n\nSee [how neurons learn](https://youtu.be/abc).\n"}),
        ("demo", {"README.md": "# A\n\n## Demo\n\nIt runs at https://share.streamlit.io/ for all.\n"}),
        ("demo", {"docs/screenshots/roc_curve.png": screenshot()}),
        ("error-analysis", {"README.md": "# A\n\n- **Error analysis:** a list of the kinds of errors\n- **Tests:** many of them, run each night\n"}),
        ("limitations", {"README.md": "# A\n\n## Known limitations\n\n## More\n"}),
        ("deployment", {"docker-compose.yml": "services:\n", "Dockerfile": "FROM a\n"}),
    ("problem", {"docs/a.md": f"# A\n\n## Objetivo\n\n{PROSE}\n"}),
    ("deployment", {"README.md": "# A\n\n```sh\nstreamlit run app.py\n```\n"}),
    ("limitations", {"a.ipynb": '{"cells": 1}'}),
    ("limitations", {"docs/a.md": f"# A\n\n```sh\nmake\n\n## Limitations\n\n{PROSE}\n```\n"}),
    ("architecture", {"docs/a.md": f"# A\n\n## Model architecture\n\n{PROSE} {PROSE} {PROSE}\n"}),
    ("architecture", {"docs/architecture.md": f"# Architecture\n\n{PROSE} {PROSE} {PROSE}\n"}),
    ("architecture", {"docs/a.md": f"# A\n\n## Information architecture\n\n{PROSE} {PROSE}\n"}),
    ("limitations", {"docs/a.md": f"# A\n\n## Limitations\n\n```\n{TOLD}make\n```\n"}),
    ("limitations", {"docs/a.md": f"# A\n\n## Limitations\n\n```sh\n{TOLD * 3}```\n"}),
    ("error-analysis", {"data/out/report1.md": f"# A\n\n## Failed examples\n\n{PROSE}\n"}),
    ("demo", {"README.md": "# A\n\nRead https://vans.vercel.app/blog/part1 first.\n"}),
    ("problem", {"docs/a.md": f"# A\n\n## Why this matters\n\n{PROSE}\n"}),
    ("evaluation-metrics", {"README.md": "# A\n\nUndefinedMetricWarning: Precision is set to 0.0.\n"}),
    ("demo", {"README.md": "# A\n\nThe data are [here](https://s3.amazonaws.com/vans/index.html).\n"}),
    ("architecture", {"docs/a.md": "# A\n\n## Set up\n\nTraining → MLflow registry → inference layer → FastAPI\n"}),
    ("architecture", {"docs/a.md": "# A\n\n## Architecture\n\nTraining → MLflow registry\n"}),
    ("architecture", {**HEADED, "docs/a.md": HEADED["docs/a.md"].replace("Model architecture", "Training")}),
    ("architecture", {"docs/a.md": "# A\n\n```\na -> b\n```\n"}),
    ("architecture", {"docs/a.md": "# A\n\n```python\ndef f() -> int: ...\ndef g() -> int: ...\n```\n"}),
    ("demo", {"README.md": ATTACHED.replace("image", "Our logo")}),
    *(
        ("demo", {"README.md": "# A\n\n## Demo\n\nIt is made with [Gradio](https://gradio.app) and [Rerun](https://rerun.io).\n", **contract})
        for contract in ({}, {"scaffolder.toml": "contract = 1\n"})
    ),
    *(
        ("evaluation-metrics", {"README.md": f"# A\n\n{text}\n"})
        for text in (
            "The target accuracy is 95%. It shows Precision 3 times. Python 3.11 needs 4.5 GB.",
            "- **Weight of the accuracy:** 0.4\n- The recommended accuracy is 0.9.",
            "| Metric | Target | Unit |\n|---|---|---|\n| accuracy | 0.9 | share |\n| recall | 90+ | share |",
        )
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("item", "files"),
    [*(("architecture", each) for each in DIAGRAMS), *(("evaluation-metrics", each) for each in MEASURED)],
)
def test_a_diagram_and_a_measurement_are_found_in_any_form(item: str, files: Files) -> None:
    found = of(item, files)
    assert (found.state, found.evidence[0].path in files) == (State.FOUND, True)


@pytest.mark.parametrize(("text", "files"), PRODUCTS)
def test_a_picture_a_film_or_an_address_of_the_product_is_found(text: str, files: Files) -> None:
    found = of("demo", {"docs/use.md": f"# Use\n\n{text.replace('docs/', '')}\n", **files})
    assert (found.state, found.evidence[0].path) == (State.FOUND, "docs/use.md")


@pytest.mark.parametrize(("item", "files", "at"), FOUND)
def test_what_is_there_is_found_at_its_place(item: str, files: Files, at: str) -> None:
    assert place(item, files) == (State.FOUND, at)


@pytest.mark.parametrize(("item", "files"), NOT_FOUND)
def test_what_only_looks_like_it_is_not_found(item: str, files: Files) -> None:
    assert of(item, files).state in (State.MISSING, State.FLAWED, State.PLACEHOLDER, State.UNVERIFIED)


@pytest.mark.parametrize(
    ("item", "files", "at"),
    [
        ("configuration", {"main.py": "import os\nos.environ['A']\n", ".env.example": "B=1\n"}, "main.py:2"),
        ("configuration", {"main.py": "import os\nos.environ['A']\n", "prod.env.example": "B=1\n"}, "main.py:2"),
        (
            "ci",
            {".github/workflows/a.yml": "on: push\njobs:\n  a:\n    steps:\n    - run: ruff check .\n"},
            ".github/workflows/a.yml",
        ),
        ("dockerfile", {"docker/Dockerfile": "FROM python:3.13\n"}, "docker/Dockerfile:1"),
        ("links", {"README.md": "# Vans\n\n[notes](notes.md)\n"}, "README.md:3"),
    ],
)
def test_what_is_there_but_wrong_is_flawed_with_a_contract_and_without(item: str, files: Files, at: str) -> None:
    assert place(item, files) == (State.FLAWED, at)
    contract = "contract = 1\n[capabilities]\ncontainer = true\n"
    assert place(item, {**files, "scaffolder.toml": contract}) == (State.FLAWED, at)


def test_a_word_that_only_looks_like_a_mark_of_something_unfinished_is_none() -> None:
    text = "# A\n\n## Limitações\n\nTodo pedido de fora do Porto é recusado, e os de domingo também.\n"
    assert of("limitations", {"README.md": text}).state is State.WRITTEN


def test_missing_says_what_was_searched_for_and_where() -> None:
    found = of("limitations", {"docs/a.md": "# A\n"})
    fact = "no section called Limitations or Known issues in 2 documents"
    assert (found.state, [each.fact for each in found.evidence]) == (State.MISSING, [fact])
    assert of("demo", {}).evidence[0].fact == "no section called Demo or Screenshots in 1 document"


def test_a_section_with_commands_alone_is_not_said_to_be_empty() -> None:
    found = of("deployment", {"README.md": "# A\n\n## Deployment\n\n```sh\nmake ship\n```\n", "Makefile": "ship:\n"})
    assert "there is only code here, no prose" in [each.fact for each in found.evidence]


def test_a_flaw_is_a_contradiction_only_where_a_contract_promises_more() -> None:
    flawed = {
        "README.md": "# A\n\n## Deployment\n\nRun `make ship` and look.\n\n```sh\nmake ship\n```\n",
        "Makefile": "a:\n",
    }
    stranger = of("deployment", flawed)
    assert (stranger.state, "no target ship" in stranger.evidence[1].fact) == (State.FOUND, True)
    assert of("deployment", {**flawed, "scaffolder.toml": "contract = 1\n"}).state is State.FLAWED


def test_an_honest_measures_makes_nothing_worse() -> None:
    files = {"README.md": "# A\n\n| Model | F1 |\n|---|---|\n| tree | 0.83 |\n"}
    contract = {"scaffolder.toml": "contract = 1\n[capabilities]\nmeasures = true\n"}
    assert of("evaluation-metrics", files).state is State.FOUND
    assert of("evaluation-metrics", {**files, **contract}).state is State.FOUND


def test_a_stranger_is_told_nothing_that_only_a_template_has() -> None:
    ours = ("make demo", "make report", "make evaluate", "make lock", "errors.csv", "metrics.json", "scaffolder.toml")
    repo = repository(FILES)
    remedies = {item.id: item.finding(repo).remedy for item in ITEMS}
    assert sum(map(bool, remedies.values())) > 20
    assert {item: said for item, said in remedies.items() if any(word in said for word in ours)} == {}
    assert "make demo" in BY_ID["evaluation-metrics"].remedy()


def test_who_runs_nothing_for_others_needs_no_plan_for_operation() -> None:
    plans = ("monitoring-plan", "incident-contact", "staleness", "risk-register", "privacy", "rollback")
    assert {of(item, {}).state for item in (*plans, "ci-trust")} == {State.NOT_APPLICABLE}
    assert {of(item, {"Dockerfile": "FROM a\n"}).state for item in plans} == {State.MISSING}
    assert of("ci-trust", {"scaffolder.toml": "contract = 1\n"}).state is State.MISSING


def test_a_remedy_names_only_make_targets_that_are_there() -> None:
    assert "make" not in of("demo", {}).remedy
    assert "`make screenshot`" in of("demo", {"Makefile": "screenshot:\n"}).remedy
