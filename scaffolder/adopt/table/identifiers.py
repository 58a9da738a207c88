"""Columns that name things or describe people, as far as their own names tell.

The name of a thing says nothing about a new row, so it is no input; and rows of one thing are alike. That a column
describes people is a question to its owner, and no fact.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Mapping

from scaffolder.adopt.table.columns import Column
from scaffolder.adopt.table.rows import Rows
from scaffolder.adopt.table.targets import Hint
from scaffolder.errors import shown

FEWEST = 50  # things, so that each part of the rows has some
REASON = "identifies things, going by its name, so it is no input"
SOMEBODY = "(user|customer|client|patient|subject|person|participant|respondent|student|employee|household)"
_SOMETHING = "(account|order|product|item|store|case|record|row|sample|test|device|session|visit|ticket|invoice)"
_NAMES = re.compile(
    rf"(.*_)?(ids?(_str)?|[pu]id|uuid|guid|identifier|({SOMEBODY}|{_SOMETHING})_?(id|key|no|nr|num|number)|e?mail|phone)"
    rf"|(.*_)?(first|last|full|family|user|{SOMEBODY})_?name|name"
)
PEOPLE = "may describe people: if it does, are you allowed to use it, and should you?"
_PART_OF_DATE = re.compile(r"_(month|day|weekday)_*$")  # of a date; its year is asked about
_PERSON = (
    rf"({SOMEBODY}|applicant|borrower|buyer|candidate|child|driver|father|guest|member|mother|owner|parent|passenger"
    r"|seller|tenant|visitor|worker)"
)
_OF_PEOPLE_ALONE = (
    r"(gender|ethnic\w*|nationality|citizen\w*|immigra\w*|relig\w*|politic\w*|marital|marriage|married|children|dob"
    r"|pregnan\w*|disabilit\w*|occupation\w*|salary|salaries|wages?|hispanics?|latin(o|a|x)s?|non[\W_]?whites?"
    r"|caucasians?|african[\W_]american|afam|veterans?|foreigners?|foreign[\W_]born|wom[ae]n)"
)
# As the whole name of a column: white_wine and black_friday are of no people.
_GROUP = (
    rf"((is|race|ethnicity|sex|gender|origin|{_PERSON})[\W_]+)*"
    rf"(black|white|asian|native|indigenous|minority|foreign|female|male)s?([\W_]+(flag|dummy|{_PERSON}))?"
)
_OF_OTHERS_TOO = (
    r"(age|sex|race|union|child\w*|birth\w*|medical|disease\w*|diagnos\w*|disab\w*|handicap\w*|income\w*|zip|zipcode"
    r"|postcode|postal)"
)
_HEALTH = rf"((^|(general|mental|physical|{_PERSON})_)health)"  # and not that of a battery
_THING = (
    r"(.*[\W_])?(\w*bike|bicycle|car|vehicle|truck|train|plane|ship|boat|machine|device|engine|pump|sensor|battery|house|flat"
    r"|apartment|building|bridge|tree|plant|product|item|part|wine|game|match|shirt|shoe|dress|image|photo)"
)
_ANIMAL = r"(.*[\W_])?(animal|bird|penguin|fish|dog|cat|cow|horse|pig|sheep|mouse|rat|insect|crab)"
_WORDS_OF_A_NAME = 2
_WORDED = {"categorical", "text", "useless"}  # kinds of columns
_LONGEST = 200  # characters of a name that is looked at


def identifies(name: str, column: Column) -> bool:
    """Whether the column's own name says that it names things."""
    words = _words(name)
    numbered = column.kind == "numeric" and column.distinct > 2  # `patient` as 0 or 1 says yes or no
    return bool(_NAMES.fullmatch(words) or (numbered and re.fullmatch(SOMEBODY, words)))


def _words(name: str) -> str:
    return re.sub(r"[\W_]+", "_", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name[:_LONGEST])).strip("_").lower()


def may_be_of_people(name: str, row: str) -> bool:
    """Whether a column may describe people, where one row is about a `row`: a bike has an age, too."""
    of_thing = re.fullmatch(_THING, _words(row))
    return not _PART_OF_DATE.search(name) and (are_of_people(name, row) or (_doubtful(_words(name)) and not of_thing))


def are_of_people(name: str, row: str) -> bool:
    """Whether it is reasonably certain that a column describes people."""
    words, about = _words(name), _words(row)
    if _has(words, _PERSON) or _has(about, _PERSON):
        return _has(words, _OF_PEOPLE_ALONE) or _doubtful(words)
    of_others = re.fullmatch(_THING, about) or re.fullmatch(_ANIMAL, about)
    return _has(words, _OF_PEOPLE_ALONE) or (re.fullmatch(_GROUP, words) is not None and not of_others)


def _doubtful(words: str) -> bool:
    """Whether a column of this name describes people or something else."""
    return any((_has(words, _OF_OTHERS_TOO), re.search(_HEALTH, words), re.fullmatch(_GROUP, words)))


def _has(words: str, pattern: str) -> bool:
    return re.search(rf"(^|[^a-z]){pattern}([^a-z]|$)", words) is not None


def group(
    rows: Rows, named: Mapping[str, Column], wanted: str | None, notes: list[str], *, by_time: bool = False
) -> str | None:
    """The identifier by which the rows are divided, if one is in several rows: the `wanted` one, or the most general.

    That is the one with the fewest values, if each row has one. The notes warn of the others; of all, if time divides
    the rows.
    """
    shared: dict[str, int] = {}
    whole: list[str] = []
    for name, column in named.items():
        count, known, different = rows.one(f"count(*), count({column.cells}), count(DISTINCT {column.cells})")
        if different < known:
            shared[name] = different
            whole += [name] if different >= FEWEST and known == count else []
    chosen = min(whole, key=shared.__getitem__, default=None) if wanted is None else wanted
    for name in (name for name in shared if by_time or name != chosen):
        if by_time:
            why = "they are divided by time"
        elif chosen in shared and name in whole:
            why = f"they are divided by {shown(chosen)}"
        else:
            why = "it has few values, or gaps"
        notes.append(f"rows with the same {shown(name)} may be in both training and test: {why}")
    return chosen if chosen in shared else None


def recurring(rows: Rows, columns: Iterable[Column]) -> list[Hint]:
    """Columns that may be a group though their names do not say so: most of their many values are in several rows.

    A value of more than two words is a remark, not somebody's name or code.
    """
    hints = []
    for column in (column for column in columns if column.kind in _WORDED and column.distinct > FEWEST):
        if rows.one(f"avg(len(string_split(trim({column.cells}), ' ')))")[0] > _WORDS_OF_A_NAME:
            continue
        counts = [count for _, count in rows.all(f"{column.cells}, count(*)", "GROUP BY ALL")]
        if sum(count > 1 for count in counts) > len(counts) / 2:
            text = f"rows with the same {shown(column.name)} may depend on each other"
            hints.append(Hint(text, f"if they do, --group {shlex.quote(column.name)} keeps them together"))
    return hints
