"""A job advertisement against repositories: its terms as a person finds them, and no claim without evidence."""

from __future__ import annotations

import io
import json
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from cost import at_most
from folders import SMALL, finished, half_finished, opened, written
from hypothesis import given
from hypothesis import strategies as st
from support import Outcome

from scaffolder.check.engine.finding import State
from scaffolder.check.items import BY_ID
from scaffolder.check.readers.metric_names import canonical
from scaffolder.portfolio.advertisement import asked
from scaffolder.portfolio.evidence import evidence
from scaffolder.portfolio.project import Project
from scaffolder.portfolio.vocabulary import Term, terms
from scaffolder.template import catalog

Run = Callable[..., Outcome]
ADS = Path(__file__).with_name("ads")
EXPECTED = tomllib.loads((ADS / "expected.toml").read_text("utf-8"))
ALL = pytest.mark.parametrize("ad", EXPECTED)
BY_NAME = {term.name: term for term in terms()}


@pytest.fixture(scope="module")
def projects(tmp_path_factory: pytest.TempPathFactory) -> list[Project]:
    """Two finished projects and a half-finished one."""
    folder = tmp_path_factory.mktemp("projects")
    return [opened(path) for path in (finished(folder), finished(folder, "assistant"), half_finished(folder))]


@ALL
def test_the_terms_of_an_advertisement_are_those_that_a_person_finds(ad: str) -> None:
    text = (ADS / ad).read_text("utf-8")
    found = asked(text)
    assert sorted(each.term.name for each in found) == sorted(EXPECTED[ad])
    assert all(each.words in text.splitlines()[each.line - 1] for each in found)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (
            "Experience with CI/CD, fine-tuning and scikit-learn.",
            {"CI/CD", "Fine-tuning", "scikit-learn or gradient boosting"},
        ),
        ("rag and rest of the team, react and spark joy", set()),
        (
            "RAG, REST, Spark",
            {"Retrieval-augmented generation", "FastAPI and REST APIs", "Distributed data processing"},
        ),
        ("PYTHON", {"Python"}),
        ("Pythonic MLOpsy", set()),
        ("vector\ndatabase", set()),
        ("", set()),
    ],
)
def test_a_term_is_whole_words_in_one_line(text: str, names: set[str]) -> None:
    assert {each.term.name for each in asked(text)} == names


@given(
    st.text(max_size=300)
    | st.lists(st.sampled_from(["RAG", "LLM", "/", "\n", "-", "ai agents ", "é", "\x00"])).map("".join)
)
def test_any_text_can_be_read_and_each_term_stands_where_it_is_said_to(text: str) -> None:
    for each in asked(text):
        assert each.words in text.splitlines()[each.line - 1]
        assert each.words


@pytest.mark.parametrize("part", ["a ", "RAG ", "retrieval ", "x", "\n", "retrieval-augmented ", "large language "])
def test_the_time_grows_with_the_text_alone(part: str) -> None:
    text = (part * 200_000)[:200_000]
    with at_most(150):
        asked(text)


def test_each_piece_of_evidence_is_in_the_repository(projects: list[Project]) -> None:
    seen = 0
    for project in projects:
        for term in terms():
            for each in evidence(project, term):
                seen += 1
                text = project.repo.snapshot.text(each.path)
                assert text is not None, each
                line = text.split("\n")[each.line - 1] if each.line else ""
                kind, _, name = each.fact.partition(" ")
                if kind in ("imports", "depends"):
                    assert name.removeprefix("on ").split(".")[-1] in line, each
    assert seen > 60


def test_only_what_is_done_counts_as_verified(projects: list[Project]) -> None:
    for project in projects:
        findings = [each for each in project.report.findings if any(piece.path for piece in each.evidence)]
        done = {each.item for each in findings if each.state is State.DONE and not each.written}
        for term in terms():
            only = Term("x", items=term.items)
            assert bool(evidence(project, only)) is bool(done & set(term.items))


def test_an_empty_repository_shows_nothing(tmp_path: Path) -> None:
    project = opened(written(tmp_path / "empty", {"README.md": "# RAG, Docker, AI agents, PyTorch and MLflow\n"}))
    assert [term.name for term in terms() if evidence(project, term)] == []


