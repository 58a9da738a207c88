"""Real projects of each template: what a run does, what a person adds, and what a mistake costs."""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Callable
from typing import NamedTuple

import pytest
from handed_in import RUNS, after_run, filled
from rendered import Files, findings, fresh, open_items
from support import combinations

from scaffolder.check.engine.repository import Repository
from scaffolder.check.engine.snapshot import Snapshot
from scaffolder.check.items import ITEMS
from scaffolder.check.report import examine
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


def misprinted(name: str, items: str, path: str, pattern: str, of: tuple[str, ...] = BOTH) -> Mutant:
    """The number in the first group is the next greater one of its length that no report has."""

    def change(files: Files) -> Files:
        reports = " ".join(files[each].decode() for each in files if re.fullmatch(r"reports/\w+\.json", each))
        text = files[path].decode()
        match = re.search(pattern, text, re.MULTILINE)
        assert match, f"{pattern!r} is not in {path}"
        start, end = match.span(1)
        return {**files, path: f"{text[:start]}{_unmeasured(match[1], reports)}{text[end:]}".encode()}

    return Mutant(name, items, change, of)


def _unmeasured(printed: str, reports: str) -> str:
    places = len(printed.partition(".")[2])
    values = [float(each) for each in re.findall(r"(?<![\w.])\d+(?:\.\d+)?(?:e-?\d+)?", reports)]
    known = {f"{scale * value:.{places}f}" for value in values for scale in (1, 100)}
    candidates = (f"{float(printed) + step * 10.0**-places:.{places}f}" for step in range(1, 2_000))
    return next(each for each in candidates if each not in known)


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


