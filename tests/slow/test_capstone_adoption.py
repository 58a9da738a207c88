"""`make adopt` of domain-capstone on files as strangers export them: the domain is exchanged, and all is green."""

from __future__ import annotations

import json
import re
import sys
import tomllib
from pathlib import Path

import pytest
from adoption_files import KINDS, Kind
from projects import ROOT, Project, generate, pythons, run
from selection import picked
from test_adoption import put, snapshot

from scaffolder.template import catalog

pytestmark = pytest.mark.template("domain-capstone")
DOMAINS = [name for name, domain in catalog.bundled("domain-capstone").config["_domains"].items() if domain["adopts"]]
# The target is a number.
NUMBERS = {"amounts.csv": "this project decides between two answers; make a column with two values"}


@pytest.mark.parametrize("kind", picked(KINDS, 1, "domain-capstone"), ids=lambda kind: kind.name)
@pytest.mark.parametrize("domain", picked(DOMAINS, 1, "domain-capstone"))
def test_own_cases_take_the_place_of_the_domain(kind: Kind, domain: str, tmp_path: Path) -> None:
    project = generate(tmp_path, "domain-capstone", list(pythons().values())[-1], "visits", domain=domain)
    project.make("setup")
    before, refused = snapshot(project), kind.refused or kind.name in NUMBERS
    words = [f"{key}={value}" for key, value in {"TARGET": "missed", "YES": "1", **kind.words}.items()]
    said = project.make("adopt", f"DATA={put(kind, project, tmp_path)}", *words, code=2 if refused else 0)
    assert NUMBERS.get(kind.name, kind.says) in said
    assert "Traceback" not in said
    if refused:
        assert snapshot(project) == before
        return
    project.make("demo")
    project.make("test", "lint")
    assert leftovers(project) == {}
    told = json.loads(run(sys.executable, "-m", "scaffolder", "check", project.path, "--format", "json", cwd=ROOT))
    states = {finding["item"]: finding["state"] for finding in told["reports"][0]["findings"]}
    assert states["leftovers"] == "done"


def leftovers(project: Project) -> dict[str, str]:
    """The first word of the former domain in each text; `make space` keeps the sentence that described the project."""
    told = tomllib.loads(project.read("scaffolder.toml"))["data"]["words"]
    former = re.compile("|".join(rf"\b{re.escape(word)}\b" for word in told), re.IGNORECASE)
    kinds, skipped = (
        {".md", ".toml", ".py", ".csv", ".json", ".svg", ".html", ".jinja"},
        {"scaffolder.toml", ".scaffolder.json"},
    )
    paths = [path for path in snapshot(project) if path.suffix in kinds and path.name not in skipped]
    return {str(path): found[0] for path in paths if (found := former.search(path.read_text(encoding="utf-8")))}
