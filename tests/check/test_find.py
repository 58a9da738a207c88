"""In a repository of a stranger: what is there is found, wherever it stands, and only what is not there is missing."""

from __future__ import annotations

import json

import pytest
from rendered import screenshot
from synthetic import repository

from scaffolder.check.engine.finding import Finding, State
from scaffolder.check.items import BY_ID, ITEMS
from scaffolder.check.readers.diagrams import drawn
from scaffolder.check.readers.markdown import Fence
from scaffolder.check.readers.markup import as_markdown
from scaffolder.check.readers.vocabulary import meaning, phrases, vocabulary
from scaffolder.check.report import examine
from scaffolder.pages.text import next_steps

PROSE = "The shop in Porto loses nine of a hundred orders, and nobody there knows which ones before the van is gone."
FILES = {"README.md": "# Vans\n\nIt sorts vans.\n", "main.py": "print(1)\n"}


def of(item: str, files: dict[str, str | bytes]) -> Finding:
    return BY_ID[item].finding(repository({**FILES, **files}))


def place(item: str, files: dict[str, str | bytes]) -> tuple[State, str]:
    found = of(item, files)
    where = found.evidence[0] if found.evidence else None
    return found.state, (f"{where.path}:{where.line}" if where.line else where.path) if where else ""


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


@pytest.mark.parametrize(
    ("path", "text", "line"),
    [
        ("docs/notes.rst", f"Notes\n=====\n\nKnown issues\n~~~~~~~~~~~~\n\n{PROSE}\n", 4),
        ("docs/notes.adoc", f"= Notes\n\n== Known issues\n\n{PROSE}\n", 3),
        ("notebooks/a.ipynb", json.dumps({"cells": [
            {"cell_type": "code", "metadata": {}, "source": ["# Limitations\n", "x = 1"]},
            {"cell_type": "markdown", "metadata": {}, "source": ["## Limitations\n", "\n", PROSE]},
        ]}, indent=1), 15),
        ("MODEL_CARD.md", f"# Card\n\nKnown issues: {PROSE}\n", 3),
        ("MODEL_CARD.md", f"# Card\n\nKnown issues\n\n{PROSE}\n", 3),
        ("MODEL_CARD.md", f"# Card\n\n- **Known issues:** {PROSE}\n", 3),
        ("docs/limitations.md", f"{PROSE}\n", None),
    ],
)  # fmt: skip
def test_a_text_is_found_in_any_format_at_its_own_line(path: str, text: str, line: int | None) -> None:
    found = of("limitations", {path: text})
    assert (found.state, found.evidence[0].path, found.evidence[0].line) == (State.FOUND, path, line)


@pytest.mark.parametrize(
    ("item", "files"),
    [
        ("problem", {"docs/a.md": f"# A\n\n## Why hHGTN outperforms\n\n{PROSE}\n"}),
        ("problem", {"docs/a.md": f"# A\n\n## Why this can be a potential problem for us\n\n{PROSE}\n"}),
        ("problem", {"docs/a.md": "# A\n\n## Overview\n\nThe code in src is written in Python and uses gradient boosting.\n"}),
        ("problem", {"docs/a.md": f"# A\n\n## Problem: the port is taken\n\n{PROSE}\n"}),
        ("error-analysis", {"docs/hooks.md": "# A\n\n## Failure modes\n\nThe hook is sent again after five seconds.\n"}),
        ("problem", {"docs/adr/0001.md": f"# A\n\n## Problem\n\n{PROSE}\n"}),
        ("demo", {"README.md": "# A\n\n![image](https://github.com/user-attachments/assets/0a-1b)\n"}),
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
    ],
)  # fmt: skip
def test_what_only_looks_like_it_is_not_found(item: str, files: dict[str, str | bytes]) -> None:
    assert of(item, files).state in (State.MISSING, State.PLACEHOLDER, State.UNVERIFIED)


