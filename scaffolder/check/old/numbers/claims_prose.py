"""Claims in sentences: a number is bound by the metric named before it, and by the models or slices near it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from scaffolder.check.numbers.claims import NOTHING, Claim, Labels, Scope
from scaffolder.check.numbers.in_words import may_tell, told
from scaffolder.check.numbers.metric_names import Mention, mentions
from scaffolder.check.numbers.metrics import Entry, Metrics
from scaffolder.check.numbers.wishes import is_elsewhere, is_wished
from scaffolder.check.readers.markdown import Document
from scaffolder.check.readers.numbers import Number, numbers_in

NEAR = 45  # characters between a metric's name and its number
MOST_CHARACTERS = 4_000  # of one sentence
MOST_TRIALS = 500

_DIGIT = re.compile(r"\d")
_CLAUSE = re.compile(r";\s|:\s(?=over\b)|,\s(?=so\b)")
_PROBLEM_WISH = re.compile(
    r"\b(?:at least|at most|reach(?:es)?|when|if|below|under|above|over|no more than)\b|[≥≤<>]", re.IGNORECASE
)
_OTHER = re.compile(
    r"\b(?:gain(?:s|ed)?|better|worse|improve[sd]?|improvement|difference|differs?|lift|drop(?:s|ped)?|falls?|fell|"
    r"rises?|rose|loses?|lost|cross-?validation|cv|folds?|validation|train(?:ing)?|best possible|ceiling|margin|won|"
    r"wins|more than|less than|points?)\b|[Δ±]",
    re.IGNORECASE,
)
_GATE = re.compile(r"\b(?:gates?|bounds?|fails? (?:when|if|below|above))\b", re.IGNORECASE)
_CONFIDENCE = re.compile(
    r"\s?(?:confidence|CI\b|bootstrap|credible|prediction|intervals?|of the (?:time|rows|days))", re.IGNORECASE
)
_INTERVAL = re.compile(r"\s*(?:\[|\((?:95\s?% ?(?:CI|confidence interval)?:?\s*)?)\s*$")
_BETWEEN = re.compile(r"\s*(?:,|–|—|-|to)\s*$")
_JOINING = re.compile(
    r"[\s:=≈~*`(]*(?:(?:is|was|are|were|of|at|to|reach(?:es|ed)?|achiev(?:es|ed)|scores?d?|values?|about|around|roughly|only|just|"
    r"the|a|an|on|test|set|rows|data|held-out|split|stands|equals|measured|hits?|gets?|got|has|had|with|from|by|comes?|as|low|high|"
    r"at least|at most|above|below|over|under|more|less|than|\[|\])[\s:=≈~*`(]*)*[\s:=≈~<>≥≤*`(]*",
    re.IGNORECASE,
)
_AFTER = re.compile(r"\s?(?:in |of |for |points? of |as )?(?:the |its )?[`*]*$", re.IGNORECASE)
_ABOVE = re.compile(r"(?:at least|above|over|more than|better than|exceed(?:s|ed)?|≥|>)\s*$", re.IGNORECASE)
_BELOW = re.compile(r"(?:at most|below|under|less than|no more than|≤|<)\s*$", re.IGNORECASE)
_COUNTED = re.compile(
    r"\s?-?(?:rows?|customers?|days?|months?|weeks?|hours?|minutes?|seconds?|ms|s\b|times|folds?|features?|inputs?|"
    r"examples?|samples?|records?|cases?|people|users?|of\b|out of\b|per\b|errors?|questions?|documents?|in \d|"
    r"percentiles?|k\b|points? out)"
)
_NO_SCORE = re.compile(
    r"(?:threshold|cut-?off|probability|seed|alpha|top|first|last|row|rows|#|n ?=|k ?=|version|python|of the)"
    r"[\s:=]*(?:of |at |from )?$",
    re.IGNORECASE,
)
_ASKED = re.compile(r"\s(?:(?:test|dev|other|answerable) )?(?:questions|documents|passages)\b")
_P_VALUE = re.compile(r"(?<!\w)p(?:[- ]?values?)?[`*]*\s?(?:=|<|≤|of|is)\s?$", re.IGNORECASE)
_LABEL_GAP = re.compile(
    r"[\s`*]*(?:\[[^\[\]]*\]|\([^()]*\))?[\s`*]*(?:for|of|by|from|with|on|in|among)\s+(?:the |a |an )?[`*]*",
    re.IGNORECASE,
)


_OF_ALL = re.compile(r"\s?(?:of|for|over|on|in) (?:all\b|the whole|everything|everybody)|\s?(?:overall|in total)\b")


class Place(NamedTuple):
    """A model or slice named in a clause."""

    start: int
    end: int
    entries: list[Entry]


@dataclass
class Carried:
    """What an earlier clause of the sentence was about."""

    mention: Mention | None = None
    other: bool = False
    groups: bool = False  # the section is about parts of the rows, which it may call by words of its own


class Prose:
    """Reads the sentences of documents against one repository's reports."""

    def __init__(self, metrics: Metrics, labels: Labels) -> None:
        self.metrics = metrics
        self.labels = labels
        self.named = {entry.metric: entry for entry in metrics.named}
        self.variants = _variants(metrics)
        self.gates = {gate.metric: Entry(gate.metric, gate.threshold, "gates", "gate") for gate in metrics.gates}

    def claims(self, document: Document) -> Iterator[Claim]:
        """The claims in the sentences of `document`."""
        problem = _lines(document, "problem")
        parts = [_lines(document, name) for name in ("error analysis", "limitations")]
        measured = [range(span.line, span.end) for span in document.spans]
        for text, line in document.sentences:
            wished = line in problem and _PROBLEM_WISH.search(text)
            if not wished and (_DIGIT.search(text) or may_tell(text)):
                carried = Carried(groups=any(line in part for part in parts))
                yield from self._sentence(text[:MOST_CHARACTERS], line, any(line in span for span in measured), carried)

    def _sentence(self, text: str, line: int, measured: bool, carried: Carried) -> Iterator[Claim]:
        for clause in _CLAUSE.split(text):
            if not is_elsewhere(clause):
                yield from self._clause(clause, line, measured, carried)

    def _clause(self, text: str, line: int, measured: bool, carried: Carried) -> Iterator[Claim]:
        named = list(mentions(text, self.metrics.names))
        places = [Place(*place) for place in self.labels.in_text(text)]
        taken_up = [*((m.start, m.end) for m in named), *((p.start, p.end) for p in places)]
        numbers = [
            number for number in numbers_in(text) if not any(start <= number.start < end for start, end in taken_up)
        ]
        if named:
            carried.other = False
        carried.other = carried.other or bool(_OTHER.search(text[: numbers[0].start] if numbers else text))
        if self.variants and not places and self.variants.search(text):
            carried.other = True
        taken: set[int] = set()
        for each in told(text):
            taken.update(number.start for number in numbers if each.start <= number.start < each.end)
            if each.metric in self.metrics.names and not is_wished(text, each.start, each.end):
                scope = self._scope(text, each.metric, True, each.number, places, carried)
                yield scope.judge(each.metric, each.number, line)
            elif each.metric in self.named:
                yield Scope([self.named[each.metric]]).judge(each.metric, each.number, line)
        for index, number in enumerate(numbers):
            if measured and not number.decimals and _ASKED.match(text, number.end):
                yield Scope(numbers=self.metrics.everything).judge("count", number, line)
            if number.start in taken or not _is_score(text, number, measured):
                continue
            if is_wished(text, number.start, number.end):
                continue
            interval = _interval(text, numbers[index : index + 3])
            taken.update(bound.start for bound in interval)
            mention, near = _bound(text, number, named, numbers)
            if mention is None and (measured or carried.mention) and number.decimals > 1:
                mention, near = carried.mention or Mention("number", 0, 0), False
            if mention and _P_VALUE.search(text[max(0, number.start - 20) : number.start]):
                mention, near = Mention("number", 0, 0), False
            if mention and (claim := self._judge(text, mention, near, number, interval, line, places, carried)):
                yield claim
        carried.mention = named[-1] if named else carried.mention

    def _judge(
        self,
        text: str,
        mention: Mention,
        near: bool,
        number: Number,
        interval: list[Number],
        line: int,
        places: list[Place],
        carried: Carried,
    ) -> Claim | None:
        metric = mention.metric
        if metric not in self.metrics.names and metric != "number":
            return Scope().judge(metric, number, line) if near else None
        scope = self._scope(text, metric, near, number, places, carried)
        before = text[max(0, number.start - 20) : number.start]
        sign = 1 if _ABOVE.search(before) else -1 if _BELOW.search(before) else 0
        if sign and scope.entries and not carried.other:
            return None if scope.holds(sign, number) else scope.differs(metric, number, line)
        return scope.judge(metric, number, line, interval)

    def _scope(
        self, text: str, metric: str, near: bool, number: Number, places: list[Place], carried: Carried
    ) -> Scope:
        pool = self.metrics.pool(metric) if metric != "number" else self.metrics.everything
        place = None if _OF_ALL.match(text, number.end) else _nearest(text, number, places)
        own = [entry for entry in place.entries if entry.metric == metric] if place else []
        if own and (not carried.other or _in_brackets(text, place, number)):
            return Scope(own)
        gate = [self.gates[metric]] if metric in self.gates and _GATE.search(text) else []
        served = [entry for entry in self.metrics.scores if entry.metric == metric]
        if carried.other or metric == "number":
            return Scope([*own, *gate], pool)
        named = [entry for each in places for entry in each.entries if entry.metric == metric]
        if carried.groups:
            named += [entry for entry in self.metrics.slices if entry.metric == metric]
        if "baseline" in text.casefold():
            named += [entry for entry in self.metrics.baselines if entry.metric == metric]
        return Scope([*served, *named, *gate], NOTHING if near else self.metrics.everything)


