"""A small template and its project, for tests that tell the owner's lines from the template's."""

from __future__ import annotations

from pathlib import Path

import support
from support import git, make_template

from scaffolder.project.mine.comparison import examine

CONFIG = {
    "project_name": "Night Shift",
    "project_slug": "{{ cookiecutter.project_name|slugify }}",
    "case": ["parcels", "own"],
    "_data": {},
    "_scaffolder": {
        "data": {"kind": "table", "answers": {"case": "own"}, "targets": ["two", "number"], "fewest_rows": 50}
    },
}
README = """# {{ cookiecutter.project_name }}

Says which parcels will come late, so that somebody can call the people who wait for them at home.

TODO(problem): who loses what when the answer is wrong?

## Results

<!-- measured:results -->
_Not measured yet._
<!-- /measured:results -->

## Demo

make demo shows it.
"""
MODEL = '''"""The model of the parcels."""

import json
from pathlib import Path


def read(path: Path) -> dict[str, float]:
    """The weights.

    They are those of the last run.
    """
    weights = json.loads(path.read_text(encoding="utf-8"))  # small
    if "bias" not in weights:
        raise ValueError(f"{path} has no weight called 'bias': " "train again")
    return {name: float(value) for name, value in sorted(weights.items()) if not name.startswith("_")}


def score(weights: dict[str, float], parcel: dict[str, float]) -> float:
    """The chance that a parcel comes late."""
    total = weights["bias"]
    for name, value in parcel.items():
        total += weights.get(name, 0.0) * value
    return max(0.0, min(1.0, total))
'''
SERVICE = '''"""The service."""

from kit.model import score


def answer(weights: dict[str, float], parcel: dict[str, float]) -> str:
    """The answer for a person."""
    chance = score(weights, parcel)
    if chance >= 0.5:
        return "late"
    return "on time"
'''
TESTS = """from kit.service import answer


def test_an_empty_parcel_is_on_time() -> None:
    assert answer({"bias": 0.0}, {}) == "on time"
"""
FILES = {
    "README.md": README,
    "src/kit/model.py": MODEL,
    "src/kit/service.py": SERVICE,
    "tests/test_service.py": TESTS,
    "settings.toml": "# What a mistake costs\n[costs]\ncall = 2\nmissed = 20\n",
    "requirements.lock": "numpy==2.0.0\n",
    "data/DATASET.md": "# Dataset\n\n{% if cookiecutter._data %}{{ cookiecutter._data.file }}{% else %}Parcels of one year.{% endif %}\n",
    "{% if not cookiecutter._data %}data{% else %}data{% endif %}/{% if not cookiecutter._data %}parcels.csv{% endif %}": "parcel,late\n1,yes\n",
    "scaffolder.toml": "contract = 1\n",
}
OWN = "def late_share(answers: list[str]) -> float:\n    return answers.count('late') / len(answers)\n"


def template(folder: Path) -> Path:
    return make_template(folder / "kit", CONFIG, {path: text.encode() for path, text in FILES.items()})


def change(folder: Path, path: str, old: str, new: str) -> None:
    """Replace a text of a file of the template."""
    edit(folder / "{{ cookiecutter.project_slug }}", path, old, new)


def edit(folder: Path, path: str, old: str, new: str) -> None:
    text = (folder / path).read_text("utf-8")
    assert old in text
    (folder / path).write_text(text.replace(old, new), "utf-8")


def append(folder: Path, path: str, text: str) -> None:
    with open(folder / path, "a", encoding="utf-8") as file:
        file.write(text)


def commit(folder: Path) -> Path:
    support.commit(folder)
    return folder


def owners(folder: Path) -> dict[str, list[str]]:
    """The owner's lines of each file as the committed project has them, without blank ones."""
    found = {}
    for share in examine(folder).files:
        lines = git(folder, "show", f"HEAD:{share.path}").split("\n") if share.marked else []
        numbers = [number for first, last in share.marked for number in range(first, last + 1)]
        if said := [lines[number - 1].strip() for number in numbers if lines[number - 1].strip()]:
            found[share.path] = said
    return found
