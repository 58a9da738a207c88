"""Of prose a machine says missing, placeholder or written, and judges no more."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from honest_texts import HONEST
from rendered import WRITTEN, Files, answered, finding, fresh, screenshot

from scaffolder.check.engine.repository import Repository
from scaffolder.check.engine.snapshot import Snapshot
from scaffolder.check.items import BY_ID
from scaffolder.check.written import WrittenItem, fingerprint
from scaffolder.results.finding import Finding, Level, State
from scaffolder.template import catalog

TEMPLATES = catalog.names()
TEXTS = [(item, text) for item, texts in HONEST.items() for text in texts]
# The document and the key of a question of each item; what the key is called in a template is found by its prefix.
QUESTIONS = {
    "problem": ("README.md", "problem"),
    "architecture": ("README.md", "architecture"),
    "data-source": ("README.md", "data"),
    "error-analysis": ("README.md", "errors"),
    "deployment": ("README.md", "deployment"),
    "limitations": ("README.md", "limitations"),
    "demo": ("README.md", "live"),
    "model-card": ("MODEL_CARD.md", "results"),
    "intended-use": ("MODEL_CARD.md", "users"),
    "monitoring-plan": ("docs/monitoring.md", "latency"),
    "incident-contact": ("docs/monitoring.md", "incident"),
    "staleness": ("docs/monitoring.md", "retrain"),
    "risk-register": ("docs/risk-register.md", "risk"),
    "privacy": ("docs/risk-register.md", "privacy"),
}
EMPTY = "This is an important part of the project that was carefully considered by everybody."


def filled(template: str = "classical-ml", answer: str = EMPTY) -> Files:
    """Every question answered with the same sentence, and a screenshot shown."""
    files = answered(fresh(template), answer)
    shown = b"![It](docs/screenshot.png)"
    readme = files["README.md"].replace(b"\n## Licence", b"\n" + shown + b"\n\n## Licence")
    return {**files, "README.md": readme, "docs/screenshot.png": screenshot()}


def written(files: Files) -> dict[str, Finding]:
    """The finding of each written item about files in memory, whose pages are read once for all."""
    repo = Repository(Snapshot.of_files(files))
    return {item: BY_ID[item].finding(repo) for item in WRITTEN}


def states(files: Files) -> dict[str, State]:
    return {item: finding.state for item, finding in written(files).items()}


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_fresh_repository_has_only_placeholders(template: str) -> None:
    assert states(fresh(template)) == dict.fromkeys(WRITTEN, State.PLACEHOLDER)


@pytest.mark.parametrize("template", TEMPLATES)
def test_the_same_empty_sentence_everywhere_is_written_and_never_done(template: str) -> None:
    findings = written(filled(template))
    assert {item: finding.state for item, finding in findings.items()} == dict.fromkeys(WRITTEN, State.WRITTEN)
    assert [item for item, finding in findings.items() if finding.evidence[0].line is None] == []


@pytest.mark.parametrize(("item", "text"), TEXTS)
def test_no_honest_text_is_refused(item: str, text: str) -> None:
    files = fresh("classical-ml") | {"docs/screenshot.png": screenshot()}
    document, key = QUESTIONS[item]
    asked = re.compile(rf"TODO\({key}\):[^|\n]*(?=\n| \|)")
    page = files[document].decode()
    page = page.replace("\n## Demo\n", f"\n## Demo\n\n{text}\n") if item == "demo" else asked.sub(lambda _: text, page)
    assert text in page
    answers = answered({**files, document: page.encode()}, "Somebody has answered this.")
    assert finding(answers, item).state is State.WRITTEN


PAGES = {  # whose questions are answered on the way to a level, as docs/checklist.md says
    Level.BUILDER: ("README.md", "docs/evaluation.md", "data/DATASET.md"),
    Level.DEPLOYER: ("MODEL_CARD.md",),
    Level.OPERATOR: ("docs/monitoring.md", "docs/risk-register.md"),
}


@pytest.mark.parametrize("level", PAGES)
@pytest.mark.parametrize("template", TEMPLATES)
def test_no_level_waits_for_a_question_of_a_higher_one(template: str, level: Level) -> None:
    reached = list(Level)[: list(Level).index(level) + 1]
    answering = [page for each in reached for page in PAGES[each]]
    files, complete = fresh(template), filled(template)
    files |= {page: complete[page] for page in (*answering, "docs/screenshot.png")}
    of_levels = [item for item in WRITTEN if BY_ID[item].level in reached]
    assert len(of_levels) >= 6
    findings = written(files)
    assert {item: findings[item].evidence for item in of_levels if not findings[item].state.counts} == {}
    guide = (Path(__file__).parents[2] / "docs/checklist.md").read_text("utf-8")
    assert all(f"`{page}`" in guide for page in answering)


PROSE = [item for item in WRITTEN if item not in ("demo", "monitoring-plan", "risk-register")]


@pytest.mark.parametrize("template", TEMPLATES)
def test_questions_that_are_only_deleted_leave_the_template_s_words(template: str) -> None:
    found = states(answered(fresh(template), ""))
    refused = {item for item in found if found[item] in (State.PLACEHOLDER, State.FLAWED, State.MISSING)}
    assert {*PROSE} - refused <= {"model-card", "intended-use"}


@pytest.mark.parametrize("template", TEMPLATES)
def test_the_template_s_question_with_a_fifth_of_its_words_changed_is_a_placeholder(template: str) -> None:
    def changed(match: re.Match[str]) -> str:
        said = match[0].partition(": ")[2].split()
        if len(said) < 15:  # so few words are too few to tell an edit from an answer
            return match[0].partition(": ")[2]
        return " ".join("otherwise" if at % 5 == 2 else word for at, word in enumerate(said))

    found = states(answered(fresh(template), changed))
    assert {item for item in PROSE if found[item] is not State.PLACEHOLDER} <= {"architecture"}


@pytest.mark.parametrize("item", WRITTEN)
def test_a_repository_without_documents_misses_every_text(item: str) -> None:
    assert (
        finding(
            {"main.py": b"print(1)\n", "scaffolder.toml": b"contract = 1\n[capabilities]\nmodel = true\n"}, item
        ).state
        is State.MISSING
    )


@pytest.mark.parametrize(
    ("item", "path", "old", "new", "fact"),
    [
        ("architecture", "README.md", "<b>train</b>", "<b>train</b><br/>boosters.py", "boosters.py, which is not in the repository"),
        ("demo", "README.md", "(docs/screenshot.png)", "(docs/other.png)", "not there"),
        ("deployment", "README.md", "make image &&", "make picture &&", "no target picture"),
        ("model-card", "MODEL_CARD.md", "Mara Lindqvist.", "Your Name.", "Your Name"),
        ("model-card", "MODEL_CARD.md", "## Training details", "## Something else", "how it was trained"),
        ("risk-register", "docs/risk-register.md", f"| {EMPTY} |", "| |", "is empty"),
        ("monitoring-plan", "docs/monitoring.md", f"| p95 above {EMPTY} |", "| – |", "is empty"),
        ("staleness", "docs/monitoring.md", f"\n{EMPTY}\n", "\nThe next review is on 2024-05-01.\n", "it is past"),
        ("error-analysis", "README.md", f"\n{EMPTY}\n", "\nRow 9999 is the worst.\n", "cardholder 9999 is in neither"),
    ],
)  # fmt: skip
def test_what_can_be_verified_in_a_text_stays_verified(item: str, path: str, old: str, new: str, fact: str) -> None:
    files = filled() | {
        "reports/errors.csv": b"row,actual,predicted\n17,1,0.25\n23,0,0.75\n",
        "reports/predictions.csv": b"row,actual,predicted\n17,1,0.25\n23,0,0.75\n",
    }
    assert finding(files, item).state is State.WRITTEN
    page = files[path].decode()
    assert old in page
    found = finding({**files, path: page.replace(old, new).encode()}, item)
    assert found.state is State.FLAWED
    assert any(fact in evidence.fact for evidence in found.evidence), found.evidence


def test_rows_that_are_places_are_no_names() -> None:
    said = "Row 3 of the table above, rows 100 to 900, row 120 of 400, and the year 2019 are no cases."
    files = filled(answer=said) | {"reports/errors.csv": b"row,actual\n17,1\n"}
    assert finding(files, "error-analysis").state is State.WRITTEN


def test_a_diagram_of_the_owner_s_needs_no_more_words() -> None:
    page = answered(fresh("classical-ml"), "")["README.md"].decode()
    drawn = re.sub(
        r"```mermaid.*?```",
        "```mermaid\nflowchart LR\n  a[desk] --> b[service] --> c[(model)]\n```",
        page,
        flags=re.DOTALL,
    )
    assert finding({**fresh("classical-ml"), "README.md": drawn.encode()}, "architecture").state is State.WRITTEN


def reading(files: Files, item: str) -> str:
    repo = Repository(Snapshot.of_files(files))
    found = BY_ID[item]
    assert issubclass(found, WrittenItem)
    passage = found().passage(repo)
    assert passage is not None
    return fingerprint(repo, passage)


@pytest.mark.parametrize("item", WRITTEN)
def test_a_review_is_of_these_words(item: str) -> None:
    before, again = filled(), filled(answer=f"{EMPTY} Or was it? See https://leavers.fly.dev")
    assert reading(before, item) == reading(filled(), item)
    assert (reading(before, item) == reading(again, item)) is False


def test_neither_line_breaks_nor_measured_numbers_make_a_review_stale() -> None:
    before = filled()
    page = before["README.md"].decode().replace("_Not measured yet: run `make demo`._", "| a | 0.5 |")
    page = page.replace("carefully considered", "carefully\nconsidered")
    assert reading({**before, "README.md": page.encode()}, "error-analysis") == reading(before, "error-analysis")


def test_another_picture_makes_a_review_stale() -> None:
    before = filled()
    other = before | {"docs/screenshot.png": screenshot() + b"\0"}
    assert reading(before, "demo") != reading(other, "demo")


def test_a_date_beside_a_reviewer_is_no_date_of_a_review() -> None:
    said = "\nI retrain it each May. Two peer reviewers read it, and its review by Ada was done on 2024-05-01.\n"
    page = "docs/monitoring.md"
    files = filled()
    changed = files[page].decode().replace(f"\n{EMPTY}\n", said)
    assert said in changed
    assert finding({**files, page: changed.encode()}, "staleness").state is State.WRITTEN