def _variants(metrics: Metrics) -> re.Pattern[str] | None:
    """The words for configurations that were tried and are not served, such as "dense": their scores are no claims."""
    trials = metrics.content.get("ablation")
    tried = [each for each in trials[:MOST_TRIALS] if isinstance(each, dict)] if isinstance(trials, list) else []
    words: dict[bool, set[str]] = {True: set(), False: set()}
    for each in tried:
        values = each.get("configuration")
        for value in values.values() if isinstance(values, dict) else ():
            words[each.get("model") == metrics.model].add(str(value))
    other = sorted(re.escape(word) for word in words[False] - words[True] if word not in ("", "none"))
    return re.compile(rf"(?<!\w)(?:{'|'.join(other)})(?!\w)", re.IGNORECASE) if other else None


def _lines(document: Document, name: str) -> range:
    section = document.section(name)
    return range(section.line, section.end + 1) if section else range(0)


def _is_score(text: str, number: Number, measured: bool) -> bool:
    """Whether the number can be a score: no share of confidence, no count of things, no threshold."""
    after = text[number.end : number.end + 30]
    if number.percent and _CONFIDENCE.match(after):
        return False
    if not measured and _NO_SCORE.search(text[max(0, number.start - 25) : number.start]):
        return False
    return number.decimals > 0 or not _COUNTED.match(after)


