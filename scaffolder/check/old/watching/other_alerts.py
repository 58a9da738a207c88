"""Alert rules of Grafana, as it provisions them, and CloudWatch alarms in CloudFormation templates."""

from __future__ import annotations

from collections.abc import Iterator

from scaffolder.check.readers.yaml import Mapping

_STATISTICS = ("Statistic", "ExtendedStatistic", "Metrics")


def queries(rule: Mapping) -> str:
    """The expressions of a Grafana rule, one after the other."""
    found = (_model(part).get("expr") for part in _parts(rule))
    return " + ".join(f"({each})" for each in found if isinstance(each, str))


def grafana_problem(rule: Mapping) -> str:
    """Why a Grafana rule would never load or fire; "" if nothing says so."""
    if not rule.get("title"):
        return "it has no `title`"
    names = {part.get("refId") for part in _parts(rule)}
    if rule.get("condition") not in names:
        return "its `condition` is the `refId` of no query"
    compares = any(
        _model(part).get("type") in ("threshold", "classic_conditions", "math")
        or any(sign in str(_model(part).get("expr", "")) for sign in "<>")
        for part in _parts(rule)
    )
    return "" if compares else "no query compares with a threshold, so it would fire always"


def _parts(rule: Mapping) -> list[Mapping]:
    data = rule.get("data")
    return [part for part in data if isinstance(part, Mapping)] if isinstance(data, list) else []


def _model(part: Mapping) -> Mapping:
    model = part.get("model")
    return model if isinstance(model, Mapping) else Mapping(part.line)


def alarms(document: Mapping) -> Iterator[tuple[str, Mapping, int]]:
    """The CloudWatch alarms of a template: name, properties, line."""
    resources = document.get("Resources")
    for name, resource in resources.items() if isinstance(resources, Mapping) else ():
        if isinstance(resource, Mapping) and resource.get("Type") == "AWS::CloudWatch::Alarm":
            properties = resource.get("Properties")
            yield name, properties if isinstance(properties, Mapping) else Mapping(resource.line), resource.line


def alarm_problem(properties: Mapping) -> str:
    """Why CloudFormation would refuse an alarm, or nobody hear of it."""
    for name in ("ComparisonOperator", "EvaluationPeriods", "MetricName", "Threshold"):
        if properties.get(name) in (None, "") and not ("Metrics" in properties and name == "MetricName"):
            return f"it has no `{name}`"
    if not any(name in properties for name in _STATISTICS):
        return "it has no `Statistic`"
    return "" if properties.get("AlarmActions") else "it has no `AlarmActions`, so it tells nobody"
