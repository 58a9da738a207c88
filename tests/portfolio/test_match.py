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
from rendered import fresh
from support import Outcome, refused

from scaffolder.check.items import BY_ID
from scaffolder.check.readers.metric_names import canonical
from scaffolder.portfolio.advertisement import asked
from scaffolder.portfolio.evidence import Grade, proofs
from scaffolder.portfolio.match import match
from scaffolder.portfolio.project import Project
from scaffolder.portfolio.vocabulary import Term, terms
from scaffolder.results.finding import State
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
            {"CI/CD", "Fine-tuning", "scikit-learn"},
        ),
        ("rag and rest of the team, react and spark joy", set()),
        ("RAG, REST, Spark", {"Retrieval-augmented generation", "APIs and backend services", "Apache Spark"}),
        ("PYTHON", {"Python"}),
        ("Pythonic MLOpsy", set()),
        ("vector\ndatabase", set()),
        ("", set()),
        ("Work with Backend Engineers and the MLOps team.", set()),  # colleagues
        ("Backend and Data Engineers", {"APIs and backend services"}),
        ("You are our MLOps Engineer", {"MLOps"}),
        ("write to python@example.org about python-docx and Docker.Image", {"python-docx"}),  # parts of other names
        ("sentence-transformers", {"Sentence Transformers"}),
        ("Python-based, LLM-powered, GPT-4", {"Python", "LLMs", "OpenAI"}),
        ("Azure DevOps", {"Azure DevOps"}),
        ("relocation costs, social security, insurance agents, fairness and respect", set()),
        ("regression tests", {"Tests"}),
        ("cost and latency of LLM agents", {"Cost of inference", "Latency", "AI agents"}),
        ("containers between forty ports", set()),
        ("containers on Kubernetes", {"Docker", "Kubernetes"}),
        (
            "FastAPI, PostgreSQL, TensorRT, A/B testing",
            {"FastAPI", "PostgreSQL", "TensorRT", "Experiments and A/B tests"},
        ),
        (
            "Git, code review, deep learning, document ingestion, chunking, spaCy, NER, PII, Kubeflow, structured outputs",
            {
                *("Git", "Code review", "Deep learning", "Document ingestion", "Chunking", "spaCy", "Kubeflow"),
                *("Named entity recognition", "Protection of personal data", "Structured outputs"),
            },
        ),
        ("Vertex AI, Bedrock, SageMaker, model serving", {"Vertex AI", "Bedrock", "SageMaker", "Model serving"}),
        ("not only Python but Docker; no less than Kubernetes", {"Python", "Docker", "Kubernetes"}),
        ("evaluating LLMs, finetuned models, dockerized", {"Evaluation", "LLMs", "Fine-tuning", "Docker"}),
        ("evaluations, deploys on Fridays", {"Evaluation"}),
        (
            "LLM-as-a-judge, golden datasets, cross-validation, feature engineering",
            {"LLM-as-a-judge", "Golden datasets", "Cross-validation", "Feature engineering"},
        ),
        ("production deployment, model monitoring", {"Deployment to production", "Drift and model monitoring"}),
    ],
)
def test_a_term_is_whole_words_in_one_line_where_they_mean_it(text: str, names: set[str]) -> None:
    assert {each.term.name for each in asked(text)} == names


@given(
    st.text(max_size=300)
    | st.lists(st.sampled_from(["RAG", "LLM", "/", "\n", "-", "ai agents ", "é", "\x00"])).map("".join)
)
def test_any_text_can_be_read_and_each_term_stands_where_it_is_said_to(text: str) -> None:
    for each in asked(text):
        assert each.words in text.splitlines()[each.line - 1]
        assert each.words


@pytest.mark.slow
@pytest.mark.parametrize(
    "part", ["a ", "RAG ", "retrieval ", "x", "\n", "retrieval-augmented ", "large language ", "RAG or RAG, "]
)
def test_the_time_grows_with_the_text_alone(part: str) -> None:
    text = (part * 200_000)[:200_000]
    with at_most(150):
        asked(text)


