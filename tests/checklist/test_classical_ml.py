"""A churn repository as generated, after a run and as a good learner hands it in; and what each mistake costs."""

from __future__ import annotations

import gzip

import pytest
from common_mutants import ALERTS, CARD, CI, COMMON, KEY, METRICS, MONITORING, README, RISKS, SHEET
from filled import CHURN, findings, open_items, unrecorded
from mutants import Mutant, asked_again, changed, swapped, with_file, without

from scaffolder.check.engine.facts import Facts
from scaffolder.check.engine.finding import State
from scaffolder.check.engine.snapshot import Snapshot
from scaffolder.check.items import BY_ID, ITEMS
from scaffolder.template import catalog

MEASURED = {
    *("evaluation-metrics", "recomputed-metrics", "provenance", "baseline", "figures"),
    *("model-index", "slices", "latency", "dockerfile"),
}
HUMAN = {item.id for item in ITEMS if item.human}
USE_CASES = catalog.bundled("classical-ml").questions["use_case"].choices

NUMBERS = [
    changed("a digit of the headline", "evaluation-metrics", README, "`roc_auc` of 0.851", "`roc_auc` of 0.852"),
    changed("a digit of a table", "evaluation-metrics", README, "| 0.685 [", "| 0.695 ["),
    changed("a bound of an interval", "evaluation-metrics", README, "0.872] | 0.500", "0.892] | 0.500"),
    changed("a digit of a baseline", "evaluation-metrics", README, "| 0.265 [0.241, 0.289] | 0.662", "| 0.265 [0.241, 0.289] | 0.562"),
    changed("a digit of a gate", "evaluation-metrics", README, "| at most 0.16 | 0.132 |", "| at most 0.16 | 0.122 |"),
    changed("a digit in the owner's words", "evaluation-metrics", README, "`roc_auc` of 0.670", "`roc_auc` of 0.770"),
    changed("a flattering recall in other words", "evaluation-metrics", README, "## Error analysis", "It catches 97% of the leavers.\n\n## Error analysis"),
    changed("flattering alarms in other words", "evaluation-metrics", README, "## Error analysis", "One in ten alarms is false.\n\n## Error analysis"),
    changed("a flattering number beside a wish", "evaluation-metrics", README, "## Error analysis", "A recall of 0.95 should convince everybody.\n\n## Error analysis"),
    swapped("page, card and report changed together", "recomputed-metrics", r"0\.851(?= \[0\.832| \| passed)|0\.851346", lambda m: m[0].replace("0.85", "0.88"), README, CARD, METRICS),
    changed("a prediction that was turned round", "recomputed-metrics", "reports/predictions.csv", ",1,0.", ",0,0."),
    changed("a digit of the report", "evaluation-metrics recomputed-metrics model-index", METRICS, "0.132006", "0.122006"),
    swapped("a report without baselines", "baseline evaluation-metrics model-index", r'"baseline": \[[\s\S]*?\n  \]', '"baseline": []', METRICS),
    changed("a digit of the model index", "model-index", CARD, "value: 0.684641", "value: 0.694641"),
    changed("a metric that the model index lacks", "model-index", CARD, "          - type: recall\n            value: 0.852547\n", ""),
    changed("a digit of the card's table", "model-index", CARD, "| 0.685 [", "| 0.785 ["),
    changed("a made-up number on the card", "model-index", CARD, "Each gets half", "Its `roc_auc` is 0.99. Each gets half"),
    changed("a wrong number of missing values on the card", "model-index", CARD, "`total_charges` 11", "`total_charges` 10"),
    changed("a digit of a slice on the card", "slices", CARD, "| 695 | 0.856", "| 695 | 0.866"),
    changed("a slice that nobody measured", "slices", CARD, "| contract = One year |", "| contract = Ten years |"),
    changed("a digit of the latency", "latency", README, "| predict | 1 | 0.82 |", "| predict | 1 | 0.72 |"),
    changed("a gate that was loosened", "quality-gate", "settings.toml", "min = 0.80", "min = 0.50"),
    changed("an upper gate that was loosened", "quality-gate", "settings.toml", "max = 0.16", "max = 0.25"),
    changed("a gate that is gone", "quality-gate", "settings.toml", '[[gates]]\nmetric = "brier"\nmax = 0.16\n', ""),
]  # fmt: skip

RUN = [
    with_file("other data", "provenance", "data/churn.csv.gz", lambda files: gzip.compress(b"\n".join(gzip.decompress(files["data/churn.csv.gz"]).split(b"\n")[:-2]), mtime=0)),
    with_file("a model that was exchanged", "provenance", "artifacts/model.onnx", lambda files: files["artifacts/model.onnx"] + b"\0"),
    changed("a model trained on other data", "provenance", "artifacts/model.json", '"data_sha256": "db', '"data_sha256": "dc'),
    without("a figure that is gone", "figures", "reports/figures/cost.svg"),
    with_file("an empty figure", "figures", "reports/figures/cost.svg", lambda files: b""),
    with_file("a figure cut in two", "figures", "reports/figures/ranking.svg", lambda files: files["reports/figures/ranking.svg"][:20_000]),
]  # fmt: skip

