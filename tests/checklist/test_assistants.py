"""What a repository that answers questions has and others do not."""

from __future__ import annotations

import json

import pytest

from scaffolder.check.engine.facts import Facts
from scaffolder.check.engine.finding import State
from scaffolder.check.engine.snapshot import Snapshot
from scaffolder.check.items import BY_ID
from scaffolder.check.numbers.claims import claims_of
from scaffolder.check.numbers.metrics import metrics
from scaffolder.check.numbers.row_values import lettered
from scaffolder.check.readers.markdown import Document
from scaffolder.check.shipping.secrets import find_secrets, is_ignored, secrets

REPORT = {
    "task": "question-answering",
    "headline": "ndcg_at_10",
    "metrics": [
        {"name": "ndcg_at_10", "value": 0.737639, "ci95": [0.688661, 0.785738], "split": "test"},
        {"name": "answer_rate", "value": 0.909639},
        {"name": "abstention_recall", "value": 0.818182},
    ],
    "baseline": [{"name": "ndcg_at_10", "value": 0.557944, "model": "BM25 alone"}],
    "versus_bm25": [{"versus": "BM25 alone", "value": 0.179695, "ci95": [0.125801, 0.231162], "p": 0.0001}],
    "questions": [{"split": "test", "questions": 199, "answerable": 166}],
    "errors": {"wrongly answered": 6},
    "abstention": {"threshold": 0.489, "answered": 0.900901, "refused": 0.897436},
    "model": "headings · hybrid",
    "ablation": [
        {"model": "headings · hybrid", "configuration": {"chunking": "headings", "retrieval": "hybrid"}},
        {
            "model": "headings · dense",
            "configuration": {"chunking": "headings", "retrieval": "dense"},
            "scores": {"ndcg_at_10": {"dev": 0.781, "test": 0.698}},
        },
    ],
    "slices": [{"name": "type = how-to", "n": 42, "metric": "ndcg_at_10", "value": 0.618}],
}
METRICS = metrics(Snapshot.of_files({"reports/metrics.json": json.dumps(REPORT).encode()}))


def outcomes(text: str) -> list[str]:
    return [claim.outcome.value for claim in claims_of(Document("README.md", f"# A\n\n{text}\n"), METRICS)]


@pytest.mark.parametrize(
    "text",
    [
        "`ndcg_at_10` is 0.738 [0.689, 0.786], and 0.558 for BM25 alone (p = 0.0001).",
        "The gain over BM25 alone in `ndcg_at_10` is 0.180 [0.126, 0.231], clear: p = 0.0001 in a test.",
        "It answers 91% of the 166 that its documents answer; it refuses 82% of the 33 unanswerable.",
        "On the dev questions this answers 90% of the 111 answerable and refuses 90% of the unanswerable.",
        "Dense retrieval alone has an `ndcg_at_10` of 0.698.",
        "For how-to, `ndcg_at_10` is 0.618, below the 0.738 of all.",
        "<!-- measured:results -->\nMeasured on 199 test questions.\n<!-- /measured:results -->",
        "<!-- measured:errors -->\n| Outcome | Questions |\n| --- | --- |\n| wrongly answered | 6 |\n<!-- /measured:errors -->",
    ],
)
def test_true_of_an_assistant(text: str) -> None:
    assert set(outcomes(text)) == {"equal"}


@pytest.mark.parametrize(
    "text",
    [
        "`ndcg_at_10` is higher than for BM25 alone (p = 0.0002).",
        "The gain over BM25 alone in `ndcg_at_10` is 0.190.",
        "Dense retrieval alone has an `ndcg_at_10` of 0.798.",
        "It answers 97% of the answerable questions.",
        "It refuses 97% of the unanswerable questions.",
        "On the dev questions this answers 97% of the 111 answerable.",
        "<!-- measured:results -->\nMeasured on 299 test questions.\n<!-- /measured:results -->",
        "<!-- measured:errors -->\n| Outcome | Questions |\n| --- | --- |\n| wrongly answered | 5 |\n<!-- /measured:errors -->",
    ],
)
def test_false_of_an_assistant(text: str) -> None:
    assert outcomes(text) == ["differs"]


