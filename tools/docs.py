"""Write the generated parts of the documentation: the template tables and the command reference.

`--check` writes nothing and exits with 1 if a page is out of date.
"""

from __future__ import annotations

import copy
import re
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import typer
from typer.cli import get_docs_for_click
from typer.core import TyperGroup

from scaffolder.adopt import kinds
from scaffolder.check import items
from scaffolder.check.readers import csv
from scaffolder.cli.app import app
from scaffolder.exercises import declared
from scaffolder.exercises.starter import hours
from scaffolder.template import catalog

ROOT = Path(__file__).resolve().parent.parent
OPTION = "* `-"


def templates_table() -> str:
    """One row per bundled template: what it is."""
    rows = ["| template | what you get |", "| --- | --- |"]
    rows += [f"| `{name}` | {catalog.bundled(name).about.summary} |" for name in catalog.names()]
    return "\n".join(rows)


def exercises_table() -> str:
    """The exercises of each bundled template that has any, and the time that they take."""
    rows = ["| template | the core | further ones |", "| --- | --- | --- |"]
    for name in catalog.names():
        every = declared.declared(catalog.bundled(name)).values()
        parts = [[one for one in every if one.level == level] for level in declared.LEVELS]
        rows += [f"| `{name}` | {' | '.join(map(_listed, parts))} |"] if every else []
    return "\n".join(rows)


def _listed(part: list[declared.Exercise]) -> str:
    return f"{', '.join(one.id for one in part)} ({hours(sum(one.minutes for one in part))})" if part else "none"


def command_reference() -> str:
    """Every command with its options, as Typer documents them."""
    group = loaded(typer.main.get_command(app))
    page: str = get_docs_for_click(obj=group, ctx=typer.Context(group, **group.context_settings), name="scaffolder")
    page = re.sub(r"^\* `-h, --help`: .*\n", "", page, flags=re.MULTILINE)
    page = re.sub(r"\*\*Usage\*\*:\n\n```console\n\$ (.*)\n```", r"`\1`", page)
    page = re.sub(r"\*\*Commands\*\*:\n\n(?:\* .*\n)+\n*", "", page)  # each has a section, which says the same
    return shared_once(re.sub(r"\A# .*\n+", "", page).replace("\n# ", "\n## ").strip())


def shared_once(page: str) -> str:
    """The reference, with what several commands say of an option in one place: their own sections name it alone."""
    sections = re.split(r"\n(?=#{2,3} )", page)
    counts = Counter(line for section in sections for line in section.split("\n") if line.startswith(OPTION))
    shared: dict[str, str] = {}  # by their names; of two texts for one name, the more frequent
    for line, count in counts.most_common():
        if count > 1:
            shared.setdefault(option(line), line)
    explained = "\n".join(line for line in counts if line in shared.values())
    intro = "## Shared options\n\nEach command says which of these it has.\n\n"
    first, *others = (_without(section, set(shared.values())) for section in sections)
    return "\n\n".join([first, f"{intro}{explained}", *others])


def option(line: str) -> str:
    """The long name of an option from its line in the reference, such as `--output`."""
    return re.findall(r"--[\w-]+", line)[0]


def _without(section: str, shared: set[str]) -> str:
    lines = section.split("\n")
    rest = "\n".join(line for line in lines if line not in shared).strip().removesuffix("**Options**:").strip()
    named = ", ".join(f"`{option(line)}`" for line in lines if line in shared)
    return f"{rest}\n\n**Shared options**: {named}" if named else rest


def loaded(command: Any) -> Any:
    """The command, with the commands of its groups loaded, and no summary cut."""
    if not isinstance(command, TyperGroup):
        return command.command
    group = copy.copy(command)
    group.commands = {name: loaded(each) for name, each in command.commands.items()}
    for each in group.commands.values():
        each.short_help = each.help.partition("\n\n")[0].replace("\n", " ")
    return group


def kinds_table() -> str:
    """The kinds of data that a template can take, and the options that describe them."""
    rows = ["| kind | its data | options beside `--data` |", "| --- | --- | --- |"]
    for name, kind in kinds.KINDS.items():
        options = ", ".join(f"`--{option.replace('_', '-')}`" for option in kind.takes)
        rows.append(f"| `{name}` | {kind.summary} | {options} |")
    return "\n".join(rows)


def prediction_columns() -> str:
    """The names by which the checker finds the columns of `reports/predictions.csv`."""
    rows = ["| a column for | is called one of |", "| --- | --- |"]
    for meaning, names in (
        ("the true value", csv.TRUTHS),
        ("the probability or score; in a forecast, the predicted value", csv.SCORES),
        ("the predicted class, or whether to act", csv.DECISIONS),
    ):
        rows.append(f"| {meaning} | {', '.join(f'`{name}`' for name in names)} |")
    return "\n".join(rows)


BLOCKS: dict[str, tuple[str, Callable[[], str]]] = {
    "templates": ("README.md", templates_table),
    "exercises": ("docs/starter.md", exercises_table),
    "commands": ("docs/commands.md", command_reference),
    "columns": ("docs/contract.md", prediction_columns),
    "kinds": ("docs/template-author.md", kinds_table),
    "checklist": ("docs/checklist.md", items.table),
}


def rewritten(page: str, name: str, content: str) -> str:
    """`page` with the block between `<!-- generated:NAME -->` and its closing mark replaced.

    Raises:
        SystemExit: the page has no such block, or more than one.
    """
    opening, closing = f"<!-- generated:{name} -->", f"<!-- /generated:{name} -->"
    if page.count(opening) != 1 or page.count(closing) != 1:
        raise SystemExit(f"A page should hold {opening} and {closing} exactly once each.")
    before, rest = page.split(opening)
    return f"{before}{opening}\n{content}\n{closing}{rest.split(closing)[1]}"


def main(check: bool) -> int:
    drifted = []
    for name, (path, content) in BLOCKS.items():
        page = (ROOT / path).read_text(encoding="utf-8")
        new = rewritten(page, name, content())
        if new != page:
            drifted.append(f"{path} ({name})")
            if not check:
                (ROOT / path).write_text(new, encoding="utf-8")
    if check and drifted:
        print(f"Out of date: {', '.join(drifted)}. Run `make docs`.", file=sys.stderr)
    return int(check and bool(drifted))


if __name__ == "__main__":
    raise SystemExit(main("--check" in sys.argv[1:]))
