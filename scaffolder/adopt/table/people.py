"""Columns about people, going by their names alone: so what is said of such a column is a question, and no fact."""

from __future__ import annotations

import re

from scaffolder.adopt.table.identifiers import SOMEBODY

QUESTION = "may describe people: if it does, are you allowed to use it, and should you?"
_LONGEST = 200  # characters of a name that is looked at
_PERSON = (
    rf"({SOMEBODY}|applicant|borrower|buyer|candidate|child|driver|father|guest|member|mother|owner|parent|passenger"
    r"|seller|tenant|visitor|worker)"
)
_OF_PEOPLE_ALONE = (
    r"(gender|ethnic\w*|nationality|citizen\w*|immigra\w*|relig\w*|politic\w*|marital|marriage|married|children|dob"
    r"|pregnan\w*|disabilit\w*|occupation\w*|salary|salaries|wages?)"
)
_OF_OTHERS_TOO = (
    r"(age|sex|race|union|child\w*|birth\w*|medical|disease\w*|diagnos\w*|disab\w*|handicap\w*|income\w*|zip|zipcode"
    r"|postcode|postal)"
)
_HEALTH = rf"((^|(general|mental|physical|{_PERSON})_)health)"  # and not that of a battery
_THING = (
    r"(.*[\W_])?(\w*bike|bicycle|car|vehicle|truck|train|plane|ship|boat|machine|device|engine|pump|sensor|battery|house|flat"
    r"|apartment|building|bridge|tree|plant|product|item|part|wine)"
)


def may_be(name: str, row: str) -> bool:
    """Whether a column may describe people, where one row is about a `row`: a bike has an age, too."""
    words = _words(name)
    doubtful = _has(words, _OF_OTHERS_TOO) or re.search(_HEALTH, words) is not None
    return are(name, row) or (doubtful and not re.fullmatch(_THING, _words(row)))


def are(name: str, row: str) -> bool:
    """Whether it is reasonably certain that a column describes people."""
    words = _words(name)
    somebody = _has(words, _PERSON) or _has(_words(row), _PERSON)
    doubtful = _has(words, _OF_OTHERS_TOO) or re.search(_HEALTH, words) is not None
    return _has(words, _OF_PEOPLE_ALONE) or (somebody and doubtful)


def _words(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name[:_LONGEST]).lower()


def _has(words: str, pattern: str) -> bool:
    return re.search(rf"(^|[^a-z]){pattern}([^a-z]|$)", words) is not None
