"""A rag-assistant repository as generated, after a run and as a good learner hands it in; and what each mistake costs.

No number of the run stands in here but by a pattern, so that a new run (renew.py) needs no other mutants.
"""

from __future__ import annotations

import csv
import io
import re
from itertools import product

import pytest
from common_mutants import ALERTS, CARD, CI, COMMON, KEY, MAKEFILE, METRICS, MONITORING, README, RISKS, SHEET
from filled import ASSISTANT, Files, findings, open_items, unrecorded
from mutants import Mutant, asked_again, changed, misprinted, swapped, with_file, without

from scaffolder.check.engine.finding import State
from scaffolder.check.items import ITEMS
from scaffolder.template import catalog

ABLATION, BENCHMARK, PREDICTIONS = "reports/ablation.csv", "data/benchmark.jsonl", "reports/predictions.csv"
MEASURED = {
    *("evaluation-metrics", "recomputed-metrics", "provenance", "baseline", "figures"),
    *("model-index", "slices", "latency"),
}
MACHINE = MEASURED | {
    *("data-schema", "reproduce", "tests", "links", "ci", "ci-trust", "quality-gate", "integration-test"),
    *("dockerfile", "configuration", "secrets", "drift-check"),
}
"""What a machine can do; the rest takes a person."""
HUMAN = {item.id for item in ITEMS if item.human}
QUESTIONS = catalog.bundled("rag-assistant").questions
COMBINATIONS = list(product(QUESTIONS["embedding"].choices, QUESTIONS["vector_store"].choices))

N = r"(\d\.\d+)"
IN_TABLE = rf"(?<=\| `ndcg_at_10` \| ){N}"
ERRORS = "## Error analysis"


def without_last_line(path: str) -> Mutant:
    return with_file(
        f"a line less in {path}", "provenance", path, lambda files: files[path].rsplit(b"\n", 2)[0] + b"\n"
    )


def with_other_value(column: str, files: Files) -> bytes:
    """The predictions with the first value of a column another one."""
    rows = list(csv.reader(io.StringIO(files[PREDICTIONS].decode())))
    place = rows[0].index(column)
    row = next(row for row in rows[1:] if row[place])
    row[place] = "0" if float(row[place]) else "1"
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


def everywhere(metric: str) -> Mutant:
    """README, card and report say the same wrong value of one metric."""

    def files(fixture: object) -> Files:
        found = ASSISTANT.filled()
        report = found[METRICS].decode()
        (measured,) = re.findall(
            rf'"name": "{metric}",\s+"value": (0\.\d+),[^{{}}]+"split": "test",[^{{}}]+}}', report
        )[:1]
        raised = f"0.9{measured[3:]}"
        shown = rf"\b{float(measured):.3f}(?= \[| \| passed)"
        for path in (README, CARD):
            text = re.sub(shown, f"{float(raised):.3f}", found[path].decode())
            text = text.replace(f"expected words for {float(measured):.0%}", f"expected words for {float(raised):.0%}")
            found[path] = re.sub(rf"(type: {metric}\n            value: )\S+", rf"\g<1>{raised}", text).encode()
        found[METRICS] = re.sub(rf"(?<=: ){re.escape(measured)}\b", raised, report).encode()
        return found

    return Mutant(f"{metric} raised in README, card and report", ("recomputed-metrics",), files)