N = r"(\d+\.\d+)"
MUTANTS = [
    # numbers of the page, the card and the reports
    misprinted("a digit of the headline", "evaluation-metrics", README, rf"^ROC AUC: \*\*{N}", CHURN),
    misprinted("a digit of the headline", "evaluation-metrics", README, rf"1 is perfect\) is \*\*{N}", ASSISTANT),
    swapped("the value of a slice in the headline", "evaluation-metrics", README, r"(?<=^ROC AUC: \*\*)0\.\d+", "0.854", CHURN),
    misprinted("a share in the headline", "evaluation-metrics", README, r"finds (\d\d) of 100", CHURN),
    misprinted("a share in the headline", "evaluation-metrics", README, r"\*\*(\d\d) of these", ASSISTANT),
    misprinted("a digit of a table", "evaluation-metrics", README, rf"^\| average precision \| {N}", CHURN),
    misprinted("a digit of a table in docs", "evaluation-metrics", EVALUATION, rf"^\| average precision \| {N}", CHURN),
    misprinted("a digit of a table", "evaluation-metrics", README, rf"^\| answer rate \| {N}", ASSISTANT),
    misprinted("a bound of an interval", "evaluation-metrics", README, rf"^\| (?:ROC AUC|nDCG@10) \| [\d.]+ \[{N}"),
    misprinted("a digit of a baseline", "evaluation-metrics", README, rf"^\| (?:average precision|answer rate) \|[^|]+\| {N}"),
    misprinted("a bound of a gate", "evaluation-metrics", EVALUATION, rf"^\| ROC AUC \| at least {N}", CHURN),
    misprinted("a bound of a gate", "evaluation-metrics", README, rf"^\| nDCG@10 \| at least {N}", ASSISTANT),
    misprinted("a number of the choice", "evaluation-metrics", EVALUATION, rf"won\*\* by {N}", CHURN),
    misprinted("a number of the choice", "evaluation-metrics", EVALUATION, rf"^\| dense \|.*\] \| {N}", ASSISTANT),
    swapped("a measured block that is gone", "evaluation-metrics", README, r"<!-- measured:gates -->", ""),
    misprinted("a digit of the model index", "model-index", CARD, rf"- type: \w+\n\s+value: {N}"),
    misprinted("a digit of the card's table", "model-index", CARD, rf"^\| (?:ROC AUC|nDCG@10) \| {N}"),
    swapped("a metric that the model index lacks", "model-index", CARD, r" +- type: recall\w*\n +value: \S+\n", ""),
    swapped("a licence that is none", "model-index", CARD, r"^license: .*", "license: [free for all]"),
    misprinted("a digit of a slice", "slices", EVALUATION, rf"^\| \w+ = [\w -]+ \| [\d,]+ \| {N}"),
    swapped("a slice that nobody measured", "slices", EVALUATION, r"^\| (contract|type) = [\w-]+", r"| \1 = Never"),
    misprinted("a digit of the latency", "latency evaluation-metrics", OPERATION, r"^\| predict \| 1 \| (\d+\.\d+)", CHURN),
    misprinted("a digit of the latency", "latency evaluation-metrics", OPERATION, r"^\| 199 \| (\d+\.\d+)", ASSISTANT),
    swapped("another prediction", "recomputed-metrics", "reports/predictions.csv", r"^(\d+),1,0\.", r"\1,0,0.", CHURN),
    swapped("another score of a question", "recomputed-metrics", "reports/predictions.csv", r",0\.81753,", ",0.91753,", ASSISTANT),
    swapped("a report without baselines", "baseline evaluation-metrics model-index", METRICS, r'"baseline": \[[\s\S]*?\n  \]', '"baseline": []', CHURN),
    # where they come from
    replaced("other data", "provenance", "data/churn.csv.gz", shorter_csv, CHURN),
    replaced("another benchmark", "provenance", "data/benchmark.jsonl", lambda data: data.rsplit(b"\n", 2)[0], ASSISTANT),
    replaced("a model that was exchanged", "provenance", "artifacts/model.onnx", lambda data: data + b"\0", CHURN),
    swapped("another commit on the page", "provenance", EVALUATION, r"(?<=^\| Commit \| `)\w{8}", "0badc0de"),
    swapped("a run without a seed", "provenance", METRICS, r' +"seed": \d+,\n', ""),
    replaced("a figure that is cut", "figures", "reports/figures/calibration.svg", lambda data: data[:60], CHURN),
    replaced("a figure of docs that is gone", "figures", "reports/figures/ranking.svg", lambda _: None, CHURN),
    replaced("a figure that is gone", "figures", "reports/figures/choices.svg", lambda _: None, ASSISTANT),
    # bounds
    swapped("a gate that was loosened", "quality-gate", "settings.toml", r"^roc_auc = 0\.\d+", "roc_auc = 0.01", CHURN),
    swapped("a gate that was loosened", "quality-gate", "settings.toml", r"^ndcg_at_10 = 0\.\d+", "ndcg_at_10 = 0.01", ASSISTANT),
    swapped("a gate that did not hold", "quality-gate", METRICS, r'"passed": true', '"passed": false', ASSISTANT),
    swapped("a gate that did not hold, and the page says that all did", "quality-gate evaluation-metrics", METRICS, r'"passed": true', '"passed": false', CHURN),
    swapped("a bound that another number has", "evaluation-metrics", README, r"\[0\.827, 0\.870\]\*\*; the", "[0.837, 0.870]**; the", CHURN),
    swapped("a bound that another number has", "evaluation-metrics", README, r"\[0\.827, 0\.870\]\*\*; the", "[0.827, 0.849]**; the", CHURN),
    swapped("a bound that another number has", "evaluation-metrics", README, r"\[0\.684, 0\.789\]\*\*, and", "[0.676, 0.789]**, and", ASSISTANT),
    swapped("a gate more than there is", "evaluation-metrics", README, "All 4 gates passed", "All 5 gates passed", CHURN),
    swapped("gates in words", "evaluation-metrics", README, "All 4 gates passed", "Both gates passed", CHURN),
    # what watches it
    replaced("no drift check", "drift-check", "src/predictor/drift.py", lambda _: None, CHURN),
    swapped("an alert on what is not measured", "alerts", "monitoring/alerts.yml", r"http_request_duration_seconds_bucket|questions_total", "nobody_counts_this_total"),
    replaced("no earlier version", "rollback", "CHANGELOG.md", lambda _: b"# Changes\n"),
    # what people wrote
    swapped("an error that does not exist", "error-analysis", README, r"Row 4796", "Row 94796", CHURN),
    swapped("an error that is shown otherwise", "error-analysis", EVALUATION, r"(?<=^\| 4796 \| 1 \| 0\.)\d+", "12345", CHURN),
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


LIES = [
    "It catches 97% of the leavers.",
    "The model is 93% accurate.",
    "The `roc_auc` is 0.999.",
    "Recall is 0.42 here.",
]


@pytest.mark.parametrize(
    "said", [*LIES, "Before I fixed the leak the AUC was 0.97.", "A recall of 0.99 would convince me."]
)
def test_numbers_in_sentences_are_no_verdict_but_are_named_in_a_note(said: str) -> None:
    files = filled("churn")
    page = files[README].decode().replace("## Error analysis", f"{said}\n\n## Error analysis")
    report = examine(Repository(Snapshot.of_files({**files, README: page.encode()})), "it")
    assert [each.item for each in report.findings if not each.state.counts] == []
    about_metrics = "leavers" not in said and "accurate" not in said
    noted = [note for note in report.notes if re.search(r"^Check these numbers.*README\.md:\d+ “0\.\d+”", note)]
    assert about_metrics is bool(noted)


def test_a_number_of_the_headline_may_be_repeated_in_a_sentence() -> None:
    files = filled("assistant")
    page = files[README].decode()
    assert "is **0.737 [0.684, 0.789]**" in page
    said = "The nDCG@10 of 0.737 is good, but too many quotations lack the expected words."
    files[README] = page.replace("## Error analysis", f"{said}\n\n## Error analysis").encode()
    assert examine(Repository(Snapshot.of_files(files)), "it").notes == ()


def on_other_data(files: Files) -> Files:
    """The same after a run on data of the owner's own."""
    rows = gzip.compress(b"tenure_months,churn\n1,Yes\n", mtime=0)
    digest = hashlib.sha256(rows).hexdigest().encode()
    shipped = re.search(rb'"data_sha256": "(\w+)"', files[METRICS])
    assert shipped
    moved = {path: data.replace(shipped[1], digest) for path, data in files.items() if path != "scaffolder.toml"}
    return {**files, **moved, "data/churn.csv.gz": rows}


def test_the_words_of_exchanged_data_are_leftovers() -> None:
    found = findings(on_other_data(filled("churn")))["leftovers"]
    assert found.state is State.MISSING
    assert "telecom" in found.evidence[0].fact


def test_without_words_of_the_former_data_nothing_is_left_over() -> None:
    files = on_other_data(filled("churn"))
    words = re.findall(rb'^  "(.+)",$', files["scaffolder.toml"], re.MULTILINE)
    for path in [path for path in files if path.endswith(".md")]:
        files[path] = re.sub(rb"(?i)\b(?:" + b"|".join(words) + rb")\b", b"swimming", files[path])
    assert findings(files)["leftovers"].state is State.DONE


@pytest.mark.parametrize(("amount", "state"), [("3,500", State.DONE), ("3,600", State.MISSING)])
def test_a_measured_block_may_print_what_the_settings_assume(amount: str, state: State) -> None:
    files = after_run("churn")
    assumed = files["settings.toml"].replace(b"false_negative = 100\n", b"false_negative = 100\nother = 3500\n")
    page = files[README].replace(
        b"<!-- /measured:results -->", f"\nA loss is {amount} USD.\n<!-- /measured:results -->".encode()
    )
    found = findings({**files, "settings.toml": assumed, README: page})
    assert found["evaluation-metrics"].state is state
