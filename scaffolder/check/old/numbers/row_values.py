"""What an error analysis says of a named row, compared with that row."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

from scaffolder.check.numbers.claims import label
from scaffolder.check.readers.csv import Rows
from scaffolder.check.readers.numbers import Number, agrees, decimal, numbers_in

MOST_COLUMNS = 40
MOST_ROWS = 1_000  # whose categories are known
NEAR = 60  # characters before a number in which its column may be named

_NUMBERS = r"\s+#?(\d{1,9}(?:(?:,|,? and|,? or| &)\s(?:rows? )?\d{1,9})*)(?!\w|[.,]\d)"
_ENDS = re.compile(
    r";\s|\b(?:but|whereas|unlike|than|instead|would|should|could|average|mean|median|typical\w*|usual\w*|most|others?|"
    r"everybody|everyone|threshold|offer|all)\b",
    re.IGNORECASE,
)
_ROUGH = re.compile(
    r"(?:about|around|roughly|nearly|almost|some|over|under|above|below|more|less|least|most|another|within|in|for|every|"
    r"last|first|next|[~≈<>≥≤$€£])\s*$",
    re.IGNORECASE,
)
_RELATIVE = re.compile(
    r"\s?\w+\s(?:more|less|longer|shorter|off|of)\b|"
    r"\s?(?:years?|months?|weeks?|days?|hours?|h|minutes?|min)\s(?:before|later|earlier|ago|after|until|in)\b"
)
_UNIT = re.compile(r"\s?(?:(a|an|per|each)\s|(?=\w))([A-Za-z]+)")
_JOINED = r"(?:\s(?:is|was|are|were|of|at|=|:)|\s?[=:])?\s?"
_NO_UNIT = frozenset(("of", "an", "the", "in", "share", "thousand", "units"))


class RowValues:
    """Finds values that are told of a row and that it does not have, where its column or its unit is given."""

    def __init__(self, errors: Rows, settings: Mapping[str, Any], entity: str = "row") -> None:
        self.errors = errors
        self.named = re.compile(rf"\b(?:row|{re.escape(entity[:40])})s?{_NUMBERS}", re.IGNORECASE)
        self.name = re.compile(r"\d+")
        if prefix := lettered(errors.ids):
            self.name = re.compile(rf"(?<!\w){prefix}\d{{1,9}}(?!\w)")
            self.named = re.compile(rf"({self.name.pattern}(?:(?:,|,? and|,? or| &)\s{self.name.pattern})*)")
        self.units = _units(settings)

    def wrong(self, sentence: str) -> Iterator[str]:
        """What the sentence gets wrong, row by row."""
        found = list(self.named.finditer(sentence))
        for at, match in enumerate(found):
            until = found[at + 1].start() if at + 1 < len(found) else len(sentence)
            told = _ENDS.split(sentence[match.end() : until], maxsplit=1)[0]
            records = [self.errors.row(name) for name in self.name.findall(match[1])]
            known = [record for record in records if record is not None]
            if known and len(known) == len(records):
                yield from (f"row {match[1]}: {fact}" for fact in self._of_rows(told, known))

    def _of_rows(self, told: str, records: list[tuple[str, ...]]) -> Iterator[str]:
        folded = told.replace("_", " ")
        for number in numbers_in(folded):
            places = self._places(folded, number)
            values = {record[place].strip() for record in records for place in places} - {""}
            if places and values and not any(_same(number, value) for value in values):
                names = ", ".join(self.errors.header[place] for place in places)
                yield f"{names} is {' or '.join(sorted(values)[:3])}, not {number.text.strip()}"
        yield from self._words(label(told), records)

    def _places(self, text: str, number: Number) -> list[int]:
        """The columns that the number may be of: the one named beside it, or those with the unit behind it."""
        before, after = text[: number.start], text[number.end :]
        near = before[-NEAR:].casefold()
        for name, place in self._columns.items():
            if name in near and re.search(rf"(?<!\w){re.escape(name)}{_JOINED}$", near):
                return [place]
        if _ROUGH.search(near) or _RELATIVE.match(after):
            return []
        unit = _UNIT.match(after)
        wanted = f"{'per ' if unit[1] else ''}{unit[2].casefold()}" if unit else ""
        return [self._columns[name] for name, units in self.units.items() if wanted in units and name in self._columns]

    @cached_property
    def _columns(self) -> dict[str, int]:
        titles = ((label(title), place) for place, title in enumerate(self.errors.header[:MOST_COLUMNS]) if place)
        found = {title: place for title, place in titles if title}
        if "predicted" in found:
            found |= dict.fromkeys(("probability", "prediction", "score"), found["predicted"]) | found
        return found

    @cached_property
    def _choices(self) -> dict[str, set[str]]:
        """The words that stand in each column."""
        found = {
            name: {label(row[place]) for row in self.errors.records[:MOST_ROWS]}
            for name, place in self._columns.items()
        }
        return {name: {value for value in values if value and not value[0].isdigit()} for name, values in found.items()}

    def _words(self, folded: str, records: list[tuple[str, ...]]) -> Iterator[str]:
        """Categories named beside their column that the rows do not have: "a two-year contract"."""
        for name, choices in self._choices.items():
            if name not in folded:
                continue
            own = {label(record[self._columns[name]]) for record in records}
            for choice in choices - own:
                one, other = re.escape(choice), re.escape(name)
                beside = rf"(?<!\w)(?:{one}(?: as)? {other}|{other}{_JOINED}{one})(?!\w)"
                if len(choice) > 3 and choice in folded and re.search(beside, folded):
                    yield f"{name} is {' or '.join(sorted(own))}, not {choice}"


def lettered(ids: Iterable[str]) -> str:
    """The letters that all names such as q275 begin with; "" where names are numbers, or words."""
    found = {match[1] if (match := re.fullmatch(r"([A-Za-z]{1,8}[-_]?)\d{1,9}", name)) else "" for name in ids}
    return re.escape(found.pop()) if len(found) == 1 else ""


def _units(settings: Mapping[str, Any]) -> dict[str, set[str]]:
    """Column -> how its unit is written behind a number: usd and "per month", or month and months."""
    features = settings.get("features")
    found: dict[str, set[str]] = {}
    for feature in features if isinstance(features, list) else ():
        if isinstance(feature, dict) and isinstance(unit := feature.get("unit"), str):
            of, _, per = unit.casefold().partition(" per ")
            words = set(re.findall(r"[a-z]{2,}", of)) - _NO_UNIT
            ends = {word + "s" for word in words} | {word.removesuffix("s") for word in words}
            found[label(str(feature.get("name")))] = words | ends | ({f"per {per}"} if per else set())
    return found


def _same(number: Number, value: str) -> bool:
    try:
        measured = decimal(float(value))
    except ValueError:
        return True
    return measured is None or agrees(number, measured)
