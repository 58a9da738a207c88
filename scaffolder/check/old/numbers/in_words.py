"""Recall and precision told in everyday words: "catches 97% of the leavers", "one in two alarms is false"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

from scaffolder.check.readers.numbers import Number, numbers_in

ROUGH = Decimal("0.1")  # "one in two" is anything from 0.45 to 0.55
CLOSE = Decimal("0.01")  # "318 of 373"

_COUNTS = {
    word: value
    for value, word in enumerate(("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"), 1)
}
_ORDINALS = {"second": 2, "other": 2, "third": 3, "fourth": 4, "fifth": 5, "tenth": 10}
_SHARE = r"(?P<share>\d{1,3}(?:\.\d+)?\s?(?:%|per ?cent))"
_COUNT = rf"(?:{'|'.join(_COUNTS)}|\d{{1,7}})"
_FRACTION = (
    rf"(?P<some>{_COUNT})\s(?:in|out of|of)\s(?:every\s)?(?P<all>{_COUNT})|"
    rf"(?:every|each)\s(?P<nth>{'|'.join(_ORDINALS)})|(?P<half>half)"
)
_ROUGHLY = r"(?:about|around|roughly|nearly|almost|some|only|just)?\s?[~≈]?"
# What a share of everybody is of, which is no recall: "finds 20% of the customers".
_EVERYBODY = (
    r"(?:customers?|users?|rows?|transactions?|applicants?|orders?|requests?|people|data|time|days?|hours?|"
    r"values?|costs?|amounts?|loss(?:es)?|money|revenue|controls?|negatives?|non|healthy|legitimate|loyal)\b"
)
_FOUND = re.compile(
    rf"\b(?:catches|caught|finds|detect(?:s|ed)|identifies|spots|(?P<misses>miss(?:es|ed)|overlooks))\s{_ROUGHLY}"
    rf"(?:{_SHARE}|{_FRACTION})\s(?>(?:(?:of|the|all|those|these|actual|true|real)\s){{0,4}})(?!{_EVERYBODY})[a-z]",
    re.IGNORECASE,
)
_IS_FOUND = re.compile(
    rf"(?<![\w.-]){_SHARE}\s(?>(?:(?:of|the|all|those|actual|true|real)\s){{1,4}})(?!{_EVERYBODY})(?:[a-z]+\s){{1,3}}?"
    r"(?:are|is|were|was|get)\s(?:caught|detected|(?P<misses>missed|overlooked))\b",
    re.IGNORECASE,
)
# Shares that are supposed, or that hold at another threshold than the one that was measured.
_ELSEWHERE = re.compile(
    r"\b(?:if|suppose|imagine|at (?:a |the )?(?:threshold|cut-?off|0?\.\d+)|top \d|threshold of)\b|\bwith (?:a )?0\.\d",
    re.IGNORECASE,
)
_ALARMS = re.compile(
    rf"(?<![\w.])(?:{_SHARE}|{_FRACTION})\s(?:of\s)?(?:(?:the|all|its|our|these)\s){{0,2}}"
    r"(?:alarms?|alerts?|warnings?|flags?|(?:flagged|predicted)\s\w+)\s(?:is|are|was|were)\s"
    r"(?P<wrong>(?:a )?(?:false|wrong|in vain|mistaken|unfounded)\b)?"
    r"(?P<right>(?:right|correct|true|justified|real|genuine)\b)?",
    re.IGNORECASE,
)


class Told(NamedTuple):
    """A share of which the words say what metric it is."""

    metric: str  # canonical
    number: Number
    start: int
    end: int


# What an assistant does with questions: how many it answers, and how many without an answer it refuses.
_ASKED = rf"\s{_ROUGHLY}(?:{_SHARE}|{_FRACTION})\s(?:of\s)?(?:the\s|all\s|its\s)*"
_ANSWERS = re.compile(
    rf"\b(?:it|this|assistant|bot|service|system|pipeline|model)\s(?:\w+\s){{0,2}}answers{_ASKED}"
    r"(?:\d+\s(?:that|answerable)\b|answerable\b|questions?\b(?! (?:in|within|under|before|by)\b))",
    re.IGNORECASE,
)
_REFUSES = re.compile(
    rf"\b(?:refuses|declines|abstains on){_ASKED}(?:\d+\s(?:that|unanswerable)\b|unanswerable\b)", re.IGNORECASE
)
_CONTAINS = re.compile(
    rf"\bfinds? the (?:expected|right) (?:words|answers?)\sfor\s{_ROUGHLY}(?:{_SHARE}|{_FRACTION})", re.IGNORECASE
)
_OF_ANSWERS = {"answer rate": _ANSWERS, "abstention recall": _REFUSES, "answer containment": _CONTAINS}
_OF_DEV = {"answered": _ANSWERS, "refused": _REFUSES}  # by the names that a report on abstention gives them
_DEV = re.compile(r"\b(?:dev|development|validation) (?:questions|split|set)\b", re.IGNORECASE)
_HINT = re.compile(
    r"\b(?:alarm|alert|warning|flag|predicted|catches|caught|finds?|detect|identifies|spots|miss|overlooks|answers|refuses|declines|abstains)",
    re.IGNORECASE,
)


def may_tell(text: str) -> bool:
    """Whether it is worth while to look for what `told` finds."""
    return bool(_HINT.search(text))


def told(text: str) -> Iterator[Told]:
    """The recalls, precisions and shares of answers that `text` tells without naming them."""
    if _ELSEWHERE.search(text):
        return
    for found in (*_FOUND.finditer(text), *_IS_FOUND.finditer(text)):
        if number := _number(found, inverse=bool(found["misses"])):
            yield Told("recall", number, found.start(), found.end())
    for metric, pattern in (_OF_DEV if _DEV.search(text) else _OF_ANSWERS).items():
        for found in pattern.finditer(text):
            if number := _number(found, inverse=False):
                yield Told(metric, number, found.start(), found.end())
    for found in _ALARMS.finditer(text):
        if (found["wrong"] or found["right"]) and (number := _number(found, inverse=bool(found["wrong"]))):
            yield Told("precision", number, found.start(), found.end())


def _number(found: re.Match[str], inverse: bool) -> Number | None:
    """The share as a number, of what was found; `inverse` if it is the share of what was not."""
    if found["share"]:
        number = next(numbers_in(found.string[: found.end("share")][found.start("share") :]), None)
        if number is None or number.value > 100:
            return None
        value = 100 - number.value if inverse else number.value
        return replace(number, text=found["share"], value=value, start=found.start("share"), end=found.end("share"))
    of = _count(found["all"]) if found["all"] else _ORDINALS[found["nth"].lower()] if found["nth"] else 2
    some = _count(found["some"]) if found["some"] else 1
    if some > of or of == 0:
        return None
    text = (found["some"] and f"{found['some']} in {found['all']}") or found["half"] or f"every {found['nth']}"
    share = Decimal(of - some if inverse else some) / of
    return Number(text, share, ROUGH if of <= 10 else CLOSE, False, found.start(), found.end())


def _count(text: str) -> int:
    return int(text) if text.isdigit() else _COUNTS[text.lower()]
