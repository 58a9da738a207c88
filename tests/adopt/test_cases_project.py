"""A project of llm-eval is about its owner's cases: from its first commit, or from a later one."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from own_cases import adopted, questions, texts, written
from support import Outcome, git, on_disk

from scaffolder.project import machine
from scaffolder.template import catalog
from scaffolder.template.answers import Data, chosen, complete
from scaffolder.template.render import render

pytestmark = pytest.mark.slow

Run = Callable[..., Outcome]
TEMPLATE = catalog.bundled("llm-eval")
IN_CODE = {"docstring", "docstrings", "IDLE"}  # words of the template's cases that code needs for other things, too
ABOUT = {
    "unit": "ticket",
    "source": "Our help desk in 2025",
    "licence": "Internal use only",
    "judges": "Two colleagues, by the manual",
    "decision": "The team lead chooses the router",
    "cost": "An hour of a customer",
}


@pytest.fixture
def tickets(tmp_path: Path) -> Path:
    return written(tmp_path / "tickets.csv", texts(kind=lambda n: n % 2))


@pytest.fixture
def asked(tmp_path: Path) -> tuple[Path, Path]:
    """A list of questions, and the folder of the documents that they quote."""
    return written(tmp_path / "asked.csv", questions(tmp_path / "docs")), tmp_path / "docs"


@pytest.fixture(params=["classify", "search"])
def facts(request: pytest.FixtureRequest, tickets: Path, asked: tuple[Path, Path]) -> Mapping[str, Any]:
    """The facts of texts with labels, or of questions, with the owner's words on all that is asked."""
    source, documents = (tickets, None) if request.param == "classify" else asked
    return adopted(source, documents, ABOUT).data.facts


def files(facts: Mapping[str, Any] | None = None, **given: str) -> dict[str, str]:
    """The files of a project: with facts, one about its owner's cases."""
    data = Data("cases", {**facts, "former": {}}, {}) if facts else None
    tree = render(TEMPLATE, complete(TEMPLATE, chosen(given), data=data))
    return {path: file.data.decode() for path, file in tree.items() if not path.endswith(".png")}


def settings(project: Mapping[str, str]) -> dict[str, Any]:
    return tomllib.loads(project["settings.toml"])


def blocks(project: Mapping[str, str]) -> dict[str, set[str]]:
    """The names of the data blocks in each document."""
    found = {path: set(machine.data_blocks(text.encode())) for path, text in project.items()}
    return {path: names for path, names in found.items() if names}


