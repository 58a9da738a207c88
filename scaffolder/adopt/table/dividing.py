"""Whether rows can be divided into training, validation and test rows, so that a project can use them at all."""

from __future__ import annotations

from collections.abc import Iterable

from scaffolder.adopt.kinds import AdoptionError
from scaffolder.adopt.table.columns import Column
from scaffolder.adopt.table.rows import Rows
from scaffolder.adopt.table.targets import Target
from scaffolder.adopt.wording import sql
from scaffolder.errors import shown

_TEST, _VALIDATION = 0.2, 0.2  # shares of the rows
_FEWEST = 5  # different rows or groups, so that each part has one of each class
_SOME = 20_000  # rows mostly tell that there are enough


def refuse_undividable(
    rows: Rows, target: Target, inputs: Iterable[Column], time: Column | None, group: Column | None
) -> None:
    """Refuse rows of which a part would be empty, or have only one value of the target.

    Rows with the same inputs, or of the same group, stay in one part, unless a time orders them.
    """
    if time is not None:
        _refuse_order(rows, target, time)
        return
    same = [group] if group is not None else list(inputs)
    drawn = rows.drawn(_SOME)
    if _rare(drawn, target, same) and (rare := _rare(rows, target, same)):
        value, different = rare
        what = f"different values of {shown(group.name)}" if group is not None else "different rows"
        where = f" with {shown(target.column.name)} = {shown(value)}" if target.classes else ""
        raise AdoptionError(
            f"This table cannot be used: there are only {different} {what}{where}, too few to divide them into "
            "training, validation and test rows."
        )


def _rare(rows: Rows, target: Target, same: list[Column]) -> tuple[str, int] | None:
    """The class with too few different rows, and how many it has."""
    kinds = target.column.cells if target.classes else "''"
    key = f"hash({', '.join(one.value for one in same)})"
    found = rows.all(f"{kinds} AS kind, count(DISTINCT {key}) AS n", "GROUP BY kind ORDER BY n, kind")
    few = [(kind, different) for kind, different in found if different < _FEWEST]
    return few[0] if few else None


def _refuse_order(rows: Rows, target: Target, time: Column) -> None:
    """Refuse an order in which a part has too little: the latest rows test, and those before them validate."""
    count, place = rows.count(), time.cells
    starts = [int(count * share) for share in (1 - _TEST - _VALIDATION, 1 - _TEST)]
    validation, test = (sql(rows.all(place, f"ORDER BY 1 LIMIT 1 OFFSET {start}")[0][0]) for start in starts)
    parts = {
        "training": f"{place} < {validation}",
        "validation": f"{place} >= {validation} AND {place} < {test}",
        "test": f"{place} >= {test}",
    }
    for name, where in parts.items():
        found, different = rows.only(where).one(f"count(*), count(DISTINCT {target.column.cells})")
        if different < 2:
            what = f"only one value of {shown(target.column.name)}" if found else "no row"
            raise AdoptionError(
                f"This table, ordered by {shown(time.name)}, cannot be used: there is {what} among the {name} rows."
            )
