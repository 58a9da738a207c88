"""The kind `table`: rows with a target, which is a class or a number, to train a model on.

Keys of the contract, all optional:

    "targets": ["two", "several", "number"]   what the target may be: two classes, several classes, a number
    "dates": true                             whether the year, month, day and weekday of a date may be inputs
    "most_categories": 50                     how many values of a category are told apart; 0 leaves out those with many
    "texts": true                             whether the template decides from a free text where nothing else is left
    "words": true                             whether free text may be an input, of kind "text", by its words
    "ids": "case"                             the name of a column to add, which numbers the rows
    "bands": true                             whether to add a column of quarters for each number that is a slice
    "fewest_rows": 50                         how many rows can be divided
    "reserved": ["decided"]                   names that no column may have

Facts, ready for texts: `_toml` for TOML, `_md` for Markdown, `_py` for Python, all others plain words or numbers. Each
is always there; "", 0 or [] where there is nothing.

    name, file, sha256, source_md, form       "visits", the data file, its hash, the owner's file, "CSV in UTF-8, …"
    rows, rows_text                           5000, "5,000"
    task                                      "two", "several" or "number"
    target_toml, target_md                    the column to predict
    classes_toml                              its classes: the one to find last; of several, the most frequent first
    positive_toml, positive_md, share_text    of two classes, the one to find, and its share "12.3%"
    least, most, mean                         of a number, as text
    time_toml, time_md, first, last           the column that orders the rows, its first and last moment
    folds                                     of a cross-validation on the training rows
    group_toml, group_md, groups_text         the column of what recurs, and how many there are
    id_toml                                   the column that numbers the rows
    columns_toml                              lines such as `age = "numeric"`, the inputs
    inputs_text                               how many inputs there are
    free_text                                 whether an input is free text
    slices_toml, people_toml                  columns by which groups are compared; those of them about people
    suspected_toml                            the inputs that may be known only after the target
    unsettled_toml                            warnings, each as a TOML string
    miss, false_alarm                         the costs as numbers of TOML
    weight                                    how many false alarms a miss costs by the class shares
    costs_given                               whether the owner said both costs
    frequent_share                            the share of the most frequent class, as a number
    numbers_py, categories_py                 the names of the inputs of each kind, as Python
    best_toml, best_md, best_py, cuts         the input that alone tells most; of a number, its quartiles
    about_md                                  sentences about the rows, the target, the order and the groups
    columns_md                                lines of a table: column, kind, empty cells, values
    left_out_md, to_look_at_md                columns left out with the reason; what stood out
    row, meaning, actor, unit, currency       the owner's words
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from scaffolder.adopt import reading
from scaffolder.adopt.kind import About, Adoption, AdoptionError, Kind, Options
from scaffolder.adopt.literals import plain
from scaffolder.adopt.reading import Table
from scaffolder.adopt.table import columns, describing, proposal
from scaffolder.adopt.table.proposal import Proposal, Uses
from scaffolder.adopt.table.rows import Rows
from scaffolder.errors import shown
from scaffolder.template.answers import Data
from scaffolder.tree import File

_COST = "An example: 200, if each one costs you about 200 euros. Press Enter if you do not know it yet."
ABOUT: Mapping[str, About] = {
    "row": About("What is one row about? One word, such as parcel", "row"),
    "meaning": About("When is {target} {positive}? Half a sentence, such as: the parcel came too late"),
    "unit": About("In which unit is {target}, such as minutes?"),
    "actor": About("Who acts on a prediction, such as the dispatcher?"),
    "miss": About("What does it cost when {positive} is missed? A number", help=_COST, number=True),
    "false_alarm": About("What does a false alarm cost? A number", help=_COST, number=True),
    "currency": About("In which currency or unit are these costs, such as EUR?"),
}
_OF_NUMBERS = {
    "meaning": "What does {target} measure? A few words, such as: the delay of the parcel",
    "miss": "What does it cost to forecast one unit too few? A number",
    "false_alarm": "What does it cost to forecast one unit too many? A number",
}
_UNASKED = {"two": {"unit"}, "several": {"meaning", "unit", "miss", "false_alarm", "currency"}, "number": set[str]()}
_SAID = ("row", "meaning", "actor", "unit", "currency")
_WORDS = ("the", "parcel", "came", "late", "with", "a", "broken", "box")


def adopt(source: Path, options: Options, contract: Mapping[str, Any]) -> Adoption:
    """Read a table and propose how the template uses it.

    Raises:
        AdoptionError: the table cannot be used so, or an option does not fit it.
    """
    costs = {name: _cost(name, options.about[name]) for name in ("miss", "false_alarm") if options.about.get(name)}
    table = _read(source, options, contract)
    with table.connection() as connection:
        connection.execute(columns.MACROS)
        rows, semicolons = Rows(connection), "semicolons" in table.form
        proposed = proposal.propose(rows, table.names, options, _uses(contract), semicolons=semicolons)
        if costs and proposed.target.task == "several":
            raise AdoptionError(
                f"--about {next(iter(costs))} says nothing of several classes: settings.toml has a matrix of costs."
            )
        file = describing.planned(proposed, source, contract)
        packed = describing.packed(proposed, file)
        facts = {
            "source_md": plain(source.name),
            "form": table.form,
            **describing.facts(proposed, file, packed, costs),
            **{name: options.about.get(name) or ABOUT[name].default for name in _SAID},
        }
        preview = tuple(_preview(source, table.form, proposed))
    return Adoption(Data("table", facts, {file.path: File(packed)}), preview)


def fitting(source: Path, options: Options, contract: Mapping[str, Any]) -> dict[str, About]:
    """The questions that fit the target of these data; raises `AdoptionError` as `adopt` does."""
    table = _read(source, options, contract)
    with table.connection() as connection:
        connection.execute(columns.MACROS)
        rows, semicolons = Rows(connection), "semicolons" in table.form
        target = proposal.target_in(rows, table.names, options, _uses(contract), semicolons=semicolons).target
    prompts = {name: about.prompt for name, about in ABOUT.items()} | (_OF_NUMBERS if target.task == "number" else {})
    words = {"target": shown(target.column.name), "positive": shown(target.positive or "")}
    asked = (name for name in ABOUT if name not in _UNASKED[target.task])
    return {name: replace(ABOUT[name], prompt=prompts[name].format(**words)) for name in asked}


def example(folder: Path, contract: Mapping[str, Any]) -> tuple[Path, Options]:
    """A small table as `contract` allows it, to try a template with: its file, and the options."""
    source, fewest = folder / "example.csv", max(200, int(contract.get("fewest_rows", Uses.fewest_rows)))
    lines = [f"{n * 7919 % 1009 / 10},{'abc'[n * 31 % 7 % 3]},{('no', 'yes')[n * 17 % 5 > 2]}" for n in range(fewest)]
    lines = ["amount,kind,answer", *lines]
    if contract.get("words"):
        notes = (" ".join(word for place, word in enumerate(_WORDS) if (n + 1) >> place & 1) for n in range(fewest))
        lines = [f"{line},{note}" for line, note in zip(lines, ["note", *notes], strict=True)]
    source.write_text("\n".join(lines), encoding="utf-8")
    [target, *_] = contract.get("targets", Uses.targets)
    return source, Options(target={"two": "answer", "several": "kind", "number": "amount"}[target])


def _read(source: Path, options: Options, contract: Mapping[str, Any]) -> Table:
    """The table, if the options are right."""
    if options.target is None:
        raise AdoptionError("--target must name the column to predict.")
    table = reading.read(source)
    _refuse_reserved(table.names, contract.get("reserved", ()))
    return table


def _uses(contract: Mapping[str, Any]) -> Uses:
    return Uses(
        tuple(contract.get("targets", Uses.targets)),
        bool(contract.get("texts", Uses.texts)),
        bool(contract.get("words", Uses.words)),
        int(contract.get("fewest_rows", Uses.fewest_rows)),
        bool(contract.get("dates", Uses.dates)),
        int(contract.get("most_categories", Uses.most_categories)),
    )


def _cost(name: str, text: str) -> str:
    """A cost as a number of TOML; `kinds` has checked that it is a number."""
    if not (cost := float(text)):
        raise AdoptionError(f"--about {name}={text} must be a number above 0, such as 20 or 0.5.")
    return f"{cost:.12g}" if "e" not in f"{cost:.12g}" else repr(cost)


def _refuse_reserved(names: Sequence[str], reserved: Sequence[str]) -> None:
    if taken := sorted(set(reserved).intersection(names)):
        raise AdoptionError(f"The name {shown(taken[0])} is needed for a column of the project: rename the column.")


def _preview(source: Path, form: str, proposed: Proposal) -> Iterator[str]:
    other = "; it is not in UTF-8, so check that all letters are right" if "Windows-1252" in form else ""
    yield f"{source}: {form}{other}"
    yield ""
    yield from describing.sentences(proposed)
    yield "Inputs:"
    yield from (f"  {shown(name)} ({one.kind})" for name, one in proposed.inputs.items())
    yield f"Groups to compare: {', '.join(map(shown, proposed.slices)) or 'none'}"
    yield "Left out:"
    yield from [f"  {shown(name)} {reason}" for name, reason in proposed.dropped.items()] or ["  nothing"]
    yield "Look at this:"
    hints = ["; ".join(filter(None, hint)) for hint in proposed.hints]
    yield from [f"  {told}" for told in (*proposed.notes, *hints)] or ["  nothing stands out"]


KIND = Kind(
    "rows with a target, which is a class or a number, to train a model on",
    ABOUT,
    ("target", "positive", "task", "time", "no_time", "group", "no_group", "dates", "without"),
    adopt,
    example,
    ("target",),
    fitting,
)
