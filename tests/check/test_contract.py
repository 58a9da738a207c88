"""Templates declare, and the checklist knows none of them by name."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import scaffolder
from scaffolder.check.contract import CAPABILITIES, PATH, Contract, contract
from scaffolder.check.engine.repository import Repository
from scaffolder.check.engine.snapshot import Snapshot
from scaffolder.check.examine import examine
from scaffolder.template import catalog

PACKAGE = Path(scaffolder.__file__).parent


def repository(text: str | None) -> Repository:
    return Repository(Snapshot.of_files({} if text is None else {PATH: text.encode()}))


def test_what_is_declared_is_read() -> None:
    repo = repository(
        'contract = 1\ntemplate = "t"\nunit = "shift"\nid = "day"\ncorpus = "./texts/"\nexperiments = "tried"\n'
        'decisions = "./docs/records/"\n'
        '[data]\nsha256 = "ab"\nwords = ["Oslo", 3, ""]\n'
        '[capabilities]\nserves = true\ndrift = "Nothing comes in."\n[blocks]\n"README.md" = ["results"]\n'
    )
    assert contract(repo) == Contract(
        template="t",
        unit="shift",
        id="day",
        corpus="texts",
        shipped="ab",
        words=("Oslo",),
        capabilities={"serves": True, "drift": "Nothing comes in."},
        blocks={"README.md": ("results",)},
    )
    assert repo.snapshot.notes == ()


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("contract = ", "is not TOML"),
        ("contract = 2\n", "does not begin with"),
        ("a.b.c." * 20 + "d = 1\n", "is not TOML"),
        ("[capabilities]\nserves = true\n", "does not begin with `contract = 1`"),
        ("contract = 1\n[data]\nsha265 = 'ab'\n", "[data] there is no setting 'sha265'; there are sha256, words."),
        ("contract = 1\nflavour = 3\n", "no setting 'flavour'"),
        ("contract = 1\n[capabilities]\nflies = true\n", "no capability 'flies'"),
        ("contract = 1\n[capabilities]\nserves = false\n", "neither `true` nor a sentence"),
        ("contract = 1\ncapabilities = 3\nblocks = []\nunit = {}\n", None),
    ],
)
def test_what_is_wrong_with_it_is_a_note(text: str, note: str | None) -> None:
    repo = repository(text)
    found = contract(repo)
    assert bool(repo.snapshot.notes) is (note is not None)
    assert note is None or note in repo.snapshot.notes[0]
    assert found is None or found.unit == "row"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (None, "there is no scaffolder.toml"),
        ("unit = 'row'\n", "scaffolder.toml does not begin with `contract = 1`, the version that is read"),
        ("contract = 2\n", "scaffolder.toml does not begin with `contract = 1`, the version that is read"),
        ("contract = \n", "scaffolder.toml is not TOML ("),
    ],
)
def test_a_contract_that_is_there_and_cannot_be_used_is_never_called_absent(text: str | None, reason: str) -> None:
    report = examine(repository(text), "it")
    assert report.unrated.startswith(reason)
    verified = next(each for each in report.findings if each.item == "data-schema")
    assert verified.reason.startswith(reason)
    said = [note for note in report.notes if "scaffolder.toml" in note]
    assert len(said) == 1
    assert ("There is no" in said[0]) is (text is None)


def test_every_capability_is_explained_in_the_documentation() -> None:
    text = (PACKAGE.parent / "docs" / "contract.md").read_text("utf-8")
    assert [name for name in CAPABILITIES if f"`{name}`" not in text] == []


def names_of_templates() -> set[str]:
    """Every word that only one template has: its name, its package, its choices, its measured blocks."""
    found: set[str] = set()
    for name in catalog.names():
        config = json.loads((catalog.templates_folder() / name / "cookiecutter.json").read_text("utf-8"))
        found |= {name, config["_scaffolder"]["package"]}
        found |= {choice for value in config.values() if isinstance(value, list) for choice in value}
        for page in (catalog.templates_folder() / name).rglob("README.md"):
            found |= set(re.findall(r'measured\("([\w-]+)"\)', page.read_text("utf-8")))
    shared = (catalog.templates_folder() / "_shared" / "templates" / "README.md").read_text("utf-8")
    everywhere = set(re.findall(r'measured\("([\w-]+)"\)', shared))
    common = (
        "data drift drill embedded errors file gates headline interactive latency load operations own picture postgres prompts"
        " provenance results risk server service slices sqlite support".split()
    )
    return (found - everywhere - set(common)) | {
        *("make tune", "make ingest", "ablation", "abstention", "telecom", "question-answering", "tabular"),
    }


def test_the_package_knows_no_template_by_name() -> None:
    words = re.compile("|".join(rf"\b{re.escape(word)}\b" for word in sorted(names_of_templates())), re.IGNORECASE)
    found = [
        f"{path.relative_to(PACKAGE)}:{number}: {match[0]}"
        for path in sorted(PACKAGE.rglob("*.py"))
        if "templates" not in path.relative_to(PACKAGE).parts
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if (match := words.search(line))
    ]
    assert found == []
