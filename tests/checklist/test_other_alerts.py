"""Alert rules of Grafana and CloudWatch."""

from __future__ import annotations

import pytest
from deployable import GOOD, open_items

from scaffolder.check.engine.snapshot import Snapshot
from scaffolder.check.watching.alerts import alerts

GRAFANA = """
apiVersion: 1
groups:
  - orgId: 1
    name: churn
    rules:
      - uid: a
        title: Errors
        condition: B
        for: 5m
        data:
          - refId: A
            model: {expr: 'rate(http_requests_total{status="5xx"}[5m])'}
          - refId: B
            datasourceUid: __expr__
            model: {type: threshold, expression: A, conditions: [{evaluator: {type: gt, params: [0.01]}}]}
"""
CLOUDWATCH = """
Resources:
  Errors:
    Type: AWS::CloudWatch::Alarm
    Properties:
      Namespace: churn
      MetricName: http_requests
      Statistic: Sum
      ComparisonOperator: GreaterThanThreshold
      Threshold: 5
      EvaluationPeriods: 1
      AlarmActions: [!Ref Topic]
  Topic:
    Type: AWS::SNS::Topic
"""


def lost(text: str, path: str) -> set[str]:
    files = {name: found for name, found in GOOD.items() if name != "monitoring/alerts.yml"}
    return set(open_items({**files, path: text}))


@pytest.mark.parametrize(
    ("old", "new", "items"),
    [
        ("", "", set()),
        ("title: Errors", "name: Errors", {"alerts"}),
        ("condition: B", "condition: C", {"alerts"}),
        ("type: threshold", "type: reduce", {"alerts"}),
        ("http_requests_total", "http_failures_total", {"alerts"}),
        ("groups:", "groups: [", {"alerts"}),
    ],
)
def test_rules_of_grafana(old: str, new: str, items: set[str]) -> None:
    assert old in GRAFANA
    assert lost(GRAFANA.replace(old, new) if old else GRAFANA, "grafana/provisioning/alerting/rules.yaml") == items


@pytest.mark.parametrize(
    ("old", "new", "items"),
    [
        ("", "", set()),
        ("MetricName: http_requests", "MetricName: http_failures", {"alerts"}),
        ("Namespace: churn\n      MetricName: http_requests", "Namespace: AWS/Lambda\n      MetricName: Errors", set()),
        ("      Threshold: 5\n", "", {"alerts"}),
        ("      Statistic: Sum\n", "", {"alerts"}),
        ("      AlarmActions: [!Ref Topic]\n", "", {"alerts"}),
        ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::Dashboard", {"alerts"}),
    ],
)
def test_alarms_of_cloudwatch(old: str, new: str, items: set[str]) -> None:
    assert old in CLOUDWATCH
    assert lost(CLOUDWATCH.replace(old, new) if old else CLOUDWATCH, "deploy/cloudformation.yaml") == items


def test_a_template_of_something_else_is_no_broken_alarm() -> None:
    found = alerts(Snapshot.of_files({"template.yaml": b"{{ x }}: [", "cloudformation/a.yml": b"Resources: 3"}))
    assert (found.rules, found.problems) == ((), ())