def test_nothing_is_left_of_the_cases_that_come_with_the_template(facts: Mapping[str, Any]) -> None:
    ours, own = files(), files(facts)
    words = set(tomllib.loads(ours["scaffolder.toml"])["data"]["words"])
    assert words > IN_CODE
    for looked_for, suffixes in ((words, (".md", "s.toml", ".html", ".jinja")), (words - IN_CODE, ("",))):
        named = re.compile("|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in looked_for))
        places = {
            path: found[0] for path, text in own.items() if path.endswith(suffixes) and (found := named.search(text))
        }
        assert places == {}
    assert [path for path in own if path.startswith("data/")] == ["data/DATASET.md"]


def test_documents_have_the_same_blocks_whoever_the_cases_come_from(facts: Mapping[str, Any]) -> None:
    ours = blocks(files())
    assert len(ours["README.md"]) > 5
    assert blocks(files(facts)) == ours


def test_text_outside_of_the_blocks_is_the_same_for_any_cases(facts: Mapping[str, Any]) -> None:
    given = {"compare": facts_lead(facts), "project_name": "Radar", "description": "Says what comes next."}
    ours, own = files(**given), files(facts, **given)
    pages = [path for path in ours if path.endswith(".md") and not path.startswith(("data/", "prompts/", "MODEL"))]
    assert len(pages) > 5
    assert {path: outside(own[path]) for path in pages} == {path: outside(ours[path]) for path in pages}


def facts_lead(facts: Mapping[str, Any]) -> str:
    return {"classify": "classifiers", "search": "retrievers"}[facts["task"]]


def outside(text: str) -> str:
    """A document with its data blocks emptied, and without the picture that only our cases have."""
    emptied = machine.with_data_blocks(text.encode(), dict.fromkeys(machine.data_blocks(text.encode()), "")).decode()
    return re.sub("<img src=.*>", "_Not measured yet: run `make demo`._", emptied)


def test_the_owners_words_stand_in_the_documents_in_place_of_questions(facts: Mapping[str, Any]) -> None:
    own = files(facts)
    for path, words in {
        "README.md": ("Our help desk in 2025.", "An hour of a customer.", "Two colleagues, by the manual."),
        "MODEL_CARD.md": ("The team lead chooses the router.",),
        "data/DATASET.md": ("Our help desk in 2025.", "Internal use only.", "Two colleagues, by the manual."),
    }.items():
        assert [each for each in words if each not in own[path]] == []
    open_questions = {item for text in own.values() for item in re.findall(r"TODO\((\w+)\)", text)}
    assert open_questions & {"source", "licence", "labels", "questions", "intended"} == set()
    assert {"problem", "limitations", "limits"} <= open_questions


def test_all_that_nobody_has_said_is_asked(tickets: Path) -> None:
    own = files(adopted(tickets).data.facts)
    assert {"TODO(source)", "TODO(licence)", "TODO(labels)"} <= set(re.findall(r"TODO\(\w+\)", own["data/DATASET.md"]))
    assert "TODO(intended)" in own["MODEL_CARD.md"]


@pytest.mark.parametrize("compare", TEMPLATE.config["compare"])
def test_the_experiment_that_leads_is_one_that_the_cases_are_for(facts: Mapping[str, Any], compare: str) -> None:
    own = files(facts, compare=compare)
    experiments = tomllib.loads(own["systems.toml"])["experiments"]
    fitting = compare in experiments
    lead = compare if fitting else facts_lead(facts)
    assert settings(own)["lead"][0] == lead
    assert own["README.md"].startswith(f"# {TEMPLATE.config['_comparisons'][lead]}\n")
    assert f"Compares {lead} on a frozen benchmark" in own["README.md"]
    assert {one["task"] for one in experiments.values()} == {facts["task"]} == set(settings(own)["tasks"])


def test_the_settings_name_unit_slices_and_hash_and_no_gate(tickets: Path) -> None:
    facts = adopted(tickets, about={"unit": "ticket"}).data.facts
    found = settings(files(facts))
    assert (found["data"]["sha256"], found["tasks"]["classify"]["unit"]) == (facts["sha256"], "ticket")
    assert found["tasks"]["classify"]["slices"] == ["label", "kind"]
    assert "gates" not in found
    assert settings(files())["gates"]


def test_the_second_labels_are_told_of_in_docs_and_dataset(tmp_path: Path) -> None:
    rows = texts(label_2=lambda n: ["sweet", "sour"][n * n % 3 % 2 if n else 1])
    facts = adopted(written(tmp_path / "own.csv", rows)).data.facts
    own = files(facts)
    assert facts["agreement_md"].startswith("Cohen's kappa is 0.9")
    assert f"- {facts['agreement_md']}\n" in own["docs/data.md"]
    assert f"- {facts['agreement_md']}\n" in own["data/DATASET.md"]
    assert "| `label_2` | the label that a second person gave |" in own["data/DATASET.md"]


def test_a_hostile_label_stays_one_cell(tmp_path: Path) -> None:
    rows = texts(label=lambda n: ["a|b <!-- data:x --> `", "{{ cookiecutter }} [x](y)"][n % 2])
    described = files(adopted(written(tmp_path / "own.csv", rows)).data.facts)["data/DATASET.md"]
    table = described.partition("## Cases")[2].partition("## Fields")[0]
    assert {len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines() if line[:1] == "|"} == {5}
    assert "<!--" not in described
    assert "{{ cookiecutter }}" in described


def test_new_begins_with_the_owners_cases(scaffolder: Run, tickets: Path, tmp_path: Path) -> None:
    code, out, err = scaffolder("new", "llm-eval", "tickets", "--data", tickets, "--about", "unit=ticket", "--yes")
    assert code == 0, err
    assert "90 texts, 2 labels." in out
    folder = tmp_path / "tickets"
    assert (folder / "README.md").read_text().startswith("# Tickets\n")
    present = [path.relative_to(folder).as_posix() for path in folder.glob("data/**/*") if path.is_file()]
    assert sorted(present) == ["data/DATASET.md", "data/SHA256SUMS", "data/benchmark.jsonl"]
    assert sorted(path.name for path in folder.glob("prompts/*")) == ["brief.md", "plain.md"]
    assert git(folder, "status", "--porcelain") == ""


def test_adopt_keeps_the_owners_settings_and_asks_again_what_may_be_false(
    scaffolder: Run, tickets: Path, asked: tuple[Path, Path], tmp_path: Path
) -> None:
    assert scaffolder("new", "llm-eval", "radar", "--yes").code == 0
    folder = tmp_path / "radar"
    edit(folder / "settings.toml", "alpha = 0.05", "alpha = 0.01")
    edit(folder / "settings.toml", "min = 0.65", "min = 0.7")
    edit(
        folder / "README.md",
        "TODO(limitations): who gets a worse tool",
        "Students lose an hour. TODO(limitations): who gets",
    )
    for path in ("reports/metrics.json", "reports/test-access.jsonl", "reports/figures/x.svg", "docs/screenshot.png"):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text("{}\n")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "-m", "Work")
    code, _, err = scaffolder("adopt", folder, "--data", tickets, "--yes")
    assert (code, err) == (0, "")
    found = tomllib.loads((folder / "settings.toml").read_text())
    assert (found["statistics"]["alpha"], "gates" in found, set(found["tasks"])) == (0.01, False, {"classify"})
    assert found["lead"] == ["classifiers"]
    assert "is this still true" not in (folder / "settings.toml").read_text()
    readme = (folder / "README.md").read_text()
    assert 'TODO(limitations): is this still true? Before the data changed, it said: "Students lose an hour.' in readme
    present = {path for path in on_disk(folder) if path.startswith(("data/", "reports/", "prompts/", "docs/screen"))}
    assert present == {
        *("data/DATASET.md", "data/SHA256SUMS", "data/benchmark.jsonl", "prompts/brief.md", "prompts/plain.md"),
        "reports/test-access.jsonl",
    }
    assert "CPython" in tomllib.loads((folder / "scaffolder.toml").read_text())["data"]["words"]
    source, documents = asked
    assert scaffolder("adopt", folder, "--data", source, "--documents", documents, "--yes").code == 0
    found = tomllib.loads((folder / "settings.toml").read_text())
    assert (found["statistics"]["alpha"], found["lead"], set(found["tasks"])) == (0.01, ["retrievers"], {"search"})
    assert (folder / "data/corpus/sub/fruit.md").is_file()
    assert not list(folder.glob("prompts/*"))
    again = scaffolder("adopt", folder, "--data", source, "--documents", folder / "data/corpus", "--yes")
    assert "Nothing to do" in again.out


