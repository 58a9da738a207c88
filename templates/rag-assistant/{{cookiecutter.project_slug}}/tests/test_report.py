"""`make report` fills every measured block of the documents with what was measured, or with why nothing was."""

from __future__ import annotations

import json
import re
import shutil
import tomllib
from contextlib import chdir
from pathlib import Path
from typing import Any

import pytest

from assistant import report, wiring
from assistant.evaluation import runner
from assistant.evaluation.scoring import EvaluationReport
from assistant.reporting.metrics import Baseline, ReportError, read_json, read_report
from assistant.settings import Settings
from toy import open_toy
from toy_benchmark import repository

ROOT = Path(__file__).parents[1]
NUMBERLESS = {"picture", "data", "ask-it", "experiments"}  # blocks that say something without a measurement
BETWEEN = re.compile(r"(?ms)^((?:<!--|#) measured:[^\n]+\n).*?^((?:<!--|#) /measured)")
BLOCKS = tomllib.loads((ROOT / "scaffolder.toml").read_text(encoding="utf-8"))["blocks"]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, Path]:
    """A repository in which everything was measured, and its settings."""
    folder = tmp_path_factory.mktemp("repository")
    with pytest.MonkeyPatch.context() as patch, chdir(folder):
        patch.setattr(wiring, "open_index", open_toy)
        patch.delenv("ASSISTANT_LLM_URL", raising=False)
        settings = repository(folder)
        runner.evaluate(settings)
    return settings, folder


@pytest.fixture
def folder(made: tuple[Settings, Path], tmp_path: Path) -> Path:
    """Its reports, beside this repository's documents, to be changed."""
    shutil.copytree(made[1] / "reports", tmp_path / "reports")
    for page in (*BLOCKS, "scaffolder.toml"):
        (tmp_path / page).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / page, tmp_path / page)
    return tmp_path


def counted(folder: Path, **changes: Any) -> None:
    data = read_json(folder / "reports/data.json")
    (folder / "reports/data.json").write_text(json.dumps(data | changes))


def rendered(made: tuple[Settings, Path], folder: Path, **changes: Any) -> dict[str, str]:
    with chdir(folder):
        measured = read_report(kind=EvaluationReport).model_copy(update=changes)
        return report.render(measured, read_json(Path("reports/data.json")), made[0])


def unmeasured(made: tuple[Settings, Path], folder: Path, count: int) -> None:
    counts: dict[str, Any] = {"asked": {"dev": 0, "test": count}, "answerable": {"dev": 0, "test": count}}
    so_far = f"the benchmark has {count or 'no'} questions so far; from 20 on"
    counted(folder, unmeasured=so_far, questions=count, **counts)
    (folder / "reports/metrics.json").unlink()


def test_every_block_is_filled_and_the_rest_stays(made: tuple[Settings, Path], folder: Path) -> None:
    before = {page: (folder / page).read_text(encoding="utf-8") for page in BLOCKS}
    with chdir(folder):
        assert {path.as_posix() for path in report.write(made[0])} <= set(BLOCKS)
        assert report.write(made[0]) == []
    shown = set[str]()
    for page, old in before.items():
        new = (folder / page).read_text(encoding="utf-8")
        assert BETWEEN.sub(r"\1\2", new) == BETWEEN.sub(r"\1\2", old)
        figures = re.findall(r"!\[[^]]*\]\(([^)]+\.svg)\)", new)
        assert all(((folder / page).parent / path).exists() for path in figures)
        assert len(figures) == len(set(figures))
        shown |= set(figures)
    assert shown


@pytest.mark.parametrize("count", [0, 12])
def test_without_numbers_every_block_says_why(made: tuple[Settings, Path], folder: Path, count: int) -> None:
    unmeasured(made, folder, count)
    with chdir(folder):
        report.write(made[0])
        found = report.render(None, read_json(Path("reports/data.json")), made[0])
    named = {name for names in BLOCKS.values() for name in names}
    for name in named - NUMBERLESS:
        assert f"the benchmark has {count or 'no'} questions so far" in found[name], name
    assert "3 documents" in found["data"]
    assert len({found[name] for name in named}) == len(named)  # no line is repeated under another heading
    assert not any("TODO" in text for text in found.values())


def test_the_headline_claims_no_gain_that_was_not_measured(made: tuple[Settings, Path], folder: Path) -> None:
    (one,) = read_report(folder / "reports/metrics.json", EvaluationReport).difference

    def headline(value: float, p: float, **more: Any) -> str:
        return " ".join(rendered(made, folder, difference=[one | {"value": value, "p": p}], **more)["headline"].split())

    assert "ranks the right passages better than plain keyword search" in headline(0.2, 0.001)
    assert "does not clearly rank the right passages better than plain keyword search" in headline(0.2, 0.2)
    assert "ranks the right passages **worse** than plain keyword search" in headline(-0.2, 0.001)
    assert "by keywords alone" in headline(0, 1, model="bm25")
    assert re.search("With so few questions.*`abstain_below` in settings.toml", headline(0.2, 0.001))
    counts = {"shown": 9, "right": 7, "refused": 3, "wrongly": 1}
    said = headline(0.2, 0.001, counts={"served": counts, "BM25 alone": counts | {"shown": 8, "right": 5}})
    assert "a quotation to 9, **and 7 of these hold the expected words**. It refused the other 3, 1 of them" in said
    assert "(BM25), 5 of 8 quotations hold them, and 1 of 3 refusals are wrong" in said


def test_a_quotation_is_never_called_an_answer(made: tuple[Settings, Path], folder: Path) -> None:
    assert "gave a quotation to" in " ".join(rendered(made, folder)["headline"].split())
    assert "gave an answer to" in " ".join(rendered(made, folder, answerer="small")["headline"].split())


