"""Prometheus alert rules that would load, on metrics that the code names."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scaffolder.check.engine.repository import Repository
from scaffolder.check.engine.verdict import Verdict, done, flawed, missing
from scaffolder.check.item import Item
from scaffolder.check.readers.data_files import loaded
from scaffolder.check.readers.python import modules
from scaffolder.formats.yaml import Mapping, YamlError
from scaffolder.results.finding import Evidence, Level

MAX_FILES = 20
MAX_RULES = 100
MAX_NAMES = 10  # of the measurements of one rule
MAX_EXPRESSION = 20_000  # characters

_PLACES = ("**/*alert*.y*ml", "**/*rule*.y*ml", "**/prometheus/**/*.y*ml", "**/alerting/*.y*ml", "**/monitoring/*.y*ml")
_DURATION = re.compile(r"(?:\d+(?:ms|[smhdwy]))+")
_STRINGS = re.compile(r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\'')
_NAME = re.compile(r"(?<![\d.\w:])[a-zA-Z_:][\w:]*+(?!\s*\()")
_LABELS = re.compile(r"\{[^{}]*\}|\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^()]*\)|\[[^\[\]]*\]")
_COMPARES = re.compile(r"[<>]=?|[!=]=|\babsent(?:_over_time)?\s*\(")
_WORDS = frozenset(
    "and or unless bool offset by without on ignoring group_left group_right inf nan atan2 start end sum min max avg"
    " count stddev stdvar group count_values bottomk topk quantile".split()
)
_SUFFIX = re.compile(r"(?:_(?:total|bucket|sum|count|created|info))+$")
# Metrics of common exporters, which the project's code need not name.
_EXPORTED = re.compile(r"(?:up|ALERTS|(?:process|python|go|node|container|kube|scrape|probe|DCGM)_\w+)")


class AlertRules(Item):
    """Alerts: Prometheus rules that would load, on metrics that the code names."""

    id = "alerts"
    level = Level.OPERATOR
    needs = "serves"
    source = "AWS Machine Learning Lens: enable monitoring, health of the model endpoint; NIST AI RMF, MANAGE 4.1"

    def check(self, repo: Repository) -> Verdict:
        """Write Prometheus rules (`monitoring/alerts.yml`) on metrics that your service exposes.

        Each has `alert`, an `expr` that compares, and `for`. A threshold in a document wakes nobody up.
        """
        problems: list[Evidence] = []
        found: list[Evidence] = []
        for path, _ in repo.snapshot.texts(repo.snapshot.glob(*_PLACES), MAX_FILES, "files of alert rules"):
            try:
                rules = repo.snapshot.first(tuple(_rules(loaded(repo, path))), MAX_RULES, f"alert rules in {path}")
            except YamlError as error:
                problems.append(Evidence(f"not YAML: {error}", path, error.line or 1))
                continue
            for rule in rules:
                name, line = str(rule.get("alert") or "a rule")[:60], rule.lines.get("alert", rule.line)
                found.append(Evidence(name, path, line))
                if problem := _problem(repo, rule):
                    problems.append(Evidence(f"{name}: {problem}", path, line))
        if problems:
            return flawed(*problems)
        if not found:
            where = "YAML files called alerts or rules, or in a folder prometheus, monitoring or alerting"
            return missing(Evidence(f"no alert rule of Prometheus was found in {where}"))
        return done(Evidence(f"{len(found)} rules, such as {found[0].fact}", found[0].path, found[0].line))


def _rules(document: object) -> Iterator[Mapping]:
    """The alert rules of a rule file."""
    groups = document.get("groups") if isinstance(document, Mapping) else None
    for group in groups if isinstance(groups, list) else ():
        rules = group.get("rules") if isinstance(group, Mapping) else None
        for rule in rules if isinstance(rules, list) else ():
            if isinstance(rule, Mapping) and {"alert", "expr"} & set(rule) and "record" not in rule:
                yield rule


def _problem(repo: Repository, rule: Mapping) -> str:
    """Why a rule would not load, would always fire or is about a metric that nothing measures; "" if it is fine."""
    bare = _STRINGS.sub("", str(rule.get("expr") or "")[:MAX_EXPRESSION])
    if not rule.get("alert") or not bare.strip():
        return "it has no name under `alert` or no `expr`"
    if any(bare.count(opening) != bare.count(closing) for opening, closing in ("()", "[]", "{}")):
        return "the brackets of its `expr` do not match"
    if not _COMPARES.search(bare):
        return "its `expr` compares nothing, so it would fire always"
    if "for" in rule and not _DURATION.fullmatch(str(rule["for"])[:100]):
        return f"`for: {str(rule['for'])[:20]}` is no duration"
    names = measurements(bare)
    unknown = next((name for name in names if not _is_measured(repo, name)), None)
    return f"no Python code of this repository names {unknown[:60]}" if unknown else ""


def measurements(expression: str) -> tuple[str, ...]:
    """The names of the metrics in an expression from which the strings were removed."""
    names = _NAME.findall(_LABELS.sub(" ", expression))
    return tuple(dict.fromkeys(name for name in names if name.lower() not in _WORDS))[:MAX_NAMES]


def _is_measured(repo: Repository, name: str) -> bool:
    """Whether a common exporter measures `name`, or the code names it, with or without a client library's suffix."""
    wanted = _SUFFIX.sub("", name)
    found = re.compile(rf"(?<!\w){re.escape(wanted)}(?:_(?:total|bucket|sum|count|created|info))*(?![A-Za-z0-9])")
    code = (module.text for module in modules(repo) if not module.is_test)
    return bool(_EXPORTED.fullmatch(name)) or any(wanted in text and found.search(text) for text in code)