def test_each_piece_of_evidence_is_in_the_repository(projects: list[Project]) -> None:
    seen = 0
    for project in projects:
        for term in terms():
            for each in (proof.evidence for proof in proofs(project, term)):
                seen += 1
                text = project.repo.snapshot.text(each.path)
                assert text is not None, each
                line = text.split("\n")[each.line - 1] if each.line else ""
                kind, _, name = each.fact.partition(" ")
                if kind == "defines":
                    assert name.partition(",")[0].split(".")[-1] in line, each
    assert seen > 60


def test_only_what_is_done_counts_as_verified(projects: list[Project]) -> None:
    for project in projects:
        findings = [each for each in project.report.findings if any(piece.path for piece in each.evidence)]
        done = {each.item for each in findings if each.state is State.DONE and not each.written}
        for term in terms():
            only = Term("x", items=term.items, recomputed=term.recomputed)
            assert bool(proofs(project, only)) is bool(done & {*term.items, *term.recomputed})


def test_an_empty_repository_shows_nothing(tmp_path: Path) -> None:
    project = opened(written(tmp_path / "empty", {"README.md": "# RAG, Docker, AI agents, PyTorch and MLflow\n"}))
    assert [term.name for term in terms() if proofs(project, term)] == []


CHUNK = "def chunk(a):\n    b = a\n    return b\n"


def said(folder: Path, term: str) -> list[str]:
    """What shows a term in a repository, each with its grade."""
    return [f"{proof.grade}: {proof.evidence}" for proof in proofs(opened(folder), BY_NAME[term])]


@pytest.mark.parametrize(
    ("term", "files", "shown"),
    [
        ("PyTorch", {"a.py": "import torch\n\nn = torch.tensor(1)\n"}, "in the code: a.py:3: uses torch"),
        ("PyTorch", {"a.py": "import torch\n"}, None),
        (
            "PyTorch",
            {"a.py": "def f():\n    from torch.nn import Linear\n    return Linear(1)\n"},
            "in the code: a.py:3: uses torch",
        ),
        (
            "PyTorch",
            {"a.py": "import torch as t\nt.f()\n", "b.py": "from torch import nn, optim\nnn.a()\noptim.b()\n"},
            "in the code: b.py:2: uses torch",
        ),
        (
            "PyTorch",
            {"a.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import torch\na: torch.T\n"},
            None,
        ),
        (
            "PyTorch",
            {"a.py": "import typing as t\nif t.TYPE_CHECKING:\n    import torch\nelse:\n    torch = 1\n"},
            None,
        ),
        ("PyTorch", {"a.py": "if False:\n    import torch\ntorch.f()\n"}, None),
        (
            "PyTorch",
            {"a.py": "if 1:\n    pass\nelse:\n    import torch\ntorch.f()\n"},
            "in the code: a.py:5: uses torch",
        ),
        ("PyTorch", {"a.py": "# import torch\ntext = 'import torch'\n"}, None),
        ("PyTorch", {"tests/test_a.py": "import torch\ntorch.f()\n"}, None),
        ("PyTorch", {"torch.py": "", "a.py": "import torch\ntorch.f()\n"}, None),
        ("PyTorch", {"a.py": "import torchlight\ntorchlight.f()\n"}, None),
        ("PyTorch", {"a.py": "from . import torch\ntorch.f()\n"}, None),
        ("PyTorch", {"pyproject.toml": '[project]\ndependencies = [\n  "torch>=2",\n]\n'}, None),
        ("SQL", {"a.py": "import sqlite3\nsqlite3.f('SELECT 1')\n"}, "in the code: a.py:2: uses sqlite3"),
        ("Cloud", {"a.py": "import boto3\nboto3.g()\n"}, "in the code: a.py:2: uses boto3"),
        ("Prompt engineering", {"prompts/empty": ""}, None),
        ("Chunking", {"a.py": CHUNK}, "in the code: a.py:1: defines chunk, 3 lines"),
        ("Chunking", {"a.py": "def chunk(a): return a\n"}, None),
        ("Chunking", {"a.py": "def chunky(a):\n    b = a\n    return b\n"}, None),
        (
            "Canary releases",
            {
                "a.py": "class MyCanary:\n    a = 1\n    b = 2\n\n\ndef canary_share():\n    a = MyCanary\n    return a\n",
                "tests/test_a.py": "import a\n",
            },
            "in the code: a.py:1: defines MyCanary, 3 lines",
        ),
        ("Terraform", {"main.tf": "a\n\nb\nc\n"}, "in the code: main.tf: 3 lines"),
        ("Terraform", {"main.tf": "\n\n\n\n"}, None),
        ("SQL", {"a.sql": "a\n" * 3, "b.sql": "b\n" * 4}, "in the code: b.sql: 4 lines"),
        (
            "pgvector",
            {"compose.yaml": "services:\n  db:\n    image: pgvector/pgvector:0.8\n"},
            "in the code: compose.yaml:3: starts pgvector/pgvector:0.8",
        ),
        ("PostgreSQL", {"compose.yaml": "services:\n  db:\n    image: pgvector/pgvector:0.8\n"}, None),
        ("Git", {".gitignore": "*.log\n"}, None),
    ],
)
def test_code_shows_a_term_and_the_name_of_a_file_does_not(
    tmp_path: Path, term: str, files: dict[str, str], shown: str | None
) -> None:
    assert said(written(tmp_path / "it", files), term) == ([shown] if shown else [])