def test_title_and_summary_follow_the_cases_unless_they_are_the_owners(
    scaffolder: Run, tickets: Path, tmp_path: Path
) -> None:
    for name, title, summary in (
        ("ours", "# Text Classifier Benchmark\n", "Compares classifiers on"),
        ("radar", "# Radar\n", "Says what comes next."),
        ("set", "# Night Shift\n", "Compares prompts on"),
    ):
        folder = tmp_path / name
        given = {"radar": ("--set", "project_name=Radar", "--set", "description=Says what comes next.")}.get(name, ())
        assert scaffolder("new", "llm-eval", "--yes", *given, "--set", f"project_slug={name}").code == 0
        more = ("--set", "project_name=Night Shift", "--set", "compare=prompts") if name == "set" else ()
        code, _, err = scaffolder("adopt", folder, "--data", tickets, *more, "--yes")
        assert code == 0, err
        readme = (folder / "README.md").read_text()
        assert readme.startswith(title)
        assert summary in readme
        assert f'name = "{name}"' in (folder / "pyproject.toml").read_text(), "the folder keeps its name"
        assert scaffolder("update", folder, "--set", "compare=classifiers", "--yes").code == 0
        assert ("Compares classifiers on" in (folder / "README.md").read_text()) is (name != "radar")


def test_a_project_that_began_with_own_cases_never_gets_our_words(
    scaffolder: Run, tickets: Path, asked: tuple[Path, Path], tmp_path: Path
) -> None:
    assert scaffolder("new", "llm-eval", "tickets", "--data", tickets, "--yes").code == 0
    folder = tmp_path / "tickets"
    source, documents = asked
    assert scaffolder("adopt", folder, "--data", source, "--documents", documents, "--yes").code == 0
    assert tomllib.loads((folder / "scaffolder.toml").read_text())["data"] == {}


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
