"""In a repository of a stranger: diagrams, pictures, measurements, tests and other files are found."""

from __future__ import annotations

import json

import pytest
from rendered import screenshot
from stranger import PROSE, of, place

from scaffolder.check.readers.diagrams import drawn
from scaffolder.check.readers.markdown_blocks import parse
from scaffolder.results.finding import State


@pytest.mark.parametrize(
    "files",
    [
        {"docs/a.md": "# A\n\n```mermaid\nflowchart LR\n a --> b\n```\n"},
        {"docs/a.md": "# A\n\n```plantuml\n@startuml\na -> b\n@enduml\n```\n"},
        {"docs/a.md": "# A\n\n```\n┌───┐    ┌───┐\n│ a │───▶│ b │\n└───┘    └───┘\n```\n"},
        {"docs/a.md": "# A\n\n```\nrows\n  ↓\nmodel\n  ↓\nanswer\n```\n"},
        {"docs/a.md": "# A\n\n```\nrows\n  ▼\nmodel\n├── a\n└── b\n  ▼\nanswer\n```\n"},
        {"docs/a.md": "# A\n\n![Systemarchitektur](https://example.org/1.png)\n"},
        {"docs/a.md": "# A\n\n## System architecture\n\n![](1.png)\n", "docs/1.png": screenshot()},
        {"docs/system.drawio": "<mxfile/>"},
        {"img/pipeline_diagram.png": screenshot()},
    ],
)
def test_a_diagram_is_found_however_it_is_drawn(files: dict[str, str | bytes]) -> None:
    found = of("architecture", files)
    assert (found.state, found.evidence[0].path in files) == (State.FOUND, True)


@pytest.mark.parametrize(
    ("text", "files"),
    [
        ("![Screenshot of the app](docs/1.png)", {"docs/1.png": screenshot()}),
        ("![Our logo](docs/user_interface.png)", {"docs/user_interface.png": screenshot()}),
        ("![](docs/big.gif)", {"docs/big.gif": b"GIF89a" + b"\0" * 5_000_001}),
        ("![](docs/app.png)", {"docs/app.png": b"version https://git-lfs.github.com/spec/v1\noid sha256:1\n"}),
        ("![dashboard](docs/gone.png) ![dashboard](docs/1.png)", {"docs/1.png": screenshot()}),
        ("## Bildschirmfotos\n\n![image](https://github.com/user-attachments/assets/0a-1b)", {}),
        ("[![Open](https://img.shields.io/a.svg)](https://vans.streamlit.app)", {}),
        ("Watch it: https://youtu.be/abc", {}),
    ],
)  # fmt: skip
def test_a_picture_a_film_or_an_address_of_the_product_is_found(text: str, files: dict[str, str | bytes]) -> None:
    found = of("demo", {"docs/use.md": f"# Use\n\n{text.replace('docs/', '')}\n", **files})
    assert (found.state, found.evidence[0].path) == (State.FOUND, "docs/use.md")


@pytest.mark.parametrize(
    "files",
    [
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
    ],
)
def test_measurements_are_found_in_tables_sentences_and_files(files: dict[str, str | bytes]) -> None:
    found = of("evaluation-metrics", files)
    assert (found.state, found.evidence[0].path in files) == (State.FOUND, True)


@pytest.mark.parametrize(
    ("item", "path"),
    [
        ("ci", ".gitlab-ci.yml"),
        ("tests", "web/app.test.ts"),
        ("deployment", "fly.toml"),
        ("model-card", "docs/model-card.md"),
        ("data-source", "docs/dataset-card.md"),
    ],
)
def test_a_file_of_that_kind_is_found_by_its_name(item: str, path: str) -> None:
    assert place(item, {path: f"on: push\n\n{PROSE}\n"}) == (State.FOUND, path)


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
def test_what_is_there_but_wrong_is_flawed_with_a_contract_and_without(
    item: str, files: dict[str, str | bytes], at: str
) -> None:
    assert place(item, files) == (State.FLAWED, at)
    contract = "contract = 1\n[capabilities]\ncontainer = true\n"
    assert place(item, {**files, "scaffolder.toml": contract}) == (State.FLAWED, at)


def test_the_parts_of_a_system_may_be_described_without_a_diagram() -> None:
    text = f"# A\n\n## Architecture\n\n{PROSE} {PROSE} {PROSE}\n"
    assert place("architecture", {"docs/a.md": text}) == (State.FOUND, "docs/a.md:3")
    assert of("architecture", {"docs/a.md": text.replace("Architecture", "Model architecture")}).state is State.MISSING
    assert of("architecture", {"docs/a.md": f"# A\n\n## Architecture\n\n{PROSE}\n"}).state is State.MISSING


