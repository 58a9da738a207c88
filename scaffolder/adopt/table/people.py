"""Columns about people, going by their names alone: so what is said of such a column is a question, and no fact."""

from __future__ import annotations

import re

from scaffolder.adopt.table.identifiers import SOMEBODY

QUESTION = "may describe people: if it does, are you allowed to use it, and should you?"
_PART = re.compile(r"_(month|day|weekday)_*$")  # of a date; its year is asked about
_LONGEST = 200  # characters of a name that is looked at
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


def may_be(name: str, row: str) -> bool:
    """Whether a column may describe people, where one row is about a `row`: a bike has an age, too."""
    of_thing = re.fullmatch(_THING, _words(row))
    return not _PART.search(name) and (are(name, row) or (_doubtful(_words(name)) and not of_thing))


def are(name: str, row: str) -> bool:
    """Whether it is reasonably certain that a column describes people."""
    words, about = _words(name), _words(row)
    if _has(words, _PERSON) or _has(about, _PERSON):
        return _has(words, _OF_PEOPLE_ALONE) or _doubtful(words)
    of_others = re.fullmatch(_THING, about) or re.fullmatch(_ANIMAL, about)
    return _has(words, _OF_PEOPLE_ALONE) or (re.fullmatch(_GROUP, words) is not None and not of_others)


def _doubtful(words: str) -> bool:
    """Whether a column of this name describes people or something else."""
    return any((_has(words, _OF_OTHERS_TOO), re.search(_HEALTH, words), re.fullmatch(_GROUP, words)))


def _words(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name[:_LONGEST]).lower()


def _has(words: str, pattern: str) -> bool:
    return re.search(rf"(^|[^a-z]){pattern}([^a-z]|$)", words) is not None
