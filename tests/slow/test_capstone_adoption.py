"""Own data in domain-capstone, as strangers export them: no word of a domain is left, and all is green."""

from __future__ import annotations

import csv
import random
import re
from pathlib import Path

import pytest
from adoption_files import KINDS, Kind, put
from projects import ROOT, Project, generate, pythons, scaffolder
from selection import picked
from support import git

from scaffolder.check.examine import check
from scaffolder.template import catalog

pytestmark = pytest.mark.template("domain-capstone")
PYTHON = list(pythons().values())[-1]
DOMAINS: list[str] = catalog.bundled("domain-capstone").config["domain"]
WORDS = {
    "billing": "invoice payment charge refund bill account paid amount",
    "parcel": "box delivery late street courier broken arrived",
    "login": "password screen error reset page browser",
}


def left(project: Project) -> dict[str, str]:
    """The first word of any shipped domain in each file that Git has, apart from the name of the folder, which stays."""
    told = ROOT / "templates/domain-capstone/templates/domains"
    lists = [
        re.search(r"set words = \[(.*?)\]", (told / name / "case.md").read_text("utf-8"), re.S) for name in DOMAINS
    ]
    words = [word for found in lists if found for word in re.findall(r'"([^"]+)"', found[1])]
    titles = [one["project_name"] for one in catalog.bundled("domain-capstone").config["_domains"].values()]
    assert len(words) > 30
    shipped = re.compile("|".join(rf"\b{re.escape(word)}\b" for word in (*words, *titles)))
    files = [path for path in git(project.path, "ls-files").splitlines() if not path.endswith((".gz", ".lock", ".png"))]
    return {
        path: found[0] for path in files if (found := shipped.search(project.read(path).replace(project.path.name, "")))
    }


def is_green(project: Project) -> None:
    project.make("demo", "test", "lint")
    for document in ["README.md", "MODEL_CARD.md"]:
        assert project.read(document).count("Not measured yet") == 0
    (leftovers,) = (finding for finding in check(project.path).findings if finding.item == "leftovers")
    assert str(leftovers.state) in {"done", "n/a"}


@pytest.mark.long
@pytest.mark.parametrize("kind", picked(KINDS, 1, "domain-capstone"), ids=lambda kind: kind.name)
def test_own_cases_from_the_first_command(kind: Kind, tmp_path: Path) -> None:
    words = [word for key, value in {"target": "missed", **kind.words}.items() for word in (f"--{key}", value)]
    refused = kind.name == "amounts.csv" or (kind.refused and kind.name != "classes.csv")
    new = ["new", "domain-capstone", "visits", "--data", put(kind, tmp_path), *words, "--yes", "--git", "-o", tmp_path]
    said = scaffolder(*new, code=2 if refused else 0)
    other = {  # than in classical-ml, which tells only so many values of a column apart
        "amounts.csv": "this project tells classes apart",
        "classes.csv": "of them",
        "shops.csv": "'shop' (categorical)",
    }
    assert other.get(kind.name, kind.says) in said
    if refused:
        assert not (tmp_path / "visits").exists()
        return
    project = Project(tmp_path / "visits", PYTHON)
    assert left(project) == {}
    is_green(project)
    assert left(project) == {}


@pytest.mark.long
@pytest.mark.parametrize("domain", picked(DOMAINS, 1, "domain-capstone"))
def test_own_cases_take_the_place_of_a_domain_that_has_run(domain: str, tmp_path: Path) -> None:
    project = generate(tmp_path, "domain-capstone", PYTHON, domain=domain)
    scaffolder("adopt", project.path, "--data", put(KINDS[0], tmp_path), "--target", "missed", "--yes")
    title = catalog.bundled("domain-capstone").config["_domains"][domain]["project_name"]
    assert title not in project.read("README.md")
    assert set(left(project)) <= {"scaffolder.toml"}, "there the checklist finds the words that it looks for"
    is_green(project)


@pytest.mark.long
def test_labelled_texts(tmp_path: Path) -> None:
    draw = random.Random(1)
    with (tmp_path / "tickets.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["ticket_id", "message", "queue"])
        for number in range(600):
            queue = draw.choice(list(WORDS))
            text = " ".join(draw.choices(f"{WORDS[queue]} the a my please is was for".split(), k=draw.randrange(8, 30)))
            writer.writerow([number, text, queue])
    new = [
        "new",
        "domain-capstone",
        "tickets",
        "--data",
        tmp_path / "tickets.csv",
        "--target",
        "queue",
        "--yes",
        "--git",
    ]
    assert "'message' (text)" in scaffolder(*new, "-o", tmp_path)
    project = Project(tmp_path / "tickets", PYTHON)
    assert left(project) == {}
    is_green(project)
    values = {one["name"]: one["value"] for one in project.metrics["metrics"]}
    assert values["macro_f1"] > 0.9
