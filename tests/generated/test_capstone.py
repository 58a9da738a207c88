"""domain-capstone: what is common knows no domain, and a further domain is one folder."""

from __future__ import annotations

import json
import re
import tomllib
from functools import cache
from pathlib import Path

import pytest
import seventh
from jinja2 import Environment, FileSystemLoader
from seventh import with_seventh
from support import ROOT, rendered, tool

from scaffolder.template import catalog

TEMPLATE = ROOT / "templates" / "domain-capstone"
DOMAINS = TEMPLATE / "templates" / "domains"
PROJECT = TEMPLATE / "{{cookiecutter.project_slug}}"
CONFIG = json.loads((TEMPLATE / "cookiecutter.json").read_bytes())
NAMES: list[str] = CONFIG["domain"]
FILES = {"case.md", "dataset.md", "domain.py", "regulation.md", "settings.toml", "test_domain.py"}


@cache
def words(name: str) -> set[str]:
    """What only the data of a domain are called by."""
    case = Environment(loader=FileSystemLoader(TEMPLATE / "templates")).get_template(f"domains/{name}/case.md")
    return set(case.make_module({"cookiecutter": {"_scaffolder": {}}}).words)  # type: ignore[attr-defined]


def common() -> dict[str, str]:
    """The files that every domain has, and those that several have, as text; but for copies of _shared."""
    folders = [TEMPLATE / "templates" / part for part in ("techniques", "inputs")]
    paths = [path for folder in (PROJECT, *folders) for path in folder.rglob("*") if path.is_file()]
    copies = tool("share").Template(TEMPLATE).manifest()
    kept = [
        path
        for path in paths
        if path.parent != PROJECT / "data"
        and path.suffix not in {".pyc", ".lock"}
        and ".png" not in path.name
        and path not in copies
    ]
    return {path.relative_to(TEMPLATE).as_posix(): path.read_text("utf-8") for path in kept}


@pytest.mark.parametrize("name", NAMES)
def test_a_domain_is_one_folder_with_its_data_and_one_entry(name: str) -> None:
    assert {path.name for path in (DOMAINS / name).iterdir()} == FILES
    assert {"project_name", "description", "technique", "inputs", "risk_to_try"} == CONFIG["_domains"][name].keys()
    assert name in CONFIG["__prompts__"]["domain"]
    elsewhere = [path for path in TEMPLATE.rglob("*") if path.is_file() and f"'{name}'" in path.name]
    assert {path.parent for path in elsewhere} == {PROJECT / "data"}


@pytest.mark.parametrize("name", NAMES)
def test_the_experiment_of_the_template_tries_twice_the_risk(name: str) -> None:
    files = rendered(catalog.bundled("domain-capstone"), domain=name)
    served, tried = (
        tomllib.loads(files[path][0].decode()) for path in ("settings.toml", "experiments/twice-the-risk.toml")
    )
    assert tried == {"policy": {"most_risk": 2 * served["policy"]["most_risk"]}}


@pytest.mark.parametrize("name", NAMES)
def test_common_code_names_no_domain(name: str) -> None:
    only = sorted(words(name), key=len, reverse=True)
    assert len(only) >= 5
    named = re.compile(rf"""["']{name}["']|domains/{name}|\b(?:{"|".join(map(re.escape, only))})\b""", re.IGNORECASE)
    files = common()
    assert len(files) > 60
    assert {path: found[0] for path, text in files.items() if (found := named.search(text))} == {}


@pytest.mark.parametrize("name", NAMES)
def test_a_project_holds_only_its_own_domain(name: str) -> None:
    files = rendered(catalog.bundled("domain-capstone"), domain=name)
    ours = words(name)
    others = {word for other in NAMES if other != name for word in words(other)} - ours
    texts = {path: data.decode() for path, (data, _) in files.items() if Path(path).suffix in {".py", ".md", ".toml"}}
    own = "\n".join(texts.values())
    foreign = {word for word in others if word in own and re.search(rf"\b{re.escape(word)}\b", own)}
    assert {word for word in foreign if not re.search(rf"\b{re.escape(word)}\b", described(name))} == set()
    assert [path for path in files if path.startswith("data/") and path.endswith(".gz")] == [
        re.search(r'^file = "(.+)"$', texts["settings.toml"], re.MULTILINE)[1]  # type: ignore[index]
    ]


def described(name: str) -> str:
    """What a domain says of itself; two domains may use the same words."""
    return "\n".join(path.read_text("utf-8") for path in (DOMAINS / name).iterdir())


def test_a_seventh_domain_is_generated(tmp_path: Path) -> None:
    files = rendered(catalog.read(with_seventh(tmp_path / "template"), "capstones"), domain="seeds")
    assert "data/lots.csv.gz" in files
    assert files["src/capstone/domain.py"][0].decode() == seventh.DOMAIN
    assert 'case = "lot"' in files["settings.toml"][0].decode()
    assert "A lot is tested again" in files["README.md"][0].decode()
