"""Alert rules of Prometheus that would load, on measurements that the code makes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice

from scaffolder.check.contract import lacks
from scaffolder.check.engine.finding import Evidence, Level, Verdict, done, missing
from scaffolder.check.engine.item import Item
from scaffolder.check.engine.repository import Repository, fact
from scaffolder.check.readers.python import modules
from scaffolder.formats.yaml import Mapping, YamlError, load_all_yaml

SHOWN = 5  # pieces of evidence
MAX_FILES = 20
MAX_RULES = 100
MAX_NAMES = 10  # of the measurements of one rule
MAX_EXPRESSION = 20_000  # characters

_PLACES = (
    *("**/*alert*.y*ml", "**/*rule*.y*ml", "**/prometheus/**/*.y*ml"),
    *("**/alerts/*.y*ml", "**/alerting/*.y*ml", "**/monitoring/*.y*ml"),
)
_OTHER_CODE = ("**/*.go", "**/*.js", "**/*.ts", "**/*.sh", "**/*.sql", "**/*.java", "**/*.rs")
_DURATION = re.compile(r"(?:\d+(?:ms|[smhdwy]))+")
_STRINGS = re.compile(r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\'')
_NAME = re.compile(r"(?<![\d.\w:])[a-zA-Z_:][\w:]*+(?!\s*\()")
_LABELS = re.compile(r"\{[^{}]*\}|\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^()]*\)|\[[^\[\]]*\]")
_COMPARES = re.compile(r"[<>]=?|[!=]=|\babsent(?:_over_time)?\s*\(")
_WORDS = frozenset(
    "and or unless bool offset by without on ignoring group_left group_right inf nan atan2 start end sum min max avg"
    " count stddev stdvar group count_values bottomk topk quantile".split()
)
_SUFFIX = re.compile(r"_(?:total|bucket|sum|count|created|info)$")
# What exporters of others measure.
_EXPORTED = re.compile(r"(?:up|ALERTS|(?:process|python|go|node|container|kube|scrape|probe|DCGM)_\w+)")


class AlertRules(Item):
    """Alerts: rules that would load, on measurements that the code makes."""

    id = "alerts"
    level = Level.OPERATOR
    source = "AWS Machine Learning Lens: enable monitoring, health of the model endpoint; NIST AI RMF, MANAGE 4.1"

    def check(self, repo: Repository) -> Verdict:
        """Write Prometheus rules (`monitoring/alerts.yml`) on metrics that your service exposes.

        Each has `alert`, an `expr` that compares, and `for`. A threshold in a document wakes nobody up.
        """
        if lack := lacks(repo, "serves"):
            return lack
        found = alerts(repo)
        wrong = (each for rule in found.rules[:MAX_RULES] for each in _problems(repo, rule))
        if problems := tuple(islice(chain(found.unread, wrong), SHOWN)):
            return missing(*problems)
        if not found.rules:
            where = "YAML files called alerts or rules, or in a folder prometheus, monitoring or alerting"
            return missing(Evidence(f"no alert rule of Prometheus was found in {where}"))
        first = found.rules[0]
        return done(Evidence(f"{len(found.rules)} rules, such as {first.name}", first.path, first.line))


@dataclass(frozen=True)
class Rule:
    """One alert rule."""

    name: str
    expression: str
    path: str
    line: int
    problem: str = ""  # why it would never load or fire

    @property
    def signals(self) -> tuple[str, ...]:
        """The names of the measurements in the expression."""
        bare = _LABELS.sub(" ", _STRINGS.sub("", self.expression))
        return tuple(dict.fromkeys(name for name in _NAME.findall(bare) if name.lower() not in _WORDS))[:MAX_NAMES]


@dataclass(frozen=True)
class Alerts:
    """The rules of all files, and the files that do not parse."""

    rules: tuple[Rule, ...]
    unread: tuple[Evidence, ...]


@fact
def alerts(repo: Repository) -> Alerts:
    """The alert rules in files that are called or lie so."""
    rules: list[Rule] = []
    unread: list[Evidence] = []
    for path in repo.snapshot.glob(*_PLACES)[:MAX_FILES]:
        if not path.startswith(".github/"):
            try:
                for document in load_all_yaml(repo.snapshot.text(path) or ""):
                    rules += _rules(document, path)
            except YamlError as error:
                unread.append(Evidence(f"not YAML: {error}", path, error.line or 1))
    return Alerts(tuple(rules), tuple(unread))


def _rules(document: object, path: str) -> Iterator[Rule]:
    """The alerts of a rule file, or of a `PrometheusRule` for Kubernetes."""
    if not isinstance(document, Mapping):
        return
    spec = document.get("spec")
    groups = spec.get("groups") if isinstance(spec, Mapping) else document.get("groups")
    for group in groups if isinstance(groups, list) else ():
        rules = group.get("rules") if isinstance(group, Mapping) else None
        for rule in rules if isinstance(rules, list) else ():
            if isinstance(rule, Mapping) and {"alert", "expr"} & set(rule) and "record" not in rule:
                expression = "" if rule.get("expr") is None else str(rule["expr"])[:MAX_EXPRESSION]
                line = rule.lines.get("alert", rule.line)
                yield Rule(str(rule.get("alert") or ""), expression, path, line, _problem(rule, expression))


def _problem(rule: Mapping, expression: str) -> str:
    bare = _STRINGS.sub("", expression)
    if not rule.get("alert"):
        return "it has no name under `alert`"
    if not bare.strip():
        return "it has no `expr`"
    if not _is_balanced(bare):
        return "the brackets or quotes of its `expr` do not match"
    if not _COMPARES.search(bare):
        return "its `expr` compares nothing, so it would fire always"
    if "for" in rule and not _DURATION.fullmatch(str(rule["for"])[:100]):
        return f"`for: {str(rule['for'])[:20]}` is no duration"
    return ""


def _is_balanced(text: str) -> bool:
    opened: list[str] = []
    for character in text:
        if character in "([{":
            opened.append(character)
        elif character in ")]}" and (not opened or opened.pop() + character not in ("()", "[]", "{}")):
            return False
    return not opened and not set("\"'") & set(text)


def _problems(repo: Repository, rule: Rule) -> Iterator[Evidence]:
    """Why a rule would not load, or which of its measurements the code does not name."""
    if rule.problem:
        yield Evidence(f"{rule.name[:60] or 'a rule'}: {rule.problem}", rule.path, rule.line)
    elif unknown := next((name for name in rule.signals if not _is_measured(repo, name)), None):
        yield Evidence(f"{rule.name[:60]}: no code of this repository names {unknown[:60]}", rule.path, rule.line)
    elif not rule.signals:
        yield Evidence(f"{rule.name[:60]}: it is about no measurement", rule.path, rule.line)


def _is_measured(repo: Repository, name: str) -> bool:
    """Whether an exporter makes the measurement, or the code names it with or without what a client library adds."""
    wanted = _SUFFIX.sub("", _SUFFIX.sub("", name))
    found = re.compile(rf"(?<!\w){re.escape(wanted)}(?:_(?:total|bucket|sum|count|created|info))*(?![A-Za-z0-9])")
    return bool(_EXPORTED.fullmatch(name)) or any(wanted in text and found.search(text) for text in _code(repo))


@fact
def _code(repo: Repository) -> tuple[str, ...]:
    """The code outside the tests."""
    texts = [module.text for module in modules(repo) if not module.is_test]
    other = (repo.snapshot.text(path) for path in repo.snapshot.glob(*_OTHER_CODE)[:200])
    return (*texts, *(text for text in other if text is not None))