NUMBERS = [
    misprinted("a digit of the headline", "evaluation-metrics", rf"`ndcg_at_10` is {N}(?= \[[\d., ]+\], and)", README),
    misprinted("a digit of BM25 in the headline", "evaluation-metrics", rf", and {N}(?= for BM25 alone)", README),
    misprinted("the p-value of the headline", "evaluation-metrics", r"BM25 alone(?: \(|; the gain has )p = (\d\.\d+)", README),
    misprinted("a share of answers in the headline", "evaluation-metrics", r"it answers (\d\d)%(?= of)", README),
    misprinted("a share of refusals in the headline", "evaluation-metrics", r"it refuses (\d\d)%(?= of)", README),
    misprinted("a share of right words in the headline", "evaluation-metrics", r"expected words for (\d\d)%", README),
    misprinted("ndcg_at_10 in the table", "evaluation-metrics", IN_TABLE, README),
    misprinted("a bound of an interval", "evaluation-metrics", rf"(?<=\| `ndcg_at_10` \| )\d\.\d+ \[{N}", README),
    misprinted("ndcg_at_10 of BM25 in the table", "evaluation-metrics", rf"(?<=\| `ndcg_at_10` \| )[^|]+\| {N}", README),
    misprinted("recall_at_5 in the table", "evaluation-metrics", rf"(?<=\| `recall_at_5` \| ){N}", README),
    misprinted("answer_containment in the table", "evaluation-metrics", rf"(?<=\| `answer_containment` \| ){N}", README),
    misprinted("citation_precision in the table", "evaluation-metrics", rf"(?<=\| `citation_precision` \| ){N}", README),
    misprinted("the latency in the table", "evaluation-metrics", r"(?<=\| `latency_p50_ms` \| )(\d+\.\d+)", README),
    misprinted("the gain over BM25", "evaluation-metrics", rf"(?<=in `ndcg_at_10` is ){N}", README),
    misprinted("the p-value of the gain", "evaluation-metrics", rf"clear: p = {N}", README),
    misprinted("a p-value of the ablation", "evaluation-metrics", rf"^\| retrieval: dense \|.*\| {N}(?= \|$)", README),
    misprinted("a test score of the ablation", "evaluation-metrics", rf"^\| embedding: \w+ \|.*?\| {N}(?= \[)", README),
    misprinted("a dev score of the ablation", "evaluation-metrics", rf"^\| chunking: fixed \| \d+ \| {N}", README),
    misprinted("the threshold of silence", "evaluation-metrics", rf"(?<=Below a confidence of ){N}", README),
    misprinted("a share of the dev questions answered", "evaluation-metrics", r"this answers (\d\d)%", README),
    misprinted("a share of the dev questions refused", "evaluation-metrics", r"answerable and refuses (\d\d)%", README),
    misprinted("abstention_recall in a sentence", "evaluation-metrics", rf"(?<=`abstention_recall` is ){N}", README),
    misprinted("answer_rate in a sentence", "evaluation-metrics", rf"(?<=`answer_rate` is ){N}", README),
    misprinted("a measured gate", "evaluation-metrics", rf"^\| abstention_recall \| at least [\d.]+ \| {N}", README),
    misprinted("a number of failures", "evaluation-metrics", r"^\| \*\*ranked, not answered\*\* \|.*\| (\d+)(?= \|)", README),
    misprinted("a number of test questions", "evaluation-metrics", r"(?<=^Measured on )(\d+)", README),
    misprinted("a number of questions in a split", "evaluation-metrics", r"^\| test \|.*\| (\d+)(?= \| \d+ \|$)", README),
    misprinted("a number of passages", "evaluation-metrics", r"(?<=cut into )(\d+)(?= passages)", README),
    changed("a flattering share of answers", "evaluation-metrics", README, ERRORS, f"It answers 99% of the questions.\n\n{ERRORS}"),
    changed("a flattering share of refusals", "evaluation-metrics", README, ERRORS, f"It refuses 99% of the unanswerable questions.\n\n{ERRORS}"),
    changed("a score that nobody measured", "evaluation-metrics", README, ERRORS, f"Its faithfulness is 0.97.\n\n{ERRORS}"),
    everywhere("ndcg_at_10"),
    everywhere("answer_containment"),
    with_file("a question that was answered after all", "recomputed-metrics", PREDICTIONS, lambda files: with_other_value("answer_rate", files)),
    with_file("a better ranking of one question", "recomputed-metrics", PREDICTIONS, lambda files: with_other_value("ndcg_at_10", files)),
    swapped("a report without baselines", "baseline evaluation-metrics model-index", r'"baseline": \[[\s\S]*?\n  \]', '"baseline": []', METRICS),
    misprinted("a digit of the model index", "model-index", rf"type: mrr_at_10\n            value: {N}", CARD),
    swapped("a metric that the model index lacks", "model-index", r"          - type: answer_rate\n.*\n", "", CARD),
    misprinted("ndcg_at_10 in the card's table", "model-index", IN_TABLE, CARD),
    misprinted("the gain on the card", "model-index", rf"(?<=in `ndcg_at_10` is ){N}", CARD),
    changed("a made-up number on the card", "model-index", CARD, "They used to interrupt", "Its `ndcg_at_10` is 0.99. They used to interrupt"),
    misprinted("a digit of a slice on the card", "slices", rf"^\| type = how-to \| \d+ \| {N}", CARD),
    changed("a slice that nobody measured", "slices", CARD, "| type = how-to |", "| type = riddle |"),
    misprinted("a digit of the load test", "latency", r"^\| ask \| 1 \| (\d+\.\d+)", README),
    misprinted("a digit of the load test's tail", "latency", r"^\| ask again \| 4 \|.*?\| (\d+\.\d+)(?= \| \d+\.\d+ \|$)", README),
    swapped("a gate that was loosened", "quality-gate", r'(metric = "ndcg_at_10".*\nmin = 0)\.\d+', r"\1.3", "settings.toml"),
    swapped("a gate that is gone", "quality-gate", r'\[\[gates\]\]\nmetric = "answer_rate".*\nmin = [\d.]+\n', "", "settings.toml"),
]  # fmt: skip