@pytest.mark.parametrize(
    "text",
    [
        "Tomas answers 60% of the questions before noon.",
        "It answers 80% of the questions within a second.",
        "It is worth its cost when it answers at least 60% of the questions.",
    ],
)
def test_what_is_no_claim_on_the_test_questions(text: str) -> None:
    assert outcomes(text) == []


def test_names_of_rows_may_begin_with_letters() -> None:
    assert (lettered(["q1", "q22"]), lettered(["1", "2"]), lettered(["q1", "w2"])) == ("q", "", "")
    assert lettered(["oslo", "bergen"]) == ""


def test_what_an_assistant_answers_from_is_no_document_of_the_repository() -> None:
    paths = ("README.md", "docs/monitoring.md", "data/DATASET.md", "data/raw/README.md")
    corpus = ("data/corpus/a.md", "handbook/b.md")
    settings = b'[corpus]\nfolder = "handbook"\n'
    facts = Facts(Snapshot.of_files({**dict.fromkeys([*paths, *corpus], b"# A\n"), "settings.toml": settings}))
    assert {each.path for each in facts.documents} == set(paths)


def test_documents_in_docs_stay_documents_whatever_an_assistant_answers_from() -> None:
    files = {"docs/monitoring.md": b"# A\n", "settings.toml": b'[corpus]\nfolder = "docs"\n'}
    assert [each.path for each in Facts(Snapshot.of_files(files)).documents] == ["docs/monitoring.md"]


def test_a_digest_is_no_secret() -> None:
    value = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
    assert not find_secrets("a.py", f'TOKENIZER_SHA256 = "{value}"\n')
    assert find_secrets("a.py", f'TOKENIZER_KEY = 1; API_TOKEN = "{value}"\n')


def test_what_git_ignores_is_no_secret_of_the_repository() -> None:
    url = b"postgresql://app:" + b"h7Kq2mZx9" + b"@127.0.0.1/app\n"
    files = {".postgres/url": url, ".gitignore": b".postgres/\n"}
    assert not secrets(Snapshot.of_files(files))
    assert secrets(Snapshot.of_files({".postgres/url": url}))


def test_a_pattern_with_a_slash_at_its_end_ignores_folders() -> None:
    assert is_ignored("artifacts/index.db", "artifacts/\n")
    assert is_ignored("a/b/c.txt", "/a/b/\n")
    assert not is_ignored("artifacts", "artifacts/\n")
    assert not is_ignored("artifacts/index.db", "artifacts/\n!index.db\n")


MAKEFILE = "image: {}\n\tdocker build .\nartifacts/.ready:\n\tpython -m assistant ingest\nsetup:\n\tpip install .\n"
IMAGE = b"FROM python:3.13-slim\nCOPY artifacts artifacts\nUSER 1000\nHEALTHCHECK CMD true\n"


@pytest.mark.parametrize(
    ("first", "ignored", "state"),
    [
        ("artifacts/.ready", "artifacts/\n", State.DONE),
        ("setup", "artifacts/\n", State.MISSING),
        ("artifacts/.ready", "", State.MISSING),
    ],
)
def test_an_image_may_copy_what_its_target_makes_first_and_git_ignores(first: str, ignored: str, state: State) -> None:
    files = {"Dockerfile": IMAGE, "Makefile": MAKEFILE.format(first).encode(), ".gitignore": ignored.encode()}
    assert BY_ID["dockerfile"].finding(Facts(Snapshot.of_files(files))).state is state


BASELINE = b"from app.drift import psi\n\n\ndef record_baseline(scores):\n    return psi(scores, scores)\n"


@pytest.mark.parametrize(
    ("caller", "state"),
    [(b"from app.base import record_baseline\nrecord_baseline([1])\n", State.DONE), (b"print(1)\n", State.MISSING)],
)
def test_statistics_may_be_recorded_by_a_function_that_is_called(caller: bytes, state: State) -> None:
    drift = b"def psi(a, b):\n    return 0.0\n"
    files = {"src/app/drift.py": drift, "src/app/base.py": BASELINE, "src/app/main.py": caller}
    assert BY_ID["drift-check"].finding(Facts(Snapshot.of_files(files))).state is state
