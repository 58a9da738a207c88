"""Experiments: one thing is changed, and the documents say what came of it.

A template measures the change beside what is served. `record` then writes reports/experiments.json, a row of
docs/experiments.md, and a decision record, whose questions the owner answers.
"""

import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from . import blocks, sections
from .metrics import METRICS, REPORTS, ReportError, read_json, read_text, write_json, write_text
from .run import commit

EXPERIMENTS, DECISIONS = Path("experiments"), Path("docs/decisions")
PAGE, RESULTS = Path("docs/experiments.md"), REPORTS / "experiments.json"

LONGEST = 500  # characters of a message


class ExperimentError(ValueError):
    """An experiment cannot be measured; the message says which file, and why."""


def find(name: str) -> Path:
    """The file of an experiment that changes settings.

    Raises:
        ExperimentError: there is none.
    """
    files = {path.stem: path for path in sorted(EXPERIMENTS.glob("*.toml"))}
    if name not in files:
        there = ", ".join(path.name for path in files.values()) or "no file yet"
        raise ExperimentError(f"make experiment NAME=… needs the name of a file in {EXPERIMENTS}/; there is {there}")
    return files[name]


def changed(settings: Mapping[str, Any], path: Path) -> dict[str, Any]:
    """The settings, with those of an experiment's TOML file in their place; `age = false` takes out the column `age`.

    Raises:
        ExperimentError: the file is not TOML.
    """
    try:
        new = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ExperimentError(f"{path} is not valid TOML: {error}") from None
    both = [name for name in settings if isinstance(settings[name], dict) and isinstance(new.get(name), dict)]
    return {
        **settings,
        **new,
        **{
            name: {
                key: value
                for key, value in {**settings[name], **new[name]}.items()
                if name != "columns" or value is not False
            }
            for name in both
        },
    }


@contextmanager
def blamed(path: Path, wanted: str) -> Iterator[None]:
    """Say of an error in an experiment's Python file, in one line, what the file should hold."""
    try:
        yield
    except Exception as error:
        said = " ".join(f"{path} must define {wanted}: {type(error).__name__}: {error}".split())
        raise ExperimentError(said[:LONGEST]) from None


def looked(version: str, data_sha256: str) -> list[str]:
    """The versions that were ever measured on these test data, for reports/metrics.json; it has the earlier ones."""
    try:
        earlier = read_json(METRICS)
    except ReportError:
        return [version]
    seen = earlier.get("looks", []) if earlier["run"]["data_sha256"] == data_sha256 else []
    return list(dict.fromkeys([*seen, version]))


def record(path: Path, found: Mapping[str, Any]) -> Path:
    """Write what was measured, and return the decision record. In one that is there, only the measured block changes.

    Args:
        path: of the experiment's file.
        found: what experiments.jinja shows: `measures` (name -> as served, with the change), the `gain` in the first of
            them (positive is better) with its `ci95`, how this `interval` was computed, what all was `measured_on`, and
            the `data_sha256`.

    Raises:
        ReportError: the marks of a document are wrong; then nothing is written.
    """
    numbers = {page: page.stem.partition("-") for page in DECISIONS.glob("[0-9]*-*.md")}
    new = 1 + max((int(number) for number, _, _ in numbers.values() if number.isdecimal()), default=0)
    page = next((page for page in numbers if numbers[page][2] == path.stem), DECISIONS / f"{new:04}-{path.stem}.md")
    one = {
        "file": path.as_posix(),
        "text": path.read_text(encoding="utf-8"),
        "record": page.name,
        "day": f"{datetime.now(UTC):%Y-%m-%d}",
        "commit": commit(),
        **found,
    }
    every, facts = {**measured(), path.stem: one}, documents.facts(one)
    text = read_text(page) if page in numbers else documents.decision(new, path.stem)
    decision = blocks.rewrite(text, {"experiment": facts}, page)
    stamps = read_json(blocks.STAMPS) if blocks.STAMPS.exists() else {}
    blocks.write({PAGE: {"experiments": listed(every)}}, stamps)
    write_json(RESULTS, every)
    write_text(page, decision)
    return page


def measured() -> dict[str, Any]:
    """The experiments that were measured, by name."""
    return dict(read_json(RESULTS)) if RESULTS.exists() else {}


def listed(every: Mapping[str, Any]) -> str:
    """The measured block of docs/experiments.md."""
    looks = read_json(METRICS).get("looks", []) if METRICS.exists() else []
    return str(documents.listed(every, looks))


documents: Any = sections.environment(Path(__file__).parent).get_template("experiments.jinja").module
