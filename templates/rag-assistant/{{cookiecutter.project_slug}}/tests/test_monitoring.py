"""The question log, its privacy and bounds; feedback; drift; and that no answer depends on any of it."""

from __future__ import annotations

import dataclasses
import time
from pathlib import Path

import apsw
import numpy as np
import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, generate_latest

from assistant.errors import Unavailable
from assistant.hits import Hit
from assistant.monitoring import activity
from assistant.monitoring.activity import DAY, ActivityLog, Asked
from assistant.monitoring.baseline import FACT, headings, own_queries, read_baseline, record_baseline, top_score
from assistant.monitoring.drift import SHIFTED, baseline_of, limit, stability
from assistant.monitoring.measures import LEAST, Measures
from assistant.monitoring.summary import summary
from assistant.passages import Document
from assistant.retrieval.search import Retriever
from assistant.settings import Settings
from assistant.stores.base import Store
from sample_service import Scripted, make_app
from toy import HashEmbedder, index_document
from toy_benchmark import write_benchmark

ASKED = Asked("a" * 24, "Who is ill?", {"kind": ["guide"]}, 0.6, 0.9, False, 0.02, "extractive", 5, 3, 0.25)
BOOK = {"question": "How long is a book lent?"}


def asked(number: int, **changes: object) -> Asked:
    return dataclasses.replace(ASKED, id=f"{number:024x}", **changes)  # type: ignore[arg-type]


def rows(path: Path, columns: str = "question") -> list[tuple[object, ...]]:
    """What is in the file, read by the same SQLite: a second copy of it in one process does not see its locks."""
    connection = apsw.Connection(str(path))
    found = list(connection.execute(f"SELECT {columns} FROM question ORDER BY asked_at"))
    connection.close()
    return found


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "logs" / "activity.db"


def test_the_log_keeps_what_monitoring_needs(path: Path) -> None:
    assert ActivityLog(path, "text").record(ASKED)
    (row,) = rows(path, "question, filter, top_score, confidence, abstained, seconds, model, prompt_tokens, cost")
    assert row == ("Who is ill?", '{"kind": ["guide"]}', 0.6, 0.9, 0, 0.02, "extractive", 5, 0.25)


def test_by_default_words_become_a_digest_that_only_tells_repetitions(path: Path, tmp_path: Path) -> None:
    log = ActivityLog(path)
    for number, question in enumerate(["Who is ill?", " who  IS ill?", "Who is well?"]):
        log.record(asked(number, question=question))
    (first,), (again,), (other,) = rows(path)
    assert first == again != other
    log.close()
    assert b"ill" not in b"".join(file.read_bytes() for file in path.parent.iterdir())
    elsewhere = ActivityLog(tmp_path / "other.db")
    elsewhere.record(ASKED)
    assert rows(tmp_path / "other.db") != [(first,)]


def test_switched_off_it_keeps_no_words_at_all(path: Path) -> None:
    log = ActivityLog(path, "off")
    log.record(ASKED)
    assert rows(path) == [(None,)]
    assert log.recent(10) == [(0.6, False)]


def test_feedback_belongs_to_a_question_and_goes_with_it(path: Path) -> None:
    log = ActivityLog(path)
    log.record(ASKED)
    assert log.feedback(ASKED.id, True, "thanks")
    assert log.feedback(ASKED.id, False, "on second thought")
    assert not log.feedback("0" * 24, True)
    totals = log.totals(days=1)
    assert (totals.questions, totals.helpful, totals.unhelpful) == (1, 0, 1)
    connection = apsw.Connection(str(path))
    connection.pragma("foreign_keys", True)
    connection.execute("DELETE FROM question")
    assert list(connection.execute("SELECT count(*) FROM feedback")) == [(0,)]