@pytest.mark.parametrize(
    ("files", "shown"),
    [
        ({"a.py": "import torch\n"}, "a.py:1: imports torch"),
        ({"a.py": "def f():\n    from torch.nn import Linear\n"}, "a.py:2: imports torch"),
        ({"a.py": "# import torch\ntext = 'import torch'\n"}, None),
        ({"tests/test_a.py": "import torch\n"}, None),
        ({"torch.py": "", "a.py": "import torch\n"}, None),
        ({"a.py": "import torchlight\n"}, None),
        ({"a.py": "from . import torch\n"}, None),
        ({"pyproject.toml": '[project]\ndependencies = [\n  "Torch>=2",\n]\n'}, "pyproject.toml:3: depends on Torch"),
        ({"pyproject.toml": "[project]\ndependencies = 3\n"}, None),
        ({"pyproject.toml": "torch"}, None),
    ],
)
def test_an_import_or_a_dependency_shows_a_term(tmp_path: Path, files: dict[str, str], shown: str | None) -> None:
    project = opened(written(tmp_path / "it", files))
    assert [str(each) for each in evidence(project, BY_NAME["PyTorch"])] == ([shown] if shown else [])


def test_a_number_that_the_predictions_contradict_shows_nothing(tmp_path: Path) -> None:
    folder = finished(tmp_path)
    assert any(each.path == "reports/metrics.json" for each in evidence(opened(folder), BY_NAME["Classification"]))
    report = folder / "reports/metrics.json"
    report.write_text(report.read_text().replace("0.849326", "0.949326"))
    assert evidence(opened(folder), BY_NAME["Classification"]) == ()


def test_a_finished_project_shows_all_that_its_template_is_said_to_show(projects: list[Project]) -> None:
    for project in projects[:2]:
        said = [term for term in terms() if project.report.template in term.templates]
        assert len(said) > 10
        assert [term.name for term in said if not evidence(project, term)] == []


def test_the_vocabulary_names_what_there_is() -> None:
    names = [name.casefold() for term in terms() for name in (term.name, *term.words, *term.exact)]
    assert len(names) == len(set(names)) > 250
    assert {item for term in terms() for item in term.items} <= {item for item in BY_ID if not BY_ID[item].written}
    assert {name for term in terms() for name in term.templates} == set(catalog.names())
    assert all(canonical(metric) == metric for term in terms() for metric in term.metrics)
    assert [term.name for term in terms() if not (term.imports or term.files or term.items or term.metrics)] == []
    shares = {term.name: term.share for term in terms() if term.share}
    assert (shares["AI agents"], shares["Docker"], shares["Feature stores"]) == (65, 32, 2)
    assert list(shares.values()) == sorted(shares.values(), reverse=True)


def test_the_answer_has_file_and_line_or_the_template(scaffolder: Run, tmp_path: Path) -> None:
    folder = written(tmp_path / "parcels", SMALL, "git@github.com:mara/parcels.git")
    code, out, err = scaffolder("match", ADS / "ai_engineer.txt", folder)
    assert (code, err) == (0, "")
    shown, _, rest = (" ".join(part.split()) for part in out.partition("\nNot shown\n"))
    assert "FastAPI and REST APIs (“FastAPI”, line 13) parcels: src/parcels/app.py:3: imports fastapi" in shown
    assert "Retrieval-augmented generation (line 4, in 44% of advertisements): scaffolder new rag-assistant" in rest
    assert "Kubernetes (line 15, in 22% of advertisements): no template shows it" in rest
    assert "AI agents" not in shown


def test_as_json_each_claim_has_its_link(scaffolder: Run, tmp_path: Path) -> None:
    folder = written(tmp_path / "parcels", SMALL, "git@github.com:mara/parcels.git")
    said = json.loads(scaffolder("match", ADS / "ai_engineer.txt", folder, "--json").out)
    found = {each["term"]: each for each in said["terms"]}
    assert found["FastAPI and REST APIs"]["shown"] == [
        {
            "repository": "parcels",
            "path": "src/parcels/app.py",
            "line": 3,
            "fact": "imports fastapi",
            "address": "https://github.com/mara/parcels/blob/HEAD/src/parcels/app.py#L3",
        }
    ]
    assert found["AI agents"]["shown"] == []
    assert said["source"].startswith("https://")


def test_without_a_repository_no_claim_is_made(scaffolder: Run) -> None:
    code, out, _ = scaffolder("match", ADS / "ml_engineer.txt")
    assert code == 0
    assert "\nShown\n" not in out
    assert "No repository was named" in out


def test_an_advertisement_may_come_from_standard_input(scaffolder: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO("Docker für alle".encode())))
    assert "Docker (line 1, in 32% of advertisements)" in scaffolder("match", "-").out


@pytest.mark.parametrize(
    ("data", "says"),
    [(None, "cannot be read"), (b"a" * 200_001, "more than 200,000 bytes"), (b"\xff\xfeR\x00", "is not UTF-8 text")],
)
def test_what_is_no_advertisement_is_one_sentence(scaffolder: Run, data: bytes | None, says: str) -> None:
    if data is not None:
        Path("ad.txt").write_bytes(data)
    code, out, err = scaffolder("match", "ad.txt")
    assert (code, out, says in err, err.count("\n")) == (2, "", True, 1)