def test_goals_and_other_people_s_words_are_no_measurements() -> None:
    said = "# A\n\nThe target accuracy is 95%. It shows Precision 3 times. Python 3.11 needs 4.5 GB.\n"
    weighed = "# A\n\n- **Weight of the accuracy:** 0.4\n- The recommended accuracy is 0.9.\n"
    wanted = "# A\n\n| Metric | Target | Unit |\n|---|---|---|\n| accuracy | 0.9 | share |\n| recall | 90+ | share |\n"
    for page in (said, weighed, wanted):
        assert of("evaluation-metrics", {"README.md": page}).state is State.UNVERIFIED


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
        ("dockerfile", "docker/Dockerfile"),
        ("ci", ".gitlab-ci.yml"),
        ("tests", "web/app.test.ts"),
        ("deployment", "fly.toml"),
        ("model-card", "docs/model-card.md"),
        ("data-source", "docs/dataset-card.md"),
    ],
)
def test_a_file_of_that_kind_is_found_by_its_name(item: str, path: str) -> None:
    assert place(item, {path: f"on: push\n\n{PROSE}\n"}) == (State.FOUND, path)


def test_what_is_proven_needs_no_contract_to_be_found() -> None:
    from synthetic import without

    files = without("scaffolder.toml")
    proven = ("integration-test", "drift-check", "alerts", "data-schema", "dockerfile")
    found = {item: BY_ID[item].finding(repository(files)) for item in proven}
    assert {item: each.state for item, each in found.items()} == dict.fromkeys(proven, State.FOUND)


def test_a_weak_heading_and_the_opening_count_with_a_word_that_tells() -> None:
    said = "Planning by hand is a challenge: nobody knows which orders will be late."
    about = of("problem", {"docs/a.md": f"# A\n\n## About\n\n{said}\n"})
    assert (about.state, about.evidence[0].fact) == (State.FOUND, "under “About”, with the word “challenge”")
    assert place("problem", {"README.md": f"# A\n\n{said}\n\n## Setup\n\nx\n"}) == (State.FOUND, "README.md:3")


@pytest.mark.parametrize("example", [".env.example", "prod.env.example"])
def test_an_example_of_some_variables_is_found(example: str) -> None:
    files: dict[str, str | bytes] = {"main.py": "import os\nos.environ['A']\n", example: "B=1\n"}
    assert place("configuration", files) == (State.FOUND, example)
    assert of("configuration", {**files, "scaffolder.toml": "contract = 1\n"}).state is State.MISSING


def test_a_workflow_that_lints_each_change_is_found() -> None:
    flow = "on: push\njobs:\n  a:\n    steps:\n    - run: ruff check .\n"
    assert place("ci", {".github/workflows/a.yml": flow}) == (State.FOUND, ".github/workflows/a.yml")


def test_a_source_is_found_by_link_or_name() -> None:
    linked = "See [the data](https://www.kaggle.com/datasets/a/b)."
    named = "The dataset is the one of Kaggle's competition."
    told = "Les données des commandes ont été extraites de notre entrepôt."
    for said in (linked, named, told):
        assert place("data-source", {"README.md": f"# A\n\n{said}\n"}) == (State.FOUND, "README.md:3")


@pytest.mark.parametrize(
    ("item", "said"),
    [
        ("limitations", "This tool is not a substitute for a doctor, and nobody has tried it in a clinic."),
        ("limitations", "O modelo não substitui a avaliação de um médico em nenhum caso."),
        ("error-analysis", "On weekdays the model underestimates large orders, since few of them were seen."),
        ("error-analysis", "Of 300 orders, 17 false negatives remain, and most of them are from islands."),
        ("error-analysis", "The recall of the model is still very low for the class of large orders."),
        ("error-analysis", "The worst-performing districts are those with fewer than ten orders a week."),
        ("error-analysis", "Cette classe n'est pas du tout bien gérée par le modèle, qui rejette trop de commandes."),
        ("error-analysis", "A matriz mostra muitos falsos positivos nos pedidos de domingo."),
        ("deployment", "The service is deployed on a small machine in Porto that is started each morning."),
    ],
)
def test_a_sentence_says_it_without_a_heading(item: str, said: str) -> None:
    found = of(item, {"docs/a.md": f"# A\n\n## Notes\n\n{said}\n"})
    assert (found.state, found.evidence[0].path, found.evidence[0].line) == (State.FOUND, "docs/a.md", 5)
    assert found.evidence[0].fact.strip("“”") in said


def test_the_first_sentences_of_the_readme_are_surer_than_a_heading_elsewhere() -> None:
    files = {
        "README.md": f"# A\n\n## Vans\n\n{PROSE} It predicts them.\n",
        "docs/a.md": f"# A\n\n## Motivation\n\n{PROSE}\n",
    }
    assert place("problem", files) == (State.FOUND, "README.md:5")