def test_the_log_is_bounded_in_rows_and_days(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(activity, "PRUNE_EVERY", 1)
    log = ActivityLog(path, max_rows=5, max_days=30)
    now = time.time()
    for number, age in enumerate([40, 31, 8, 7, 6, 5, 4, 3, 2, 1]):
        monkeypatch.setattr(activity, "time", lambda age=age: now - age * DAY)
        log.record(asked(number))
    monkeypatch.setattr(activity, "time", lambda: now)
    assert [row[0] for row in rows(path, "id")] == [asked(number).id for number in range(5, 10)]
    monkeypatch.setattr(activity, "time", lambda: now + 29 * DAY)
    log.record(asked(10))
    assert [row[0] for row in rows(path, "id")] == [asked(number).id for number in (9, 10)]


def test_a_locked_log_costs_a_moment_and_no_answer(
    path: Path, settings: Settings, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(activity, "BUSY_MS", 20)
    with TestClient(make_app(settings, store, Scripted(), path.parent)) as client:
        first = client.post("/ask", json=BOOK).json()["id"]
        other = apsw.Connection(str(path))
        other.execute("BEGIN EXCLUSIVE")
        assert client.post("/ask", json=BOOK).status_code == 200
        refused = client.post("/feedback", json={"answer": first, "helpful": True})
        assert refused.status_code == 503
        other.execute("ROLLBACK")
        assert client.post("/feedback", json={"answer": first, "helpful": True}).status_code == 200
        assert "questions_unlogged_total 1.0" in client.get("/metrics").text
    assert len(rows(path)) == 1


@pytest.mark.parametrize("obstacle", ["full", "folder", "garbage", "no permission"])
def test_a_log_that_cannot_be_written_breaks_no_answer(
    obstacle: str, path: Path, settings: Settings, store: Store
) -> None:
    if obstacle == "garbage":
        path.parent.mkdir()
        path.write_bytes(b"no database" * 1000)
    elif obstacle == "folder":
        path.mkdir(parents=True)
    elif obstacle == "full":
        path = Path("/dev/full")
    else:
        path = Path("/proc/activity.db")
    app = make_app(settings, store, Scripted(), path.parent)
    log = ActivityLog(path)
    assert not log.record(ASKED)
    assert log.recent(5) == []
    for read in (lambda: log.totals(1), lambda: log.seconds(1), lambda: log.feedback("0" * 24, True)):
        with pytest.raises(Unavailable):
            read()
    if obstacle in ("garbage", "folder"):
        with TestClient(app) as client:
            assert client.post("/ask", json=BOOK).status_code == 200


def test_a_log_that_could_not_be_opened_is_tried_again(path: Path) -> None:
    path.mkdir(parents=True)
    log = ActivityLog(path)
    assert not log.record(ASKED)
    path.rmdir()
    assert log.record(ASKED)


def test_the_same_scores_do_not_drift_and_others_do() -> None:
    random = np.random.default_rng(7)
    baseline = baseline_of(random.normal(0.6, 0.1, 400).tolist())
    same = random.normal(0.6, 0.1, 400).tolist()
    lower = random.normal(0.5, 0.1, 400).tolist()
    assert stability(same, baseline) < 0.1
    assert stability(lower, baseline) > limit(400, baseline) == SHIFTED


def test_the_index_is_what_its_source_says() -> None:
    baseline = baseline_of([0.05 + 0.1 * number for number in range(10)])
    scores = [0.05] * 5 + [0.95] * 5
    expected = 2 * (0.5 - 0.1) * np.log(0.5 / 0.1) + 8 * (1e-4 - 0.1) * np.log(1e-4 / 0.1)
    assert stability(scores, baseline) == pytest.approx(expected)
    assert limit(10, baseline) == pytest.approx((1 / 10 + 1 / 10) * 16.919)


@given(st.lists(st.floats(-1, 1), min_size=1), st.lists(st.floats(-1, 1), min_size=1))
def test_any_scores_have_an_index(expected: list[float], scores: list[float]) -> None:
    baseline = baseline_of(expected)
    assert 0 <= stability(scores, baseline) < 100
    assert stability(expected, baseline) == 0


def test_few_questions_alone_are_no_drift() -> None:
    """Of samples that did not drift at most about 5% may exceed the limit, however few they are."""
    random = np.random.default_rng(3)
    alarms = 0
    for _ in range(300):
        baseline = baseline_of(random.uniform(size=200).tolist())
        scores = random.uniform(size=60).tolist()
        alarms += stability(scores, baseline) > limit(60, baseline)
    assert alarms / 300 < 0.12


def test_the_baseline_is_asked_of_the_headings(store: Store, settings: Settings) -> None:
    assert headings(store) == sorted(
        ["Loans", "Periods", "Renewals", "Rooms", "Group rooms", "Fees", "Late books"]
    )  # fmt: skip
    assert headings(store, most=3) == ["Fees", "Late books", "Periods"]
    assert read_baseline(store) is None
    baseline = record_baseline(store, HashEmbedder(), settings)
    assert baseline is not None
    assert (baseline.count, baseline.source) == (7, "headings")
    assert read_baseline(store) == baseline
    store.set_facts({FACT: "broken"})
    assert read_baseline(store) is None


def test_of_a_benchmark_about_these_documents_the_development_questions_are_asked(
    store: Store, settings: Settings, corpus_folder: Path
) -> None:
    changed = write_benchmark(corpus_folder.parent, settings)
    baseline = record_baseline(store, HashEmbedder(), changed)
    assert baseline is not None
    assert (baseline.count, baseline.source) == (3, "questions")
    store.remove("guides/loans")
    assert own_queries(store, changed.evaluation)[0] == "headings"


def test_a_comment_in_code_is_no_heading(store: Store) -> None:
    text = "# Top\n\n```python\n# a comment\n```\n"
    index_document(store, HashEmbedder(), Document("uploads/code", "Code", text, "0" * 64, {}))
    assert "a comment" not in headings(store)
    assert "Top" in headings(store)


def test_an_empty_index_has_no_baseline(store: Store, settings: Settings) -> None:
    store.clear()
    assert record_baseline(store, HashEmbedder(), settings) is None
    assert read_baseline(store) is None


def test_the_top_score_is_the_nearest_passages_similarity(store: Store, settings: Settings) -> None:
    hits = Retriever(store, HashEmbedder(), settings.retrieval).search("late books")
    assert top_score(hits) == max(hit.dense for hit in hits if hit.dense is not None)
    assert top_score([Hit(hits[0].chunk, 3.5, lexical=3.5)]) == 3.5
    assert top_score([]) is None


def exposed(registry: CollectorRegistry) -> str:
    return generate_latest(registry).decode()


def test_shares_and_drift_are_measured_once_there_are_enough_questions() -> None:
    registry = CollectorRegistry()
    measures = Measures(registry)
    for number in range(LEAST - 1):
        measures.answered(asked(number, top_score=0.2, abstained=number % 2 == 0), logged=True)
    assert "unanswered_ratio" not in exposed(registry)
    measures.answered(asked(LEAST), logged=False)
    text = exposed(registry)
    assert "unanswered_ratio 0.5" in text
    assert "questions_unlogged_total 1.0" in text
    assert "retrieval_drift_psi" not in text
    measures.window.baseline = baseline_of([0.6 + number / 1000 for number in range(100)])
    text = exposed(registry)
    drift = float(text.split("\nretrieval_drift_psi ")[1].split()[0])
    most = float(text.split("\nretrieval_drift_limit ")[1].split()[0])
    assert drift > most > 0
    measures.window.baseline = baseline_of([0.6], "headings")
    text = exposed(registry)
    assert "retrieval_drift_psi" in text
    assert "retrieval_drift_limit" not in text


def test_a_restarted_service_remembers_the_last_questions(settings: Settings, store: Store, tmp_path: Path) -> None:
    log = ActivityLog(tmp_path / "activity.db")
    for number in range(LEAST):
        log.record(asked(number))
    record_baseline(store, HashEmbedder(), settings)
    with TestClient(make_app(settings, store, Scripted(), tmp_path)) as client:
        assert f"window_questions {float(LEAST)}" in client.get("/metrics").text
        client.post("/ask", json=BOOK)
        assert "retrieval_drift_psi" in client.get("/metrics").text


def test_the_summary_says_it_in_words(path: Path) -> None:
    log = ActivityLog(path)
    assert summary(log, None) == "No questions in the last 7 days."
    for number in range(LEAST):
        log.record(asked(number, abstained=number < 5, top_score=0.1))
    log.feedback(asked(0).id, False)
    text = summary(log, None)
    assert "questions     50" in text
    assert "5 (10.0%)" in text
    assert "0 helpful, 1 not" in text
    assert "250 prompt, 150 completion; cost 12.5000" in text
    assert "make ingest" in text
    shifted = baseline_of([0.6 + number / 1000 for number in range(100)])
    assert "shifted" in summary(log, shifted)
    assert "as expected" in summary(log, baseline_of([0.1] * 100))
    assert "watch the trend" in summary(log, baseline_of([0.1] * 100, "headings"))