def test_readme_has_few_scores_and_the_words_beside_what_they_hold(made: tuple[Settings, Path], folder: Path) -> None:
    measured = read_report(folder / "reports/metrics.json", EvaluationReport)
    words = f"in {measured.metric('words_shown').value:.0f} words"
    few = rendered(made, folder)["results"]
    (contained,) = [line for line in few.splitlines() if line.startswith("| answer containment | ")]
    assert f"] {words} |" in contained
    assert few.count("\n| ") - 1 == 6
    assert all(f"| {one.label} |" in rendered(made, folder)["scores"] for one in measured.metrics)
    quoted = [Baseline(model="quotation", **one.model_dump()) for one in measured.metrics]
    generated = rendered(made, folder, answerer="small", baseline=[*measured.baseline, *quoted])["results"]
    assert generated.count(f"] {words} |") >= 2
    refused = [one for one in measured.metrics if one.name != "words_shown"]  # every question, so nothing was shown
    assert f"] {words} |" not in rendered(made, folder, metrics=refused, quoted={"1": [], "3": []})["results"]


def test_unknown_refusals_are_said_to_be_unknown(made: tuple[Settings, Path], folder: Path) -> None:
    measured = read_report(folder / "reports/metrics.json", EvaluationReport)
    answerable = {name: number for name, number in measured.errors.items() if name != "not refused"}
    answerable |= {"right": 10 - sum(number for name, number in answerable.items() if name != "right")}
    counted(folder, asked={"dev": 0, "test": 10})
    known = [one for one in measured.metrics if not one.name.startswith("abstention")]
    found = rendered(made, folder, errors=answerable | {"not refused": 0}, metrics=known, slices=[], dev={})
    assert "is unknown, since no test question asks for that" in found["headline"]
    assert "nothing is known about refusals" in found["results"]
    assert "| dev | no such question | no such question |" in found["abstention"]
    assert "five test questions" in found["slices"]


def test_gates_that_no_question_measures_are_said(made: tuple[Settings, Path], folder: Path) -> None:
    assert "There are no gates" in rendered(made, folder)["gates"]
    gated = made[0].model_copy(update={"gates": {"abstention_recall": 0.5}}), made[1]
    assert "are not checked yet: run `make evaluate`" in rendered(gated, folder)["gates"]
    why = "Not checked, because no test question measures it: abstention\\_recall.\n"
    assert rendered(gated, folder, unchecked=["abstention_recall"])["gates"] == why


def test_the_commit_is_named_only_for_what_it_has(made: tuple[Settings, Path], folder: Path) -> None:
    run = read_report(folder / "reports/metrics.json", EvaluationReport).run.model_copy(update={"commit": "c0ffee"})
    assert "`c0ffee`" in rendered(made, folder, run=run, changed=False)["provenance"]
    assert "`c0ffee` with later changes to settings" in rendered(made, folder, run=run, changed=True)["provenance"]


def test_the_table_of_searches_claims_no_more_than_it_shows(made: tuple[Settings, Path], folder: Path) -> None:
    table = rendered(made, folder)["ablation"]
    (bm25,) = [line for line in table.splitlines() if line.startswith("| bm25 |")]
    assert bm25.endswith("| planned, see above |")
    assert "Holm's method for\n4 comparisons" in table
    rows = [row | {"dev": 0.5} for row in read_report(folder / "reports/metrics.json", EvaluationReport).ablation]
    for score, said in ((0.5, "None is better than the served one"), (0.6, "bm25 is better than the served one")):
        assert said in rendered(made, folder, ablation=[rows[-1] | {"model": "bm25", "dev": score}, *rows])["ablation"]


def test_foreign_text_stays_text(made: tuple[Settings, Path], folder: Path) -> None:
    path = folder / "reports/errors.csv"
    header = path.read_text(encoding="utf-8").splitlines()[0]
    path.write_text(f'{header}\nq1,x,fact,"a|b *d* <e>\n![f](g)",x § y,,z,0.1,no\n', encoding="utf-8")
    (row,) = [line for line in rendered(made, folder)["worst"].splitlines() if line.startswith("| q1 |")]
    assert (row.count(" | "), [harm for harm in ("<e>", "![f](g)") if harm in row]) == (4, [])
    corpus = made[0].corpus.model_copy(update={"example": "What's `this`?\n$(rm)", "title": "<b>"})
    found = rendered((made[0].model_copy(update={"corpus": corpus}), made[1]), folder)
    assert """-d '{"question": "What'"'"'s `this`?\\n$(rm)"}'""" in found["ask-it"]
    assert "<b>" not in found["data"]


def test_a_screenshot_is_shown_before_a_figure(made: tuple[Settings, Path], folder: Path) -> None:
    (folder / "docs/screenshot.png").unlink(missing_ok=True)
    assert "choices.svg" in rendered(made, folder)["picture"]
    (folder / "docs/screenshot.png").write_bytes(b"\x89 mine")
    assert 'the passage that it found" width' in rendered(made, folder)["picture"]


def test_what_is_missing_or_wrong_is_named_and_nothing_is_changed(made: tuple[Settings, Path], folder: Path) -> None:
    readme = (folder / "README.md").read_bytes()
    (folder / "MODEL_CARD.md").write_text("no marks")
    with chdir(folder), pytest.raises(ReportError, match=r"MODEL_CARD\.md: block .* must have the lines"):
        report.write(made[0])
    (folder / "reports/data.json").unlink()
    with chdir(folder), pytest.raises(ReportError, match="make evaluate"):
        report.write(made[0])
    assert (folder / "README.md").read_bytes() == readme