@pytest.mark.parametrize(
    ("module", "other"),
    [
        ("sqlite3", "PostgreSQL"),
        ("sqlite3", "Snowflake"),
        ("sqlite_vec", "pgvector"),
        ("matplotlib", "Tableau"),
        ("fastapi", "Django"),
        ("onnxruntime", "TensorRT"),
        ("openai", "Gemini models"),
        ("prometheus_client", "Grafana"),
    ],
)
def test_a_product_is_shown_by_itself_and_by_no_other(tmp_path: Path, module: str, other: str) -> None:
    project = opened(written(tmp_path / "it", {"a.py": f"import {module}\n{module}.run('SELECT 1')\n"}))
    term = BY_NAME[other]
    (answer,) = match(other if other != "Gemini models" else "Gemini", [project])
    assert (answer.asked.term, answer.found) == (term, ())
    shown = [each.name for each in terms() if each.imports and proofs(project, each)]
    assert shown
    assert other not in shown
    related = [str(each.proof.evidence) for each in answer.related]
    assert set(related) == {f"a.py:2: uses {module}"}


def test_a_number_that_the_predictions_contradict_shows_nothing(tmp_path: Path) -> None:
    folder = finished(tmp_path)
    assert said(folder, "Classification")[0].startswith("measured: reports/metrics.json: ROC AUC 0.849")
    report = folder / "reports/metrics.json"
    report.write_text(report.read_text().replace("0.849326", "0.949326"))
    assert said(folder, "Classification") == []


def test_answers_by_quotation_measure_no_language_model(projects: list[Project]) -> None:
    grades = {name: {proof.grade for proof in proofs(projects[1], BY_NAME[name])} for name in BY_NAME}
    assert grades["Retrieval and semantic search"] >= {Grade.MEASURED}
    assert grades["LLMs"] == grades["Retrieval-augmented generation"] == {Grade.CODE}


def test_a_finished_project_shows_all_that_its_template_is_said_to_show(projects: list[Project]) -> None:
    for project in projects[:2]:
        said = [term for term in terms() if {project.report.template, "any"} & set(term.shown_by)]
        assert len(said) > 20
        assert [term.name for term in said if not counted(project, term)] == []


def counted(project: Project, term: Term) -> bool:
    return bool(proofs(project, term))


SHOWN_BY = sorted({each for term in terms() for each in term.shown_by} - {"any"})


@pytest.mark.slow
@pytest.mark.parametrize("shown_by", SHOWN_BY)
def test_a_generated_project_shows_what_its_template_is_said_to_show(tmp_path: Path, shown_by: str) -> None:
    """Before the first run: what needs a measurement or a verified item is left to the finished projects."""
    template, *given = shown_by.split()
    project = opened(written(tmp_path / "it", fresh(template, **dict(each.split("=") for each in given))))
    for term in terms():
        said = {shown_by} if given else {template, "any"}
        later = any(each.metrics or each.recomputed or each.items for each in (term, *term.kinds))
        shown = counted(project, term)
        assert shown or later or not said & set(term.shown_by), term.name
        assert not shown or given or said & set(term.shown_by), term.name


