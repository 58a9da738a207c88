"""Alert rules of Prometheus and others: what fires, on which measurement, and whether the expression holds together."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from scaffolder.check.engine.snapshot import Snapshot
from scaffolder.check.readers.yaml import Mapping, YamlError, load_all_yaml
from scaffolder.check.watching.other_alerts import alarm_problem, alarms, grafana_problem, queries

MAX_FILES = 20

_PLACES = (
    "**/*alert*.y*ml",
    "**/*rule*.y*ml",
    "*alert*.y*ml",
    "*rule*.y*ml",
    "**/prometheus/**/*.y*ml",
    "**/alerts/*.y*ml",
    "**/monitoring/*.y*ml",
    "**/alerting/*.y*ml",
    "**/*alarm*.y*ml",
)
_TEMPLATES = ("**/cloudformation/*.y*ml", "**/cloudformation*.y*ml", "template.y*ml")  # need not hold an alarm
_DURATION = re.compile(r"(?:\d+(?:ms|[smhdwy]))+")
_STRINGS = re.compile(r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\'')
_NAME = re.compile(r"[a-zA-Z_:][\w:]*")
_LABELS = re.compile(r"\{[^{}]*\}|\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^()]*\)|\[[^\[\]]*\]")
_COMPARES = re.compile(r"[<>]=?|[!=]=|\babsent(?:_over_time)?\s*\(")
_WORDS = frozenset(
    [
        "and",
        "or",
        "unless",
        "bool",
        "offset",
        "by",
        "without",
        "on",
        "ignoring",
        "group_left",
        "group_right",
        "inf",
        "nan",
        "atan2",
        "start",
        "end",
        "sum",
        "min",
        "max",
        "avg",
        "count",
        "stddev",
        "stdvar",
        "group",
        "count_values",
        "bottomk",
        "topk",
        "quantile",
    ]
)
_SUFFIXES = ("_total", "_bucket", "_sum", "_count", "_created", "_info")


@dataclass(frozen=True)
class Rule:
    """One alert rule."""

    name: str
    expression: str
    path: str
    line: int
    problem: str = ""  # why it would never load or fire
    given: bool = False  # the measurement is made by the platform, not by the code

    @property
    def signals(self) -> tuple[str, ...]:
        """The names of the measurements in the expression."""
        bare = _LABELS.sub(" ", _STRINGS.sub("", self.expression))
        names = (
            (m[0], bare[m.end() :].lstrip()[:1]) for m in _NAME.finditer(bare) if not _inside_number(bare, m.start())
        )
        return tuple(dict.fromkeys(name for name, after in names if after != "(" and name.lower() not in _WORDS))


@dataclass(frozen=True)
class Alerts:
    """The rules of all files."""

    rules: tuple[Rule, ...]
    problems: tuple[tuple[str, int, str], ...]  # files that do not parse: path, line, sentence


def alerts(snapshot: Snapshot) -> Alerts:
    """The alert rules in files that are called or lie so."""
    rules: list[Rule] = []
    problems: list[tuple[str, int, str]] = []
    named = snapshot.glob(*_PLACES)[:MAX_FILES]
    for path in (*named, *(path for path in snapshot.glob(*_TEMPLATES)[:MAX_FILES] if path not in named)):
        if path.startswith(".github/"):
            continue
        try:
            for document in load_all_yaml(snapshot.text(path) or ""):
                rules += _rules(document, path)
        except YamlError as error:
            if path in named:
                problems.append((path, error.line or 1, f"not YAML: {error}"))
    return Alerts(tuple(rules), tuple(problems))


def base_name(signal: str) -> str:
    """The name that code gives a measurement: without what the client library adds."""
    for suffix in _SUFFIXES:
        signal = signal.removesuffix(suffix)
    return signal


def _rules(document: Any, path: str) -> Iterator[Rule]:
    """Of a rule file, a `PrometheusRule` for Kubernetes, Grafana's provisioning or a CloudFormation template."""
    if not isinstance(document, Mapping):
        return
    for name, properties, line in alarms(document):
        given = str(properties.get("Namespace", "")).startswith("AWS/")
        yield Rule(name, str(properties.get("MetricName", "")), path, line, alarm_problem(properties), given)
    spec = document.get("spec")
    groups = spec.get("groups") if isinstance(spec, Mapping) else document.get("groups")
    for group in groups if isinstance(groups, list) else ():
        rules = group.get("rules") if isinstance(group, Mapping) else None
        for rule in rules if isinstance(rules, list) else ():
            if isinstance(rule, Mapping) and "record" not in rule:
                yield _rule(rule, path)


def _rule(rule: Mapping, path: str) -> Rule:
    if "condition" in rule and "data" in rule:
        line = rule.lines.get("title", rule.line)
        return Rule(str(rule.get("title") or ""), queries(rule), path, line, grafana_problem(rule))
    name, expression = rule.get("alert"), rule.get("expr")
    text = str(expression) if expression is not None else ""
    return Rule(str(name or ""), text, path, rule.lines.get("alert", rule.line), _problem(rule, text))


def _problem(rule: Mapping, expression: str) -> str:
    if not rule.get("alert"):
        return "it has no name under `alert`"
    if not expression.strip():
        return "it has no `expr`"
    if not _balanced(_STRINGS.sub("", expression)):
        return "the brackets or quotes of its `expr` do not match"
    if not _COMPARES.search(_STRINGS.sub("", expression)):
        return "its `expr` compares nothing, so it would fire always"
    if "for" in rule and not _DURATION.fullmatch(str(rule["for"])):
        return f"`for: {str(rule['for'])[:20]}` is no duration"
    return ""


def _balanced(text: str) -> bool:
    opened: list[str] = []
    for character in text:
        if character in "([{":
            opened.append(character)
        elif character in ")]}" and (not opened or opened.pop() + character not in ("()", "[]", "{}")):
            return False
    return not opened and '"' not in text and "'" not in text


def _inside_number(text: str, start: int) -> bool:
    return start > 0 and (text[start - 1].isdigit() or text[start - 1] == ".")