WORDS = [
    asked_again("problem", README, "problem", "action", "cost"),
    asked_again("data-source", README, "data"),
    asked_again("error-analysis", README, "errors", "slices"),
    asked_again("deployment", README, "deployment"),
    asked_again("limitations", README, "harm", "limitations"),
    asked_again("intended-use", CARD, "users"),
    asked_again("model-card", CARD, "harm"),
    asked_again("incident-contact", MONITORING, "incident"),
    changed("a question that came back", "problem", README, "Everybody above", "TODO(action): who?\n\nEverybody above"),
    swapped("no target", "problem", r" I count the problem as solved[\s\S]*?today\.", " I want it solved soon.", README),
    changed("the template's diagram", "architecture", README, "    api <--> list[\"call-list job<br/>Mondays at six\"]\n    list --> agents((retention agents))\n    agents -- \"outcome after 90 days\" --> source\n", "    api <--> client((client))\n"),
    changed("an edge to nowhere", "architecture", README, "    list --> agents((retention agents))", "    list -->"),
    changed("a bracket that stays open", "architecture", README, "agents((retention agents))", "agents((retention agents)"),
    changed("a wrong number of rows", "data-source", README, "`data/churn.csv.gz`: 7,043 rows", "`data/churn.csv.gz`: 7,053 rows"),
    changed("a wrong number of rows elsewhere", "data-source", README, "than in these 7,043 rows", "than in these 9,043 rows"),
    changed("a wrong number of rows of a split", "data-source", README, "| validation | 1,410 |", "| validation | 1,510 |"),
    changed("a wrong share of a split", "data-source evaluation-metrics", README, "| train | 4,224 | 0.265 |", "| train | 4,224 | 0.365 |"),
    changed("a wrong number of missing values", "data-source", README, "`total_charges` 11", "`total_charges` 12"),
    changed("missing values of another column", "data-source", README, "`total_charges` 11", "`monthly_charges` 11"),
    changed("a wrong number of test rows", "data-source", README, "Measured on 1,409 test", "Measured on 1,509 test"),
    changed("a licence that is unknown", "data-source", README, "`modeldata` (MIT)", "`modeldata` (unknown)"),
    swapped("a column that nobody describes", "data-schema", r"^\| `tech_support` .*\n", "", SHEET),
    changed("a row that does not exist", "error-analysis", README, "Row 4796 pays", "Row 94796 pays"),
    changed("a digit of a row of errors", "error-analysis", README, "| 4796 | 1 | 0.02456 |", "| 4796 | 1 | 0.12456 |"),
    changed("a wrong value beside a row", "error-analysis", README, "pays 20.8 a month", "pays 30.8 a month"),
    changed("a wrong value in its unit", "error-analysis", README, "pays 20.8 a month", "pays 20 USD"),
    changed("a wrong number of months beside a row", "error-analysis", README, "looks just like it after 8 months", "looks just like it after 9 months"),
    changed("a category that a row does not have", "error-analysis", README, "pays 20.8 a month after 53 months", "has a two-year contract and left after 53 months"),
    swapped("limits that every model has", "limitations", r"^Pensioners get fewer[\s\S]*?without exception\.$", "The model may be wrong at times and it may be biased against some groups of people, so please use it with care.\n\nIt should always be combined with the judgement of a person who knows the field very well.", README),
    changed("only words about the screenshot", "demo", README, "![The form, with the answer for one customer and the reasons for it](docs/screenshot.png)", "It shows a form with the answer for one customer and the reasons."),
    swapped("nothing out of scope", "intended-use", r"^\*\*Out of scope\.\*\*[^\n]*\n|^[^\n]*what a score is not[^\n]*\n", "", CARD),
    changed("a card signed by nobody", "model-card", CARD, "## Contact\n\nMara Lindqvist", "## Contact\n\nYour Name"),
]  # fmt: skip

CODE = [
    without("no lock", "reproduce dockerfile", "requirements.lock", "requirements-dev.lock"),
    swapped("tests that only ask for health", "integration-test", r'"/(?:predict[^"]*|model)"', '"/health"', "tests/"),
    changed("Docker's socket in the container", "dockerfile", "compose.yaml", "    read_only: true", "    volumes:\n      - /var/run/docker.sock:/var/run/docker.sock:ro\n    read_only: true"),
    without("no model to copy", "dockerfile", "artifacts/model.onnx"),
    changed("a workflow that does not evaluate", "quality-gate", CI, "make data train evaluate", "make data train"),
    changed("a variable that nobody can know", "configuration", ".env.example", "PREDICTOR_MAX_BATCH=256\n", ""),
    changed("a key in the code", "secrets", "src/predictor/drift.py", "ALERT = 0.2", f'KEY = "{KEY}"\nALERT = 0.2'),
]  # fmt: skip