def test_the_vocabulary_names_what_there_is() -> None:
    names = [name.casefold() for term in terms() for name in (term.name, *term.words, *term.exact, *term.near)]
    assert len({term.name for term in terms()}) == len(terms()) > 200
    assert len(names) - len(set(names)) == sum(term.name.casefold() in term.near for term in terms())
    items = {item for term in terms() for item in (*term.items, *term.recomputed)}
    assert items <= {item for item in BY_ID if not BY_ID[item].written}
    assert {each.partition(" ")[0] for each in SHOWN_BY} == set(catalog.names())
    assert all(canonical(metric) == metric for term in terms() for metric in term.metrics)
    shares = {term.name: term.share for term in terms() if term.share}
    assert (shares["AI agents"], shares["Docker"], shares["Feature stores"]) == (65, 32, 2)
    assert list(shares.values()) == sorted(shares.values(), reverse=True)


def test_the_answer_has_file_and_line_or_the_template(scaffolder: Run, tmp_path: Path) -> None:
    folder = written(tmp_path / "parcels", SMALL, "git@github.com:mara/parcels.git")
    code, out, err = scaffolder("match", ADS / "ai_engineer.txt", folder)
    assert (code, err) == (0, "")
    assert "Work of yours shows 2 of them. The others: 0 only in what a template brought, 21 not shown." in " ".join(
        out.split()
    )
    shown, _, rest = (" ".join(part.split()) for part in out.partition("\nNot shown\n"))
    assert "FastAPI (line 13) parcels: src/parcels/app.py:5: uses fastapi (in the code)" in shown
    assert (
        "Retrieval-augmented generation (line 4, in 44% of advertisements) would show it: scaffolder new rag-assistant"
        in rest
    )
    assert "pgvector (line 14) would show it: scaffolder new rag-assistant --set vector_store=postgres" in rest
    assert "Docker (“containers”" not in out
    assert "CI/CD (line 9) would show it: a project of any template" in rest
    assert "Kubernetes (line 15, in 22% of advertisements) SQL" in rest
    assert "AI agents" not in shown


def test_a_text_without_known_terms_is_told_so(scaffolder: Run, tmp_path: Path) -> None:
    code, out, err = scaffolder("match", ADS / "baker.txt", written(tmp_path / "parcels", SMALL))
    assert (code, err) == (0, "")
    assert f"names none of the {len(terms())} terms that are known" in out
    assert "job advertisement in English?" in " ".join(out.split())


def test_as_json_each_claim_has_its_link(scaffolder: Run, tmp_path: Path) -> None:
    folder = written(tmp_path / "parcels", SMALL, "git@github.com:mara/parcels.git")
    said = json.loads(scaffolder("match", ADS / "ai_engineer.txt", folder, "--json").out)
    found = {each["term"]: each for each in said["terms"]}
    assert found["FastAPI"]["grade"] == "in the code"
    assert found["FastAPI"]["evidence"] == [
        {
            "repository": "parcels",
            "grade": "in the code",
            "template": None,
            "path": "src/parcels/app.py",
            "line": 5,
            "fact": "uses fastapi",
            "address": "https://github.com/mara/parcels/blob/HEAD/src/parcels/app.py#L5",
        }
    ]
    assert (found["AI agents"]["grade"], found["AI agents"]["evidence"]) == (None, [])
    assert found["pgvector"]["shown_by"] == ["rag-assistant vector_store=postgres"]
    assert said["source"].startswith("https://")


def test_without_a_repository_no_claim_is_made(scaffolder: Run) -> None:
    code, out, _ = scaffolder("match", ADS / "ml_engineer.txt")
    assert code == 0
    assert not {"Measured", "Not shown"} & set(out.splitlines())
    assert "No repository was named, so nothing was looked for." in " ".join(out.split())
    assert "XGBoost (line 3) would show it: scaffolder new classical-ml --set model=xgboost" in " ".join(out.split())


def test_an_advertisement_may_come_from_standard_input(scaffolder: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO("Docker für alle".encode())))
    assert "Docker (line 1, in 32% of advertisements)" in scaffolder("match", "-").out


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (None, "There is no file"),
        (b"a" * 200_001, "larger than 200,000 bytes"),
        (b"\xff\xfeR\x00", "is not UTF-8 text"),
    ],
)
def test_what_is_no_advertisement_is_one_sentence(scaffolder: Run, data: bytes | None, says: str) -> None:
    if data is not None:
        Path("ad.txt").write_bytes(data)
    refused(scaffolder("match", "ad.txt"), says)