def _bound(text: str, number: Number, named: list[Mention], numbers: list[Number]) -> tuple[Mention | None, bool]:
    """The metric that the number is of, and whether it stands near enough to be sure."""
    left = max((m for m in named if m.end <= number.start), key=lambda m: m.end, default=None)
    right = min((m for m in named if m.start >= number.end), key=lambda m: m.start, default=None)
    joined = bool(left and number.start - left.end <= 2 * NEAR and _JOINING.fullmatch(text, left.end, number.start))
    if right and not joined and _AFTER.fullmatch(text, number.end, right.start):
        return right, True
    if left is None:
        return None, False
    between = any(left.end <= other.start < number.start for other in numbers)
    near = joined or (not between and number.decimals > 0 and number.start - left.end <= NEAR)
    return (left, near) if near or number.decimals > 1 else (None, False)


def _interval(text: str, numbers: list[Number]) -> list[Number]:
    """The two numbers in brackets behind the first, if there are."""
    if len(numbers) < 3:
        return []
    value, low, high = numbers
    opened = _INTERVAL.match(text[value.end : low.start])
    return [low, high] if opened and _BETWEEN.match(text[low.end : high.start]) else []


def _nearest(text: str, number: Number, places: list[Place]) -> Place | None:
    """The model or slice of a number: named right behind it ("0.84 for the baseline"), or else last before it."""
    behind = next((place for place in places if place.start >= number.end), None)
    if behind and _LABEL_GAP.fullmatch(text, number.end, behind.start):
        return behind
    before = [place for place in places if place.end <= number.start]
    return max(before, key=lambda place: place.end) if before else None


def _in_brackets(text: str, place: Place | None, number: Number) -> bool:
    return bool(place and re.fullmatch(r"[\s`*]*\([^()]*", text[place.end : number.start]))