RUN = [
    changed("a document edited after the run", "provenance", "data/corpus/statements/with.md", "the exception is suppressed", "the exception is not suppressed"),
    without("a document that is gone", "provenance", "data/corpus/library/re.md"),
    without_last_line(BENCHMARK),
    changed("an easier question", "provenance", BENCHMARK, "is far too long", "is a bit long"),
    swapped("another hash in the list", "provenance", r"^\w{6}(?=\w+  corpus/library/re.md)", "0f0f0f", "data/SHA256SUMS"),
    without("a figure that is gone", "figures", "reports/figures/recall.svg"),
    with_file("an empty figure", "figures", "reports/figures/tuning.svg", lambda files: b""),
    with_file("a figure cut in two", "figures", "reports/figures/confidence.svg", lambda files: files["reports/figures/confidence.svg"][:9_000]),
]  # fmt: skip

WORDS = [
    asked_again("problem", README, "problem", "action"),
    asked_again("data-source", README, "data"),
    asked_again("error-analysis", README, "errors", "slices"),
    asked_again("deployment", README, "deployment"),
    asked_again("limitations", README, "harm", "limitations"),
    asked_again("intended-use", CARD, "users"),
    asked_again("model-card", CARD, "harm"),
    asked_again("incident-contact", MONITORING, "incident"),
    changed("a question that came back", "problem", README, "Whoever asked opens", "TODO(action): who?\n\nWhoever asked opens"),
    swapped("no target", "problem", r" The problem is\nsolved when[\s\S]*?the rest\.", " I want it solved.", README),
    changed("the template's diagram", "architecture", README, '    api <--> bot["chat bot<br/>#py-help"]\n    bot --> developers((Java developers))\n    bot -- "refusal" --> seniors((Tomas and Noor))\n    seniors -- "new page" --> files\n', "    api <--> client((client))\n"),
    changed("an edge to nowhere", "architecture", README, "    bot --> developers((Java developers))", "    bot -->"),
    misprinted("a wrong number of questions", "data-source", r"(?<=where all )(\d+)(?= questions)", README),
    changed("a wrong number of test questions", "data-source", README, "Our wiki on packaging", "Of the 290 test questions none is about it. Our wiki on packaging"),
    changed("a licence that is unknown", "data-source", README, "they are PSF-licensed", "their licence is unknown"),
    swapped("a field that nobody describes", "data-schema", r"^\| `evidence` .*\n", "", SHEET),
    swapped("a question that does not exist", "error-analysis", r"\bFor q(\d+) and", r"For q9\1 and", README),
    swapped("only one question is named", "error-analysis", r"(?<=I read all that )(q\d+)[\s\S]*?almost alike\.", r"\1 returned. Retrieval had done its work there; what fails is the choice of sentences, since the longest one that repeats the asker's words beats the short one that decides.", README),
    swapped("a wrong value beside a question", "error-analysis", r"(?<= )(q\d+ at rank \d+)", r"\g<1>9", README),
    swapped("a wrong row of the worst", "error-analysis", r"^(\| q\d+ \| )[a-z, ]+(?= \|)", r"\1not retrieved", README),
    swapped("limits that every model has", "limitations", r"^A junior who ships[\s\S]*?types them anyway\.$", "The assistant may be wrong at times and it may be biased against some groups of people, so please use it with care.\n\nIt should always be combined with the judgement of a person who knows the field very well.", README),
    changed("only words about the screenshot", "demo", README, "![The page with a question, the quoted answer and the passage that it comes from](docs/screenshot.png)", "It shows a page with a question and the quoted answer."),
    swapped("nothing out of scope", "intended-use", r"^\*\*Out of scope\.\*\*[^\n]*\n[^\n]*\n", "", CARD),
    changed("a card signed by nobody", "model-card", CARD, "## Contact\n\nNoor Haddad", "## Contact\n\nYour Name"),
]  # fmt: skip

CODE = [
    without("no lock", "reproduce dockerfile", "requirements"),
    swapped("tests that only ask for health", "integration-test", r'"/(?!health)[a-z][^"]*"', '"/health"', "tests/"),
    changed("an image without its index", "dockerfile", MAKEFILE, "image: $(READY)", "image: setup"),
    changed("a workflow that does not evaluate", "quality-gate", CI, "make ingest evaluate", "make ingest"),
    swapped("a token that nobody can know", "configuration", r"^# ASSISTANT_TOKEN=\n", "", ".env.example"),
    swapped("a database's password that nobody can know", "configuration", r"^# POSTGRES_PASSWORD=\n", "", ".env.example"),
    changed("a database's password in the Compose file", "secrets", "compose.yaml", "POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:-}", "POSTGRES_PASSWORD: 9f3bA7xQ2LmZ81pKd0RvX"),
    changed("a password in an address", "secrets", "settings.toml", "[store]\n", "[store]\n# postgresql://assistant:9f3bA7xQ2LmZ81pK@db.internal/assistant\n"),
    changed("a key of a model server", "secrets", "src/assistant/answering/generative.py", "from __future__ import annotations\n", f'from __future__ import annotations\n\nKEY = "{KEY}"\n'),
]  # fmt: skip

