"""The rows that docs/evaluation.md names: what was chosen on is not what is measured on."""

from __future__ import annotations

from contextlib import chdir
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assistant import report, wiring
from assistant.evaluation import rivals, runner
from assistant.evaluation.benchmark import Benchmark, BenchmarkError, load, read
from assistant.evaluation.cases import documents_of
from assistant.reporting.metrics import read_json
from assistant.settings import load_settings
from toy import open_toy
from toy_benchmark import LINES, line, repository

ROOT = Path(__file__).parents[1]
DEV = [line(f"more{number}", "dev", f"Why does planet {number} glow?") for number in range(10)]
AGAIN = [one | {"id": f"again{one['id']}", "question": f"{one['question'][:-1]}, please?"} for one in LINES]


@pytest.fixture(autouse=True)
def no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wiring, "open_index", open_toy)
    monkeypatch.delenv("ASSISTANT_LLM_URL", raising=False)


def words(question: str) -> str:
    return " ".join(question.casefold().rstrip(" ?!.").split())


def test_no_question_of_this_repository_is_in_dev_and_in_test() -> None:
    questions = read(ROOT / load_settings(ROOT / "settings.toml").evaluation.benchmark)
    dev, test = ({words(one.question) for one in questions if one.split == split} for split in ("dev", "test"))
    assert dev & test == set()


def test_a_question_in_both_splits_is_refused(tmp_path: Path) -> None:
    both = line("q1", "dev", "Why is  MARS red"), line("q2", "test", "Why is Mars red?")
    assert (
        len(read(Path(repository(tmp_path, [both[0], line("q3", "test", "Why is Mars red++?")]).evaluation.benchmark)))
        == 2
    )
    settings = repository(tmp_path, both)
    with pytest.raises(BenchmarkError, match="'q1' in dev and 'q2' in test are the same question"):
        read(Path(settings.evaluation.benchmark))


def alone(folder: Path, lines: list[dict[str, Any]]) -> tuple[float, int]:
    folder.mkdir()
    with wiring.open_assistant(repository(folder, lines)) as assistant:
        benchmark = load(assistant.settings, documents_of(assistant.index.store))
        threshold, cases = rivals.alone(assistant, benchmark)
        return threshold, sum(case.answer.confidence < threshold for case in cases if case.answer.abstained)


def test_the_threshold_of_bm25_is_fitted_on_dev_alone(tmp_path: Path) -> None:
    asked = [*LINES, *AGAIN, *DEV]
    threshold, refused = alone(tmp_path / "a", asked)
    changed = [one | {"question": f"Loans, {one['id']}?"} if one["split"] == "test" else one for one in asked]
    assert alone(tmp_path / "b", changed)[0] == threshold != 0.2
    assert refused > 0
    assert alone(tmp_path / "c", LINES)[0] == 0.2  # too few dev questions: the served one


def test_looks_before_the_first_run_count_for_their_data_alone(tmp_path: Path) -> None:
    settings = repository(tmp_path)
    with chdir(tmp_path), wiring.open_assistant(settings) as assistant:
        benchmark: Benchmark = load(settings, documents_of(assistant.index.store))
        own = runner.looks(assistant, benchmark)
        assert len(own) == 1
        for digest, count in ((benchmark.data_sha256, 2), ("0" * 64, 1)):
            evaluation = settings.evaluation.model_copy(update={"looked_before": {digest: ["an earlier one"]}})
            changed = settings.model_copy(update={"evaluation": evaluation})
            assert len(runner.looks(replace(assistant, settings=changed), benchmark)) == count


def test_counts_are_of_all_questions_and_the_page_names_their_rows(tmp_path: Path) -> None:
    settings = repository(tmp_path)
    with chdir(tmp_path):
        measured = runner.evaluate(settings)
        assert measured is not None
        data = read_json(Path("reports/data.json"))
        found = report.render(measured, data, settings)
        fitted = report.render(
            measured.model_copy(update={"looks": ["before", "abc"]}), data | {"unfitted": ""}, settings
        )
    assert all(one["shown"] + one["refused"] == 12 for one in measured.counts.values())
    served = measured.counts["served"]
    shares = served["right"] / served["shown"], 1 - served["wrongly"] / served["refused"]
    assert shares == pytest.approx(
        [measured.metric(name).value for name in ("answer_precision", "abstention_precision")], abs=1e-5
    )
    longer = {passages: {one.name: one.value for one in scores} for passages, scores in measured.quoted.items()}
    assert longer["3"]["words_shown"] > longer["1"]["words_shown"] == measured.metric("words_shown").value
    few = "not fitted to these documents: that takes 20 answerable and 10 unanswerable dev questions, and there are 10"
    assert all(few in found[name] and few not in fitted[name] for name in ("headline", "abstention"))
    said = "12 test questions", "1 version is known", "the served one, for want of dev questions"
    assert [one for one in said if one not in found["rows"]] == []
    assert [one for one in ("2 versions are known", "before; abc") if one not in fitted["rows"]] == []
