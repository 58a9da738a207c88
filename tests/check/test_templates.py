"""Real projects of each template: what a run does, what a person adds, and what a mistake costs."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from typing import NamedTuple

import pytest
from handed_in import RUNS, after_run, filled
from rendered import Files, findings, fresh, open_items
from support import combinations

from scaffolder.check.engine.repository import Repository
from scaffolder.check.engine.snapshot import Snapshot
from scaffolder.check.examine import examine
from scaffolder.check.items import ITEMS
from scaffolder.results.finding import State
from scaffolder.template import catalog

pytestmark = pytest.mark.slow

MEASURED = {
    *("evaluation-metrics", "recomputed-metrics", "provenance", "baseline", "figures", "model-index", "slices"),
    "latency",
}
README, CARD, METRICS = "README.md", "MODEL_CARD.md", "reports/metrics.json"
EVALUATION, OPERATION = "docs/evaluation.md", "docs/monitoring.md"
CHURN, ASSISTANT, BOTH = ("churn",), ("assistant",), ("churn", "assistant")


class Mutant(NamedTuple):
    """A change to the filled projects of these names, and the items that it costs."""

    name: str
    items: str
    change: Callable[[Files], Files]
    of: tuple[str, ...] = BOTH


def swapped(
    name: str,
    items: str,
    path: str,
    pattern: str,
    new: str | Callable[[re.Match[str]], str],
    of: tuple[str, ...] = BOTH,
) -> Mutant:
    """The first place in a file that matches is another text."""

    def change(files: Files) -> Files:
        text = files[path].decode()
        after = re.sub(pattern, new, text, count=1, flags=re.MULTILINE)
        assert after != text, f"{pattern!r} is not in {path}"
        return {**files, path: after.encode()}

    return Mutant(name, items, change, of)


def replaced(
    name: str, items: str, path: str, data: Callable[[bytes], bytes | None], of: tuple[str, ...] = BOTH
) -> Mutant:
    """A file has other content, or is gone."""

    def change(files: Files) -> Files:
        after = data(files[path])
        rest = {each: content for each, content in files.items() if each != path}
        return rest if after is None else {**rest, path: after}

    return Mutant(name, items, change, of)


def shorter_csv(data: bytes) -> bytes:
    return gzip.compress(gzip.decompress(data).rsplit(b"\n", 2)[0], mtime=0)


MUTANTS = [
    # what `make report` wrote, and the reports
    swapped("a digit of the headline", "evaluation-metrics", README, r"(?<=^ROC AUC: \*\*)0\.\d+", "0.999", CHURN),
    swapped("a digit of the headline", "evaluation-metrics", README, r"(?<=1 is perfect\) is \*\*)0\.\d+", "0.999", ASSISTANT),
    swapped("a digit of a table in docs", "evaluation-metrics", EVALUATION, r"(?<=^\| average precision \| )0\.\d+", "0.999", CHURN),
    swapped("a bound of a gate", "evaluation-metrics", README, r"(?<=^\| nDCG@10 \| at least )0\.\d+", "0.1", ASSISTANT),
    swapped("a digit of a slice", "evaluation-metrics", EVALUATION, r"^(\| (?:contract|type) = )\w", r"\1x"),
    swapped("a measured block that is gone", "evaluation-metrics", README, r"<!-- measured:gates -->", ""),
    swapped("a digit of the model index", "model-index", CARD, r"(?<=- type: )(\w+\n\s+value: )[\d.]+", r"\g<1>0.999"),
    swapped("a digit of the card's table", "model-index", CARD, r"(?<=^\| )(ROC AUC|nDCG@10) \| [\d.]+", r"\1 | 0.999"),
    swapped("a licence that is none", "model-index", CARD, r"^license: .*", "license: [free for all]"),
    swapped("a digit of the latency", "evaluation-metrics", OPERATION, r"(?<=^\| predict \| 1 \| )\d+\.\d+", "0.0001", CHURN),
    swapped("a digit of the latency", "evaluation-metrics", OPERATION, r"(?<=^\| 199 \| )\d+\.\d+", "0.0001", ASSISTANT),
    swapped("another prediction", "recomputed-metrics", "reports/predictions.csv", r"^(\d+),1,0\.", r"\1,0,0.", CHURN),
    swapped("another score of a question", "recomputed-metrics", "reports/predictions.csv", r",0\.81753,", ",0.91753,", ASSISTANT),
    swapped("a report without baselines", "baseline evaluation-metrics model-index", METRICS, r'"baseline": \[[\s\S]*?\n  \]', '"baseline": []', CHURN),
    # where they come from
    replaced("other data", "provenance", "data/churn.csv.gz", shorter_csv, CHURN),
    replaced("another benchmark", "provenance", "data/benchmark.jsonl", lambda data: data.rsplit(b"\n", 2)[0], ASSISTANT),
    replaced("a model that was exchanged", "provenance", "artifacts/model.onnx", lambda data: data + b"\0", CHURN),
    swapped("another commit on the page", "evaluation-metrics", EVALUATION, r"(?<=^\| Commit \| `)\w{8}", "0badc0de"),
    swapped("a run without a seed", "provenance evaluation-metrics model-index", METRICS, r' +"seed": \d+,\n', ""),
    replaced("a figure that is cut", "figures", "reports/figures/calibration.svg", lambda data: data[:60], CHURN),
    replaced("a figure of docs that is gone", "figures", "reports/figures/ranking.svg", lambda _: None, CHURN),
    replaced("a figure that is gone", "figures", "reports/figures/choices.svg", lambda _: None, ASSISTANT),
    # bounds
    swapped("a gate that was loosened", "quality-gate", "settings.toml", r"^roc_auc = 0\.\d+", "roc_auc = 0.01", CHURN),
    swapped("a gate that was loosened", "quality-gate", "settings.toml", r"^ndcg_at_10 = 0\.\d+", "ndcg_at_10 = 0.01", ASSISTANT),
    swapped("a gate that did not hold", "quality-gate evaluation-metrics model-index", METRICS, r'"passed": true', '"passed": false', ASSISTANT),
    # what watches it
    replaced("no drift check", "drift-check", "src/predictor/drift.py", lambda _: None, CHURN),
    swapped("an alert on what is not measured", "alerts", "monitoring/alerts.yml", r"http_request_duration_seconds_bucket|questions_total", "nobody_counts_this_total"),
    replaced("no earlier version", "rollback", "CHANGELOG.md", lambda _: b"# Changes\n"),
    # what people wrote
    swapped("an error that does not exist", "error-analysis", README, r"Row 4796", "Row 94796", CHURN),
    swapped("an error that is shown otherwise", "evaluation-metrics", EVALUATION, r"(?<=^\| 4796 \| 1 \| 0\.)\d+", "12345", CHURN),
    swapped("a question in the details", "error-analysis", EVALUATION, r"^## Figures", "TODO(results): what next?\n\n## Figures", CHURN),
    swapped("a review that is past", "staleness", OPERATION, r"2027-\d\d-\d\d", "2025-03-01"),
    swapped("a question that came back", "problem", README, r"^## Architecture", "TODO(problem): who?\n\n## Architecture"),
    replaced("no screenshot", "demo", "docs/screenshot.png", lambda _: None),
]  # fmt: skip
CASES = [(mutant, name) for mutant in MUTANTS for name in mutant.of]


@pytest.mark.parametrize(("template", "given"), [(t, g) for t in catalog.names() for g in combinations(t)])
def test_of_a_fresh_repository_nothing_is_done_that_takes_a_person_or_a_run(
    template: str, given: dict[str, str]
) -> None:
    found = findings(fresh(template, **given))
    assert {
        each.item: each.state for each in found.values() if each.written and each.state is not State.PLACEHOLDER
    } == {}
    assert {name for name in MEASURED if found[name].state in (State.DONE, State.WRITTEN)} == set()
    assert {each.item for each in found.values() if each.state in (State.ERROR, State.UNVERIFIED)} == set()


@pytest.mark.parametrize("name", RUNS)
def test_a_run_does_what_a_machine_can_and_no_more(name: str) -> None:
    found = findings(after_run(name))
    assert {item: found[item].evidence for item in MEASURED if found[item].state is not State.DONE} == {}
    assert {item.id for item in ITEMS if item.written and found[item.id].state is State.WRITTEN} == set()


@pytest.mark.parametrize("name", RUNS)
def test_a_good_learner_has_every_item_and_waits_for_a_review(name: str) -> None:
    report = examine(Repository(Snapshot.of_files(filled(name))), name)
    assert {each.item: each.evidence for each in report.findings if not each.state.counts} == {}
    assert (report.level, report.reviewed) == ("operator", False)


@pytest.mark.parametrize(
    ("mutant", "name"), CASES, ids=[f"{name}-{mutant.name.replace(' ', '-')}" for mutant, name in CASES]
)
def test_a_mutant_loses_its_own_item_and_no_other(mutant: Mutant, name: str) -> None:
    assert set(open_items(mutant.change(filled(name)))) == set(mutant.items.split())