def test_a_notebook_in_one_line_is_read_and_its_findings_have_no_line() -> None:
    cells = [{"cell_type": "markdown", "source": f"## Limitations\n\n{PROSE}"}]
    assert place("limitations", {"a.ipynb": json.dumps({"cells": cells})}) == (State.FOUND, "a.ipynb")
    assert place("limitations", {"a.ipynb": '{"cells": 1}'})[0] is State.MISSING


def test_a_notebook_with_large_pictures_is_read_to_its_end() -> None:
    drawn = {"cell_type": "code", "source": [], "outputs": [{"data": {"application/json": list(range(40_000))}}]}
    told = {"cell_type": "markdown", "source": ["## Limitations\n", "\n", PROSE]}
    text = json.dumps({"cells": [drawn, told]}, indent=1)
    line = text.split("\n").index('    "## Limitations\\n",') + 1
    assert place("limitations", {"a.ipynb": text}) == (State.FOUND, f"a.ipynb:{line}")


def test_what_stands_below_a_block_of_code_that_nobody_closed_is_read() -> None:
    text = f"# A\n\n```sh\nmake\n\n## Limitations\n\n{PROSE}\n"
    assert place("limitations", {"docs/a.md": text}) == (State.FOUND, "docs/a.md:6")
    assert of("limitations", {"docs/a.md": text + "```\n"}).state is State.MISSING


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


@pytest.mark.parametrize(
    ("sentence", "is_one"),
    [
        ("Performance decreases on articles whose summaries are conceptual.", True),
        ("The results should be interpreted with caution.", True),
        ("The dataset is too small and outdated.", True),
        ("Our evaluation is limited to one shop.", True),
        ("It was only tested on short reviews.", True),
        ("The model cannot detect sarcasm.", True),
        ("Accounts live in memory and are lost after a restart.", True),
        ("O modelo não generaliza para outras lojas.", True),
        ("현재 사용자 계정은 로컬 DB에 저장되지 않습니다.", True),
        ("Access is limited to public operations.", False),
        ("The accuracy increases with more data.", False),
        ("If it cannot find the file, run make setup.", False),
        ("Results are saved in reports, not in notebooks.", False),
    ],
)
def test_a_sentence_that_limits_what_is_claimed_is_a_limitation(sentence: str, is_one: bool) -> None:
    state = State.FOUND if is_one else State.MISSING
    assert of("limitations", {"docs/a.md": f"# A\n\nIt sorts vans. {sentence}\n"}).state is state


@pytest.mark.parametrize("path", ["docs/screenshots/1.png", "img/Ekran görüntüsü 2.png", "media/demo.gif"])
def test_a_picture_of_the_product_is_found_by_its_name_or_folder(path: str) -> None:
    assert place("demo", {path: screenshot()}) == (State.FOUND, path)


def test_commands_that_start_a_service_are_a_deployment() -> None:
    for command in ("python -m streamlit run app.py", "uvicorn app.main:app --reload", "docker compose -f a.yml up"):
        assert place("deployment", {"README.md": f"# A\n\n```sh\n{command}\n```\n"}) == (State.FOUND, "README.md:3")


def test_tests_of_another_language_in_a_folder_of_tests_are_found() -> None:
    assert place("tests", {"web/test/unit/a.js": "QUnit.test('a', assert => assert.ok(f()));\n"})[0] is State.FOUND
    assert place("tests", {"web/test/unit/a.js": "start();\n"})[0] is State.MISSING


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
    assert of("tests", idle).state is State.MISSING


def test_a_word_that_only_looks_like_a_mark_of_something_unfinished_is_none() -> None:
    text = "# A\n\n## Limitações\n\nTodo pedido de fora do Porto é recusado, e os de domingo também.\n"
    assert of("limitations", {"README.md": text}).state is State.WRITTEN


def test_missing_says_what_was_searched_for_and_where() -> None:
    found = of("limitations", {"docs/a.md": "# A\n"})
    assert found.state is State.MISSING
    assert "limitations and risks" in found.evidence[1].fact
    assert "2 documents, from README.md on" in found.evidence[1].fact
    assert "in 1 document, from README.md on" in of("limitations", {}).evidence[1].fact


