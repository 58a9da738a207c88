"""In a repository of a stranger: only what is not there is missing, and what is said of it is true."""

from __future__ import annotations

import pytest
from rendered import screenshot
from stranger import FILES, PROSE, of
from synthetic import repository

from scaffolder.check.items import BY_ID, ITEMS
from scaffolder.check.report import examine
from scaffolder.pages.text import next_steps
from scaffolder.results.finding import State


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