OPERATION = [
    changed("nobody who answers", "monitoring-plan", MONITORING, "| Ines Ferro, who maintains the call-list job |", "| someone |"),
    changed("a signal that is not measured", "monitoring-plan", MONITORING, "`unlike_training_total`", "`novelty_total`"),
    changed("no threshold", "monitoring-plan", MONITORING, "| above 1% for 5 minutes |", "| |"),
    changed("an owner who is asked for", "monitoring-plan", MONITORING, "| Mara Lindqvist |", "| TODO(owner): who retrains? |"),
    without("no statistics to compare with", "drift-check", "artifacts/reference.json"),
    without("no drift check", "drift-check", "src/predictor/drift.py", "tests/test_drift.py"),
    changed("an alert on what is not measured", "alerts", ALERTS, "http_request_duration_seconds_bucket", "request_latency_bucket"),
    changed("an alert that always fires", "alerts", ALERTS, "[1d])) > 0.01", "[1d]))"),
    changed("a colour for a likelihood", "risk-register", RISKS, "| high | low | precision", "| green | low | precision"),
    changed("a risk that waits for an answer", "risk-register", RISKS, "recall for pensioners more", "TODO(fairness): recall for pensioners more"),
    changed("a personal column that is not named", "privacy", RISKS, "`gender`, `senior_citizen`, `partner` and `dependents` describe", "`gender`, `senior_citizen` and `partner` describe"),
    changed("nobody to turn to", "incident-contact", MONITORING, " (mara.lindqvist@nordtel.se)", ""),
    changed("an address that reaches nobody", "incident-contact", MONITORING, "mara.lindqvist@nordtel.se", "you@example.com"),
]  # fmt: skip

MUTANTS: list[Mutant] = [*COMMON, *NUMBERS, *RUN, *WORDS, *CODE, *OPERATION]


@pytest.mark.parametrize("use_case", USE_CASES)
def test_of_a_fresh_repository_nothing_is_done_that_takes_a_person_or_a_run(use_case: str) -> None:
    found = findings(CHURN.fresh(use_case=use_case))
    done = {name for name, each in found.items() if each.state is State.DONE}
    assert done & (HUMAN | MEASURED) == set()


def test_a_run_does_what_a_machine_can_and_no_more() -> None:
    found = findings(CHURN.after_run())
    assert {name: found[name].evidence for name in MEASURED if found[name].state is not State.DONE} == {}
    assert {name for name in HUMAN if found[name].state is State.DONE} == set()


def test_a_good_learner_has_every_item() -> None:
    found = findings(CHURN.filled())
    assert {name: each.evidence for name, each in found.items() if each.state is not State.DONE} == {}


def test_a_good_learner_who_used_stock_cookiecutter_has_every_item() -> None:
    found = findings(unrecorded(CHURN.filled()))
    assert {name: each.evidence for name, each in found.items() if each.state is not State.DONE} == {}


@pytest.mark.parametrize("model", catalog.bundled("classical-ml").questions["model"].choices)
@pytest.mark.parametrize("use_case", USE_CASES)
def test_without_a_record_nothing_is_done_that_takes_a_person(use_case: str, model: str) -> None:
    found = findings(unrecorded(CHURN.fresh(use_case=use_case, model=model, project_name="Night shift")))
    assert {name for name in HUMAN | MEASURED if found[name].state is State.DONE} == set()


@pytest.mark.parametrize("mutant", WORDS[:8], ids=lambda mutant: mutant.name.replace(" ", "-"))
def test_without_a_record_the_template_s_words_are_known_too(mutant: Mutant) -> None:
    assert set(open_items(unrecorded(mutant.files(CHURN)))) == set(mutant.items)


@pytest.mark.parametrize(("tags", "state"), [(("v0.1.0", "v0.2.0"), State.DONE), (("v0.2.0", "v0.3.0"), State.MISSING)])
def test_git_tags_are_versions_to_roll_back_to(tags: tuple[str, ...], state: State) -> None:
    mutant = next(mutant for mutant in MUTANTS if mutant.name == "no earlier version")
    assert BY_ID["rollback"].finding(Facts(Snapshot.of_files(mutant.files(CHURN), tags))).state is state


def test_there_are_enough_mutants_and_each_item_has_its_own() -> None:
    assert len(MUTANTS) >= 60
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS)
    assert {mutant.items[0] for mutant in MUTANTS} == {item.id for item in ITEMS}


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name.replace(" ", "-"))
def test_a_mutant_loses_its_own_item_and_no_other(mutant: Mutant) -> None:
    assert set(open_items(mutant.files(CHURN))) == set(mutant.items)