@pytest.mark.parametrize("text", ["```sh\nmake\n```\n", "TODO(limits): What does it not do?\n", ""])
def test_missing_names_a_heading_without_a_text(text: str) -> None:
    found = of("limitations", {"docs/a.md": f"# A\n\n## Limitations\n\n{text}"})
    fact = "under “Limitations” nothing was found that counts"
    assert [(each.fact, each.path, each.line) for each in found.evidence[1:]] == [(fact, "docs/a.md", 3)]


def test_what_was_found_is_not_said_to_be_looked_for_in_vain() -> None:
    found = of("limitations", {"docs/a.md": f"# A\n\n## Limitations\n\n{PROSE}\n"})
    assert [each.fact for each in found.evidence] == [
        "under “Limitations”",
        'there is no section "Limitations" in README.md',
    ]


def test_a_section_with_commands_alone_is_not_said_to_be_empty() -> None:
    found = of("deployment", {"README.md": "# A\n\n## Deployment\n\n```sh\nmake ship\n```\n", "Makefile": "ship:\n"})
    assert "there is only code here, no prose" in [each.fact for each in found.evidence]


def test_found_is_there_and_no_level_counts_it() -> None:
    assert (State.FOUND.there, State.FOUND.counts) == (True, False)


def test_a_flaw_is_a_contradiction_only_where_a_contract_promises_more() -> None:
    flawed = {
        "README.md": "# A\n\n## Deployment\n\nRun `make ship` and look.\n\n```sh\nmake ship\n```\n",
        "Makefile": "a:\n",
    }
    stranger = of("deployment", flawed)
    assert (stranger.state, "no target ship" in stranger.evidence[1].fact) == (State.FOUND, True)
    assert of("deployment", {**flawed, "scaffolder.toml": "contract = 1\n"}).state is State.MISSING


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


@pytest.mark.parametrize(
    ("heading", "more", "state"),
    [
        ("Discussion", {}, State.UNVERIFIED),
        ("Discussion", {"scaffolder.toml": "contract = 1\n"}, State.MISSING),
        ("How to install it", {}, State.MISSING),
        ("Lizenz", {}, State.MISSING),
    ],
)
def test_a_text_that_may_stand_under_a_heading_of_another_meaning_is_not_called_missing(
    heading: str, more: dict[str, str | bytes], state: State
) -> None:
    found = of("limitations", {"docs/notes.md": f"# Notes\n\n## {heading}\n\n{PROSE}\n", **more})
    assert found.state is state
    assert (f"“{heading}” (docs/notes.md:3)" in found.reason) == (state is State.UNVERIFIED)
    report = examine(repository({**FILES, "docs/notes.md": f"# Notes\n\n## {heading}\n\n{PROSE}\n", **more}), "vans")
    assert (f"under another heading: “{heading}”" in " ".join(next_steps([report]).split())) == (
        state is State.UNVERIFIED
    )
    assert of("demo", {"docs/notes.md": f"# Notes\n\n## {heading}\n\n{PROSE}\n"}).state is State.MISSING


def test_the_vocabulary_has_the_same_languages_for_all_headings_and_no_phrase_twice_in_a_list() -> None:
    for subject, languages in vocabulary()["headings"].items():
        assert set(languages) == {"en", "de", "pt", "es", "fr", "id", "tr", "ru", "zh", "ja", "ko"}, subject
        assert all(len(each) == len(set(each)) for each in languages.values()), subject


def test_a_whole_title_is_surer_than_its_beginning_and_that_than_a_part() -> None:
    wanted = phrases("limitations")
    titles = ("Limitations", "Limitations of the data", "Data and limitations")
    assert [how.part for title in titles if (how := meaning(title, wanted))] == [0, 1, 2]
    assert meaning("limitless", wanted) is None


def test_other_formats_keep_their_lines() -> None:
    text = "A\n=\n\n.. image:: a.png\n   :alt: x\n"
    assert as_markdown("a.rst", text).split("\n")[3] == "![](a.png)"
    assert as_markdown("a.rst", text).count("\n") == text.count("\n")


def test_a_diagram_in_text_needs_more_than_one_arrow() -> None:
    assert drawn(Fence("", "a -> b", 1)) == ""
    assert drawn(Fence("python", "def f() -> int: ...\ndef g() -> int: ...\n", 1)) == ""
    assert drawn(Fence("text", "rows --> model --> answer", 1))