OPERATION = [
    changed("nobody who answers", "monitoring-plan", MONITORING, "| Leila Karimi, who keeps the wiki |", "| someone |"),
    changed("a signal that is not measured", "monitoring-plan", MONITORING, "`unanswered_ratio`", "`boredom_ratio`"),
    changed("no threshold", "monitoring-plan", MONITORING, "| above 20% of the ratings in a week |", "| |"),
    changed("an owner who is asked for", "monitoring-plan", MONITORING, "| Tomas Brandt, on Fridays |", "| TODO(owner): who reads them? |"),
    changed("a baseline that nobody records", "drift-check", "src/assistant/__main__.py", "record_baseline(", "print("),
    changed("an alert on what is not measured", "alerts", ALERTS, "answer_duration_seconds_bucket", "reply_seconds_bucket"),
    changed("an alert that always fires", "alerts", ALERTS, "unanswered_ratio > 0.35", "unanswered_ratio"),
    changed("a colour for a likelihood", "risk-register", RISKS, "| medium | medium | `citation_precision`", "| green | medium | `citation_precision`"),
    changed("a risk that waits for an answer", "risk-register", RISKS, "everybody with a company account", "TODO(access): everybody with a company account"),
    swapped("people who are not spoken of", "privacy", r"^No person stands[\s\S]*?after 90 days\.$", "What people type in a question is in good hands, since only Ola can log in there, and she deletes it after 90 days.", RISKS),
    changed("nobody to turn to", "incident-contact", MONITORING, "channel #tools-incidents", "usual channel"),
]  # fmt: skip

MUTANTS: list[Mutant] = [*COMMON, *NUMBERS, *RUN, *WORDS, *CODE, *OPERATION]


@pytest.mark.parametrize(("embedding", "store"), COMBINATIONS)
def test_of_a_fresh_repository_nothing_is_done_that_takes_a_person_or_a_run(embedding: str, store: str) -> None:
    found = findings(ASSISTANT.fresh(embedding=embedding, vector_store=store))
    done = {name for name, each in found.items() if each.state is State.DONE}
    assert done & (HUMAN | MEASURED) == set()
    assert done >= MACHINE - MEASURED


def test_a_run_does_what_a_machine_can_and_no_more() -> None:
    found = findings(ASSISTANT.after_run())
    assert {name: found[name].evidence for name in MACHINE if found[name].state is not State.DONE} == {}
    assert {name for name in HUMAN if found[name].state is State.DONE} == set()


def test_a_good_learner_has_every_item() -> None:
    found = findings(ASSISTANT.filled())
    assert {name: each.evidence for name, each in found.items() if each.state is not State.DONE} == {}


def test_a_good_learner_who_used_stock_cookiecutter_has_every_item() -> None:
    found = findings(unrecorded(ASSISTANT.filled()))
    assert {name: each.evidence for name, each in found.items() if each.state is not State.DONE} == {}


@pytest.mark.parametrize(("embedding", "store"), COMBINATIONS)
def test_without_a_record_nothing_is_done_that_takes_a_person(embedding: str, store: str) -> None:
    found = findings(unrecorded(ASSISTANT.fresh(embedding=embedding, vector_store=store, project_name="Night shift")))
    assert {name for name in HUMAN | MEASURED if found[name].state is State.DONE} == set()


@pytest.mark.parametrize("mutant", WORDS[:8], ids=lambda mutant: mutant.name.replace(" ", "-"))
def test_without_a_record_the_template_s_words_are_known_too(mutant: Mutant) -> None:
    assert set(open_items(unrecorded(mutant.files(ASSISTANT)))) == set(mutant.items)


def test_there_are_enough_mutants_and_each_item_has_its_own() -> None:
    assert len(MUTANTS) >= 60
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS)
    assert {mutant.items[0] for mutant in MUTANTS} == {item.id for item in ITEMS}


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name.replace(" ", "-"))
def test_a_mutant_loses_its_own_item_and_no_other(mutant: Mutant) -> None:
    assert set(open_items(mutant.files(ASSISTANT))) == set(mutant.items)