def test_a_line_of_arrows_under_such_a_heading_shows_the_parts() -> None:
    text = "# A\n\n## Architecture\n\nTraining → MLflow registry → inference layer → FastAPI\n"
    assert place("architecture", {"docs/a.md": text}) == (State.FOUND, "docs/a.md:3")
    for other in (text.replace("Architecture", "Set up"), text.replace(" → inference layer → FastAPI", "")):
        assert of("architecture", {"docs/a.md": other}).state is State.MISSING


def test_the_items_below_a_label_belong_to_it_though_they_have_labels() -> None:
    layers = "".join(f"- **Layer {number}:** {PROSE}\n" for number in range(3))
    text = f"# A\n\n**Key components:**\n\n{layers}\n**Outcome:** it works.\n"
    assert place("architecture", {"docs/a.md": text}) == (State.FOUND, "docs/a.md:3")


def test_a_picture_is_a_diagram_if_a_heading_further_up_says_so() -> None:
    text = "# A\n\n## Model architecture\n\n### Blocks\n\n![](1.png)\n\n## Results\n\n![](2.png)\n"
    files = {"docs/a.md": text, "docs/1.png": screenshot(), "docs/2.png": screenshot()}
    assert place("architecture", files) == (State.FOUND, "docs/a.md:7")
    assert of("architecture", {**files, "docs/a.md": text.replace("## Model a", "## A")}).state is State.FOUND
    assert (
        of("architecture", {**files, "docs/a.md": text.replace("Model architecture", "Training")}).state
        is State.MISSING
    )


@pytest.mark.parametrize("path", ["docs/screenshots/1.png", "img/Ekran görüntüsü 2.png", "media/demo.gif"])
def test_a_picture_of_the_product_is_found_by_its_name_or_folder(path: str) -> None:
    assert place("demo", {path: screenshot()}) == (State.FOUND, path)


def test_commands_for_a_container_or_a_host_are_a_deployment_and_a_start_here_is_none() -> None:
    for command in ("docker build .", "docker compose -f a.yml up", "fly deploy", "kubectl apply -f k8s"):
        assert place("deployment", {"README.md": f"# A\n\n```sh\n{command}\n```\n"}) == (State.FOUND, "README.md:3")
    assert of("deployment", {"README.md": "# A\n\n```sh\nstreamlit run app.py\n```\n"}).state is State.MISSING


def test_a_client_from_a_fixture_and_a_helper_that_asserts_elsewhere_count() -> None:
    files = {
        "scaffolder.toml": "contract = 1\n[capabilities]\nserves = true\n",
        "app.py": "@app.post('/predict')\ndef predict(): ...\n",
        "tests/helpers.py": "def looks_right(answer):\n    assert answer.status_code == 200\n",
        "tests/conftest.py": "import pytest\nfrom fastapi.testclient import TestClient\nimport app\n\n"
        "@pytest.fixture\ndef browser():\n    return TestClient(app.app)\n",
        "tests/test_app.py": "from helpers import looks_right\n\n"
        "def test_predict(browser):\n    answer = browser.post('/predict')\n    assert answer\n",
        "tests/test_more.py": "from helpers import looks_right\n\n"
        "def test_more(browser):\n    looks_right(browser.get('/x'))\n",
    }
    assert (of("integration-test", files).state, of("tests", files).state) == (State.DONE, State.DONE)
    idle = {**files, "tests/helpers.py": "def looks_right(answer):\n    print(answer)\n"}
    assert of("tests", idle).state is State.FLAWED


def test_a_diagram_in_text_needs_more_than_one_arrow() -> None:
    texts = ("\na -> b", "python\ndef f() -> int: ...\ndef g() -> int: ...", "text\nrows --> model --> answer")
    blocks = [parse(f"```{text}\n```\n").blocks[0] for text in texts]
    assert list(map(drawn, blocks)) == ["", "", "a diagram drawn with characters"]


def test_a_picture_at_the_top_of_the_readme_is_one_of_the_product() -> None:
    page = "# A\n\n![image](https://github.com/user-attachments/assets/0a-1b)\n"
    assert place("demo", {"README.md": page}) == (State.FOUND, "README.md:3")
    assert of("demo", {"README.md": page.replace("image", "Our logo")}).state is State.MISSING


def test_the_home_page_of_somebody_else_is_no_demo() -> None:
    page = "# A\n\n## Demo\n\nIt is made with [Gradio](https://gradio.app) and [Rerun](https://rerun.io).\n"
    for more in ({}, {"scaffolder.toml": "contract = 1\n"}):
        assert of("demo", {"README.md": page, **more}).state in (State.MISSING, State.FLAWED)
